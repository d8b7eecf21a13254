"""What is in a watched folder, and whether it has settled."""

from __future__ import annotations

from enum import Enum

from archive.model.light import light_dataclass


class Readiness(Enum):
    """Whether a bag may be made of what is in a watched folder."""

    SETTLED = "settled"
    CHANGING = "still changing"
    EMPTY = "holds no file yet"
    PARTIAL = "holds a file that is not complete yet"
    UNREADABLE = "cannot be read"


@light_dataclass(frozen=True)
class Arrival:
    """One file or folder directly in the watched folder; `detail` names the incomplete file, or the reason."""

    path: str
    readiness: Readiness
    detail: str = ""
