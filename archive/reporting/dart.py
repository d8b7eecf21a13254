"""Settings of DART as lines for archive.toml, and what of them has no counterpart."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from archive.formats.dart import DartSettings
from archive.formats.naming import escape
from archive.formats.toml_text import quote_toml

_APTRUST = "aptrust.receiving."


def dart_settings_text(found: DartSettings, path: str) -> str:
    """Lines for archive.toml; what is not taken over is in comments at the end."""
    lines = [f"# From {_comment(found.name or 'DART')} ({_comment(os.path.basename(path))})"]
    create = [f"profile = {quote_toml(os.path.abspath(path))}"] if found.profile else []
    create += [f"serialize = {quote_toml(found.serialize)}"] if found.serialize else []
    lines += ["[create]", *create, ""] if create else []
    if found.fields:
        lines += ["[create.bag_info]", *_fields(found), ""]
    for name, options in _targets(found).items():
        lines += [f"[places.{name}]", *(f"{key} = {quote_toml(value)}" for key, value in options.items()), ""]
    if found.left_out:
        lines += ["# Not imported:", *(f"# - {_comment(one)}" for one in found.left_out)]
    return "\n".join(lines).rstrip("\n")


def dart_settings_document(found: DartSettings, path: str) -> dict[str, Any]:
    """The same as JSON (archive.dart-settings/1)."""
    return {
        "schema": "archive.dart-settings/1",
        "file": path,
        "name": found.name,
        "profile": os.path.abspath(path) if found.profile else None,
        "serialize": found.serialize,
        "bag_info": {label: list(values) for label, values in found.fields.items()},
        "targets": _targets(found),
        "left_out": list(found.left_out),
        "toml": dart_settings_text(found, path),
    }


def _fields(found: DartSettings) -> Iterator[str]:
    for label, values in found.fields.items():
        written = [quote_toml(one) for one in values]
        yield f"{quote_toml(label)} = {written[0] if len(written) == 1 else '[' + ', '.join(written) + ']'}"


def _targets(found: DartSettings) -> dict[str, dict[str, str]]:
    """The options of each target, by a name made from the service's."""
    targets: dict[str, dict[str, str]] = {}
    for service in found.services:
        base = re.sub(r"[^a-z0-9]+", "-", service.name.lower()).strip("-") or "target"
        name, number = base, 1
        while name in targets:
            number += 1
            name = f"{base}-{number}"
        receiver = {"receiver": "aptrust"} if service.url.startswith(f"s3://{_APTRUST}") else {}
        targets[name] = {"url": service.url, **service.options, **receiver}
    return targets


def _comment(text: str) -> str:
    return escape(text).replace("\n", " ")
