"""The proof that a ledger recorded the seals of a bag, which anyone can check without that ledger."""

from __future__ import annotations

from archive.model.finding import Finding
from archive.model.light import light_dataclass
from archive.model.seal import SealReceipt


@light_dataclass(frozen=True)
class LinkHeader:
    """The header of a link of a ledger's chain, as it is hashed. `sealed` is Unix time, `previous` a hash in hex."""

    number: int
    kind: str
    subject: int
    first: int
    last: int
    sealed: int
    previous: str


@light_dataclass(frozen=True)
class ProvenEntry:
    """One event of a ledger: its line, the header of its link, and the path from there to the root of the tree."""

    line: bytes
    link: LinkHeader
    path: tuple[bytes, ...]


@light_dataclass(frozen=True)
class InclusionProof:
    """Events of the ledger `ledger`, each under the root of a tree over the first `size` links of its chain.

    `checkpoint` is the witness line with this root, empty where there was none yet: then no one outside vouches for the
    root. `folder` is the sealed checkpoint, relative to the file of this proof.
    """

    ledger: str
    size: int
    root: bytes
    entries: tuple[ProvenEntry, ...]
    checkpoint: str = ""
    folder: str = ""


@light_dataclass(frozen=True)
class RecordedEntry:
    """What a proven event says of a seal: the SHA-512 of its stamped.sha512 (hex), and that of the tag manifests.

    `complete` says that it was seen with enough stamps.
    """

    seal: int
    stamped: str
    tag_digest: str
    complete: bool


@light_dataclass(frozen=True)
class ProvenExpectation:
    """What a receipt line or a proof of inclusion expects of a bag.

    `receipts` name the seals that must be there, `complete` are the numbers of those that were seen with enough stamps.
    `findings` say what is wrong with the proof itself.
    """

    receipts: tuple[SealReceipt, ...] = ()
    complete: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()


NOTHING_EXPECTED = ProvenExpectation()
"""Where neither a receipt line nor a proof was given."""
