"""The caller's side of the process that runs Siegfried: starts it, asks it ahead, and restarts it when it breaks."""

from __future__ import annotations

import contextlib
import marshal
import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from archive.errors import UsageError
from archive.stages.scanning.pronom_worker import read_message, write_message

_COMMAND = ("-P", "-m", "archive.stages.scanning.pronom_worker")
_TOP = str(Path(__file__).resolve().parents[3])

_GARBAGE = "50"
"""How far Go's memory may grow beyond what it needs, in per cent: the signatures alone take some 75 MB."""

_PATIENCE = 900
"""Seconds without any answer after which the process is given up: a file on which Siegfried hangs has no format."""

Answers = list[bytes]
"""What was said of each file, marshalled: equal answers are one object."""


def read_answer(answer: bytes) -> dict[str, Any]:
    """What the process said of a file."""
    said: dict[str, Any] = marshal.loads(answer)  # noqa: S302 - from the process started here
    return said


class PronomProcess:
    """Answers come in the order of the questions. Threads ask and take in, so that no full pipe holds anybody up."""

    def __init__(self) -> None:
        self._asked = 0
        self._hello: tuple[str, ...] | None = None
        self._start()

    @property
    def has_answer(self) -> bool:
        """True when `answer` need not wait."""
        if self._hello is None and not self._answers.empty():
            said = self._answers.get()
            if said is None:
                self._answers.put(None)  # it was ended before it said a word: `hello` restarts it
            else:
                self._hello = said
        return not self._answers.empty() or self._asked == 0

    def hello(self) -> tuple[str, str, str]:
        """Siegfried's version, what its signatures are, and when they were built. Raises `UsageError`."""
        said = self._hello
        if said is None:
            said = self._next()
            if said is None:  # it was ended before it said a word: once more
                self.close()
                self._start()
                said = self._next()
            said = self._hello = said or ()
        if not said:
            raise UsageError(
                "pygfried, which names formats by PRONOM, does not work here", subject="identify.formats",
                remedy="Reinstall it: pip install pygfried, or set identify.formats to table",
            )  # fmt: skip
        version, details, created = said
        return version, details, created

    def ask(self, paths: list[str]) -> None:
        """Ask what these files are, and go on."""
        self._asked += 1
        self._questions.put(paths)

    def answer(self) -> Answers:
        """What came of the first question without an answer; nothing where the process ended."""
        self.hello()
        if not self._asked:
            return []
        found = self._next()
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
        self._questions.put(None)

    def _next(self) -> Any:
        """The next message of the process; None when it has ended or sends nothing for too long."""
        try:
            return self._answers.get(timeout=_PATIENCE)
        except Empty:
            return None

    def _start(self) -> None:
        path = os.pathsep.join(part for part in (_TOP, os.environ.get("PYTHONPATH", "")) if part)
        self._process = subprocess.Popen(
            [sys.executable, *_COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={"GOGC": _GARBAGE, **os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        self._hello = None
        self._questions: SimpleQueue[list[str] | None] = SimpleQueue()
        self._answers: SimpleQueue[Any] = SimpleQueue()
        questions, answers = self._questions, self._answers

        def ask() -> None:
            with contextlib.suppress(OSError), stdin:
                while (paths := questions.get()) is not None:
                    write_message(stdin, paths)

        def take_in() -> None:
            try:
                with stdout:
                    while True:
                        answers.put(read_message(stdout))
            except (EOFError, OSError, ValueError, TypeError):  # it has ended, perhaps in the middle of a message
                answers.put(None)

        for work, name in ((ask, "questions for Siegfried"), (take_in, "answers of Siegfried")):
            threading.Thread(target=work, daemon=True, name=name).start()
