"""Findings of one record as they are gathered: the first of each kind in full, the rest as a number."""

from __future__ import annotations

from archive.model.codes import xml as codes
from archive.model.finding import Fact, Finding, FindingKind, Severity

KEPT = 50
"""How many findings of one kind are listed."""

_SHOWN = 200


class Notes:
    """Findings about one record, `subject`; `errors` counts those that make it invalid."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self._findings: list[Finding] = []
        self._counts: dict[str, int] = {}
        self.errors = 0

    def add(self, kind: FindingKind, line: int | None = None, **facts: Fact) -> None:
        """Note one finding; a long text in `facts` is cut, for it may be anything."""
        if self._counts.get(kind.code, 0) >= KEPT:
            self.count(kind, 1)
            return
        self.take(kind.at(self.subject, line=line or None, **{name: _cut(value) for name, value in facts.items()}))

    def take(self, finding: Finding) -> None:
        """Note a finding made elsewhere, about whatever subject."""
        count = self._counts[finding.code] = self._counts.get(finding.code, 0) + 1
        self.errors += finding.severity is Severity.ERROR
        if count <= KEPT:
            self._findings.append(finding)

    def count(self, kind: FindingKind, number: int) -> None:
        """Note that there are so many more findings of a kind; they are not listed."""
        if number:
            self._counts[kind.code] = self._counts.get(kind.code, 0) + number
            self.errors += number * (kind.severity is Severity.ERROR)

    @property
    def total(self) -> int:
        """How many findings were noted."""
        return sum(self._counts.values())

    def has(self, kind: FindingKind) -> bool:
        """True when a finding of this kind was noted."""
        return kind.code in self._counts

    def all(self) -> list[Finding]:
        """The findings by line, and how many more there were of each kind."""
        more = [
            codes.MORE.at(self.subject, code=code, count=count - KEPT)
            for code, count in self._counts.items()
            if count > KEPT
        ]
        return [*sorted(self._findings, key=lambda one: (one.subject, one.line or 0)), *more]


def _cut(value: Fact) -> Fact:
    return f"{value[:_SHOWN]}..." if isinstance(value, str) and len(value) > _SHOWN else value
