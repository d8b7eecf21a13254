"""`archive config`."""

from __future__ import annotations

import os
from typing import Any

import click

from archive.cli.console import show, show_json
from archive.cli.options import NamedPath, current_settings, json_option
from archive.errors import NotFoundError, UsageError
from archive.formats.naming import escape


@click.command("config")
@click.argument("folder", required=False, type=NamedPath())
@click.option("--origin", is_flag=True, help="Show where each value comes from.")
@click.option("--trust", is_flag=True, help="Trust the archive.toml of FOLDER (here).")
@click.option("--distrust", is_flag=True, help="Stop trusting it.")
@click.option(
    "--import-dart",
    "dart",
    metavar="FILE",
    type=NamedPath(),
    help="Show a workflow, settings or a BagIt profile of DART as settings for archive.toml.",
)
@json_option
def command(  # noqa: PLR0917 - click hands one for each option
    folder: str | None, origin: bool, trust: bool, distrust: bool, dart: str | None, as_json: bool
) -> int:
    """Show the settings in effect here, or trust a project.

    An archive.toml that came with a folder from somewhere else may choose a page size, but no programs, addresses,
    credentials or paths outside of its folder. Those count only in projects that you made with archive init, or trust.

    With --import-dart nothing is changed: what DART exported is shown as lines for archive.toml, and what has no
    counterpart as comments. Logins and passwords are never imported.

    \b
    Example:
      archive config --origin
      archive config --trust delivery/
      archive config --import-dart workflow.json >> archive.toml
    """
    if dart is not None:
        if folder is not None or origin or trust or distrust:
            raise UsageError("--import-dart cannot be combined with other options", subject=dart)
        return _show_dart(dart, as_json=as_json)
    if trust and distrust:
        raise UsageError("--trust and --distrust cannot be used together")
    if trust or distrust:
        return _change_trust(folder or ".", trust=trust, as_json=as_json)
    if folder is not None:
        raise UsageError("a folder is only used with --trust or --distrust", subject=folder)
    return _show_settings(origin=origin, as_json=as_json)


def _change_trust(folder: str, *, trust: bool, as_json: bool) -> int:
    from archive.stages.project import distrust_project, trust_project

    path = os.path.join(folder, "archive.toml")
    if trust:
        if not os.path.isfile(path):
            raise NotFoundError("there is no such file, so there is nothing to trust", subject=path)
        trust_project(folder, os.environ)
        said = "trusted"
    else:
        said = "not trusted any more" if distrust_project(folder, os.environ) else "was not trusted"
    if as_json:
        _show_settings(origin=False, as_json=True)
    else:
        show(f"{escape(path)}: {said}")
    return 0


def _show_dart(path: str, *, as_json: bool) -> int:
    from archive.reporting.dart import dart_settings_document, dart_settings_text
    from archive.stages.creation.dart_jobs import read_dart_settings

    found = read_dart_settings(path)
    if as_json:
        show_json(dart_settings_document(found, path))
    else:
        show(dart_settings_text(found, path))
    return 0


def _show_settings(*, origin: bool, as_json: bool) -> int:
    from archive.reporting.settings import place_rows, setting_rows, settings_document

    settings = current_settings()
    if as_json:
        show_json(settings_document(settings))
        return 0
    for row in setting_rows(settings):
        suffix = f"    # {row['origin']}" if origin else ""
        show(f"{row['name']} = {_shown(row['value'])}{escape(suffix)}")
    for place in place_rows(settings):
        show(f"[places.{escape(place['name'])}]" + (f"    # {escape(place['origin'])}" if origin else ""))
        show(f"url = {_shown(place['address'])}\naudience = {_shown(place['audience'])}")
    return 0


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(part) for part in value) + "]"
    return (
        str(value) if isinstance(value, int) else escape(f'"{value}"' if isinstance(value, str) else str(dict(value)))
    )
