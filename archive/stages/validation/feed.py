"""Findings handed to the caller while a bag is still being read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from archive.model.build import Progress
from archive.model.capped_findings import CappedFindings
from archive.model.finding import Finding

OnFinding = Callable[[Finding], object]
"""Called with each finding once, in the thread that validates. What it raises ends the validation."""


def finding_key(one: Finding) -> object:
    """What makes two findings the same: the same file may be read for more than one reason."""
    return one.code, one.subject, one.line, tuple(sorted(one.facts.items()))


class FindingFeed:
    """Wraps the caller's progress, and with every step of it hands on what is new in the watched lists."""

    def __init__(self, on_finding: OnFinding | None, progress: Progress) -> None:
        self._on_finding = on_finding
        self._progress = progress
        self._lists: list[CappedFindings] = []
        self._read: list[int] = []
        self._known: set[object] = set()

    def watch(self, findings: CappedFindings) -> None:
        """Hand on what is in this list, and what is added to it later."""
        if self._on_finding is not None:
            self._lists.append(findings)
            self._read.append(0)
            self.catch_up()

    def catch_up(self) -> None:
        """Hand on what was added to the lists since the last call."""
        for index, findings in enumerate(self._lists):
            known = min(self._read[index], len(findings.listed))
            self._read[index] = len(findings.listed)
            self.tell(findings.listed[known:])

    def tell(self, findings: Iterable[Finding]) -> None:
        """Hand on these findings, without those that were handed on before."""
        if self._on_finding is None:
            return
        for one in findings:
            key = finding_key(one)
            if key not in self._known:
                self._known.add(key)
                self._on_finding(one)

    def begin(self, label: str, total: int | None) -> None:
        self.catch_up()
        self._progress.begin(label, total)

    def advance(self, size: int) -> None:
        self.catch_up()
        self._progress.advance(size)

    def end(self) -> None:
        self._progress.end()
