"""What an audit found, or why it could not look."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_FIXITY = "ISO 14721 (OAIS) 4.1.1.4, fixity information"
_LEDGER = "docs/audits.md, the ledger"

DAMAGED = FindingKind(
    "AUD-101",
    Tells.LOSS,
    _FIXITY,
    "damaged: {subject} has changed ({detail})",
    "The bytes of this file no longer give the digests that stand in the ledger, or its size differs. It was "
    "read without an error, so the content itself is another.",
    "Restore it from a copy: archive repair BAG --from COPY",
)
MISSING = FindingKind(
    "AUD-102",
    Tells.LOSS,
    _FIXITY,
    "missing: {subject} is gone",
    "The location answers and the bag is there, but this file of it is not.",
    "Restore it from a copy: archive repair BAG --from COPY",
)
UNREADABLE = FindingKind(
    "AUD-103",
    Tells.UNREAD,
    _FIXITY,
    "unreadable: {subject} could not be read ({reason})",
    "The system refused to read this file or failed while reading. Nothing is known about its content: this is neither "
    "intact nor damaged.",
    "Look at rights and at the disk, then run: archive audit --retry-failed",
)
EXTRA = FindingKind(
    "AUD-104",
    Tells.LOSS,
    "RFC 8493 3, complete",
    "extra: {subject} is in the payload but in no manifest",
    "Somebody put a file into the payload after the bag was sealed. Every payload file must stand in a manifest.",
    "Move the file out of the bag, then run: archive audit --retry-failed",
)
EXTRA_TAG_FILE = FindingKind(
    "AUD-105",
    Tells.ADVICE,
    "RFC 8493 2.2.4",
    "new tag file: {subject} was not there when the bag was added",
    "A bag may hold tag files that no tag manifest lists, but this one came after the holding was added, so nobody "
    "vouches for it.",
    "If it belongs there, add the bag again as a new holding; if not, move it out",
)
OTHER_BAG = FindingKind(
    "AUD-106",
    Tells.LOSS,
    _FIXITY,
    "another bag is in the place of {subject}: its tag manifests are not the ones recorded",
    "The digests of the tag manifests differ from those recorded when the holding was added. The bag may be valid in "
    "itself, but it is not the one that was entrusted.",
    "Bring the original bag back from a copy, or retire the holding and add the new bag",
)
BAG_MISSING = FindingKind(
    "AUD-107",
    Tells.LOSS,
    _FIXITY,
    "missing: the bag {subject} is gone",
    "The location answers, but there is no bag where this holding should stand.",
    "If it was moved, tell the ledger: archive holdings move BAG NEW-PLACE; else restore it from a copy",
)
UNREACHABLE = FindingKind(
    "AUD-110",
    Tells.UNREAD,
    _FIXITY,
    "the location {subject} could not be reached ({reason}); its {holdings:,} holdings were not looked at",
    "The disk is not mounted, the server does not answer or refuses us, or another file system is in its place. "
    "Nothing is said about the files in it: their status stays what it was.",
    "Mount the disk or mend the connection, then run: archive audit --place NAME",
)
POISON = FindingKind(
    "AUD-111",
    Tells.UNREAD,
    _FIXITY,
    "not checked: {subject} ended {kills} workers that tried to read it",
    "Each worker that was given this file died or stopped answering. The batch was split until this file was alone.",
    "Read the file by hand, look at memory and at the disk, then run: archive audit --retry-failed",
)
NOT_CHECKED = FindingKind(
    "AUD-112",
    Tells.UNREAD,
    _FIXITY,
    "not checked: {subject} ({reason})",
    "This file or bag could not be looked at. It is neither intact nor damaged.",
    "Mend the cause, then run: archive audit --retry-failed",
)
CLOCK_RAN_BACK = FindingKind(
    "AUD-113",
    Tells.ADVICE,
    _LEDGER,
    "the clock stands {seconds} seconds before the last entry of the ledger",
    "The order of checks is kept by number, not by time, so nothing is lost; but the times written now are before "
    "earlier ones, or the earlier ones were in the future.",
    "Set the clock of this machine; files whose last check lies in the future are due again at once",
)
STALE_WORKER = FindingKind(
    "AUD-114",
    Tells.NOTE,
    _LEDGER,
    "a worker came back after its lease on batch {subject} had run out; its results were refused",
    "Only the holder of the latest lease may record. The batch was given to another worker.",
    "Nothing to do",
)
DID_NOT_RUN = FindingKind(
    "AUD-115",
    Tells.UNREAD,
    _LEDGER,
    "the audit did not run: {reason}",
    "A run that was asked to send a summary could not begin or not go on: its ledger, its settings or its engine "
    "failed. Nothing was checked by it from then on.",
    "Mend the cause, then run: archive audit",
)
CHAIN_BROKEN = FindingKind(
    "AUD-120",
    Tells.LOSS,
    _LEDGER,
    "seal {subject} does not fit: {reason}",
    "Every batch of checks and every event is sealed with a hash over its lines and the seal before it. This one does "
    "not give the recorded hash: entries were changed, taken out or put in after they were sealed.",
    "Keep the ledger as it is for examination and compare it with a backup",
)
WITNESS_DISAGREES = FindingKind(
    "AUD-121",
    Tells.LOSS,
    _LEDGER,
    "the ledger does not hold what the witness of seal {subject} saw: {reason}",
    "A line published or mailed earlier names another hash for this seal, or the ledger ends before it. The chain was "
    "written anew after that line was made.",
    "Keep the ledger as it is for examination and compare it with a backup of that day",
)
OVERDUE = FindingKind(
    "AUD-122",
    Tells.UNREAD,
    _FIXITY,
    "overdue: {files:,} files in {subject} were not checked within {age}{aside}",
    "An audit that does not run finds nothing. These files have waited longer than the settings allow.",
    "Run archive audit, and see to it that it runs by itself: archive schedule --weekly",
)
OTHER_DRIVER = FindingKind(
    "AUD-123",
    Tells.NOTE,
    _LEDGER,
    "{files:,} files are with another run at this moment",
    "Two runs may share one ledger; what the other holds on lease is its to record.",
    "Look at archive audit status in a while",
)
FEW_PARTIES = FindingKind(
    "AUD-124",
    Tells.ADVICE,
    _LEDGER,
    "the checkpoint {subject} was handed to {parties} outside parties; there should be at least two",
    "Those who own the ledger also own its folder of checkpoints. Only what others keep shows later that the past was "
    "not rewritten, and two parties do not lose it, or change their mind, together.",
    "Name them: archive audit witness --stamp --to mail:ADDRESS --to folder:PATH, or [witness] to in archive.toml",
)
NOT_HANDED_OVER = FindingKind(
    "AUD-125",
    Tells.UNREAD,
    _LEDGER,
    "the checkpoint was not handed to {subject}: {reason}",
    "The checkpoint is made and kept in the project, but this party does not have it.",
    "Fix the cause, then make another checkpoint: archive audit witness --stamp",
)
CHECKPOINT_INCOMPLETE = FindingKind(
    "AUD-126",
    Tells.UNREAD,
    _LEDGER,
    "{found} of {needed} stamps on the checkpoint {subject}: {reason}",
    "Too few different operators have stamped the checkpoint, so its time is not yet proven.",
    "Run: archive seal --complete {subject}",
)
INCLUSION_BROKEN = FindingKind(
    "AUD-127",
    Tells.LOSS,
    "RFC 9162 2.1.3.2",
    "the proof of inclusion {subject} does not hold: {reason}",
    "The entries in the proof are not under the root of the tree that it names, or the ledger holds other entries.",
    "Keep the ledger and the proof as they are for examination, and compare them with a backup of that day",
)
CHECKPOINT_SEAL_NOT_CHECKED = FindingKind(
    "AUD-128",
    Tells.NOTE,
    _LEDGER,
    "who sealed the checkpoint {subject}, and when, was not checked here",
    "The ledger was compared with the line of the checkpoint. Whether that line is the one that was sealed at its "
    "time is said by its signature and stamps.",
    "Run: archive verify {subject} --trust DIR",
)
NOT_IN_CHECKPOINT = FindingKind(
    "AUD-129",
    Tells.NOTE,
    _LEDGER,
    "the proof of inclusion {subject} names no checkpoint",
    "When the proof was written, no checkpoint covered the seals of the bag. It is worth as much as a receipt line: as "
    "much as the file in which it was kept.",
    "Make a checkpoint, then run the deposit again: archive audit witness --stamp",
)
CHECKPOINT_AWAY = FindingKind(
    "AUD-130",
    Tells.UNREAD,
    _LEDGER,
    "the checkpoint {subject} is not there, so the proof of inclusion could not be checked",
    "The proof leads to the root in a checkpoint that is kept beside it, and that folder is gone.",
    "Restore the folder from a copy; the project and each outside party have one",
)
