"""Findings about PREMIS records."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_PREMIS = "PREMIS Data Dictionary 3.0"

DANGLING_LINK = FindingKind(
    "PRM-101", Tells.RULE, f"{_PREMIS}, linking identifiers: must be those of an entity",
    "{element} refers to {target}, which is not in the record",
    "A link in PREMIS repeats the identifier (type and value) of another entity. The record has no entity with"
    " this identifier.",
    "Add the entity, or correct the link",
)  # fmt: skip
OUTSIDE_LINK = FindingKind(
    "PRM-102", Tells.ADVICE, f"{_PREMIS}, linking identifiers",
    "{element} refers to {target}, which is outside this record",
    "The target of the link is described elsewhere: the record has no other entity of this kind, the link is a"
    " web address, or the record is part of a METS. The target was not checked.",
    "Check the record together with the one that contains the other entity",
)  # fmt: skip
ONE_WAY_LINK = FindingKind(
    "PRM-103", Tells.ADVICE, f"{_PREMIS} 1.14 linkingEventIdentifier, 2.7 linkingObjectIdentifier",
    "{source} links to {target}, but {target} does not link back ({element} is missing there)",
    "The record states links between objects and events on both sides, but this one only on one side, so one side"
    " is incomplete.",
    "Add the missing link, or remove the extra one",
)  # fmt: skip
ONE_WAY_RELATIONSHIP = FindingKind(
    "PRM-104", Tells.ADVICE, f"{_PREMIS} 1.13 relationship; LoC relationship subtypes, inverse terms",
    "{source} has the relationship {subtype!r} to {target}, which does not have {inverse!r} in return",
    "A derivation or structure that only one of the two objects records is lost as soon as that object's record"
    " is lost.",
    "Add the inverse relationship to the other object",
)  # fmt: skip
ORPHAN_EVENT = FindingKind(
    "PRM-105", Tells.ADVICE, f"{_PREMIS} 2: events happen to objects",
    "the event {source} is not linked to any object",
    "Nothing in the record shows which object this event is about.",
    "Link the event to its objects",
)  # fmt: skip
ORPHAN_AGENT = FindingKind(
    "PRM-106", Tells.ADVICE, f"{_PREMIS} 3: agents act in events or hold rights",
    "the agent {source} is not linked to any event or rights statement",
    "Nothing in the record shows what this agent did.",
    "Link the agent to what it did, or remove it",
)  # fmt: skip
ORPHAN_RIGHTS = FindingKind(
    "PRM-107", Tells.ADVICE, f"{_PREMIS} 4: rights statements are about objects",
    "the rights statement {source} is not linked to any object or agent",
    "Nothing in the record shows what the rights apply to.",
    "Link the rights statement to its objects",
)  # fmt: skip
UNKNOWN_EVENT_TYPE = FindingKind(
    "PRM-108", Tells.ADVICE, "LoC Preservation Vocabularies, eventType",
    "the event type {found!r} is not in the vocabulary",
    "Event types come from a controlled vocabulary, so that other programs understand what happened.",
    "Use a term from metadata/vocabularies/premis-event-types.json, or name the other vocabulary in the authority"
    " attributes",
)  # fmt: skip
LOCAL_TERM = FindingKind(
    "PRM-109", Tells.ADVICE, "LoC Preservation Vocabularies",
    "the {element} {found!r} is a term of {authority}, not of the Library of Congress",
    "The term comes from a different vocabulary, or from a system with its own vocabulary. It could not be checked.",
    "No action needed for a record of that system; in your own records use the Library of Congress's terms",
)  # fmt: skip
UNKNOWN_TERM = FindingKind(
    "PRM-110", Tells.ADVICE, "LoC Preservation Vocabularies",
    "the {element} {found!r} is not in the vocabulary",
    "This element takes its value from a controlled vocabulary.",
    "Use one of: {terms}",
)  # fmt: skip
BAD_DATE = FindingKind(
    "PRM-111", Tells.ADVICE, "EDTF (ISO 8601-2:2019 annex A), level 1; PREMIS 3.0 schema, edtfSimpleType",
    "{element} is not a valid date: {found!r}",
    "PREMIS 3 requires EDTF dates, or date and time as in XML Schema. The schema itself accepts any text here.",
    "Write a date as 2024-05-20, a time as 2024-05-20T10:00:00Z, an approximate date as 2024-05~",
)  # fmt: skip
BAD_DIGEST = FindingKind(
    "PRM-112", Tells.RULE, f"{_PREMIS} 1.5.2 fixity",
    "the {algorithm} digest is {problem}",
    "A digest is written in hexadecimal digits, and its length depends on the algorithm. This one cannot be correct.",
    "Compute the digest again",
)  # fmt: skip
UNKNOWN_ALGORITHM = FindingKind(
    "PRM-113", Tells.ADVICE, "LoC Preservation Vocabularies, cryptographicHashFunctions",
    "the digest algorithm {found!r} is not known, so its digest could not be checked",
    "Neither its length nor its value can be checked.",
    "Add a digest of a common algorithm, such as SHA-256",
)  # fmt: skip
TWO_DIGESTS = FindingKind(
    "PRM-114", Tells.RULE, f"{_PREMIS} 1.5.2 fixity",
    "there are two different {algorithm} digests of one object",
    "At least one of them is wrong.",
    "Compute the digest again",
)  # fmt: skip
BAD_NUMBER = FindingKind(
    "PRM-115", Tells.RULE, f"{_PREMIS} 1.5.1 compositionLevel, 1.5.3 size",
    "{element} must be a whole number of 0 or more: {found!r}",
    "The schema allows negative numbers here, but a count or a size cannot be negative.",
    "Correct the number; a size is written in bytes",
)  # fmt: skip
EMPTY_VALUE = FindingKind(
    "PRM-116", Tells.ADVICE, f"{_PREMIS}, obligation: mandatory",
    "{element} is empty",
    "The element is present but has no value. The schema accepts an empty text.",
    "Fill in the value, or remove the element that contains it",
)  # fmt: skip
EMPTY_OPTIONAL = FindingKind(
    "PRM-117", Tells.ADVICE, f"{_PREMIS}, obligation: optional",
    "{element} is empty",
    "The element may be left out, and an empty one has no meaning.",
    "Remove it, or fill in the value",
)  # fmt: skip
DUPLICATE_ENTITY = FindingKind(
    "PRM-118", Tells.RULE, f"{_PREMIS}, identifiers are unique in their domain",
    "two entities have the identifier {target}, the first in line {first}",
    "A link to this identifier could refer to either of them.",
    "Give each entity its own identifier",
)  # fmt: skip
MIXED_VERSIONS = FindingKind(
    "PRM-119", Tells.ADVICE, "PREMIS 3.0 and 2.x schemas: one namespace each",
    "the record mixes versions of PREMIS: {found}",
    "The elements of versions 2 and 3 have the same names in different namespaces, and many programs read only"
    " one of them. METS allows both in one file.",
    "Write the whole record in one version, preferably 3.0",
)  # fmt: skip
STRUCTURE = FindingKind(
    "PRM-120", Tells.RULE, "PREMIS Data Dictionary 2.2 and its schema",
    "in <{parent}>: {problem}",
    "The structure of a PREMIS 2 record is checked by rules, because its schema is not included.",
    "Correct the element",
)  # fmt: skip
WRONG_LINK_TARGET = FindingKind(
    "PRM-121", Tells.RULE, f"{_PREMIS}, linking identifiers",
    "{element} refers to {target}, which is of a kind that it cannot link to: {found}",
    "Each kind of link leads to one kind of entity, for example an agent link to an agent and an event link to an"
    " event.",
    "Correct the link",
)  # fmt: skip
NO_OBJECT = FindingKind(
    "PRM-122", Tells.RULE, "PREMIS 3.0 schema, premisComplexType: one object or more, then events, agents, rights",
    "the entities in the record do not follow the schema: {problem}",
    "A PREMIS container has at least one object, and its entities are in the order objects, events, agents, rights.",
    "Put the entities in this order; write a single event or agent as its own root element",
)  # fmt: skip
BAD_TERM = FindingKind(
    "PRM-123", Tells.ADVICE, f"{_PREMIS} 4.1.7 rightsGranted: termOfGrant, termOfRestriction",
    "a term ends ({end}) before it begins ({start})",
    "The term contains no date, so it does not show when the right applies.",
    "Correct one of the two dates",
)  # fmt: skip
SELF_RELATION = FindingKind(
    "PRM-124", Tells.ADVICE, f"{_PREMIS} 1.13 relationship",
    "{source} has the relationship {subtype!r} to itself",
    "A relationship is between two objects.",
    "Correct the identifier of the related object",
)  # fmt: skip
PATH_LEAK = FindingKind(
    "PRM-125", Tells.ADVICE, "design: no absolute path, host or login name anywhere",
    "{element} contains an absolute path of a computer: {found!r}",
    "An absolute path reveals where the file was stored and who worked there.",
    "Write the path relative to the package",
)  # fmt: skip
ONE_WAY_DERIVATION = FindingKind(
    "PRM-126", Tells.ADVICE, f"{_PREMIS} 1.13 relationship; LoC relationship subtypes, inverse terms",
    "{source} has the relationship {subtype!r} to {target}, which does not have {inverse!r} in return",
    "Only one of the two representations records the derivation. Their files may record it on both sides.",
    "Add the inverse relationship to the other representation",
)  # fmt: skip
BAD_UUID = FindingKind(
    "PRM-127", Tells.ADVICE, f"{_PREMIS} 1.1 objectIdentifier and its like; RFC 9562 4",
    "the identifier {found!r} has the type UUID but is not a valid UUID",
    "A UUID has 32 hexadecimal digits in five groups, alone or after urn:uuid:.",
    "Correct the value, or state its real type, such as local",
)  # fmt: skip
BAD_FORMAT_KEY = FindingKind(
    "PRM-128", Tells.ADVICE, f"{_PREMIS} 1.5.4.2 formatRegistry; PRONOM unique identifiers",
    "{found!r} is not a valid PRONOM identifier",
    "PRONOM identifiers are fmt/ or x-fmt/ followed by a number, alone or after info:pronom/.",
    "Write the identifier like fmt/18, or leave out the registry if the format is not known",
)  # fmt: skip
BASIS_UNEXPLAINED = FindingKind(
    "PRM-129", Tells.ADVICE, f"{_PREMIS} 4.1.2 rightsBasis to 4.1.6 otherRightsInformation",
    "the basis of the rights is {basis}, but <{element}> is missing",
    "The basis of the rights is described in a separate element, which is mandatory for this basis.",
    "Add the element, or correct the basis",
)  # fmt: skip
MISMATCHED_RELATIONSHIP = FindingKind(
    "PRM-137", Tells.ADVICE, "LoC Preservation Vocabularies, relationshipType and relationshipSubType",
    "the relationship {subtype!r} has the type {found!r}, which does not allow it",
    "A derivation is recorded as 'has source' and 'is source of', and in no other way.",
    "Correct the type or the subtype",
)  # fmt: skip
LOCAL_ALGORITHM = FindingKind(
    "PRM-138", Tells.ADVICE, "LoC Preservation Vocabularies, cryptographicHashFunctions",
    "the digest algorithm {found!r} of a different vocabulary is not known, so its digest could not be checked",
    "Neither its length nor its value can be checked.",
    "Add a digest of a common algorithm, such as SHA-256",
)  # fmt: skip
WRONG_VERSION = FindingKind(
    "PRM-139", Tells.RULE, "PREMIS 2.x and 3.0 schemas: the attribute version",
    "the root states version {found}, but its namespace is that of version {expected}",
    "The root states the version in which the record is written. A program that relies on it reads the record"
    " wrongly.",
    "Correct the attribute or the namespace",
)  # fmt: skip
