"""Files that users name: whole or not at all, through links, pipes and devices, and never half a file left."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import ExistsError, NotFoundError, PermissionDeniedError, StorageError, UsageError
from archive.storage.atomic import write_output
from tests.support.needing import needs


def test_a_new_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    write_output(str(path), [b"a", b"b"])
    assert path.read_bytes() == b"ab"
    assert os.listdir(tmp_path) == ["report.csv"]
    with pytest.raises(ExistsError, match="Choose another name"):
        write_output(str(path), [b"c"])
    assert path.read_bytes() == b"ab"
    write_output(str(path), [b"c"], replace=True)
    assert path.read_bytes() == b"c"


def test_a_relative_name_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_output("report.csv", [b"a"])
    assert (tmp_path / "report.csv").read_bytes() == b"a"


def test_modes_are_kept_and_new_files_get_what_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "private"
    write_output(str(path), [b"a"], mode=0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    write_output(str(path), [b"b"], replace=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError()])
def test_a_failure_leaves_what_was_there(tmp_path: Path, replace: bool, failure: BaseException) -> None:
    path = tmp_path / "report.csv"
    if replace:
        path.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise failure

    with pytest.raises((StorageError, KeyboardInterrupt, ValueError)):
        write_output(str(path), pieces(), replace=replace)
    assert os.listdir(tmp_path) == (["report.csv"] if replace else [])
    assert not replace or path.read_bytes() == b"old"


def test_a_link_stays_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    shown = tmp_path / "share" / "report.html"
    shown.write_bytes(b"old")
    link = tmp_path / "report.html"
    link.symlink_to("share/report.html")
    (tmp_path / "second").symlink_to("report.html")
    write_output(str(tmp_path / "second"), [b"new"], replace=True)
    assert shown.read_bytes() == b"new"
    assert link.is_symlink()
    assert not shown.is_symlink()
    with pytest.raises(ExistsError):
        write_output(str(link), [b"newer"])
    shown.unlink()
    write_output(str(link), [b"again"])
    assert (shown.read_bytes(), link.is_symlink()) == (b"again", True)


def test_links_that_lead_nowhere_are_errors(tmp_path: Path) -> None:
    (tmp_path / "nowhere").symlink_to("missing/report.html")
    with pytest.raises(NotFoundError):
        write_output(str(tmp_path / "nowhere"), [b"x"], replace=True)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(StorageError):
        write_output(str(tmp_path / "loop"), [b"x"], replace=True)
    assert sorted(os.listdir(tmp_path)) == ["loop", "nowhere"]


@needs("root")
def test_a_link_that_another_user_planted_is_refused(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"old")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    link = shared / "report.html"
    link.symlink_to(victim)
    os.chown(link, 12345, 12345, follow_symlinks=False)
    with pytest.raises(PermissionDeniedError, match="another user"):
        write_output(str(link), [b"new"], replace=True)
    assert victim.read_bytes() == b"old"


@pytest.mark.parametrize("replace", [False, True])
def test_a_pipe_gets_the_bytes_and_stays_one(tmp_path: Path, replace: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []

    def read() -> None:
        time.sleep(0.2)  # the writer waits for its reader
        got.append(pipe.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    write_output(str(pipe), [b"x" * 100_000, b"end"], replace=replace)
    reader.join()
    assert got == [b"x" * 100_000 + b"end"]
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


def test_a_pipe_that_nothing_reads_from_does_not_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.storage.atomic._PATIENCE", 0.1)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StorageError, match="no program reads"):
        write_output(str(tmp_path / "pipe"), [b"x"])
    assert os.listdir(tmp_path) == ["pipe"]


def test_a_link_to_a_pipe_is_written_through(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_output(str(tmp_path / "link"), [b"x"], replace=True)
    assert os.read(reading, 10) == b"x"
    os.close(reading)
    assert (tmp_path / "link").is_symlink()


def test_a_device_is_written_to() -> None:
    write_output(os.devnull, [b"x"], replace=True)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_standard_output_that_is_a_file_is_added_to(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file:
        file.write(b"before")
        file.flush()
        write_output(f"/dev/fd/{file.fileno()}", [b" after"], replace=True)
    assert (tmp_path / "out").read_bytes() == b"before after"
    assert os.listdir(tmp_path) == ["out"]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="folder"):
        write_output(str(tmp_path), [b"x"], replace=True)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        write_output(str(tmp_path / "missing" / "x"), [b"x"])
