"""Findings about METS records."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_METS = "METS 1.12"

WRONG_REFERENCE = FindingKind(
    "MET-101", Tells.ADVICE, f"{_METS} schema documentation of DMDID, ADMID, FILEID and STRUCTID",
    "{attribute} refers to {id!r}, which is a <{found}>, not {expected}",
    "Each reference in METS leads to one kind of element. A program that follows this one finds the wrong element.",
    "Correct the reference",
)  # fmt: skip
BAD_CHECKSUM = FindingKind(
    "MET-102", Tells.RULE, f"{_METS}, FILECORE attributes CHECKSUM and CHECKSUMTYPE",
    "the {algorithm} checksum is {problem}",
    "A checksum is written in hexadecimal digits, and its length depends on the algorithm. This one cannot be"
    " correct.",
    "Compute the checksum again",
)  # fmt: skip
CHECKSUM_ALONE = FindingKind(
    "MET-103", Tells.ADVICE, f"{_METS}, FILECORE attributes CHECKSUM and CHECKSUMTYPE",
    "<{element}> has {found} without {expected}",
    "A checksum can be checked only if its algorithm is known.",
    "Write both, or neither",
)  # fmt: skip
FILE_MISSING = FindingKind(
    "MET-104", Tells.LOSS, f"{_METS}, FLocat and mdRef",
    "the METS names {href}, but the file is missing",
    "Other files that this METS names were found beside it, but not this one.",
    "Restore the file, or correct the reference",
)  # fmt: skip
FILE_DIFFERS = FindingKind(
    "MET-105", Tells.LOSS, f"{_METS}, FILECORE attributes CHECKSUM and SIZE",
    "{href} has a different {what}: {expected} in the METS, {found} on disk",
    "The record and the file do not match: one of them was changed.",
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
    "Correct the reference: encode spaces as %20, and stay inside the package",
)  # fmt: skip
NO_HREF = FindingKind(
    "MET-108", Tells.ADVICE, f"{_METS}, FLocat and mdRef",
    "<{element}> does not state the location of its file (xlink:href)",
    "The schema does not require the attribute, but without it the file cannot be found.",
    "Add xlink:href",
)  # fmt: skip
OTHER_UNNAMED = FindingKind(
    "MET-109", Tells.ADVICE, f"{_METS}, attributes OTHERROLE, OTHERTYPE, OTHERMDTYPE, OTHERLOCTYPE",
    "<{element}> has {attribute}=\"OTHER\" but does not state which ({expected})",
    "OTHER by itself only means that it is not one of the listed values.",
    "Add {expected}",
)  # fmt: skip
WRONG_CONTENT = FindingKind(
    "MET-110", Tells.ADVICE, f"{_METS}, mdWrap and mdRef, MDTYPE",
    "MDTYPE is {expected}, but the content is <{found}>",
    "MDTYPE states which kind of metadata is inside, but the content is of a different kind.",
    "Correct MDTYPE",
)  # fmt: skip
WRONG_VERSION = FindingKind(
    "MET-111", Tells.ADVICE, f"{_METS}, mdWrap and mdRef, MDTYPEVERSION",
    "MDTYPEVERSION is {expected}, but the content is {found}",
    "The stated version and the namespace of the content contradict each other.",
    "Correct MDTYPEVERSION",
)  # fmt: skip
UNUSED_SECTION = FindingKind(
    "MET-112", Tells.ADVICE, f"{_METS}, DMDID and ADMID",
    "no reference leads to <{element}> {id!r}",
    "Metadata that no part of the structure and no file refers to does not describe anything.",
    "Add a reference to it in what it describes",
)  # fmt: skip
UNUSED_FILE = FindingKind(
    "MET-113", Tells.ADVICE, f"{_METS}, structMap",
    "the file {id!r} is not in any structural map",
    "A reader that follows the structure never reaches this file.",
    "Add an fptr to the structural map",
)  # fmt: skip
BAD_SIZE = FindingKind(
    "MET-114", Tells.RULE, f"{_METS}, FILECORE attribute SIZE",
    "SIZE must be a whole number of 0 or more: {found!r}",
    "The schema allows negative numbers here, but a size cannot be negative.",
    "Write the size in bytes",
)  # fmt: skip
PROFILE_RULE = FindingKind(
    "MET-115", Tells.ADVICE, "E-ARK CSIP 2, the requirement named",
    "the profile {profile} requires {expected} ({rule})",
    "The METS names an E-ARK profile but does not meet it.",
    "Add what is missing",
)  # fmt: skip
EMPTY_WRAP = FindingKind(
    "MET-116", Tells.ADVICE, f"{_METS}, mdWrap",
    "<{element}> {id!r} does not contain any metadata",
    "A metadata section contains its metadata, or refers to it.",
    "Add the metadata, or remove the section",
)  # fmt: skip
PREMIS_DISAGREES = FindingKind(
    "MET-117", Tells.RULE, f"{_METS} with PREMIS: what is told twice must be told alike",
    "file {id!r} and its PREMIS object disagree about {what}: {expected} in METS, {found} in PREMIS",
    "Both the METS and the PREMIS object that it refers to record the file's size or checksum.",
    "Compare both with the file",
)  # fmt: skip
EMPTY_POINTER = FindingKind(
    "MET-118", Tells.ADVICE, f"{_METS}, fptr",
    "<fptr> does not point to anything",
    "A file pointer has a FILEID, or contains an area, a sequence or a parallel.",
    "Add FILEID, or remove the pointer",
)  # fmt: skip
BAD_MIME = FindingKind(
    "MET-119", Tells.ADVICE, f"{_METS}, FILECORE attribute MIMETYPE; RFC 6838 4.2",
    "MIMETYPE {found!r} is not a valid media type",
    "A media type has a type and a subtype, with a slash between them.",
    "Write it like application/pdf, or leave it out",
)  # fmt: skip
ODD_HREF = FindingKind(
    "MET-120", Tells.ADVICE, "XLink 1.0 5.4, the href attribute; RFC 3986 2",
    "the reference {href!r} has characters that must be encoded",
    "XLink allows programs to encode spaces and similar characters before they follow the reference, but not"
    " every program does.",
    "Encode them, for example a space as %20",
)  # fmt: skip
SYSTEM_PATH = FindingKind(
    "MET-121", Tells.ADVICE, f"{_METS}, FLocat, LOCTYPE; design: no absolute path anywhere",
    "the reference {href!r} is a path of the system that wrote the record",
    "The record itself states this (OTHERLOCTYPE is SYSTEM). Other systems cannot follow the path, and it reveals"
    " details of that system.",
    "Write the path relative to the METS",
)  # fmt: skip
ODD_PLACE = FindingKind(
    "MET-122", Tells.ADVICE, "RFC 3986 4.1; METS 1.12, xlink:href",
    "the reference {href!r} {problem}",
    "A reference to a file of the package is a URI relative to the METS. Other programs may not find this one.",
    "Correct the reference: encode spaces as %20, and write the path relative to the METS",
)  # fmt: skip
NO_LABEL = FindingKind(
    "MET-123", Tells.ADVICE, "XLink 1.0 5.1.3, arcs; METS 1.12, smLink and smArcLink",
    "{attribute} names {label!r}, which is neither a label nor an ID in this METS",
    "A link between divisions names both ends. The schema allows any text here, so it does not detect a wrong name.",
    "Correct the link, or add the label to the intended division",
)  # fmt: skip
SECTION_ELSEWHERE = FindingKind(
    "MET-124", Tells.UNREAD, "METS 1.12; XML Schema 1.0 part 2, 3.3.9 IDREF",
    "{count} references in {attribute} lead outside this METS, which has no section that they could refer to",
    "Systems write structural maps that become part of a larger METS, as in Archivematica. Only there can the"
    " references be checked.",
    "Check the METS that this one becomes a part of",
)  # fmt: skip
