"""Our side of the process that runs Siegfried: starts it, asks it ahead, and starts it anew when it breaks."""

from __future__ import annotations

import contextlib
import marshal
import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from archive.errors import UsageError
from archive.stages.scanning.pronom_worker import read_message, write_message

_WORKER = "archive.stages.scanning.pronom_worker"
_TOP = str(Path(__file__).resolve().parents[3])

_GARBAGE = "50"
"""How far Go's memory may grow beyond what it needs, in per cent: the signatures alone take some 75 MB."""

Answers = list[bytes]
"""What was said of each file, marshalled: equal answers are one object."""


def read_answer(answer: bytes) -> dict[str, Any]:
    """What the process said of a file."""
    said: dict[str, Any] = marshal.loads(answer)  # noqa: S302 - from the process that we started
    return said


class PronomProcess:
    """Answers come in the order of the questions. A thread takes them in, so that neither side waits on a full pipe."""

    def __init__(self) -> None:
        self._asked = 0
        self._hello: tuple[str, ...] | None = None
        self._start()

    @property
    def has_answer(self) -> bool:
        """True when `answer` need not wait."""
        if self._hello is None and not self._answers.empty():
            self._hello = self._answers.get() or ()
        return not self._answers.empty() or self._asked == 0

    def hello(self) -> tuple[str, str, str]:
        """Siegfried's version, what its signatures are, and when they were built. Raises `UsageError`."""
        said = self._hello
        if said is None:
            said = self._answers.get()
            if said is None:  # it was ended before it said a word: once more
                self.close()
                self._start()
                said = self._answers.get()
            said = self._hello = said or ()
        if not said:
            raise UsageError(
                "pygfried, which names formats by PRONOM, does not work here", subject="identify.formats",
                remedy="Install it anew: pip install pygfried, or set identify.formats to table",
            )  # fmt: skip
        version, details, created = said
        return version, details, created

    def ask(self, paths: list[str]) -> None:
        """Ask what these files are, and go on."""
        self._asked += 1
        with contextlib.suppress(OSError):
            write_message(self._stdin, paths)

    def answer(self) -> Answers:
        """What came of the first question without an answer; nothing where the process ended."""
        self.hello()
        if not self._asked:
            return []
        found = self._answers.get()
        self._asked -= 1
        if found is None:
            self.close()
            self._start()
        kinds, order = found or ((), ())
        return [kinds[number] for number in order]

    def ask_apart(self, path: str) -> dict[str, Any] | None:
        """What one file is, asked of a process that has nothing else to answer; None where it ended over it."""
        if self._asked:
            apart = PronomProcess()
            try:
                return apart.ask_apart(path)
            finally:
                apart.close()
        self.ask([path])
        found = self.answer()
        return read_answer(found[0]) if found else None

    def close(self) -> None:
        """End the process; what was asked is dropped."""
        self._asked = 0
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._stdin.close()

    def _start(self) -> None:
        path = os.pathsep.join(part for part in (_TOP, os.environ.get("PYTHONPATH", "")) if part)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", _WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={"GOGC": _GARBAGE, **os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        self._stdin = stdin
        self._hello = None
        self._answers: SimpleQueue[Any] = SimpleQueue()
        answers = self._answers

        def take_in() -> None:
            with stdout, contextlib.suppress(EOFError, OSError, ValueError):
                while True:
                    answers.put(read_message(stdout))
            answers.put(None)

        threading.Thread(target=take_in, daemon=True, name="answers of Siegfried").start()
