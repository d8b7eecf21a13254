"""Waiting for a state, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 300
"""After so long without the state a test fails: far longer than it takes on the slowest machine."""


def wait_until(reached: Callable[[], bool]) -> None:
    """Come back as soon as the state is reached. Raises `AssertionError` when it never is."""
    until = time.monotonic() + SECONDS
    while not reached():
        assert time.monotonic() < until, "the state was not reached"
        time.sleep(0.01)
