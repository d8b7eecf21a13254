"""`archive report`."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from functools import partial

import click

from archive.cli.console import show, show_json
from archive.cli.holdings import open_current
from archive.cli.options import json_option
from archive.errors import UsageError
from archive.formats.naming import escape
from archive.translation import LANGUAGES, language_from_environment, translator


@click.command("report")
@click.option("--html", "html_file", metavar="FILE", type=click.Path(path_type=str), help="One static HTML page.")
@click.option("--pdf", "pdf_file", metavar="FILE", type=click.Path(path_type=str), help="The same as a PDF/A document.")
@click.option("--csv", "csv_file", metavar="FILE", type=click.Path(path_type=str), help="One row a package.")
@click.option("--since", metavar="DATE", help="Runs and events from this day on, as 2026-05-03.")
@click.option(
    "--language", type=click.Choice(tuple(LANGUAGES)), help="Of the page and the document; by default that of LANG."
)
@json_option
def command(
    *, html_file: str | None, pdf_file: str | None, csv_file: str | None, since: str | None, language: str | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Write the report of holdings and audits. An older report of the same name is replaced.

    FILE may be a link, which stays, or a pipe or device, which is written to.

    \b
    Example:
      archive report --html report.html --since 2026-05-01
      archive report --pdf report.pdf --language ar
    """
    from archive.stages.auditing.holdings_report import gather
    from archive.stages.auditing.notices import archive_name
    from archive.stages.auditing.titles import read_titles
    from archive.storage.atomic import write_output
    from archive.storage.clock import system_clock

    if not (html_file or pdf_file or csv_file or as_json):
        raise UsageError("no output is given", remedy="--html FILE, --pdf FILE, --csv FILE or --json")
    begin = _parse_day(since) if since else 0
    with open_current() as (ledger, settings):
        titles = partial(read_titles, settings=settings)
        portrait = gather(ledger, settings.audit.max_age, system_clock(), since=begin, titles=titles)
    written, speaking = [], translator(language or language_from_environment(os.environ))
    if html_file:
        from archive.reporting.html import write_page

        page = write_page(portrait, speaking, archive_name(settings))
        write_output(html_file, [page.encode("utf-8")], replace=True)
        written.append(html_file)
    if pdf_file:
        from archive.reporting.html import draw_pdf

        drawn = draw_pdf(portrait, speaking, archive_name(settings), settings, system_clock())
        write_output(pdf_file, [drawn], replace=True)
        written.append(pdf_file)
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
