"""The report of one validation: what was judged, how deeply, with which outcome and which findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from archive.model.finding import Fact, Finding, Outcome, Severity, Tells, outcome_of
from archive.model.light import light_dataclass


class Kind(Enum):
    """What sort of thing was judged."""

    BAG = "bag"
    XML = "xml"
    PDF = "pdf"
    OCFL = "ocfl"
    DESCRIPTION = "description"


class Depth(Enum):
    """How deeply a bag is judged: only FULL reads every byte, and only FULL may say valid."""

    QUICK = "quick"
    COMPLETE = "complete"
    FULL = "full"


class Answer(Enum):
    """What a report says of its subject as a whole.

    DAMAGED is kept for what was whole by its own record; INVALID, NOT_PDFA and PROFILE_NOT_MET share its exit code.
    COMPLETE and NOT_VALIDATED are for bags of which not every byte was read.
    """

    INTACT = "intact"
    DAMAGED = "damaged"
    INVALID = "invalid"
    NOT_PDFA = "not PDF/A"
    PROFILE_NOT_MET = "profile not met"
    NOT_CHECKED = "not checked"
    COMPLETE = "complete"
    NOT_VALIDATED = "not validated"


_ANSWERS = {Tells.PROFILE: Answer.PROFILE_NOT_MET, Tells.NO_CLAIM: Answer.NOT_PDFA}
"""What a report says whose errors all tell the same."""


@light_dataclass(frozen=True)
class ValidationReport:
    """What validation found.

    `verdict` is the word shown: for a bag "valid", "invalid", "complete", "not checked" and so on; for a PDF "valid",
    "claimed, not validated", "not PDF/A", "invalid". It never says more than was proven. `facts` holds counts and
    details of the subject (files, bytes, algorithms, version).
    """

    subject: str
    kind: Kind
    verdict: str
    findings: tuple[Finding, ...] = ()
    depth: Depth | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.findings)

    @property
    def answer(self) -> Answer:
        """The outcome in the word that fits the depth and what the errors tell."""
        if self.outcome is Outcome.NOT_CHECKED:
            return Answer.NOT_CHECKED
        if self.outcome is Outcome.INTACT:
            whole = {Depth.QUICK: Answer.NOT_VALIDATED, Depth.COMPLETE: Answer.COMPLETE}
            return Answer.INTACT if self.depth is None else whole.get(self.depth, Answer.INTACT)
        told = {finding.kind.tells for finding in self.errors}
        if Tells.LOSS in told:
            return Answer.DAMAGED
        return _ANSWERS.get(told.pop(), Answer.INVALID) if len(told) == 1 else Answer.INVALID

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.WARNING)

    @property
    def ok(self) -> bool:
        """True when everything asked for was looked at and nothing is damaged."""
        return self.outcome is Outcome.INTACT
