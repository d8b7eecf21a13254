"""What the steps of one deposit share: its target and source, and the bounded retries that each of them may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from archive.config import Settings
from archive.model.codes import deposit as codes
from archive.model.finding import Finding
from archive.model.package import Progress
from archive.stages.depositing.sources import BagSource
from archive.storage.clock import Clock
from archive.storage.remote import TransientError, try_again, words_of
from archive.targets.protocol import Target

Result = TypeVar("Result")


@dataclass(slots=True)
class Run:
    """One deposit on its way: where it goes, what it is made of, and what became known of it so far."""

    target: Target
    source: BagSource
    kind: str
    settings: Settings
    clock: Clock
    progress: Progress
    wait: Callable[[float], None]
    findings: list[Finding] = field(default_factory=list)

    def repeat(self, action: Callable[[], Result], subject: str) -> Result:
        """Do `action` with bounded retries, and note that it took several."""
        told: list[TransientError] = []
        result = try_again(
            action, retries=self.settings.deposit.retries, wait=self.wait, tell=lambda _, error: told.append(error)
        )
        if told:
            self.findings.append(codes.RETRIED.at(subject, times=len(told), words=words_of(told[-1].problem)))
        return result
