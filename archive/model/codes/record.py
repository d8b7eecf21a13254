"""What is wrong with an XML record: any XML, PREMIS, Dublin Core, METS."""

from __future__ import annotations

from archive.model.finding import FindingKind, Severity

_XML = "XML 1.0 (fifth edition)"
_PREMIS = "PREMIS Data Dictionary 3.0"
_DC = "DCMI Metadata Terms"
_METS = "METS 1.12"

NOT_WELL_FORMED = FindingKind(
    "XML-101", Severity.ERROR, f"{_XML} 2.1, well-formed documents",
    "this is not well-formed XML: {problem}",
    "No parser can read the document past this place, so nothing else can be said of it.",
    "Mend the place named, or write the record again with the program that made it",
)  # fmt: skip
DOCTYPE = FindingKind(
    "XML-102", Severity.ERROR, "design: entities, network and DTD are off, a DOCTYPE is refused",
    "the document has a DOCTYPE",
    "A document type declaration can define entities that grow without bound or that read other files. No standard for"
    " these records needs one, so the document is not read past it.",
    "Remove the DOCTYPE and replace each entity by its text",
)  # fmt: skip
BAD_ENCODING = FindingKind(
    "XML-103", Severity.ERROR, f"{_XML} 4.3.3, character encoding in entities",
    "the encoding cannot be read: {found}",
    "The encoding declared is not one of those read here (UTF-8, UTF-16, those of ISO 8859 and of Windows with one byte"
    " a character), or the bytes are not in it.",
    "Write the record as UTF-8",
)  # fmt: skip
TOO_MUCH = FindingKind(
    "XML-104", Severity.ERROR, "design: XML is read with limits",
    "there is more of one thing than any record needs: {what}, more than {limit}",
    "Documents are read within limits on depth, attributes and values, so that a crafted one cannot use up the memory.",
    "Look at the place named; no archival record is built like this",
)  # fmt: skip
TOO_LARGE = FindingKind(
    "XML-105", Severity.UNCHECKED, "design: XML is read with limits",
    "the document is too large to be judged ({found} bytes at once, the limit is {limit})",
    "A record of this kind is built in memory as a whole, and this one would take too much of it. PREMIS files are read"
    " piece by piece and may be larger.",
    "Split the record",
)  # fmt: skip
INCLUSION = FindingKind(
    "XML-106", Severity.ERROR, "design: inclusions are never followed",
    "the document includes another one (XInclude)",
    "What stands in the other document is not part of this record and is never fetched, so the record is incomplete.",
    "Put the included text in the record itself",
)  # fmt: skip
SCHEMA = FindingKind(
    "XML-107", Severity.ERROR, "the XML schema of the standard, in metadata/schemas",
    "the schema does not allow this: {problem}",
    "The record was checked against the standard's own XML schema, offline.",
    "Mend the element named; `archive show FILE.xml` shows how the record was understood",
)  # fmt: skip
UNKNOWN_KIND = FindingKind(
    "XML-108", Severity.UNCHECKED, "design: not checked, because",
    "there are no rules here for <{root}>",
    "The document is well-formed XML, but neither PREMIS nor METS nor Dublin Core, so nothing more can be said of it.",
    "Check it with a program that knows this format",
)  # fmt: skip
BAD_LANGUAGE = FindingKind(
    "XML-109", Severity.ERROR, "BCP 47 (RFC 5646) 2.1 and 2.2; XML 1.0 2.12",
    "the language tag {found!r} is not one",
    "xml:lang takes a BCP 47 language tag such as en, ar or ar-SY. Programs cannot tell the language of the text.",
    "Write a tag such as en, ar, ar-Latn; for an unknown language und",
)  # fmt: skip
DUPLICATE_ID = FindingKind(
    "XML-110", Severity.ERROR, "XML Schema 1.0 part 2, 3.3.8 ID",
    "the ID {id!r} is given twice, first in line {first}",
    "An XML ID names one element of a document. With two of them no reference to it can be followed.",
    "Give each element its own ID",
)  # fmt: skip
BROKEN_IDREF = FindingKind(
    "XML-111", Severity.ERROR, "XML Schema 1.0 part 2, 3.3.9 IDREF",
    "{attribute} names the ID {id!r}, which no element has",
    "The reference points nowhere. Many schema validators do not look for this.",
    "Correct the reference, or add what it should point to",
)  # fmt: skip
NO_SCHEMA = FindingKind(
    "XML-112", Severity.UNCHECKED, "design: not checked, because",
    "the XML schema of {standard} was not checked; only its rules were",
    "No schema of this version is shipped. The structure, the links and the values were judged by rules of our own.",
    "Check it against its schema with another program, or migrate the record to PREMIS 3",
)  # fmt: skip
FOREIGN_PART = FindingKind(
    "XML-113", Severity.NOTE, "design: not checked, because",
    "parts in {namespace} were not judged",
    "The record holds elements of another standard, where its own standard allows that. No rules for them are here.",
    "Nothing to do, unless those parts matter; then check them with a program that knows them",
)  # fmt: skip
UNKNOWN_WRAPPER = FindingKind(
    "XML-119", Severity.UNCHECKED, "design: not checked, because",
    "the record stands inside <{root}>, for which there are no rules here",
    "Only what is inside was judged. What stands around it may be right, or a record of a known kind with a mistaken"
    " namespace.",
    "Compare the root's namespace with its standard, or check the inner record by itself",
)  # fmt: skip
LOST_CHARACTERS = FindingKind(
    "XML-114", Severity.WARNING, "Unicode 23.8, replacement character",
    "a value holds the replacement character U+FFFD",
    "Some earlier conversion could not read the bytes and put this mark in their place: text is lost.",
    "Compare with the source of the record and write the text again",
)  # fmt: skip
UNBALANCED_BIDI = FindingKind(
    "XML-115", Severity.WARNING, "Unicode Standard Annex 9, 2.1 to 2.5",
    "a value opens a writing direction that it does not close",
    "Direction controls that are not closed reach into the text beside the value and can show it in another order.",
    "Close each direction control, or remove it",
)  # fmt: skip
MORE = FindingKind(
    "XML-116", Severity.NOTE, "design: memory stays flat",
    "{count} more findings {code} are not listed here",
    "Only the first findings of one kind are listed, so that a report stays readable and memory small.",
    "Put the first ones right and check again",
)  # fmt: skip
NOT_READABLE = FindingKind(
    "XML-117", Severity.UNCHECKED, "design: not checked, because",
    "the file cannot be read: {reason}",
    "The system did not let us read the record, so nothing can be said of it.",
    "Make it readable and check again",
)  # fmt: skip
ODD_LANGUAGE = FindingKind(
    "XML-118", Severity.WARNING, "BCP 47 (RFC 5646) 4.5, canonical form",
    "the language tag {found!r} is better written {expected!r}",
    "The tag is understood, but it is not in the form that the registry prefers.",
    "Write {expected} instead",
)  # fmt: skip

