"""What Ctrl-C and polite requests to end do: before the work, during it and after it.

Before a command begins, nothing has been made and the process leaves at once. While it works, the first interrupt is an
exception, so that everything half-made is removed; those that follow within two seconds, as when someone presses twice,
do not disturb that. What must be removed in one go is protected by `archive.storage.interrupts`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    Handler = Callable[[int, FrameType | None], None] | signal.Handlers

CODE = 130
GRACE = 2.0
"""How long after an interrupt others are taken for the same one, in seconds."""
_AGAIN = 0.1
_DONE = b"\0"
_WORDS = "interrupted before it began; nothing was done"
_ERROR = f'{{"schema": "archive.error/1", "exit_code": 130, "kind": "Interrupted", "problem": "{_WORDS}"}}\n'


def install(handler: Handler) -> None:
    """Let `handler` take what asks the process to end. What the caller had ignored, as nohup does, stays ignored."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def leave_before_work(number: int, frame: FrameType | None) -> None:
    """End the process at once, in words."""
    del number, frame
    if "--json" in sys.argv:
        os.write(1, _ERROR.encode("ascii"))
    os.write(2, f"error: {_WORDS}\n".encode("ascii"))
    os._exit(CODE)


def leave(codes: list[int]) -> None:
    """End the process with the code in `codes`, if there is one, as the last of what runs at exit.

    Python would go on to take itself apart, which costs a fifth of a short command. And an interrupt that passes
    through an `exec` of text, as an import of dataclasses does, makes `python -m` end by SIGINT whatever code is asked
    for afterwards (CPython 3.11, `exit_sigint` in Modules/main.c); this comes first.
    """
    if codes:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, broken, or never there
                stream.flush()
        os._exit(codes[0])


def begin_work() -> None:
    """From now on an interrupt is an exception. Does nothing where the process is not run by `archive.cli.main`."""
    if leave_before_work in (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)):
        interrupt = _Interrupt()
        install(interrupt)
        sys.unraisablehook = interrupt.come_back


@contextlib.contextmanager
def heard_while_asking() -> Iterator[None]:
    """While the block waits for a person's answer, the first Ctrl-C is heard.

    `input` looks for signals before it waits, and when one breaks the wait. One that comes between is noticed only with
    the next signal or key; so a thread sends it again as long as the block goes on.
    """
    import threading

    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_kill"):
        yield
        return
    main_thread = threading.get_ident()
    heard, told = os.pipe()
    os.set_blocking(told, False)

    def send_again() -> None:
        while (came := os.read(heard, 1)) != _DONE:
            time.sleep(_AGAIN)
            if asking.is_set():
                signal.pthread_kill(main_thread, came[0])

    asking = threading.Event()
    asking.set()
    sender = threading.Thread(target=send_again, daemon=True, name="interrupts of a question")
    sender.start()
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    try:
        yield
    finally:
        asking.clear()
        signal.set_wakeup_fd(before)
        os.write(told, _DONE)
        sender.join()
        os.close(heard)
        os.close(told)


def was_interrupted() -> bool:
    """Whether an interrupt was raised as an exception: what fails then may be that, in other words.

    The start of a module in C turns whatever hits it into an ImportError, lxml's for one.
    """
    handler = signal.getsignal(signal.SIGINT)
    return isinstance(handler, _Interrupt) and handler.came


class _Interrupt:
    def __init__(self) -> None:
        self.came = False
        self._last = float("-inf")
        self._said = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.came = True
        now = time.monotonic()
        if now - self._last >= GRACE:
            self._last = now
            raise KeyboardInterrupt
        if not self._said:
            self._said = True
            os.write(2, b"stopping; what is half-made is being removed\n")

    def come_back(self, lost: sys.UnraisableHookArgs) -> None:
        """Python drops an interrupt that hits a finaliser or a callback: raise it again a moment later."""
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(lost)
            return
        import threading

        self._last = float("-inf")
        again = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
        again.daemon = True
        again.start()
