"""A checkpoint of a ledger's chain: what was made, and to whom it was handed."""

from __future__ import annotations

from enum import Enum

from archive.model.finding import Finding, Outcome, outcome_of
from archive.model.light import light_dataclass


class PartyKind(Enum):
    """How a checkpoint reaches an outside party."""

    FOLDER = "folder"
    MAIL = "mail"
    COMMAND = "command"


@light_dataclass(frozen=True)
class Party:
    """An outside party, as `folder:PATH`, `mail:ADDRESS` or `command:PROGRAM WORDS` names it."""

    kind: PartyKind
    place: str

    @property
    def name(self) -> str:
        """As it was given."""
        return f"{self.kind.value}:{self.place}"


@light_dataclass(frozen=True)
class HandOver:
    """What came of handing a checkpoint to one party: `problem` is empty where it was taken."""

    to: str
    problem: str = ""


@light_dataclass(frozen=True)
class CheckpointReport:
    """A checkpoint that was made. `line` is its witness line, `folder` where it is; both empty where none was made.

    `operators` of `needed` different operators have stamped it.
    """

    line: str = ""
    number: int = 0
    folder: str = ""
    operators: int = 0
    needed: int = 0
    handed: tuple[HandOver, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.findings)
