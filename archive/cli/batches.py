"""What commands that make many bags share: make them, hold and seal them, and report all of it once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from archive.cli.console import show, show_json
from archive.cli.holdings import hold_made, lead_on
from archive.errors import ArchiveError
from archive.formats.naming import escape
from archive.model.batch import BagOrder, BagResult
from archive.model.build import Progress
from archive.model.exits import exit_of, gravest
from archive.model.light import light_dataclass
from archive.model.sealing import SealingReport
from archive.settings import Settings

if TYPE_CHECKING:
    from archive.model.entry import Entry
    from archive.stages.creation.batch import BatchPlan
    from archive.stages.sealing.order import SealOrder


@light_dataclass(frozen=True)
class Wishes:
    """What is to become of the bags once they are made, and which warnings count."""

    settings: Settings
    hold: bool = False
    seal: SealOrder | None = None
    strict: bool = False


@light_dataclass(frozen=True)
class BatchEnd:
    """The end of a batch: the bags, which of them are holdings now, their seals, and the exit codes of each and all."""

    results: tuple[BagResult, ...]
    codes: tuple[int, ...]
    entries: Mapping[str, Entry]
    seals: Mapping[str, SealingReport | ArchiveError]

    @property
    def exit_code(self) -> int:
        """The gravest of all."""
        later = [one.error for one in self.entries.values()]
        failed = [one.exit_code for one in later if one is not None]
        return gravest([*self.codes, *failed, *(one.exit_code for one in self.seals.values())])

    def is_done(self, result: BagResult) -> bool:
        """Whether the bag of this result is there, and held and sealed where that was asked for."""
        if not result.place:
            return False
        entry, seal = self.entries.get(result.place), self.seals.get(result.place)
        return (entry is None or entry.error is None) and (seal is None or not seal.exit_code)


def make_batch(
    orders: Sequence[BagOrder], failed: Sequence[BagResult], plan: BatchPlan, wishes: Wishes, progress: Progress
) -> BatchEnd:
    """Make the bags, then hold and seal those that are there, also of an earlier run that did not come so far.

    `failed` are sources of which none can be made. Raises what the engine, the ledger and the keys raise.
    """
    from archive.stages.creation.batch import make_all

    places = {id(order): number for number, order in enumerate(orders)}
    rank = {(order.source, order.name): places[id(order)] for order in orders}
    made = sorted(make_all(orders, plan, progress), key=lambda one: rank[one.order.source, one.order.name])
    results = (*made, *failed)
    codes = tuple(_code_of(one, strict=wishes.strict) for one in results)
    there = [one.place for one in results if one.place and not plan.dry_run]
    entries = hold_made(there, wishes.settings) if wishes.hold and there else {}
    seals = _seal(there, wishes.seal, wishes.settings) if wishes.seal is not None else {}
    return BatchEnd(results, codes, entries, seals)


def show_batch(end: BatchEnd, settings: Settings, *, as_json: bool) -> int:
    """Print the report of a batch, and give its exit code."""
    from archive.reporting.batch import batch_document, batch_text

    if as_json:
        show_json(batch_document(end.results, end.codes, end.exit_code, end.entries, end.seals))
        return end.exit_code
    show(batch_text(end.results))
    for bag, seal in end.seals.items():
        if isinstance(seal, ArchiveError):
            click.echo(f"error: {escape(str(seal))}", err=True)
        elif not seal.is_complete:
            show(f"sealed, stamps are still due: {escape(bag)}")
    lead_on([one.place for one in end.results if one.report is not None and one.place], end.entries, settings)
    return end.exit_code


def _code_of(result: BagResult, *, strict: bool) -> int:
    if result.error is not None:
        return result.error.exit_code
    if result.report is None:
        return 0
    return int(exit_of(result.report.outcome, warned=strict and bool(result.report.warnings)))


def _seal(bags: Sequence[str], order: SealOrder, settings: Settings) -> dict[str, SealingReport | ArchiveError]:
    """Seal those that have no seal yet, with the stamps of one: what came of each."""
    from archive.cli.seal import recorder_of
    from archive.stages.sealing.batch import seal_batch
    from archive.stages.verification import project_ledger
    from archive.trust.store import refuse_trust_inside

    unsealed = [bag for bag in bags if not os.path.lexists(os.path.join(bag, "seal"))]
    if not unsealed:
        return {}
    if order.trust is not None:
        refuse_trust_inside(order.trust.folder, unsealed)
    with project_ledger(settings, migrating=True) as ledger:
        return dict(seal_batch(unsealed, replace(order, recorder=recorder_of(ledger))))
