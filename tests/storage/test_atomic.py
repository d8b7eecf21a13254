"""Placing, exchanging, syncing, working folders and what is left of them; with and without the system's own calls."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import ExistsError, PermissionDeniedError, StorageError, UsageError
from archive.storage import atomic
from archive.storage.atomic import Partial, exchange, exchange_works, find_leftovers, place, remove_tree, sync_tree
from tests.support.making import plant, snapshot


@pytest.fixture(params=["0", "1"], ids=["system", "portable"])
def portable(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ARCHIVE_PORTABLE", request.param)
    return str(request.param)


@pytest.mark.usefixtures("portable")
@pytest.mark.parametrize("taken", ["nothing", "file", "empty", "full", "dangling"])
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_placing_never_replaces(tmp_path: Path, taken: str, kind: str) -> None:
    own = plant(tmp_path / "own", {"x": b"1"}) if kind == "folder" else plant(tmp_path, {"own": b"1"}) / "own"
    target = tmp_path / "target"
    if taken == "file":
        target.write_bytes(b"theirs")
    elif taken == "empty":
        target.mkdir()
    elif taken == "full":
        plant(target, {"theirs": b"2"})
    elif taken == "dangling":
        target.symlink_to("nowhere")
    if taken == "nothing":
        place(str(own), str(target))
        assert target.exists()
        assert not own.exists()
        return
    before = snapshot(tmp_path)
    with pytest.raises(ExistsError):
        place(str(own), str(target))
    assert snapshot(tmp_path) == before


def test_placing_falls_back_where_the_file_system_lacks_the_flag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(source: str, target: str, *, exchange: bool) -> None:
        raise OSError(errno.EINVAL, "lacking", target)

    monkeypatch.setattr(atomic, "_flagged_rename", lacking)
    own = plant(tmp_path / "own", {"x": b"1"})
    place(str(own), str(tmp_path / "target"))
    assert (tmp_path / "target/x").read_bytes() == b"1"
    assert not exchange_works(str(tmp_path))
    assert set(os.listdir(tmp_path)) == {"target"}


def test_another_error_of_placing_is_not_hidden(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        place(str(tmp_path / "gone"), str(tmp_path / "target"))


def test_exchanging_swaps_a_folder_and_a_link(tmp_path: Path) -> None:
    plant(tmp_path / "one", {"x": b"1"})
    (tmp_path / "other").symlink_to("elsewhere")
    assert exchange_works(str(tmp_path))
    exchange(str(tmp_path / "one"), str(tmp_path / "other"))
    assert os.readlink(tmp_path / "one") == "elsewhere"
    assert (tmp_path / "other/x").read_bytes() == b"1"


@pytest.mark.usefixtures("portable")
def test_syncing_a_tree(tmp_path: Path) -> None:
    plant(tmp_path, {"a/b": b"1", "c": b"2"})
    (tmp_path / "link").symlink_to("nowhere")
    sync_tree(str(tmp_path))
    with pytest.raises(FileNotFoundError):
        sync_tree(str(tmp_path / "gone"))


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
        "import sys; from archive.storage.atomic import Partial\n"
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


@pytest.mark.usefixtures("portable")
def test_removing_is_deep_and_follows_no_link(tmp_path: Path) -> None:
    kept = plant(tmp_path / "kept", {"x": b"1"})
    deep = plant(tmp_path / "tree" / "/".join(["d"] * 600), {"file": b""})
    (deep / "link").symlink_to(kept)
    (tmp_path / "tree" / "top").symlink_to(kept)
    remove_tree(str(tmp_path / "tree"))
    remove_tree(str(tmp_path / "tree"))
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (kept / "x").read_bytes() == b"1"


def test_removing_a_link_leaves_what_it_points_to(tmp_path: Path) -> None:
    kept = plant(tmp_path / "kept", {"x": b"1"})
    (tmp_path / "link").symlink_to(kept)
    remove_tree(str(tmp_path / "link"))
    assert (kept / "x").exists()
    assert not (tmp_path / "link").is_symlink()
