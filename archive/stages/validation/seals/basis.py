"""On what seals are judged: whom to believe, at what time, with which revocation lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.model.capped_findings import CappedFindings
from archive.model.seal import Trust


@dataclass(frozen=True, slots=True)
class Basis:
    """The trust folder, the time that is taken for now, the revocation lists (DER), and where findings go."""

    trust: Trust
    at: datetime
    lists: tuple[bytes, ...]
    findings: CappedFindings
