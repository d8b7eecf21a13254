"""Telling the ledger, where there is one, that a package became a bag. The bag is not a holding until it is added."""

from __future__ import annotations

import os

from archive.errors import LedgerError
from archive.formats.naming import escape
from archive.ledger.recording import record_event
from archive.model.codes import packages as codes
from archive.model.finding import Finding
from archive.model.package import PackageContent
from archive.settings import Settings
from archive.stages.verification import project_ledger
from archive.storage.clock import Clock


def record_import(settings: Settings, clock: Clock, bag: str, content: PackageContent) -> tuple[Finding, ...]:
    """Write the event; a finding where the ledger did not take it, for the bag is in its place already."""
    detail = {
        "bag": escape(os.path.basename(bag)), "package": escape(content.name), "format": content.kind.value,
        "identifier": escape(content.identifier or ""), "rebuilt": content.bag is not None,
    }  # fmt: skip
    try:
        with project_ledger(settings, migrating=True) as ledger:
            if ledger is not None:
                record_event(ledger, "ingestion", None, detail, now=int(clock.now().timestamp()))
    except LedgerError as error:
        return (codes.NOT_IN_LEDGER.at(bag, why=error.problem),)
    return ()
