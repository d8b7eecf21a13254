"""The bags that a demo made, as JSON (archive.demo/1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archive.formats.naming import path_fields


def demo_document(made: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`made` pairs the path of each bag with its verdict."""
    return {"schema": "archive.demo/1", "bags": [{**path_fields(path), "verdict": verdict} for path, verdict in made]}
