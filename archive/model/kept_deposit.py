"""Deposits as they are remembered here: in journals, receipts and the ledger."""

from __future__ import annotations

from enum import Enum

from archive.model.deposit import Receipt
from archive.model.light import light_dataclass


class DepositProgress(Enum):
    """How far a deposit came."""

    ACCEPTED = "accepted"
    PENDING = "stored, not yet accepted"
    UNKNOWN = "outcome unknown"
    """It was sent, and no answer came."""
    UNFINISHED = "not finished"
    """It was stopped or refused before the repository had it."""


@light_dataclass(frozen=True)
class KeptDeposit:
    """One deposit. `key` names it, `bag` is its name; `path` is where the bag was when it was sent, empty if not known.

    `began` and `finished` are xs:dateTime in UTC, empty if not known. `holding` is the number of the holding where the
    ledger recorded the deposit for one; `recorded` says whether the ledger has it at all.
    """

    key: str
    progress: DepositProgress
    bag: str
    target: str
    path: str = ""
    began: str = ""
    receipt: Receipt | None = None
    holding: int | None = None
    recorded: bool = False

    @property
    def finished(self) -> str:
        """When its receipt was written."""
        return "" if self.receipt is None else self.receipt.finished
