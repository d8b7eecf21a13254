"""The timer of regular audits, as JSON (archive.schedule/1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archive.formats.naming import path_fields
from archive.stages.auditing.timer import Timer


def schedule_document(timer: Timer, *, cron: bool, password_file: str, written: Iterable[str]) -> dict[str, Any]:
    """The timer for cron or systemd; `written` are the units that were installed."""
    return {
        "schema": "archive.schedule/1", "rhythm": timer.rhythm, **path_fields(timer.folder, "folder"),
        "command": list(timer.words), "kind": "cron" if cron else "systemd",
        "cron_line": timer.cron_line().rstrip("\n") if cron else None,
        "service": None if cron else timer.service(), "timer": None if cron else timer.timer(),
        "failure": timer.failure() if timer.alarm and not cron else None,
        "unit": None if cron else timer.name,
        "password_file": path_fields(password_file) if password_file else None,
        "written": [path_fields(path) for path in written],
    }  # fmt: skip
