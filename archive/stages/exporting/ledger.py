"""Telling the ledger, where the bag is one of its holdings, that a package of it was given out."""

from __future__ import annotations

from archive.errors import ArchiveError
from archive.ledger.recording import record_event
from archive.model.addresses import is_remote
from archive.model.codes import packages as codes
from archive.model.finding import Finding
from archive.settings import Settings
from archive.stages.updating.ledger import find_holding
from archive.storage.clock import Clock


def record_export(
    settings: Settings, clock: Clock, bag: str, as_format: str, *, files: int, size: int
) -> tuple[Finding, ...]:
    """Write the event; a finding where the ledger did not take it, for the package is in its place already."""
    if is_remote(bag):
        return ()
    try:
        found = find_holding(settings, bag)
        if found is None:
            return ()
        ledger, holding = found
        try:
            detail = {"format": as_format, "files": files, "bytes": size}
            record_event(ledger, "dissemination", holding.id, detail, now=int(clock.now().timestamp()))
        finally:
            ledger.close()
    except ArchiveError as error:
        return (codes.NOT_IN_LEDGER.at(bag, why=error.problem),)
    return ()
