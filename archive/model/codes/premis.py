"""What is wrong with a PREMIS record."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_PREMIS = "PREMIS Data Dictionary 3.0"

DANGLING_LINK = FindingKind(
    "PRM-101", Tells.RULE, f"{_PREMIS}, linking identifiers: must be those of an entity",
    "{element} names {target}, which is not in the record",
    "A link in PREMIS repeats the identifier, type and value, of another entity. There is no entity with this one.",
    "Add the entity, or correct the link",
)  # fmt: skip
OUTSIDE_LINK = FindingKind(
    "PRM-102", Tells.ADVICE, f"{_PREMIS}, linking identifiers",
    "{element} names {target}, which stands outside of this record",
    "What the link names is described elsewhere: the record holds no other entity of this kind, the link is a web"
    " address, or the record is part of a METS. It was not looked for.",
    "Check the record together with the one that holds the other entity",
)  # fmt: skip
ONE_WAY_LINK = FindingKind(
    "PRM-103", Tells.ADVICE, f"{_PREMIS} 1.14 linkingEventIdentifier, 2.7 linkingObjectIdentifier",
    "{source} links {target}, but not the other way round ({element} is missing there)",
    "The record gives links between objects and events on both sides, but this one on one side only: one side is"
    " incomplete.",
    "Add the missing link, or remove the one that is too many",
)  # fmt: skip
ONE_WAY_RELATIONSHIP = FindingKind(
    "PRM-104", Tells.ADVICE, f"{_PREMIS} 1.13 relationship; LoC relationship subtypes, inverse terms",
    "{source} says {subtype!r} of {target}, which does not say {inverse!r} of it",
    "A derivation or a structure told by one of the two objects only is lost as soon as that object's record is.",
    "Add the inverse relationship to the other object",
)  # fmt: skip
ORPHAN_EVENT = FindingKind(
    "PRM-105", Tells.ADVICE, f"{_PREMIS} 2: events happen to objects",
    "the event {source} is linked to no object",
    "Nothing in the record says to what this happened.",
    "Link the event to its objects",
)  # fmt: skip
ORPHAN_AGENT = FindingKind(
    "PRM-106", Tells.ADVICE, f"{_PREMIS} 3: agents act in events or hold rights",
    "the agent {source} is linked to no event and to no rights statement",
    "Nothing in the record says what this agent did.",
    "Link the agent where it acted, or remove it",
)  # fmt: skip
ORPHAN_RIGHTS = FindingKind(
    "PRM-107", Tells.ADVICE, f"{_PREMIS} 4: rights statements are about objects",
    "the rights statement {source} is linked to no object and no agent",
    "Nothing in the record says what the rights are about.",
    "Link the rights statement to its objects",
)  # fmt: skip
UNKNOWN_EVENT_TYPE = FindingKind(
    "PRM-108", Tells.ADVICE, "LoC Preservation Vocabularies, eventType",
    "the event type {found!r} is not in the vocabulary",
    "Event types come from a controlled vocabulary, so that other programs understand what happened.",
    "Use a term of metadata/vocabularies/premis-event-types.json, or name the other vocabulary in the authority"
    " attributes",
)  # fmt: skip
LOCAL_TERM = FindingKind(
    "PRM-109", Tells.ADVICE, "LoC Preservation Vocabularies",
    "the {element} {found!r} is a term of {authority}, not of the Library of Congress",
    "The term comes from another vocabulary, or from a system that has its own. It could not be checked.",
    "Nothing to do for a record of that system; for one of your own use the Library of Congress's terms",
)  # fmt: skip
UNKNOWN_TERM = FindingKind(
    "PRM-110", Tells.ADVICE, "LoC Preservation Vocabularies",
    "the {element} {found!r} is not in the vocabulary",
    "This element takes its value from a controlled vocabulary.",
    "Use one of: {terms}",
)  # fmt: skip
BAD_DATE = FindingKind(
    "PRM-111", Tells.ADVICE, "EDTF (ISO 8601-2:2019 annex A), level 1; PREMIS 3.0 schema, edtfSimpleType",
    "{element} is not a readable date: {found!r}",
    "PREMIS 3 takes dates as EDTF, or date and time as in XML Schema. The schema itself accepts any text here.",
    "Write a date as 2024-05-20, a time as 2024-05-20T10:00:00Z, an uncertain one as 2024-05~",
)  # fmt: skip
BAD_DIGEST = FindingKind(
    "PRM-112", Tells.RULE, f"{_PREMIS} 1.5.2 fixity",
    "the {algorithm} digest is {problem}",
    "A digest is written in hexadecimal digits, and its length follows from the algorithm. This one cannot be right.",
    "Compute the digest again",
)  # fmt: skip
UNKNOWN_ALGORITHM = FindingKind(
    "PRM-113", Tells.ADVICE, "LoC Preservation Vocabularies, cryptographicHashFunctions",
    "the digest algorithm {found!r} is not known here, so its digest could not be judged",
    "Neither its length nor its value can be checked.",
    "Add a digest of a common algorithm, such as SHA-256",
)  # fmt: skip
TWO_DIGESTS = FindingKind(
    "PRM-114", Tells.RULE, f"{_PREMIS} 1.5.2 fixity",
    "two different {algorithm} digests of one object",
    "One of them at least is wrong.",
    "Compute the digest again",
)  # fmt: skip
BAD_NUMBER = FindingKind(
    "PRM-115", Tells.RULE, f"{_PREMIS} 1.5.1 compositionLevel, 1.5.3 size",
    "{element} is no whole number from 0 up: {found!r}",
    "The schema allows negative numbers here; a count or a size cannot be one.",
    "Write the size in bytes",
)  # fmt: skip
EMPTY_VALUE = FindingKind(
    "PRM-116", Tells.ADVICE, f"{_PREMIS}, obligation: mandatory",
    "{element} is empty",
    "The element is there, but it says nothing. The schema accepts an empty text.",
    "Give it its value, or remove the element that holds it",
)  # fmt: skip
EMPTY_OPTIONAL = FindingKind(
    "PRM-117", Tells.ADVICE, f"{_PREMIS}, obligation: optional",
    "{element} is empty",
    "The element may be left out, and an empty one says nothing.",
    "Remove it, or give it its value",
)  # fmt: skip
DUPLICATE_ENTITY = FindingKind(
    "PRM-118", Tells.RULE, f"{_PREMIS}, identifiers are unique in their domain",
    "the identifier {target} is given to two entities, first in line {first}",
    "A link to this identifier could mean either.",
    "Give each entity its own identifier",
)  # fmt: skip
MIXED_VERSIONS = FindingKind(
    "PRM-119", Tells.ADVICE, "PREMIS 3.0 and 2.x schemas: one namespace each",
    "versions of PREMIS are mixed: {found}",
    "The elements of versions 2 and 3 have the same names in different namespaces, and many programs read only one of"
    " them. METS allows both side by side.",
    "Write the whole record in one version, best 3.0",
)  # fmt: skip
STRUCTURE = FindingKind(
    "PRM-120", Tells.RULE, "PREMIS Data Dictionary 2.2 and its schema",
    "in <{parent}>: {problem}",
    "The structure of a PREMIS 2 record was judged by rules, since its schema is not shipped.",
    "Correct the element named",
)  # fmt: skip
WRONG_LINK_TARGET = FindingKind(
    "PRM-121", Tells.RULE, f"{_PREMIS}, linking identifiers",
    "{element} names {target}, which is a sort of entity that it cannot link: {found}",
    "Each kind of link leads to one kind of entity: an agent link to an agent, an event link to an event.",
    "Correct the link",
)  # fmt: skip
NO_OBJECT = FindingKind(
    "PRM-122", Tells.RULE, "PREMIS 3.0 schema, premisComplexType: one object or more, then events, agents, rights",
    "the record's entities are not what the schema allows: {problem}",
    "A PREMIS container holds at least one object, and its entities come in the order objects, events, agents, rights.",
    "Put the entities in order; write a single event or agent as its own root element",
)  # fmt: skip
BAD_TERM = FindingKind(
    "PRM-123", Tells.ADVICE, f"{_PREMIS} 4.1.7 rightsGranted: termOfGrant, termOfRestriction",
    "a term ends ({end}) before it begins ({start})",
    "No date lies in this term, so it says nothing about when the right holds.",
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
    "{element} holds a path of some computer: {found!r}",
    "An absolute path tells of the place where the file once stood, and of who worked there.",
    "Write the path relative to the package",
)  # fmt: skip
ONE_WAY_DERIVATION = FindingKind(
    "PRM-126", Tells.ADVICE, f"{_PREMIS} 1.13 relationship; LoC relationship subtypes, inverse terms",
    "{source} says {subtype!r} of {target}, which does not say {inverse!r} of it",
    "Between representations the derivation is told by one of the two only. Their files may tell it both ways.",
    "Add the inverse relationship to the other representation",
)  # fmt: skip
BAD_UUID = FindingKind(
    "PRM-127", Tells.ADVICE, f"{_PREMIS} 1.1 objectIdentifier and its like; RFC 9562 4",
    "the identifier {found!r} is said to be a UUID and is none",
    "A UUID has 32 hexadecimal digits in five groups, alone or after urn:uuid:.",
    "Correct the value, or name the type it really has, such as local",
)  # fmt: skip
BAD_FORMAT_KEY = FindingKind(
    "PRM-128", Tells.ADVICE, f"{_PREMIS} 1.5.4.2 formatRegistry; PRONOM unique identifiers",
    "{found!r} is no key of PRONOM",
    "PRONOM's keys are fmt/ or x-fmt/ and a number, alone or after info:pronom/.",
    "Write the key as fmt/18, or leave out the registry where the format is not known",
)  # fmt: skip
BASIS_UNEXPLAINED = FindingKind(
    "PRM-129", Tells.ADVICE, f"{_PREMIS} 4.1.2 rightsBasis to 4.1.6 otherRightsInformation",
    "the rights rest on {basis}, but <{element}> is missing",
    "What the rights rest on is told in an element of its own, which is mandatory for this basis.",
    "Add the element, or correct the basis",
)  # fmt: skip
MISMATCHED_RELATIONSHIP = FindingKind(
    "PRM-137", Tells.ADVICE, "LoC Preservation Vocabularies, relationshipType and relationshipSubType",
    "the relationship {subtype!r} is given the type {found!r}, to which it does not belong",
    "Derivations are told with 'has source' and 'is source of', and with nothing else.",
    "Correct the type or the subtype",
)  # fmt: skip
LOCAL_ALGORITHM = FindingKind(
    "PRM-138", Tells.ADVICE, "LoC Preservation Vocabularies, cryptographicHashFunctions",
    "the digest algorithm {found!r} of another vocabulary is not known here, so its digest could not be judged",
    "Neither its length nor its value can be checked.",
    "Add a digest of a common algorithm, such as SHA-256",
)  # fmt: skip
WRONG_VERSION = FindingKind(
    "PRM-139", Tells.RULE, "PREMIS 2.x and 3.0 schemas: the attribute version",
    "the root says {found}, but its namespace is that of version {expected}",
    "The root names the version that the record is written in. A program that trusts it reads the record wrongly.",
    "Correct the attribute or the namespace",
)  # fmt: skip
