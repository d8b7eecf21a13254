"""Exit codes: one table for all commands, also given in JSON reports."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.model.deposit import DepositReport
    from archive.model.finding import Outcome


class Exit(IntEnum):
    """What a command's exit code says."""

    DONE = 0
    DAMAGED = 1
    USAGE = 2
    WARNINGS = 3
    NOT_CHECKED = 4
    DEPOSIT = 5
    NOT_FOUND = 10
    LOCKED = 11
    NOT_AUTHORISED = 12
    NO_SPACE = 13
    FAULT = 70
    INTERRUPTED = 130
    READER_GONE = 141


MEANINGS = {
    Exit.DONE: "intact or done, also with warnings",
    Exit.DAMAGED: "damaged or invalid",
    Exit.USAGE: "wrong usage or configuration",
    Exit.WARNINGS: "warnings, only under --strict",
    Exit.NOT_CHECKED: "something could not be checked",
    Exit.DEPOSIT: "deposit refused, or its outcome unknown",
    Exit.NOT_FOUND: "not found, or not a bag or ledger",
    Exit.LOCKED: "locked by another process",
    Exit.NOT_AUTHORISED: "not authorised: access denied",
    Exit.NO_SPACE: "no space left",
    Exit.FAULT: "internal error",
    Exit.INTERRUPTED: "interrupted; run again to continue",
    Exit.READER_GONE: "the program reading the output has exited",
}

GRAVEST_FIRST = (
    Exit.FAULT,
    Exit.INTERRUPTED,
    Exit.READER_GONE,
    Exit.DAMAGED,
    Exit.DEPOSIT,
    Exit.NO_SPACE,
    Exit.NOT_AUTHORISED,
    Exit.LOCKED,
    Exit.NOT_CHECKED,
    Exit.NOT_FOUND,
    Exit.USAGE,
    Exit.WARNINGS,
    Exit.DONE,
)


def gravest(codes: Iterable[int]) -> int:
    """The code that wins when several subjects ended differently: 70, 1, 5, 4, 3 and then 0."""
    present = set(codes)
    return next((int(code) for code in GRAVEST_FIRST if code in present), int(Exit.DONE))


def exit_of(outcome: Outcome, *, warned: bool = False) -> Exit:
    """The exit code for one outcome; `warned` says that there are warnings, and that they count (--strict)."""
    from archive.model.finding import Outcome

    if outcome is Outcome.DAMAGED:
        return Exit.DAMAGED
    if outcome is Outcome.NOT_CHECKED:
        return Exit.NOT_CHECKED
    return Exit.WARNINGS if warned else Exit.DONE


def exit_of_deposit(report: DepositReport) -> int:
    """0 only for a deposit that is accepted or planned; 1 for a damaged bag; else why the target did not take it."""
    from archive.model.deposit import DepositState

    if report.state in (DepositState.ACCEPTED, DepositState.PLANNED):
        return Exit.DONE
    codes = {finding.code for finding in report.findings if finding.facts.get("verdict") != "not checked"}
    for code, meaning in (
        ("DEP-101", Exit.DAMAGED),
        ("DEP-126", Exit.DAMAGED),
        ("DEP-118", Exit.NOT_AUTHORISED),
        ("DEP-104", Exit.NO_SPACE),
    ):
        if code in codes:
            return meaning
    return Exit.DEPOSIT
