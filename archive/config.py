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
from dataclasses import field, fields, replace
from enum import Enum
from typing import Any, get_args, get_type_hints

from archive.errors import UsageError
from archive.formats.naming import path_text
from archive.formats.target_names import credential_prefix
from archive.model.light import light_dataclass
from archive.project_file import NAME, configuration_folder, find_project_file, read_settings_file

Table = Mapping[str, Any]


class Needs(Enum):
    """What it takes for a setting of the project file to count."""

    NOTHING = "any project"
    """It changes what a bag looks like, and neither runs, reaches nor reveals anything."""
    INSIDE = "any project, inside its folder"
    """It names a file or folder: without trust it counts only when that lies inside the project's folder."""
    TRUST = "a trusted project"
    """It names a program, an address, a credential or a path, or loosens a guard."""


def _setting(default: Any, text: str, choices: tuple[str, ...] = (), *, needs: Needs) -> Any:
    return field(default=default, metadata={"help": text, "choices": choices, "needs": needs})


@light_dataclass(frozen=True)
class CreateSettings:
    """[create]: how a bag is made."""

    algorithms: tuple[str, ...] = _setting(
        ("sha256", "sha512"),
        "digest algorithms of the manifests, as hashlib names them",
        needs=Needs.NOTHING,
    )
    profile: str = _setting("", "BagIt profile that a new bag must meet: a shipped name or a file", needs=Needs.INSIDE)
    serialize: str = _setting(
        "",
        "write the bag as one file instead of a folder",
        ("", "zip", "tar", "tar.gz", "tar.zst"),
        needs=Needs.NOTHING,
    )
    links: str = _setting(
        "refuse", "what to do with symbolic links in the source", ("refuse", "follow"), needs=Needs.TRUST
    )
    exclude: tuple[str, ...] = _setting(
        (), "name patterns left out of the payload; each exclusion is listed", needs=Needs.NOTHING
    )
    copy: str = _setting("auto", "how bytes are copied", ("auto", "reflink", "copy"), needs=Needs.NOTHING)
    operator: str = _setting(
        "", "person who runs the program, or a pseudonym, for PREMIS; empty records nobody", needs=Needs.NOTHING
    )
    organization: str = _setting(
        "", "organization that takes responsibility, for PREMIS and Source-Organization", needs=Needs.NOTHING
    )
    keep_infected: bool = _setting(False, "go on when the virus scanner names a file", needs=Needs.TRUST)
    junk: str = _setting(
        "exclude",
        "files that desktops and office programs leave behind, such as Thumbs.db",
        ("exclude", "keep"),
        needs=Needs.NOTHING,
    )
    archivematica: bool = _setting(
        False, "write metadata/metadata.csv in Archivematica's form, for its import", needs=Needs.NOTHING
    )
    bag_info: Table = field(
        default_factory=dict,
        metadata={
            "help": "bag-info.txt fields for every new bag, each a text or a list of texts",
            "choices": (),
            "needs": Needs.NOTHING,
        },
    )


@light_dataclass(frozen=True)
class RenderSettings:
    """[render]: how renditions are made."""

    pdfa: str = _setting(
        "3a", "level of the rendition: 3a embeds the source, 2a does not", ("3a", "2a", "none"), needs=Needs.NOTHING
    )
    encoding: str = _setting(
        "", "encoding of texts that are not UTF-8 and do not name theirs; it is never guessed", needs=Needs.NOTHING
    )
    page: str = _setting("a4", "paper size", ("a4", "letter"), needs=Needs.NOTHING)
    fonts: tuple[str, ...] = _setting(
        (), "further font files, tried in this order after the shipped ones", needs=Needs.INSIDE
    )
    missing_glyphs: str = _setting(
        "box", "what to do with a character that no font has", ("refuse", "box"), needs=Needs.NOTHING
    )
    system_fonts: str = _setting(
        "auto",
        "whether fonts of the system draw what the shipped ones lack",
        ("auto", "none"),
        needs=Needs.NOTHING,
    )
    converter: str = _setting(
        "auto", "what converts existing PDFs", ("auto", "ghostscript", "ocrmypdf", "none"), needs=Needs.NOTHING
    )
    office: str = _setting(
        "auto",
        "what draws office documents: auto takes our own readers, and LibreOffice for what they do not read",
        ("auto", "own", "libreoffice", "none"),
        needs=Needs.NOTHING,
    )
    normalise: str = _setting(
        "none",
        "preservation copies of pictures, sound and film: none, default, or a policy file",
        needs=Needs.INSIDE,
    )
    drawing_seconds: int = _setting(
        16, "processor time for drawing one document, in seconds; a text of 8 MB needs about 45", needs=Needs.TRUST
    )
    seconds: int = _setting(
        300, "time limit for converting one document or judging its rendition, in seconds", needs=Needs.TRUST
    )
    memory_mb: int = _setting(
        2048, "memory limit for a drawing process, converter or validator, in MiB", needs=Needs.TRUST
    )
    workers: int = _setting(
        0,
        "drawing processes, converters and validators at a time; 0 takes the number of processors",
        needs=Needs.TRUST,
    )


