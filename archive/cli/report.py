"""`archive report`."""

from __future__ import annotations

from datetime import UTC, date, datetime

import click

from archive.cli.console import show, show_json
from archive.cli.holdings import open_current
from archive.cli.options import json_option
from archive.errors import UsageError
from archive.formats.naming import escape


@click.command("report")
@click.option("--html", "html_file", metavar="FILE", type=click.Path(path_type=str), help="One static HTML page.")
@click.option("--csv", "csv_file", metavar="FILE", type=click.Path(path_type=str), help="One row a package.")
@click.option("--since", metavar="DATE", help="Runs and events from this day on, as 2026-05-03.")
@json_option
def command(html_file: str | None, csv_file: str | None, since: str | None, as_json: bool) -> int:
    """Write the report of holdings and audits. An older report of the same name is replaced.

    FILE may be a link, which stays, or a pipe or device, which is written to.

    \b
    Example:
      archive report --html report.html --since 2026-05-01
    """
    from archive.stages.auditing.holdings_report import gather
    from archive.storage.atomic import write_output
    from archive.storage.clock import system_clock

    if not (html_file or csv_file or as_json):
        raise UsageError("no output is given", remedy="--html FILE, --csv FILE or --json")
    begin = _parse_day(since) if since else 0
    with open_current() as (ledger, settings):
        portrait = gather(ledger, settings.audit.max_age, system_clock(), since=begin)
    written = []
    if html_file:
        from archive.reporting.html import write_page

        write_output(html_file, [write_page(portrait).encode("utf-8")], replace=True)
        written.append(html_file)
    if csv_file:
        from archive.reporting.holdings_report import write_csv

        write_output(csv_file, [write_csv(portrait).encode("utf-8")], replace=True)
        written.append(csv_file)
    if as_json:
        from archive.reporting.holdings_report import report_document

        show_json(report_document(portrait))
    else:
        show("\n".join([portrait.sentence, *(f"wrote {escape(path)}" for path in written)]))
    return 0


def _parse_day(text: str) -> int:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError("not a date; write it like 2026-05-03", subject=text[:40]) from None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
