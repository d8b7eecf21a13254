"""Settings: `archive.toml` and `ARCHIVE_*` variables become one frozen `Settings`.

Flag over variable over project file over user file over default. The project file is `archive.toml` in the working
folder or the nearest folder above; the user file is `$XDG_CONFIG_HOME/muniment/archive.toml` (by default under
`~/.config`). An unknown key is an error that names the nearest known one. The setting `key` in `[section]` has the
variable `ARCHIVE_SECTION_KEY`; lists there are separated by commas.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

from archive.errors import UsageError

Table = Mapping[str, Any]


def _setting(default: Any, text: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"help": text, "choices": choices})


@dataclass(frozen=True, slots=True)
class CreateSettings:
    algorithms: tuple[str, ...] = _setting(
        ("sha256", "sha512"), "digest algorithms of the manifests, as hashlib names them"
    )
    profile: str = _setting("", "BagIt profile that a new bag must meet: a shipped name or a file")
    serialize: str = _setting("", "write the bag as one file instead of a folder", ("", "zip", "tar"))
    links: str = _setting("refuse", "what to do with symbolic links in the source", ("refuse", "follow"))
    exclude: tuple[str, ...] = _setting((), "name patterns left out of the payload; each exclusion is listed")
    copy: str = _setting("auto", "how bytes are copied", ("auto", "reflink", "copy"))
    operator: str = _setting("", "person who runs the program, or a pseudonym, for PREMIS; empty records nobody")
    organization: str = _setting("", "organization that takes responsibility, for PREMIS and Source-Organization")
    keep_infected: bool = _setting(False, "go on when the virus scanner names a file")
    bag_info: Table = field(
        default_factory=dict,
        metadata={"help": "bag-info.txt fields for every new bag, each a text or a list of texts", "choices": ()},
    )


@dataclass(frozen=True, slots=True)
class RenderSettings:
    pdfa: str = _setting("3a", "level of the rendition: 3a embeds the source, 2a does not", ("3a", "2a", "none"))
    page: str = _setting("a4", "paper size", ("a4", "letter"))
    fonts: tuple[str, ...] = _setting((), "further font files, tried in this order after the shipped ones")
    missing_glyphs: str = _setting("refuse", "what to do with a character that no font has", ("refuse", "box"))
    converter: str = _setting("auto", "what converts existing PDFs", ("auto", "ghostscript", "ocrmypdf", "none"))
    seconds: int = _setting(300, "time limit for an outside converter or validator, in seconds")
    memory_mb: int = _setting(2048, "memory limit for an outside converter, in MiB")
    workers: int = _setting(0, "converters and validators at a time; 0 takes the number of processors")


@dataclass(frozen=True, slots=True)
class IdentifySettings:
    formats: str = _setting("auto", "what names file formats", ("auto", "pronom", "table", "none"))
    virus: str = _setting("auto", "virus check with ClamAV: auto uses it when it is there", ("auto", "require", "none"))


@dataclass(frozen=True, slots=True)
class ToolSettings:
    verapdf: str = _setting("", "veraPDF: its launcher or its jar")
    java: str = _setting("", "the java program that runs veraPDF's jar")
    ghostscript: str = _setting("", "the gs program")
    ocrmypdf: str = _setting("", "the ocrmypdf program")
    clamd: str = _setting("", "the clamd socket, a path or host:port")
    clamscan: str = _setting("", "the clamscan program")


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    url: str = _setting(
        "ledger.sqlite3", "the ledger: a file beside archive.toml, or a postgresql:// URL without password"
    )


@dataclass(frozen=True, slots=True)
class AuditSettings:
    max_age: str = _setting("90d", "how old the last check of a file may be")
    budget: str = _setting("", "how long or how many bytes one run may take, as 2h or 500GB")
    rate: str = _setting("", "the most bytes to read a second, as 50MB/s")
    workers: int = _setting(0, "worker processes; 0 takes the number of processors")
    engine: str = _setting("local", "what runs the workers", ("local", "dask"))
    scheduler: str = _setting("", "address of a Dask scheduler, as tcp://host:8786")
    lease_seconds: int = _setting(300, "how long a batch stays leased without a heartbeat, in seconds")
    answer_seconds: int = _setting(30, "how long a location may take to answer before it counts as away, in seconds")


@dataclass(frozen=True, slots=True)
class NotifySettings:
    mail_to: tuple[str, ...] = _setting((), "addresses that get one summary a run")
    mail_from: str = _setting("", "the sender's address")
    smtp_host: str = _setting("", "the mail server, as host or host:port")
    smtp_user: str = _setting("", "the mail account; its password comes from ARCHIVE_SMTP_PASSWORD")
    webhook: str = _setting("", "address that gets the summary as JSON")


@dataclass(frozen=True, slots=True)
class DepositSettings:
    retries: int = _setting(5, "how often a failed request is tried again")
    seconds: int = _setting(60, "how long to wait for a server's answer, in seconds")
    poll_seconds: int = _setting(600, "how long to wait for a repository to accept, in seconds")
    journal: str = _setting("deposits", "folder of journals and receipts of deposits, beside archive.toml")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `targets` and `locations` are tables by name; `origins` tells where each "section.key" is from."""

    create: CreateSettings = CreateSettings()
    render: RenderSettings = RenderSettings()
    identify: IdentifySettings = IdentifySettings()
    tools: ToolSettings = ToolSettings()
    ledger: LedgerSettings = LedgerSettings()
    audit: AuditSettings = AuditSettings()
    notify: NotifySettings = NotifySettings()
    deposit: DepositSettings = DepositSettings()
    targets: Mapping[str, Table] = field(default_factory=dict)
    locations: Mapping[str, Table] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""

    def with_flags(self, section: str, **values: Any) -> Settings:
        """These settings with the command line's; None means not given. Raises `UsageError` on a value of no choice."""
        given = {key: value for key, value in values.items() if value is not None and value != ()}
        if not given:
            return self
        current = getattr(self, section)
        known = {f.name: f for f in fields(current)}
        for key, value in given.items():
            _check_choice(f"{section}.{key}", value, known[key].metadata["choices"], "command line")
        origins = {**self.origins, **{f"{section}.{key}": "flag" for key in given}}
        return replace(self, **{section: replace(current, **given)}, origins=origins)


