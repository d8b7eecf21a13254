"""What a driver hands to a worker, and how: apart from what the worker does with it, for a driver reads no bag."""

from __future__ import annotations

import os
import pickle
import struct
from collections.abc import Mapping
from typing import Any

from archive.model.audit import Batch
from archive.model.light import light_dataclass


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
    def key(self) -> tuple[int, int]:
        return self.batch.id, self.batch.fence


def send(descriptor: int, message: object) -> None:
    """One message: its length in four bytes, then its pickle. Raises OSError when the other side is gone."""
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    view = memoryview(struct.pack("!I", len(content)) + content)
    while view:
        view = view[os.write(descriptor, view) :]
