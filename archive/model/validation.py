"""The report of one validation: what was judged, how deeply, with which outcome and which findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from archive.model.codes import pdf
from archive.model.finding import Fact, Finding, Outcome, Severity, outcome_of
from archive.model.light import light_dataclass


class Kind(Enum):
    """What sort of thing was judged."""

    BAG = "bag"
    XML = "xml"
    PDF = "pdf"
    OCFL = "ocfl"
    DESCRIPTION = "description"
    PACKAGE = "package"


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


_NO_CLAIM = frozenset({pdf.NO_CLAIM.code, pdf.ENCRYPTED.code})
_PROFILE = "BAG-6"
_RECORDS = ("XML-", "DC-", "EAD-", "MET-", "PRM-1")
_LOSSES_IN_RECORDS = ("MET-104", "MET-105", "PRM-130", "PRM-131", "PRM-132", "PRM-133")
_PACKAGE_LOSSES = "PKG-1"
_RULES = frozenset({
    "BAG-103", "BAG-104", "BAG-113", "BAG-117", "BAG-205", "BAG-206", "BAG-207", "BAG-211", "BAG-212", "BAG-220",
    "BAG-403", "BAG-412", "BAG-415", "BAG-512", "BAG-513", "BAG-514", "BAG-518", "BAG-519", "BAG-523",
})  # fmt: skip
"""Rules that a bag broke from the day it was made: what it breaks them by is no loss and no change."""


def _is_rule(code: str) -> bool:
    """Whether an error with this code, of a bag or of a record in it, tells of no loss."""
    in_record = code.startswith(_RECORDS) and code not in _LOSSES_IN_RECORDS
    return in_record or code in _RULES or code.startswith(_PROFILE)


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
        """The outcome in the word that fits the subject's kind, its depth and its errors."""
        if self.outcome is Outcome.NOT_CHECKED:
            return Answer.NOT_CHECKED
        if self.outcome is Outcome.INTACT:
            whole = {Depth.QUICK: Answer.NOT_VALIDATED, Depth.COMPLETE: Answer.COMPLETE}
            return Answer.INTACT if self.depth is None else whole.get(self.depth, Answer.INTACT)
        codes = {finding.code for finding in self.errors}
        if self.kind is Kind.PDF and codes <= _NO_CLAIM:
            return Answer.NOT_PDFA
        if all(code.startswith(_PROFILE) for code in codes):
            return Answer.PROFILE_NOT_MET
        if self.kind is Kind.BAG and all(map(_is_rule, codes)):
            return Answer.INVALID
        if self.kind is Kind.PACKAGE and any(code.startswith(_PACKAGE_LOSSES) for code in codes):
            return Answer.DAMAGED
        return Answer.DAMAGED if self.kind in (Kind.BAG, Kind.OCFL) else Answer.INVALID

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
