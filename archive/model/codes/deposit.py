"""Findings of deposits: what prevents a deposit, and what was wrong when it was read back."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

INVALID_BAG = FindingKind(
    "DEP-101", Tells.RULE, "RFC 8493 3",
    "the bag is {verdict}: nothing was sent",
    "A bag is sent only if it was validated byte by byte just before, so that the repository never receives an"
    " invalid bag.",
    "See what is wrong: archive validate BAG; then fix the bag or restore it from a copy",
)  # fmt: skip
NAME_NOT_STORABLE = FindingKind(
    "DEP-102", Tells.RULE, "the target's rules for names",
    "the target cannot store this name: {reason}",
    "Some stores accept names in UTF-8 only, or names of limited length. A name is never changed in transit.",
    "Deposit the bag as one zip or tar file, which can contain any name",
)  # fmt: skip
OTHER_CONTENT = FindingKind(
    "DEP-103", Tells.RULE, "OAIS 4.1.1.2",
    "the target already contains different content under this name: {found}",
    "The target has different content in the place of this bag. Nothing is ever overwritten.",
    "Choose a different name for the bag, or check what is stored there",
)  # fmt: skip
NO_SPACE = FindingKind(
    "DEP-104", Tells.RULE, "OAIS 4.1.1.3",
    "the target is full: {words}",
    "The target has no space left. What was sent is kept if the target allows it.",
    "Free space at the target and run the same command again; it continues where it stopped",
)  # fmt: skip
REFUSED = FindingKind(
    "DEP-105", Tells.RULE, "OAIS 4.1.1.2",
    "the target refused the deposit: {words}",
    "The server answered that it does not accept this deposit. The message is the server's own.",
    "Do what the server asks for, then run the same command again",
)  # fmt: skip
GAVE_UP = FindingKind(
    "DEP-106", Tells.RULE, "RFC 9110 9.2.2",
    "failed (attempts made: {attempts}): {words}",
    "After lost connections and temporary errors, the transfer is tried again with growing pauses, for a limited"
    " number of times.",
    "Run the same command again later; it continues where it stopped",
)  # fmt: skip
UNKNOWN_OUTCOME = FindingKind(
    "DEP-107", Tells.UNREAD, "RFC 9110 9.2.2",
    "it is not known whether the target accepted the deposit: {words}",
    "The last request was sent, but no answer arrived. The deposit may or may not have been made, and sending it"
    " again could create a second one.",
    "Check the target, then run the same command with --resume, which asks the target first",
)  # fmt: skip
CAME_BACK_DIFFERENT = FindingKind(
    "DEP-108", Tells.LOSS, "RFC 8493 2.1.3",
    "{subject} was read back with different content: expected {algorithm} {expected}, found {found}",
    "After the deposit every file is read back from the target and hashed. This file is not the one that was"
    " sent, whatever checksum the server reported.",
    "Do not rely on this deposit: have it removed at the target, then run the same command again, which sends"
    " everything again",
)  # fmt: skip
NOT_THERE = FindingKind(
    "DEP-109", Tells.LOSS, "RFC 8493 3",
    "{subject} was sent but is missing at the target",
    "The target reported that it stored the file, but does not return it.",
    "Do not rely on this deposit: have it removed at the target, then run the same command again, which sends"
    " everything again",
)  # fmt: skip
NOT_ACCEPTED_YET = FindingKind(
    "DEP-110", Tells.UNREAD, "SWORD 2.0 6.9",
    "the target has not accepted the deposit yet: {words}",
    "The files arrived and the repository is still processing them. The receipt records this and does not prove"
    " acceptance.",
    "Run the same command again later; it only asks for the state",
)  # fmt: skip
REJECTED = FindingKind(
    "DEP-111", Tells.RULE, "SWORD 2.0 6.9",
    "the target rejected the deposit after it arrived: {words}",
    "The repository received the files and then decided against them. The message is the repository's own.",
    "Ask the repository; correct the bag and deposit it as a new one",
)  # fmt: skip
IGNORES_CONDITIONS = FindingKind(
    "DEP-112", Tells.ADVICE, "RFC 9110 13.1.2",
    "this store ignores If-None-Match, so another depositor could overwrite the bag",
    "Conditional requests prevent two depositors from overwriting each other. This store was tested once and"
    " overwrote a file.",
    "Give each depositor a separate prefix, or use a store that supports the condition",
)  # fmt: skip
LIES_ABOUT_CHECKSUMS = FindingKind(
    "DEP-113", Tells.ADVICE, "RFC 9530 2",
    "this store repeats a checksum without computing it",
    "The store was sent a small object with a wrong checksum and accepted it. The checksums that it reports prove"
    " nothing; only reading the files back does.",
    "No action needed; every file is read back and hashed",
)  # fmt: skip
RETRIED = FindingKind(
    "DEP-115", Tells.NOTE, "RFC 9110 9.2.2",
    "{subject} was sent again (times repeated: {times}): {words}",
    "A temporary error occurred and was overcome.",
    "No action needed; if it happens often, ask the operator",
)  # fmt: skip
WORD_ONLY = FindingKind(
    "DEP-116", Tells.ADVICE, "OAIS 4.1.1.2",
    "the target does not return files, so its word is the only evidence",
    "The content of the deposit cannot be read back, so only the repository's own statement supports it.",
    "Ask the repository for a way to read deposits back, or keep another copy",
)  # fmt: skip
PROFILE_NOT_MET = FindingKind(
    "DEP-117", Tells.RULE, "APTrust BagIt profile 2.2",
    "the bag does not meet the receiver's requirements: {found}",
    "The receiver refuses bags without certain files and fields, so they are checked before anything is sent.",
    "Create the bag with the receiver's profile: archive create SOURCE --to DIR --profile NAME",
)  # fmt: skip
NOT_AUTHORISED = FindingKind(
    "DEP-118", Tells.RULE, "RFC 9110 15.5.2",
    "access denied by the target: {words}",
    "The credential is missing, wrong or not allowed to store files.",
    "Check the credential in the environment, the keyring, or a file with mode 0600",
)  # fmt: skip
LEDGER_NOT_TOLD = FindingKind(
    "DEP-119", Tells.ADVICE, "PREMIS 3 2.1 eventType transfer",
    "the deposit could not be recorded in the ledger: {words}",
    "The deposit was made and its receipt is kept, but the ledger has no event for it.",
    "Fix the ledger and run the same command again",
)  # fmt: skip
IGNORES_OVERWRITE = FindingKind(
    "DEP-120", Tells.ADVICE, "RFC 4918 10.6",
    "this server ignores Overwrite: F, so another depositor could overwrite the bag",
    "A move that must not overwrite prevents two depositors from overwriting each other. This server was tested"
    " once with two small files and overwrote one. Therefore the program checks that the place is free just"
    " before each move, and never touches a finished deposit.",
    "Give each depositor a separate folder, or use a server that supports the condition",
)  # fmt: skip
NOT_AS_DEPOSITED = FindingKind(
    "DEP-121", Tells.LOSS, "OAIS 4.1.1.5",
    "this is not the bag that was deposited on {when}: the fingerprint is {expected} in the receipt and {found} here",
    "The receipt of the deposit identifies the content by a fingerprint. The target now has different content"
    " under the same name, even if that content is a valid bag.",
    "Do not rely on it: ask who changed it at the target, and keep the receipt as evidence",
)  # fmt: skip
OLDER_DEPOSIT = FindingKind(
    "DEP-122", Tells.LOSS, "OAIS 4.1.1.5",
    "this is an older bag, deposited on {older}; the newest receipt is dated {when}",
    "The content has the fingerprint of an earlier receipt, but a later deposit was made to the same place. The"
    " target was reset, or the later deposit was lost.",
    "Ask the operator of the target what happened, or deposit the newest bag again",
)  # fmt: skip
NOT_A_FILE = FindingKind(
    "DEP-123", Tells.LOSS, "RFC 8493 5.1.2",
    "{subject}: {what}",
    "A bag contains regular files only. A link at the target may lead anywhere, and a pipe or device has no"
    " content of its own. They are reported and never followed.",
    "Ask who put it there; restore the bag from another copy",
)  # fmt: skip
OTHER_THAN_INVENTORY = FindingKind(
    "DEP-124", Tells.LOSS, "OCFL 1.1 3.5.1",
    "{subject} does not match the target's inventory: expected {algorithm} {expected}, found {found}",
    "The target keeps a digest of everything that it stores. The content that was read back does not have this"
    " digest: it was changed after it was stored.",
    "Do not rely on it: run archive validate on the storage root, and restore the object from another copy",
)  # fmt: skip
SENT_AGAIN = FindingKind(
    "DEP-125", Tells.ADVICE, "OAIS 4.1.1.2",
    "the deposit of {when} is no longer at the target; it was sent again",
    "According to a receipt, the target accepted this bag, but no longer has it.",
    "Ask the operator of the target what happened to the earlier deposit",
)  # fmt: skip
CHANGED_THERE = FindingKind(
    "DEP-126", Tells.LOSS, "OAIS 4.1.1.5",
    "the content that was deposited on {when} has changed at the target: {words}",
    "The bag matches the receipt, but the target now has different content: it was replaced, changed or reset.",
    "Keep the receipt as evidence and ask the operator; after the content is removed there, run the same command"
    " again",
)  # fmt: skip
RECEIPT_DOUBTFUL = FindingKind(
    "DEP-127", Tells.UNREAD, "OAIS 4.1.1.5",
    "this receipt of a deposit cannot be relied on: {why}",
    "When a deposit is accepted, a receipt is written as a file and in the deposit's journal, and never changed."
    " This file is missing, damaged or different from the journal, so the content that was read back may not have"
    " been compared with it. If the journal has the receipt, the journal counts.",
    "Restore the file from a backup of the receipts folder, or from the ledger: archive events BAG",
)  # fmt: skip
NOT_YET_COVERED = FindingKind(
    "DEP-128", Tells.NOTE, "docs/audits.md, checkpoints",
    "no checkpoint of the ledger covers the seals of {subject} yet",
    "The proof beside the receipt shows that the ledger recorded the seals, but no checkpoint includes its root"
    " yet, so only the ledger itself confirms it.",
    "Run: archive audit witness --stamp; then repeat the deposit, which sends nothing and writes a new proof",
)  # fmt: skip
NO_PROOF = FindingKind(
    "DEP-129", Tells.ADVICE, "docs/audits.md, checkpoints",
    "no proof of inclusion was written: {words}",
    "The deposit was made and its receipt is kept, but there is no proof that the ledger recorded the seals of"
    " the bag.",
    "Fix the cause and run the same command again",
)  # fmt: skip
KEPT_BY_OURSELVES = FindingKind(
    "DEP-130", Tells.NOTE, "PREMIS 3.0 4.1.7 rightsGranted",
    "{why}; this place belongs to the archive itself",
    "The rights in the bag do not allow it to be given to others. Copies in places with the audience `ourselves`"
    " are allowed.",
    "No action needed; if others can see this place, set its audience in archive.toml",
)  # fmt: skip
NOT_HELD = FindingKind(
    "DEP-131", Tells.ADVICE, "OAIS 4.1.1.4",
    "the deposit could not be added to the holdings: {words}",
    "The deposit was made and its receipt is kept, but audits do not check it there yet.",
    "Fix the cause and run the same command again",
)  # fmt: skip
GIVEN_WITH_REASON = FindingKind(
    "DEP-132", Tells.NOTE, "PREMIS 3.0 4.1.7 rightsGranted",
    "{why}; it is given to {name} for this reason: {reason}",
    "The rights in the bag do not allow it to be given to everyone. Named persons may receive it if a reason is"
    " recorded.",
    "No action needed; the reason is kept in the ledger",
)  # fmt: skip
PRIVATE_FIELDS = FindingKind(
    "DEP-133", Tells.RULE, "design: private fields live in metadata/restricted/",
    "the bag contains private fields, in metadata/restricted/, which would be sent too",
    "Private fields stay in places that belong to the archive. Others may receive them only if they are named,"
    " with a reason.",
    "Leave them out: archive export BAG --for NAME --without-restricted; or state the reason with --because",
)  # fmt: skip
