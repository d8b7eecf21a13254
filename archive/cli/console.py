"""Printing: the one place that writes to the terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

import click

from archive.formats.json_text import json_text
from archive.formats.naming import escape
from archive.model.build import NO_PROGRESS, Progress


def show(text: str) -> None:
    """Print text that is already escaped."""
    click.echo(text)


def show_json(document: Mapping[str, Any]) -> None:
    """Print exactly one JSON document. Its first member is `schema`."""
    click.echo(json_text(document, indent=2))


def warn(text: str) -> None:
    """A warning on standard error, escaped here."""
    click.echo(f"warning: {escape(text)}", err=True)


def progress_for(*, quiet: bool, events: bool = False) -> Progress:
    """Progress on standard error: a bar on a terminal, one line a minute elsewhere, JSON Lines for `--events`."""
    if events:
        return _EventProgress()
    if quiet:
        return NO_PROGRESS
    return _BarProgress() if sys.stderr.isatty() else _LineProgress()


class _BarProgress:
    """A bar with bytes, rate and ETA, redrawn at most five times a second."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._pending = 0
        self._last = 0.0

    def begin(self, label: str, total: int | None) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(binary_units=True),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        self.end()
        self._bar = Progress(*columns, console=Console(stderr=True), refresh_per_second=5, transient=True)
        self._bar.start()
        self._task = self._bar.add_task(escape(label), total=total)

    def advance(self, size: int) -> None:
        self._pending += size
        now = time.monotonic()
        if self._bar is not None and now - self._last >= 0.2:
            self._bar.advance(self._task, self._pending)
            self._pending, self._last = 0, now

    def end(self) -> None:
        if self._bar is not None:
            self._bar.advance(self._task, self._pending)
            self._bar.stop()
            self._bar, self._pending = None, 0


class _Counting:
    """What line and event progress share: bytes done, and whether `interval` seconds have gone by."""

    interval = 60.0

    def __init__(self) -> None:
        self.label, self.total, self.done = "", None, 0  # type: str, int | None, int
        self.started = self.last = time.monotonic()

    def begin(self, label: str, total: int | None) -> None:
        self.label, self.total, self.done = label, total, 0
        self.started = self.last = time.monotonic()

    def advance(self, size: int) -> None:
        self.done += size
        now = time.monotonic()
        if now - self.last >= self.interval:
            self.last = now
            self.tell(now - self.started)

    def tell(self, seconds: float) -> None:
        raise NotImplementedError

    def end(self) -> None:
        return None


class _LineProgress(_Counting):
    """One line a minute, for logs."""

    def tell(self, seconds: float) -> None:
        rate = self.done / seconds
        left = f", {(self.total - self.done) / rate:.0f} s left" if self.total and rate else ""
        click.echo(f"{escape(self.label)}: {self.done:,} bytes at {rate / 1e6:.1f} MB/s{left}", err=True)


class _EventProgress(_Counting):
    """JSON Lines, at most five a second."""

    interval = 0.2

    def begin(self, label: str, total: int | None) -> None:
        super().begin(label, total)
        self._emit("begin")

    def tell(self, seconds: float) -> None:
        del seconds
        self._emit("progress")

    def end(self) -> None:
        self._emit("end")

    def _emit(self, event: str) -> None:
        from archive.reporting.event import event_document

        click.echo(json_text(event_document(event, self.label, self.done, self.total)), err=True)
