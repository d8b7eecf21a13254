"""What became of a bag that was to be entered as a holding."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from archive.model.light import light_dataclass

if TYPE_CHECKING:
    from archive.errors import ArchiveError
    from archive.model.audit import Holding


class EntryState(Enum):
    """What became of one bag."""

    ADDED = "added"
    KNOWN = "known"
    RETIRED = "retired"
    FAILED = "not added"


@light_dataclass(frozen=True)
class Entry:
    """One bag: its holding where it was added, and why not where it was not."""

    address: str
    state: EntryState
    holding: Holding | None = None
    error: ArchiveError | None = None
