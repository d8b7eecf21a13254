"""Regular manifest lines, taken apart many at a time.

A line is regular when it is a digest of the expected length, two spaces and a path below data/ that needs no decoding
and cannot be unsafe. Everything else is for `archive.formats.manifest`, which names what is irregular. This module
loads nothing else of the package, so that a worker process starts quickly.
"""

from __future__ import annotations

from binascii import Error as HexError
from binascii import unhexlify
from struct import unpack

MAX_LINE = 1 << 17
"""The longest line that is read, in bytes."""

_ENCODED = (b"%", b"\\", b"\x00", b"\r")
_UNSAFE = (b"//", b"/.", b"/\n")
"""Where none of these occurs, every path under data/ is safe and needs no decoding."""


def take_apart(
    data: bytes, length: int, known: list[bytes] | None = None
) -> tuple[tuple[bytes, ...], list[bytes]] | None:
    """The digests of these lines, and what follows each: two spaces and its path. None unless every line is regular.

    `data` is whole lines, the last perhaps without its end; `length` is the digest's in bytes. `known` are regular
    ends of lines: then None also unless the lines end as these do.
    """
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    width = 2 * length
    ends = [line[width:] for line in lines]
    if ends != known and (known is not None or not _are_regular(data, ends)):
        return None
    try:
        digests = unhexlify(b"".join([line[:width] for line in lines]))
    except HexError:
        return None
    return (unpack(f"{length}s" * len(lines), digests), ends) if len(digests) == length * len(lines) else None


def _are_regular(data: bytes, ends: list[bytes]) -> bool:
    joined = b"\n" + b"\n".join(ends) + b"\n"
    return (
        joined.count(b"\n  data/") == len(ends) > 0
        and not any(mark in data for mark in _ENCODED)
        and not any(mark in joined for mark in _UNSAFE)
        and (len(joined) <= MAX_LINE or max(map(len, ends)) <= MAX_LINE)
    )
