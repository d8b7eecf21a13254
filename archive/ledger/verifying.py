"""Proving the chain: every seal is computed again from the rows it covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.errors import UsageError
from archive.ledger.backend import Backend, Row
from archive.ledger.book import Ledger
from archive.ledger.chain import GENESIS, Witness, check_line, event_line, seal_hash
from archive.ledger.sealing import read_head
from archive.model.codes import audit as codes
from archive.model.finding import Finding

_PAGE = 500
MAX_FINDINGS = 1000


@dataclass(frozen=True, slots=True)
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
            raise UsageError("this witness is of another ledger", subject=witness.line()[:80])
    backend = ledger.backend
    findings: list[Finding] = []
    seen: dict[int, str] = {0: GENESIS}
    wanted = {witness.number for witness in witnesses}
    number, digest, seq = 0, GENESIS, 0
    counts = {"checks": 0, "event": 0}
    while rows := backend.query(
        "SELECT number, kind, subject, first_seq, last_seq, sealed, previous, hash FROM seals WHERE number > ?"
        " ORDER BY number LIMIT ?",
        (number, _PAGE),
    ):
        for row in rows:
            reason = _judge(backend, row, number, digest, seq)
            if reason and len(findings) < MAX_FINDINGS:
                findings.append(codes.CHAIN_BROKEN.at(str(row[0]), reason=reason))
            number, digest, seq = row[0], row[7], row[4]
            counts[row[1]] = counts.get(row[1], 0) + row[4] - row[3] + 1
            if number in wanted:
                seen[number] = digest
    findings += _judge_ends(backend, number, seq)
    findings += _judge_witnesses(witnesses, seen, number)
    return ChainProof(ledger.id, number, counts["checks"], counts["event"], digest, len(witnesses), tuple(findings))


def _judge(backend: Backend, row: Row, number: int, digest: str, seq: int) -> str | None:
    """Why this seal does not fit after the one before (number, hash, last seq), or None."""
    this, kind, subject, first, last, sealed, previous, recorded = row
    if this != number + 1:
        return f"seals {number + 1} to {this - 1} are gone"
    if previous != digest:
        return "it does not follow the seal before it"
    if first != seq + 1 or last < first - 1:
        return f"it begins with entry {first} instead of {seq + 1}"
    lines = _check_lines(backend, subject, first, last) if kind == "checks" else _event_lines(backend, first, last)
    if len(lines) != last - first + 1:
        return f"it covers {last - first + 1} entries and {len(lines)} are there"
    computed = seal_hash(
        number=this, kind=kind, subject=subject, first=first, last=last, sealed=sealed, previous=previous, lines=lines
    )
    return None if computed == recorded else "an entry under it, or the seal itself, was changed"


def _check_lines(backend: Backend, batch: int, first: int, last: int) -> list[bytes]:
    return [
        check_line(
            seq, of, item, outcome, checked, size, _bytes(found), _bytes(note), holding, _raw(path), _raw(expected)
        )
        for seq, of, item, outcome, checked, size, found, note, holding, path, expected in backend.query(
            "SELECT c.seq, c.batch, c.item, c.outcome, c.checked, c.size, c.found, c.note, i.holding, i.path, i.digests"
            " FROM checks c JOIN items i ON i.id = c.item WHERE c.seq BETWEEN ? AND ? ORDER BY c.seq",
            (first, last),
        )
        if of == batch
    ]


def _event_lines(backend: Backend, first: int, last: int) -> list[bytes]:
    return [
        event_line(seq, holding, kind, happened, outcome, _raw(detail))
        for seq, holding, kind, happened, outcome, detail in backend.query(
            "SELECT seq, holding, kind, happened, outcome, detail FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq",
            (first, last),
        )
    ]


def _judge_ends(backend: Backend, number: int, seq: int) -> list[Finding]:
    """Entries after the last seal, which nothing vouches for."""
    loose = sum(
        int(backend.query(f"SELECT count(*) FROM {table} WHERE seq > ?", (seq,))[0][0])
        for table in ("checks", "events")
    )
    total = sum(int(backend.query(f"SELECT count(*) FROM {table}")[0][0]) for table in ("checks", "events"))
    findings = []
    if loose:
        findings.append(codes.CHAIN_BROKEN.at(str(number), reason=f"{loose} entries come after it without a seal"))
    elif total != seq:
        findings.append(codes.CHAIN_BROKEN.at(str(number), reason=f"{total} entries are there instead of {seq}"))
    return findings


def _judge_witnesses(witnesses: Sequence[Witness], seen: dict[int, str], number: int) -> list[Finding]:
    findings = []
    agreed = [one for one in witnesses if seen.get(one.number) == one.hash]
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
    return None if value is None else _raw(value)


def _raw(value: object) -> bytes:
    """The bytes of a column, also where somebody put something else than bytes into it."""
    return bytes(value) if isinstance(value, (bytes, memoryview)) else b"?" + str(value).encode("utf-8", "replace")
