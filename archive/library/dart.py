"""Bags from jobs of DART, for those who come from there."""

from __future__ import annotations

from dataclasses import replace

from archive.formats.naming import path_text
from archive.library.arguments import StrPath, rely_on
from archive.library.creation import create
from archive.library.progress import Cancellation
from archive.library.reports import CreationReport
from archive.model.build import Progress
from archive.settings import Settings


def create_from_dart(
    job: StrPath,
    to: StrPath,
    *,
    name: str | None = None,
    plain: bool = False,
    dry_run: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> CreationReport:
    """Make the bag of a job that DART exported, in the folder `to`: what `archive create --dart-job` does.

    The job's files, package, BagIt profile and tags come before `settings`; its uploads are not run, and the findings
    name them. Raises `FormatError` for a file that is not such a job, and as `create`.
    """
    from archive.stages.creation.dart_jobs import order_of_job

    order = order_of_job(path_text(job), rely_on(settings))
    report = create(
        order.sources, to, name=name or order.name, plain=plain, dry_run=dry_run, settings=order.settings,
        progress=progress, cancellation=cancellation,
    )  # fmt: skip
    return replace(report, findings=(*report.findings, *order.findings))
