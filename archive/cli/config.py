"""`archive config`."""

from __future__ import annotations

from typing import Any

import click

from archive.cli.console import show, show_json
from archive.cli.options import current_settings, json_option
from archive.config import describe_settings
from archive.formats.naming import escape


@click.command("config")
@click.option("--origin", is_flag=True, help="Say where each value comes from.")
@json_option
def command(origin: bool, as_json: bool) -> int:
    """Show the settings that hold here.

    \b
    Example:
      archive config --origin
    """
    settings = current_settings()
    rows = []
    for name, variable, text, choices, default in describe_settings():
        section, _, key = name.partition(".")
        value = getattr(getattr(settings, section), key)
        rows.append({
            "name": name, "value": value, "origin": settings.origins.get(name, "default"), "variable": variable,
            "help": text, "choices": choices, "default": default,
        })  # fmt: skip
    if as_json:
        tables = {"targets": sorted(settings.targets), "locations": sorted(settings.locations)}
        show_json({"schema": "archive.config/1", "settings": rows, **tables})
        return 0
    for row in rows:
        suffix = f"    # {row['origin']}" if origin else ""
        show(f"{row['name']} = {_shown(row['value'])}{escape(suffix)}")
    for kind, table in (("targets", settings.targets), ("locations", settings.locations)):
        for name in sorted(table):
            show(f"[{kind}.{escape(name)}]" + (f"    # {escape(settings.origins[f'{kind}.{name}'])}" if origin else ""))
    return 0


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(part) for part in value) + "]"
    return (
        str(value) if isinstance(value, int) else escape(f'"{value}"' if isinstance(value, str) else str(dict(value)))
    )
