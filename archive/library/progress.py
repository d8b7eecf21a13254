"""Following long work from a program: progress by a function, and cancellation from another thread."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from archive.errors import CancelledError
from archive.model.build import NO_PROGRESS, Progress


class CallbackProgress:
    """A `Progress` that calls `function(label, done, total)` whenever bytes were worked on.

    `done` and `total` are bytes; `total` is None where it is not known. The function is called often: it should
    return at once.

    >>> seen = []
    >>> progress = CallbackProgress(lambda label, done, total: seen.append((label, done, total)))
    >>> progress.begin("copying", 10)
    >>> progress.advance(4)
    >>> seen
    [('copying', 0, 10), ('copying', 4, 10)]
    """

    def __init__(self, function: Callable[[str, int, int | None], object]) -> None:
        self._function = function
        self._label = ""
        self._done = 0
        self._total: int | None = None

    def begin(self, label: str, total: int | None) -> None:
        self._label, self._done, self._total = label, 0, total
        self._function(label, 0, total)

    def advance(self, size: int) -> None:
        self._done += size
        self._function(self._label, self._done, self._total)

    def end(self) -> None:
        return None


class Cancellation:
    """Stops work that was given it, from any thread: the call raises `CancelledError` and leaves nothing half-made.

    >>> cancellation = Cancellation()
    >>> cancellation.cancel()
    >>> cancellation.cancelled
    True
    """

    def __init__(self) -> None:
        self._event = Event()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask the work to stop. It stops at the next piece of data it reads or writes."""
        self._event.set()

    def check(self) -> None:
        """Raise `CancelledError` when `cancel` was called."""
        if self._event.is_set():
            raise CancelledError("cancelled by the calling program")


class _Watched:
    def __init__(self, progress: Progress, cancellation: Cancellation) -> None:
        self._progress = progress
        self._cancellation = cancellation

    def begin(self, label: str, total: int | None) -> None:
        self._cancellation.check()
        self._progress.begin(label, total)

    def advance(self, size: int) -> None:
        self._progress.advance(size)
        self._cancellation.check()

    def end(self) -> None:
        self._progress.end()


def watch(progress: Progress | None, cancellation: Cancellation | None) -> Progress:
    """The progress that a stage is handed: it also ends the work when `cancellation` asks for it."""
    given = NO_PROGRESS if progress is None else progress
    if not all(callable(getattr(given, name, None)) for name in ("begin", "advance", "end")):
        raise TypeError(f"progress has begin, advance and end; {type(given).__name__} has not")
    _require(cancellation)
    return given if cancellation is None else _Watched(given, cancellation)


def check(cancellation: Cancellation | None) -> None:
    """Raise `CancelledError` when the work was cancelled."""
    _require(cancellation)
    if cancellation is not None:
        cancellation.check()


def _require(cancellation: object) -> None:
    if cancellation is not None and not isinstance(cancellation, Cancellation):
        raise TypeError(f"cancellation is a Cancellation, not {type(cancellation).__name__}")
