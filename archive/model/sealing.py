"""What came of sealing a bag, of completing a seal, or of renewing it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from archive.model.exits import Exit
from archive.model.light import light_dataclass
from archive.model.seal import Reason, SealReceipt
from archive.model.stamp import StampVerdict

RENEWAL_AHEAD = timedelta(days=365.25)
"""How long before the end of its proof a seal is to be renewed, where nothing else is asked for."""


class SealingDone(Enum):
    """What was done to the bag."""

    SEALED = "sealed"
    COMPLETED = "completed"
    RENEWED = "renewed"
    NOTHING = "nothing to do"


@light_dataclass(frozen=True, slots=True)
class SealingReport:
    """One bag that was sealed, completed or renewed.

    `number` is that of the seal, `digest` the SHA-512 of its stamped.sha512 in hex, `time` what its statement says
    (UTC). `operators` of `needed` different operators have a stamp that holds; `stamps` are those of this call.
    `problems` say why others are lacking, `warnings` what else the reader should know. `kept` are the SHA-512 of
    revocation lists that are too long for a seal and were stored in the trust folder. `ledger` is the id of the ledger
    that recorded the seal, None where none did.
    """

    bag: str
    done: SealingDone
    number: int
    reason: Reason
    digest: str
    time: datetime
    signers: tuple[str, ...]
    needed: int
    operators: int
    stamps: tuple[StampVerdict, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    ledger: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether enough operators have stamped."""
        return self.operators >= self.needed

    @property
    def exit_code(self) -> int:
        """4 while the seal waits for stamps: it is stored, and is to be completed."""
        return int(Exit.DONE if self.is_complete else Exit.NOT_CHECKED)

    @property
    def receipt(self) -> SealReceipt:
        """What its receipt line says."""
        return SealReceipt(self.number, self.digest, self.time, self.ledger)
