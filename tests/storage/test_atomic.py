"""Placing, exchanging and syncing; with and without the system's own calls."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from archive.errors import ExistsError
from archive.storage import atomic
from archive.storage.atomic import exchange, exchange_works, put_in_place, sync_tree
from tests.support.making import plant, snapshot


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
        put_in_place(str(own), str(target))
        assert target.exists()
        assert not own.exists()
        return
    before = snapshot(tmp_path)
    with pytest.raises(ExistsError):
        put_in_place(str(own), str(target))
    assert snapshot(tmp_path) == before


def test_placing_falls_back_where_the_file_system_lacks_the_flag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(source: str, target: str, *, exchange: bool) -> None:
        raise OSError(errno.EINVAL, "lacking", target)

    monkeypatch.setattr(atomic, "_flagged_rename", lacking)
    own = plant(tmp_path / "own", {"x": b"1"})
    put_in_place(str(own), str(tmp_path / "target"))
    assert (tmp_path / "target/x").read_bytes() == b"1"
    assert not exchange_works(str(tmp_path))
    assert set(os.listdir(tmp_path)) == {"target"}


def test_another_error_of_placing_is_not_hidden(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        put_in_place(str(tmp_path / "gone"), str(tmp_path / "target"))


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
