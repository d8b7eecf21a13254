"""`archive seal`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import click

from archive.cli.console import progress_for, show, show_json, warn
from archive.cli.options import (
    current_settings,
    json_option,
    passphrase_option,
    path_argument,
    quiet_option,
    read_passphrase,
    trust_option,
)
from archive.errors import ArchiveError, UsageError
from archive.formats.naming import escape
from archive.model.exits import gravest
from archive.model.seal import Reason
from archive.settings import Settings

if TYPE_CHECKING:
    from archive.ledger.book import Ledger
    from archive.model.sealing import SealingReport
    from archive.stages.sealing.order import SealOrder
    from archive.stages.sealing.recording import Recorder
    from archive.stages.sealing.signing import SealingKey

Results = list[tuple[str, "SealingReport | ArchiveError"]]


@click.command("seal")
@path_argument("bags", required=False)
@click.option(
    "--key", "keys", multiple=True, metavar="KEY",
    help="A key file, or ssh:FILE.pub for a key of ssh-agent or a device; may be repeated. Default: [seal] key.",
)  # fmt: skip
@click.option(
    "--tsa", "urls", multiple=True, metavar="URL",
    help="Request a timestamp from this authority; may be repeated. Default: the addresses in the trust folder.",
)  # fmt: skip
@click.option("--reason", type=click.Choice([one.value for one in Reason]), help="Why the seal is made.")
@click.option("--batch", is_flag=True, help="Timestamp all bags together, with one request to each authority.")
@click.option(
    "--offline", is_flag=True, help="Sign now without timestamps; add them later with archive seal --complete."
)
@click.option("--complete", is_flag=True, help="Request the missing timestamps, and fetch revocation lists again.")
@click.option("--renew", is_flag=True, help="Add a seal that covers the bag and all its older seals.")
@click.option("--due", is_flag=True, help="With --renew: only bags that are due; without BAGS all holdings.")
@click.option("--within", metavar="SPAN", help="With --due: how long before the end a renewal is due. Default: 12m.")
@trust_option
@passphrase_option
@json_option
@quiet_option
def command(
    *,
    bags: tuple[str, ...],
    keys: tuple[str, ...],
    urls: tuple[str, ...],
    reason: str | None,
    batch: bool,
    offline: bool,
    complete: bool,
    renew: bool,
    due: bool,
    within: str | None,
    trust: str | None,
    passphrase_fd: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Seal bags: sign their contents and have the signature timestamped by authorities.

    Each bag is validated first, byte by byte. The seal is written into its folder seal; nothing else is changed. A
    packed bag cannot be sealed: seal the folder, then pack it. Exit code 4 means that a seal was stored with too few
    timestamps and must be completed.

    \b
    Example:
      archive seal bags/press-release --key anna.key
      archive seal bags/* --key ssh:anna.pub --batch
      archive seal @bags.txt --key anna.key --batch
      archive seal --complete bags/press-release
      archive seal --renew --due --key anna.key
    """
    _check_usage(bags, complete=complete, renew=renew, due=due, within=within, batch=batch, reason=reason)
    from archive.stages.sealing.order import SealOrder
    from archive.stages.trusting import read_named_trust
    from archive.stages.verification import project_ledger
    from archive.trust.store import refuse_trust_inside

    settings = current_settings()
    trusted = read_named_trust(trust, settings)
    if trusted is not None:
        refuse_trust_inside(trusted.folder, bags)
    with project_ledger(settings, migrating=True) as ledger:
        chosen = list(bags) or _list_holdings(ledger)
        if trusted is not None and not bags:
            refuse_trust_inside(trusted.folder, chosen)
        order = SealOrder(
            keys=() if complete else open_named_keys(keys, settings, passphrase_fd),
            trust=trusted,
            urls=urls,
            reason=None if reason is None else Reason(reason),
            offline=offline,
            settings=settings,
            progress=progress_for(quiet=quiet or as_json),
            recorder=recorder_of(ledger),
        )
        results = _carry_out(chosen, order, complete=complete, renew=renew, due=due, within=within, batch=batch,
                             tell=not as_json, everything=not bags)  # fmt: skip
    code = gravest(one.exit_code for _, one in results)
    if as_json:
        from archive.reporting.sealing import sealing_document

        show_json(sealing_document(results, code))
    elif not results:
        show("Nothing to do: no seal is due" if due else "Nothing to do: no seal waits for stamps")
    return code


