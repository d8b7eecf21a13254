"""An error that ended a command, as JSON (archive.error/1)."""

from __future__ import annotations

from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import escape, path_fields


def error_document(message: str, exit_code: int, kind: str, error: ArchiveError | None = None) -> dict[str, Any]:
    """The one JSON document of a command that failed. `error` is None where no `ArchiveError` is behind it."""
    document: dict[str, Any] = {"schema": "archive.error/1", "exit_code": exit_code, "kind": kind}
    if error is None:
        return {**document, "problem": escape(message)}
    parts = {"problem": error.problem, "subject": error.subject, "remedy": error.remedy}
    document.update((key, escape(value)) for key, value in parts.items() if value is not None)
    if error.subject is not None:
        document.update((k, v) for k, v in path_fields(error.subject, "subject").items() if k == "subject_b64")
    return document
