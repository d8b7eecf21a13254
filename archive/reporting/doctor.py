"""What the machine has for the work, as JSON (archive.doctor/1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from archive.formats.naming import escape
from archive.renditions.verapdf_install import Fetched
from archive.stages.doctor import Part

SCHEMA = "archive.doctor/1"


def doctor_document(parts: Iterable[Part]) -> dict[str, Any]:
    """Every part that was looked for."""
    shown = [{key: _escaped(value) for key, value in asdict(part).items()} for part in parts]
    return {"schema": SCHEMA, "installed": None, "parts": shown}


def installed_document(fetched: Fetched) -> dict[str, Any]:
    """veraPDF as it was installed."""
    return {
        "schema": SCHEMA,
        "installed": {
            "name": "verapdf", "version": fetched.version, "sha256": fetched.sha256, "fetched": fetched.fetched,
            "path": escape(fetched.path),
        },
        "parts": [],
    }  # fmt: skip


def _escaped(value: Any) -> Any:
    return escape(value) if isinstance(value, str) else value
