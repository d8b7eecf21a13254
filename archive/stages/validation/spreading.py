"""Validation of many subjects by the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from archive.errors import ArchiveError
from archive.model.addresses import is_remote
from archive.model.light import light_dataclass
from archive.model.validation import Depth, ValidationReport
from archive.settings import Settings
from archive.stages.spreading import Spread, work_each


@light_dataclass(frozen=True)
class _Job:
    """What a worker validates, and how."""

    subject: str
    depth: Depth
    profile: str | None
    cross_check: bool
    settings: Settings | None


def validate_on_workers(
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
    jobs = [_Job(_absolute(subject), depth, named, cross_check, settings) for subject in subjects]
    for subject, answer in zip(subjects, work_each(_validate, jobs, spread), strict=True):
        if isinstance(answer, ArchiveError):
            answer.subject = subject if answer.subject in (None, _absolute(subject)) else answer.subject
            yield answer
        else:
            yield ValidationReport(subject, answer.kind, answer.verdict, answer.findings, answer.depth, answer.facts)


def _absolute(subject: str) -> str:
    """The subject as every worker finds it; what is empty or odd is refused there in the same words."""
    return subject if not subject or "\0" in subject or is_remote(subject) else os.path.abspath(subject)


def _validate(job: _Job) -> ValidationReport:
    """On a worker: one process reads, for others are at work beside it."""
    from archive.stages.validation import validate

    return validate(
        job.subject, depth=job.depth, profile=job.profile, cross_check=job.cross_check, workers=1,
        settings=job.settings,
    )  # fmt: skip
