"""`archive events`."""

from __future__ import annotations

import sys

import click

from archive.cli.console import show, show_json
from archive.cli.holdings import open_current
from archive.cli.options import json_option, path_argument
from archive.errors import UsageError


@click.command("events")
@path_argument("bag", nargs=1)
@click.option("--premis", is_flag=True, help="Write them as a PREMIS 3 record.")
@click.option("--output", metavar="FILE", type=click.Path(path_type=str), help="Write to this new file.")
@json_option
def command(bag: str, premis: bool, output: str | None, as_json: bool) -> int:
    """Show what has happened to a bag since it was added: entered, copied, moved, checked, repaired, updated.

    The events of all versions of the bag are shown, those of an older holding up to that one.

    \b
    Example:
      archive events bags/press-release --premis --output press-release-events.xml
    """
    from archive.ledger.history import events_of
    from archive.reporting.events import life_document, life_text
    from archive.stages.auditing.history import write_life
    from archive.stages.auditing.holdings import find_only
    from archive.storage.atomic import write_output

    if premis and as_json:
        raise UsageError("--premis and --json cannot be used together")
    if output is not None and not premis:
        raise UsageError("--output is only used with --premis")
    with open_current() as (ledger, _settings):
        holding = find_only(ledger, bag, retired=True)
        events = events_of(ledger, holding.id)
        record = b"".join(write_life(ledger, holding)) if premis else b""
    if as_json:
        show_json(life_document(holding, events))
    elif not premis:
        show(life_text(holding, events))
    elif output is None:
        sys.stdout.buffer.write(record)
    else:
        write_output(output, [record], remedy="Name another --output FILE")
    return 0
