"""Settings: `archive.toml` and `ARCHIVE_*` variables become one frozen `Settings`.

Flag over variable over project file over user file over default. The project file is `archive.toml` in the working
folder or the nearest folder above; the user file is `$XDG_CONFIG_HOME/muniment/archive.toml` (by default under
`~/.config`). An unknown key is an error that names the nearest known one. The setting `key` in `[section]` has the
variable `ARCHIVE_SECTION_KEY`; lists there are separated by commas.

A project file that the user has not trusted (see `archive.project_file`) may choose a page size, but run nothing and
redirect nothing: each setting says with `needs` what it takes to count, and `Settings.refused` names those that do not.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any

from archive.errors import UsageError
from archive.formats.naming import path_text
from archive.formats.target_names import credential_prefix
from archive.places import parse_audience
from archive.project_file import NAME, configuration_folder, find_project_file, read_settings_file
from archive.settings import CLASH, WORDS, Needs, Settings, checked, suggest

_OPTION_KINDS: dict[str, type] = {
    "url": str, "root": str, "credentials": str, "user": str, "key_file": str, "known_hosts": str, "endpoint": str,
    "region": str, "profile": str, "form": str, "receiver": str, "lock_mode": str, "collection": str,
    "packaging": str, "method": str, "on_behalf_of": str, "access": str, "person": str, "address": str, "message": str,
    "audience": str, "as": str,
    "keyring": bool, "plain_http": bool, "path_style": bool, "publish": bool, "reserve_doi": bool, "in_progress": bool,
    "port": int, "seconds": int, "part_size": int, "lock_days": int,
}  # fmt: skip
"""What the options of places are. Those that a plugin brings are its own matter."""

_TABLES = ("places", "targets", "locations")
"""Sections of tables by name. The last two are older spellings: a name in any of them is the same place."""

SECTIONS = (
    "create", "render", "identify", "tools", "ledger", "audit", "notify", "deposit", "fetch", "update", "watch",
    "seal", "witness", "desk",
)  # fmt: skip

_SECRETS = ("ARCHIVE_SEAL_PASSPHRASE",)
"""Variables that begin like a setting's and hold a secret: they are not settings, and are never shown."""


def load_settings(
    folder: str | os.PathLike[str] | None = None,
    environ: Mapping[str, str] = os.environ,
    *,
    trusted: bool | None = None,
) -> Settings:
    """The settings that hold in `folder` (by default the working folder).

    `trusted` says whether the project file counts in full; None leaves that to the user's records. What is refused of
    it is in `Settings.refused`. Raises `UsageError` with file and key.
    """
    start = os.path.abspath(path_text(folder) if folder else os.getcwd())
    user = os.path.join(configuration_folder(environ), NAME)
    project, passed_over = find_project_file(start, environ, trusted=trusted)
    settings = Settings(folder=project.folder if project else start, passed_over=passed_over)
    if os.path.isfile(user):
        settings = _apply_tables(settings, _read_toml(user), f"user file {user}")
    if project is not None:
        tables = _parse_toml(project.content, project.path)
        settings = _apply_project(settings, tables, start, f"project file {project.path}", project.doubt)
    return _apply_environment(settings, environ)


def _apply_project(settings: Settings, tables: dict[str, Any], start: str, origin: str, doubt: str) -> Settings:
    """The settings with those of the project file that count. Raises `UsageError` on any that is wrong."""
    everything = _apply_tables(settings, tables, origin)
    changed = [name for name, where in everything.origins.items() if where == origin]
    own = {credential_prefix(name) for name in settings.places}
    refused: dict[str, str] = {}
    for name in changed:
        section, _, key = name.partition(".")
        if section == "places":
            if credential_prefix(key) in own:
                refused[name] = doubt or CLASH
            elif doubt:
                refused[name] = doubt
        elif doubt and not _counts_untrusted(name, _value(everything, name), settings.folder, start):
            refused[name] = doubt
    if doubt:
        for name, _variable, _help, _choices, default in describe_settings():
            beside = needs_of(name) is Needs.INSIDE and name not in settings.origins and name not in everything.origins
            if beside and not _counts_untrusted(name, default, settings.folder, start):
                refused[name] = f"a link leads out of the folder, and {doubt}"
    for name, reason in refused.items():
        everything = _take_back(everything, settings, name, keep=reason != CLASH)
    return replace(everything, refused=refused)


def _take_back(everything: Settings, before: Settings, name: str, *, keep: bool) -> Settings:
    """`everything` with the setting `name` as it was `before`; a table by name goes altogether unless `keep`."""
    section, _, key = name.partition(".")
    origins = {other: where for other, where in everything.origins.items() if other != name}
    if name in before.origins and keep:
        origins[name] = before.origins[name]
    if section == "places":
        tables = {other: table for other, table in everything.places.items() if other != key}
        if keep and key in before.places:
            tables[key] = before.places[key]
        changes: dict[str, Any] = {"places": tables}
    else:
        changes = {section: replace(getattr(everything, section), **{key: _value(before, name)})}
    return replace(everything, **changes, origins=origins)


def _counts_untrusted(name: str, value: Any, folder: str, start: str) -> bool:
    """Whether a setting counts from a project that is not trusted."""
    needs = needs_of(name)
    if needs is not Needs.INSIDE:
        return needs is Needs.NOTHING
    root = os.path.realpath(folder)
    for text in (value,) if isinstance(value, str) else value:
        path = text.removeprefix("sqlite:///")
        try:
            places = [os.path.realpath(os.path.join(base, path)) for base in (folder, start)]
            inside = all(os.path.commonpath((root, place)) == root for place in places)
        except ValueError:  # a zero byte, or another drive
            return False
        if not inside or "://" in path or path.startswith("~"):
            return False
    return True


