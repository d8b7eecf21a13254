"""May this bag leave? Only a bag that is valid to the last byte, and whose rights allow it."""

from __future__ import annotations

import os

from archive.config import Settings
from archive.errors import UsageError, from_os_error
from archive.model.codes import deposit as codes
from archive.model.finding import Finding, Outcome, Severity
from archive.model.package import NO_PROGRESS, Progress
from archive.model.report import Depth, Kind
from archive.stages.depositing.sources import BagSource, read_small
from archive.stages.rights import check_release
from archive.stages.validation import validate
from archive.storage.clock import Clock

_STATEMENTS = "metadata/descriptive/statements.json"


def judge_bag(bag: str, settings: Settings, progress: Progress = NO_PROGRESS) -> list[Finding]:
    """Why `bag` may not be deposited as it is: empty when it is valid. Reads every byte.

    Raises `NotFoundError` and `UsageError` for what is no bag.
    """
    report = validate(bag, depth=Depth.FULL, settings=settings, progress=progress)
    if report.kind is not Kind.BAG:
        raise UsageError(f"this is no bag but {report.kind.value}", subject=bag, remedy="Name a bag to deposit")
    if report.outcome is Outcome.INTACT:
        return []
    name = os.path.basename(os.path.abspath(bag))
    grave = [one for one in report.findings if one.severity in (Severity.ERROR, Severity.UNCHECKED)]
    return [codes.INVALID_BAG.at(name, verdict=report.verdict), *grave]


def judge_rights(source: BagSource, clock: Clock) -> list[Finding]:
    """What in the bag's rights forbids to give it out, or should be known. Raises `StorageError`."""
    try:
        statements = read_small(source, _STATEMENTS, 1 << 24)
    except OSError as error:
        raise from_os_error(error, _STATEMENTS) from error
    return check_release(statements, clock.now().date())
