"""Findings about descriptions, and what their rights forbid."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_OWN = "docs/description.md"

MALFORMED = FindingKind(
    "DSC-101", Tells.RULE, "TOML 1.0; RFC 4180",
    "the description cannot be read: {problem}",
    "The file breaks the rules of its format, so no value can be read from it.",
    "Correct the line; text is written in quotation marks, and a quotation mark inside it is written \\\"",
)  # fmt: skip
UNKNOWN_KEY = FindingKind(
    "DSC-102", Tells.RULE, _OWN,
    "{found!r} is not a known key{hint}",
    "An unknown key would be lost silently. The known keys are the terms of Dublin Core and a few of muniment's own.",
    "Correct the key, or put the value under [private] if it is only for the archive's own use",
)  # fmt: skip
WRONG_TYPE = FindingKind(
    "DSC-103", Tells.RULE, _OWN,
    "{key} must be {expected}, not {found}",
    "The value has a different type from the one that this key takes.",
    "Write it as docs/description.md shows",
)  # fmt: skip
EMPTY_VALUE = FindingKind(
    "DSC-104", Tells.ADVICE, _OWN,
    "{key} is empty and was left out",
    "An empty value has no meaning.",
    "Fill in the value, or remove the key",
)  # fmt: skip
OTHER_COLUMN = FindingKind(
    "DSC-105", Tells.NOTE, "Archivematica, metadata.csv",
    "the column {found!r} is not Dublin Core; its values are kept only in statements.json",
    "The table may have columns of its own. They are kept, but records for other programs have no place for them.",
    "No action needed, or rename the column to dc.x or dcterms.x",
)  # fmt: skip
NO_SUCH_FILE = FindingKind(
    "DSC-106", Tells.ADVICE, _OWN,
    "the description names {found}, which is not among the files",
    "The description names a file that the source does not contain, so what it says about that file is not used.",
    "Correct the name; it is relative to the folder of the description",
)  # fmt: skip
DESCRIBED_TWICE = FindingKind(
    "DSC-107", Tells.NOTE, "Archivematica, metadata.csv",
    "{found} has more than one line in the table; all of them were used",
    "Several lines about the same file are read as one longer line.",
    "No action needed",
)  # fmt: skip
OTHER_NORMAL_FORM = FindingKind(
    "DSC-108", Tells.NOTE, "Unicode Standard Annex 15",
    "the description names {found}; the file has the same name in a different Unicode normalisation",
    "Accents and some letters can be encoded in two ways (NFC and NFD). The description and the file use"
    " different ones. Only one file matches, so the description is applied to it.",
    "No action needed",
)  # fmt: skip
BAD_DATE = FindingKind(
    "DSC-110", Tells.RULE, "EDTF (ISO 8601-2:2019 annex A), level 1",
    "{key} is not a valid EDTF level 1 date: {found!r}",
    "Dates are written so that programs can sort and search them, even if they are not known exactly.",
    "Write 2023, 2023-11, 2023-11-15, 2023-11-15~ (approximate), 2023? (uncertain), 202X (unknown year),"
    " 2011/2013 (a period)",
)  # fmt: skip
DATE_AS_WRITTEN = FindingKind(
    "DSC-111", Tells.ADVICE, "EDTF (ISO 8601-2:2019 annex A), level 1",
    "{key} is not a valid EDTF level 1 date: {found!r}; kept only in statements.json",
    "The table is kept as it is. A date that programs cannot read is not written to Dublin Core.",
    "Write it as EDTF, for example 2023-11-15~ for an approximate day or 2011/2013 for a period",
)  # fmt: skip
BAD_LANGUAGE = FindingKind(
    "DSC-112", Tells.RULE, "BCP 47 (RFC 5646) 2.1 and 2.2",
    "{key}: {found!r} is not a valid language tag: {problem}",
    "Languages are named by tags of the IANA registry, so that readers, fonts and search tools know the language"
    " of a text.",
    "Write en for English, ar for Arabic, mul for several languages in one text, und if the language is not known",
)  # fmt: skip
LANGUAGE_FORM = FindingKind(
    "DSC-113", Tells.NOTE, "BCP 47 (RFC 5646) 4.5, canonical form",
    "{key}: the preferred form of the language tag {found!r} is {expected}",
    "The tag is valid, but the registry prefers a different form.",
    "Write {expected}",
)  # fmt: skip
UNKNOWN_TYPE = FindingKind(
    "DSC-114", Tells.ADVICE, "DCMI Type Vocabulary",
    "the type {found!r} is not in the DCMI Type Vocabulary{hint}",
    "Any text may be a type, but programs recognise only the exact words of the vocabulary.",
    "Use Collection, Dataset, Event, Image, InteractiveResource, MovingImage, PhysicalObject, Service, Software,"
    " Sound, StillImage or Text",
)  # fmt: skip
BAD_RIGHTS_URI = FindingKind(
    "DSC-115", Tells.RULE, "rightsstatements.org 1.0; Creative Commons licences",
    "{key}: {found!r} is not a valid rights statement or licence: {problem}",
    "The address looks like a rights statement or a licence, but does not exist. Readers would not find any"
    " rights there.",
    "Copy the exact address of the statement or licence",
)  # fmt: skip
BAD_IDENTIFIER = FindingKind(
    "DSC-116", Tells.RULE, "the identifier's own standard",
    "{key}: {found!r} is not a valid {scheme}: {problem}",
    "The identifier is of a known kind but breaks its rules; most likely it has a typo.",
    "Compare it with its source",
)  # fmt: skip
UNBALANCED_BIDI = FindingKind(
    "DSC-117", Tells.RULE, "Unicode Standard Annex 9, 2.1 to 2.5",
    "{key} has a text direction control that is not closed, or closes nothing: {control}",
    "Such a character reorders the text around it on the screen, so readers may see a different text.",
    "Remove it, or close it in the same paragraph",
)  # fmt: skip
FORBIDDEN_CHARACTER = FindingKind(
    "DSC-118", Tells.RULE, "XML 1.0 2.2, characters",
    "{key} has a character that cannot be stored in a record: {control}",
    "Control characters are not text, and XML cannot contain them.",
    "Remove it",
)  # fmt: skip
BAD_ACCESS = FindingKind(
    "DSC-119", Tells.RULE, _OWN,
    "{key} is {found!r}; it must be one of {expected}",
    "This value decides whether the material may be given to others, so it must be one of the listed words.",
    "Use one of the listed words",
)  # fmt: skip
NO_END = FindingKind(
    "DSC-120", Tells.RULE, _OWN,
    "the material is embargoed, but no end date is given",
    "An embargo ends on a certain day. Without it, nothing shows when the material may be given to others.",
    "Add until = \"2030-01-01\" to [rights], or set access to restricted or closed",
)  # fmt: skip
BAD_UNTIL = FindingKind(
    "DSC-121", Tells.RULE, _OWN,
    "until is {found!r}, which is not a valid date",
    "The end of an embargo decides when the material may be given to others. It must be a single day, written"
    " like 2030-01-01.",
    "Write the day, for example until = \"2030-01-01\"",
)  # fmt: skip
UNTIL_WITHOUT_EMBARGO = FindingKind(
    "DSC-122", Tells.ADVICE, _OWN,
    "until is set, but access is not embargoed",
    "The date is recorded as the day on which the material becomes available. It does not restrict access.",
    "Set access to embargoed, or remove until",
)  # fmt: skip
PRIVATE_ELSEWHERE = FindingKind(
    "DSC-123", Tells.ADVICE, "design: private fields live in metadata/restricted/",
    "a value that is marked private is also in the public field {key}",
    "Private values are stored only in metadata/restricted/, but here the same words are also in a public field.",
    "Remove the words from the public field, or remove the mark from the private one",
)  # fmt: skip
NO_TITLE = FindingKind(
    "DSC-130", Tells.ADVICE, "design: the title is the first heading or the file name, marked as such",
    "no title given; using the {basis}: {title}",
    "A record without a title is hard to find. Until someone writes a title, this one is used and marked as inferred.",
    "Write a title in the description; to draft one: archive describe SOURCE",
)  # fmt: skip
ONLY_SUGGESTIONS = FindingKind(
    "DSC-131", Tells.ADVICE, _OWN,
    "all {count} values are unconfirmed suggestions",
    "A draft suggests what the files say about themselves. Until someone has read and confirmed it, it describes"
    " nothing.",
    "Read the draft, correct it, and remove certainty = \"suggested\" from every value that is correct",
)  # fmt: skip
REPLACED = FindingKind(
    "DSC-132", Tells.NOTE, _OWN,
    "{found} of the source is not used; the description that was named replaces it",
    "The source has a description of its own, and another was to be used instead. The source's is neither payload nor"
    " description of this bag; the file itself stays where it is.",
    "Nothing to do",
)  # fmt: skip
EMBARGOED = FindingKind(
    "DSC-140", Tells.RULE, "PREMIS 3.0 4.1.7 rightsGranted, termOfRestriction",
    "the material is embargoed until {until}, and today is {today}",
    "The rights recorded in the bag do not allow it to be given to others yet.",
    "Wait until that day; if the rights have changed, make a new version with the new rights",
)  # fmt: skip
NOT_RELEASED = FindingKind(
    "DSC-141", Tells.RULE, "PREMIS 3.0 4.1.7 rightsGranted, restriction",
    "the material is {access}: its rights do not allow it to be given to others",
    "The description does not allow this material to be deposited there.",
    "Ask the person responsible; if access has changed, make a new version with the new rights",
)  # fmt: skip
RIGHTS_UNREADABLE = FindingKind(
    "DSC-142", Tells.UNREAD, "design: not checked, because",
    "the rights could not be read: {problem}",
    "statements.json in the bag was not written by muniment or has been changed, so it is not known whether the"
    " material may be given to others.",
    "Run: archive validate BAG",
)  # fmt: skip
RESTRICTED_INSIDE = FindingKind(
    "DSC-143", Tells.ADVICE, "design: private fields live in metadata/restricted/",
    "the bag contains restricted metadata, in metadata/restricted/",
    "Anyone who receives the bag receives these fields too.",
    "Deposit it only where that is allowed, or make a bag from the description without its private fields",
)  # fmt: skip
RIGHTS_CONTRADICT = FindingKind(
    "DSC-144", Tells.ADVICE, "PREMIS 3.0 4.1.7 rightsGranted",
    "the records contradict each other: here access is {access}, in {other} it is {other_access}",
    "The description, Dublin Core and PREMIS of this bag contradict each other about who may see it. The"
    " strictest one applies.",
    "Find out which is correct, and make a new version whose records agree",
)  # fmt: skip
AUTHORITY_ALONE = FindingKind(
    "DSC-145", Tells.RULE, "ISAD(G) 3.2.1; ISAAR(CPF) 5.1",
    "the authority identifier {found!r} belongs to creator {number}, who is not named",
    "An authority identifier identifies a creator. Without the creator, it would be assigned to a different one"
    " or lost.",
    "Name the creator in the same position, or remove the identifier",
)  # fmt: skip