DANGLING_LINK = FindingKind(
    "PRM-101", Severity.ERROR, f"{_PREMIS}, linking identifiers: must be those of an entity",
    "{element} names {target}, which is not in the record",
    "A link in PREMIS repeats the identifier, type and value, of another entity. There is no entity with this one.",
    "Add the entity, or correct the link",
)  # fmt: skip
OUTSIDE_LINK = FindingKind(
    "PRM-102", Severity.WARNING, f"{_PREMIS}, linking identifiers",
    "{element} names {target}, which stands outside of this record",
    "The record holds a single entity, or the link is a web address. What it names was not looked for.",
    "Check the record together with the one that holds the other entity",
)  # fmt: skip
ONE_WAY_LINK = FindingKind(
    "PRM-103", Severity.ERROR, f"{_PREMIS} 1.14 linkingEventIdentifier, 2.7 linkingObjectIdentifier",
    "{source} links {target}, but not the other way round ({element} is missing there)",
    "The record gives links between objects and events on both sides, but this one on one side only: one side is"
    " incomplete.",
    "Add the missing link, or remove the one that is too many",
)  # fmt: skip
ONE_WAY_RELATIONSHIP = FindingKind(
    "PRM-104", Severity.ERROR, f"{_PREMIS} 1.13 relationship; LoC relationship subtypes, inverse terms",
    "{source} says {subtype!r} of {target}, which does not say {inverse!r} of it",
    "A derivation or a structure told by one of the two objects only is lost as soon as that object's record is.",
    "Add the inverse relationship to the other object",
)  # fmt: skip
ORPHAN_EVENT = FindingKind(
    "PRM-105", Severity.ERROR, f"{_PREMIS} 2: events happen to objects",
    "the event {source} is linked to no object",
    "Nothing in the record says to what this happened.",
    "Link the event to its objects",
)  # fmt: skip
ORPHAN_AGENT = FindingKind(
    "PRM-106", Severity.ERROR, f"{_PREMIS} 3: agents act in events or hold rights",
    "the agent {source} is linked to no event and to no rights statement",
    "Nothing in the record says what this agent did.",
    "Link the agent where it acted, or remove it",
)  # fmt: skip
ORPHAN_RIGHTS = FindingKind(
    "PRM-107", Severity.ERROR, f"{_PREMIS} 4: rights statements are about objects",
    "the rights statement {source} is linked to no object and no agent",
    "Nothing in the record says what the rights are about.",
    "Link the rights statement to its objects",
)  # fmt: skip
UNKNOWN_EVENT_TYPE = FindingKind(
    "PRM-108", Severity.ERROR, "LoC Preservation Vocabularies, eventType",
    "the event type {found!r} is not in the vocabulary",
    "Event types come from a controlled vocabulary, so that other programs understand what happened.",
    "Use a term of metadata/vocabularies/premis-event-types.json, or name the other vocabulary in the authority"
    " attributes",
)  # fmt: skip
LOCAL_TERM = FindingKind(
    "PRM-109", Severity.WARNING, "LoC Preservation Vocabularies",
    "the {element} {found!r} is a term of {authority}, not of the Library of Congress",
    "The term comes from another vocabulary, or from a system that has its own. It could not be checked.",
    "Nothing to do for a record of that system; for one of your own use the Library of Congress's terms",
)  # fmt: skip
UNKNOWN_TERM = FindingKind(
    "PRM-110", Severity.ERROR, "LoC Preservation Vocabularies",
    "the {element} {found!r} is not in the vocabulary",
    "This element takes its value from a controlled vocabulary.",
    "Use one of: {terms}",
)  # fmt: skip
BAD_DATE = FindingKind(
    "PRM-111", Severity.ERROR, "EDTF (ISO 8601-2:2019 annex A), level 1; PREMIS 3.0 schema, edtfSimpleType",
    "{element} is no date that can be read: {found!r}",
    "PREMIS 3 takes dates as EDTF, or date and time as in XML Schema. The schema itself accepts any text here.",
    "Write a date as 2024-05-20, a time as 2024-05-20T10:00:00Z, an uncertain one as 2024-05~",
)  # fmt: skip
BAD_DIGEST = FindingKind(
    "PRM-112", Severity.ERROR, f"{_PREMIS} 1.5.2 fixity",
    "the {algorithm} digest is {problem}",
    "A digest is written in hexadecimal digits, and its length follows from the algorithm. This one cannot be right.",
    "Compute the digest again",
)  # fmt: skip
UNKNOWN_ALGORITHM = FindingKind(
    "PRM-113", Severity.ERROR, "LoC Preservation Vocabularies, cryptographicHashFunctions",
    "the digest algorithm {found!r} is not known here, so its digest could not be judged",
    "Neither its length nor its value can be checked.",
    "Add a digest of a common algorithm, such as SHA-256",
)  # fmt: skip
TWO_DIGESTS = FindingKind(
    "PRM-114", Severity.ERROR, f"{_PREMIS} 1.5.2 fixity",
    "two different {algorithm} digests of one object",
    "One of them at least is wrong.",
    "Compute the digest again",
)  # fmt: skip
BAD_NUMBER = FindingKind(
    "PRM-115", Severity.ERROR, f"{_PREMIS} 1.5.1 compositionLevel, 1.5.3 size",
    "{element} is no whole number from 0 up: {found!r}",
    "The schema allows negative numbers here; a count or a size cannot be one.",
    "Write the size in bytes",
)  # fmt: skip
EMPTY_VALUE = FindingKind(
    "PRM-116", Severity.ERROR, f"{_PREMIS}, obligation: mandatory",
    "{element} is empty",
    "The element is there, but it says nothing. The schema accepts an empty text.",
    "Give it its value, or remove the element that holds it",
)  # fmt: skip
EMPTY_OPTIONAL = FindingKind(
    "PRM-117", Severity.WARNING, f"{_PREMIS}, obligation: optional",
    "{element} is empty",
    "The element may be left out, and an empty one says nothing.",
    "Remove it, or give it its value",
)  # fmt: skip
DUPLICATE_ENTITY = FindingKind(
    "PRM-118", Severity.ERROR, f"{_PREMIS}, identifiers are unique in their domain",
    "the identifier {target} is given to two entities, first in line {first}",
    "A link to this identifier could mean either.",
    "Give each entity its own identifier",
)  # fmt: skip
MIXED_VERSIONS = FindingKind(
    "PRM-119", Severity.ERROR, "PREMIS 3.0 and 2.x schemas: one namespace each",
    "versions of PREMIS are mixed: {found}",
    "The elements of version 2 and 3 have the same names in different namespaces, and programs read only one of them.",
    "Write the whole record in one version, best 3.0",
)  # fmt: skip
STRUCTURE = FindingKind(
    "PRM-120", Severity.ERROR, "PREMIS Data Dictionary 2.2 and its schema",
    "in <{parent}>: {problem}",
    "The structure of a PREMIS 2 record was judged by rules, since its schema is not shipped.",
    "Mend the element named",
)  # fmt: skip
WRONG_LINK_TARGET = FindingKind(
    "PRM-121", Severity.ERROR, f"{_PREMIS}, linking identifiers",
    "{element} names {target}, which is a sort of entity that it cannot link: {found}",
    "Each kind of link leads to one kind of entity: an agent link to an agent, an event link to an event.",
    "Correct the link",
)  # fmt: skip
NO_OBJECT = FindingKind(
    "PRM-122", Severity.ERROR, "PREMIS 3.0 schema, premisComplexType: one object or more, then events, agents, rights",
    "the record's entities are not what the schema allows: {problem}",
    "A PREMIS container holds at least one object, and its entities come in the order objects, events, agents, rights.",
    "Put the entities in order; write a single event or agent as its own root element",
)  # fmt: skip
BAD_TERM = FindingKind(
    "PRM-123", Severity.ERROR, f"{_PREMIS} 4.1.7 rightsGranted: termOfGrant, termOfRestriction",
    "a term ends ({end}) before it begins ({start})",
    "No date lies in this term, so it says nothing about when the right holds.",
    "Correct one of the two dates",
)  # fmt: skip
SELF_RELATION = FindingKind(
    "PRM-124", Severity.ERROR, f"{_PREMIS} 1.13 relationship",
    "{source} has the relationship {subtype!r} to itself",
    "A relationship is between two objects.",
    "Correct the identifier of the related object",
)  # fmt: skip
PATH_LEAK = FindingKind(
    "PRM-125", Severity.WARNING, "design: no absolute path, host or login name anywhere",
    "{element} holds a path of some computer: {found!r}",
    "An absolute path tells of the place where the file once stood, and of who worked there.",
    "Write the path relative to the package",
)  # fmt: skip
ONE_WAY_DERIVATION = FindingKind(
    "PRM-126", Severity.WARNING, f"{_PREMIS} 1.13 relationship; LoC relationship subtypes, inverse terms",
    "{source} says {subtype!r} of {target}, which does not say {inverse!r} of it",
    "Between representations the derivation is told by one of the two only. Their files may tell it both ways.",
    "Add the inverse relationship to the other representation",
)  # fmt: skip
BAD_UUID = FindingKind(
    "PRM-127", Severity.ERROR, f"{_PREMIS} 1.1 objectIdentifier and its like; RFC 9562 4",
    "the identifier {found!r} is said to be a UUID and is none",
    "A UUID has 32 hexadecimal digits in five groups, alone or after urn:uuid:.",
    "Correct the value, or name the type it really has, such as local",
)  # fmt: skip
BAD_FORMAT_KEY = FindingKind(
    "PRM-128", Severity.ERROR, f"{_PREMIS} 1.5.4.2 formatRegistry; PRONOM unique identifiers",
    "{found!r} is no key of PRONOM",
    "PRONOM's keys are fmt/ or x-fmt/ and a number, alone or after info:pronom/.",
    "Write the key as fmt/18, or leave out the registry where the format is not known",
)  # fmt: skip
BASIS_UNEXPLAINED = FindingKind(
    "PRM-129", Severity.ERROR, f"{_PREMIS} 4.1.2 rightsBasis to 4.1.6 otherRightsInformation",
    "the rights rest on {basis}, but <{element}> is missing",
    "What the rights rest on is told in an element of its own, which is mandatory for this basis.",
    "Add the element, or correct the basis",
)  # fmt: skip
MISMATCHED_RELATIONSHIP = FindingKind(
    "PRM-137", Severity.ERROR, "LoC Preservation Vocabularies, relationshipType and relationshipSubType",
    "the relationship {subtype!r} is given the type {found!r}, to which it does not belong",
    "Derivations are told with 'has source' and 'is source of', and with nothing else.",
    "Correct the type or the subtype",
)  # fmt: skip
LOCAL_ALGORITHM = FindingKind(
    "PRM-138", Severity.WARNING, "LoC Preservation Vocabularies, cryptographicHashFunctions",
    "the digest algorithm {found!r} of another vocabulary is not known here, so its digest could not be judged",
    "Neither its length nor its value can be checked.",
    "Add a digest of a common algorithm, such as SHA-256",
)  # fmt: skip
NOT_LISTED_BY_MANIFEST = FindingKind(
    "PRM-130", Severity.ERROR, "issue: every object has a file",
    "an object of PREMIS (line {record_line}) says it is {subject}, but no such file is in the payload",
    "PREMIS describes a file that the bag does not hold.",
    "Restore the file from a copy of the bag",
)  # fmt: skip
NOT_DESCRIBED = FindingKind(
    "PRM-131", Severity.ERROR, "issue: every payload file has an object",
    "{subject} is in the payload, but PREMIS has no object for it",
    "The file was put in without a record of what it is and where it came from.",
    "Make the bag anew from its source, so that the file is described",
)  # fmt: skip
DIGEST_DISAGREES = FindingKind(
    "PRM-132", Severity.ERROR, "issue: digests equal the manifests and the files",
    "PREMIS (line {record_line}) and the bag disagree about {subject}: {algorithm} {found} and {expected}",
    "The record and the file do not belong together: one of them was changed.",
    "Compare both with a copy of the bag",
)  # fmt: skip
SIZE_DISAGREES = FindingKind(
    "PRM-133", Severity.ERROR, "issue: digests equal the manifests and the files",
    "PREMIS (line {record_line}) and the bag disagree about {subject}: {found} and {expected} bytes",
    "The record and the file do not belong together: one of them was changed.",
    "Compare both with a copy of the bag",
)  # fmt: skip
DIGEST_MISSING = FindingKind(
    "PRM-134", Severity.ERROR, "design: every manifest's digest stands in PREMIS",
    "PREMIS (line {record_line}) has no {algorithm} digest of {subject}, though the bag has a manifest of it",
    "Each digest of a manifest stands in the file's object too, so that either can vouch for the other.",
    "Make the bag anew from its source",
)  # fmt: skip
DESCRIBED_TWICE = FindingKind(
    "PRM-135", Severity.ERROR, "issue: every payload file has an object",
    "two objects of PREMIS say they are {subject}, the second in line {record_line}",
    "A file has one object in PREMIS; of two, one is wrong.",
    "Compare both with the file",
)  # fmt: skip
NO_PLACE = FindingKind(
    "PRM-136", Severity.ERROR, "design: every file object has its bag-relative path",
    "the file object {source} does not say where in the bag it is",
    "Without a content location nothing connects the object with a file.",
    "Make the bag anew from its source",
)  # fmt: skip
STATEMENTS_DISAGREE = FindingKind(
    "DC-120", Severity.ERROR, "design: statements.json holds every value of the Dublin Core records",
    "{problem}",
    "The statements say who or what gave each value. The records for other programs are drawn from them and must not"
    " say anything else.",
    "Make the bag anew from its description",
)  # fmt: skip