@light_dataclass(frozen=True)
class IdentifySettings:
    """[identify]: how formats and viruses are found."""

    formats: str = _setting("auto", "what names file formats", ("auto", "pronom", "table", "none"), needs=Needs.NOTHING)
    virus: str = _setting(
        "auto", "virus check with ClamAV: auto uses it when it is there", ("auto", "require", "none"), needs=Needs.TRUST
    )


@light_dataclass(frozen=True)
class ToolSettings:
    """[tools]: where outside programs are."""

    verapdf: str = _setting("", "veraPDF: its launcher or its jar", needs=Needs.TRUST)
    java: str = _setting("", "the java program that runs veraPDF's jar", needs=Needs.TRUST)
    ghostscript: str = _setting("", "the gs program", needs=Needs.TRUST)
    ocrmypdf: str = _setting("", "the ocrmypdf program", needs=Needs.TRUST)
    libreoffice: str = _setting("", "the soffice program", needs=Needs.TRUST)
    clamd: str = _setting("", "the clamd socket, a path or host:port", needs=Needs.TRUST)
    clamscan: str = _setting("", "the clamscan program", needs=Needs.TRUST)


@light_dataclass(frozen=True)
class LedgerSettings:
    """[ledger]: where the ledger is."""

    url: str = _setting(
        "ledger.sqlite3",
        "the ledger: a file beside archive.toml, or a postgresql:// URL without password",
        needs=Needs.INSIDE,
    )


@light_dataclass(frozen=True)
class AuditSettings:
    """[audit]: how holdings are checked again."""

    max_age: str = _setting("90d", "how old the last check of a file may be", needs=Needs.NOTHING)
    budget: str = _setting("", "how long or how many bytes one run may take, as 2h or 500GB", needs=Needs.NOTHING)
    rate: str = _setting("", "the most bytes to read a second, as 50MB/s", needs=Needs.NOTHING)
    workers: int = _setting(0, "worker processes; 0 takes the number of processors", needs=Needs.TRUST)
    engine: str = _setting("local", "what runs the workers", ("local", "dask"), needs=Needs.NOTHING)
    scheduler: str = _setting("", "address of a Dask scheduler, as tcp://host:8786", needs=Needs.TRUST)
    lease_seconds: int = _setting(
        300, "how long a batch stays leased without a heartbeat, in seconds", needs=Needs.NOTHING
    )
    quarantine: str = _setting(
        "quarantine", "folder for the damaged files that repairs replace, beside archive.toml", needs=Needs.INSIDE
    )
    answer_seconds: int = _setting(
        30, "how long a location may take to answer before it counts as away, in seconds", needs=Needs.NOTHING
    )


@light_dataclass(frozen=True)
class NotifySettings:
    """[notify]: who is told about an audit."""

    mail_to: tuple[str, ...] = _setting((), "addresses that get one summary a run", needs=Needs.TRUST)
    mail_from: str = _setting("", "the sender's address", needs=Needs.TRUST)
    smtp_host: str = _setting("", "the mail server, as host or host:port", needs=Needs.TRUST)
    smtp_user: str = _setting("", "the mail account; its password comes from ARCHIVE_SMTP_PASSWORD", needs=Needs.TRUST)
    webhook: str = _setting("", "address that gets the summary as JSON", needs=Needs.TRUST)


@light_dataclass(frozen=True)
class DepositSettings:
    """[deposit]: how bags are sent to repositories."""

    retries: int = _setting(5, "how often a failed request is tried again", needs=Needs.NOTHING)
    seconds: int = _setting(60, "how long to wait for a server's answer, in seconds", needs=Needs.NOTHING)
    poll_seconds: int = _setting(600, "how long to wait for a repository to accept, in seconds", needs=Needs.NOTHING)
    journal: str = _setting(
        "deposits", "folder of journals and receipts of deposits, beside archive.toml", needs=Needs.INSIDE
    )


