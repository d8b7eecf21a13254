"""Findings of `archive verify` about a bag's evidence seals, their signatures and stamps."""

from __future__ import annotations

from archive.model.finding import FindingKind, Tells

_SEAL = "docs/seals.md, the files of a seal"
_TRUST = "docs/seals.md, the trust folder"
_EXPECTED = "docs/seals.md, what the ledger expects"
_STAMPS = "RFC 3161 and docs/seals.md, stamps"
_RENEWAL = "docs/seals.md, renewal"
_COPY = "Restore the bag from a copy, and keep this one for examination"
_EXAMINE = "Keep this bag for examination, and compare it with a copy or a deposit"
_OTHER_AUTHORITY = "Request a stamp from a different authority: archive seal --complete BAG --tsa URL"

NOT_CHECKED_HERE = FindingKind(
    "SEAL-100", Tells.NOTE, _SEAL,
    "there is a seal, which was not checked",
    "Validation checks that the bag is complete and unchanged by RFC 8493. Verification checks who sealed it and"
    " since when it has existed.",
    "Run: archive verify BAG --trust DIR",
)  # fmt: skip
NO_SEAL = FindingKind(
    "SEAL-101", Tells.RULE, _SEAL,
    "there is no seal",
    "The bag has no seal to verify: it was never sealed, or the seal was removed.",
    _COPY,
)  # fmt: skip
SEAL_GONE = FindingKind(
    "SEAL-102", Tells.LOSS, _EXPECTED,
    "{source} records a seal that is missing: {subject}",
    "A recorded seal is no longer in the bag: it was removed, or the bag was replaced by an older copy.",
    _COPY,
)  # fmt: skip
OTHER_SEAL = FindingKind(
    "SEAL-103", Tells.LOSS, _EXPECTED,
    "{subject} differs from what {source} records",
    "The SHA-512 digest of stamped.sha512 or the tag manifests differ from the recorded ones: the bag was sealed"
    " again, or replaced by a different bag.",
    _COPY,
)  # fmt: skip
NUMBER_GAP = FindingKind(
    "SEAL-104", Tells.LOSS, _SEAL,
    "{subject} exists, but {expected} is missing",
    "Seals are numbered from 0001 without gaps. A missing number means that a seal was removed.",
    _COPY,
)  # fmt: skip
UNREADABLE = FindingKind(
    "SEAL-105", Tells.UNREAD, _SEAL,
    "{subject} could not be read: {reason}",
    "The system refused to read the file, or an error occurred while reading it. Its content is unknown.",
    "Check the permissions and the disk, then run: archive verify BAG",
)  # fmt: skip
UNKNOWN_FILE = FindingKind(
    "SEAL-106", Tells.RULE, _SEAL,
    "{subject} does not belong in the folder of a seal",
    "The folder of a seal contains only certain files. A different file was added, or the folder is not a seal.",
    _COPY,
)  # fmt: skip
FILE_LACKING = FindingKind(
    "SEAL-107", Tells.LOSS, _SEAL,
    "the seal does not have the file {subject}",
    "Each seal has README.txt, signers.pem, statement.json, statement.dsse.json and stamped.sha512, and either"
    " both or neither of batch.json and batch.proof.json.",
    _COPY,
)  # fmt: skip
NO_TRUST = FindingKind(
    "SEAL-110", Tells.UNREAD, _TRUST,
    "no trust folder was given, so signatures and stamps were not checked",
    "Trusted keys and authorities are read only from a trust folder outside the bag.",
    "Name the trust folder: archive verify BAG --trust DIR, or set seal.trust in archive.toml",
)  # fmt: skip
NO_STATEMENT = FindingKind(
    "SEAL-111", Tells.RULE, _SEAL,
    "{subject} is not a statement of this seal: {problem}",
    "A statement has only one allowed form, so that it cannot be read in two ways. This one has a different form"
    " or number.",
    _EXAMINE,
)  # fmt: skip
NOT_COVERED = FindingKind(
    "SEAL-112", Tells.LOSS, _SEAL,
    "{seal} does not cover {subject}",
    "A seal covers every tag manifest, its own README.txt and signers.pem, and every file of the previous seals."
    " This file was added later.",
    _EXAMINE,
)  # fmt: skip
COVERED_GONE = FindingKind(
    "SEAL-113", Tells.LOSS, _SEAL,
    "{seal} covers {subject}, which is missing",
    "A sealed file is no longer in the bag, or the statement covers a file that seals do not cover.",
    _COPY,
)  # fmt: skip
CHANGED = FindingKind(
    "SEAL-114", Tells.LOSS, _SEAL, "{subject} has changed since {seal} was made",
    "The bytes of this file do not have the SHA-512 and SHA3-512 digests in the signed statement.",
    _COPY,
)  # fmt: skip
OTHER_LIST = FindingKind(
    "SEAL-115", Tells.LOSS, _SEAL,
    "{subject} is not the list of files that this seal stamps",
    "The list is created again from the files and compared. The list or a listed file was changed.",
    _EXAMINE,
)  # fmt: skip
NO_ENVELOPE = FindingKind(
    "SEAL-116", Tells.RULE, _SEAL,
    "{subject} is not the envelope of this seal's statement: {problem}",
    "The envelope (DSSE) contains exactly the bytes of statement.json in the only allowed form, and its signatures.",
    _EXAMINE,
)  # fmt: skip
NOT_IN_BATCH = FindingKind(
    "SEAL-117", Tells.RULE, "RFC 9162 2.1.3.2",
    "{subject} does not prove that this seal is in its batch: {problem}",
    "In a batch, the root of a hash tree is stamped. The path from this seal's list does not lead to that root.",
    _EXAMINE,
)  # fmt: skip
NO_EXTRA = FindingKind(
    "SEAL-118", Tells.UNREAD, _TRUST,
    "the libraries that check signatures and stamps are not installed ({reason})",
    "The extra `seal` installs cryptography, rfc3161-client and asn1crypto.",
    "Run: pip install 'muniment[seal]'",
)  # fmt: skip
STAMPS_LACKING = FindingKind(
    "SEAL-120", Tells.RULE, _STAMPS,
    "{found} of {needed} required stamps are valid: stamps were removed, or never made",
    "Fewer different operators have stamped the seal than its statement and the trust folder require. Until the"
    " time limit for stamps (stamp_within_days) ends, the seal counts as not checked; after that, or if it was"
    " complete before, as damaged.",
    "Run: archive seal --complete BAG; if it was complete before, restore the bag from a copy",
)  # fmt: skip
TOO_FEW_SIGNATURES = FindingKind(
    "SEAL-121", Tells.RULE, _TRUST,
    "{found} of {needed} required signatures are made with trusted keys",
    "Too few keys of the trust folder have signed, or a key that the statement names as a signer has not.",
    "Ask the archive that sealed the bag for the fingerprint of its key, and compare it with: archive trust show",
)  # fmt: skip
BAD_SIGNATURE = FindingKind(
    "SEAL-122", Tells.RULE, _SEAL,
    "a signature in {subject} is not valid: {problem}",
    "The signature was made over different bytes, with a different key, or for a different purpose.",
    _EXAMINE,
)  # fmt: skip
KEY_REVOKED = FindingKind(
    "SEAL-123", Tells.RULE, _TRUST,
    "the key {key} was revoked at {revoked}, and there are not {needed} stamps to prove an earlier signature",
    "From the time of the compromise on, anyone could have signed with this key.",
    "Check the key: archive trust show; if the seal is older, restore its stamps from a copy of the bag",
)  # fmt: skip
KEY_NOT_IN_FORCE = FindingKind(
    "SEAL-124", Tells.RULE, _TRUST,
    "the key {key} was not valid at {time}",
    "The trust folder states from when and until when this key may seal. It is not proven that the seal was made"
    " in that time.",
    "Check the key: archive trust show",
)  # fmt: skip
STAMP_UNREADABLE = FindingKind(
    "SEAL-130", Tells.RULE, _STAMPS,
    "{subject} is not a readable stamp: {detail}",
    "A stamp is a single TimeStampResp in DER of at most 1 MiB, with nothing after it.",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_NOT_GRANTED = FindingKind(
    "SEAL-131", Tells.RULE, _STAMPS,
    "{subject} was not granted: {detail}",
    "Only the status granted counts; with grantedWithMods it is not known what was modified.",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_WEAK = FindingKind(
    "SEAL-132", Tells.RULE, _STAMPS,
    "{subject} uses a weak hash or key: {detail}",
    "SHA-256, SHA-384, SHA-512 and SHA-3 are accepted.",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_OTHER_BYTES = FindingKind(
    "SEAL-133", Tells.RULE, _STAMPS,
    "{subject} stamps different bytes, or its signature is not valid: {detail}",
    "The stamp was made for a different seal, or was changed.",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_SIGNER = FindingKind(
    "SEAL-134", Tells.RULE, _STAMPS,
    "the signer that {subject} names is not a certificate for timestamps: {detail}",
    "The signature names its certificate, which is only for timestamps and is not that of a certificate authority"
    " (RFC 5816).",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_NO_PATH = FindingKind(
    "SEAL-135", Tells.RULE, _STAMPS,
    "no certificate path leads from {subject} to a root of the trust folder at its time: {detail}",
    "Only a root that the trust folder pins is trusted. Certificates in the bag are hints at most.",
    "Compare the roots: archive trust show; to add an authority: archive trust add-authority NAME CERTIFICATE",
)  # fmt: skip
STAMP_POLICY = FindingKind(
    "SEAL-136", Tells.RULE, _STAMPS,
    "{subject} has a policy or an authority that is not accepted: {detail}",
    "The trust folder pins the policies of this authority, or states from when on it is not trusted.",
    _OTHER_AUTHORITY,
)  # fmt: skip
STAMP_REVOKED = FindingKind(
    "SEAL-137", Tells.RULE, "RFC 3161 4",
    "a certificate behind {subject} is revoked: {detail}",
    "After a compromise, or if no reason is given, stamps made with the certificate no longer count. If enough"
    " other stamps are valid, this is a warning.",
    "Run: archive seal --renew BAG",
)  # fmt: skip
STAMP_NO_LIST = FindingKind(
    "SEAL-138", Tells.UNREAD, _STAMPS,
    "there is no revocation list from the time of {subject}: {detail}",
    "It is not known whether the certificates behind the stamp were valid at its time.",
    "Run: archive trust refresh; or: archive seal --complete BAG",
)  # fmt: skip
STAMP_FUTURE = FindingKind(
    "SEAL-139", Tells.UNREAD, _STAMPS,
    "the time of {subject} is later than this machine's clock: {detail}",
    "Either this machine's clock or the authority's clock is wrong.",
    "Correct this machine's clock, then run: archive verify BAG",
)  # fmt: skip
LIST_UNREADABLE = FindingKind(
    "SEAL-140", Tells.ADVICE, _STAMPS,
    "{subject} is not a readable revocation list",
    "It is damaged, larger than allowed, or not a revocation list at all. It does not count for or against the"
    " stamps, which are checked against the readable lists.",
    "Fetch revocation lists again: archive seal --complete BAG; then explain the file in the file note",
)  # fmt: skip
STAMPS_APART = FindingKind(
    "SEAL-141", Tells.ADVICE, _STAMPS,
    "the stamps are {days} days apart: {first} and {last}",
    "The stamps of a seal are made together. A later stamp does not weaken the earlier one, but needs an explanation.",
    "Explain it in the file note",
)  # fmt: skip
CLAIMED_LATER = FindingKind(
    "SEAL-142", Tells.ADVICE, _STAMPS,
    "the statement has the time {claimed}, which is later than its stamp of {time}",
    "The time in the statement comes from the signer's clock, which was wrong.",
    "Explain it in the file note",
)  # fmt: skip
RENEWAL_OVERDUE = FindingKind(
    "SEAL-150", Tells.ADVICE, _RENEWAL,
    "renewal is overdue: the certificates behind the stamps expired at {until}",
    "The stamps are still valid for their own time, but a seal should be renewed before the certificates behind"
    " it expire.",
    "Run: archive seal --renew --due",
)  # fmt: skip
RENEWED_LATE = FindingKind(
    "SEAL-151", Tells.ADVICE, _RENEWAL,
    "{subject} was renewed too late: its certificates expired at {until}, but the renewal is from {time}",
    "Between these times no valid certificate supported the seal.",
    "Explain the gap in the file note; to renew in time: archive seal --renew --due",
)  # fmt: skip
HASH_WEAK = FindingKind(
    "SEAL-152", Tells.RULE, _RENEWAL,
    "{algorithm} became weak at {since}, before a renewal: {subject}",
    "Since then, different files with the same digest could have been made. Only a strong digest protects the"
    " sealed bag.",
    "Run: archive seal --renew --due; if the manifests are weak, add a strong one: archive update BAG"
    " --add-algorithm sha256",
)  # fmt: skip

NOT_COMPLETE = (
    FindingKind(
        STAMPS_LACKING.code, Tells.UNREAD, _STAMPS, "{found} of {needed} required stamps are valid: not complete yet",
        STAMPS_LACKING.explanation, "Run: archive seal --complete BAG",
    ),
)  # fmt: skip
"""SEAL-120 while the time for stamps runs. In a tuple, so that the table of all kinds has one kind for the code."""

REVOKED_SPARE = (
    FindingKind(
        STAMP_REVOKED.code, Tells.ADVICE, "RFC 3161 4",
        "a certificate behind {subject} is revoked, but enough other stamps are valid: {detail}",
        STAMP_REVOKED.explanation, STAMP_REVOKED.remedy,
    ),
)  # fmt: skip
"""SEAL-137 if enough other stamps are valid; in a tuple for the same reason."""