SECTIONS = tuple(f.name for f in fields(Settings) if f.name not in ("targets", "locations", "origins", "folder"))


def load_settings(folder: str | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that hold in `folder` (by default the working folder). Raises `UsageError` with file and key."""
    start = Path(folder or os.getcwd())
    project = _find_project_file(start)
    settings = Settings(folder=str(project.parent if project else start))
    user = (
        Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".config")
        / "muniment"
        / "archive.toml"
    )
    for path, word in ((user, "user file"), (project, "project file")):
        if path is not None and path.is_file():
            settings = _apply_tables(settings, _read_toml(path), f"{word} {path}")
    return _apply_environment(settings, environ)


_WORDS: dict[Any, str] = {str: "a text", bool: "true or false", int: "a whole number"}


def describe_settings() -> list[tuple[str, str, str, tuple[str, ...], Any]]:
    """Every setting: (section.key, variable, help, choices, default), for `archive config`, the docs and their test."""
    rows = []
    for section in SECTIONS:
        kind = type(getattr(Settings(), section))
        for entry in fields(kind):
            name = f"{section}.{entry.name}"
            rows.append(
                (
                    name,
                    variable_of(name),
                    entry.metadata["help"],
                    entry.metadata["choices"],
                    getattr(kind(), entry.name),
                )
            )
    return rows


def variable_of(name: str) -> str:
    """The environment variable of the setting `section.key`."""
    return "ARCHIVE_" + name.replace(".", "_").upper()


def _find_project_file(start: Path) -> Path | None:
    for folder in (start, *start.parents):
        candidate = folder / "archive.toml"
        if candidate.is_file():
            return candidate
    return None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"this is not readable TOML: {error}", subject=str(path)) from error
    except OSError as error:
        raise UsageError(f"the settings cannot be read: {error.strerror}", subject=str(path)) from error


def _apply_tables(settings: Settings, tables: dict[str, Any], origin: str) -> Settings:
    for section, table in tables.items():
        if section not in (*SECTIONS, "targets", "locations"):
            raise UsageError(
                f"unknown section [{section}]{_suggest(section, (*SECTIONS, 'targets', 'locations'))}", subject=origin
            )
        if not isinstance(table, dict):
            raise UsageError(f"[{section}] must be a table", subject=origin)
        if section in ("targets", "locations"):
            for name, value in table.items():
                if not isinstance(value, dict):
                    raise UsageError(f"[{section}.{name}] must be a table", subject=origin)
            merged = {**getattr(settings, section), **table}
            origins = {**settings.origins, **{f"{section}.{n}": origin for n in table}}
            changes: dict[str, Any] = {section: merged, "origins": origins}
            settings = replace(settings, **changes)
            continue
        for key, value in table.items():
            settings = _apply_value(settings, section, key, value, origin)
    return settings


def _apply_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    known = tuple(variable for _name, variable, *_rest in describe_settings())
    sections = tuple(f"ARCHIVE_{section.upper()}_" for section in SECTIONS)
    for variable in sorted(environ):
        if variable.startswith(sections) and variable not in known:
            raise UsageError(f"unknown variable {variable}{_suggest(variable, known)}")
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
    return settings


def _apply_value(settings: Settings, section: str, key: str, value: Any, origin: str) -> Settings:
    current = getattr(settings, section)
    hints = get_type_hints(type(current))
    if key not in hints:
        raise UsageError(f"unknown setting {section}.{key}{_suggest(key, tuple(hints))}", subject=origin)
    name = f"{section}.{key}"
    kind = hints[key]
    if kind != Table and get_args(kind):
        if isinstance(value, str) or not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
            raise UsageError(f"{name} must be a list of texts", subject=origin)
        value = tuple(value)
    elif kind in _WORDS and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        raise UsageError(f"{name} must be {_WORDS[kind]}", subject=origin)
    elif kind == Table and not isinstance(value, dict):
        raise UsageError(f"{name} must be a table", subject=origin)
    entry = next(f for f in fields(current) if f.name == key)
    _check_choice(name, value, entry.metadata["choices"], origin)
    return replace(settings, **{section: replace(current, **{key: value})}, origins={**settings.origins, name: origin})


def _check_choice(name: str, value: Any, choices: tuple[str, ...], origin: str) -> None:
    if choices and value not in choices:
        shown = ", ".join(choice or '""' for choice in choices)
        raise UsageError(f"{name} must be one of {shown}, not {str(value)[:60]}", subject=origin)


def _suggest(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {near[0]}?" if near else ""
