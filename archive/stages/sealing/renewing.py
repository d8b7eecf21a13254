"""Renewing seals: a further seal covers the bag and all older seals, before the certificates behind them end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from archive.errors import ArchiveError, CancelledError, FormatError, UsageError
from archive.formats.utc_time import time_text
from archive.model.finding import Severity
from archive.model.seal import Reason, folder_of
from archive.model.sealing import SealingReport
from archive.stages.sealing.completing import Stored, read_if_sealed, read_stored
from archive.stages.sealing.order import SealOrder, each_once
from archive.stages.sealing.sealing import seal_bag

_AHEAD = re.compile(r"([1-9][0-9]{0,4})([dwmy])")
_DAYS = {"d": 1.0, "w": 7.0, "m": 30.4375, "y": 365.25}
_RENEWABLE = ("SEAL-120", "SEAL-137", "SEAL-152")
"""Errors that a renewal is for, or that it leaves as they are."""


def parse_ahead(text: str) -> timedelta:
    """A span such as 12m, 90d, 6w or 2y. Raises `UsageError`."""
    match = _AHEAD.fullmatch(text)
    if match is None:
        raise UsageError("not a span of time", subject=text, remedy="Write it like 12m, 90d, 6w or 2y")
    return timedelta(days=int(match[1]) * _DAYS[match[2]])


def renew_each(
    bags: Sequence[str], order: SealOrder, *, due: bool, ahead: timedelta
) -> Iterator[tuple[str, SealingReport | ArchiveError | None]]:
    """Each bag with what came of it; None for one that is not due, where only those are to be renewed."""
    for bag in each_once(bags):
        try:
            yield bag, _renew(bag, order, due=due, ahead=ahead)
        except CancelledError:
            raise
        except ArchiveError as error:
            yield bag, error


def is_due(stored: Stored, at: datetime, ahead: timedelta) -> bool:
    """Whether the newest seal is proven until less than `ahead` from `at`, or rests on a weak hash."""
    weak = any(finding.code == "SEAL-152" for finding in stored.findings)
    until = stored.newest.until
    return weak or (until is not None and until <= at + ahead)


def _renew(bag: str, order: SealOrder, *, due: bool, ahead: timedelta) -> SealingReport | None:
    at = order.now()
    stored = read_if_sealed(bag, order, at) if due else read_stored(bag, order, at)
    if stored is None or (due and not is_due(stored, at, ahead)):
        return None
    for finding in stored.findings:
        if finding.severity is Severity.ERROR and finding.code not in _RENEWABLE:
            raise FormatError(
                f"the bag's seals are damaged, so they were not renewed: {finding.message}", subject=bag,
                remedy="Examine it: archive verify BAG",
            )  # fmt: skip
    report = seal_bag(bag, replace(order, reason=Reason.RENEWAL))
    until = stored.newest.until
    if until is None or at <= until:
        return report
    late = (
        f"{folder_of(stored.newest.number)} is renewed late: its certificates ended at {time_text(until)}, "
        f"so there is a gap until {time_text(at)}"
    )
    return replace(report, warnings=(*report.warnings, late))
