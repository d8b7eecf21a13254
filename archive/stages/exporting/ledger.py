"""Telling the ledger, where there is one, that a package of a bag was made. The bag need not be one of its holdings."""

from __future__ import annotations

import os
from typing import Any

from archive.bags.opening import absolute_address
from archive.errors import ArchiveError
from archive.formats.naming import escape
from archive.ledger.holdings import holdings_at
from archive.ledger.recording import record_event
from archive.model.codes import packages as codes
from archive.model.export import ExportReport
from archive.model.finding import Finding
from archive.settings import Settings
from archive.stages.verification import project_ledger
from archive.storage.clock import Clock


def record_export(settings: Settings, clock: Clock, report: ExportReport, identifier: str) -> tuple[Finding, ...]:
    """Write the event; a finding where the ledger did not take it, for the package is in its place already."""
    detail: dict[str, Any] = {
        "format": report.format, "package": escape(os.path.basename(report.package)), "bag": escape(identifier),
        "files": report.files, "bytes": report.size,
    }  # fmt: skip
    try:
        with project_ledger(settings, migrating=True) as ledger:
            if ledger is not None:
                held = holdings_at(ledger, absolute_address(report.bag))
                now = int(clock.now().timestamp())
                record_event(ledger, "dissemination", held[0].id if held else None, detail, now=now)
    except ArchiveError as error:
        return (codes.NOT_IN_LEDGER.at(report.bag, why=error.problem),)
    return ()
