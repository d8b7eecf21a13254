"""What is wrong with a description, and what its rights forbid."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_OWN = "docs/description.md"

MALFORMED = FindingKind(
    "DSC-101", Tells.RULE, "TOML 1.0; RFC 4180",
    "the description cannot be read: {problem}",
    "The file breaks the rules of its format, so nothing can be taken from it.",
    "Mend the line named; a text is in quotation marks, and a quotation mark in it is written \\\"",
)  # fmt: skip
UNKNOWN_KEY = FindingKind(
    "DSC-102", Tells.RULE, _OWN,
    "there is no key {found!r}{hint}",
    "A key that is not known would be lost without a word. The keys are the terms of Dublin Core and a few of our own.",
    "Correct the key, or put the value under [private] if it is for yourself",
)  # fmt: skip
WRONG_TYPE = FindingKind(
    "DSC-103", Tells.RULE, _OWN,
    "{key} must be {expected}, not {found}",
    "The value is of another sort than this key takes.",
    "Write it as docs/description.md shows",
)  # fmt: skip
EMPTY_VALUE = FindingKind(
    "DSC-104", Tells.ADVICE, _OWN,
    "{key} is empty and was left out",
    "An empty value says nothing.",
    "Give it its value, or remove the key",
)  # fmt: skip
OTHER_COLUMN = FindingKind(
    "DSC-105", Tells.NOTE, "Archivematica, metadata.csv",
    "the column {found!r} is not Dublin Core; its values are kept only in statements.json",
    "The table may have columns of your own. They are kept, but no record for other programs has a place for them.",
    "Nothing to do; or name the column dc.x or dcterms.x",
)  # fmt: skip
NO_SUCH_FILE = FindingKind(
    "DSC-106", Tells.ADVICE, _OWN,
    "{found} is described, but is not among the files",
    "The description names a file that the source does not hold; what it says of it describes nothing.",
    "Correct the name: it is relative to the folder of the description",
)  # fmt: skip
DESCRIBED_TWICE = FindingKind(
    "DSC-107", Tells.NOTE, "Archivematica, metadata.csv",
    "{found} has more than one line in the table; all of them were taken",
    "Two lines about the same file are read as one that is longer.",
    "Nothing to do",
)  # fmt: skip
OTHER_NORMAL_FORM = FindingKind(
    "DSC-108", Tells.NOTE, "Unicode Standard Annex 15",
    "{found} is described; the file's name is the same in another Unicode normalisation",
    "Accents and some letters can be encoded in two ways (NFC and NFD). The description and the file use different"
    " ones; only one file fits, so the description is taken to be about it.",
    "Nothing to do",
)  # fmt: skip
BAD_DATE = FindingKind(
    "DSC-110", Tells.RULE, "EDTF (ISO 8601-2:2019 annex A), level 1",
    "{key} is not a valid EDTF level 1 date: {found!r}",
    "Dates are written so that programs can sort and search them, also where they are not exactly known.",
    "Write 2023, 2023-11, 2023-11-15, 2023-11-15~ (about), 2023? (uncertain), 202X (unknown year), 2011/2013 (a span)",
)  # fmt: skip
DATE_AS_WRITTEN = FindingKind(
    "DSC-111", Tells.ADVICE, "EDTF (ISO 8601-2:2019 annex A), level 1",
    "{key} is not a valid EDTF level 1 date: {found!r}; kept only in statements.json",
    "The table is kept as it is. A date that programs cannot read is not written into Dublin Core.",
    "Write it as EDTF: 2023-11-15~ for about that day, 2011/2013 for a span",
)  # fmt: skip
BAD_LANGUAGE = FindingKind(
    "DSC-112", Tells.RULE, "BCP 47 (RFC 5646) 2.1 and 2.2",
    "{key}: {found!r} is no language tag: {problem}",
    "Languages are named by tags of the IANA registry, so that readers, fonts and search know what a text is.",
    "Write en for English, ar for Arabic, mul for several languages in one text, und where nobody knows",
)  # fmt: skip
LANGUAGE_FORM = FindingKind(
    "DSC-113", Tells.NOTE, "BCP 47 (RFC 5646) 4.5, canonical form",
    "{key}: the language tag {found!r} is better written {expected}",
    "The tag is valid, but the registry prefers another form.",
    "Write {expected}",
)  # fmt: skip
UNKNOWN_TYPE = FindingKind(
    "DSC-114", Tells.ADVICE, "DCMI Type Vocabulary",
    "the type {found!r} is not in the DCMI Type Vocabulary{hint}",
    "Any text may be a type, but programs understand those of the vocabulary, letter by letter.",
    "Use Collection, Dataset, Event, Image, InteractiveResource, MovingImage, PhysicalObject, Service, Software, Sound,"
    " StillImage or Text",
)  # fmt: skip
BAD_RIGHTS_URI = FindingKind(
    "DSC-115", Tells.RULE, "rightsstatements.org 1.0; Creative Commons licences",
    "{key}: {found!r} is no rights statement or licence: {problem}",
    "The address looks like one of these, but nothing is there. A reader would find no rights at all.",
    "Copy the address of the statement or licence",
)  # fmt: skip
BAD_IDENTIFIER = FindingKind(
    "DSC-116", Tells.RULE, "the identifier's own standard",
    "{key}: {found!r} is no {scheme}: {problem}",
    "The identifier is of a known kind, but breaks its rules: most likely a slip of the pen.",
    "Compare it with its source",
)  # fmt: skip
UNBALANCED_BIDI = FindingKind(
    "DSC-117", Tells.RULE, "Unicode Standard Annex 9, 2.1 to 2.5",
    "{key} has a directional control that is not closed, or closes nothing: {control}",
    "Such a character reorders the text around it on the screen, so that a reader may see another text than is there.",
    "Remove it, or close it in the same paragraph",
)  # fmt: skip
FORBIDDEN_CHARACTER = FindingKind(
    "DSC-118", Tells.RULE, "XML 1.0 2.2, characters",
    "{key} has a character that no record can hold: {control}",
    "Control characters are no text; XML cannot carry them.",
    "Remove it",
)  # fmt: skip
BAD_ACCESS = FindingKind(
    "DSC-119", Tells.RULE, _OWN,
    "{key} is {found!r}, which is none of {expected}",
    "The word decides whether the material may be given out, so it must be one of these.",
    "Use one of the words named",
)  # fmt: skip
NO_END = FindingKind(
    "DSC-120", Tells.RULE, _OWN,
    "the material is embargoed, but until when is not said",
    "An embargo ends on a day; without one it is not known when the material may be given out.",
    "Add until = \"2030-01-01\" to [rights], or set access to restricted or closed",
)  # fmt: skip
BAD_UNTIL = FindingKind(
    "DSC-121", Tells.RULE, _OWN,
    "until is {found!r}, which is no day of the calendar",
    "The end of an embargo decides when the material may be given out: it must be one day, written as 2030-01-01.",
    "Write the day",
)  # fmt: skip
UNTIL_WITHOUT_EMBARGO = FindingKind(
    "DSC-122", Tells.ADVICE, _OWN,
    "until is given, but access is not embargoed",
    "The date is recorded as the day on which the material becomes available, and forbids nothing.",
    "Set access to embargoed, or remove until",
)  # fmt: skip
PRIVATE_ELSEWHERE = FindingKind(
    "DSC-123", Tells.ADVICE, "design: private fields live in metadata/restricted/",
    "a value that is marked private is also in a public field, {key}",
    "What is marked private is kept out of everything but metadata/restricted/, but here the same words are public.",
    "Remove the words from the public field, or the mark from the private one",
)  # fmt: skip
NO_TITLE = FindingKind(
    "DSC-130", Tells.ADVICE, "design: the title is the first heading or the file name, marked as such",
    "no title given; using the {basis}: {title}",
    "A record without a title cannot be found. Until a person writes one, this is used, marked as inferred.",
    "Write one in the description; archive describe SOURCE drafts one",
)  # fmt: skip
ONLY_SUGGESTIONS = FindingKind(
    "DSC-131", Tells.ADVICE, _OWN,
    "these are suggestions only, {count} of them; no person has said any of it",
    "A draft suggests what the files say of themselves. Until a person has read it and decided, it describes nothing.",
    "Read the draft, correct it, and take away certainty = \"suggested\" from what is right",
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
    "The rights recorded in the bag do not allow it to be given out yet.",
    "Wait until that day, or make a new version with other rights once they have changed",
)  # fmt: skip
NOT_RELEASED = FindingKind(
    "DSC-141", Tells.RULE, "PREMIS 3.0 4.1.7 rightsGranted, restriction",
    "the material is {access}: its rights do not allow it to be given out",
    "The description does not allow this material to be deposited there.",
    "Ask the person responsible; if access has changed, make a new version with other rights",
)  # fmt: skip
RIGHTS_UNREADABLE = FindingKind(
    "DSC-142", Tells.UNREAD, "design: not checked, because",
    "the rights could not be read: {problem}",
    "statements.json of the bag is not what muniment writes, so whether the material may be given out is not known.",
    "Validate the bag: archive validate BAG",
)  # fmt: skip
RESTRICTED_INSIDE = FindingKind(
    "DSC-143", Tells.ADVICE, "design: private fields live in metadata/restricted/",
    "the bag holds restricted metadata, in metadata/restricted/",
    "Anyone who receives the bag receives these fields too.",
    "Deposit it only where that is allowed, or make a bag from the description without its private fields",
)  # fmt: skip
RIGHTS_CONTRADICT = FindingKind(
    "DSC-144", Tells.ADVICE, "PREMIS 3.0 4.1.7 rightsGranted",
    "the records contradict each other: here access is {access}, in {other} it is {other_access}",
    "The description, Dublin Core and PREMIS of one bag say different things about who may see it. The strictest "
    "counts.",
    "Find out which is right, and make a new version whose records agree",
)  # fmt: skip
AUTHORITY_ALONE = FindingKind(
    "DSC-145", Tells.RULE, "ISAD(G) 3.2.1; ISAAR(CPF) 5.1",
    "the authority identifier {found!r} belongs to creator {number}, who is not named",
    "An authority identifier says who a creator is. Without the creator it would be given to another one or be lost.",
    "Name the creator in the same position, or remove the identifier",
)  # fmt: skip
