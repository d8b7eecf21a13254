"""A package that another system takes, made from a bag: what is in it, and what it does not say."""

from __future__ import annotations

from archive.model.finding import Finding, Outcome, outcome_of
from archive.model.light import light_dataclass


@light_dataclass(frozen=True)
class Lost:
    """Something in the bag that the format has no place for.

    `what` names it, `count` says how many values or files it is. `kept` is the path in the package of a file that
    still holds it, None where the package does not hold it at all.
    """

    what: str
    count: int
    kept: str | None = None


@light_dataclass(frozen=True)
class ExportReport:
    """What was exported. `placed` is True when the package is at the path `package`; otherwise nothing is there.

    `format` is the name of the exporter. `files` and `size` (bytes) count the files of the package before it is zipped;
    of a dry run, those that it would have. `verdict` is the judgement on the bag. `already` is True when the same
    package was there before: then nothing was read of the payload, and nothing written.
    """

    bag: str
    format: str
    package: str
    placed: bool
    dry_run: bool
    files: int
    size: int
    verdict: str
    lost: tuple[Lost, ...] = ()
    findings: tuple[Finding, ...] = ()
    already: bool = False

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.findings)
