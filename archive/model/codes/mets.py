"""What is wrong with a METS record."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_METS = "METS 1.12"

WRONG_REFERENCE = FindingKind(
    "MET-101", Tells.ADVICE, f"{_METS} schema documentation of DMDID, ADMID, FILEID and STRUCTID",
    "{attribute} names {id!r}, which is a <{found}>, not {expected}",
    "Each reference in METS leads to one sort of element. A program that follows this one finds the wrong thing.",
    "Correct the reference",
)  # fmt: skip
BAD_CHECKSUM = FindingKind(
    "MET-102", Tells.RULE, f"{_METS}, FILECORE attributes CHECKSUM and CHECKSUMTYPE",
    "the {algorithm} checksum is {problem}",
    "A checksum is written in hexadecimal digits, and its length follows from the algorithm. This one cannot be right.",
    "Compute the checksum again",
)  # fmt: skip
CHECKSUM_ALONE = FindingKind(
    "MET-103", Tells.ADVICE, f"{_METS}, FILECORE attributes CHECKSUM and CHECKSUMTYPE",
    "<{element}> has {found} without {expected}",
    "A checksum can be checked only by who knows its algorithm.",
    "Give both, or neither",
)  # fmt: skip
FILE_MISSING = FindingKind(
    "MET-104", Tells.LOSS, f"{_METS}, FLocat and mdRef",
    "{href} is named, but is not beside the METS",
    "Other files that this METS names were found beside it, but not this one.",
    "Restore the file, or correct the reference",
)  # fmt: skip
FILE_DIFFERS = FindingKind(
    "MET-105", Tells.LOSS, f"{_METS}, FILECORE attributes CHECKSUM and SIZE",
    "{href} has another {what}: {expected} in the METS, {found} on the disk",
    "The record and the file do not belong together: one of them was changed.",
    "Compare both with a copy of the package",
)  # fmt: skip
FILES_NOT_HERE = FindingKind(
    "MET-106", Tells.NOTE, "design: not checked, because",
    "none of the {count} files that the METS names is beside it, so they were not checked",
    "The METS was checked alone. Its references are relative to the folder it belongs in.",
    "Check the METS in its package",
)  # fmt: skip
BAD_HREF = FindingKind(
    "MET-107", Tells.RULE, "RFC 3986 4.1; METS 1.12, xlink:href",
    "the reference {href!r} {problem}",
    "A reference to a file is a URI, relative to the METS where the file is part of the package.",
    "Correct the reference: encode blanks as %20, stay inside the package",
)  # fmt: skip
NO_HREF = FindingKind(
    "MET-108", Tells.ADVICE, f"{_METS}, FLocat and mdRef",
    "<{element}> does not say where its file is (xlink:href)",
    "The schema does not demand the attribute, but without it nothing can be found.",
    "Add xlink:href",
)  # fmt: skip
OTHER_UNNAMED = FindingKind(
    "MET-109", Tells.ADVICE, f"{_METS}, attributes OTHERROLE, OTHERTYPE, OTHERMDTYPE, OTHERLOCTYPE",
    "<{element}> has {attribute}=\"OTHER\" but does not say which ({expected})",
    "OTHER alone says only that it is none of the listed values.",
    "Add {expected}",
)  # fmt: skip
WRONG_CONTENT = FindingKind(
    "MET-110", Tells.ADVICE, f"{_METS}, mdWrap and mdRef, MDTYPE",
    "MDTYPE is {expected}, but the content is <{found}>",
    "MDTYPE says what sort of metadata is inside, and something else is.",
    "Correct MDTYPE",
)  # fmt: skip
WRONG_VERSION = FindingKind(
    "MET-111", Tells.ADVICE, f"{_METS}, mdWrap and mdRef, MDTYPEVERSION",
    "MDTYPEVERSION is {expected}, but the content is {found}",
    "The version named and the namespace of the content disagree.",
    "Correct MDTYPEVERSION",
)  # fmt: skip
UNUSED_SECTION = FindingKind(
    "MET-112", Tells.ADVICE, f"{_METS}, DMDID and ADMID",
    "<{element}> {id!r} is referred to by nothing",
    "Metadata that no part of the structure and no file refers to describes nothing in particular.",
    "Refer to it from what it describes",
)  # fmt: skip
UNUSED_FILE = FindingKind(
    "MET-113", Tells.ADVICE, f"{_METS}, structMap",
    "the file {id!r} has no place in a structural map",
    "A reader that follows the structure never comes to this file.",
    "Add an fptr to the structural map",
)  # fmt: skip
BAD_SIZE = FindingKind(
    "MET-114", Tells.RULE, f"{_METS}, FILECORE attribute SIZE",
    "SIZE is no whole number from 0 up: {found!r}",
    "The schema allows negative numbers here; a size cannot be one.",
    "Write the size in bytes",
)  # fmt: skip
PROFILE_RULE = FindingKind(
    "MET-115", Tells.ADVICE, "E-ARK CSIP 2, the requirement named",
    "the profile {profile} demands {expected} ({rule})",
    "The METS names a profile of E-ARK and does not follow it.",
    "Add what is missing",
)  # fmt: skip
EMPTY_WRAP = FindingKind(
    "MET-116", Tells.ADVICE, f"{_METS}, mdWrap",
    "<{element}> {id!r} holds no metadata",
    "A metadata section has its content inside, or refers to it.",
    "Put the metadata in, or remove the section",
)  # fmt: skip
PREMIS_DISAGREES = FindingKind(
    "MET-117", Tells.RULE, f"{_METS} with PREMIS: what is told twice must be told alike",
    "file {id!r} and its PREMIS object disagree about {what}: {expected} in METS, {found} in PREMIS",
    "The METS gives the file's size or checksum, and so does the PREMIS object it refers to.",
    "Compare both with the file",
)  # fmt: skip
EMPTY_POINTER = FindingKind(
    "MET-118", Tells.ADVICE, f"{_METS}, fptr",
    "<fptr> points to nothing",
    "A file pointer has a FILEID, or an area, a sequence or a parallel inside.",
    "Add FILEID, or remove the pointer",
)  # fmt: skip
BAD_MIME = FindingKind(
    "MET-119", Tells.ADVICE, f"{_METS}, FILECORE attribute MIMETYPE; RFC 6838 4.2",
    "MIMETYPE {found!r} is no media type",
    "A media type has a type and a subtype, with a slash between them.",
    "Write it as application/pdf, or leave it out",
)  # fmt: skip
ODD_HREF = FindingKind(
    "MET-120", Tells.ADVICE, "XLink 1.0 5.4, the href attribute; RFC 3986 2",
    "the reference {href!r} has characters that are not encoded",
    "XLink lets a program encode blanks and the like before it follows the reference; not every program does.",
    "Encode them: a blank as %20",
)  # fmt: skip
SYSTEM_PATH = FindingKind(
    "MET-121", Tells.ADVICE, f"{_METS}, FLocat, LOCTYPE; design: no absolute path anywhere",
    "the reference {href!r} is a path of the system that wrote the record",
    "The record says so itself (OTHERLOCTYPE is SYSTEM). No other system can follow it, and it tells of that system.",
    "Write the path relative to the METS",
)  # fmt: skip
ODD_PLACE = FindingKind(
    "MET-122", Tells.ADVICE, "RFC 3986 4.1; METS 1.12, xlink:href",
    "the reference {href!r} {problem}",
    "A reference to a file of the package is a URI relative to the METS. Other programs may not find this one.",
    "Correct the reference: encode blanks as %20, write the path relative to the METS",
)  # fmt: skip
NO_LABEL = FindingKind(
    "MET-123", Tells.ADVICE, "XLink 1.0 5.1.3, arcs; METS 1.12, smLink and smArcLink",
    "{attribute} names {label!r}, which is neither a label nor an ID of this METS",
    "A link between divisions names both ends. The schema takes any text here, so that only a reader sees it.",
    "Correct the link, or add the label to the intended division",
)  # fmt: skip
SECTION_ELSEWHERE = FindingKind(
    "MET-124", Tells.UNREAD, "METS 1.12; XML Schema 1.0 part 2, 3.3.9 IDREF",
    "{count} references in {attribute} lead out of this METS, which has no section that they could lead to",
    "Systems write structural maps to be put into a larger METS, as Archivematica takes them. Whether the references"
    " lead anywhere shows only there.",
    "Check the METS that this one becomes a part of",
)  # fmt: skip
