"""Findings as they come, in memory that does not grow with their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from types import MappingProxyType

from archive.model.codes import bag, ocfl, xml
from archive.model.codes import source as codes
from archive.model.finding import Fact, Finding, FindingKind
from archive.model.light import light_dataclass

LISTED = 1000
"""How many findings of one kind a report lists."""

FAULTS = 4_000_000
"""So many faulty lines of one file are counted; the rest of such a file is not read, so that time is bounded too."""

MORE_KINDS = (codes.MORE, bag.MORE, ocfl.MORE, xml.MORE)
"""Findings that only say how many more there are of another code."""


@light_dataclass(slots=True)
class CappedFindings:
    """The first findings of each kind, and how many more there were; `counts` has them all, by code.

    Iterating gives what is listed, then one finding of the kind `more` for each code that has more. Such a finding is
    taken as what it counts, so that findings may pass from one list to the next.
    """

    listed: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    limit: int = LISTED
    more: FindingKind = codes.MORE
    _kept: Counter[str] = field(default_factory=Counter)

    def take(self, finding: Finding) -> None:
        """List the finding, or count it where there are enough of its kind."""
        code = finding.code
        if finding.kind is self.more:
            self.counts[str(finding.facts["code"])] += int(str(finding.facts["count"]))
            return
        self.counts[code] += 1
        if self._kept[code] < self.limit:
            self._kept[code] += 1
            self.listed.append(finding)

    append = take

    def note(self, kind: FindingKind, subject: str, *, line: int | None = None, **facts: Fact) -> None:
        """As `take(kind.at(...))`, but no finding is made where there are enough of its kind."""
        code = kind.code
        self.counts[code] += 1
        if self._kept[code] < self.limit:
            self._kept[code] += 1
            self.listed.append(Finding(kind, subject, line, MappingProxyType(facts)))

    def note_paths(self, kind: FindingKind, paths: Sequence[bytes], **facts: Fact) -> None:
        """As `note` for each of these files; only the names of those that are listed are decoded."""
        code = kind.code
        room = min(max(self.limit - self._kept[code], 0), len(paths))
        self.counts[code] += len(paths)
        self._kept[code] += room
        shared = MappingProxyType(facts)
        self.listed += [Finding(kind, path.decode("utf-8", "surrogateescape"), None, shared) for path in paths[:room]]

    def is_full(self, kind: FindingKind) -> bool:
        """True when as many of this kind are listed as may be: what else there is of it is only counted."""
        return self._kept[kind.code] >= self.limit

    def count(self, kind: FindingKind, number: int = 1) -> None:
        """Count more findings of a kind that `is_full`, without what they would say."""
        self.counts[kind.code] += number

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take several."""
        for finding in findings:
            self.take(finding)

    def __iadd__(self, findings: Iterable[Finding]) -> CappedFindings:
        self.extend(findings)
        return self

    def __iter__(self) -> Iterator[Finding]:
        yield from self.all()

    def __len__(self) -> int:
        return self.counts.total()

    def clear(self) -> None:
        """Forget everything."""
        self.listed.clear()
        self.counts.clear()
        self._kept.clear()

    def all(self) -> tuple[Finding, ...]:
        """What is listed, and one finding for each kind that has more."""
        more = [
            self.more.at("", code=code, count=count - self._kept[code])
            for code, count in self.counts.items()
            if count > self._kept[code]
        ]
        return (*self.listed, *more)


def bag_findings() -> CappedFindings:
    """Findings about a bag, none yet."""
    return CappedFindings(more=bag.MORE)


def ocfl_findings(first: Iterable[Finding] = ()) -> CappedFindings:
    """Findings about an OCFL object or root: these."""
    findings = CappedFindings(more=ocfl.MORE)
    findings += first
    return findings
