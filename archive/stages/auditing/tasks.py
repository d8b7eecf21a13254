"""What a driver hands to a worker, and how: apart from what the worker does with it, for a driver reads no bag.

Audits hand over batches of files, `create` whole bags: both go to the same engines.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol

from archive.model.audit import Batch
from archive.model.light import light_dataclass


class Work(Protocol):
    """One piece of work: `function`, "module:name" of this package, is called with it and with what counts bytes.

    The function is named, not imported: only the worker loads what it is made of. `key` tells pieces apart; `rate` and
    `beat_seconds` are as for `Task`.
    """

    @property
    def function(self) -> str: ...
    @property
    def key(self) -> tuple[int, int]: ...
    @property
    def rate(self) -> float: ...
    @property
    def beat_seconds(self) -> float: ...


def carry_out(work: Work, beat: Callable[[int], None]) -> Any:
    """Do the work, here and now: its result."""
    module, _colon, name = work.function.partition(":")
    return getattr(import_module(module), name)(work, beat)


def let_go() -> None:
    """End what work in this process has kept open for more work. The driver itself loads nothing that reads bags."""
    parking = sys.modules.get("archive.stages.auditing.parking")
    if parking is not None:
        parking.close_deposits()


@light_dataclass(frozen=True)
class Task:
    """What a worker is handed: a batch, how to reach its location, how fast to read (bytes a second, 0 for as fast as

    it goes) and how often to say that it lives, in seconds.
    """

    batch: Batch
    options: Mapping[str, Any]
    rate: float
    beat_seconds: float

    @property
    def function(self) -> str:
        return "archive.stages.auditing.checking:check_batch"

    @property
    def key(self) -> tuple[int, int]:
        return self.batch.id, self.batch.fence


def send(descriptor: int, message: object) -> None:
    """One message: its length in four bytes, then its pickle. Raises OSError when the other side is gone."""
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    view = memoryview(struct.pack("!I", len(content)) + content)
    while view:
        view = view[os.write(descriptor, view) :]
