"""`archive validate X...`."""

from __future__ import annotations

import os
import sys

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.exits import exit_of, gravest
from archive.cli.options import current_settings, events_option, json_option, quiet_option, strict_option
from archive.errors import ArchiveError
from archive.model.report import Depth, ValidationReport

_COLOURS = {"intact": "green", "damaged": "red", "not checked": "yellow"}


@click.command("validate")
@click.argument("subjects", nargs=-1, required=True, type=click.Path(path_type=str, readable=False))
@click.option(
    "--depth", type=click.Choice([depth.value for depth in Depth]), default=Depth.FULL.value, show_default=True,
    help="How deeply a bag is judged: counts only, presence, or every byte. Only full says valid.",
)  # fmt: skip
@click.option(
    "--profile", metavar="NAME|FILE", help="A BagIt profile that bags must meet: a shipped name or a JSON file."
)
@click.option("--cross-check", is_flag=True, help="Ask the bagit library too and name each disagreement.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that read a bag's folder.  [default: 1]")
@strict_option
@json_option
@events_option
@quiet_option
def command(
    *,
    subjects: tuple[str, ...],
    depth: str,
    profile: str | None,
    cross_check: bool,
    workers: int | None,
    strict: bool,
    as_json: bool,
    events: bool,
    quiet: bool,
) -> int:
    """Prove that bags, XML records, PDFs or OCFL objects are whole.

    A bag is a folder, a .zip or a .tar (plain, gz, bz2, xz); archives are never unpacked. Each subject is judged, and
    the gravest outcome gives the exit code.

    \b
    Example:
      archive validate bags/press-release
      archive validate --depth quick --json bags/*
      archive validate --profile aptrust deposit.tar
    """
    from archive.stages.validation import validate

    settings = current_settings()
    if profile is not None:
        from archive.stages.validation.profiles import load_profile

        load_profile(profile)
    progress = progress_for(quiet=quiet, events=events)
    reports: list[ValidationReport] = []
    failures: list[tuple[str, ArchiveError]] = []
    for subject in subjects:
        try:
            report = validate(
                subject, depth=Depth(depth), profile=profile, cross_check=cross_check, workers=workers,
                settings=settings, progress=progress,
            )  # fmt: skip
        except ArchiveError as error:
            failures.append((subject, error))
            if not as_json:
                _show_failure(subject, error)
            continue
        reports.append(report)
        if not as_json:
            _show_report(report)
    judged = [exit_of(report.outcome, warned=strict and bool(report.warnings)) for report in reports]
    code = gravest([*judged, *(error.exit_code for _, error in failures)])
    if as_json:
        from archive.reporting.validation_json import validation_document

        show_json(validation_document(reports, failures, code))
    return code


def _show_report(report: ValidationReport) -> None:
    from archive.reporting.validation_text import validation_lines

    first, *rest = validation_lines(report)
    word, colon, text = first.partition(":")
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        word = click.style(word, fg=_COLOURS.get(word))
    show("\n".join([word + colon + text, *rest]))


def _show_failure(subject: str, error: ArchiveError) -> None:
    from archive.formats.naming import escape

    remedy = f" {error.remedy}." if error.remedy else " Check the path, then run again."
    click.echo(f"error: {escape(subject)}: {escape(error.problem)}.{escape(remedy)}", err=True)