def _value(settings: Settings, name: str) -> Any:
    section, _, key = name.partition(".")
    return getattr(getattr(settings, section), key)


@cache
def _defaults() -> Settings:
    return Settings()


def describe_settings() -> list[tuple[str, str, str, tuple[str, ...], Any]]:
    """Every setting: (section.key, variable, help, choices, default), for `archive config`, the docs and their test."""
    rows = []
    for section in SECTIONS:
        defaults = getattr(_defaults(), section)
        for entry in fields(defaults):
            name = f"{section}.{entry.name}"
            choices: tuple[str, ...] = entry.metadata["choices"]
            rows.append((name, variable_of(name), entry.metadata["help"], choices, getattr(defaults, entry.name)))
    return rows


def variable_of(name: str) -> str:
    """The environment variable of the setting `section.key`."""
    return "ARCHIVE_" + name.replace(".", "_").upper()


def needs_of(name: str) -> Needs:
    """What it takes for the setting `section.key` of a project file to count."""
    section, _, key = name.partition(".")
    entries = fields(getattr(_defaults(), section))
    needs: Needs = next(entry.metadata["needs"] for entry in entries if entry.name == key)
    return needs


def _read_toml(path: str) -> dict[str, Any]:
    try:
        return _parse_toml(read_settings_file(path), path)
    except OSError as error:
        raise UsageError(f"the settings cannot be read: {error.strerror}", subject=path) from error


def _parse_toml(content: bytes, path: str) -> dict[str, Any]:
    from archive.formats.toml_text import load_toml

    try:
        return load_toml(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        words = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise UsageError(f"this is not readable TOML: {words}", subject=path) from error


def _apply_tables(settings: Settings, tables: dict[str, Any], origin: str) -> Settings:
    places: dict[str, dict[str, Any]] = {}
    for section, table in tables.items():
        if section not in (*SECTIONS, *_TABLES):
            raise UsageError(f"unknown section [{section}]{suggest(section, (*SECTIONS, 'places'))}", subject=origin)
        if not isinstance(table, dict):
            raise UsageError(f"[{section}] must be a table", subject=origin)
        if section in _TABLES:
            for name, value in table.items():
                if not isinstance(value, dict):
                    raise UsageError(f"[{section}.{name}] must be a table", subject=origin)
                _check_options(f"{section}.{name}", value, origin)
                _join_place(places.setdefault(name, {}), f"{section}.{name}", value, origin)
            continue
        for key, value in table.items():
            settings = _apply_value(settings, section, key, value, origin)
    if places:
        origins = {**settings.origins, **{f"places.{name}": origin for name in places}}
        former = {str(name) for name in tables.get("targets", {}) if "audience" not in places[name]}
        unstated = (settings.unstated | former) - frozenset(tables.get("places", {}))
        settings = replace(settings, places={**settings.places, **places}, unstated=unstated, origins=origins)
    return settings


def _join_place(place: dict[str, Any], name: str, options: Mapping[str, Any], origin: str) -> None:
    """Add the options of one table to those of others of the same place. Raises `UsageError` on a contradiction."""
    for key, value in options.items():
        if key in place and place[key] != value:
            raise UsageError(
                f"{name}.{key} contradicts another table of the same place", subject=origin,
                remedy="Merge the tables into one [places.NAME], or give one of them another name",
            )  # fmt: skip
        place[key] = value


def _check_options(name: str, options: Mapping[str, Any], origin: str) -> None:
    for key, value in options.items():
        kind = _OPTION_KINDS.get(key)
        if kind is not None and type(value) is not kind:
            raise UsageError(f"{name}.{key} must be {WORDS[kind]}", subject=origin)
        if key == "audience":
            parse_audience(name.partition(".")[2], value, origin)


def _apply_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    if not any(variable.startswith("ARCHIVE_") for variable in environ):
        return settings
    known = tuple(variable for _name, variable, *_rest in describe_settings())
    sections = tuple(f"ARCHIVE_{section.upper()}_" for section in SECTIONS)
    for variable in sorted(environ):
        if variable.startswith(sections) and variable not in known and variable not in _SECRETS:
            raise UsageError(f"unknown variable {variable}{suggest(variable, known)}")
    for name, variable, _help, _choices, default in describe_settings():
        if variable not in environ:
            continue
        section, _, key = name.partition(".")
        text = environ[variable]
        value: Any = text
        if isinstance(default, bool):
            if text.lower() not in ("1", "0", "true", "false", "yes", "no", "on", "off"):
                raise UsageError(f"{variable} must be true or false", subject=text[:40])
            value = text.lower() in ("1", "true", "yes", "on")
        elif isinstance(default, int):
            if not text.isascii() or not text.isdigit():
                raise UsageError(f"{variable} must be a whole number", subject=text[:40])
            value = int(text)
        elif isinstance(default, tuple):
            value = [part.strip() for part in text.split(",") if part.strip()]
        elif isinstance(default, dict):
            raise UsageError(
                f"{variable} cannot be set by a variable", remedy=f"Write [{section}.{key}] in archive.toml"
            )
        settings = _apply_value(settings, section, key, value, f"variable {variable}")
    refused = {name: why for name, why in settings.refused.items() if variable_of(name) not in environ}
    return replace(settings, refused=refused)


def _apply_value(settings: Settings, section: str, key: str, value: Any, origin: str) -> Settings:
    current, name = getattr(settings, section), f"{section}.{key}"
    value = checked(current, name, value, origin)
    return replace(settings, **{section: replace(current, **{key: value})}, origins={**settings.origins, name: origin})
