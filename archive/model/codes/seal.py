"""What `archive verify` finds: the evidence seals of a bag, their signatures and stamps."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_SEAL = "docs/seals.md, the files of a seal"
_TRUST = "docs/seals.md, the trust folder"
_EXPECTED = "docs/seals.md, what the ledger expects"
_STAMPS = "RFC 3161 and docs/seals.md, stamps"
_RENEWAL = "docs/seals.md, renewal"
_COPY = "Restore the bag from a copy, and keep this one for examination"
_EXAMINE = "Keep this bag for examination, and compare it with a copy or a deposit"
_OTHER_AUTHORITY = "Ask another authority for a stamp; compare with: archive trust show"

NOT_CHECKED_HERE = FindingKind(
    "SEAL-100", Tells.NOTE, _SEAL, "a seal is there and was not checked here",
    "validate checks that the bag is whole by RFC 8493. Who sealed it, and since when it has existed, verify checks.",
    "Run: archive verify BAG --trust DIR",
)  # fmt: skip
NO_SEAL = FindingKind(
    "SEAL-101", Tells.RULE, _SEAL, "there is no seal",
    "The bag was to be verified, but it holds no seal: it was never sealed, or the seal was removed.",
    _COPY,
)  # fmt: skip
SEAL_GONE = FindingKind(
    "SEAL-102", Tells.LOSS, _EXPECTED, "{source} knows a seal that is not there: {subject}",
    "A seal that was recorded is not in the bag any more: it was removed, or an older copy of the bag took its place.",
    _COPY,
)  # fmt: skip
OTHER_SEAL = FindingKind(
    "SEAL-103", Tells.LOSS, _EXPECTED, "{subject}: not what {source} knows",
    "The SHA-512 of stamped.sha512 differs from the recorded one, or the tag manifests do: the bag was sealed anew, or"
    " another bag took its place.",
    _COPY,
)  # fmt: skip
NUMBER_GAP = FindingKind(
    "SEAL-104", Tells.LOSS, _SEAL, "there is {subject}, but not {expected}",
    "Seals are numbered from 0001 without gaps. A missing number is a seal that was removed.",
    _COPY,
)  # fmt: skip
UNREADABLE = FindingKind(
    "SEAL-105", Tells.UNREAD, _SEAL, "{subject} could not be read: {reason}",
    "The system refused to read the file or failed while reading. Nothing is known about its content.",
    "Check the permissions and the disk, then run again",
)  # fmt: skip
UNKNOWN_FILE = FindingKind(
    "SEAL-106", Tells.RULE, _SEAL, "{subject} is not a file that a seal holds",
    "The names in a seal's folder are a closed list; another file was put there, or the folder is not a seal.",
    _COPY,
)  # fmt: skip
FILE_LACKING = FindingKind(
    "SEAL-107", Tells.LOSS, _SEAL, "the seal has no {subject}",
    "Each seal holds README.txt, signers.pem, statement.json, statement.dsse.json and stamped.sha512, and of batch.json"
    " and batch.proof.json both or neither.",
    _COPY,
)  # fmt: skip
NO_TRUST = FindingKind(
    "SEAL-110", Tells.UNREAD, _TRUST, "no trust folder is named, so signatures and stamps were not checked",
    "Whom to believe comes from a trust folder outside the bag, and from nowhere else.",
    "Name the trust folder: archive verify BAG --trust DIR, or [seal] trust in archive.toml",
)  # fmt: skip
NO_STATEMENT = FindingKind(
    "SEAL-111", Tells.RULE, _SEAL, "{subject} is not a statement of this seal: {problem}",
    "A statement has one form only, so that no text can be read in two ways. This one has another form or number.",
    _EXAMINE,
)  # fmt: skip
NOT_COVERED = FindingKind(
    "SEAL-112", Tells.LOSS, _SEAL, "{subject} is there, but {seal} does not cover it",
    "A seal covers every tag manifest, its own README.txt and signers.pem, and every file of the seals before it. This"
    " file was added later.",
    _EXAMINE,
)  # fmt: skip
COVERED_GONE = FindingKind(
    "SEAL-113", Tells.LOSS, _SEAL, "{seal} covers {subject}, which is not there",
    "A file that was sealed is not in the bag any more, or the statement covers what no seal covers.",
    _COPY,
)  # fmt: skip
CHANGED = FindingKind(
    "SEAL-114", Tells.LOSS, _SEAL, "{subject} has changed since {seal} was made",
    "The bytes of this file do not have the SHA-512 and SHA3-512 digests in the signed statement.",
    _COPY,
)  # fmt: skip
OTHER_LIST = FindingKind(
    "SEAL-115", Tells.LOSS, _SEAL, "{subject} is not the list of the files that this seal stamps",
    "The list is built anew from the files and compared. It was changed, or a file that it names was.",
    _EXAMINE,
)  # fmt: skip
NO_ENVELOPE = FindingKind(
    "SEAL-116", Tells.RULE, _SEAL, "{subject} is not the envelope of this seal's statement: {problem}",
    "The envelope (DSSE) holds exactly the bytes of statement.json, in one form only, and its signatures.",
    _EXAMINE,
)  # fmt: skip
NOT_IN_BATCH = FindingKind(
    "SEAL-117", Tells.RULE, "RFC 9162 2.1.3.2", "{subject} does not prove that this seal is in its batch: {problem}",
    "In a batch the root of a hash tree is stamped. The path from this seal's list does not lead to that root.",
    _EXAMINE,
)  # fmt: skip
NO_EXTRA = FindingKind(
    "SEAL-118", Tells.UNREAD, _TRUST, "the libraries that check signatures and stamps are not installed ({reason})",
    "The extra seal brings cryptography, rfc3161-client and asn1crypto.",
    "Run: pip install 'muniment[seal]'",
)  # fmt: skip
STAMPS_LACKING = FindingKind(
    "SEAL-120", Tells.RULE, _STAMPS, "{found} of {needed} stamps hold: stamps were removed, or never made",
    "Fewer different operators have stamped the seal than its statement and the trust folder require. While the time"
    " for it (stamp_within_days) runs, the seal is not checked; after that, or once it was complete, it is damaged.",
    "Run: archive seal --complete BAG; if it was complete before, restore the bag from a copy",
)  # fmt: skip
TOO_FEW_SIGNATURES = FindingKind(
    "SEAL-121", Tells.RULE, _TRUST, "{found} of {needed} signatures by trusted keys",
    "Too few keys of the trust folder have signed, or a key that the statement names as signer has not.",
    "Ask the archive that sealed the bag for the fingerprint of its key; compare with: archive trust show",
)  # fmt: skip
BAD_SIGNATURE = FindingKind(
    "SEAL-122", Tells.RULE, _SEAL, "a signature in {subject} does not hold: {problem}",
    "The signature was made over other bytes, with another key, or for another purpose.",
    _EXAMINE,
)  # fmt: skip
KEY_REVOKED = FindingKind(
    "SEAL-123", Tells.RULE, _TRUST,
    "the key {key} was revoked at {revoked}, and no {needed} stamps prove an earlier signature",
    "From the time of the compromise on, anyone may have signed with this key.",
    "Look at: archive trust show; if the seal is older, restore its stamps from a copy",
)  # fmt: skip
KEY_NOT_IN_FORCE = FindingKind(
    "SEAL-124", Tells.RULE, _TRUST, "the key {key} was not in force at {time}",
    "The trust folder says from when, or until when, this key may seal. The seal is not proven to be of that time.",
    "Look at: archive trust show",
)  # fmt: skip
STAMP_UNREADABLE = FindingKind(
    "SEAL-130", Tells.RULE, _STAMPS, "{subject} is not a readable stamp: {detail}",
    "A stamp is one TimeStampResp in DER of at most 1 MiB, without anything after it.",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_NOT_GRANTED = FindingKind(
    "SEAL-131", Tells.RULE, _STAMPS, "{subject} was not granted: {detail}",
    "Only the status granted counts; of grantedWithMods it cannot be known what was modified.",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_WEAK = FindingKind(
    "SEAL-132", Tells.RULE, _STAMPS, "{subject} rests on a weak hash or key: {detail}",
    "SHA-256, SHA-384, SHA-512 and SHA-3 are taken.",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_OTHER_BYTES = FindingKind(
    "SEAL-133", Tells.RULE, _STAMPS, "{subject} stamps other bytes, or its signature does not hold: {detail}",
    "The stamp was made for another seal, or was changed.",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_SIGNER = FindingKind(
    "SEAL-134", Tells.RULE, _STAMPS, "{subject} does not name a certificate for timestamps as its signer: {detail}",
    "The signature names its certificate, which is for timestamps alone and not that of an authority (RFC 5816).",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_NO_PATH = FindingKind(
    "SEAL-135", Tells.RULE, _STAMPS, "no path leads from {subject} to a root of the trust folder at its time: {detail}",
    "Only a root that the trust folder pins is an anchor; certificates in the bag are hints at most.",
    "Compare with: archive trust show; add the authority with: archive trust add-authority",
)  # fmt: skip
STAMP_POLICY = FindingKind(
    "SEAL-136", Tells.RULE, _STAMPS, "{subject} is of a policy or an authority that does not count: {detail}",
    "The trust folder pins the policies of this authority, or says from when on it is not trusted.",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_REVOKED = FindingKind(
    "SEAL-137", Tells.RULE, "RFC 3161 4", "a certificate behind {subject} is revoked: {detail}",
    "After a compromise, or where no reason is given, the stamps of the certificate do not count any more. Where enough"
    " other stamps hold, this is a warning.",
    "Run: archive seal --renew BAG",
)  # fmt: skip
STAMP_NO_LIST = FindingKind(
    "SEAL-138", Tells.UNREAD, _STAMPS, "no revocation list of its time for {subject}: {detail}",
    "Whether the certificates behind the stamp were good at its time is not known.",
    "Run: archive trust refresh, or archive seal --complete BAG",
)  # fmt: skip
STAMP_FUTURE = FindingKind(
    "SEAL-139", Tells.UNREAD, _STAMPS, "the time of {subject} is later than this clock: {detail}",
    "Either the clock of this machine is wrong, or that of the authority.",
    "Set the clock of this machine, then run again",
)  # fmt: skip
LIST_UNREADABLE = FindingKind(
    "SEAL-140", Tells.ADVICE, _STAMPS, "{subject} is not a revocation list that can be read",
    "It is damaged, larger than a list in a seal may be, or was never one. It says nothing for or against the stamps,"
    " which are judged by the lists that can be read.",
    "Fetch revocation lists again: archive seal --complete BAG; explain the file in the file note",
)  # fmt: skip
STAMPS_APART = FindingKind(
    "SEAL-141", Tells.ADVICE, _STAMPS, "the stamps are {days} days apart: {first} and {last}",
    "The stamps of a seal are made together. A later one does not weaken the earlier, but needs an explanation.",
    "Explain it in the file note",
)  # fmt: skip
CLAIMED_LATER = FindingKind(
    "SEAL-142", Tells.ADVICE, _STAMPS, "the statement says {claimed}, which is later than its stamp of {time}",
    "The time in the statement is what the signer's clock said. It was wrong.",
    "Explain it in the file note",
)  # fmt: skip
RENEWAL_OVERDUE = FindingKind(
    "SEAL-150", Tells.ADVICE, _RENEWAL, "renewal is overdue: the certificates behind the stamps ended at {until}",
    "The stamps still hold at their own time; but a seal is renewed before the certificates behind it end.",
    "Run: archive seal --renew --due",
)  # fmt: skip
RENEWED_LATE = FindingKind(
    "SEAL-151", Tells.ADVICE, _RENEWAL,
    "{subject} was renewed too late: its certificates ended at {until}, the renewal is from {time}",
    "Between these times no certificate in force stood behind the seal.",
    "Explain the gap in the file note, and renew in time: archive seal --renew --due",
)  # fmt: skip
HASH_WEAK = FindingKind(
    "SEAL-152", Tells.RULE, _RENEWAL, "{algorithm} became weak at {since}, before a renewal: {subject}",
    "Files with the same digest could have been made since. Only a strong digest binds the sealed bag.",
    "Run: archive seal --renew --due; where the manifests are weak, make a new version of the bag",
)  # fmt: skip

NOT_COMPLETE = (
    FindingKind(
        STAMPS_LACKING.code, Tells.UNREAD, _STAMPS, "{found} of {needed} stamps hold: not yet complete",
        STAMPS_LACKING.explanation, "Run: archive seal --complete BAG",
    ),
)  # fmt: skip
"""SEAL-120 while the time for stamps runs. In a tuple, so that the code keeps one kind in the table of all."""

REVOKED_SPARE = (
    FindingKind(
        STAMP_REVOKED.code, Tells.ADVICE, "RFC 3161 4",
        "a certificate behind {subject} is revoked, but enough other stamps hold: {detail}",
        STAMP_REVOKED.explanation, STAMP_REVOKED.remedy,
    ),
)  # fmt: skip
"""SEAL-137 where enough other stamps hold; in a tuple likewise."""
