"""Calls of the library that must come back with an answer or an `ArchiveError`."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import replace

import archive

SECONDS = 25
"""The longest that one call may take, by the clock: what waits for a pipe would never come back."""

SETTINGS = replace(
    archive.Settings(),
    identify=replace(archive.Settings().identify, formats="table", virus="none"),
    render=replace(archive.Settings().render, pdfa="none"),
)


@contextlib.contextmanager
def answers(label: str, *allowed: type[Exception]) -> Iterator[None]:
    """The block ends in time, and raises nothing but `ArchiveError` or what is allowed besides."""

    def stop(*_: object) -> None:
        raise AssertionError(f"{label}: it does not come back")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    except (archive.ArchiveError, *allowed):
        pass
    except Exception as error:
        raise AssertionError(f"{label}: {type(error).__name__} escapes: {error}") from error
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
