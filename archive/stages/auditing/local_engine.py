"""The local engine: worker processes of this machine, each a fresh interpreter with a socket pair."""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from dataclasses import field

from archive.model.light import light_dataclass
from archive.stages.auditing.engines import Beaten, Finished, Key, Lost, Signal
from archive.stages.auditing.locations import child_environment
from archive.stages.auditing.tasks import Work, send

CLOSE_SECONDS = 5
"""How long the end of a run waits for its workers: one that hangs on a lost disk outlives even SIGKILL."""


@light_dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    pipe: socket.socket
    key: Key | None = None
    abandoned: bool = False
    received: bytearray = field(default_factory=bytearray)


class LocalEngine:
    """`slots` worker processes, started as they are needed and replaced when they die or stop answering."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._workers: list[_Worker] = []

    @property
    def slots(self) -> int:
        return self._slots

    @property
    def processes(self) -> list[int]:
        """The process numbers of the workers that are there."""
        return [worker.process.pid for worker in self._workers]

    def prepare(self, count: int) -> None:
        while len(self._workers) < min(count, self._slots):
            self._workers.append(_start())

    def submit(self, task: Work) -> None:
        worker = next((one for one in self._workers if one.key is None and not one.abandoned), None)
        if worker is None:
            worker = _start()
            self._workers.append(worker)
        worker.key = task.key
        threading.Thread(target=_send, args=(worker.pipe, task), daemon=True, name="send task").start()

    def wait(self, seconds: float) -> list[Signal]:
        signals: list[Signal] = []
        by_pipe = {worker.pipe.fileno(): worker for worker in self._workers}
        poll = select.poll()
        for descriptor in by_pipe:
            poll.register(descriptor, select.POLLIN)
        for descriptor, _event in poll.poll(seconds * 1000):
            self._hear(by_pipe[descriptor], signals)
        return signals

    def abandon(self, key: Key) -> None:
        for worker in self._workers:
            if worker.key == key:
                worker.abandoned = True

    def stop(self, seconds: float) -> None:
        for worker in self._workers:
            worker.process.terminate()
        until = time.monotonic() + seconds
        for worker in self._workers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.process.wait(max(until - time.monotonic(), 0.01))

    def close(self) -> None:
        for worker in self._workers:
            worker.process.kill()
            worker.pipe.close()
        until = time.monotonic() + CLOSE_SECONDS
        for worker in self._workers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.process.wait(max(until - time.monotonic(), 0.01))
        self._workers.clear()

    def _hear(self, worker: _Worker, signals: list[Signal]) -> None:
        """Take in what has come, as far as it has come: a worker stopped in the middle of a message delays no other."""
        try:
            received = os.read(worker.pipe.fileno(), 1 << 20)
        except OSError:
            received = b""
        worker.received += received
        while len(worker.received) >= 4:
            (length,) = struct.unpack_from("!I", worker.received)
            if len(worker.received) < 4 + length:
                break
            message = pickle.loads(worker.received[4 : 4 + length])  # noqa: S301 - from a child of this process
            del worker.received[: 4 + length]
            if message[0] == "beat":
                signals.append(Beaten(message[1], message[2]))
            else:
                signals.append(Finished(message[1], message[2], message[3]))
                worker.key = None
                worker.abandoned = False
        if not received:
            self._bury(worker, signals)

    def _bury(self, worker: _Worker, signals: list[Signal]) -> None:
        worker.process.kill()
        worker.process.wait()
        worker.pipe.close()
        self._workers.remove(worker)
        if worker.key is not None:
            signals.append(Lost(worker.key))


def _send(pipe: socket.socket, task: Work) -> None:
    """In a thread: a worker that was stopped does not take its task, and must not hold the driver up."""
    try:
        send(pipe.fileno(), task)
    except OSError:
        return


def _start() -> _Worker:
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "archive.stages.auditing.local_worker", str(theirs.fileno())],
        pass_fds=(theirs.fileno(),),
        stdin=subprocess.DEVNULL,
        env=child_environment(),
    )
    theirs.close()
    return _Worker(process, ours)
