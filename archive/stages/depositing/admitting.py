"""May this bag leave? Only a bag that is valid to the last byte, and whose rights allow it."""

from __future__ import annotations

import os

from archive.config import Settings
from archive.errors import UsageError
from archive.model.codes import deposit as codes
from archive.model.finding import Finding, Outcome, Severity
from archive.model.package import NO_PROGRESS, Progress
from archive.model.report import Depth, Kind
from archive.stages.rights import check_release
from archive.stages.validation import validate
from archive.storage.clock import Clock

_STATEMENTS = "metadata/descriptive/statements.json"


def judge_bag(bag: str, settings: Settings, clock: Clock, progress: Progress = NO_PROGRESS) -> list[Finding]:
    """What forbids the deposit of `bag`, or should be known: empty when nothing does. Reads every byte.

    Raises `NotFoundError` and `UsageError` for what is no bag.
    """
    report = validate(bag, depth=Depth.FULL, settings=settings, progress=progress)
    if report.kind is not Kind.BAG:
        raise UsageError(f"this is no bag but {report.kind.value}", subject=bag, remedy="Name a bag to deposit")
    if report.outcome is not Outcome.INTACT:
        name = os.path.basename(os.path.abspath(bag))
        grave = [one for one in report.findings if one.severity in (Severity.ERROR, Severity.UNCHECKED)]
        return [codes.INVALID_BAG.at(name, verdict=report.verdict), *grave]
    return check_release(_read_statements(bag), clock.now().date())


def _read_statements(bag: str) -> bytes | None:
    try:
        with open(os.path.join(bag, _STATEMENTS), "rb") as stream:
            return stream.read(1 << 24)
    except (FileNotFoundError, NotADirectoryError):
        return None
