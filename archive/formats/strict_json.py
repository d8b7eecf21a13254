"""JSON that others wrote, read strictly and within bounds, and the one canonical form in which seals are written."""

from __future__ import annotations

import json
from typing import Any

from archive.errors import FormatError


def parse_strict(data: bytes, *, limit: int) -> Any:
    """The value of a JSON document in ASCII of at most `limit` bytes.

    Refused are names given twice in an object, numbers that are not whole, constants such as NaN, and nesting that
    Python does not follow. Raises `FormatError`.
    """
    if len(data) > limit:
        raise FormatError(f"larger than {limit:,} bytes")
    try:
        return json.loads(
            data.decode("ascii"), object_pairs_hook=_without_repeats, parse_float=_refuse, parse_constant=_refuse
        )
    except RecursionError:
        raise FormatError("nested too deeply") from None
    except ValueError as error:
        raise FormatError(f"not readable JSON: {error}") from None


def canonical_bytes(document: Any) -> bytes:
    """`document` in the canonical form: sorted names, ASCII, indented by 1, one LF at the end."""
    return (json.dumps(document, sort_keys=True, ensure_ascii=True, indent=1) + "\n").encode("ascii")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name is given twice")
    return table


def _refuse(text: str) -> Any:
    raise ValueError(f"{text[:20]} is not a whole number")
