"""A project that was started, as JSON (archive.init/1)."""

from __future__ import annotations

from typing import Any

from archive.formats.naming import path_fields
from archive.stages.project import StartedProject


def init_document(path: str, started: StartedProject) -> dict[str, Any]:
    """`path` is the project's archive.toml."""
    return {
        "schema": "archive.init/1",
        **path_fields(path, "settings"),
        "settings_written": started.settings_written,
        **path_fields(started.ledger, "ledger"),
        "ledger_id": started.ledger_id,
    }
