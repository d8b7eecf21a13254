"""What the steps of one deposit share: its target and source, and the bounded retries that each of them may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from archive.bags.contents import BagReading
from archive.model.build import Progress
from archive.model.codes import deposit as codes
from archive.model.finding import Finding
from archive.settings import Settings
from archive.storage.clock import Clock
from archive.storage.concurrency import count_processors
from archive.storage.journal import Journal
from archive.storage.remote import TransientError, try_again, words_of
from archive.targets.protocol import Target

Result = TypeVar("Result")


@dataclass(slots=True)
class DepositRun:
    """One deposit on its way: where it goes, what it is made of, and what became known of it so far."""

    target: Target
    source: BagReading
    settings: Settings
    clock: Clock
    progress: Progress
    wait: Callable[[float], None]
    findings: list[Finding] = field(default_factory=list)
    unread: str | None = None
    """The bag as it was named, while its payload is not judged: that is done while it is sent, or else on its own."""

    @property
    def workers(self) -> int:
        """How many threads digest files side by side."""
        return self.settings.deposit.workers or count_processors()

    def repeat(self, action: Callable[[], Result], subject: str) -> Result:
        """Do `action` with bounded retries, and note that it took several."""
        told: list[TransientError] = []
        result = try_again(
            action, retries=self.settings.deposit.retries, wait=self.wait, tell=lambda _, error: told.append(error)
        )
        if told:
            self.findings.append(codes.RETRIED.at(subject, times=len(told), words=words_of(told[-1].problem)))
        return result


class JournalNotes:
    """Notes that outlive a kill: each is on the disk before `put` returns."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._notes = {str(entry["key"]): str(entry["value"]) for entry in journal.entries if entry.get("do") == "note"}

    def get(self, key: str) -> str | None:
        return self._notes.get(key)

    def put(self, key: str, value: str) -> None:
        self._notes[key] = value
        self._journal.write(sync=True, do="note", key=key, value=value)


class NoNotes:
    """Notes of a dry run: nothing is kept."""

    def get(self, key: str) -> str | None:
        del key
        return None

    def put(self, key: str, value: str) -> None:
        del key, value
