"""`archive retrieve PLACE ID --to DIR`."""

from __future__ import annotations

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.options import current_settings, events_option, json_option, quiet_option
from archive.model.exits import exit_of
from archive.model.finding import outcome_of


@click.command("retrieve")
@click.argument("target", metavar="PLACE")
@click.argument("identifier", metavar="ID")
@click.option("--to", required=True, type=click.Path(path_type=str), help="Folder for the bag.")
@click.option("--name", help="Name of the bag there; default: its own, else the last part of ID.")
@click.option(
    "--workers", type=click.IntRange(1, 64), metavar="N",
    help="Processes or threads that validate the bag; default: as validate chooses.",
)  # fmt: skip
@json_option
@events_option
@quiet_option
def command(
    *,
    target: str,
    identifier: str,
    to: str,
    name: str | None,
    workers: int | None,
    as_json: bool,
    events: bool,
    quiet: bool,
) -> int:
    """Retrieve a deposited bag and validate it.

    ID is the identifier of the receipt. In an OCFL root it ends with the version, as in urn:example:bag#v1; without a
    version, the newest is retrieved. The bag keeps the name it was deposited under, where the place or a receipt
    records it. A bag that is not intact is stored as NAME.damaged, and the exit code is 1.

    \b
    Example:
      archive retrieve ocfl:repository urn:muniment:bag:press-release#v1 --to returned/
    """
    from archive.stages.depositing.retrieval import retrieve
    from archive.storage.clock import system_clock
    from archive.targets.registry import open_target

    if name is not None and ("/" in name or name in ("", ".", "..")):
        raise click.UsageError("--name is the name of one folder.")
    settings = current_settings().with_flags("deposit", workers=workers)
    settings.require("deposit", "ledger")
    opened = open_target(target, settings, clock=system_clock())
    try:
        report = retrieve(
            opened, identifier, to, settings=settings, name=name, progress=progress_for(quiet=quiet, events=events)
        )
    finally:
        opened.close()
    code = exit_of(outcome_of(report.findings))
    if as_json:
        from archive.reporting.deposit import retrieval_document

        show_json(retrieval_document(report, code))
        return code
    from archive.reporting.deposit import retrieval_lines

    for line in retrieval_lines(report):
        show(line)
    return code