@light_dataclass(frozen=True)
class FetchSettings:
    """[fetch]: how the files that fetch.txt names are brought."""

    schemes: tuple[str, ...] = _setting(
        ("https",), "schemes of addresses that may be fetched: https, http, file", needs=Needs.TRUST
    )
    private: tuple[str, ...] = _setting(
        (), "host names and networks that may be reached although they are not public, as 10.1.0.0/16",
        needs=Needs.TRUST,
    )  # fmt: skip
    hosts: Table = field(
        default_factory=dict,
        metadata={
            "help": "hosts that get credentials: a table for each, with the options that targets have for them",
            "choices": (),
            "needs": Needs.TRUST,
        },
    )
    workers: int = _setting(4, "files that are fetched at a time", needs=Needs.TRUST)
    retries: int = _setting(3, "how often a failed request is tried again", needs=Needs.NOTHING)
    seconds: int = _setting(60, "how long a server may be silent, in seconds", needs=Needs.NOTHING)
    largest: str = _setting(
        "100GB", "the most bytes of a file whose length fetch.txt does not give, as 100GB", needs=Needs.TRUST
    )


@light_dataclass(frozen=True)
class UpdateSettings:
    """[update]: how a new version of a bag is made."""

    keep_old: str = _setting(
        "old-versions", "folder for the old versions of updated bags, beside archive.toml", needs=Needs.INSIDE
    )
    unchanged: str = _setting(
        "auto",
        "how unchanged files are taken over: auto links them where the old version is dropped, else shares blocks or"
        " copies; link makes them one with those of the old version",
        ("auto", "link", "reflink", "copy"),
        needs=Needs.NOTHING,
    )


@light_dataclass(frozen=True)
class SealSettings:
    """[seal]: how bags are sealed, and whom verify believes."""

    trust: str = _setting("", "the trust folder, beside archive.toml; it is never inside a bag", needs=Needs.TRUST)
    key: str = _setting(
        "", "the key that seals: a file made by archive keys new, or ssh:FILE.pub for ssh-agent", needs=Needs.TRUST
    )


@light_dataclass(frozen=True)
class WitnessSettings:
    """[witness]: who keeps checkpoints of the ledger."""

    to: tuple[str, ...] = _setting(
        (),
        "outside parties that get each checkpoint, as folder:PATH, mail:ADDRESS or command:PROGRAM; at least two",
        needs=Needs.TRUST,
    )


@light_dataclass(frozen=True)
class Settings:
    """All settings. `targets` and `locations` are tables by name; `origins` tells where each "section.key" is from.

    `refused` names the settings of the project file that do not count, each with the reason; `passed_over` is an
    archive.toml in the working folder that does not count at all, because everybody can write to that folder.
    """

    create: CreateSettings = CreateSettings()
    render: RenderSettings = RenderSettings()
    identify: IdentifySettings = IdentifySettings()
    tools: ToolSettings = ToolSettings()
    ledger: LedgerSettings = LedgerSettings()
    audit: AuditSettings = AuditSettings()
    notify: NotifySettings = NotifySettings()
    deposit: DepositSettings = DepositSettings()
    fetch: FetchSettings = FetchSettings()
    update: UpdateSettings = UpdateSettings()
    seal: SealSettings = SealSettings()
    witness: WitnessSettings = WitnessSettings()
    targets: Mapping[str, Table] = field(default_factory=dict)
    locations: Mapping[str, Table] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    passed_over: str = ""
    folder: str = ""

    def require(self, *names: str) -> None:
        """Make sure that nothing is refused that a command is about to rely on.

        `names` are sections, or "section.key". Raises `UsageError` that says how to trust the project.
        """
        for name, reason in self.refused.items():
            if any(name == one or name.startswith(f"{one}.") for one in names):
                raise UsageError(f"this setting does not count: {reason}", subject=name, remedy=self._how_to_trust())

    def explain_refusals(self) -> list[str]:
        """One sentence for each reason why settings do not count, with what to do about it."""
        path = os.path.join(self.folder, NAME)
        said = [
            f"{path}: {reason}, so these settings in it do not count: "
            f"{', '.join(name for name, why in self.refused.items() if why == reason)}. {self._how_to_trust()}"
            for reason in dict.fromkeys(self.refused.values())
        ]
        if self.passed_over:
            said.append(f"{self.passed_over} does not count: everybody can write to its folder. {self._how_to_trust()}")
        return said

    def _how_to_trust(self) -> str:
        if CLASH in self.refused.values():
            return "Give it another name in one of the two files"
        import shlex

        return f"Read the file; if you trust it, run: archive config --trust {shlex.quote(self.folder)}"

    def with_flags(self, section: str, **values: Any) -> Settings:
        """These settings with the command line's; None means not given. Raises `UsageError` on a wrong value."""
        given = {key: value for key, value in values.items() if value is not None and value != ()}
        if not given:
            return self
        current = getattr(self, section)
        given = {key: _checked(current, f"{section}.{key}", value, "command line") for key, value in given.items()}
        origins = {**self.origins, **{f"{section}.{key}": "flag" for key in given}}
        refused = {name: why for name, why in self.refused.items() if origins.get(name) != "flag"}
        return replace(self, **{section: replace(current, **given)}, origins=origins, refused=refused)


