"""Work that an interrupt waits for."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from archive.storage.interrupts import undisturbed
from archive.storage.partial import Partial


def test_an_interrupt_is_taken_after_the_work() -> None:
    done: list[int] = []

    @undisturbed()
    def work() -> None:
        for number in range(3):
            signal.raise_signal(signal.SIGINT)
            done.append(number)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == [0, 1, 2]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_does_not_hide_a_failure() -> None:
    @undisturbed()
    def work() -> None:
        signal.raise_signal(signal.SIGINT)
        raise ValueError

    with pytest.raises(KeyboardInterrupt) as caught:
        work()
    assert isinstance(caught.value.__context__, ValueError)


def test_other_threads_are_left_alone() -> None:
    seen: list[bool] = []

    def work() -> None:
        with undisturbed():
            seen.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True]


def test_a_working_folder_goes_away_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.storage import partial as module

    partial = Partial(str(tmp_path), "bag")
    for number in range(20):
        (Path(partial.path) / str(number)).write_text("x")
    remove = module.remove_tree

    def interrupted(path: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        remove(path)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(module, "remove_tree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        partial.close()
    assert os.listdir(tmp_path) == []
