"""A worker process of the local engine: takes tasks from its pipe, does them, says that it lives, gives results.

Started as a fresh interpreter (never forked) with the number of its end of a socket pair. It ends when the driver does,
and at SIGTERM, after what is half-made was removed. Ctrl-C, which a terminal sends to every process, is for the driver.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import field
from types import FrameType, TracebackType
from typing import Any

from archive.model.light import light_dataclass
from archive.stages.auditing.tasks import Work, carry_out, send


@light_dataclass(slots=True)
class Pulse:
    """Counts bytes, keeps to a rate and tells of life, but only as long as bytes are really read."""

    tell: Callable[[int], None]
    beat_seconds: float
    rate: float
    pending: int = 0
    total: int = 0
    started: float = field(default_factory=time.monotonic)
    last: float = field(default_factory=time.monotonic)

    def __call__(self, count: int) -> None:
        self.pending += count
        self.total += count
        now = time.monotonic()
        if now - self.last >= self.beat_seconds:
            self._tell(now)
        while self.rate and (ahead := self.total / self.rate - (time.monotonic() - self.started)) > 0:
            time.sleep(min(ahead, self.beat_seconds))
            self._tell(time.monotonic())

    def _tell(self, now: float) -> None:
        self.tell(self.pending)
        self.pending, self.last = 0, now


def _receive(descriptor: int) -> Any:
    (length,) = struct.unpack("!I", _read_exactly(descriptor, 4))
    return pickle.loads(_read_exactly(descriptor, length))  # noqa: S301 - from the driver that started this process


def _read_exactly(descriptor: int, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = os.read(descriptor, count - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def serve(descriptor: int) -> None:
    """Work until the driver closes its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave_off)
    gc.disable()  # a worker makes no cycles: everything it allocates goes with its batch
    while True:
        try:
            task: Work = _receive(descriptor)
            pulse = Pulse(_teller(descriptor, task.key), task.beat_seconds, task.rate)
            result = carry_out(task, pulse)
            send(descriptor, ("done", task.key, result, pulse.pending))
        except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
            os._exit(0)


def _leave_off(number: int, frame: FrameType | None) -> None:
    """End what is under way as an interrupt does, so that it removes what is half-made; later requests change nothing.

    Raises `KeyboardInterrupt`.
    """
    del frame
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _teller(descriptor: int, key: tuple[int, int]) -> Callable[[int], None]:
    return lambda count: send(descriptor, ("beat", key, count))


def _end_quietly(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A worker that ends, as one without memory does, is told of by the driver, which counts what it was given."""
    del kind, error, trace


if __name__ == "__main__":
    if not os.environ.get("ARCHIVE_TRACEBACK"):
        sys.excepthook = _end_quietly
    serve(int(sys.argv[1]))
