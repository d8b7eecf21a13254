"""`archive deposits`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from archive.cli.console import show, show_json
from archive.cli.options import current_settings, json_option
from archive.model.exits import Exit
from archive.model.kept_deposit import DepositProgress, KeptDeposit
from archive.settings import Settings


@click.group("deposits")
def command() -> None:
    """List and show finished and unfinished deposits.

    Everything comes from receipts, journals and the ledger; no repository is contacted.

    \b
    Example:
      archive deposits list
    """


@command.command("list")
@click.option("--pending", is_flag=True, help="Only those not yet accepted by a repository.")
@json_option
def list_(pending: bool, as_json: bool) -> int:
    """List the deposits, oldest first. Exits with 5 when the outcome of one is unknown.

    \b
    Example:
      archive deposits list --pending
    """
    from archive.reporting.deposits import deposits_document, deposits_text

    found = [one for one in _known(current_settings()) if not pending or one.progress is not DepositProgress.ACCEPTED]
    if as_json:
        show_json(deposits_document(found))
    elif pending and not found:
        show("no deposit is pending")
    else:
        show(deposits_text(found))
    return _exit_of(found)


@command.command("show")
@click.argument("which", metavar="DEPOSIT", type=click.Path(path_type=str))
@json_option
def show_(which: str, as_json: bool) -> int:
    """Show what is known about a deposit, named by a bag's path or name, an identifier, or a key from the list.

    Exits with 5 when the outcome is unknown.

    \b
    Example:
      archive deposits show bags/press-release
    """
    from archive.reporting.deposits import deposit_text, deposits_document
    from archive.stages.depositing.kept import find_deposits

    found = find_deposits(_known(current_settings()), which)
    if as_json:
        show_json(deposits_document(found))
    else:
        show(deposit_text(found))
    return _exit_of(found)


def _known(settings: Settings) -> list[KeptDeposit]:
    """The deposits, with what the ledger has where there is one. Raises `LedgerError`, `StorageError`."""
    from archive.ledger.copies import list_deposits
    from archive.stages.depositing.kept import kept_deposits
    from archive.stages.verification import project_ledger

    settings.require("deposit")
    with project_ledger(settings) as ledger:
        recorded = [] if ledger is None else list_deposits(ledger)
    return kept_deposits(settings, recorded)


def _exit_of(deposits: Sequence[KeptDeposit]) -> int:
    unknown = any(one.progress is DepositProgress.UNKNOWN for one in deposits)
    return Exit.DEPOSIT if unknown else Exit.DONE
