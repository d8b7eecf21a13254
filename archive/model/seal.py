"""What an evidence seal says, whom a trust folder believes, and the verdict on the seals of a bag.

`Authority` and `StampVerdict` are in `archive.model.stamp`.
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import Enum

from archive.model.finding import Finding, Outcome, Severity, outcome_of
from archive.model.light import light_dataclass
from archive.model.stamp import Authority, StampVerdict

SEAL_FOLDER = "seal"
FIRST_SEAL = 1
LAST_SEAL = 9999
STATEMENT_NAME = "statement.json"
ENVELOPE_NAME = "statement.dsse.json"
STAMPED_NAME = "stamped.sha512"
README_NAME = "README.txt"
SIGNERS_NAME = "signers.pem"
BATCH_NAME = "batch.json"
PROOF_NAME = "batch.proof.json"
SEAL_NAMESPACE = "muniment-seal-1"
"""The namespace of the SSHSIG signatures of a statement."""
TRUST_NAMESPACE = "muniment-trust-1"
"""The namespace of the SSHSIG signature of a trust file."""


def folder_of(number: int) -> str:
    """The bag-relative folder of a seal, as seal/0001."""
    return f"{SEAL_FOLDER}/{number:04d}"


def is_tag_manifest(path: str) -> bool:
    """True for a file at the bag's top that a seal covers: tagmanifest-*.txt."""
    return "/" not in path and path.startswith("tagmanifest-") and path.endswith(".txt")


class Reason(Enum):
    """Why a seal was made."""

    INGEST = "ingest"
    RENEWAL = "renewal"
    TRANSFER = "transfer"
    RESEAL = "reseal"


@light_dataclass(frozen=True, slots=True)
class Subject:
    """A file that a statement covers: its bag-relative path, and its digests in lower-case hexadecimal."""

    name: str
    sha512: str
    sha3_512: str


@light_dataclass(frozen=True, slots=True)
class SealedBag:
    """What a statement says of its bag: the values of External-Identifier and of Payload-Oxum in bag-info.txt."""

    identifiers: tuple[str, ...] = ()
    oxum: str | None = None


@light_dataclass(frozen=True, slots=True)
class Statement:
    """What a seal signs.

    `subjects` are sorted by name. `time` is what the signer's clock said (UTC, whole seconds) and only a claim; `salt`
    is 32 random bytes; `signers` are fingerprints as `ssh-keygen -lf` prints them (`SHA256:...`), sorted; `stamps` is
    how many different operators must stamp; `witness` the ledger's witness line at that moment.
    """

    subjects: tuple[Subject, ...]
    seal: int
    reason: Reason
    time: datetime
    salt: bytes
    bag: SealedBag
    signers: tuple[str, ...]
    stamps: int
    tool: str
    witness: str | None = None


@light_dataclass(frozen=True, slots=True)
class Signature:
    """One signature of an envelope: the fingerprint of its key, and its bytes."""

    keyid: str
    sig: bytes


@light_dataclass(frozen=True, slots=True)
class Envelope:
    """A DSSE v1 envelope: the exact bytes of a statement, with no or more signatures."""

    payload: bytes
    signatures: tuple[Signature, ...] = ()


@light_dataclass(frozen=True, slots=True)
class BatchHead:
    """The head of a batch's tree (RFC 9162, SHA-512): how many seals it covers, and its root hash."""

    size: int
    root: bytes


@light_dataclass(frozen=True, slots=True)
class BatchProof:
    """Where a seal is in its batch: its index from 0, and the hashes from its leaf to the root."""

    index: int
    path: tuple[bytes, ...]


class Role(Enum):
    """What a trusted key may sign: seals, or versions of the trust file."""

    SEAL = "seal"
    ROOT = "root"


class RevocationRule(Enum):
    """Whether a stamp counts for which there is no revocation list of its time."""

    REQUIRED = "required"
    WHEN_STORED = "when stored"


