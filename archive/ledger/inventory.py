"""What a ledger knows of the files of a holding, under a digest that is sealed when they are entered.

Checks name files by their numbers alone. What a number stands for, its path, size and expected digests, is sealed once:
the event with which files were entered bears a SHA-256 over all of them. Most files are entered with their bag; those
of an evidence seal that is made later follow, with an event that also names the number of the first of them.
"""

from __future__ import annotations

import hashlib

from archive.ledger.backend import Backend

ITEMS_DIGEST = "items_sha256"
"""The name of the digest among an event's details."""

FIRST_ITEM = "items_first"
"""The name, among an event's details, of the number of the first item under the digest; 0 where it is not there."""

LAST_NUMBER = (1 << 63) - 1

SEAL_FILES = {
    "sqlite": "path >= x'7365616c2f' AND path < x'7365616c30'",
    "postgresql": r"path >= '\x7365616c2f'::bytea AND path < '\x7365616c30'::bytea",
}
"""The condition for items below seal/, by the kind of database: that of an index, word for word."""

_PAGE = 2_000


def inventory_digest(backend: Backend, holding: int, first: int = 0, last: int = LAST_NUMBER) -> str:
    """SHA-256, lower-case hex, over the items of the holding with numbers from `first` to `last`, in their order."""
    digest = hashlib.sha256(b"muniment items 1\n")
    number = first - 1
    while rows := backend.query(
        "SELECT id, size, path, digests FROM items WHERE holding = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?",
        (holding, number, last, _PAGE),
    ):
        number = rows[-1][0]
        digest.update(b"".join([_line(*row) for row in rows]))
    return digest.hexdigest()


def _line(number: int, size: object, stored_path: object, stored_digests: object) -> bytes:
    path, digests = raw_bytes(stored_path), raw_bytes(stored_digests)
    return b"%d %b %d:%b %d:%b\n" % (
        number,
        str(size).encode("utf-8", "replace"),
        len(path),
        path,
        len(digests),
        digests,
    )


def raw_bytes(value: object) -> bytes:
    """The bytes of a column, also where someone put something other than bytes into it."""
    return bytes(value) if isinstance(value, (bytes, memoryview)) else b"?" + str(value).encode("utf-8", "replace")
