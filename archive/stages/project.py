"""A project: a folder with archive.toml and a ledger, and the user's word that its settings may be trusted."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from archive.config import load_settings
from archive.errors import ArchiveError, ExistsError, UsageError, from_os_error
from archive.formats.toml_text import quote_toml
from archive.ledger.book import create_ledger, ledger_address
from archive.model.addresses import shown_scheme
from archive.project_file import NAME, make_record, record_path
from archive.settings import Settings
from archive.storage.atomic import put_in_place, write_output
from archive.storage.clock import Clock
from archive.storage.partial import Partial, find_leftovers
from archive.storage.removing import remove_tree
from archive.storage.sealed import refuse_sealed

_SETTINGS = """\
# Settings of this archive. `archive config --origin` shows all of them and where each comes from.

[create]
# Who is responsible for the bags, and who makes them; a pseudonym will do. Both are recorded in PREMIS.
{organization}
{operator}

[ledger]
url = {url}

[audit]
max_age = "90d"

# Places that bags are deposited in and audited in: a disk or share (dir:), an OCFL root (ocfl:), a bucket (s3://), a
# repository (sftp://, webdav+https://, sword+https://, invenio+https://). See docs/places.md.
# [places.vault]
# url = "dir:/mnt/vault"
"""
_SCHEMES = ("postgresql://", "postgres://")

_KEYWORDS = re.compile(r"\b(password|passfile|host|hostaddr|dbname|user|sslpassword)\s*=", re.IGNORECASE)
"""What a connection string of libpq's other form is known by."""


@dataclass(frozen=True, slots=True)
class StartedProject:
    """What `start_project` made: the settings file, whether it is new, and the ledger.

    `untrusted` says why the user's word could not be recorded; it is empty when it was.
    """

    settings_file: str
    settings_written: bool
    ledger: str
    ledger_id: str
    untrusted: str


@dataclass(frozen=True, slots=True)
class Responsible:
    """Whom the PREMIS records of a project's bags name; an empty text where no one is to be named."""

    organization: str = ""
    operator: str = ""


def start_project(
    folder: str,
    url: str | None,
    *,
    clock: Clock,
    environ: Mapping[str, str],
    responsible: Responsible = Responsible(),
) -> StartedProject:
    """Make archive.toml, unless there is one, and an empty ledger in `folder`, and trust the project.

    `responsible` goes into a new archive.toml; a file that exists is never changed.

    Both are made in a working folder, so that a run that fails or is stopped leaves nothing in the way of the next. A
    ledger in PostgreSQL is reached before anything is written. Raises `UsageError` for a URL that holds a password,
    `ExistsError` when there is a ledger, and other `ArchiveError`.
    """
    _refuse_secrets(url or "")
    folder = os.path.abspath(folder)
    refuse_sealed(folder, remedy="")
    path = os.path.join(folder, NAME)
    with _working_folder(folder, NAME) as partial:
        now = int(clock.now().timestamp())
        try:
            address = ledger_address(_draft_settings(partial, path, url, environ, responsible))
            _refuse_secrets(address)
            if address.startswith(_SCHEMES):
                ledger = create_ledger(address, now=now)
                ledger.close()
                written = _place(partial.file(NAME), path)
            else:
                if os.path.lexists(address):
                    raise _there_already(address)
                with _working_folder(*os.path.split(address)) as beside:
                    ledger = create_ledger(beside.file("ledger"), now=now)
                    ledger.close()
                    written = _place(partial.file(NAME), path)
                    try:
                        put_in_place(beside.file("ledger"), address)
                    except BaseException:
                        if written:
                            os.unlink(path)
                        raise
        except OSError as error:
            raise from_os_error(error, path) from error
    untrusted = ""
    try:
        trust_project(folder, environ)
    except ArchiveError as error:
        untrusted = error.problem
    return StartedProject(path, written, address, ledger.id, untrusted)


def trust_project(folder: str, environ: Mapping[str, str]) -> str:
    """Record in the user's configuration folder that the project in `folder` is trusted; the record's path.

    Raises `NotFoundError` and other `StorageError`.
    """
    path = record_path(folder, environ)
    try:
        record = make_record(folder)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    except OSError as error:
        raise from_os_error(error, str(error.filename or folder)) from error
    write_output(path, [record.write()], replace=True, mode=0o600)
    return path


def distrust_project(folder: str, environ: Mapping[str, str]) -> bool:
    """Take the user's word back; False when it was never given. Raises `StorageError`."""
    path = record_path(folder, environ)
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise from_os_error(error, path) from error
    return True


def _working_folder(folder: str, name: str) -> Partial:
    """A working folder for `name`, after those of earlier runs that were killed are gone. Raises `StorageError`."""
    for leftover in find_leftovers(folder, name):
        remove_tree(leftover)
    return Partial(folder, name)


def _draft_settings(
    partial: Partial, path: str, url: str | None, environ: Mapping[str, str], responsible: Responsible
) -> Settings:
    """The settings that will hold: those of the file at `path`, or of a new one that is written into `partial`."""
    folder = os.path.dirname(path)
    if os.path.lexists(path):
        return load_settings(folder, environ, trusted=True).with_flags("ledger", url=url)
    content = _SETTINGS.format(
        url=quote_toml(url or "ledger.sqlite3"),
        organization=_setting("organization", responsible.organization),
        operator=_setting("operator", responsible.operator),
    )
    write_output(partial.file(NAME), [content.encode("utf-8", "surrogateescape")])
    return replace(load_settings(partial.path, environ, trusted=True), folder=folder).with_flags("ledger", url=url)


def _place(draft: str, path: str) -> bool:
    """Put the drafted settings in place; False where there is no draft, for the project has its file."""
    if not os.path.lexists(draft):
        return False
    put_in_place(draft, path)
    return True


def _refuse_secrets(url: str) -> None:
    """Raise `UsageError`, without the secret, when a ledger's URL holds one."""
    if "://" not in url:
        if _KEYWORDS.search(url):
            raise UsageError(
                "a ledger is a file or a postgresql:// URL, not a list of keywords; nothing was written",
                remedy="Write postgresql://USER@HOST/DATABASE, and set PGPASSWORD or use ~/.pgpass (mode 0600)",
            )
        return
    try:
        parts = urlsplit(url)
        words = {key.lower() for key, _value in parse_qsl(parts.query, keep_blank_values=True)}
        holds = parts.password is not None or bool(words & {"password", "passfile", "sslpassword"})
    except ValueError:
        raise UsageError("this is not a valid URL", subject=shown_scheme(url)) from None
    if holds:
        raise UsageError(
            "the ledger's URL contains a password; nothing was written",
            subject=f"{parts.scheme}://...",
            remedy="Leave it out of the URL and set PGPASSWORD, or write it to ~/.pgpass (mode 0600)",
        )


def _there_already(address: str) -> ExistsError:
    return ExistsError(
        "there is already a ledger", subject=address,
        remedy="Use it: archive audit status; or start another one: archive init --ledger FILE",
    )  # fmt: skip


def _setting(key: str, value: str) -> str:
    """The line of a setting, as a comment where it has no value."""
    return f"{key} = {quote_toml(value)}" if value else f'# {key} = ""'
