"""A bag that was made from other bags: exported without its payload, unpacked, or joined from its parts."""

from __future__ import annotations

from enum import Enum

from archive.model.finding import Finding, Outcome, outcome_of
from archive.model.light import light_dataclass


class Action(Enum):
    """How the bag came about."""

    EXPORTED = "exported"
    UNPACKED = "unpacked"
    JOINED = "joined"


@light_dataclass(frozen=True)
class PlacedReport:
    """What was made. `placed` is True when the bag is at the path `bag`; otherwise nothing is there.

    `sources` are the bags that it was made from. `files` and `size` (bytes) are those of the payload, as the manifests
    list it. `verdict` is that of the judgement on the finished bag, or on the source that forbade to make it.
    """

    action: Action
    bag: str
    sources: tuple[str, ...]
    placed: bool
    files: int
    size: int
    verdict: str
    findings: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.findings)
