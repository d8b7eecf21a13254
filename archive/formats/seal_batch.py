"""The two files of a batch of seals: batch.json, the head of its tree, and batch.proof.json, a seal's path in it.

The tree is that of RFC 9162 over SHA-512; its leaves are the contents of stamped.sha512.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from archive.errors import FormatError
from archive.formats.merkle import Hash, verify_inclusion
from archive.formats.strict_json import canonical_bytes, parse_strict
from archive.model.seal import BatchHead, BatchProof

BATCH_HASH: Hash = hashlib.sha512
SCHEMA = "muniment-batch/1"
MAX_BATCH_BYTES = 64 << 10
_LARGEST = 1 << 40
_HEX = re.compile(r"[0-9a-f]{128}")


def proves_inclusion(stamped: bytes, proof: BatchProof, head: BatchHead) -> bool:
    """Whether `proof` leads from `stamped`, the content of a stamped.sha512, to the root of `head`."""
    return verify_inclusion(stamped, proof.index, head.size, proof.path, head.root, new=BATCH_HASH)


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
