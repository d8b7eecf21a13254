"""What an audit found, or why it could not look."""

from __future__ import annotations

from archive.model.finding import FindingKind, Severity

_FIXITY = "ISO 14721 (OAIS) 4.1.1.4, fixity information"
_LEDGER = "docs/audits.md, the ledger"

DAMAGED = FindingKind(
    "AUD-101",
    Severity.ERROR,
    _FIXITY,
    "damaged: {subject} has changed ({detail})",
    "The bytes of this file no longer give the digests that stand in the ledger, or its size differs. It was "
    "read without an error, so the content itself is another.",
    "Restore it from a copy: archive repair BAG --from COPY",
)
MISSING = FindingKind(
    "AUD-102",
    Severity.ERROR,
    _FIXITY,
    "missing: {subject} is gone",
    "The location answers and the bag is there, but this file of it is not.",
    "Restore it from a copy: archive repair BAG --from COPY",
)
UNREADABLE = FindingKind(
    "AUD-103",
    Severity.UNCHECKED,
    _FIXITY,
    "unreadable: {subject} could not be read ({reason})",
    "The system refused to read this file or failed while reading. Nothing is known about its content: this is neither "
    "intact nor damaged.",
    "Look at rights and at the disk, then run: archive audit --retry-failed",
)
EXTRA = FindingKind(
    "AUD-104",
    Severity.ERROR,
    "RFC 8493 3, complete",
    "extra: {subject} is in the payload but in no manifest",
    "Somebody put a file into the payload after the bag was sealed. Every payload file must stand in a manifest.",
    "Move the file out of the bag, then run: archive audit --retry-failed",
)
EXTRA_TAG_FILE = FindingKind(
    "AUD-105",
    Severity.WARNING,
    "RFC 8493 2.2.4",
    "new tag file: {subject} was not there when the bag was added",
    "A bag may hold tag files that no tag manifest lists, but this one came after the holding was added, so nobody "
    "vouches for it.",
    "If it belongs there, add the bag again as a new holding; if not, move it out",
)
OTHER_BAG = FindingKind(
    "AUD-106",
    Severity.ERROR,
    _FIXITY,
    "another bag stands in the place of {subject}: its tag manifests are not the ones recorded",
    "The digests of the tag manifests differ from those recorded when the holding was added. The bag may be valid in "
    "itself, but it is not the one that was entrusted.",
    "Bring the original bag back from a copy, or retire the holding and add the new bag",
)
BAG_MISSING = FindingKind(
    "AUD-107",
    Severity.ERROR,
    _FIXITY,
    "missing: the bag {subject} is gone",
    "The location answers, but there is no bag where this holding should stand.",
    "If it was moved, tell the ledger: archive holdings move BAG NEW-PLACE; else restore it from a copy",
)
UNREACHABLE = FindingKind(
    "AUD-110",
    Severity.UNCHECKED,
    _FIXITY,
    "the location {subject} could not be reached ({reason}); its {holdings:,} holdings were not looked at",
    "The disk is not mounted, the server does not answer or refuses us, or another file system stands in its place. "
    "Nothing is said about the files in it: their status stays what it was.",
    "Mount the disk or mend the connection, then run: archive audit --location NAME",
)
POISON = FindingKind(
    "AUD-111",
    Severity.UNCHECKED,
    _FIXITY,
    "not checked: {subject} ended {kills} workers that tried to read it",
    "Each worker that was given this file died or stopped answering. The batch was split until this file was alone.",
    "Read the file by hand, look at memory and at the disk, then run: archive audit --retry-failed",
)
NOT_CHECKED = FindingKind(
    "AUD-112",
    Severity.UNCHECKED,
    _FIXITY,
    "not checked: {subject} ({reason})",
    "This file could not be looked at. It is neither intact nor damaged.",
    "Mend the cause, then run: archive audit --retry-failed",
)
CLOCK_RAN_BACK = FindingKind(
    "AUD-113",
    Severity.WARNING,
    _LEDGER,
    "the clock stands {seconds} seconds before the last entry of the ledger",
    "The order of checks is kept by number, not by time, so nothing is lost; but the times written now are before "
    "earlier ones, or the earlier ones were in the future.",
    "Set the clock of this machine; files whose last check lies in the future are due again at once",
)
STALE_WORKER = FindingKind(
    "AUD-114",
    Severity.NOTE,
    _LEDGER,
    "a worker came back after its lease on batch {subject} had run out; its results were refused",
    "Only the holder of the latest lease may record. The batch was given to another worker.",
    "Nothing to do",
)
DID_NOT_RUN = FindingKind(
    "AUD-115",
    Severity.UNCHECKED,
    _LEDGER,
    "the audit did not run: {reason}",
    "A run that was asked to send a summary could not begin or not go on: its ledger, its settings or its engine "
    "failed. Nothing was checked by it from then on.",
    "Mend the cause, then run: archive audit",
)
CHAIN_BROKEN = FindingKind(
    "AUD-120",
    Severity.ERROR,
    _LEDGER,
    "seal {subject} does not fit: {reason}",
    "Every batch of checks and every event is sealed with a hash over its lines and the seal before it. This one does "
    "not give the recorded hash: entries were changed, taken out or put in after they were sealed.",
    "Keep the ledger as it is for examination and compare it with a backup",
)
WITNESS_DISAGREES = FindingKind(
    "AUD-121",
    Severity.ERROR,
    _LEDGER,
    "the ledger does not hold what the witness of seal {subject} saw: {reason}",
    "A line published or mailed earlier names another hash for this seal, or the ledger ends before it. The chain was "
    "written anew after that line was made.",
    "Keep the ledger as it is for examination and compare it with a backup of that day",
)
OVERDUE = FindingKind(
    "AUD-122",
    Severity.UNCHECKED,
    _FIXITY,
    "overdue: {files:,} files in {subject} were not checked within {age}{aside}",
    "An audit that does not run finds nothing. These files have waited longer than the settings allow.",
    "Run archive audit, and see to it that it runs by itself: archive schedule --weekly",
)
OTHER_DRIVER = FindingKind(
    "AUD-123",
    Severity.NOTE,
    _LEDGER,
    "{files:,} files are with another run at this moment",
    "Two runs may share one ledger; what the other holds on lease is its to record.",
    "Look at archive audit status in a while",
)
