"""A working copy: a bag, or what of it may be given out, for a person who is named, with a cover sheet."""

from __future__ import annotations

from archive.model.finding import Finding, Outcome, outcome_of
from archive.model.light import light_dataclass


@light_dataclass(frozen=True)
class Person:
    """Who gets a copy, what for, and why they may see what is restricted; `reason` is empty where nothing is."""

    name: str
    purpose: str
    reason: str = ""


@light_dataclass(frozen=True)
class WorkingCopyReport:
    """What was given away. `placed` is True when the copy is at the path `copy`; otherwise nothing is there.

    `files` and `size` (bytes) count the files of the bag in the copy. `left_out` are bag paths of restricted files that
    the copy does not hold. `cover` is the path of the cover sheet within the copy, and `cover_claims` what it claims
    to be ("PDF/A-2a"); `cover_validated` is None where no validator was there. `recorded` says that the ledger knows.
    """

    bag: str
    person: Person
    copy: str
    placed: bool
    dry_run: bool
    files: int
    size: int
    left_out: tuple[str, ...]
    verdict: str
    cover: str
    cover_claims: tuple[str, ...] = ()
    cover_validated: bool | None = None
    recorded: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.findings)
