"""A batch: many bags that are made by one command, and what became of each."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from archive.model.creation import CreationReport
from archive.model.light import light_dataclass

if TYPE_CHECKING:
    from archive.errors import ArchiveError


class BagState(Enum):
    """What became of one bag of a batch."""

    MADE = "made"
    PLANNED = "would be made"
    ALREADY = "already there"
    CHANGED = "changed since the bag was made"
    REFUSED = "not made"
    FAILED = "failed"


@light_dataclass(frozen=True)
class BagOrder:
    """One bag to make. `source` is a path, `name` the bag's name, `table` its description, None where it has none.

    `line` is the row's line in a table of bags, None where no table names the source.
    """

    source: str
    name: str
    table: bytes | None = None
    line: int | None = None


@light_dataclass(frozen=True)
class BagResult:
    """What became of one bag: the report of its creation, or the error that ended it.

    `bag` is the path of a bag that was there already. `mark` stands for the source as it was: the names, sizes and
    times of its files. None where these do not tell whether it changes later.
    """

    order: BagOrder
    state: BagState
    report: CreationReport | None = None
    error: ArchiveError | None = None
    bag: str = ""
    mark: str | None = None

    @property
    def place(self) -> str:
        """The path of the bag that is there now, "" where there is none."""
        if self.state is BagState.ALREADY:
            return self.bag
        return self.report.bag if self.report is not None and self.report.created else ""
