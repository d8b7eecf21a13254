"""Digests as a ledger stores them: one byte for the algorithm, then the raw digest, again and again."""

from __future__ import annotations

from collections.abc import Iterable

from archive.errors import LedgerError
from archive.model.audit import DigestPairs

_NUMBERS = {
    "md5": (1, 16), "sha1": (2, 20), "sha224": (3, 28), "sha256": (4, 32), "sha384": (5, 48), "sha512": (6, 64),
    "sha3224": (7, 28), "sha3256": (8, 32), "sha3384": (9, 48), "sha3512": (10, 64), "blake2b": (11, 64),
    "blake2s": (12, 32),
}  # fmt: skip
_NAMES = {number: (name, length) for name, (number, length) in _NUMBERS.items()}
_USUAL = ("sha256", "sha512")


def pack_digests(digests: DigestPairs) -> bytes:
    """`digests` as bytes, in the order of the algorithms' numbers. Raises `LedgerError` on an unknown algorithm."""
    parts = []
    for name, text in digests:
        if name not in _NUMBERS:
            raise LedgerError("the ledger has no number for this algorithm", subject=name)
        number, length = _NUMBERS[name]
        raw = bytes.fromhex(text)
        if len(raw) != length:
            raise LedgerError(f"a {name} digest has {length} bytes, this one {len(raw)}")
        parts.append(bytes((number,)) + raw)
    return b"".join(sorted(parts))


def unpack_digests(packed: bytes) -> DigestPairs:
    """The digests that `pack_digests` packed. Raises `LedgerError` when the bytes are anything else."""
    digests, at = [], 0
    while at < len(packed):
        if packed[at] not in _NAMES:
            raise LedgerError("a digest in the ledger has an unknown algorithm", subject=str(packed[at]))
        name, length = _NAMES[packed[at]]
        raw = packed[at + 1 : at + 1 + length]
        if len(raw) != length:
            raise LedgerError("a digest in the ledger is cut off", subject=name)
        digests.append((name, raw.hex()))
        at += 1 + length
    return tuple(digests)


def split_digests(packed: bytes) -> tuple[tuple[str, ...], bytes]:
    """The algorithms' names, and the raw digests one after the other. Raises `LedgerError`."""
    if len(packed) == 98 and packed[0] == 4 and packed[33] == 6:
        return _USUAL, packed[1:33] + packed[34:]
    pairs = unpack_digests(packed)
    return tuple(name for name, _text in pairs), bytes.fromhex("".join(text for _name, text in pairs))


def audited_digest(packed: bytes) -> tuple[tuple[str, ...], bytes]:
    """What an audit computes of those recorded: one digest of the strong families, or all where there is none.

    SHA-256 first: it proves as much as any against chance and forgery, and costs least. `validate` computes them all.
    """
    if packed[:1] == b"\x04":
        return ("sha256",), packed[1:33]
    names, raw = split_digests(packed)
    at = 0
    for name in names:
        length = _NUMBERS[name][1]
        if name not in ("md5", "sha1"):
            return (name,), raw[at : at + length]
        at += length
    return names, raw


def path_texts(raw: Iterable[bytes]) -> list[str]:
    """As `path_text`, of many in one go: no path holds a NUL."""
    return b"\x00".join(raw).decode("utf-8", "surrogateescape").split("\x00")


def path_bytes(path: str) -> bytes:
    """The exact bytes of a path."""
    return path.encode("utf-8", "surrogateescape")


def path_text(raw: bytes) -> str:
    """The path of exact bytes, surrogateescape where not UTF-8."""
    return bytes(raw).decode("utf-8", "surrogateescape")
