"""What is asked for when bags are sealed, completed or renewed, and the moments and random bytes for it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archive.model.build import NO_PROGRESS, Progress
from archive.model.seal import Reason, Trust, TrustPolicy
from archive.settings import Settings
from archive.stages.sealing.recording import NO_RECORDER, Recorder
from archive.stages.sealing.signing import SealingKey


def system_now() -> datetime:
    """The present second in UTC; SOURCE_DATE_EPOCH has no say in evidence."""
    return datetime.now(UTC).replace(microsecond=0)


def each_once(bags: Iterable[str]) -> list[str]:
    """The bags in their order, each once, whatever paths lead to it."""
    return list({os.path.realpath(bag): bag for bag in reversed(list(bags))}.values())[::-1]


@dataclass(frozen=True)
class SealOrder:
    """How bags are sealed. `urls` are addresses of authorities, by default those of `trust`; `offline` asks none."""

    keys: tuple[SealingKey, ...] = ()
    trust: Trust | None = None
    urls: tuple[str, ...] = ()
    reason: Reason | None = None
    offline: bool = False
    settings: Settings | None = None
    progress: Progress = NO_PROGRESS
    recorder: Recorder = NO_RECORDER
    now: Callable[[], datetime] = field(default=system_now)
    draw: Callable[[int], bytes] = field(default=secrets.token_bytes)

    @property
    def policy(self) -> TrustPolicy:
        """The policy of the trust folder; without one, the policy that `archive trust init` writes."""
        return TrustPolicy() if self.trust is None else self.trust.policy