EMPTY_RECORD = FindingKind(
    "DC-101", Severity.ERROR, _DC,
    "the record says nothing: no element has a value",
    "A Dublin Core record may leave out any element, but not all of them.",
    "Describe the resource: a title at least",
)  # fmt: skip
EMPTY_STATEMENT = FindingKind(
    "DC-102", Severity.ERROR, _DC,
    "{element} is empty",
    "An element that is there has a value; an empty one says nothing and is often a value lost on the way.",
    "Give it its value, or remove it",
)  # fmt: skip
UNKNOWN_ELEMENT = FindingKind(
    "DC-103", Severity.ERROR, f"{_DC}; Dublin Core Metadata Element Set 1.1",
    "{element} is not an element of Dublin Core",
    "The namespace is Dublin Core's, but the name is not: the value is lost to every program that reads by name.",
    "Use one of the element names of the standard",
)  # fmt: skip
BAD_DC_DATE = FindingKind(
    "DC-104", Severity.ERROR, "EDTF (ISO 8601-2:2019 annex A), level 1; DCMI Metadata Terms, date",
    "{element} is no date that can be read: {found!r}",
    "Dates in records are EDTF here, whose simplest form is W3CDTF: year, month and day as 2024-05-20.",
    "Write 2024, 2024-05 or 2024-05-20; an uncertain one as 2024-05~, a span as 2024/2026",
)  # fmt: skip
BAD_W3CDTF = FindingKind(
    "DC-105", Severity.ERROR, "W3C note Date and Time Formats (1997)",
    "{element} is typed W3CDTF, but {found!r} is not in that form",
    "W3CDTF has years of four digits, and a time of day always has a time zone.",
    "Leave out the type, or write the date as 2024-05-20 or 2024-05-20T10:00:00Z",
)  # fmt: skip
BAD_URI = FindingKind(
    "DC-106", Severity.ERROR, "RFC 3986 2 and 3; DCMI encoding scheme URI",
    "{element} is typed URI, but {found!r} is none",
    "A URI begins with a scheme and has no blanks and no other characters than RFC 3986 allows (an IRI may have"
    " letters of any script).",
    "Encode blanks as %20, and begin with the scheme, as https: or urn:",
)  # fmt: skip
BAD_TYPED_VALUE = FindingKind(
    "DC-107", Severity.ERROR, f"{_DC}, encoding schemes",
    "{element} is typed {scheme}, but {found!r} is no value of it",
    "The encoding scheme says what form the value has, and it has another.",
    "Leave out the type, or write the value in its form",
)  # fmt: skip
ODD_TYPE = FindingKind(
    "DC-108", Severity.WARNING, "DCMI Type Vocabulary",
    "the type {found!r} is nearly a DCMI type: {expected}",
    "Programs compare types letter by letter, so this one is not recognised.",
    "Write {expected}",
)  # fmt: skip
NESTED_ELEMENT = FindingKind(
    "DC-109", Severity.ERROR, "Guidelines for implementing Dublin Core in XML, 5.1",
    "{element} holds other elements",
    "The value of a Dublin Core element is text.",
    "Write each value as an element of its own",
)  # fmt: skip
NO_TITLE = FindingKind(
    "DC-110", Severity.WARNING, "design: a record has a title",
    "the record has no title",
    "Nothing in Dublin Core is mandatory, but a record without a title cannot be found by it.",
    "Add a title",
)  # fmt: skip
ODD_LANGUAGE_VALUE = FindingKind(
    "DC-111", Severity.WARNING, f"{_DC}, language: a language tag of BCP 47 is recommended",
    "{element} is {found!r}, which is no language tag",
    "Programs can only use a language that is given by its tag.",
    "Write a tag such as en or ar",
)  # fmt: skip
CONTAINER = FindingKind(
    "DC-112", Severity.UNCHECKED, "design: not checked, because",
    "the container <{root}> has no schema here; the elements in it were judged by the rules",
    "Dublin Core elements stand in many containers. Only oai_dc:dc and qualifieddc have a schema here, so that nobody"
    " can say whether this one is right.",
    "Nothing to do, if the readers of the record know its container; else write oai_dc or qualifieddc",
)  # fmt: skip
CONTAINER_EMBEDDED = FindingKind(
    "DC-119", Severity.NOTE, "design: not checked, because",
    "the container <{root}> has no schema here; the elements in it were judged by the rules",
    "METS takes Dublin Core in any container.",
    "Nothing to do",
)  # fmt: skip
UNKNOWN_SCHEME = FindingKind(
    "DC-113", Severity.ERROR, f"{_DC}, encoding schemes",
    "{element} is typed {scheme}, which is no encoding scheme of Dublin Core",
    "xsi:type names how the value is written, and nobody can look this one up.",
    "Leave out the type, or use one of the standard's",
)  # fmt: skip
OTHER_SCHEME = FindingKind(
    "DC-116", Severity.WARNING, f"{_DC}, encoding schemes",
    "{element} is typed {scheme}, an encoding scheme of another vocabulary, which was not checked",
    "xsi:type names how the value is written; this type belongs to another namespace than Dublin Core's.",
    "Nothing to do, if the readers of the record know the scheme",
)  # fmt: skip
EMPTY_EMBEDDED = FindingKind(
    "DC-117", Severity.WARNING, _DC,
    "{element} is empty",
    "The element says nothing. Systems that write METS put in each field of their form, filled in or not.",
    "Leave out the element",
)  # fmt: skip
NO_NAMESPACE = FindingKind(
    "DC-118", Severity.UNCHECKED, f"{_DC}; Guidelines for implementing Dublin Core in XML, 4",
    "the elements of <{root}> are in no namespace",
    "This form of RODA names its elements as Dublin Core does and leaves out the namespace. They were judged as Dublin"
    " Core; other programs do not know them.",
    "Write the elements in the namespace of Dublin Core",
)  # fmt: skip
DUPLICATE_STATEMENT = FindingKind(
    "DC-114", Severity.WARNING, _DC,
    "{element} is given twice with the same value and language",
    "The second adds nothing.",
    "Remove one of them",
)  # fmt: skip

