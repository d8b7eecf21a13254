"""The report on all holdings, as JSON (archive.report/1) and as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

from archive.formats.naming import escape
from archive.ledger.overview import stamp_of
from archive.reporting.archive_status import copies_fields
from archive.reporting.audit import run_fields
from archive.reporting.finding import finding_fields
from archive.reporting.holdings import holding_fields
from archive.stages.auditing.holdings_report import Portrait

Fields = dict[str, Any]


def report_document(portrait: Portrait) -> Fields:
    return {
        "schema": "archive.report/1", "made": stamp_of(portrait.made),
        "since": stamp_of(portrait.since) if portrait.since else None, "sentence": portrait.sentence,
        "holdings": portrait.status.holdings, "intact_holdings": portrait.status.intact,
        "copies": copies_fields(portrait.copies),
        "files": portrait.status.files, "bytes": portrait.status.bytes, "due_now": portrait.due_now,
        "calendar": [{"month": one.name, "files": one.files} for one in portrait.calendar],
        "growth": [{"month": one.name, "holdings": one.holdings, "bytes": one.bytes} for one in portrait.growth],
        "formats": [
            {"puid": puid or None, "name": title, "files": files, "bytes": size}
            for puid, title, files, size in portrait.formats
        ],
        "packages": [
            {
                **holding_fields(one.holding, one.copies), "state": one.state, "troubled_files": one.troubled,
                "checked_since": None if one.oldest is None else stamp_of(one.oldest),
                "sealed": one.sealed or None,
            }
            for one in portrait.packages
        ],
        "runs": [run_fields(one) for one in portrait.runs],
        "findings": [finding_fields(one) for one in portrait.status.findings],
    }  # fmt: skip


COLUMNS = (
    "number", "name", "address", "location", "form", "external identifier", "state", "files", "bytes", "other copies",
    "files that need attention", "all files checked since", "added", "sealed",
)  # fmt: skip


def write_csv(portrait: Portrait) -> str:
    """The table as text. What a spreadsheet would take for a formula gets an apostrophe before it."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for package in portrait.packages:
        one = package.holding
        writer.writerow([
            one.id, _cell(one.name), _cell(one.address), _cell(one.location), one.form.value,
            _cell(one.external_id or ""), package.state, one.files, one.bytes, package.copies, package.troubled,
            stamp_of(package.oldest) if package.oldest else "", stamp_of(one.added_at), _cell(package.sealed),
        ])  # fmt: skip
    return target.getvalue()


def _cell(text: str) -> str:
    shown = escape(text)
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@") else shown
