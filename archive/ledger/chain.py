"""The hash chain over all that a ledger records, and the witness line that lets others hold us to it.

Each batch of checks and each event gets a seal: SHA-256 over the canonical lines of what it seals, its own header and
the hash of the seal before. Seals are numbered without gaps. A witness line names one seal; published or mailed, it
shows later whether the chain up to there was written anew. Pure functions: nothing here asks a database.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from archive.errors import UsageError

GENESIS = "0" * 64
_WITNESS = re.compile(
    r"muniment-witness/1 ([0-9a-f-]{36}) ([0-9]{1,18}) ([0-9a-f]{64}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"
)


@dataclass(frozen=True, slots=True)
class Witness:
    """Seal `number` of the ledger `ledger` had `hash` at `time`."""

    ledger: str
    number: int
    hash: str
    time: str

    def line(self) -> str:
        return f"muniment-witness/1 {self.ledger} {self.number} {self.hash} {self.time}"


def parse_witness(text: str) -> Witness:
    """The witness in `text`, which may stand in a longer line such as a mail's. Raises `UsageError`."""
    match = _WITNESS.search(text)
    if match is None:
        raise UsageError(
            "this is no witness line", subject=text.strip()[:80],
            remedy="It has the form that `archive audit witness` prints",
        )  # fmt: skip
    return Witness(match[1], int(match[2]), match[3], match[4])


def seal_hash(
    *, number: int, kind: str, subject: int, first: int, last: int, sealed: int, previous: str, lines: Iterable[bytes]
) -> str:
    """The hash of one seal, lower-case hex, over its header and `lines`, each with its length before it."""
    header = json.dumps([number, kind, subject, first, last, sealed, previous]).encode("ascii")
    digest = hashlib.sha256(b"muniment seal 1\n" + header + b"\n")
    digest.update(b"".join(b"%d:%s\n" % (len(line), line) for line in lines))
    return digest.hexdigest()


def check_line(
    seq: int, batch: int, item: int, outcome: int, checked: int, size: int | None, found: bytes | None,
    note: bytes | None, holding: int, path: bytes, expected: bytes,
) -> bytes:  # fmt: skip
    """One check as it is sealed: also the file's path and expected digests, so that those cannot change later."""
    found, note = found or b"", note or b""
    return b"%d %d %d %d %d %b %d %d:%b %d:%b %d:%b %d:%b" % (
        seq, batch, item, outcome, checked, b"-" if size is None else b"%d" % size, holding,
        len(path), path, len(expected), expected, len(found), found, len(note), note,
    )  # fmt: skip


def event_line(seq: int, holding: int | None, kind: str, happened: int, outcome: str, detail: bytes) -> bytes:
    """One event as it is sealed."""
    head = json.dumps([seq, holding, kind, happened, outcome], ensure_ascii=True)
    return head.encode("ascii") + b" " + detail


def encode_detail(detail: dict[str, Any]) -> bytes:
    """An event's details as canonical JSON in ASCII: bytes that are no UTF-8 survive as lone surrogates."""
    return json.dumps(detail, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode("ascii")
