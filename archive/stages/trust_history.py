"""The ledger's record of whom the archive believed: each change of its trust folder is an event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from archive.ledger.recording import record_event
from archive.model.seal import Trust
from archive.settings import Settings
from archive.stages.verification import project_ledger

CHANGED = "trust change"
"""The kind of the event; it is of no holding."""


@contextmanager
def changing_trust(settings: Settings, *, now: Callable[[], datetime]) -> Iterator[Callable[[str | None, Trust], None]]:
    """What records a change in the project's ledger: the SHA-256 of trust.toml before (None: there was none) and after.

    The ledger is opened before anything is changed, so that one that cannot be written to leaves the trust folder as it
    is. Without a ledger nothing is recorded. Raises `LedgerError`.
    """
    with project_ledger(settings, migrating=True) as ledger:

        def record(before: str | None, after: Trust) -> None:
            if ledger is None:
                return
            detail = {"name": after.file.name, "version": after.file.version, "before": before, "after": after.sha256}
            record_event(ledger, CHANGED, None, detail, now=int(now().timestamp()))

        yield record
