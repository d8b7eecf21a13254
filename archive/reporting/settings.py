"""The settings that hold, as JSON (archive.config/1)."""

from __future__ import annotations

import re
from typing import Any

from archive.config import describe_settings
from archive.settings import Settings

_PASSWORD = re.compile(r"(://[^/@:\s]*:)[^@\s]+(?=@)|([?&](?:ssl)?password=)[^&\s]+", re.IGNORECASE)


def setting_rows(settings: Settings) -> list[dict[str, Any]]:
    """Every setting with its value, where it is from, and what it means."""
    rows = []
    for name, variable, text, choices, default in describe_settings():
        section, _, key = name.partition(".")
        rows.append({
            "name": name, "value": _shown(getattr(getattr(settings, section), key)),
            "origin": settings.origins.get(name, "default"), "variable": variable, "help": text, "choices": choices,
            "default": default,
        })  # fmt: skip
    return rows


def _shown(value: Any) -> Any:
    """A value without the password of an address in it, which is refused where it would be used."""
    return _PASSWORD.sub(r"\1\2***", value) if isinstance(value, str) else value


def settings_document(settings: Settings) -> dict[str, Any]:
    """All settings, the names of targets and locations, and what does not count in an untrusted project."""
    return {
        "schema": "archive.config/1",
        "settings": setting_rows(settings),
        "targets": sorted(settings.targets),
        "locations": sorted(settings.locations),
        "refused": [{"name": name, "reason": reason} for name, reason in settings.refused.items()],
    }
