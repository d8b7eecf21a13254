"""When each step of a creation ended: the times of the events in its record."""

from __future__ import annotations

from dataclasses import field
from enum import Enum

from archive.model.creation import CheckedList
from archive.model.light import light_dataclass
from archive.storage.clock import Clock


class Step(Enum):
    """The steps, in their order."""

    RECEIVED = "received"
    COPIED = "copied"
    SCANNED = "scanned"
    IDENTIFIED = "identified"
    RENDERED = "rendered"


@light_dataclass(slots=True)
class Timeline:
    """The second in which each step ended, by one clock; with a clock that does not advance, one second for all."""

    clock: Clock
    _stamps: dict[Step, str] = field(default_factory=dict)

    def mark(self, step: Step) -> None:
        """The step ends now."""
        self._stamps[step] = self.clock.stamp()

    def at(self, step: Step) -> str:
        """When the step ended, as xs:dateTime; now, for one that was not marked."""
        return self._stamps.get(step) or self.clock.stamp()


@light_dataclass(frozen=True)
class Received:
    """What is known of the delivery when its record is written."""

    lists: tuple[CheckedList, ...]
    times: Timeline
