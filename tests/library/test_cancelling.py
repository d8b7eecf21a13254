"""Work that another thread cancels ends with `CancelledError`, and leaves nothing half-made."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

import archive
from archive.testing import make_bag

SIZE = 4 << 20
FILES = {f"file-{number}.bin": os.urandom(SIZE) for number in range(6)}


def cancel_while(work: Callable[[archive.Progress, archive.Cancellation], Any]) -> None:
    """Start `work`, cancel it from another thread as soon as it has read some bytes, and expect it to say so."""
    cancellation, begun, cancelled = archive.Cancellation(), Event(), Event()

    def step(label: str, done: int, total: int | None) -> None:
        del label, total
        if done:
            begun.set()
            assert cancelled.wait(30)

    def cancel() -> None:
        begun.wait(30)
        cancellation.cancel()
        cancelled.set()

    thread = Thread(target=cancel)
    thread.start()
    try:
        with pytest.raises(archive.CancelledError):
            work(archive.CallbackProgress(step), cancellation)
    finally:
        begun.set()
        thread.join()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("serialize", ["", "zip"])
def test_create_leaves_nothing_at_the_destination(here: Path, serialize: Any) -> None:
    source = here / "source"
    source.mkdir()
    for name, content in FILES.items():
        (source / name).write_bytes(content)
    cancel_while(
        lambda progress, cancellation: archive.create(
            source, here / "bags", plain=True, serialize=serialize, progress=progress, cancellation=cancellation
        )
    )
    assert not (here / "bags").exists() or list((here / "bags").iterdir()) == []
    assert sorted(path.name for path in source.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("workers", [1, 2])
def test_validate_stops(here: Path, workers: int) -> None:
    bag = make_bag(here, FILES)
    before = sorted(path.name for path in here.rglob("*"))
    cancel_while(
        lambda progress, cancellation: archive.validate(
            bag, workers=workers, progress=progress, cancellation=cancellation
        )
    )
    assert sorted(path.name for path in here.rglob("*")) == before
    assert archive.validate(bag).ok


def test_an_audit_keeps_what_it_recorded_and_can_run_again(here: Path) -> None:
    bag = make_bag(here, FILES)
    with archive.Ledger.start() as ledger:
        ledger.add(bag)
        cancel_while(
            lambda progress, cancellation: ledger.audit(workers=1, progress=progress, cancellation=cancellation)
        )
        assert ledger.verify().findings == ()
        assert ledger.audit(bags=[bag], workers=1).findings == ()
        assert ledger.status().intact == 1


def test_work_that_was_cancelled_before_does_not_begin(here: Path) -> None:
    bag, cancellation = make_bag(here), archive.Cancellation()
    cancellation.cancel()
    with pytest.raises(archive.CancelledError):
        archive.validate(bag, cancellation=cancellation)
    with pytest.raises(archive.CancelledError):
        archive.create(bag, here / "again", wrap_bag=True, cancellation=cancellation)
    assert not (here / "again").exists()
