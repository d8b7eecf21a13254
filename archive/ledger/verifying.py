"""Proving the chain: every seal is computed again from the rows it covers."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence

from archive.errors import UsageError
from archive.formats.merkle import GrowingRoot
from archive.ledger.appending import read_head
from archive.ledger.backend import Backend, Row
from archive.ledger.book import Ledger
from archive.ledger.chain import (
    GENESIS,
    TREE_HASH,
    Witness,
    check_line,
    event_line,
    intact_line,
    leaf_of,
    seal_hash,
)
from archive.ledger.inventory import FIRST_ITEM, ITEMS_DIGEST, LAST_NUMBER, inventory_digest, raw_bytes
from archive.ledger.item_ranges import count, read_ranges
from archive.ledger.old_sentences import split_sentence
from archive.ledger.seal_events import SEALED
from archive.model.codes import audit as codes
from archive.model.finding import Finding
from archive.model.light import light_dataclass

_PAGE = 500
MAX_FINDINGS = 1000


@light_dataclass(frozen=True)
class ChainProof:
    """What the proof of a chain gave: the seals, checks and events it covers, and every place that does not fit."""

    ledger: str
    seals: int
    checks: int
    events: int
    head: str
    witnesses: int
    findings: tuple[Finding, ...]


def make_witness(ledger: Ledger, stamp: str) -> Witness:
    """A witness of the chain's end, with the present time as xs:dateTime."""
    head = read_head(ledger.backend)
    return Witness(ledger.id, head.number, head.hash, stamp)


def verify_chain(ledger: Ledger, witnesses: Sequence[Witness] = ()) -> ChainProof:
    """Prove the whole chain, and that it holds what the witnesses saw. Raises `UsageError` on another's witness."""
    for witness in witnesses:
        if witness.ledger != ledger.id:
            raise UsageError("this witness belongs to a different ledger", subject=witness.line()[:80])
    backend = ledger.backend
    inventoried: set[int] = set()
    findings: list[Finding] = []
    growing = GrowingRoot(TREE_HASH)
    seen = {0: (GENESIS, growing.root().hex())}
    wanted = {witness.number for witness in witnesses}
    rooted = any(witness.root for witness in witnesses)
    number, digest, seq = 0, GENESIS, 0
    counts = {"checks": 0, "event": 0}
    while rows := backend.query(
        "SELECT number, kind, subject, first_seq, last_seq, sealed, previous, hash FROM seals WHERE number > ?"
        " ORDER BY number LIMIT ?",
        (number, _PAGE),
    ):
        for row in rows:
            reason = _judge(backend, row, number, digest, seq, inventoried)
            if reason and len(findings) < MAX_FINDINGS:
                findings.append(codes.CHAIN_BROKEN.at(str(row[0]), reason=reason))
            number, digest, seq = row[0], row[7], row[4]
            counts[row[1]] = counts.get(row[1], 0) + row[4] - row[3] + 1
            if rooted:
                growing.add(leaf_of(digest))
            if number in wanted:
                seen[number] = (digest, growing.root().hex())
    findings += _judge_ends(backend, number, seq)
    findings += _judge_witnesses(witnesses, seen, number)
    return ChainProof(ledger.id, number, counts["checks"], counts["event"], digest, len(witnesses), tuple(findings))


def _judge(backend: Backend, row: Row, number: int, digest: str, seq: int, inventoried: set[int]) -> str | None:
    """Why this seal does not fit after the one before (number, hash, last seq), or None.

    `inventoried` are the holdings of whose files a seal was seen; one that this event seals is added.
    """
    this, kind, subject, first, last, sealed, previous, recorded = row
    if this != number + 1:
        return f"seals {number + 1} to {this - 1} are gone"
    if previous != digest:
        return "it does not follow the seal before it"
    if first != seq + 1 or last < first - 1:
        return f"it begins with entry {first} instead of {seq + 1}"
    if kind == "checks":
        spans = _intact_rows(backend, subject, first, last)
        if not {row[3] for row in spans} <= inventoried:
            return "nothing before it seals the files of a holding that it names"
        lines = [
            intact_line(low, high, of, holding, checked, str(items).encode("ascii", "replace"))
            for low, high, of, holding, checked, items in spans
        ]
        lines += _check_lines(backend, subject, first, last)
        covered = sum(map(_entries_of, spans)) + len(lines) - len(spans)
    else:
        events = _events(backend, first, last)
        lines = [
            event_line(one, holding, what, happened, outcome, raw_bytes(detail))
            for one, holding, what, happened, outcome, detail in events
        ]
        covered = len(lines)
        if reason := _judge_inventories(backend, events, inventoried):
            return reason
    if covered != last - first + 1:
        return f"it covers {last - first + 1} entries and {covered} are there"
    computed = seal_hash(
        number=this, kind=kind, subject=subject, first=first, last=last, sealed=sealed, previous=previous, lines=lines
    )
    return None if computed == recorded else "an entry under it, or the seal itself, was changed"


