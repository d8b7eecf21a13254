"""`archive places`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from archive.cli.console import show, show_json
from archive.cli.options import current_settings, json_option
from archive.errors import LedgerMissingError, NotFoundError

if TYPE_CHECKING:
    from archive.ledger.book import Ledger
    from archive.settings import Settings


@click.command("places")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--test", is_flag=True, help="Reach each place, with its credentials. Nothing is stored there.")
@json_option
def command(names: tuple[str, ...], test: bool, as_json: bool) -> int:
    """Show the places: folders, disks, buckets and repositories that bags are held in and deposited in.

    Each is shown with its audience, its holdings, what is overdue there, and whether it was away when it was last
    asked. With --test every place, or those that are named, is reached as an audit and a deposit reach it; the command
    ends with 4 when one does not answer.

    \b
    Example:
      archive places
      archive places --test vault
    """
    from archive.reporting.places import places_document, places_exit, places_text
    from archive.stages.place_status import ask_place, list_places
    from archive.storage.clock import system_clock

    settings = current_settings()
    settings.require("ledger", "places", "audit.max_age")
    ledger, clock = _ledger_of(settings), system_clock()
    try:
        known = list_places(settings, ledger, clock, os.environ)
        for name in names:
            if name not in {one.name for one in known}:
                raise NotFoundError("there is no place of this name", subject=name, remedy="Run: archive places")
        wanted = [one for one in known if not names or one.name in names]
        tests = {one.name: ask_place(settings, ledger, one.name, clock) for one in wanted} if test else {}
        if test:  # the ledger has noted meanwhile which of them are away
            wanted = [one for one in list_places(settings, ledger, clock, os.environ) if one.name in tests]
    finally:
        if ledger is not None:
            ledger.close()
    if as_json:
        show_json(places_document(wanted, tests, settings.audit.max_age))
    else:
        show(places_text(wanted, tests))
    return places_exit(tests)


def _ledger_of(settings: Settings) -> Ledger | None:
    from archive.ledger.book import ledger_address, open_ledger

    try:
        return open_ledger(ledger_address(settings))
    except LedgerMissingError:
        return None
