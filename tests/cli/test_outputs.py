"""Every command that writes a file of the user's choice: pipes, devices and links stay, and no half file does."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.audit_projects import Project
from tests.support.making import ROOT

COMMANDS = {
    "report-html": ("report", "--html"),
    "report-csv": ("report", "--csv"),
    "events": ("events", "{bag}", "--premis", "--output"),
    "describe": ("describe", "{bag}", "--to"),
}


def words_of(name: str, bag: Path, to: Path | str) -> list[str]:
    return [*(word.format(bag=bag) for word in COMMANDS[name]), str(to)]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_pipe_gets_it_and_stays(project: Project, pair: tuple[Path, Path], tmp_path: Path, name: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        code, _out, err = project.run(*words_of(name, pair[0], pipe))
        assert reader.stdout is not None
        got = reader.stdout.read()
    assert code == 0, err
    assert got
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_link_stays(project: Project, pair: tuple[Path, Path], tmp_path: Path, name: str) -> None:
    shown, link = tmp_path / "shown", tmp_path / "link"
    link.symlink_to(shown)
    code, _out, err = project.run(*words_of(name, pair[0], link))
    assert code == 0, err
    assert link.is_symlink()
    assert shown.stat().st_size
    shown.write_bytes(b"old")
    code, _out, _err = project.run(*words_of(name, pair[0], link))
    assert code == (0 if name.startswith("report") else 2)
    assert (shown.read_bytes() == b"old") is (code == 2)
    assert link.is_symlink()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_device_stays(project: Project, pair: tuple[Path, Path], name: str) -> None:
    assert project.run(*words_of(name, pair[0], os.devnull))[0] == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_leaves_nothing(
    project: Project, pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "disk").mkdir()
    target = tmp_path / "disk" / "out"

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("archive.storage.atomic.os.fsync", full)
        assert project.run(*words_of(name, pair[0], target))[0] == 13
    assert os.listdir(tmp_path / "disk") == []
    assert project.run(*words_of(name, pair[0], target))[0] == 0


def test_json_never_drives_the_terminal(tmp_path: Path) -> None:
    hostile = "\x7f\x9b\u202e\u2028\u2066\u200b"
    command = [sys.executable, "-m", "archive"]
    for words in (("validate", hostile), ("explain", hostile), ("create", hostile), ("show", hostile)):
        done = subprocess.run([*command, *words, "--json"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert not set(hostile) & set(done.stdout), words
        assert not set(hostile) & set(done.stderr), words
        assert json.loads(done.stdout)["exit_code"] == done.returncode


@pytest.mark.parametrize("end", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", ["validate {bag}", "show {bag} --json", "--help"])
def test_a_stream_that_the_caller_closed_is_no_fault(pair: tuple[Path, Path], words: str, end: str) -> None:
    line = f"{sys.executable} -P -m archive {words.format(bag=pair[0])} {end}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", ["validate {bag}", "show {bag} --json", "--help"])
def test_a_reader_that_went_away_gets_no_verdict(pair: tuple[Path, Path], words: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-P", "-m", "archive", *words.format(bag=pair[0]).split()]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, ""), "1 would say that a healthy bag is damaged"


ENDING = """
import errno, sys
sys.argv = ["archive", "doctor"]
from archive.cli import doctor, main
def invoke(context):
    {}
doctor.command.invoke = invoke
main()
"""


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ("sys.exit(0)", 70, "SystemExit"),
        ("sys.exit(1)", 70, "SystemExit"),
        ("raise BrokenPipeError(errno.EPIPE, 'Broken pipe', 'worker')", 4, "a pipe to another program broke"),
    ],
)
def test_what_ends_the_process_from_within_is_no_reader_that_went_away(how: str, code: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDING.format(how)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, said in done.stderr, done.stdout) == (code, True, ""), done.stderr
