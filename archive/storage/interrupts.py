"""Work that an interrupt must not cut in two: Ctrl-C, or a polite request to end, is taken after it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What asks a process to end and leaves it time to tidy up."""


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Put off these signals while the block runs, however often they come; then deliver each that came, once.

    Blocking them for the thread would not do: the system gives them to another thread, and Python runs the handler in
    the main one. Elsewhere than in the main thread there is nothing to put off.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: dict[int, None] = {}

    def put_off(number: int, frame: object) -> None:
        del frame
        came[number] = None

    before = {}
    try:
        for number in SIGNALS:
            handler = signal.getsignal(number)
            if handler is not None and handler is not signal.SIG_IGN:
                before[number] = handler
                signal.signal(number, put_off)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)
