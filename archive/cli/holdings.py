"""`archive holdings`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from archive.cli.console import show, show_json
from archive.cli.exits import gravest
from archive.cli.options import current_settings, json_option, path_argument
from archive.config import Settings
from archive.errors import ArchiveError, UsageError
from archive.formats.naming import escape
from archive.ledger.book import Ledger
from archive.model.audit import Holding


@click.group("holdings")
def command() -> None:
    """Add, list, move and retire holdings: the bags that audits look after.

    \b
    Example:
      archive holdings add bags/press-release
      archive holdings list
    """


@command.command("add")
@path_argument("bags")
@click.option("--location", metavar="NAME", help="The location of archive.toml it stands in; by default found by path.")
@json_option
def add(bags: tuple[str, ...], location: str | None, as_json: bool) -> int:
    """Enter bags (folders, zip or tar files, s3:// addresses). Manifests are read now, files at the next audit.

    \b
    Example:
      archive holdings add bags/press-release s3://vault/press-release
    """
    from archive.reporting.audit_json import holding_fields
    from archive.stages.auditing.holding import add_holding, reach_together
    from archive.storage.clock import system_clock

    added: list[Holding] = []
    failures: list[ArchiveError] = []
    with open_current() as (ledger, settings):
        reached = reach_together(ledger, settings, bags, location)
        for bag in bags:
            try:
                added.append(
                    add_holding(ledger, settings, bag, system_clock(), location=location, identity=reached.get(bag))
                )
            except ArchiveError as error:
                failures.append(error)
                click.echo(f"error: {escape(str(error))}", err=True)
        copies = {holding.id: _count_copies(ledger, holding) for holding in added}
    if as_json:
        problems = [{"kind": type(error).__name__, "problem": escape(str(error))} for error in failures]
        document = {"schema": "archive.holdings/1", "holdings": [holding_fields(one, copies[one.id]) for one in added]}
        show_json({**document, "problems": problems})
        return gravest(error.exit_code for error in failures)
    for holding in added:
        known = f"; other copies known: {copies[holding.id]}" if copies[holding.id] else ""
        show(f"added {escape(holding.address)}: {holding.files:,} files, {holding.bytes:,} bytes{known}")
    if added:
        show("next: archive audit")
    return gravest(error.exit_code for error in failures)


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that were retired.")
@json_option
def list_(everything: bool, as_json: bool) -> int:
    """List the holdings, with how many copies of each bag there are.

    \b
    Example:
      archive holdings list --json
    """
    from archive.ledger.holdings import list_holdings
    from archive.reporting.audit_json import holding_fields
    from archive.reporting.audit_text import holding_line

    with open_current() as (ledger, _settings):
        holdings = list_holdings(ledger, retired=everything)
    counts: dict[str, int] = {}
    for holding in holdings:
        counts[holding.tag_digest] = counts.get(holding.tag_digest, 0) + (holding.retired_at is None)
    rows = [(one, max(counts[one.tag_digest] - (one.retired_at is None), 0)) for one in holdings]
    if as_json:
        fields = [holding_fields(one, copies) for one, copies in rows]
        show_json({"schema": "archive.holdings/1", "holdings": fields, "problems": []})
        return 0
    for one, copies in rows:
        show(holding_line(one, copies))
    if not rows:
        show("no holdings yet\nnext: archive holdings add BAG")
    return 0


@command.command("move")
@path_argument("bag", nargs=1)
@path_argument("to", nargs=1)
@click.option("--location", metavar="NAME", help="The location of archive.toml it stands in now.")
@json_option
def move(bag: str, to: str, location: str | None, as_json: bool) -> int:
    """Tell the ledger that a bag stands elsewhere now. It moves nothing itself; the bag there must be the same.

    \b
    Example:
      archive holdings move bags/press-release /mnt/vault/press-release
    """
    from archive.stages.auditing.holding import relocate_holding
    from archive.storage.clock import system_clock

    with open_current() as (ledger, settings):
        holding = only_one(ledger, bag)
        moved = relocate_holding(ledger, settings, holding, to, system_clock(), location=location)
        copies = _count_copies(ledger, moved)
    if as_json:
        _show_one(moved, copies)
        return 0
    show(f"moved: {escape(holding.address)} is now at {escape(moved.address)}\nnext: archive audit")
    return 0


@command.command("retire")
@path_argument("bag", nargs=1)
@click.option("--reason", default="", help="Why; it stands in the bag's history.")
@json_option
def retire(bag: str, reason: str, as_json: bool) -> int:
    """Take a bag out of the audits. Nothing is deleted, its history stays.

    \b
    Example:
      archive holdings retire bags/press-release --reason "returned to the depositor"
    """
    from archive.ledger.holdings import find_holding_by_id, retire_holding
    from archive.storage.clock import system_clock

    with open_current() as (ledger, _settings):
        holding = only_one(ledger, bag)
        retire_holding(ledger, holding, reason, now=int(system_clock().now().timestamp()))
        retired, copies = find_holding_by_id(ledger, holding.id), _count_copies(ledger, holding)
    if as_json:
        _show_one(retired, copies)
        return 0
    show(f"retired {escape(holding.address)}; its files stay where they are")
    return 0


def _show_one(holding: Holding, copies: int) -> None:
    from archive.reporting.audit_json import holding_fields

    show_json({"schema": "archive.holdings/1", "holdings": [holding_fields(holding, copies)], "problems": []})


@contextmanager
def open_current() -> Iterator[tuple[Ledger, Settings]]:
    """The ledger of the working folder's settings, and these. Raises `LedgerError` and its kinds."""
    from archive.ledger.book import ledger_address, open_ledger

    settings = current_settings()
    ledger = open_ledger(ledger_address(settings))
    try:
        yield ledger, settings
    finally:
        ledger.close()


def only_one(ledger: Ledger, text: str, *, retired: bool = False) -> Holding:
    """The one holding that `text` means. Raises `UsageError` when copies share the name, `NotFoundError`."""
    from archive.ledger.holdings import find_holdings
    from archive.stages.auditing.places import absolute_address

    found = find_holdings(ledger, text, absolute=absolute_address(text, os.getcwd()), retired=retired)
    if len(found) > 1:
        places = ", ".join(one.address for one in found)
        raise UsageError(f"several holdings have this name: {places}", subject=text, remedy="Give the whole path")
    return found[0]


def _count_copies(ledger: Ledger, holding: Holding) -> int:
    from archive.ledger.holdings import copies_of

    return len(copies_of(ledger, holding))
