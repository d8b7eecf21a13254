"""`archive status`."""

from __future__ import annotations

import click

from archive.cli.console import show, show_json
from archive.cli.holdings import open_current
from archive.cli.options import json_option


@click.command("status")
@click.option("--max-age", metavar="90d", help="Files last checked longer ago than this are overdue.")
@json_option
def command(max_age: str | None, as_json: bool) -> int:
    """Show the archive on one screen: bags, copies, checks, damage, seals, deposits, and what to do next.

    Everything comes from the ledger and the deposit journals; nothing is read from the bags. Exits with 1 when damage
    is known, 5 when the outcome of a deposit is unknown, and 4 when files are overdue or could not be checked.

    \b
    Example:
      archive status
    """
    from archive.reporting.archive_status import archive_status_document, archive_status_exit, archive_status_text
    from archive.stages.archive_status import read_archive_status
    from archive.stages.auditing.run_plan import require_holdings
    from archive.storage.clock import system_clock

    with open_current() as (ledger, settings):
        settings.require("deposit")
        require_holdings(ledger)
        age = settings.with_flags("audit", max_age=max_age).audit.max_age
        found = read_archive_status(ledger, settings, age, system_clock())
    if as_json:
        show_json(archive_status_document(found))
    else:
        show(archive_status_text(found))
    return archive_status_exit(found)
