"""What can be set: one frozen section for each `[section]` of `archive.toml`, and `Settings` that holds them all.

Each setting has its default, one line of help, its choices, and says with `needs` what it takes for it to count in a
project file that the user has not trusted. `archive.config` reads them from files, variables and flags.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field, fields, replace
from enum import Enum
from typing import Any, get_args, get_type_hints

from archive.errors import UsageError
from archive.model.light import light_dataclass
from archive.project_file import NAME

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
        "", "person who runs the program, or a pseudonym, for PREMIS; empty records no person", needs=Needs.NOTHING
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
        "what draws office documents: auto takes the program's own readers, and LibreOffice for what they do not read",
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
        30, "how long a place may take to answer before it counts as away, in seconds", needs=Needs.NOTHING
    )


@light_dataclass(frozen=True)
class NotifySettings:
    """[notify]: who is told about an audit, and how."""

    mail_to: tuple[str, ...] = _setting((), "addresses that get one summary a run", needs=Needs.TRUST)
    mail_from: str = _setting("", "the sender's address", needs=Needs.TRUST)
    smtp_host: str = _setting("", "the mail server, as host or host:port", needs=Needs.TRUST)
    smtp_user: str = _setting("", "the mail account; its password comes from ARCHIVE_SMTP_PASSWORD", needs=Needs.TRUST)
    webhook: str = _setting("", "address that gets the summary as JSON", needs=Needs.TRUST)
    heartbeat: str = _setting(
        "", "address that is pinged after each run that could be made and told of: a dead man's switch",
        needs=Needs.TRUST,
    )  # fmt: skip
    name: str = _setting("", "the archive's name in mails; by default that of the project's folder", needs=Needs.TRUST)


@light_dataclass(frozen=True)
class DepositSettings:
    """[deposit]: how bags are sent to repositories."""

    retries: int = _setting(5, "how often a failed request is tried again", needs=Needs.NOTHING)
    seconds: int = _setting(60, "how long to wait for a server's answer, in seconds", needs=Needs.NOTHING)
    poll_seconds: int = _setting(600, "how long to wait for a repository to accept, in seconds", needs=Needs.NOTHING)
    workers: int = _setting(
        0, "threads that digest files, or Dask workers; 0 takes the number of processors", needs=Needs.TRUST
    )
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
            "help": "hosts that get credentials: a table for each, with the options that places have for them",
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
class WatchSettings:
    """[watch]: how bags are made of what arrives in a folder."""

    settle_seconds: int = _setting(
        60, "how long nothing in an arrival may change before a bag is made of it, in seconds", needs=Needs.NOTHING
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
class DeskSettings:
    """[desk]: what the web application may read, and where it puts new bags."""

    roots: tuple[str, ...] = _setting(
        (),
        "folders from which material may be chosen; by default the project's folder and your home folder",
        needs=Needs.TRUST,
    )
    bags: str = _setting("bags", "folder for new bags, beside archive.toml", needs=Needs.INSIDE)
    largest_upload: str = _setting(
        "20GB", "the most bytes of the files that are dropped on a page at a time, as 20GB", needs=Needs.TRUST
    )


@light_dataclass(frozen=True)
class Settings:
    """All settings. `places` are tables by name (see `archive.places`); `origins` tells where "section.key" is from.

    `refused` names the settings of the project file that do not count, each with the reason; `passed_over` is an
    archive.toml in the working folder that does not count at all, because everyone can write to that folder.
    `unstated` are the places that a former `[targets.NAME]` names, whose audience is not stated.
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
    watch: WatchSettings = WatchSettings()
    seal: SealSettings = SealSettings()
    witness: WitnessSettings = WitnessSettings()
    desk: DeskSettings = DeskSettings()
    places: Mapping[str, Table] = field(default_factory=dict)
    unstated: frozenset[str] = frozenset()
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
            said.append(f"{self.passed_over} does not count: everyone can write to its folder. {self._how_to_trust()}")
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
        given = {key: checked(current, f"{section}.{key}", value, "command line") for key, value in given.items()}
        origins = {**self.origins, **{f"{section}.{key}": "flag" for key in given}}
        refused = {name: why for name, why in self.refused.items() if origins.get(name) != "flag"}
        return replace(self, **{section: replace(current, **given)}, origins=origins, refused=refused)


CLASH = "your own settings have one of this name too, and a project does not replace it"
"""Why a place of a project does not count, when the user's file has one of the same name.

Names are the same that find the same credentials, so letter case and punctuation make no difference.
"""


WORDS: dict[Any, str] = {str: "a text", bool: "true or false", int: "a whole number"}


def checked(current: Any, name: str, value: Any, origin: str) -> Any:
    """`value`, meant for the setting `name` in the section `current`, in the setting's type. Raises `UsageError`."""
    key = name.partition(".")[2]
    hints = get_type_hints(type(current))
    if key not in hints:
        raise UsageError(f"unknown setting {name}{suggest(key, tuple(hints))}", subject=origin)
    kind = hints[key]
    if kind != Table and get_args(kind):
        if isinstance(value, str) or not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
            raise UsageError(f"{name} must be a list of texts", subject=origin)
        value = tuple(value)
    elif kind in WORDS and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        raise UsageError(f"{name} must be {WORDS[kind]}", subject=origin)
    elif kind == Table and not isinstance(value, dict):
        raise UsageError(f"{name} must be a table", subject=origin)
    entry = next(f for f in fields(current) if f.name == key)
    _check_choice(name, value, entry.metadata["choices"], origin)
    return value


def _check_choice(name: str, value: Any, choices: tuple[str, ...], origin: str) -> None:
    if choices and value not in choices:
        shown = ", ".join(choice or '""' for choice in choices)
        raise UsageError(f"{name} must be one of {shown}, not {str(value)[:60]}", subject=origin)


def suggest(word: str, known: tuple[str, ...]) -> str:
    import difflib

    near = difflib.get_close_matches(word, known, 1)
    return f"; did you mean {near[0]}?" if near else ""
