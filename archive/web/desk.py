"""The desk of one project: where it works, what it remembers, and who may use it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.config import load_settings
from archive.errors import LedgerMissingError
from archive.project_file import NAME, state_folder
from archive.settings import Settings
from archive.web.bag_records import Records
from archive.web.drafts import Drafts
from archive.web.jobs import Jobs
from archive.web.sessions import Sessions
from archive.web.snapshot import Snapshots

if TYPE_CHECKING:
    from archive.ledger.book import Ledger


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk. `folder` is the project's, `state` a private folder for jobs, drafts and what was uploaded."""

    folder: str
    state: str
    read_only: bool
    sessions: Sessions
    jobs: Jobs
    overview: Snapshots
    places: Snapshots
    records: Records
    drafts: Drafts

    @property
    def settings(self) -> Settings:
        """The settings as they are now. Raises `UsageError` when a file is wrong."""
        return load_settings(self.folder)

    @property
    def archive_name(self) -> str:
        """What the archive is called: [notify] name, else the name of the project's folder."""
        return self.settings.notify.name or os.path.basename(self.folder)

    @property
    def has_ledger(self) -> bool:
        """Whether the project has a ledger that can be found."""
        from archive.ledger.book import ledger_address

        address = ledger_address(self.settings)
        return "://" in address or os.path.exists(address)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger, open; a desk that only reads never brings an older one up to date.

        Raises `UsageError`, and `LedgerError` and its kinds.
        """
        from archive.ledger.book import ledger_address, open_ledger

        settings = self.settings
        settings.require("ledger", "places", "audit")
        opened = open_ledger(ledger_address(settings), migrating=not self.read_only)
        try:
            yield opened
        finally:
            opened.close()


def make_desk(folder: str, sessions: Sessions, *, read_only: bool) -> Desk:
    """The desk of the project in `folder`. Its state folder is made, readable by no other user. Raises OSError."""
    real = os.path.realpath(folder)
    state = os.path.join(state_folder(os.environ), "desk", hashlib.sha256(os.fsencode(real)).hexdigest()[:16])
    os.makedirs(state, mode=0o700, exist_ok=True)
    os.chmod(state, 0o700)
    overview = Snapshots(os.path.join(state, "overview.json"), real, ("status", "--json"), lambda: _ledger_mark(real))
    places = Snapshots(os.path.join(state, "places.json"), real, ("places", "--json"), lambda: _places_mark(real))
    jobs = Jobs(os.path.join(state, "jobs"), real)
    records = Records(os.path.join(state, "records"), real)
    drafts = Drafts(os.path.join(state, "drafts"), os.path.join(state, "uploads"), jobs)
    return Desk(real, state, read_only, sessions, jobs, overview, places, records, drafts)


def _places_mark(folder: str) -> str:
    """As `_ledger_mark`, and it changes with archive.toml too."""
    try:
        changed = os.stat(os.path.join(folder, NAME)).st_mtime_ns
    except OSError:
        changed = 0
    return f"{_ledger_mark(folder)}:{changed}"


def _ledger_mark(folder: str) -> str:
    """A text that changes whenever something is recorded in the ledger, or a deposit begins or ends."""
    from archive.ledger.book import ledger_address, open_ledger
    from archive.ledger.overview import ledger_mark

    settings = load_settings(folder)
    try:
        opened = open_ledger(ledger_address(settings), migrating=False)
    except LedgerMissingError:
        return "no ledger"
    try:
        mark = ledger_mark(opened)
    finally:
        opened.close()
    try:
        journals = os.stat(os.path.join(settings.folder, settings.deposit.journal)).st_mtime_ns
    except OSError:
        journals = 0
    return f"{mark}:{journals}:{settings.audit.max_age}"
