"""Validation of many subjects: one after the other here, or by the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from archive.errors import ArchiveError
from archive.model.addresses import is_remote
from archive.model.build import NO_PROGRESS, Progress
from archive.model.finding import Finding
from archive.model.light import light_dataclass
from archive.model.validation import Depth, ValidationReport
from archive.places import address_in_place
from archive.settings import Settings
from archive.stages.spreading import Spread, work_each
from archive.stages.validation import validate, validate_each
from archive.stages.validation.feed import FindingFeed


@light_dataclass(frozen=True)
class _Job:
    """What a worker validates, and how."""

    subject: str
    depth: Depth
    profile: str | None
    cross_check: bool
    settings: Settings | None


def validate_spread(
    subjects: Sequence[str],
    spread: Spread | None,
    *,
    depth: Depth = Depth.FULL,
    profile: str | None = None,
    cross_check: bool = False,
    workers: int | None = None,
    settings: Settings | None = None,
    progress: Progress = NO_PROGRESS,
    on_finding: Callable[[str, Finding], object] | None = None,
) -> Iterator[tuple[str, ValidationReport | ArchiveError]]:
    """As `validate_each`; with `spread` the workers of a Dask cluster judge the subjects, one process each.

    `workers` and `progress` are for what is judged here. Raises `UsageError`, `StorageError` when there is no cluster.
    """
    if spread is None:
        yield from validate_each(
            subjects, depth=depth, profile=profile, cross_check=cross_check, workers=workers, settings=settings,
            progress=progress, on_finding=on_finding,
        )  # fmt: skip
        return
    answers = _validate_on_workers(
        subjects, spread, depth=depth, profile=profile, cross_check=cross_check, settings=settings
    )
    for subject, answer in zip(subjects, answers, strict=True):
        if isinstance(answer, ValidationReport) and on_finding is not None:
            FindingFeed(partial(on_finding, subject), NO_PROGRESS).tell(answer.findings)
        yield subject, answer


def _validate_on_workers(
    subjects: Sequence[str],
    spread: Spread,
    *,
    depth: Depth,
    profile: str | None,
    cross_check: bool,
    settings: Settings | None,
) -> Iterator[ValidationReport | ArchiveError]:
    """The report on each of `subjects`, in their order, or why there is none. Raises `UsageError`, `StorageError`."""
    named = os.path.abspath(profile) if profile is not None and os.path.exists(profile) else profile
    jobs = [_Job(_absolute(subject, settings), depth, named, cross_check, settings) for subject in subjects]
    for subject, answer in zip(subjects, work_each(_validate, jobs, spread), strict=True):
        if isinstance(answer, ArchiveError):
            answer.subject = subject if answer.subject in (None, _absolute(subject, settings)) else answer.subject
            yield answer
        else:
            yield ValidationReport(subject, answer.kind, answer.verdict, answer.findings, answer.depth, answer.facts)


def _absolute(subject: str, settings: Settings | None) -> str:
    """The subject as every worker finds it; what is empty or odd is refused there in the same words."""
    subject = subject if settings is None else address_in_place(settings, subject)
    return subject if not subject or "\0" in subject or is_remote(subject) else os.path.abspath(subject)


def _validate(job: _Job) -> ValidationReport:
    """On a worker: one process reads, for others are at work beside it."""
    return validate(
        job.subject, depth=job.depth, profile=job.profile, cross_check=job.cross_check, workers=1,
        settings=job.settings,
    )  # fmt: skip
