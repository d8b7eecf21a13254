"""The command in a terminal of its own, for what is asked only of a person."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from pathlib import Path

from tests.support.making import ROOT


class Terminal:
    """The command in a terminal of its own."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.said = ""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.environ.update(PYTHONPATH=str(ROOT), TERM="dumb", PYTHONDONTWRITEBYTECODE="1")
            os.execv(sys.executable, [sys.executable, "-m", "archive", *arguments])  # noqa: S606 - our own program

    def expect(self, words: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while words not in self.said:
            ready, _, _ = select.select([self._fd], [], [], max(0, end - time.monotonic()))
            assert ready, f"{words!r} did not come: {self.said}"
            try:
                chunk = os.read(self._fd, 4096)
            except OSError:
                chunk = b""
            assert chunk, f"{words!r} did not come: {self.said}"
            self.said += chunk.decode("utf-8", "replace")
        self.said = self.said.partition(words)[2]

    def answer(self, words: str, text: str) -> None:
        self.expect(words)
        os.write(self._fd, text.encode() + b"\n")

    def interrupt(self) -> None:
        """Press Ctrl-C, once."""
        os.kill(self.pid, signal.SIGINT)

    def _has_more(self, seconds: float) -> bool:
        """Read what is said meanwhile; False as soon as the command has closed its terminal."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._fd], [], [], left)[0]:
                try:
                    if not os.read(self._fd, 4096):
                        return False
                except OSError:
                    return False
        return True

    def end(self, seconds: float = 120) -> int:
        """Wait for the end of the command: its exit code."""
        assert not self._has_more(seconds), "the command does not end"
        os.close(self._fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