def _check_usage(
    bags: tuple[str, ...], *, complete: bool, renew: bool, due: bool, within: str | None, batch: bool,
    reason: str | None,
) -> None:  # fmt: skip
    """Raises `UsageError` for options that do not belong together."""
    if complete and renew:
        raise UsageError("--complete and --renew are two commands", remedy="Run one after the other")
    if due and not renew:
        raise UsageError("--due is only used with --renew", remedy="Add --renew")
    if within is not None and not due:
        raise UsageError("--within is only used with --renew --due", remedy="Add --renew --due")
    if batch and (complete or renew):
        raise UsageError("--batch is for new seals", remedy="Leave out --batch")
    if reason is not None and (complete or renew):
        raise UsageError("--reason is for new seals; a renewal has the reason renewal", remedy="Leave out --reason")
    if not bags and not complete and not due:
        raise UsageError("no bag is named", remedy="Name a bag: archive seal BAG --key KEY")


def _carry_out(
    bags: list[str], order: SealOrder, *, complete: bool, renew: bool, due: bool, within: str | None, batch: bool,
    tell: bool, everything: bool,
) -> Results:  # fmt: skip
    """Do what is asked, bag by bag, and show each as it is done."""
    answers: Iterator[tuple[str, SealingReport | ArchiveError | None]]
    if complete:
        from archive.stages.sealing.completing import complete_each

        answers = complete_each(bags, order, waiting=everything)
    elif renew:
        from archive.model.sealing import RENEWAL_AHEAD
        from archive.stages.sealing.renewing import parse_ahead, renew_each

        answers = renew_each(bags, order, due=due, ahead=parse_ahead(within) if within else RENEWAL_AHEAD)
    elif batch:
        from archive.stages.sealing.batch import seal_batch

        answers = iter(seal_batch(bags, order))
    else:
        from archive.stages.sealing.sealing import seal_each

        answers = iter(seal_each(bags, order))
    results: Results = []
    for bag, answer in answers:
        if answer is None:
            continue
        results.append((bag, answer))
        if isinstance(answer, ArchiveError):
            click.echo(f"error: {escape(str(answer))}", err=True)
        elif tell:
            show_sealing(answer)
    return results


def show_sealing(report: SealingReport) -> None:
    """Print what came of one bag."""
    from archive.reporting.sealing import sealing_lines

    for line in sealing_lines(report):
        show(line)
    if not report.is_complete:
        show(f"Next: archive seal --complete {escape(shlex.quote(report.bag))}")


def open_named_keys(names: tuple[str, ...], settings: Settings, descriptor: int | None) -> tuple[SealingKey, ...]:
    """The keys that are named, else that of [seal] key. Raises what `archive.stages.sealing.signing.open_keys` does."""
    from archive.stages.sealing.signing import open_keys

    if not names and settings.seal.key:
        settings.require("seal.key")
        key = settings.seal.key
        names = (key if key.startswith("ssh:") else os.path.join(settings.folder, key),)
    return open_keys(names, partial(read_passphrase, descriptor=descriptor))


def order_of_new(
    keys: tuple[str, ...], urls: tuple[str, ...], trust: str | None, descriptor: int | None, settings: Settings,
    *, packed: bool, several: bool = False,
) -> SealOrder | None:  # fmt: skip
    """How new bags are to be sealed, None where they are not. The keys are opened now, before anything is made.

    Raises `UsageError`, and what opening the keys and the trust folder raises.
    """
    if not keys:
        if urls or trust is not None:
            raise UsageError("--trust and --tsa are only used with --seal", remedy="Add --seal KEY")
        return None
    if packed:
        raise UsageError("a packed bag cannot be sealed", remedy="Leave out --serialize, and pack the bag afterwards")
    if several:
        raise UsageError("--seal cannot be used with a group of bags", remedy="Seal its bags with archive seal --batch")
    from archive.stages.sealing.order import SealOrder
    from archive.stages.trusting import read_named_trust

    trusted = read_named_trust(trust, settings)
    return SealOrder(open_named_keys(keys, settings, descriptor), trusted, urls, settings=settings)


def recorder_of(ledger: Ledger | None) -> Recorder:
    """What records seals in `ledger`."""
    from archive.stages.sealing.recording import NO_RECORDER, LedgerRecorder

    return NO_RECORDER if ledger is None else LedgerRecorder(ledger)


def _list_holdings(ledger: Ledger | None) -> list[str]:
    """The bags in folders that the ledger holds."""
    if ledger is None:
        raise UsageError("no bag is named, and there is no project", remedy="Name bags, or run it in a project")
    from archive.ledger.holdings import list_holdings
    from archive.model.addresses import is_remote
    from archive.model.audit import Container

    found, other = [], 0
    for one in list_holdings(ledger):
        if one.form is Container.FOLDER and not is_remote(one.address):
            found.append(one.address)
        else:
            other += 1
    if other:
        warn(f"{other:,} holdings are packed or in a bucket and cannot be sealed there")
    return found