@light_dataclass(frozen=True, slots=True)
class TrustPolicy:
    """[policy] of a trust file: how many operators must stamp, how many trusted keys must sign, and by when.

    The defaults are those that `archive trust init` writes.
    """

    stamps: int = 2
    signatures: int = 1
    revocation: RevocationRule = RevocationRule.REQUIRED
    stamp_within_days: int = 7


@light_dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key. `blob` is the SSH wire form (RFC 8709 section 4, or sk-ssh-ed25519@openssh.com).

    `point` are the 32 bytes of the key, `application` is that of a hardware key and None for others.
    """

    kind: str
    blob: bytes
    point: bytes
    fingerprint: str
    application: bytes | None = None


@light_dataclass(frozen=True, slots=True)
class TrustedKey:
    """[[keys]] of a trust file. From `revoked` on, the time of the compromise, nothing it signed is believed."""

    name: str
    public: PublicKey
    role: Role = Role.SEAL
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    revoked: datetime | None = None
    why: str | None = None


@light_dataclass(frozen=True, slots=True)
class AuthorityEntry:
    """[[authorities]] of a trust file: paths are relative to the trust folder, `sha256` is the hex of the root file."""

    name: str
    operator: str
    root: str
    sha256: str
    intermediates: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    distrusted: datetime | None = None


@light_dataclass(frozen=True, slots=True)
class TrustFile:
    """trust.toml. `previous` is the SHA-256 of the version before in hex, None in the first."""

    name: str
    version: int = 1
    previous: str | None = None
    policy: TrustPolicy = TrustPolicy()
    keys: tuple[TrustedKey, ...] = ()
    authorities: tuple[AuthorityEntry, ...] = ()


@light_dataclass(frozen=True, slots=True)
class Trust:
    """A trust folder as it was read: whom to believe.

    `sha256` is that of trust.toml in hex, `digits` twelve groups of five digits drawn from it. `lists` are the
    revocation lists of its crls folder as DER.
    """

    folder: str
    file: TrustFile
    sha256: str
    digits: str
    authorities: tuple[Authority, ...] = ()
    lists: tuple[bytes, ...] = ()

    @property
    def policy(self) -> TrustPolicy:
        """The [policy] of the trust file."""
        return self.file.policy


class SignatureForm(Enum):
    """How a signature is kept."""

    DSSE = "dsse"
    SSHSIG = "sshsig"


@light_dataclass(frozen=True, slots=True)
class Signer:
    """Who signed: the name of the key in the trust file (None where it is not in it), and its fingerprint."""

    name: str | None
    fingerprint: str
    form: SignatureForm


@light_dataclass(frozen=True, slots=True)
class SealVerdict:
    """What is known of one seal.

    `proven` is the time of the k-th earliest stamp by different operators (None until so many hold), `until` the first
    end of a certificate behind the stamps that hold, `digest` the SHA-512 of stamped.sha512 in hex. `signers` are those
    whose signature holds, `covers` the paths of its statement.
    """

    number: int
    reason: Reason | None = None
    claimed: datetime | None = None
    proven: datetime | None = None
    until: datetime | None = None
    digest: str | None = None
    signers: tuple[Signer, ...] = ()
    stamps: tuple[StampVerdict, ...] = ()
    covers: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@light_dataclass(frozen=True, slots=True)
class SealReceipt:
    """A receipt line: `muniment-seal/1 LEDGER NUMBER DIGEST TIME`; `ledger` is None where the line has a hyphen."""

    number: int
    digest: str
    time: datetime
    ledger: str | None = None


@light_dataclass(frozen=True, slots=True)
class VerificationReport:
    """What `archive verify` says of a bag. `at` is the time that was taken for now.

    `expected` is how many seals the ledger knows, None where no ledger holds the bag. `findings` are those of the
    validation, the seals and the expectations together.
    """

    bag: str
    at: datetime
    trust: Trust | None = None
    expected: int | None = None
    seals: tuple[SealVerdict, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    @property
    def outcome(self) -> Outcome:
        """Damage outweighs what could not be checked."""
        return outcome_of(self.findings)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that count under --strict."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARNING)

    @property
    def ok(self) -> bool:
        """True when the bag is sealed and intact."""
        return self.outcome is Outcome.INTACT
