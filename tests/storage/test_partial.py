"""Working folders and what is left of them; with and without the system's own calls."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import PermissionDeniedError, StorageError, UsageError
from archive.storage.partial import Partial, find_leftovers
from tests.support.making import plant


@pytest.mark.usefixtures("portable")
def test_a_working_folder_goes_away_with_what_it_made(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "er"

    def work() -> None:
        with Partial(str(folder), "bag") as partial:
            plant(Path(partial.file("tree")), {"a/b": b"1"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("portable")
def test_a_destination_that_was_there_stays(tmp_path: Path) -> None:
    with Partial(str(tmp_path / "out"), "bag"):
        (tmp_path / "out" / "other").mkdir()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["other"]


def test_a_working_folder_cannot_stand_in_a_file(tmp_path: Path) -> None:
    plant(tmp_path, {"file": b""})
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises((UsageError, StorageError)):
            Partial(str(folder), "bag")


def test_a_closed_destination_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, mode: int = 0o777) -> None:
        raise PermissionError(errno.EACCES, "refused", path)

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(PermissionDeniedError):
        Partial(str(tmp_path), "bag")


@pytest.mark.parametrize("name", ["bag", "x" * 250, "\u0639" * 120, "a.b"])
def test_leftovers_are_those_that_nobody_holds(tmp_path: Path, name: str) -> None:
    with Partial(str(tmp_path), name) as partial:
        assert os.path.basename(partial.path).endswith(".partial")
        assert find_leftovers(str(tmp_path), name) == ()
        partial.keep = True
    assert find_leftovers(str(tmp_path), name) == (partial.path,)
    assert find_leftovers(str(tmp_path), name[:-1]) == ()
    assert find_leftovers(str(tmp_path / "gone"), name) == ()


def test_what_only_looks_like_a_leftover_is_none(tmp_path: Path) -> None:
    plant(tmp_path, {".bag.01234567.partial": b"", ".bag.0123.partial/x": b"", ".bag.x.01234567.partial/x": b""})
    (tmp_path / ".bag.aaaaaaaa.partial").symlink_to(tmp_path)
    assert find_leftovers(str(tmp_path), "bag") == ()


def test_a_working_folder_of_a_living_process_is_no_leftover(tmp_path: Path) -> None:
    script = (
        "import sys; from archive.storage.partial import Partial\n"
        "partial = Partial(sys.argv[1], 'bag'); print(partial.path, flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    path = child.stdout.readline().strip()
    try:
        assert find_leftovers(str(tmp_path), "bag") == ()
    finally:
        child.kill()
        child.communicate()
    assert find_leftovers(str(tmp_path), "bag") == (path,)
