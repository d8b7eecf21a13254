"""The settings that hold, as JSON (archive.config/1)."""

from __future__ import annotations

import re
from typing import Any

from archive.config import describe_settings
from archive.errors import UsageError
from archive.places import address_of, audience_of, scheme_of
from archive.settings import Settings
from archive.storage.credentials import without_secrets

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


def place_rows(settings: Settings) -> list[dict[str, Any]]:
    """The places in the order of their names: address, audience, origin. Raises `UsageError` for a wrong audience."""
    return [
        {
            "name": name, "address": shown_address(address_of(settings, name)),
            "audience": audience_of(settings, name).value,
            "origin": settings.origins.get(f"places.{name}", "default"),
        }
        for name in sorted(settings.places)
    ]  # fmt: skip


def shown_address(address: str) -> str:
    """An address without what may be a secret in it."""
    if "://" not in address:
        return address
    try:
        return without_secrets(address)
    except UsageError:
        return f"{scheme_of(address)}://..."


def settings_document(settings: Settings) -> dict[str, Any]:
    """All settings, the places, and what does not count in an untrusted project. Raises `UsageError`."""
    return {
        "schema": "archive.config/1",
        "settings": setting_rows(settings),
        "places": place_rows(settings),
        "refused": [{"name": name, "reason": reason} for name, reason in settings.refused.items()],
    }
