"""The holdings as CSV, one row a package, safe to open in a spreadsheet program."""

from __future__ import annotations

import csv
import io

from archive.formats.naming import escape
from archive.ledger.overview import stamp_of
from archive.stages.auditing.portrait import Portrait

COLUMNS = (
    "number", "name", "address", "location", "form", "external identifier", "state", "files", "bytes", "other copies",
    "files to look at", "all files checked since", "added",
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
            stamp_of(package.oldest) if package.oldest else "", stamp_of(one.added_at),
        ])  # fmt: skip
    return target.getvalue()


def _cell(text: str) -> str:
    shown = escape(text)
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@") else shown