CLASH = "your own settings have one of this name too, and a project does not replace it"
"""Why a target or location of a project does not count, when the user's file has one of the same name.

Names are the same that find the same credentials, so letter case and punctuation make no difference.
"""

_OPTION_KINDS: dict[str, type] = {
    "url": str, "root": str, "credentials": str, "user": str, "key_file": str, "known_hosts": str, "endpoint": str,
    "region": str, "profile": str, "form": str, "receiver": str, "lock_mode": str, "collection": str,
    "packaging": str, "method": str, "on_behalf_of": str, "access": str, "person": str, "address": str, "message": str,
    "keyring": bool, "plain_http": bool, "path_style": bool, "publish": bool, "reserve_doi": bool, "in_progress": bool,
    "port": int, "seconds": int, "part_size": int, "lock_days": int,
}  # fmt: skip
"""What the options of targets and locations are. Those that a plugin brings are its own matter."""

SECTIONS = (
    "create", "render", "identify", "tools", "ledger", "audit", "notify", "deposit", "fetch", "update", "seal",
    "witness",
)  # fmt: skip

_SECRETS = ("ARCHIVE_SEAL_PASSPHRASE",)
"""Variables that begin like a setting's and hold a secret: they are no settings, and are never shown."""


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
    own = {credential_prefix(name) for name in (*settings.targets, *settings.locations)}
    refused: dict[str, str] = {}
    for name in changed:
        section, _, key = name.partition(".")
        if section in ("targets", "locations"):
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
    if section in ("targets", "locations"):
        tables = {other: table for other, table in getattr(everything, section).items() if other != key}
        if keep and key in getattr(before, section):
            tables[key] = getattr(before, section)[key]
        changes: dict[str, Any] = {section: tables}
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


_DEFAULTS = Settings()
_WORDS: dict[Any, str] = {str: "a text", bool: "true or false", int: "a whole number"}


def describe_settings() -> list[tuple[str, str, str, tuple[str, ...], Any]]:
    """Every setting: (section.key, variable, help, choices, default), for `archive config`, the docs and their test."""
    rows = []
    for section in SECTIONS:
        defaults = getattr(_DEFAULTS, section)
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
    entries = fields(getattr(_DEFAULTS, section))
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
                _check_options(f"{section}.{name}", value, origin)
            merged = {**getattr(settings, section), **table}
            origins = {**settings.origins, **{f"{section}.{n}": origin for n in table}}
            changes: dict[str, Any] = {section: merged, "origins": origins}
            settings = replace(settings, **changes)
            continue
        for key, value in table.items():
            settings = _apply_value(settings, section, key, value, origin)
    return settings


def _check_options(name: str, options: Mapping[str, Any], origin: str) -> None:
    for key, value in options.items():
        kind = _OPTION_KINDS.get(key)
        if kind is not None and type(value) is not kind:
            raise UsageError(f"{name}.{key} must be {_WORDS[kind]}", subject=origin)


def _apply_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    known = tuple(variable for _name, variable, *_rest in describe_settings())
    sections = tuple(f"ARCHIVE_{section.upper()}_" for section in SECTIONS)
    for variable in sorted(environ):
        if variable.startswith(sections) and variable not in known and variable not in _SECRETS:
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
    refused = {name: why for name, why in settings.refused.items() if variable_of(name) not in environ}
    return replace(settings, refused=refused)


def _apply_value(settings: Settings, section: str, key: str, value: Any, origin: str) -> Settings:
    current, name = getattr(settings, section), f"{section}.{key}"
    value = _checked(current, name, value, origin)
    return replace(settings, **{section: replace(current, **{key: value})}, origins={**settings.origins, name: origin})


def _checked(current: Any, name: str, value: Any, origin: str) -> Any:
    """`value`, meant for the setting `name` in the section `current`, in the setting's type. Raises `UsageError`."""
    key = name.partition(".")[2]
    hints = get_type_hints(type(current))
    if key not in hints:
        raise UsageError(f"unknown setting {name}{_suggest(key, tuple(hints))}", subject=origin)
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
    return value


def _check_choice(name: str, value: Any, choices: tuple[str, ...], origin: str) -> None:
    if choices and value not in choices:
        shown = ", ".join(choice or '""' for choice in choices)
        raise UsageError(f"{name} must be one of {shown}, not {str(value)[:60]}", subject=origin)


def _suggest(word: str, known: tuple[str, ...]) -> str:
    import difflib

    near = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {near[0]}?" if near else ""
