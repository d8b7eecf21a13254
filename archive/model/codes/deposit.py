"""What stands in the way of a deposit, and what was wrong when it came back."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

INVALID_BAG = FindingKind(
    "DEP-101", Tells.RULE, "RFC 8493 3", "the bag is {verdict}: nothing was sent",
    "Only a bag that was validated byte by byte just before is sent; what a repository holds must be worth holding.",
    "See what is wrong: archive validate, then mend it or restore it from a copy",
)  # fmt: skip
NAME_NOT_STORABLE = FindingKind(
    "DEP-102", Tells.RULE, "the target's rules for names", "the target cannot store this name: {reason}",
    "Some stores take names in UTF-8 only, or of a limited length. A name is never changed on the way.",
    "Deposit the bag as one zip or tar, which holds any name",
)  # fmt: skip
OTHER_CONTENT = FindingKind(
    "DEP-103", Tells.RULE, "OAIS 4.1.1.2", "something else stands there under this name: {found}",
    "The target holds another content at the place where this bag would go. Nothing is ever overwritten.",
    "Give the bag another name, or look at what stands there",
)  # fmt: skip
NO_SPACE = FindingKind(
    "DEP-104", Tells.RULE, "OAIS 4.1.1.3", "the target is full: {words}",
    "The far side has no room left. What was sent is kept where the target allows it.",
    "Make room there and run the same command again: it goes on where it stopped",
)  # fmt: skip
REFUSED = FindingKind(
    "DEP-105", Tells.RULE, "OAIS 4.1.1.2", "the target refused: {words}",
    "The server answered that it does not take this deposit. Its own words are given.",
    "Do what the server asks for, then run the same command again",
)  # fmt: skip
GAVE_UP = FindingKind(
    "DEP-106", Tells.RULE, "RFC 9110 9.2.2", "no attempt succeeded ({attempts} made): {words}",
    "Lost connections and passing failures are tried again with growing pauses, and only so often.",
    "Run the same command again later: it goes on where it stopped",
)  # fmt: skip
UNKNOWN_OUTCOME = FindingKind(
    "DEP-107", Tells.UNREAD, "RFC 9110 9.2.2", "whether the target took the deposit is not known: {words}",
    "The last request was sent, and no answer came. The deposit may or may not have been made; to send it again could "
    "make a second one.",
    "Look at the target; then run the same command with --resume, which asks the target first",
)  # fmt: skip
CAME_BACK_DIFFERENT = FindingKind(
    "DEP-108", Tells.LOSS, "RFC 8493 2.1.3",
    "{subject} came back different: expected {algorithm} {expected}, found {found}",
    "After the deposit every file is read back from the far side and hashed. This one is not what was sent, whatever "
    "checksum the server gave.",
    "Do not rely on this deposit: have it removed there, then run the same command again, which sends all anew",
)  # fmt: skip
NOT_THERE = FindingKind(
    "DEP-109", Tells.LOSS, "RFC 8493 3", "{subject} was sent but is not there",
    "The target said that it stored the file, and does not give it back.",
    "Do not rely on this deposit: have it removed there, then run the same command again, which sends all anew",
)  # fmt: skip
NOT_ACCEPTED_YET = FindingKind(
    "DEP-110", Tells.UNREAD, "SWORD 2.0 6.9", "the target has not accepted the deposit yet: {words}",
    "The files arrived; the repository still works on them. The receipt says so and is no proof of acceptance.",
    "Run the same command again later: it only asks",
)  # fmt: skip
REJECTED = FindingKind(
    "DEP-111", Tells.RULE, "SWORD 2.0 6.9", "the target rejected the deposit after it had arrived: {words}",
    "The repository took the files and then decided against them. Its own words are given.",
    "Ask the repository; correct the bag and deposit it as a new one",
)  # fmt: skip
IGNORES_CONDITIONS = FindingKind(
    "DEP-112", Tells.ADVICE, "RFC 9110 13.1.2", "this store does not honour If-None-Match: another could overwrite",
    "A conditional put keeps two depositors from overwriting each other. This store was asked once and overwrote.",
    "Give each depositor a prefix of its own, or use a store that honours the condition",
)  # fmt: skip
LIES_ABOUT_CHECKSUMS = FindingKind(
    "DEP-113", Tells.ADVICE, "RFC 9530 2", "this store repeats a checksum without computing it",
    "The store was sent a small object with a false checksum and took it. What it says of checksums proves nothing; "
    "only what was read back does.",
    "Nothing: every file is read back and hashed here",
)  # fmt: skip
RETRIED = FindingKind(
    "DEP-115", Tells.NOTE, "RFC 9110 9.2.2", "{subject} was sent again {times} times: {words}",
    "A passing failure was met and overcome.", "Nothing; if it happens often, ask the operator",
)  # fmt: skip
WORD_ONLY = FindingKind(
    "DEP-116", Tells.ADVICE, "OAIS 4.1.1.2", "the target gives nothing back: its word is all there is",
    "The deposit rests on what the repository says, for its content cannot be read back.",
    "Ask the repository for a way to read deposits back, or keep another copy",
)  # fmt: skip
PROFILE_NOT_MET = FindingKind(
    "DEP-117", Tells.RULE, "APTrust BagIt profile 2.2", "the bag does not meet what the receiver asks: {found}",
    "The receiver refuses bags without certain files and fields; it is asked for here before a byte leaves.",
    "Make the bag with that profile: archive create --profile",
)  # fmt: skip
NOT_AUTHORISED = FindingKind(
    "DEP-118", Tells.RULE, "RFC 9110 15.5.2", "the target does not let us in: {words}",
    "The credential is missing, wrong or lacks the right to store.",
    "Check the credential: environment, a file with mode 0600, or the keyring",
)  # fmt: skip
LEDGER_NOT_TOLD = FindingKind(
    "DEP-119", Tells.ADVICE, "PREMIS 3 2.1 eventType transfer", "the ledger could not be told: {words}",
    "The deposit was made and its receipt is kept, but the ledger holds no event of it.",
    "Mend the ledger and run the same command again",
)  # fmt: skip
IGNORES_OVERWRITE = FindingKind(
    "DEP-120", Tells.ADVICE, "RFC 4918 10.6", "this server ignores Overwrite: F: another could overwrite",
    "A move that may not replace keeps two depositors from overwriting each other. This server was asked once, with "
    "two small files, and replaced. So it is asked whether the place is free just before the move, and no finished "
    "deposit of before is touched.",
    "Give each depositor a folder of its own, or use a server that honours the condition",
)  # fmt: skip
NOT_AS_DEPOSITED = FindingKind(
    "DEP-121", Tells.LOSS, "OAIS 4.1.1.5",
    "this is not the bag that was deposited on {when}: the receipt has the fingerprint {expected}, this one {found}",
    "The receipt of the deposit names the content by a fingerprint. What the target holds under the same name now is "
    "something else, however valid it may be in itself.",
    "Do not rely on it: ask who changed it at the target, and keep the receipt as evidence",
)  # fmt: skip
OLDER_DEPOSIT = FindingKind(
    "DEP-122", Tells.LOSS, "OAIS 4.1.1.5",
    "this is an older bag, deposited on {older}: the newest receipt is of {when}",
    "The content has the fingerprint of an earlier receipt, and a later deposit went to the same place. The target was "
    "set back, or the later deposit was lost.",
    "Ask the operator of the target what happened, or deposit the newest bag again",
)  # fmt: skip
NOT_A_FILE = FindingKind(
    "DEP-123", Tells.LOSS, "RFC 8493 5.1.2", "{subject}: {what}",
    "A bag holds regular files only. A link at the target may lead anywhere, and a pipe or device has no content of "
    "its own; they are reported and never followed.",
    "Ask who put it there; restore the bag from another copy",
)  # fmt: skip
OTHER_THAN_INVENTORY = FindingKind(
    "DEP-124", Tells.LOSS, "OCFL 1.1 3.5.1",
    "{subject} is not what the target's inventory records: expected {algorithm} {expected}, found {found}",
    "The target keeps a digest of everything it stores. The content that came back does not have it: it was changed "
    "after it was stored.",
    "Do not rely on it: archive validate the storage root, and restore the object from another copy",
)  # fmt: skip
SENT_AGAIN = FindingKind(
    "DEP-125", Tells.ADVICE, "OAIS 4.1.1.2", "the deposit of {when} was no longer at the target; it was sent again",
    "A receipt says that this bag was accepted there, and the target does not have it any more.",
    "Ask the operator of the target what happened to the earlier deposit",
)  # fmt: skip
CHANGED_THERE = FindingKind(
    "DEP-126", Tells.LOSS, "OAIS 4.1.1.5", "what was deposited on {when} is not there any more as it was: {words}",
    "The bag is the one of the receipt, but what the target holds now is not: it was exchanged, changed or set back.",
    "Keep the receipt as evidence and ask the operator; once it is removed there, run the same command again",
)  # fmt: skip
RECEIPT_DOUBTFUL = FindingKind(
    "DEP-127", Tells.UNREAD, "OAIS 4.1.1.5", "this receipt of a deposit cannot be relied on: {why}",
    "A receipt is written when a deposit is accepted, as a file and in the deposit's journal, and never changed. This "
    "file is gone, damaged or says something else than the journal, so what came back may not have been compared with "
    "it. Where the journal has the receipt, that one counts.",
    "Restore the file from a backup of the folder of receipts, or from the ledger: archive events",
)  # fmt: skip
NOT_YET_COVERED = FindingKind(
    "DEP-128", Tells.NOTE, "docs/audits.md, checkpoints",
    "no checkpoint of the ledger covers the seals of {subject} yet",
    "The proof beside the receipt shows that the ledger recorded the seals, but its root is in no checkpoint, so only "
    "the ledger itself vouches for it.",
    "Run: archive audit witness --stamp; then the same deposit again, which sends nothing and writes the proof anew",
)  # fmt: skip
NO_PROOF = FindingKind(
    "DEP-129", Tells.ADVICE, "docs/audits.md, checkpoints", "no proof of inclusion was written: {words}",
    "The deposit was made and its receipt is kept, but not the proof that the ledger recorded the seals of the bag.",
    "Fix the cause and run the same command again",
)  # fmt: skip
