"""The report of one validation: what was judged, how deeply, with which outcome and which findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from archive.model.finding import Fact, Finding, Outcome, Severity, outcome_of


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


@dataclass(frozen=True, slots=True)
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
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.WARNING)

    @property
    def ok(self) -> bool:
        """True when everything asked for was looked at and nothing is damaged."""
        return self.outcome is Outcome.INTACT
