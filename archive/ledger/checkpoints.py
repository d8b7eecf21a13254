"""Checkpoints of a ledger's chain, and proofs that its events are under one: RFC 9162 over the hashes of all links.

The links are the rows of the table `seals`. The tree is computed from that table each time; nothing of it is stored.
"""

from __future__ import annotations

import json

from archive.errors import FormatError, LedgerError
from archive.formats.merkle import MerkleTree, verify_consistency, verify_inclusion
from archive.ledger.backend import Backend
from archive.ledger.book import Ledger
from archive.ledger.chain import TREE_HASH, Witness, event_line, find_witnesses, leaf_of, seal_hash
from archive.ledger.inventory import raw_bytes
from archive.ledger.seal_events import SEALED
from archive.model.inclusion import InclusionProof, LinkHeader, ProvenEntry, RecordedEntry
from archive.model.light import light_dataclass


@light_dataclass(frozen=True)
class Checkpoint:
    """The chain's end at some moment, and how it continues an earlier checkpoint.

    `proof` is the consistency proof from `earlier` on (RFC 9162 2.1.4), empty without one.
    """

    witness: Witness
    earlier: Witness | None = None
    proof: tuple[bytes, ...] = ()


def make_checkpoint(ledger: Ledger, stamp: str, earlier: Witness | None = None) -> Checkpoint | None:
    """The checkpoint of the chain as it is now; `stamp` is the time as xs:dateTime.

    None when the chain does not continue `earlier`, a witness with a root: it was rewritten since. Raises
    `LedgerError` for a chain with gaps.
    """
    hashes = _link_hashes(ledger.backend)
    tree = _tree_of(hashes)
    head = hashes[-1] if hashes else "0" * 64
    witness = Witness(ledger.id, len(hashes), head, stamp, tree.root.hex())
    if earlier is None or not earlier.number:
        return Checkpoint(witness)
    if earlier.number > len(hashes) or hashes[earlier.number - 1] != earlier.hash:
        return None
    proof = tree.consistency_proof(earlier.number)
    if not verify_consistency(
        earlier.number, bytes.fromhex(earlier.root), len(hashes), tree.root, proof, new=TREE_HASH
    ):
        return None
    return Checkpoint(witness, earlier, tuple(proof))


def prove_seals(ledger: Ledger, holding: int, checkpoint: Witness | None, folder: str = "") -> InclusionProof | None:
    """The proof that the ledger recorded the seals of a holding: the newest event of each. None where it has none.

    The tree is that of `checkpoint` (a witness with a root, whose sealed form is in `folder`) where it covers all these
    events, else that of the whole chain, for which no one outside vouches. Raises `LedgerError` for a chain with gaps,
    or one that is not the checkpoint's.
    """
    events = _newest_seal_events(ledger.backend, holding)
    if not events:
        return None
    entries = [(line, _link_of(ledger.backend, seq)) for seq, line in events]
    hashes = _link_hashes(ledger.backend)
    covers = checkpoint is not None and max(link.number for _line, link in entries) <= checkpoint.number <= len(hashes)
    size = checkpoint.number if checkpoint is not None and covers else len(hashes)
    tree = _tree_of(hashes[:size])
    if checkpoint is not None and covers and tree.root.hex() != checkpoint.root:
        raise LedgerError(
            "the chain is not the one of which a checkpoint was made", subject=checkpoint.line(),
            remedy="Run: archive audit verify --witness FILE",
        )  # fmt: skip
    proven = tuple(ProvenEntry(line, link, tuple(tree.inclusion_proof(link.number - 1))) for line, link in entries)
    line = checkpoint.line() if checkpoint is not None and covers else ""
    return InclusionProof(ledger.id, size, tree.root, proven, line, folder if line else "")


