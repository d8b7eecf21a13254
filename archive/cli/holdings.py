"""`archive holdings`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING

import click

from archive.cli.console import show, show_json
from archive.cli.options import current_settings, json_option, path_argument
from archive.errors import ArchiveError, NotFoundError, UsageError
from archive.formats.naming import escape
from archive.model.audit import Holding, count_copies
from archive.model.exits import gravest
from archive.settings import Settings

if TYPE_CHECKING:
    from archive.ledger.book import Ledger
    from archive.model.entry import Entry

_NAMED = 3
"""The next command names at most so many bags."""


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
@click.option("--place", "location", metavar="NAME", help="The place they are in; by default found by path.")
@click.option(
    "--recursive", is_flag=True, help="BAGS are folders: add every bag in them and below, and print a summary."
)
@click.option(
    "--new", is_flag=True, help="Bags that are holdings already, or were retired, are fine and left as they are."
)
@json_option
def add(bags: tuple[str, ...], location: str | None, recursive: bool, new: bool, as_json: bool) -> int:
    """Add bags (folders, zip or tar files, s3:// addresses, PLACE:IDENTIFIER). Manifests are read now, files at the
    next audit.

    With --recursive, every folder below that has a bagit.txt is a bag. Bags are not searched for further bags; symbolic
    links, hidden folders and OCFL objects are skipped, and packed bags must be named individually. One bag that cannot
    be added does not stop the rest.

    \b
    Example:
      archive holdings add bags/press-release s3://vault/press-release
      archive holdings add --recursive --new bags
    """
    from archive.model.entry import EntryState
    from archive.reporting.entering import entered_text
    from archive.reporting.holdings import holdings_document
    from archive.stages.auditing.entering import enter_all
    from archive.storage.clock import system_clock

    added: list[tuple[Holding, int]] = []
    failures: list[ArchiveError] = []
    counts, amounts = dict.fromkeys(EntryState, 0), [0, 0]
    with open_current() as (ledger, settings):
        found = chain.from_iterable(map(_search, bags)) if recursive else iter(bags)
        for entry in enter_all(ledger, settings, found, system_clock(), location=location, new=new):
            counts[entry.state] += 1
            if entry.error is not None:
                failures.append(entry.error)
                click.echo(f"error: {escape(str(entry.error))}", err=True)
            elif entry.holding is not None:
                amounts = [amounts[0] + entry.holding.files, amounts[1] + entry.holding.bytes]
                if as_json or not recursive:
                    added.append((entry.holding, 0))
        added = [(holding, _count_copies(ledger, holding)) for holding, _none in added]
    if as_json:
        left = {"known": counts[EntryState.KNOWN], "retired": counts[EntryState.RETIRED]}
        show_json(holdings_document(added, failures, left_out=left))
    elif recursive or new:
        show(entered_text(counts, files=amounts[0], size=amounts[1]))
    else:
        for holding, copies in added:
            known = f"; other copies known: {copies}" if copies else ""
            show(f"added {escape(holding.address)}: {holding.files:,} files, {holding.bytes:,} bytes{known}")
    if counts[EntryState.ADDED] and not as_json:
        show("Next: archive audit")
    elif counts[EntryState.KNOWN] and not as_json:
        show("Next: archive status")
    return gravest(error.exit_code for error in failures)


def _search(folder: str) -> Iterator[str | ArchiveError]:
    """The bags below a folder; what hinders the search becomes a failure beside them.

    Where there is no bag at all, that is one too: a mistyped or empty folder does not count as success.
    """
    from archive.stages.auditing.entering import bags_below

    empty = True
    try:
        for one in bags_below(folder):
            empty = False
            yield one
    except ArchiveError as error:
        yield error
        return
    if empty:
        yield NotFoundError("there is no bag in this folder or below it", subject=folder)


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that were retired.")
@json_option
def list_(everything: bool, as_json: bool) -> int:
    """List the holdings, with how many copies of each bag there are.

    \b
    Example:
      archive holdings list --json
    """
    from archive.ledger.copies import list_deposited_copies
    from archive.ledger.holdings import list_holdings
    from archive.reporting.holdings import holding_line, holdings_document
    from archive.stages.auditing.copies import count_other_copies

    with open_current() as (ledger, _settings):
        holdings, deposits = list_holdings(ledger, retired=everything), list_deposited_copies(ledger)
    counts = count_other_copies(holdings, deposits)
    rows = [(one, counts[one.id]) for one in holdings]
    if as_json:
        show_json(holdings_document(rows))
        return 0
    for one, copies in rows:
        show(holding_line(one, copies))
    if not rows:
        show("no holdings yet\nNext: archive holdings add BAG")
    return 0


@command.command("move")
@path_argument("bag", nargs=1)
@path_argument("to", nargs=1)
@click.option("--place", "location", metavar="NAME", help="The place it is in now.")
@json_option
def move(bag: str, to: str, location: str | None, as_json: bool) -> int:
    """Record a bag's new location. It moves nothing itself; the bag there must be the same.

    \b
    Example:
      archive holdings move bags/press-release /mnt/vault/press-release
    """
    from archive.stages.auditing.holdings import find_only, relocate_holding
    from archive.storage.clock import system_clock

    with open_current() as (ledger, settings):
        holding = find_only(ledger, bag)
        moved = relocate_holding(ledger, settings, holding, to, system_clock(), location=location)
        copies = _count_copies(ledger, moved)
    if as_json:
        _show_one(moved, copies)
        return 0
    show(f"moved: {escape(holding.address)} is now at {escape(moved.address)}\nNext: archive audit")
    return 0


@command.command("retire")
@path_argument("bag", nargs=1)
@click.option("--reason", default="", help="Why; it is kept in the bag's history.")
@json_option
def retire(bag: str, reason: str, as_json: bool) -> int:
    """Stop auditing a bag. Nothing is deleted, its history stays.

    \b
    Example:
      archive holdings retire bags/press-release --reason "returned to the depositor"
    """
    from archive.ledger.holdings import find_holding_by_id, retire_holding
    from archive.stages.auditing.holdings import find_only
    from archive.storage.clock import system_clock

    with open_current() as (ledger, _settings):
        holding = find_only(ledger, bag)
        retire_holding(ledger, holding, reason, now=int(system_clock().now().timestamp()))
        retired, copies = find_holding_by_id(ledger, holding.id), _count_copies(ledger, holding)
    if as_json:
        _show_one(retired, copies)
        return 0
    show(f"retired {escape(holding.address)}; its files stay where they are")
    return 0


def _show_one(holding: Holding, copies: int) -> None:
    from archive.reporting.holdings import holdings_document

    show_json(holdings_document([(holding, copies)]))


@contextmanager
def open_current() -> Iterator[tuple[Ledger, Settings]]:
    """The ledger of the working folder's settings, and these. Raises `LedgerError` and its kinds."""
    from archive.ledger.book import ledger_address, open_ledger

    settings = current_settings()
    settings.require("ledger", "places", "audit")
    ledger = open_ledger(ledger_address(settings))
    try:
        yield ledger, settings
    finally:
        ledger.close()


def _count_copies(ledger: Ledger, holding: Holding) -> int:
    from archive.ledger.holdings import copies_of

    return count_copies([holding, *copies_of(ledger, holding)])[holding.id]


def require_ledger(settings: Settings) -> None:
    """Raises `UsageError` where there is no ledger that the bag could be added to, before anything is made."""
    from archive.stages.verification import project_ledger

    settings.require("ledger", "places", "audit")
    with project_ledger(settings, migrating=True) as ledger:
        if ledger is None:
            raise UsageError("--hold needs a project with a ledger", remedy="Start one: archive init")


def hold_made(bags: Sequence[str], settings: Settings) -> dict[str, Entry]:
    """Add the bags that were made to the holdings: what became of each, by its path."""
    from archive.stages.auditing.entering import hold_bags
    from archive.storage.clock import system_clock

    return hold_bags(settings, bags, system_clock())


def lead_on(made: Sequence[str], entries: Mapping[str, Entry], settings: Settings) -> None:
    """Say which of the bags `made` are holdings now, and inside a project the command that comes next."""
    from archive.reporting.entering import entry_lines

    for line in entry_lines(entries.values()):
        show(line)
    if not made:
        return
    if any(one.error is None for one in entries.values()):
        show("Next: archive audit")
    elif not entries and os.path.isfile(os.path.join(settings.folder, "archive.toml")):
        from archive.ledger.book import ledger_address

        address = ledger_address(settings)
        if "://" in address or os.path.exists(address):
            show(f"Next: archive holdings add {escape(shlex.join(made[:_NAMED]))}{' ...' * (len(made) > _NAMED)}")
