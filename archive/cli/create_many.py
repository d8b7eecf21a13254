"""Several bags from one `archive create`: a group of bounded bags, or a bag for each row of a table."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from archive.cli.console import show, show_json
from archive.cli.holdings import hold_made, lead_on
from archive.model.creation import CreationReport
from archive.model.exits import exit_of, gravest
from archive.model.finding import Finding

if TYPE_CHECKING:
    from archive.stages.creation.group import Bounds


def read_bounds(max_size: str | None, max_files: int | None) -> Bounds:
    """How large a bag of a group may be. Raises `UsageError` for a size that cannot be read."""
    from archive.formats.amounts import parse_size
    from archive.stages.creation.group import Bounds

    return Bounds(None if max_size is None else parse_size(max_size), max_files)


def create_bounded(
    sources: tuple[str, ...],
    make: partial[CreationReport],
    bounds: Bounds,
    notes: tuple[Finding, ...],
    *,
    hold: bool,
    as_json: bool,
    strict: bool,
) -> int:
    """Make the bags of a group, and end with the gravest exit code among them."""
    from archive.reporting.creation import creation_text, group_document
    from archive.stages.creation.group import create_group

    options = {key: value for key, value in make.keywords.items() if key not in ("in_place", "fetch_from")}
    reports = list(create_group(sources, bounds=bounds, **options))
    reports[-1] = replace(reports[-1], findings=(*reports[-1].findings, *notes))
    settings, made = make.keywords["settings"], [one.bag for one in reports if one.created]
    entries = hold_made(made, settings) if hold else {}
    code = gravest([
        *(exit_of(one.outcome, warned=strict and bool(one.warnings)) for one in reports),
        *(one.error.exit_code for one in entries.values() if one.error is not None),
    ])  # fmt: skip
    if as_json:
        show_json(group_document(reports, code, entries))
    else:
        show("\n\n".join(creation_text(one) for one in reports))
        lead_on(made, entries, settings)
    return code


def create_rows(table: str, make: partial[CreationReport], *, hold: bool, as_json: bool, strict: bool) -> int:
    """Make the bags of a table by `make`, and end with the gravest exit code among its rows."""
    from archive.reporting.creation import batch_document, batch_text
    from archive.stages.creation.batch import make_all, read_rows

    def make_one(source: str, name: str, description: str | None) -> CreationReport:
        return make([source], name=name, description=description)

    shared = {key: make.keywords[key] for key in ("to", "settings", "wrap_bag", "dry_run")}
    results = list(make_all(read_rows(table), make=make_one, **shared))
    codes = [
        one.error.exit_code if one.error is not None
        else 0 if one.report is None
        else int(exit_of(one.report.outcome, warned=strict and bool(one.report.warnings)))
        for one in results
    ]  # fmt: skip
    settings = make.keywords["settings"]
    made = [one.report.bag for one in results if one.report is not None and one.report.created]
    there = [one.bag for one in results if one.bag]
    entries = hold_made([*made, *there], settings) if hold else {}
    failed = [one.error.exit_code for one in entries.values() if one.error is not None]
    code = gravest([*codes, *failed]) or next((one for one in codes if one), 0)
    if as_json:
        show_json(batch_document(results, codes, code, entries))
    else:
        show(batch_text(results))
        lead_on(made, entries, settings)
    return code
