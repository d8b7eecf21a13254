"""What is wrong with a Dublin Core record."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_DC = "DCMI Metadata Terms"

EMPTY_RECORD = FindingKind(
    "DC-101", Tells.ADVICE, _DC,
    "the record says nothing: no element has a value",
    "A Dublin Core record may leave out any element, but not all of them.",
    "Describe the resource: a title at least",
)  # fmt: skip
EMPTY_STATEMENT = FindingKind(
    "DC-102", Tells.ADVICE, _DC,
    "{element} is empty",
    "An element that is there has a value; an empty one says nothing and is often a value lost on the way.",
    "Give it its value, or remove it",
)  # fmt: skip
UNKNOWN_ELEMENT = FindingKind(
    "DC-103", Tells.RULE, f"{_DC}; Dublin Core Metadata Element Set 1.1",
    "{element} is not an element of Dublin Core",
    "The namespace is Dublin Core's, but the name is not: the value is lost to every program that reads by name.",
    "Use one of the element names of the standard",
)  # fmt: skip
BAD_DC_DATE = FindingKind(
    "DC-104", Tells.ADVICE, "EDTF (ISO 8601-2:2019 annex A), level 1; DCMI Metadata Terms, date",
    "{element} is not a readable date: {found!r}",
    "Dates in records are EDTF here, whose simplest form is W3CDTF: year, month and day as 2024-05-20.",
    "Write 2024, 2024-05 or 2024-05-20; an uncertain one as 2024-05~, a span as 2024/2026",
)  # fmt: skip
BAD_W3CDTF = FindingKind(
    "DC-105", Tells.ADVICE, "W3C note Date and Time Formats (1997)",
    "{element} is typed W3CDTF, but {found!r} is not in that form",
    "W3CDTF has years of four digits, and a time of day always has a time zone.",
    "Leave out the type, or write the date as 2024-05-20 or 2024-05-20T10:00:00Z",
)  # fmt: skip
BAD_URI = FindingKind(
    "DC-106", Tells.ADVICE, "RFC 3986 2 and 3; DCMI encoding scheme URI",
    "{element} is typed URI, but {found!r} is none",
    "A URI begins with a scheme and has no blanks and no other characters than RFC 3986 allows (an IRI may have"
    " letters of any script).",
    "Encode blanks as %20, and begin with the scheme, as https: or urn:",
)  # fmt: skip
BAD_TYPED_VALUE = FindingKind(
    "DC-107", Tells.ADVICE, f"{_DC}, encoding schemes",
    "{element} is typed {scheme}, but {found!r} is no value of it",
    "The encoding scheme says what form the value has, and it has another.",
    "Leave out the type, or write the value in its form",
)  # fmt: skip
ODD_TYPE = FindingKind(
    "DC-108", Tells.ADVICE, "DCMI Type Vocabulary",
    "the type {found!r} is nearly a DCMI type: {expected}",
    "Programs compare types letter by letter, so this one is not recognised.",
    "Write {expected}",
)  # fmt: skip
NESTED_ELEMENT = FindingKind(
    "DC-109", Tells.RULE, "Guidelines for implementing Dublin Core in XML, 5.1",
    "{element} holds other elements",
    "The value of a Dublin Core element is text.",
    "Write each value as an element of its own",
)  # fmt: skip
NO_TITLE = FindingKind(
    "DC-110", Tells.ADVICE, "design: a record has a title",
    "the record has no title",
    "Nothing in Dublin Core is mandatory, but a record without a title cannot be found by it.",
    "Add a title",
)  # fmt: skip
ODD_LANGUAGE_VALUE = FindingKind(
    "DC-111", Tells.ADVICE, f"{_DC}, language: a language tag of BCP 47 is recommended",
    "{element} is {found!r}, which is no language tag",
    "Programs can only use a language that is given by its tag.",
    "Write a tag such as en or ar",
)  # fmt: skip
CONTAINER = FindingKind(
    "DC-112", Tells.UNREAD, "design: not checked, because",
    "the container <{root}> has no schema here; the elements in it were judged by the rules",
    "Many containers hold Dublin Core elements. Only oai_dc:dc and qualifieddc have a schema here, so that nobody"
    " can say whether this one is right.",
    "Nothing to do, if the readers of the record know its container; else write oai_dc or qualifieddc",
)  # fmt: skip
UNKNOWN_SCHEME = FindingKind(
    "DC-113", Tells.RULE, f"{_DC}, encoding schemes",
    "{element} is typed {scheme}, which is no encoding scheme of Dublin Core",
    "xsi:type names how the value is written, and nobody can look this one up.",
    "Leave out the type, or use one of the standard's",
)  # fmt: skip
DUPLICATE_STATEMENT = FindingKind(
    "DC-114", Tells.ADVICE, _DC,
    "{element} is given twice with the same value and language",
    "The second adds nothing.",
    "Remove one of them",
)  # fmt: skip
BAD_IDENTIFIER = FindingKind(
    "DC-115", Tells.ADVICE, "the identifier's own standard: RFC 9562, ISO 2108 (ISBN), DOI, ARK, Handle",
    "{element} is no sound {scheme}: {found!r} ({problem})",
    "The identifier says by its form what it is, and it cannot be that.",
    "Compare it with the source and correct it",
)  # fmt: skip
OTHER_SCHEME = FindingKind(
    "DC-116", Tells.ADVICE, f"{_DC}, encoding schemes",
    "{element} is typed {scheme}, an encoding scheme of another vocabulary, which was not checked",
    "xsi:type names how the value is written; this type belongs to another namespace than Dublin Core's.",
    "Nothing to do, if the readers of the record know the scheme",
)  # fmt: skip
EMPTY_EMBEDDED = FindingKind(
    "DC-117", Tells.ADVICE, _DC,
    "{element} is empty",
    "The element says nothing. Systems that write METS put in each field of their form, filled in or not.",
    "Leave out the element",
)  # fmt: skip
NO_NAMESPACE = FindingKind(
    "DC-118", Tells.UNREAD, f"{_DC}; Guidelines for implementing Dublin Core in XML, 4",
    "the elements of <{root}> are in no namespace",
    "This form of RODA names its elements as Dublin Core does and leaves out the namespace. They were judged as Dublin"
    " Core; other programs do not know them.",
    "Write the elements in the namespace of Dublin Core",
)  # fmt: skip
CONTAINER_EMBEDDED = FindingKind(
    "DC-119", Tells.NOTE, "design: not checked, because",
    "the container <{root}> has no schema here; the elements in it were judged by the rules",
    "METS takes Dublin Core in any container.",
    "Nothing to do",
)  # fmt: skip
UNKNOWN_EMBEDDED = FindingKind(
    "DC-121", Tells.ADVICE, f"{_DC}; Dublin Core Metadata Element Set 1.1",
    "{element} is not an element of Dublin Core",
    "The METS schema allows any element here. The value is lost to every program that reads Dublin Core by name.",
    "Use one of the element names of the standard",
)  # fmt: skip
STRUCTURED_VALUE = FindingKind(
    "DC-122", Tells.ADVICE, "DCMI Abstract Model; Guidelines for implementing Dublin Core in XML, 5.1",
    "{element} holds other elements, which were not judged",
    "Containers of other systems describe an agent or a place by elements within the statement. No schema that is"
    " shipped rules this container, so they may be right; programs that read text only find no value.",
    "Nothing to do for a record of that system; in one of your own write each value as text",
)  # fmt: skip
