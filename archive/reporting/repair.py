"""A repair, as JSON (archive.repair/1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archive.formats.naming import path_fields


def repair_document(
    *, holding: str, copy: str, replaced: Iterable[str], refused: Iterable[tuple[str, str]], unreadable: Iterable[str],
    kept: str | None, planned: Iterable[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What was replaced by files of the copy and what was not; `kept` is the folder that has the damaged files.

    `planned` are the files that a repair would replace, where it was only tried.
    """
    plan = {} if planned is None else {"planned": [path_fields(path) for path in planned]}
    return {
        "schema": "archive.repair/1",
        **path_fields(holding, "holding"),
        **path_fields(copy, "copy"),
        "replaced": [path_fields(path) for path in replaced],
        "refused": [{**path_fields(path), "reason": reason} for path, reason in refused],
        "unreadable": [path_fields(path) for path in unreadable],
        "kept": None if kept is None else path_fields(kept),
        **plan,
    }
