"""The archive's state for the overview: what `archive status --json` says, computed in a process of its own.

In an archive of 100,000 bags that takes a second, which no page may cost. The last result is kept and shown with its
time; where the ledger has changed since, a new one is computed beside, and the page says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from archive.storage.atomic import write_whole

_LASTS = 60.0
"""Seconds after which a result is computed again although the ledger is the same: files fall due, places go away."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A result: the document, the state of the ledger before it was computed, and when. `is_fresh`: nothing changed."""

    document: Mapping[str, Any]
    mark: str
    made: float
    is_fresh: bool


class Snapshots:
    """The kept result of one command of `module`. `mark` tells the state of what it reads, and so which result holds.

    A result is computed again when it is `lasts` seconds old.
    """

    def __init__(
        self, path: str, working: str, arguments: tuple[str, ...], mark: Callable[[], str], *, module: str = "archive",
        lasts: float = _LASTS,
    ) -> None:  # fmt: skip
        self._path = path
        self._working = working
        self._arguments = arguments
        self._mark = mark
        self._module = module
        self._lasts = lasts
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._busy = False

    def current(self, *, wait: float = 0.0) -> Snapshot | None:
        """The newest result; None where there is none yet. Waits so many seconds for a fresh one, if it is not."""
        mark = self._mark()
        found = self._read(mark)
        if found is None or not found.is_fresh:
            self._compute(mark)
            if self._done.wait(wait):
                found = self._read(mark)
        return found

    def _read(self, mark: str) -> Snapshot | None:
        try:
            with open(self._path, "rb") as file:
                kept = json.load(file)
        except (FileNotFoundError, ValueError):
            return None
        fresh = kept["mark"] == mark and 0 <= time.time() - kept["made"] < self._lasts
        return Snapshot(kept["document"], kept["mark"], kept["made"], fresh)

    def _compute(self, mark: str) -> None:
        with self._lock:
            if self._busy:
                return
            self._busy = True
            self._done.clear()
        threading.Thread(target=self._run, args=(mark,), daemon=True).start()

    def _run(self, mark: str) -> None:
        try:
            made = subprocess.run(
                [sys.executable, "-m", self._module, *self._arguments], cwd=self._working, stdin=subprocess.DEVNULL,
                capture_output=True, check=False,
            )  # fmt: skip
            content = {"mark": mark, "made": time.time(), "document": _document_of(made)}
            write_whole(self._path, (json.dumps(content).encode(),), replace=True)
        except OSError:
            return
        finally:
            with self._lock:
                self._busy = False
            self._done.set()


def _document_of(made: subprocess.CompletedProcess[bytes]) -> Mapping[str, Any]:
    """What the command printed; where it was ended before it printed anything, a problem that a page can show.

    Without that a page would start the same command again and again.
    """
    try:
        document = json.loads(made.stdout)
    except ValueError:
        document = None
    if isinstance(document, dict):
        return document
    return {"problem": f"the command ended with {made.returncode} and printed no result"}
