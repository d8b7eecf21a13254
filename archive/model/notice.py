"""What people are told about an archive, by mail or by a webhook, and what became of telling them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.model.finding import Outcome
from archive.model.light import light_dataclass

if TYPE_CHECKING:
    from archive.errors import ArchiveError


@light_dataclass(frozen=True)
class Notice:
    """One summary. `verdict` is one sentence; each of `causes` is one line; `steps` are commands that can be pasted.

    `archive` is the archive's name; `run`, `files` and `bytes` are those of the audit, 0 where there was none.
    """

    archive: str
    verdict: str
    outcome: Outcome
    causes: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    run: int = 0
    files: int = 0
    bytes: int = 0


@light_dataclass(frozen=True)
class Delivery:
    """What became of telling one recipient: "mail", "webhook" or "heartbeat" is its `kind`. `to` holds no secret."""

    kind: str
    to: str
    error: ArchiveError | None = None
