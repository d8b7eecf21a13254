"""The hash chain over all that a ledger records, and the witness line that lets others check it.

Each batch of checks and each event gets a seal: SHA-256 over the canonical lines of what it seals, its own header and
the hash of the seal before. Seals are numbered without gaps. A witness line names one seal; published or mailed, it
shows later whether the chain up to there was rewritten. Pure functions: nothing here asks a database.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from archive.errors import UsageError
from archive.formats.merkle import Hash
from archive.model.light import light_dataclass

GENESIS = "0" * 64
TREE_HASH: Hash = hashlib.sha256
"""The hash of the Merkle tree over the chain: its leaf i, from 0, is the hash of seal i + 1, as bytes."""
_TIME = r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)"
_WITNESS = re.compile(
    rf"muniment-witness/(?:1 ([0-9a-f-]{{36}}) ([0-9]{{1,18}}) ([0-9a-f]{{64}})|"
    rf"2 ([0-9a-f-]{{36}}) ([0-9]{{1,18}}) ([0-9a-f]{{64}}) ([0-9a-f]{{64}})) {_TIME}(?![0-9A-Za-z])"
)


@light_dataclass(frozen=True)
class Witness:
    """Seal `number` of the ledger `ledger` had `hash` at `time`.

    `root` is that of the tree over the hashes of all seals up to there (see `TREE_HASH`), lower-case hex; it
    is empty in a line of version 1.
    """

    ledger: str
    number: int
    hash: str
    time: str
    root: str = ""

    def line(self) -> str:
        if not self.root:
            return f"muniment-witness/1 {self.ledger} {self.number} {self.hash} {self.time}"
        return f"muniment-witness/2 {self.ledger} {self.number} {self.hash} {self.root} {self.time}"


def find_witnesses(text: str) -> list[Witness]:
    """Every witness line in `text`, such as a file of lines or a mail, in its order."""
    return [
        Witness(one[1], int(one[2]), one[3], one[8]) if one[1] else Witness(one[4], int(one[5]), one[6], one[8], one[7])
        for one in _WITNESS.finditer(text)
    ]


def parse_witness(text: str) -> Witness:
    """The first witness in `text`, which may be within a longer line such as a mail's. Raises `UsageError`."""
    found = find_witnesses(text)
    if not found:
        raise UsageError(
            "this is not a witness line", subject=text.strip()[:80],
            remedy="It has the form that `archive audit witness` prints",
        )  # fmt: skip
    return found[0]


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
    note: bytes | None, holding: int, path: bytes, expected: bytes, cause: int | None = None,
) -> bytes:  # fmt: skip
    """One check as it is sealed: also the file's path and expected digests, so that those cannot change later.

    A `cause` comes last, and only where there is one: lines written before causes had a column stay as they were.
    """
    found, note = found or b"", note or b""
    line = b"%d %d %d %d %d %b %d %d:%b %d:%b %d:%b %d:%b" % (
        seq, batch, item, outcome, checked, b"-" if size is None else b"%d" % size, holding,
        len(path), path, len(expected), expected, len(found), found, len(note), note,
    )  # fmt: skip
    return line if cause is None else line + b" cause %d" % cause


def intact_line(first: int, last: int, batch: int, holding: int, checked: int, items: bytes) -> bytes:
    """The checks of a batch that found files of one holding intact, as they are sealed: `items` are their numbers.

    What each number stands for is sealed with the holding (`archive.ledger.inventory`).
    """
    return b"intact %d %d %d %d %d %b" % (first, last, batch, holding, checked, items)


def event_line(seq: int, holding: int | None, kind: str, happened: int, outcome: str, detail: bytes) -> bytes:
    """One event as it is sealed."""
    head = json.dumps([seq, holding, kind, happened, outcome], ensure_ascii=True)
    return head.encode("ascii") + b" " + detail


def encode_detail(detail: dict[str, Any]) -> bytes:
    """An event's details as canonical JSON in ASCII: bytes that are not UTF-8 survive as lone surrogates."""
    return json.dumps(detail, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def leaf_of(link_hash: str) -> bytes:
    """The leaf for the hash of a seal: its bytes; or the text's where a damaged ledger holds no hexadecimal digits."""
    try:
        return bytes.fromhex(link_hash)
    except ValueError:
        return link_hash.encode("utf-8", "replace")
