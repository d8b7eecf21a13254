"""What fetching did, or would do: each file that fetch.txt names, and the bag afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from archive.model.codes import fetching as codes
from archive.model.exits import Exit, exit_of, gravest
from archive.model.finding import Finding, Outcome, outcome_of
from archive.model.light import light_dataclass


class FetchState(Enum):
    """What became of a file. PLANNED is for a dry run; a FAILED one has a finding."""

    FETCHED = "fetched"
    PLANNED = "planned"
    FAILED = "failed"


@light_dataclass(frozen=True, slots=True)
class FetchedFile:
    """One file that was missing.

    `url` is its address without user name, password and query; `size` is in bytes, None while it is not known;
    `resumed` is the byte from which an earlier run's part was continued.
    """

    path: str
    url: str
    size: int | None
    state: FetchState
    resumed: int = 0
    finding: Finding | None = None


@light_dataclass(frozen=True)
class FetchReport:
    """What fetching did. `listed` counts the files in fetch.txt, `there` those that were in the bag already.

    `files` are those that were not. `findings` are theirs and those of the bag as it is now. `verdict` is "complete"
    when every file is there and each fetched one has its digests; nothing else of the payload was read.
    """

    bag: str
    listed: int
    there: int
    files: tuple[FetchedFile, ...]
    verdict: str
    findings: tuple[Finding, ...]
    dry_run: bool = False

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.findings)

    @property
    def counts(self) -> Mapping[FetchState, int]:
        """How many files are in each state."""
        return {state: sum(1 for file in self.files if file.state is state) for state in FetchState}

    @property
    def size(self) -> int:
        """The bytes of the files that were fetched, or that would be as far as that is known."""
        return sum(file.size or 0 for file in self.files if file.state is not FetchState.FAILED)

    @property
    def exit_code(self) -> int:
        denied = any(finding.kind is codes.NO_ACCESS for finding in self.findings)
        return gravest([exit_of(self.outcome), Exit.NOT_AUTHORISED if denied else Exit.DONE])
