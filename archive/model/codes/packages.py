"""Findings about packages of other systems (PKG-NNN): 1xx fixity, 2xx structure, 3xx what was not imported."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

MISSING = FindingKind(
    "PKG-101", Tells.LOSS, "E-ARK CSIP 2.2.0 CSIP66; RO-Crate 1.2 4; DSpace SAF, contents",
    "the package lists this file, but it is missing",
    "The METS, the RO-Crate metadata or the file contents lists a file that is not in the package.",
    "Obtain the package again",
)  # fmt: skip
WRONG_DIGEST = FindingKind(
    "PKG-102", Tells.LOSS, "E-ARK CSIP 2.2.0 CSIP71; METS 1.12, CHECKSUM",
    "{algorithm} digest expected {expected}, found {found}",
    "The file does not have the checksum that the package records.",
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
    "the file cannot be read: {why}",
    "The system or the package file did not return the bytes, so nothing is known about them.",
    "Check the disk and the permissions, then run the command again",
)  # fmt: skip
NO_DIGEST = FindingKind(
    "PKG-105", Tells.ADVICE, "PREMIS 3, fixity",
    "the package records no checksum for {count} of its {total} files, so changes to them cannot be detected",
    "Some formats have no place for checksums, and others do not require them.",
    "Ask the sender for a list of checksums",
)  # fmt: skip
UNKNOWN_ALGORITHM = FindingKind(
    "PKG-106", Tells.ADVICE, "METS 1.12, CHECKSUMTYPE",
    "its checksum uses {algorithm}, which is not supported",
    "METS allows algorithms that are too weak or no longer in use. The file was read but not compared.",
    "Ask the sender for a SHA-256 checksum",
)  # fmt: skip
UNLISTED = FindingKind(
    "PKG-201", Tells.RULE, "E-ARK CSIP 2.2.0 CSIP66; DSpace SAF, contents",
    "the package does not list this file",
    "Every file must be listed, so that an added file can be detected.",
    "Ask the sender whether the file belongs to the package",
)  # fmt: skip
UNDESCRIBED = FindingKind(
    "PKG-202", Tells.ADVICE, "RO-Crate 1.2 4.2",
    "{count} files are in the package but not in its RO-Crate metadata; the first is {first}",
    "An RO-Crate may contain files that its metadata does not describe. They are imported like the others.",
    "No action needed",
)  # fmt: skip
UNSAFE_PATH = FindingKind(
    "PKG-203", Tells.RULE, "RFC 8493 5.2, for every package",
    "the package names a path that is not safe: {why}",
    "A path in a package must stay inside the package. This one was not followed.",
    "Do not use this package until you know who made it",
)  # fmt: skip
UNREADABLE_METADATA = FindingKind(
    "PKG-204", Tells.RULE, "METS 1.12; RO-Crate 1.2; DSpace SAF",
    "this file, which describes the content of the package, cannot be read: {why}",
    "Without it the package cannot be checked or imported.",
    "Obtain the package again",
)  # fmt: skip
LISTED_TWICE = FindingKind(
    "PKG-205", Tells.RULE, "METS 1.12; DSpace SAF, contents",
    "two entries of the package contradict each other about this file, or lead to the same name: {why}",
    "It is not clear which of the two is correct.",
    "Ask the sender for a corrected package",
)  # fmt: skip
OTHER_NAME = FindingKind(
    "PKG-206", Tells.ADVICE, "E-ARK CSIP 2.2.0 CSIP1",
    "the folder is named {found}, but METS states {expected}",
    "The folder of an E-ARK package must have the name given in mets/@OBJID. It may have been renamed in transit.",
    "Rename the folder",
)  # fmt: skip
NO_REPRESENTATION_METS = FindingKind(
    "PKG-207", Tells.RULE, "E-ARK CSIP 2.2.0 CSIPSTR12",
    "the representation has no METS.xml, or the METS of the package does not refer to it",
    "Each representation describes its own files.",
    "Ask the sender for a corrected package",
)  # fmt: skip
BROKEN_ARCHIVE = FindingKind(
    "PKG-208", Tells.RULE, "RFC 8493 5.2, for every package",
    "the package cannot be opened safely: {why}",
    "The zip or tar file is damaged, or contains links, paths that lead outside it, or members that tools unpack"
    " differently.",
    "Obtain the package again",
)  # fmt: skip
NOT_A_BAG_NOW = FindingKind(
    "PKG-209", Tells.RULE, "RFC 8493 3",
    "the bag that this package was made from cannot be rebuilt: {why}",
    "The package contains all files of a bag, but together they do not form a valid bag.",
    "Export the bag again",
)  # fmt: skip
UNKNOWN_EVENTS = FindingKind(
    "PKG-301", Tells.NOTE, "PREMIS 3, eventType",
    "{count} events were not added to the PREMIS record, because their type is not in the vocabulary or they have"
    " no date",
    "They remain in the package's own record, which the bag keeps unchanged.",
    "No action needed",
)  # fmt: skip
REMOTE_FILE = FindingKind(
    "PKG-302", Tells.NOTE, "RO-Crate 1.2 4.3; METS 1.12, FLocat",
    "{count} files have an address outside the package and were not fetched; the first is {first}",
    "Nothing is fetched while a package is checked or imported. The metadata that names these files is kept.",
    "If they belong to the package, obtain them and add them in a new version of the bag",
)  # fmt: skip
NOT_IN_LEDGER = FindingKind(
    "PKG-303", Tells.ADVICE, "PREMIS 3, event",
    "the event could not be recorded in the ledger: {why}",
    "The bag or package is complete and in its place, but the project's ledger does not record how it was made.",
    "Make sure that the ledger can be written, then add the bag: archive holdings add BAG",
)  # fmt: skip
