"""`archive.inclusion/1`: a proof of inclusion as JSON, written beside the receipt of a deposit."""

from __future__ import annotations

import re
from typing import Any

from archive.errors import FormatError
from archive.formats.strict_json import canonical_bytes, parse_strict
from archive.model.inclusion import InclusionProof, LinkHeader, ProvenEntry

SCHEMA = "archive.inclusion/1"
MAX_PROOF_BYTES = 4 << 20
_HASH = re.compile(r"[0-9a-f]{64}")
_LEDGER = re.compile(r"[0-9a-f-]{36}")
_FOLDER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,200}")
_LONGEST_PATH = 64


def write_inclusion(proof: InclusionProof) -> bytes:
    """The proof in its one form."""
    return canonical_bytes(
        {
            "schema": SCHEMA,
            "ledger": proof.ledger,
            "tree": {"size": proof.size, "root": proof.root.hex()},
            "checkpoint": {"line": proof.checkpoint, "folder": proof.folder} if proof.checkpoint else None,
            "entries": [
                {
                    "line": entry.line.decode("ascii"),
                    "link": {name: getattr(entry.link, name) for name in _HEADER},
                    "path": [one.hex() for one in entry.path],
                }
                for entry in proof.entries
            ],
        }
    )


def parse_inclusion(data: bytes) -> InclusionProof:
    """The proof in `data`. Raises `FormatError` for what is not one, or is not in the form that is written."""
    document = parse_strict(data, limit=MAX_PROOF_BYTES)
    try:
        proof = _proof_of(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        words = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise FormatError(f"not a proof of inclusion: {words}") from None
    if write_inclusion(proof) != data:
        raise FormatError("not in the form in which proofs of inclusion are written")
    return proof


def _proof_of(document: Any) -> InclusionProof:
    if document["schema"] != SCHEMA:
        raise ValueError(f"the schema is not {SCHEMA}")
    checkpoint = document["checkpoint"] or {"line": "", "folder": ""}
    line, folder = str(checkpoint["line"]), str(checkpoint["folder"])
    if folder and not _FOLDER.fullmatch(folder):
        raise ValueError("the checkpoint's folder is not a plain name")
    if not _LEDGER.fullmatch(document["ledger"]):
        raise ValueError("the ledger has no identifier")
    tree = document["tree"]
    return InclusionProof(
        document["ledger"], _number(tree["size"]), _hash(tree["root"]),
        tuple(
            ProvenEntry(
                str(one["line"]).encode("ascii"),
                LinkHeader(*(_kept(name, one["link"][name]) for name in _HEADER)),
                tuple(_hash(part) for part in one["path"][: _LONGEST_PATH + 1]),
            )
            for one in document["entries"]
        ),
        line, folder,
    )  # fmt: skip


_HEADER = ("number", "kind", "subject", "first", "last", "sealed", "previous")


def _kept(name: str, value: Any) -> Any:
    if name == "previous":
        return _hash(value).hex()
    if name == "kind":
        if not isinstance(value, str):
            raise ValueError("the kind of a link is not a text")
        return value
    return _number(value)


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise ValueError("not a whole number within bounds")
    number: int = value
    return number


def _hash(value: Any) -> bytes:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise ValueError("not 64 lower-case hexadecimal digits")
    return bytes.fromhex(value)
