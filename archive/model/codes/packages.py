"""Findings of packages of other systems (PKG-NNN): 1xx fixity, 2xx structure, 3xx what was not taken over."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

MISSING = FindingKind(
    "PKG-101", Tells.LOSS, "E-ARK CSIP 2.2.0 CSIP66; RO-Crate 1.2 4; DSpace SAF, contents",
    "the package lists this file, but it is not there",
    "The METS, the RO-Crate metadata or the file contents names a file that the package does not hold.",
    "Obtain the package again",
)  # fmt: skip
WRONG_DIGEST = FindingKind(
    "PKG-102", Tells.LOSS, "E-ARK CSIP 2.2.0 CSIP71; METS 1.12, CHECKSUM",
    "{algorithm} digest expected {expected}, found {found}",
    "The bytes of the file are not those for which the package records a checksum.",
    "Obtain the package again",
)  # fmt: skip
WRONG_SIZE = FindingKind(
    "PKG-103", Tells.LOSS, "E-ARK CSIP 2.2.0 CSIP69; RO-Crate 1.2, contentSize",
    "size expected {expected}, found {found} bytes",
    "The file does not have the size that the package records.",
    "Obtain the package again",
)  # fmt: skip
UNREADABLE = FindingKind(
    "PKG-104", Tells.UNREAD, "PREMIS 3, fixity check",
    "it cannot be read: {why}",
    "The system or the archive did not hand out the bytes, which says nothing about them.",
    "Check the disk and its permissions, then run again",
)  # fmt: skip
NO_DIGEST = FindingKind(
    "PKG-105", Tells.ADVICE, "PREMIS 3, fixity",
    "the package records no checksum for {count} of its {total} files, so changes of these cannot be seen",
    "Some formats have no place for checksums, and others do not demand them.",
    "Ask the sender for a list of checksums",
)  # fmt: skip
UNKNOWN_ALGORITHM = FindingKind(
    "PKG-106", Tells.ADVICE, "METS 1.12, CHECKSUMTYPE",
    "its checksum is by {algorithm}, which cannot be computed here",
    "METS allows algorithms that are too weak, or not in use any more. The file was read without being compared.",
    "Ask the sender for a checksum by SHA-256",
)  # fmt: skip
UNLISTED = FindingKind(
    "PKG-201", Tells.RULE, "E-ARK CSIP 2.2.0 CSIP66; DSpace SAF, contents",
    "the package does not list this file",
    "Every file must be listed, so that an added one can be seen.",
    "Ask the sender whether the file belongs to the package",
)  # fmt: skip
UNDESCRIBED = FindingKind(
    "PKG-202", Tells.ADVICE, "RO-Crate 1.2 4.2",
    "{count} files are in the package but not in its RO-Crate metadata, beginning with {first}",
    "An RO-Crate may hold files that its metadata does not name. They are imported like the others.",
    "Nothing needs to be done",
)  # fmt: skip
UNSAFE_PATH = FindingKind(
    "PKG-203", Tells.RULE, "RFC 8493 5.2, for every package",
    "the package names a path that is not safe: {why}",
    "A path in a package must stay in it. This one was not followed.",
    "Do not use this package before you know who made it",
)  # fmt: skip
UNREADABLE_METADATA = FindingKind(
    "PKG-204", Tells.RULE, "METS 1.12; RO-Crate 1.2; DSpace SAF",
    "this file, which says what the package holds, cannot be understood: {why}",
    "Without it the package cannot be judged or imported.",
    "Obtain the package again",
)  # fmt: skip
LISTED_TWICE = FindingKind(
    "PKG-205", Tells.RULE, "METS 1.12; DSpace SAF, contents",
    "two of the package's entries say different things of this file, or lead to the same name: {why}",
    "It is not clear which of the two is right.",
    "Ask the sender for a corrected package",
)  # fmt: skip
OTHER_NAME = FindingKind(
    "PKG-206", Tells.ADVICE, "E-ARK CSIP 2.2.0 CSIP1",
    "the folder is called {found}, but METS says {expected}",
    "The folder of an E-ARK package must have the name that is in mets/@OBJID. It may have been renamed on its way.",
    "Rename the folder",
)  # fmt: skip
NO_REPRESENTATION_METS = FindingKind(
    "PKG-207", Tells.RULE, "E-ARK CSIP 2.2.0 CSIPSTR12",
    "the representation has no METS.xml, or the METS of the package does not lead to it",
    "Each representation describes its own files.",
    "Ask the sender for a corrected package",
)  # fmt: skip
BROKEN_ARCHIVE = FindingKind(
    "PKG-208", Tells.RULE, "RFC 8493 5.2, for every package",
    "the package cannot be opened safely: {why}",
    "The archive is damaged, or holds links, paths that lead out of it, or members that tools unpack differently.",
    "Obtain the package again",
)  # fmt: skip
NOT_A_BAG_NOW = FindingKind(
    "PKG-209", Tells.RULE, "RFC 8493 3",
    "the bag that this package was made from cannot be put together from it: {why}",
    "The package holds all files of a bag, but together they are not valid.",
    "Export the bag again",
)  # fmt: skip
UNKNOWN_EVENTS = FindingKind(
    "PKG-301", Tells.NOTE, "PREMIS 3, eventType",
    "{count} events were not taken into the PREMIS record: their type is not in the vocabulary, or they have no date",
    "They stay in the package's own record, which the bag keeps as it came.",
    "Nothing needs to be done",
)  # fmt: skip
REMOTE_FILE = FindingKind(
    "PKG-302", Tells.NOTE, "RO-Crate 1.2 4.3; METS 1.12, FLocat",
    "{count} files are named by an address outside of the package and were not fetched, beginning with {first}",
    "Nothing is fetched while a package is judged or imported. The metadata that names them is kept.",
    "If they belong to the package, obtain them and describe them in a new version of the bag",
)  # fmt: skip
NOT_IN_LEDGER = FindingKind(
    "PKG-303", Tells.ADVICE, "PREMIS 3, event",
    "the ledger did not take the event: {why}",
    "The bag or package is in its place and complete; only the ledger of the project does not know how it came about.",
    "Make sure that the ledger can be written, then add the bag to the holdings: archive holdings add",
)  # fmt: skip
