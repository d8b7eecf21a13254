"""Zip and tar: the same bytes every time, readable by the usual tools, and large where they must be."""

from __future__ import annotations

import os
import struct
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from archive.errors import StorageError, UsageError
from archive.storage import packing
from archive.storage.packing import pack
from tests.support.making import contents, plant
from tests.support.needing import need

FILES = {
    "bagit.txt": b"BagIt-Version: 1.0\n",
    "data/a": b"",
    "data/a.txt": b"x" * 5000,
    "data/a/".rstrip("/") + "b/\u0645\u0644\u0641.txt": b"arabic",
    "data/\U0001f600 \u2028\n": b"odd",
    "data/" + "n" * 200 + "/" + "m" * 200: b"long",
    "data/back\\slash": b"b",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path / "tree", FILES)


def read(path: Path) -> dict[str, bytes]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    with tarfile.open(path) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_every_file_comes_back(tree: Path, tmp_path: Path, kind: str) -> None:
    target = tmp_path / f"bag.{kind}"
    pack(str(tree), "bag", str(target), kind, modified=1_700_000_000)
    assert read(target) == {f"bag/{name}": content for name, content in FILES.items()}
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("bag")] == [target.name]


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_the_same_content_gives_the_same_bytes(tree: Path, tmp_path: Path, kind: str) -> None:
    again = tmp_path / "again"
    for name in reversed(list(FILES)):
        plant(again, {name: FILES[name]})
    for path in again.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    for name, folder in (("one", tree), ("two", again)):
        pack(str(folder), "bag", str(tmp_path / name), kind, modified=1_700_000_000)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_members_are_sorted_and_have_no_owner(tree: Path, tmp_path: Path, kind: str) -> None:
    target = tmp_path / f"bag.{kind}"
    pack(str(tree), "bag", str(target), kind, modified=1_700_000_000)
    names = [name.encode() for name in read(target)]
    assert names == sorted(names)
    if kind == "tar":
        with tarfile.open(target) as archive:
            assert {(m.uid, m.gid, m.uname, m.gname, m.mtime, m.mode) for m in archive} == {
                (0, 0, "", "", 1_700_000_000, 0o644)
            }
    else:
        with zipfile.ZipFile(target) as archive:
            for info in archive.infolist():
                assert (info.date_time, info.flag_bits, info.compress_type) == ((2023, 11, 14, 22, 13, 20), 0x800, 0)
                assert info.external_attr >> 16 == 0o100644


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_an_empty_folder_is_a_member(tmp_path: Path, kind: str) -> None:
    tree = plant(tmp_path / "tree", {"bagit.txt": b""})
    (tree / "data").mkdir()
    target = tmp_path / f"bag.{kind}"
    pack(str(tree), "bag", str(target), kind, modified=0)
    if kind == "zip":
        with zipfile.ZipFile(target) as archive:
            assert [(i.filename, i.is_dir()) for i in archive.infolist()] == [
                ("bag/bagit.txt", False),
                ("bag/data/", True),
            ]
    else:
        with tarfile.open(target) as archive:
            assert [(m.name, m.isdir()) for m in archive] == [("bag/bagit.txt", False), ("bag/data", True)]


@pytest.mark.parametrize(("kind", "tool"), [("zip", "unzip"), ("tar", "tar")])
def test_the_usual_tool_unpacks_it(tmp_path: Path, kind: str, tool: str) -> None:
    need(tool)
    files = {"bagit.txt": b"1", "data/a b.txt": b"2", "data/c/d.txt": b"3"}
    target = tmp_path / f"bag.{kind}"
    pack(str(plant(tmp_path / "tree", files)), "bag", str(target), kind, modified=1_700_000_000)
    (tmp_path / "out").mkdir()
    words = ["unzip", "-q", str(target)] if tool == "unzip" else ["tar", "xf", str(target)]
    subprocess.run(words, cwd=tmp_path / "out", check=True)
    assert contents(tmp_path / "out" / "bag") == files


def test_zip64_where_sizes_offsets_and_counts_ask_for_it(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limits set low every field takes the long way; the reader must still find all."""
    monkeypatch.setattr(packing, "_LIMIT16", 3)
    target = tmp_path / "bag.zip"
    pack(str(plant(tmp_path / "few", {f"{n}": b"x" * n for n in range(6)})), "b", str(target), "zip", modified=0)
    assert len(read(target)) == 6
    assert b"PK\x06\x06" in target.read_bytes()


def test_a_member_beyond_four_gibibytes(tmp_path: Path) -> None:
    """Sparse, so that it costs no disk on the way in; the reader takes the size from the extra field."""
    if not os.environ.get("ARCHIVE_LONG_TESTS"):
        header = packing._ZipWriter(open(tmp_path / "z", "xb"), str(tmp_path / "z"), 0)  # noqa: SIM115
        header._name, header._size, header._start = b"n", 1 << 32, 1 << 33
        entry = header._entry()
        assert struct.unpack("<HHQQQ", entry[-28:]) == (1, 24, 1 << 32, 1 << 32, 1 << 33)
        local = header._local()
        assert struct.unpack("<HHQQ", local[-20:]) == (1, 16, 1 << 32, 1 << 32)
        header.close()
        header.file.close()
        return
    tree = tmp_path / "tree"
    tree.mkdir()
    with open(tree / "large", "wb") as file:
        file.truncate((1 << 32) + 5)
    plant(tree, {"z": b"after"})
    pack(str(tree), "b", str(tmp_path / "b.zip"), "zip", modified=0)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.getinfo("b/large").file_size == (1 << 32) + 5
        assert archive.read("b/z") == b"after"


@pytest.mark.parametrize("seconds", [0, 315532799, 4354819199, 99_999_999_999])
def test_times_that_zip_cannot_say_are_drawn_to_its_limits(tmp_path: Path, seconds: int) -> None:
    pack(str(plant(tmp_path / "tree", {"a": b""})), "b", str(tmp_path / "b.zip"), "zip", modified=seconds)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.infolist()[0].date_time[0] in (1980, 2107)


def test_what_cannot_be_packed(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        pack(str(tree), "b", str(tmp_path / "b.rar"), "rar", modified=0)
    (tree / "link").symlink_to("bagit.txt")
    for kind in ("zip", "tar"):
        with pytest.raises(StorageError):
            pack(str(tree), "b", str(tmp_path / f"b.{kind}"), kind, modified=0)
        with pytest.raises(FileExistsError):
            pack(str(tree), "b", str(tmp_path / f"b.{kind}"), kind, modified=0)


def test_a_path_that_zip_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="too long"):
        pack(str(plant(tmp_path / "tree", {"a": b""})), "b" * 70_000, str(tmp_path / "b.zip"), "zip", modified=0)


def test_a_file_that_shrinks_while_it_is_packed(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "read_into", lambda descriptor, buffer: 0)
    with pytest.raises(StorageError, match="shorter"):
        pack(str(tree), "b", str(tmp_path / "b.tar"), "tar", modified=0)