def judge_inclusion(proof: InclusionProof) -> tuple[RecordedEntry, ...]:
    """What the events of a proof say of a bag's seals, after every hash was computed again, up to the checkpoint.

    Nothing here says whether the checkpoint itself may be believed: its seal does. Raises `FormatError` when the proof
    does not hold.
    """
    if proof.checkpoint:
        found = find_witnesses(proof.checkpoint)
        if len(found) != 1 or found[0].line() != proof.checkpoint:
            raise FormatError("the checkpoint is not one witness line")
        if (found[0].ledger, found[0].number, found[0].root) != (proof.ledger, proof.size, proof.root.hex()):
            raise FormatError("the checkpoint has another tree than the proof")
    if not proof.entries:
        raise FormatError("the proof has no entries")
    return tuple(_judge_entry(proof, entry) for entry in proof.entries)


def holds_entries(ledger: Ledger, proof: InclusionProof) -> str:
    """Whether this ledger holds the entries of a proof that holds in itself: why not in words, empty when it does."""
    if proof.ledger != ledger.id:
        return "it is of another ledger"
    for entry in proof.entries:
        number = entry.link.number
        rows = ledger.backend.query("SELECT hash FROM seals WHERE number = ?", (number,))
        if not rows or rows[0][0] != _hash_of(entry):
            return f"the ledger has another entry at {number}"
    hashes = _link_hashes(ledger.backend)[: proof.size]
    if len(hashes) < proof.size or _tree_of(hashes).root != proof.root:
        return "the tree of the ledger has another root"
    return ""


def _hash_of(entry: ProvenEntry) -> str:
    link = entry.link
    return seal_hash(
        number=link.number, kind=link.kind, subject=link.subject, first=link.first, last=link.last,
        sealed=link.sealed, previous=link.previous, lines=[entry.line],
    )  # fmt: skip


def _judge_entry(proof: InclusionProof, entry: ProvenEntry) -> RecordedEntry:
    link = entry.link
    leaf = bytes.fromhex(_hash_of(entry))
    if not verify_inclusion(leaf, link.number - 1, proof.size, entry.path, proof.root, new=TREE_HASH):
        raise FormatError(f"entry {link.number} is not under the root of the tree")
    try:
        head, end = json.JSONDecoder().raw_decode(entry.line.decode("ascii"))
        detail = json.loads(entry.line[end + 1 :])
        kind, recorded = (
            head[2],
            RecordedEntry(detail["seal"], detail["stamped"], detail["tag_digest"], bool(detail.get("complete"))),
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise FormatError(f"entry {link.number} does not tell of a seal") from None
    texts = (recorded.stamped, recorded.tag_digest)
    place = (link.kind, link.subject, link.first, link.last) == ("event", head[0], head[0], head[0])
    if not place or kind != SEALED or type(recorded.seal) is not int or not all(isinstance(one, str) for one in texts):
        raise FormatError(f"entry {link.number} does not tell of a seal")
    return recorded


def _newest_seal_events(backend: Backend, holding: int) -> list[tuple[int, bytes]]:
    """Number and line of the newest event of each seal of the holding, by number of the seal."""
    newest: dict[object, tuple[int, bytes]] = {}
    for seq, happened, outcome, raw in backend.query(
        "SELECT seq, happened, outcome, detail FROM events WHERE holding = ? AND kind = ? ORDER BY seq",
        (holding, SEALED),
    ):
        detail = raw_bytes(raw)
        line = event_line(seq, holding, SEALED, happened, outcome, detail)
        newest[json.loads(detail).get("seal")] = (seq, line)
    return list(newest.values())


def _link_of(backend: Backend, seq: int) -> LinkHeader:
    rows = backend.query(
        "SELECT number, kind, subject, first_seq, last_seq, sealed, previous FROM seals WHERE first_seq = ?"
        " AND kind = 'event'",
        (seq,),
    )
    if not rows:
        raise _broken()
    return LinkHeader(*rows[0])


def _link_hashes(backend: Backend) -> list[str]:
    """The hashes of all links, by number. Raises `LedgerError` where one is missing."""
    rows = backend.query("SELECT number, hash FROM seals ORDER BY number")
    if rows and (rows[0][0], rows[-1][0]) != (1, len(rows)):
        raise _broken()
    return [row[1] for row in rows]


def _tree_of(hashes: list[str]) -> MerkleTree:
    return MerkleTree(map(leaf_of, hashes), TREE_HASH)


def _broken() -> LedgerError:
    return LedgerError("the chain of the ledger has gaps", remedy="Run: archive audit verify")
