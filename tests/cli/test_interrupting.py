"""Ctrl-C at any moment: no traceback, exit code 130, and nothing half-made."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HOLD = """
import sys, time
from archive.cli import interrupting
begin = interrupting.begin_work
def held():
    {moment}
    begin()
interrupting.begin_work = held
from archive.cli import main
sys.argv = ["archive", {words}]
main()
"""
WAIT = "print('here', flush=True); time.sleep(20)"


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_before_the_work_the_process_leaves_at_once(tmp_path: Path, number: int) -> None:
    process = start(HOLD.format(moment=WAIT, words="'init'"), tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    process.send_signal(number)
    _out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "error: interrupted before it began; nothing was done\n")
    assert os.listdir(tmp_path) == []


def test_before_the_work_programs_get_their_document(tmp_path: Path) -> None:
    process = start(HOLD.format(moment=WAIT, words="'init', '--json'"), tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, _err = process.communicate(timeout=20)
    document = json.loads(out)
    assert (document["schema"], document["exit_code"], document["kind"]) == ("archive.error/1", 130, "Interrupted")


@pytest.mark.parametrize("gap", [0.0, 0.01, 0.05])
def test_three_interrupts_of_the_whole_group_leave_nothing(tmp_path: Path, gap: float) -> None:
    (tmp_path / "src").mkdir()
    for number in range(1500):
        (tmp_path / "src" / f"{number}.txt").write_text(str(number))
    process = start("import sys; sys.argv = ['archive', 'create', 'src', '--to', 'out', '-q']\n"
                    "from archive.cli import main; main()", tmp_path)  # fmt: skip
    until = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < until and not list(tmp_path.glob("out/.*/**/9*.txt")):
        time.sleep(0.002)
    for _ in range(3):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(gap)
    _out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert os.listdir(tmp_path) == ["src"]


def test_what_the_caller_ignores_stays_ignored(tmp_path: Path) -> None:
    code = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + HOLD.format(
        moment="import os, signal; os.kill(os.getpid(), signal.SIGHUP)", words="'init'"
    )
    process = start(code, tmp_path)
    process.communicate(timeout=20)
    assert process.returncode == 0


def test_an_interrupt_that_python_drops_comes_again(tmp_path: Path) -> None:
    code = """
import os, signal, sys, time
sys.argv = ["archive", "init"]
from archive.cli import app, main
class Dropped:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.5)
def invoke(context):
    one = Dropped()
    del one
    time.sleep(20)
from archive.cli import init
init.command.invoke = invoke
main()
"""
    process = start(code, tmp_path)
    _out, err = process.communicate(timeout=15)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_an_interrupt_within_an_exec_of_text_has_the_same_code(tmp_path: Path) -> None:
    """As an import of dataclasses makes one; `python -m` then ended by the signal instead."""
    (tmp_path / "interrupted.py").write_text("""
import os, signal, sys, time
sys.argv = ["archive", "init"]
from archive.cli import init, main
def invoke(context):
    exec("os.kill(os.getpid(), signal.SIGINT); time.sleep(20)")
init.command.invoke = invoke
main()
""")
    words = [sys.executable, "-m", "interrupted"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=15, check=False)
    assert done.returncode == 130
    assert done.stderr.strip() == b"error: interrupted; nothing incomplete is left, run again to continue"


SWALLOWED = """
import sys, time
from archive.stages.validation import spreading
def start_of_a_module_in_c(*_, **__):
    try:
        print('here', flush=True)
        time.sleep(20)
    except KeyboardInterrupt:
        raise ImportError('cannot initialise module strings') from None
spreading.validate_spread = start_of_a_module_in_c
from archive.cli import main
sys.argv = ["archive", "validate", "bag"]
main()
"""


def test_an_interrupt_that_became_another_error_has_the_same_code(tmp_path: Path) -> None:
    process = start(SWALLOWED, tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "error: interrupted; nothing incomplete is left, run again to continue\n")


UNNOTICED = """
import os, signal, threading, time
from archive.cli import interrupting
interrupting.install(interrupting.leave_before_work)
interrupting.begin_work()
answer, _nobody = os.pipe()
def elsewhere():
    time.sleep(0.2)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # taken by this thread, it breaks no wait of the main one
threading.Thread(target=elsewhere, daemon=True).start()
try:
    with interrupting.heard_while_asking():
        os.read(answer, 1)
except KeyboardInterrupt:
    print("heard", signal.set_wakeup_fd(-1))
"""


def test_an_interrupt_that_breaks_no_wait_is_heard_while_a_person_is_asked(tmp_path: Path) -> None:
    process = start(UNNOTICED, tmp_path)
    out, err = process.communicate(timeout=30)
    assert (out, err) == ("heard -1\n", "")