def _intact_rows(backend: Backend, batch: int, first: int, last: int) -> list[Row]:
    """First and last number, batch, holding, time and items of each row of intact files under a seal."""
    return [
        row
        for row in backend.query(
            "SELECT first_seq, last_seq, batch, holding, checked, items FROM intact_checks"
            " WHERE first_seq BETWEEN ? AND ? ORDER BY first_seq",
            (first, last),
        )
        if row[2] == batch
    ]


def _entries_of(row: Row) -> int:
    """How many files a row of intact files vouches for; -1 when it does not say the same twice."""
    with contextlib.suppress(ValueError):
        if count(read_ranges(row[5])) == row[1] - row[0] + 1:
            return int(row[1] - row[0] + 1)
    return -1


def _judge_inventories(backend: Backend, events: Sequence[Row], inventoried: set[int]) -> str | None:
    """Are the files of a holding still recorded as they were sealed? Why not, or None."""
    for _seq, holding, _kind, _happened, _outcome, detail in events:
        sealed = None
        with contextlib.suppress(ValueError, AttributeError):
            sealed = json.loads(raw_bytes(detail)).get(ITEMS_DIGEST)
        if sealed is None:
            continue
        inventoried.add(holding)
        first, last = _items_under(backend, holding, detail)
        if inventory_digest(backend, holding, first, last) != sealed:
            return f"the path, size or digest of a file of holding {holding} was changed since it was sealed"
    return None


def _items_under(backend: Backend, holding: int, detail: object) -> tuple[int, int]:
    """First and last number of the items under an event's digest: to where the next event that enters files begins."""
    first = _first_item(detail)
    firsts = [
        _first_item(later)
        for (later,) in backend.query("SELECT detail FROM events WHERE holding = ? AND kind = ?", (holding, SEALED))
    ]
    return first, min((one - 1 for one in firsts if one > first), default=LAST_NUMBER)


def _first_item(detail: object) -> int:
    with contextlib.suppress(ValueError, AttributeError, TypeError):
        return int(json.loads(raw_bytes(detail)).get(FIRST_ITEM, 0))
    return 0


def _check_lines(backend: Backend, batch: int, first: int, last: int) -> list[bytes]:
    return [
        check_line(
            seq,
            of,
            item,
            outcome,
            checked,
            size,
            _bytes(found),
            _bytes(note),
            holding,
            raw_bytes(path),
            raw_bytes(expected),
            _sealed_cause(outcome, _bytes(note), cause),
        )
        for seq, of, item, outcome, checked, size, found, note, holding, path, expected, cause in backend.query(
            "SELECT c.seq, c.batch, c.item, c.outcome, c.checked, c.size, c.found, c.note, i.holding, i.path,"
            " i.digests, c.cause FROM checks c JOIN items i ON i.id = c.item"
            " WHERE c.seq BETWEEN ? AND ? ORDER BY c.seq",
            (first, last),
        )
        if of == batch
    ]


def _sealed_cause(outcome: int, note: bytes | None, cause: int | None) -> int | None:
    """The cause as the check's line seals it: none where the migration read it from the note, which is sealed."""
    if cause is None:
        return None
    with contextlib.suppress(ValueError, AttributeError):
        if split_sentence(outcome, note)[0] == cause:
            return None
    return cause


def _events(backend: Backend, first: int, last: int) -> list[Row]:
    return backend.query(
        "SELECT seq, holding, kind, happened, outcome, detail FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq",
        (first, last),
    )


def _judge_ends(backend: Backend, number: int, seq: int) -> list[Finding]:
    """Entries after the last seal, which nothing vouches for."""
    loose = total = 0
    for table, counted, number_column in (
        ("checks", "count(*)", "seq"),
        ("events", "count(*)", "seq"),
        ("intact_checks", "COALESCE(sum(last_seq - first_seq + 1), 0)", "first_seq"),
    ):
        total += int(backend.query(f"SELECT {counted} FROM {table}")[0][0])
        loose += int(backend.query(f"SELECT {counted} FROM {table} WHERE {number_column} > ?", (seq,))[0][0])
    findings = []
    if loose:
        findings.append(codes.CHAIN_BROKEN.at(str(number), reason=f"{loose} entries come after it without a seal"))
    elif total != seq:
        findings.append(codes.CHAIN_BROKEN.at(str(number), reason=f"{total} entries are there instead of {seq}"))
    return findings


def _judge_witnesses(witnesses: Sequence[Witness], seen: dict[int, tuple[str, str]], number: int) -> list[Finding]:
    """`seen` are the hash of each seal that a witness names, and the root of the tree up to it."""
    findings = []
    agreed = [
        one for one in witnesses if (there := seen.get(one.number)) and (one.hash, one.root) in (there, (there[0], ""))
    ]
    for witness in witnesses:
        if witness in agreed:
            continue
        before = max((one.number for one in agreed if one.number < witness.number), default=0)
        reach = f"what was sealed from {before + 1} to {witness.number} was rewritten after {witness.time}"
        if witness.number > number:
            reach = f"the chain ends at seal {number}; seals up to {witness.number} were taken out after {witness.time}"
        findings.append(codes.WITNESS_DISAGREES.at(str(witness.number), reason=reach))
    return findings


def _bytes(value: object) -> bytes | None:
    return None if value is None else raw_bytes(value)
