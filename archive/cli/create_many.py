"""Several bags from one `archive create`: a group of bounded bags, or a batch: a bag of each source or row."""

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
    from collections.abc import Sequence

    from archive.cli.batches import Wishes
    from archive.model.batch import BagOrder, BagResult
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


def create_batch(
    orders: Sequence[BagOrder], failed: Sequence[BagResult], make: partial[CreationReport], wishes: Wishes, *,
    as_json: bool,
) -> int:  # fmt: skip
    """Make the bags of a batch with the options that `make` has for one, and give the gravest exit code."""
    from archive.cli.batches import make_batch, show_batch
    from archive.stages.creation.batch import BatchPlan

    shared = {name: make.keywords[name] for name in BatchPlan.__dataclass_fields__}
    end = make_batch(orders, failed, BatchPlan(**shared), wishes, make.keywords["progress"])
    return show_batch(end, wishes.settings, as_json=as_json)
