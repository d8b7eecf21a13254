"""A bag that was made from a package of another system."""

from __future__ import annotations

from archive.model.finding import Finding, Outcome, outcome_of
from archive.model.light import light_dataclass


@light_dataclass(frozen=True)
class ImportReport:
    """What was imported. `placed` is True when the bag is at the path `bag`; otherwise nothing is there.

    `kind` is the kind of package in words, `version` that of its format. `rebuilt` is True for the very bag from which
    the package was exported, False for a new bag. `files` and `size` (bytes) count the payload; `compared` says how
    many files of the package were compared with a checksum that it records. `verdict` is that of the judgement on the
    new bag, or why there is none. `already` is True when the bag was there before, whole and made of this package: then
    nothing was written.
    """

    package: str
    kind: str
    version: str | None
    bag: str
    placed: bool
    dry_run: bool
    rebuilt: bool
    files: int
    size: int
    compared: int
    verdict: str
    findings: tuple[Finding, ...] = ()
    already: bool = False

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.findings)