BAD_IDENTIFIER = FindingKind(
    "DC-115", Severity.ERROR, "the identifier's own standard: RFC 9562, ISO 2108 (ISBN), DOI, ARK, Handle",
    "{element} is no sound {scheme}: {found!r} ({problem})",
    "The identifier says by its form what it is, and it cannot be that.",
    "Compare it with the source and correct it",
)  # fmt: skip

WRONG_REFERENCE = FindingKind(
    "MET-101", Severity.ERROR, f"{_METS} schema documentation of DMDID, ADMID, FILEID and STRUCTID",
    "{attribute} names {id!r}, which is a <{found}>, not {expected}",
    "Each reference in METS leads to one sort of element. A program that follows this one finds the wrong thing.",
    "Correct the reference",
)  # fmt: skip
BAD_CHECKSUM = FindingKind(
    "MET-102", Severity.ERROR, f"{_METS}, FILECORE attributes CHECKSUM and CHECKSUMTYPE",
    "the {algorithm} checksum is {problem}",
    "A checksum is written in hexadecimal digits, and its length follows from the algorithm. This one cannot be right.",
    "Compute the checksum again",
)  # fmt: skip
CHECKSUM_ALONE = FindingKind(
    "MET-103", Severity.ERROR, f"{_METS}, FILECORE attributes CHECKSUM and CHECKSUMTYPE",
    "<{element}> has {found} without {expected}",
    "A checksum can be checked only by who knows its algorithm.",
    "Give both, or neither",
)  # fmt: skip
FILE_MISSING = FindingKind(
    "MET-104", Severity.ERROR, f"{_METS}, FLocat and mdRef",
    "{href} is named, but is not beside the METS",
    "Other files that this METS names were found beside it, but not this one.",
    "Restore the file, or correct the reference",
)  # fmt: skip
FILE_DIFFERS = FindingKind(
    "MET-105", Severity.ERROR, f"{_METS}, FILECORE attributes CHECKSUM and SIZE",
    "{href} has another {what}: {expected} in the METS, {found} on the disk",
    "The record and the file do not belong together: one of them was changed.",
    "Compare both with a copy of the package",
)  # fmt: skip
FILES_NOT_HERE = FindingKind(
    "MET-106", Severity.NOTE, "design: not checked, because",
    "none of the {count} files that the METS names is beside it, so they were not checked",
    "The METS was checked alone. Its references are relative to the folder it belongs in.",
    "Check the METS in its package",
)  # fmt: skip
BAD_HREF = FindingKind(
    "MET-107", Severity.ERROR, "RFC 3986 4.1; METS 1.12, xlink:href",
    "the reference {href!r} {problem}",
    "A reference to a file is a URI, relative to the METS where the file is part of the package.",
    "Correct the reference: encode blanks as %20, stay inside the package",
)  # fmt: skip
NO_HREF = FindingKind(
    "MET-108", Severity.ERROR, f"{_METS}, FLocat and mdRef",
    "<{element}> does not say where its file is (xlink:href)",
    "The schema does not demand the attribute, but without it nothing can be found.",
    "Add xlink:href",
)  # fmt: skip
OTHER_UNNAMED = FindingKind(
    "MET-109", Severity.ERROR, f"{_METS}, attributes OTHERROLE, OTHERTYPE, OTHERMDTYPE, OTHERLOCTYPE",
    "<{element}> has {attribute}=\"OTHER\" but does not say which ({expected})",
    "OTHER alone says only that it is none of the listed values.",
    "Add {expected}",
)  # fmt: skip
WRONG_CONTENT = FindingKind(
    "MET-110", Severity.ERROR, f"{_METS}, mdWrap and mdRef, MDTYPE",
    "MDTYPE is {expected}, but the content is <{found}>",
    "MDTYPE says what sort of metadata is inside, and something else is.",
    "Correct MDTYPE",
)  # fmt: skip
WRONG_VERSION = FindingKind(
    "MET-111", Severity.ERROR, f"{_METS}, mdWrap and mdRef, MDTYPEVERSION",
    "MDTYPEVERSION is {expected}, but the content is {found}",
    "The version named and the namespace of the content disagree.",
    "Correct MDTYPEVERSION",
)  # fmt: skip
UNUSED_SECTION = FindingKind(
    "MET-112", Severity.WARNING, f"{_METS}, DMDID and ADMID",
    "<{element}> {id!r} is referred to by nothing",
    "Metadata that no part of the structure and no file refers to describes nothing in particular.",
    "Refer to it from what it describes",
)  # fmt: skip
UNUSED_FILE = FindingKind(
    "MET-113", Severity.WARNING, f"{_METS}, structMap",
    "the file {id!r} has no place in a structural map",
    "A reader that follows the structure never comes to this file.",
    "Add an fptr to the structural map",
)  # fmt: skip
BAD_SIZE = FindingKind(
    "MET-114", Severity.ERROR, f"{_METS}, FILECORE attribute SIZE",
    "SIZE is no whole number from 0 up: {found!r}",
    "The schema allows negative numbers here; a size cannot be one.",
    "Write the size in bytes",
)  # fmt: skip
PROFILE_RULE = FindingKind(
    "MET-115", Severity.ERROR, "E-ARK CSIP 2, the requirement named",
    "the profile {profile} demands {expected} ({rule})",
    "The METS names a profile of E-ARK and does not follow it.",
    "Add what is missing",
)  # fmt: skip
EMPTY_WRAP = FindingKind(
    "MET-116", Severity.ERROR, f"{_METS}, mdWrap",
    "<{element}> {id!r} holds no metadata",
    "A metadata section has its content inside, or refers to it.",
    "Put the metadata in, or remove the section",
)  # fmt: skip
PREMIS_DISAGREES = FindingKind(
    "MET-117", Severity.ERROR, f"{_METS} with PREMIS: what is told twice must be told alike",
    "file {id!r} and its PREMIS object disagree about {what}: {expected} in METS, {found} in PREMIS",
    "The METS gives the file's size or checksum, and so does the PREMIS object it refers to.",
    "Compare both with the file",
)  # fmt: skip
EMPTY_POINTER = FindingKind(
    "MET-118", Severity.ERROR, f"{_METS}, fptr",
    "<fptr> points to nothing",
    "A file pointer has a FILEID, or an area, a sequence or a parallel inside.",
    "Add FILEID, or remove the pointer",
)  # fmt: skip
ODD_HREF = FindingKind(
    "MET-120", Severity.WARNING, "XLink 1.0 5.4, the href attribute; RFC 3986 2",
    "the reference {href!r} has characters that are not encoded",
    "XLink lets a program encode blanks and the like before it follows the reference; not every program does.",
    "Encode them: a blank as %20",
)  # fmt: skip
SYSTEM_PATH = FindingKind(
    "MET-121", Severity.WARNING, f"{_METS}, FLocat, LOCTYPE; design: no absolute path anywhere",
    "the reference {href!r} is a path of the system that wrote the record",
    "The record says so itself (OTHERLOCTYPE is SYSTEM). Nobody else can follow it, and it tells of that system.",
    "Write the path relative to the METS",
)  # fmt: skip
BAD_MIME = FindingKind(
    "MET-119", Severity.ERROR, f"{_METS}, FILECORE attribute MIMETYPE; RFC 6838 4.2",
    "MIMETYPE {found!r} is no media type",
    "A media type has a type and a subtype, with a slash between them.",
    "Write it as application/pdf, or leave it out",
)  # fmt: skip
