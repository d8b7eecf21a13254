"""`archive verify BAG...`."""

from __future__ import annotations

import os
import sys
from datetime import datetime

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.options import (
    UtcTime,
    current_settings,
    events_option,
    json_option,
    path_argument,
    quiet_option,
    strict_option,
    trust_option,
)
from archive.errors import ArchiveError, UsageError, without_users
from archive.model.exits import exit_of, gravest
from archive.model.seal import VerificationReport

_COLOURS = {"sealed and intact": "green", "damaged": "red", "not checked": "yellow"}


@click.command("verify")
@path_argument("bags")
@trust_option
@click.option("--at", type=UtcTime(), metavar="TIME", help="Verify as of this time instead of now.")
@click.option(
    "--expect", metavar="LINE|FILE",
    help="A receipt line of archive seal, or the proof beside a deposit's receipt: these seals must be present.",
)  # fmt: skip
@strict_option
@json_option
@events_option
@quiet_option
def command(
    *,
    bags: tuple[str, ...],
    trust: str | None,
    at: datetime | None,
    expect: str | None,
    strict: bool,
    as_json: bool,
    events: bool,
    quiet: bool,
) -> int:
    """Check that bags are sealed, by whom and since when, and that nothing has changed.

    Every byte is read, as by archive validate. A bag without a seal fails. Only keys and authorities in the trust
    folder are accepted; that folder is never inside a bag. Nothing is written, and the network is not used. A bag is a
    folder, a .zip or a .tar, an s3://BUCKET/PREFIX address, or OBJECT#v1, a version of an OCFL object.

    \b
    Example:
      archive verify bags/press-release --trust trust
      archive verify --json bags/*
    """
    from archive.model.inclusion import NOTHING_EXPECTED
    from archive.stages.trusting import read_named_trust
    from archive.stages.verification import project_ledger, verify
    from archive.stages.witnessing.expecting import read_expected
    from archive.storage.clock import Clock

    settings = current_settings()
    believed = read_named_trust(trust, settings)
    moment = Clock().now() if at is None else at
    if expect is not None and len(bags) > 1:
        raise UsageError("--expect names the seals of one bag; several are given")
    proven = NOTHING_EXPECTED if expect is None else read_expected(expect, believed, settings, at=moment)
    progress = progress_for(quiet=quiet, events=events)
    reports: list[tuple[VerificationReport, int]] = []
    failures: list[tuple[str, ArchiveError]] = []
    with project_ledger(settings) as ledger:
        for bag in bags:
            try:
                report = verify(
                    bag, believed, at=moment, proven=proven, ledger=ledger, settings=settings, progress=progress
                )
            except ArchiveError as error:
                if len(bags) == 1:
                    raise
                failures.append((without_users(bag), error))
                if not as_json:
                    _show_failure(*failures[-1])
                continue
            reports.append((report, int(exit_of(report.outcome, warned=strict and bool(report.warnings)))))
            if not as_json:
                _show_report(report)
    code = gravest([*(own for _, own in reports), *(error.exit_code for _, error in failures)])
    if as_json:
        from archive.reporting.seal_json import verification_document

        show_json(verification_document(reports, failures, code))
    return code


def _show_report(report: VerificationReport) -> None:
    from archive.reporting.seal_text import verification_lines

    first, *rest = verification_lines(report)
    word, colon, text = first.partition(":")
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        word = click.style(word, fg=_COLOURS.get(word))
    show("\n".join([word + colon + text, *rest]))


def _show_failure(bag: str, error: ArchiveError) -> None:
    from archive.formats.naming import escape

    remedy = f" {error.remedy}." if error.remedy else ""
    click.echo(f"error: {escape(bag)}: {escape(error.problem)}.{escape(remedy)}", err=True)
