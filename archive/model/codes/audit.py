"""Findings of audits: what was found, or why something could not be checked."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_FIXITY = "ISO 14721 (OAIS) 4.1.1.4, fixity information"
_LEDGER = "docs/audits.md, the ledger"

DAMAGED = FindingKind(
    "AUD-101", Tells.LOSS, _FIXITY,
    "damaged: {subject} has changed ({detail})",
    "The file no longer has the digests recorded in the ledger, or its size differs. It was read without an"
    " error, so its content has changed.",
    "Restore it from a copy: archive repair BAG --from COPY",
)  # fmt: skip
MISSING = FindingKind(
    "AUD-102", Tells.LOSS, _FIXITY,
    "missing: {subject} no longer exists",
    "The location can be reached and the bag is there, but this file is missing.",
    "Restore it from a copy: archive repair BAG --from COPY",
)  # fmt: skip
UNREADABLE = FindingKind(
    "AUD-103", Tells.UNREAD, _FIXITY,
    "unreadable: {subject} could not be read ({reason})",
    "The system refused to read this file, or an error occurred while reading it. Its content is unknown: it is"
    " neither intact nor damaged.",
    "Check the permissions and the disk, then run: archive audit --retry-failed",
)  # fmt: skip
EXTRA = FindingKind(
    "AUD-104", Tells.LOSS, "RFC 8493 3, complete",
    "extra: {subject} is in the payload but not in any manifest",
    "A file was added to the payload after the bag was created. Every payload file must be listed in a manifest.",
    "Move the file out of the bag, then run: archive audit --retry-failed",
)  # fmt: skip
EXTRA_TAG_FILE = FindingKind(
    "AUD-105", Tells.ADVICE, "RFC 8493 2.2.4",
    "new tag file: {subject} was not there when the bag was added",
    "A bag may contain tag files that no tag manifest lists, but this one appeared after the holding was added,"
    " so nothing vouches for it.",
    "If it belongs to the bag, add the bag again as a new holding; otherwise move the file out of the bag",
)  # fmt: skip
OTHER_BAG = FindingKind(
    "AUD-106", Tells.LOSS, _FIXITY,
    "a different bag is in the place of {subject}: its tag manifests are not the recorded ones",
    "The digests of the tag manifests differ from those recorded when the holding was added. The bag may be"
    " valid, but it is not the one that was added.",
    "Restore the original bag from a copy, or retire the holding and add the new bag",
)  # fmt: skip
BAG_MISSING = FindingKind(
    "AUD-107", Tells.LOSS, _FIXITY,
    "missing: the bag {subject} no longer exists",
    "The location can be reached, but there is no bag where this holding should be.",
    "If it was moved, record its new location: archive holdings move BAG NEW-PLACE; otherwise restore it from a copy",
)  # fmt: skip
UNREACHABLE = FindingKind(
    "AUD-110", Tells.UNREAD, _FIXITY,
    "the location {subject} could not be reached ({reason}); its {holdings:,} holdings were not checked",
    "The disk is not mounted, the server does not answer or denies access, or a different file system is mounted"
    " there. The status of the files stays as it was.",
    "Mount the disk or fix the connection, then run: archive audit --place NAME",
)  # fmt: skip
POISON = FindingKind(
    "AUD-111", Tells.UNREAD, _FIXITY,
    "not checked: {subject} stopped {kills} workers that tried to read it",
    "Each worker that was given this file crashed or stopped responding. The batch was split until only this file"
    " was left.",
    "Read the file by hand, check the memory and the disk, then run: archive audit --retry-failed",
)  # fmt: skip
NOT_CHECKED = FindingKind(
    "AUD-112", Tells.UNREAD, _FIXITY,
    "not checked: {subject} ({reason})",
    "This file or bag could not be checked. It is neither intact nor damaged.",
    "Fix the cause, then run: archive audit --retry-failed",
)  # fmt: skip
CLOCK_RAN_BACK = FindingKind(
    "AUD-113", Tells.ADVICE, _LEDGER,
    "the clock is {seconds} seconds behind the last entry of the ledger",
    "The order of checks is kept by number, not by time, so nothing is lost. But the times recorded now are"
    " earlier than previous ones, or the previous ones were in the future.",
    "Correct this machine's clock; files whose last check is in the future are due again at once",
)  # fmt: skip
STALE_WORKER = FindingKind(
    "AUD-114", Tells.NOTE, _LEDGER,
    "the results of a worker were refused, because its lease on batch {subject} had expired",
    "Only the worker with the latest lease can record results. The batch was given to a different worker.",
    "No action needed",
)  # fmt: skip
DID_NOT_RUN = FindingKind(
    "AUD-115", Tells.UNREAD, _LEDGER,
    "the audit did not run: {reason}",
    "The run could not start or could not continue, because its ledger, settings or engine failed. Nothing was"
    " checked from then on.",
    "Fix the cause, then run: archive audit",
)  # fmt: skip
CHAIN_BROKEN = FindingKind(
    "AUD-120", Tells.LOSS, _LEDGER,
    "seal {subject} of the ledger does not match: {reason}",
    "Every batch of checks and every event is sealed with a hash over its lines and the previous seal. This seal"
    " does not have the recorded hash: entries were changed, removed or added after they were sealed.",
    "Keep the ledger unchanged for examination and compare it with a backup",
)  # fmt: skip
WITNESS_DISAGREES = FindingKind(
    "AUD-121", Tells.LOSS, _LEDGER,
    "the ledger does not contain what the witness of seal {subject} recorded: {reason}",
    "A line that was published or mailed earlier names a different hash for this seal, or the ledger ends before"
    " it. The chain was rewritten after that line was made.",
    "Keep the ledger unchanged for examination and compare it with a backup of that day",
)  # fmt: skip
OVERDUE = FindingKind(
    "AUD-122", Tells.UNREAD, _FIXITY,
    "overdue: {files:,} files in {subject} were not checked within {age}{aside}",
    "An audit that does not run cannot find anything. These files have waited longer than the settings allow.",
    "Check them now with archive audit, and schedule regular audits: archive schedule --weekly",
)  # fmt: skip
OTHER_DRIVER = FindingKind(
    "AUD-123", Tells.NOTE, _LEDGER,
    "{files:,} files are being checked by another run",
    "Two runs may share one ledger. The results for files leased to the other run are recorded by that run.",
    "Check again later: archive audit status",
)  # fmt: skip
FEW_PARTIES = FindingKind(
    "AUD-124", Tells.ADVICE, _LEDGER,
    "the checkpoint {subject} was delivered to {parties} outside parties; there should be at least two",
    "The people who control the ledger also control its folder of checkpoints. Only copies kept by others can"
    " show later that the past was not rewritten, and two parties are unlikely to lose or change theirs together.",
    "Name more parties: archive audit witness --stamp --to mail:ADDRESS --to folder:PATH",
)  # fmt: skip
NOT_HANDED_OVER = FindingKind(
    "AUD-125", Tells.UNREAD, _LEDGER,
    "the checkpoint was not delivered to {subject}: {reason}",
    "The checkpoint was made and is kept in the project, but this party does not have it.",
    "Fix the cause, then make another checkpoint: archive audit witness --stamp",
)  # fmt: skip
CHECKPOINT_INCOMPLETE = FindingKind(
    "AUD-126", Tells.UNREAD, _LEDGER,
    "the checkpoint {subject} has {found} of {needed} stamps: {reason}",
    "Too few different operators have stamped the checkpoint, so its time is not proven yet.",
    "Run: archive seal --complete {subject}",
)  # fmt: skip
INCLUSION_BROKEN = FindingKind(
    "AUD-127", Tells.LOSS, "RFC 9162 2.1.3.2",
    "the proof of inclusion {subject} is not valid: {reason}",
    "The entries in the proof are not under the root of the tree that it names, or the ledger contains different"
    " entries.",
    "Keep the ledger and the proof unchanged for examination, and compare them with a backup of that day",
)  # fmt: skip
CHECKPOINT_SEAL_NOT_CHECKED = FindingKind(
    "AUD-128", Tells.NOTE, _LEDGER,
    "who sealed the checkpoint {subject}, and when, was not checked",
    "The ledger was compared with the line of the checkpoint. Its signature and stamps show whether that line was"
    " sealed at its time.",
    "Run: archive verify {subject} --trust DIR",
)  # fmt: skip
NOT_IN_CHECKPOINT = FindingKind(
    "AUD-129", Tells.NOTE, _LEDGER,
    "the proof of inclusion {subject} does not name a checkpoint",
    "When the proof was written, no checkpoint covered the seals of the bag. Until one does, the proof is only as"
    " trustworthy as the place where its file was kept.",
    "Make a checkpoint, then run the deposit again: archive audit witness --stamp",
)  # fmt: skip
CHECKPOINT_AWAY = FindingKind(
    "AUD-130", Tells.UNREAD, _LEDGER,
    "the checkpoint {subject} is missing, so the proof of inclusion could not be checked",
    "The proof leads to the root in a checkpoint that is kept beside it, and that folder is missing.",
    "Restore the folder from a copy; the project and each outside party have one",
)  # fmt: skip
