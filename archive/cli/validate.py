"""`archive validate X...`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.options import (
    current_settings,
    engine_option,
    events_option,
    json_option,
    path_argument,
    quiet_option,
    scheduler_option,
    spread_of,
    strict_option,
)
from archive.errors import ArchiveError, without_users
from archive.model.exits import exit_of, gravest
from archive.model.validation import Depth, ValidationReport


class WorkerCount(click.IntRange):
    """A number of workers, or the word auto, which is None."""

    name = "workers"

    def __init__(self) -> None:
        super().__init__(1, 64)

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Any:
        """The number, or None for auto. Fails as `click.IntRange` does."""
        return None if value == "auto" else super().convert(value, param, context)


_NAMED = 20
_COLOURS = {
    "intact": "green", "damaged": "red", "invalid": "red", "not PDF/A": "yellow", "profile not met": "red",
    "not checked": "yellow",
}  # fmt: skip


@click.command("validate")
@path_argument("subjects")
@click.option(
    "--depth", type=click.Choice([depth.value for depth in Depth]), default=Depth.FULL.value, show_default=True,
    help="How thoroughly a bag is checked: counts only, presence, or every byte. Only full can report valid.",
)  # fmt: skip
@click.option(
    "--profile", metavar="NAME|FILE", help="A BagIt profile that bags must meet: a shipped name or a JSON file."
)
@click.option("--cross-check", is_flag=True, help="Also ask the bagit library and report each disagreement.")
@click.option(
    "--workers", type=WorkerCount(), metavar="N|auto", default="auto", show_default=True,
    help="What reads a bag's folder, or the number of Dask workers; auto chooses by size, storage and processors.",
)  # fmt: skip
@engine_option
@scheduler_option
@click.option("--verbose", "-v", is_flag=True, help="Show full digests.")
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
    engine: str | None,
    scheduler: str | None,
    verbose: bool,
    strict: bool,
    as_json: bool,
    events: bool,
    quiet: bool,
) -> int:
    """Check that bags, XML records, PDFs and OCFL objects are complete and unchanged.

    A bag is a folder, a .zip or a .tar (plain, gz, bz2, xz, zst); archives are never unpacked. It may also be at an
    s3://BUCKET/PREFIX address, in a place of archive.toml (PLACE:IDENTIFIER), or in a version of an OCFL object:
    OBJECT#v1. Every subject is checked, and the most serious outcome gives the exit code. With --engine dask, the
    workers of a Dask cluster check several subjects at a time. @FILE means the names in a file, one per line.

    \b
    Example:
      archive validate bags/press-release
      archive validate --depth quick --json bags/*
      archive validate --profile aptrust deposit.tar
      archive validate --quiet @bags.txt
      archive validate --engine dask --workers 4 bags/*
    """
    from archive.stages.validation.spreading import validate_spread

    settings = current_settings()
    if profile is not None:
        from archive.stages.validation.bags.profiles import load_profile

        load_profile(profile)
    progress = progress_for(quiet=quiet, events=events)
    reports: list[ValidationReport] = []
    failures: list[tuple[str, ArchiveError]] = []
    passed: list[str] = []
    answers = validate_spread(
        subjects, spread_of(settings, engine, scheduler, workers), depth=Depth(depth), profile=profile,
        cross_check=cross_check, workers=workers, settings=settings, progress=progress,
    )  # fmt: skip
    for subject, answer in answers:
        if isinstance(answer, ArchiveError):
            failures.append((without_users(subject), answer))
            if not as_json:
                _show_failure(*failures[-1])
            continue
        reports.append(answer)
        failed = exit_of(answer.outcome, warned=strict and bool(answer.warnings))
        if not failed:
            passed.append(subject)
        if not as_json and (failed or not quiet):
            _show_report(answer, whole=verbose)
    if quiet and not as_json:
        _name_passed(passed, len(reports) + len(failures))
    judged = [exit_of(report.outcome, warned=strict and bool(report.warnings)) for report in reports]
    code = gravest([*judged, *(error.exit_code for _, error in failures)])
    if as_json:
        from archive.reporting.validation import validation_document

        show_json(validation_document(reports, failures, code))
    return code


def _show_report(report: ValidationReport, *, whole: bool) -> None:
    from archive.reporting.validation import validation_lines

    first, *rest = validation_lines(report, whole=whole)
    word, colon, text = first.partition(":")
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        word = click.style(word, fg=_COLOURS.get(word))
    show("\n".join([word + colon + text, *rest]))


def _name_passed(passed: Sequence[str], total: int) -> None:
    """Where only what failed is printed, name the rest on standard error: so it is known to have been looked at."""
    from archive.formats.naming import escape

    if passed and len(passed) < total:
        more = f" and {len(passed) - _NAMED:,} more" if len(passed) > _NAMED else ""
        click.echo(f"no problem in {len(passed):,} of {total:,}: {escape(', '.join(passed[:_NAMED]))}{more}", err=True)


def _show_failure(subject: str, error: ArchiveError) -> None:
    from archive.formats.naming import escape

    remedy = f" {error.remedy}." if error.remedy else " Check the path, then run again."
    click.echo(f"error: {escape(subject)}: {escape(error.problem)}.{escape(remedy)}", err=True)
