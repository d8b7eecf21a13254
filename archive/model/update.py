"""What an update of a bag is asked to change, and what it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from archive.model.build import RenditionResult
from archive.model.finding import Finding, Outcome, Severity, outcome_of
from archive.model.light import light_dataclass
from archive.model.validation import ValidationReport


@light_dataclass(frozen=True)
class Changes:
    """What is asked for. Paths in the bag are relative to its originals, or begin with data/ as in its manifests.

    `add` pairs a file or folder with its place in the bag, None for its own name at the top; a place that ends with a
    slash is the folder that it goes to. `replace` maps a file of the bag to the file with its new content, `rename` old
    paths to new ones. `description` is a description file. `bag_info` maps a label to its values; none takes the field
    out. `profile` is a BagIt profile that the new version must meet.
    """

    add: tuple[tuple[str, str | None], ...] = ()
    remove: tuple[str, ...] = ()
    replace: tuple[tuple[str, str], ...] = ()
    rename: tuple[tuple[str, str], ...] = ()
    description: str | None = None
    add_algorithms: tuple[str, ...] = ()
    drop_algorithms: tuple[str, ...] = ()
    bag_info: Mapping[str, Sequence[str]] = field(default_factory=dict)
    profile: str | None = None
    accept_changes: bool = False
    render_again: bool = False

    @property
    def empty(self) -> bool:
        """True when nothing is asked for."""
        return not (
            self.add
            or self.remove
            or self.replace
            or self.rename
            or self.description is not None
            or self.add_algorithms
            or self.drop_algorithms
            or self.bag_info
            or self.profile is not None
            or self.accept_changes
            or self.render_again
        )


@light_dataclass(frozen=True)
class UpdateReport:
    """What an update did. `updated` is False after a dry run, and where a finding forbade to go on.

    `version` is the number of the new version. `added`, `removed`, `replaced` and `renamed` are bag paths of originals;
    `accepted` are edits made by hand that were taken: a path and "changed", "added" or "removed". `files` and `size`
    (bytes) are the payload's, `unchanged` counts the files that were taken over. `kept` is where the old version is,
    None where it was dropped. `sealed` says that the old version has evidence seals, which do not hold for the new one.
    `before` is the judgement on the old version, `validation` that on the new one, made before it took its place: of
    unchanged files only that they are there, for their bytes were proven by `before`. `holding` is the number that the
    ledger gave the new version, None where the bag is not a holding. `finished` names what an interrupted update had
    left to be done, and was done now.
    """

    bag: str
    name: str
    version: int
    updated: bool
    dry_run: bool
    files: int = 0
    size: int = 0
    unchanged: int = 0
    algorithms: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    accepted: tuple[tuple[str, str], ...] = ()
    kept: str | None = None
    sealed: bool = False
    findings: tuple[Finding, ...] = ()
    renditions: tuple[RenditionResult, ...] = ()
    before: ValidationReport | None = None
    validation: ValidationReport | None = None
    holding: int | None = None
    finished: str | None = None

    @property
    def outcome(self) -> Outcome:
        """Intact when the new version was made or could be made."""
        if not self.updated and self.before is not None and not self.before.ok and not self.accepted:
            return self.before.outcome
        judged = self.validation.findings if self.validation is not None else ()
        return outcome_of((*self.findings, *judged))

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What should be examined, of the changes and of the new version."""
        judged = self.validation.findings if self.validation is not None else ()
        return tuple(f for f in (*self.findings, *judged) if f.severity is Severity.WARNING)
