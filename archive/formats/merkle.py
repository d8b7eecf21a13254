"""The hash tree of RFC 9162 (section 2.1) over SHA-512, and a batch's two files: batch.json and batch.proof.json."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from archive.errors import FormatError
from archive.formats.strict_json import canonical_bytes, parse_strict
from archive.model.seal import BatchHead, BatchProof

SCHEMA = "muniment-batch/1"
MAX_BATCH_BYTES = 64 << 10
_LARGEST = 1 << 40
_HEX = re.compile(r"[0-9a-f]{128}")


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf: SHA-512(0x00 || content)."""
    return hashlib.sha512(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-512(0x01 || left || right)."""
    return hashlib.sha512(b"\x01" + left + right).digest()


def tree_levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The tree over hashed `leaves` level by level, the leaves first and the root last. Raises ValueError for none.

    A last node without a sibling goes up as it is, which is the tree of section 2.1.1.
    """
    if not leaves:
        raise ValueError("a tree needs a leaf")
    levels = [list(leaves)]
    while len(below := levels[-1]) > 1:
        pairs = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
        levels.append(pairs + below[len(below) & ~1 :])
    return levels


def proof_from(levels: Sequence[Sequence[bytes]], index: int) -> BatchProof:
    """The inclusion proof of the leaf at `index` (from 0), of section 2.1.3.1. Raises ValueError."""
    if not 0 <= index < len(levels[0]):
        raise ValueError("there is no such leaf")
    path = []
    place = index
    for level in levels[:-1]:
        sibling = place ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        place >>= 1
    return BatchProof(index, tuple(path))


def proves_inclusion(leaf: bytes, proof: BatchProof, head: BatchHead) -> bool:
    """Whether `proof` leads from the hashed `leaf` to the root of `head`, by section 2.1.3.2."""
    if not 0 <= proof.index < head.size:
        return False
    place, last = proof.index, head.size - 1
    result = leaf
    for sibling in proof.path:
        if last == 0:
            return False
        if place & 1 or place == last:
            result = node_hash(sibling, result)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            result = node_hash(result, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and result == head.root


def write_batch_head(head: BatchHead) -> bytes:
    """batch.json in its canonical form."""
    return canonical_bytes({"schema": SCHEMA, "size": head.size, "root": head.root.hex()})


def parse_batch_head(data: bytes) -> BatchHead:
    """The head in `data`. Raises `FormatError` for what is not one, or is not in the canonical form."""
    document = parse_strict(data, limit=MAX_BATCH_BYTES)
    try:
        head = BatchHead(_number(document["size"]), _hash(document["root"]))
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"not the head of a batch: {error}") from None
    if write_batch_head(head) != data:
        raise FormatError("not in the canonical form of a batch's head")
    return head


def write_batch_proof(proof: BatchProof) -> bytes:
    """batch.proof.json in its canonical form."""
    return canonical_bytes({"schema": SCHEMA, "index": proof.index, "path": [one.hex() for one in proof.path]})


def parse_batch_proof(data: bytes) -> BatchProof:
    """The proof in `data`. Raises `FormatError` for what is not one, or is not in the canonical form."""
    document = parse_strict(data, limit=MAX_BATCH_BYTES)
    try:
        proof = BatchProof(_number(document["index"]), tuple(_hash(one) for one in document["path"]))
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"not a proof of a batch: {error}") from None
    if write_batch_proof(proof) != data:
        raise FormatError("not in the canonical form of a batch's proof")
    return proof


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise ValueError("not a whole number within bounds")
    number: int = value
    return number


def _hash(value: Any) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise ValueError("not 128 lower-case hexadecimal digits")
    return bytes.fromhex(value)
