"""One step of the progress, as JSON (archive.event/1)."""

from __future__ import annotations

from typing import Any

from archive.formats.naming import escape


def event_document(event: str, label: str, done: int, total: int | None) -> dict[str, Any]:
    """`event` is begin, progress or end; `done` and `total` are bytes, `total` None where it is not known."""
    return {"schema": "archive.event/1", "event": event, "label": escape(label), "bytes": done, "total": total}
