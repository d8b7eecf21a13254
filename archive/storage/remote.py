"""What talking to a far side has in common: failures that may pass, and trying again within bounds."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from archive.errors import StorageError

Result = TypeVar("Result")

LONGEST_PAUSE = 300.0


class TransientError(StorageError):
    """The far side failed in a way that may pass: a lost connection, a time limit, "slow down", an inner error.

    `problem` holds the server's own words where it gave any. Whether a request that failed so was carried out is not
    known. `pause` is how many seconds the server asked for a wait, 0 where it did not.
    """

    def __init__(
        self, problem: str, *, subject: str | None = None, remedy: str | None = None, pause: float = 0.0
    ) -> None:
        super().__init__(problem, subject=subject, remedy=remedy)
        self.pause = pause


class NotAFileError(StorageError):
    """On the target a link, pipe or device is in the place of a file. It is never followed. `problem` names it."""


class DifferentContentError(StorageError):
    """The far side gave other bytes than its own inventory records. All of them were given before this is raised."""

    def __init__(self, subject: str, *, algorithm: str, expected: str, found: str) -> None:
        super().__init__("the content is not what the inventory of the target records", subject=subject)
        self.algorithm, self.expected, self.found = algorithm, expected, found


class RefusedError(StorageError):
    """The far side answered, in words of its own, that it does not do what was asked. Asking again changes nothing."""


def try_again(
    action: Callable[[], Result],
    *,
    retries: int,
    wait: Callable[[float], None] = time.sleep,
    tell: Callable[[int, TransientError], None] | None = None,
) -> Result:
    """Do `action`, and again at most `retries` times after a `TransientError`, waiting 0.5, 1, 2 ... 30 seconds.

    Where the target asked for a longer pause it gets it, up to `LONGEST_PAUSE` seconds. `action` must be safe to
    repeat. The last `TransientError` is raised as it came.
    """
    for attempt in range(retries + 1):
        try:
            return action()
        except TransientError as error:
            if attempt == retries:
                raise
            if tell is not None:
                tell(attempt + 1, error)
            wait(max(min(30.0, 0.5 * 2**attempt), min(error.pause, LONGEST_PAUSE)))
    raise AssertionError("the loop returns or raises")


def lost_words(error: BaseException) -> str:
    """How a connection failed, in plain words and with the library's name for it in brackets."""
    return f"the connection failed: {_why(error)} ({type(error).__name__})"


def _why(error: BaseException) -> str:
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None:
            break
        if isinstance(seen, socket.gaierror):
            return "the host's name is not known"
        if isinstance(seen, ConnectionRefusedError) or "Connection refused" in str(seen):
            return "no server listens there"
        if isinstance(seen, ssl.SSLCertVerificationError):
            return f"the server's certificate is not accepted, {seen.verify_message}"
        if isinstance(seen, TimeoutError) or "Timeout" in type(seen).__name__:
            return "no answer came in time"
        seen = seen.__cause__ or seen.__context__
    return "it was cut"


def words_of(text: str, limit: int = 300) -> str:
    """A server's own words, on one line and cut to `limit` characters, for a report."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 3] + "..."


def pause_of(headers: Mapping[str, str]) -> float:
    """The seconds that a server asks clients to wait, 0 where it asks for none.

    Retry-After (RFC 9110 10.2.3) in seconds or as a date, else X-RateLimit-Reset, a Unix time. Both times are taken
    against the server's own Date, so that a wrong clock here does no harm.
    """
    asked = headers.get("Retry-After", "").strip()
    if asked.isdecimal():
        return float(asked)
    now = _time_of(headers.get("Date", ""))
    if now is None:
        return 0.0
    until = _time_of(asked)
    if until is not None:
        return max(0.0, (until - now).total_seconds())
    reset = headers.get("X-RateLimit-Reset", "").strip()
    return max(0.0, int(reset) - now.timestamp()) if reset.isdecimal() else 0.0


def _time_of(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    return found if found.tzinfo is not None else None
