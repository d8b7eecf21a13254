"""What a creation will do, and what it did."""

from __future__ import annotations

from dataclasses import dataclass

from archive.model.finding import Finding, Outcome, Severity, outcome_of
from archive.model.package import RenditionResult
from archive.model.report import ValidationReport


@dataclass(frozen=True, slots=True)
class SourceRoot:
    """One source. `name` is its own name in the payload, "" where a folder's content goes to the payload's top."""

    path: str
    name: str
    is_folder: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be made, decided before anything is written.

    `payload` is the folder for the originals, "data/original" or "data". `target` is where the bag will stand;
    `folders` counts folders; `size` is bytes, None where nobody asked to measure. `bag_info` is in its order in
    bag-info.txt, without what only the payload tells.
    """

    sources: tuple[SourceRoot, ...]
    target: str
    name: str
    payload: str
    algorithms: tuple[str, ...]
    tag_algorithms: tuple[str, ...]
    bag_info: tuple[tuple[str, str], ...]
    files: int
    folders: int
    size: int | None
    plain: bool
    in_place: bool
    serialize: str
    profile: str
    findings: tuple[Finding, ...]

    @property
    def possible(self) -> bool:
        """True when nothing found forbids to go on."""
        return not any(f.severity in (Severity.ERROR, Severity.UNCHECKED) for f in self.findings)


@dataclass(frozen=True, slots=True)
class CreationReport:
    """What a creation did. `created` is False after a dry run, and where a finding forbade to begin.

    `bag` is where the bag stands, or would stand; `files` and `size` (bytes) are the payload's; `validation` is the
    judgement on the finished tree, made before it took its place.
    """

    bag: str
    name: str
    created: bool
    dry_run: bool
    files: int
    size: int | None
    algorithms: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    renditions: tuple[RenditionResult, ...] = ()
    validation: ValidationReport | None = None
    sources: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Intact when the bag was made or could be made."""
        judged = self.validation.findings if self.validation is not None else ()
        return outcome_of((*self.findings, *judged))

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What should be looked at, of the source, the renditions and the finished bag."""
        judged = self.validation.findings if self.validation is not None else ()
        return tuple(f for f in (*self.findings, *judged) if f.severity is Severity.WARNING)
