"""Findings about Dublin Core records."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_DC = "DCMI Metadata Terms"

EMPTY_RECORD = FindingKind(
    "DC-101", Tells.ADVICE, _DC,
    "the record is empty: no element has a value",
    "A Dublin Core record may leave out any element, but not all of them.",
    "Describe the resource, at least with a title",
)  # fmt: skip
EMPTY_STATEMENT = FindingKind(
    "DC-102", Tells.ADVICE, _DC,
    "{element} is empty",
    "An element that is present should have a value. An empty one has no meaning and is often a value that was"
    " lost in processing.",
    "Fill in the value, or remove the element",
)  # fmt: skip
UNKNOWN_ELEMENT = FindingKind(
    "DC-103", Tells.RULE, f"{_DC}; Dublin Core Metadata Element Set 1.1",
    "{element} is not an element of Dublin Core",
    "The namespace is that of Dublin Core, but the name is not in it. Programs that read elements by name lose"
    " this value.",
    "Use an element name of the standard",
)  # fmt: skip
BAD_DC_DATE = FindingKind(
    "DC-104", Tells.ADVICE, "EDTF (ISO 8601-2:2019 annex A), level 1; DCMI Metadata Terms, date",
    "{element} is not a valid date: {found!r}",
    "Dates in records are written in EDTF. Its simplest form is W3CDTF: year, month and day, such as 2024-05-20.",
    "Write 2024, 2024-05 or 2024-05-20, an approximate date as 2024-05~, a period as 2024/2026",
)  # fmt: skip
BAD_W3CDTF = FindingKind(
    "DC-105", Tells.ADVICE, "W3C note Date and Time Formats (1997)",
    "{element} has the type W3CDTF, but {found!r} is not in that form",
    "W3CDTF has four-digit years, and a time of day always has a time zone.",
    "Remove the type, or write the date as 2024-05-20 or 2024-05-20T10:00:00Z",
)  # fmt: skip
BAD_URI = FindingKind(
    "DC-106", Tells.ADVICE, "RFC 3986 2 and 3; DCMI encoding scheme URI",
    "{element} has the type URI, but {found!r} is not a valid URI",
    "A URI begins with a scheme and contains no spaces and only the characters that RFC 3986 allows (an IRI may"
    " have letters of any script).",
    "Encode spaces as %20, and begin with the scheme, such as https: or urn:",
)  # fmt: skip
BAD_TYPED_VALUE = FindingKind(
    "DC-107", Tells.ADVICE, f"{_DC}, encoding schemes",
    "{element} has the type {scheme}, but {found!r} is not a valid value of it",
    "The encoding scheme prescribes a form that this value does not have.",
    "Remove the type, or write the value in the prescribed form",
)  # fmt: skip
ODD_TYPE = FindingKind(
    "DC-108", Tells.ADVICE, "DCMI Type Vocabulary",
    "the type {found!r} is nearly a DCMI type: {expected}",
    "Programs compare types exactly, so this one is not recognised.",
    "Write {expected}",
)  # fmt: skip
NESTED_ELEMENT = FindingKind(
    "DC-109", Tells.RULE, "Guidelines for implementing Dublin Core in XML, 5.1",
    "{element} contains other elements",
    "The value of a Dublin Core element is text.",
    "Write each value as a separate element",
)  # fmt: skip
NO_TITLE = FindingKind(
    "DC-110", Tells.ADVICE, "design: a record has a title",
    "the record has no title",
    "Nothing in Dublin Core is mandatory, but a record without a title cannot be found by title.",
    "Add a title",
)  # fmt: skip
ODD_LANGUAGE_VALUE = FindingKind(
    "DC-111", Tells.ADVICE, f"{_DC}, language: a language tag of BCP 47 is recommended",
    "{element} is {found!r}, which is not a valid language tag",
    "Programs can use a language only if it is given as a tag.",
    "Write a tag such as en or ar",
)  # fmt: skip
CONTAINER = FindingKind(
    "DC-112", Tells.UNREAD, "design: not checked, because",
    "no schema is available for the container <{root}>; the elements in it were checked by rules",
    "Many containers hold Dublin Core elements. Schemas are available only for oai_dc:dc and qualifieddc, so it"
    " is not known whether this container is valid.",
    "No action needed if the readers of the record know its container; otherwise write oai_dc or qualifieddc",
)  # fmt: skip
UNKNOWN_SCHEME = FindingKind(
    "DC-113", Tells.RULE, f"{_DC}, encoding schemes",
    "{element} has the type {scheme}, which is not an encoding scheme of Dublin Core",
    "xsi:type states how the value is written, and this scheme cannot be looked up.",
    "Remove the type, or use an encoding scheme of the standard",
)  # fmt: skip
DUPLICATE_STATEMENT = FindingKind(
    "DC-114", Tells.ADVICE, _DC,
    "{element} occurs twice with the same value and language",
    "The second one adds nothing.",
    "Remove one of them",
)  # fmt: skip
BAD_IDENTIFIER = FindingKind(
    "DC-115", Tells.ADVICE, "the identifier's own standard: RFC 9562, ISO 2108 (ISBN), DOI, ARK, Handle",
    "{element} is not a valid {scheme}: {found!r} ({problem})",
    "The form of the identifier shows its kind, but it breaks the rules of that kind.",
    "Compare it with the source and correct it",
)  # fmt: skip
OTHER_SCHEME = FindingKind(
    "DC-116", Tells.ADVICE, f"{_DC}, encoding schemes",
    "{element} has the type {scheme}, an encoding scheme of a different vocabulary, which was not checked",
    "xsi:type states how the value is written. This type does not belong to the namespace of Dublin Core.",
    "No action needed if the readers of the record know the scheme",
)  # fmt: skip
EMPTY_EMBEDDED = FindingKind(
    "DC-117", Tells.ADVICE, _DC,
    "{element} is empty",
    "The element has no value. Systems that write METS create an element for each field of their form, filled in"
    " or not.",
    "Leave out the element",
)  # fmt: skip
NO_NAMESPACE = FindingKind(
    "DC-118", Tells.UNREAD, f"{_DC}; Guidelines for implementing Dublin Core in XML, 4",
    "the elements of <{root}> are in no namespace",
    "This form of RODA uses the element names of Dublin Core without the namespace. The elements were checked as"
    " Dublin Core, but other programs do not recognise them.",
    "Write the elements in the namespace of Dublin Core",
)  # fmt: skip
CONTAINER_EMBEDDED = FindingKind(
    "DC-119", Tells.NOTE, "design: not checked, because",
    "no schema is available for the container <{root}>; the elements in it were checked by rules",
    "METS allows Dublin Core in any container.",
    "No action needed",
)  # fmt: skip
UNKNOWN_EMBEDDED = FindingKind(
    "DC-121", Tells.ADVICE, f"{_DC}; Dublin Core Metadata Element Set 1.1",
    "{element} is not an element of Dublin Core",
    "The METS schema allows any element here. Programs that read Dublin Core by name lose this value.",
    "Use an element name of the standard",
)  # fmt: skip
STRUCTURED_VALUE = FindingKind(
    "DC-122", Tells.ADVICE, "DCMI Abstract Model; Guidelines for implementing Dublin Core in XML, 5.1",
    "{element} contains other elements, which were not checked",
    "Containers of other systems describe an agent or a place by elements inside the statement. No schema is"
    " available for this container, so they may be correct; programs that read only text do not find a value.",
    "No action needed for a record of that system; in your own record write each value as text",
)  # fmt: skip
