"""The limits hold: time, memory, file size, network, environment, and nothing is left running."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from archive.renditions.confinement import Finished, Limits, heed, run_confined

_LOOSE = Limits(20, 512)


def _run(folder: Path, code: str, limits: Limits = _LOOSE) -> Finished:
    return run_confined([sys.executable, "-c", code], limits=limits, folder=str(folder))


def test_output_and_code_come_back(tmp_path: Path) -> None:
    finished = _run(tmp_path, "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert (finished.code, finished.output, finished.errors) == (3, b"out\n", b"err\n")
    assert not finished.ended_well
    assert finished.ending == "it ended with code 3"


def test_time_runs_out_for_the_whole_group(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('child', 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    started = time.monotonic()
    finished = _run(tmp_path, code, Limits(3, 0))
    assert finished.code is None
    assert finished.ending == "it did not end within its time limit"
    assert time.monotonic() - started < 10
    child = int((tmp_path / "child").read_text())
    for _ in range(50):
        try:
            state = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the child lives on")


def test_memory_is_limited(tmp_path: Path) -> None:
    finished = _run(tmp_path, "x = bytearray(1 << 30)", Limits(20, 256))
    assert finished.code not in (0, None)
    assert b"MemoryError" in finished.errors


def test_files_are_limited(tmp_path: Path) -> None:
    finished = _run(tmp_path, "open('f', 'wb').write(bytes(4 << 20))", Limits(20, 0, file_mb=1))
    assert not finished.ended_well
    assert (tmp_path / "f").stat().st_size <= 1 << 20


def test_there_is_no_network(tmp_path: Path) -> None:
    # A look at the interfaces: in an empty network there is none but the loopback, and it is down.
    finished = _run(tmp_path, "import socket; print([name for _, name in socket.if_nameindex()])")
    assert finished.output.strip() == b"['lo']"


def test_nothing_of_the_environment_goes_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    finished = _run(tmp_path, "import os; print(sorted(os.environ))")
    assert b"SECRET" not in finished.output
    assert b"'HOME'" in finished.output


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    finished = run_confined(["/no/such/program"], limits=_LOOSE, folder=str(tmp_path))
    assert finished.code == 127
    assert b"No such file" in finished.errors


def test_a_signal_is_told(tmp_path: Path) -> None:
    assert _run(tmp_path, "import os; os.abort()").ending == "it was ended by signal 6"
    assert os.listdir(tmp_path) == []


def test_a_thread_that_is_told_to_halt_waits_for_nothing(tmp_path: Path) -> None:
    halt = threading.Event()
    ended: list[Finished] = []

    def run() -> None:
        heed(halt)
        for _ in range(3):
            ended.append(run_confined(["sleep", "60"], limits=Limits(60, 0), folder=str(tmp_path)))

    thread = threading.Thread(target=run)
    begun = time.monotonic()
    thread.start()
    halt.set()
    thread.join(30)
    assert [finished.code for finished in ended] == [None] * 3
    assert time.monotonic() - begun < 20
    again = run_confined(["true"], limits=Limits(60, 0), folder=str(tmp_path))
    assert again.ended_well, "other threads go on"
