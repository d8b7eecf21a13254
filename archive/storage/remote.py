"""What talking to a far side has in common: failures that may pass, and trying again within bounds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from archive.errors import StorageError

Result = TypeVar("Result")


class TransientError(StorageError):
    """The far side failed in a way that may pass: a lost connection, a time limit, "slow down", an inner error.

    `problem` holds the server's own words where it gave any. Whether a request that failed so was carried out is not
    known.
    """


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

    `action` must be safe to repeat. The last `TransientError` is raised as it came.
    """
    for attempt in range(retries + 1):
        try:
            return action()
        except TransientError as error:
            if attempt == retries:
                raise
            if tell is not None:
                tell(attempt + 1, error)
            wait(min(30.0, 0.5 * 2**attempt))
    raise AssertionError("the loop returns or raises")


def words_of(text: str, limit: int = 300) -> str:
    """A server's own words, on one line and cut to `limit` characters, for a report."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 3] + "..."
