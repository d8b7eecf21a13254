"""Copying and digesting in one read, and what happens when the source does not hold still."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from archive.errors import ExistsError, SourceError, StorageError, UsageError
from archive.storage import copying
from archive.storage.copying import Copier
from archive.storage.folders import Folder
from tests.support.making import plant

SIZES = [0, 1, 2047, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (5 << 20) + 13]
NEVER = 1 << 63


@pytest.mark.usefixtures("portable")
@pytest.mark.parametrize("algorithms", [("sha256", "sha512"), ("md5",), ("sha3256", "blake2b", "sha1")])
@pytest.mark.parametrize("size", SIZES)
def test_the_copy_and_its_digests_are_those_of_the_source(
    tmp_path: Path, size: int, algorithms: tuple[str, ...]
) -> None:
    content = os.urandom(size)
    plant(tmp_path / "src", {"file": content})
    (tmp_path / "out").mkdir()
    names = {"sha3256": "sha3_256"}
    expected = [[hashlib.new(names.get(one, one), content).hexdigest()] for one in algorithms]
    with Folder.at(str(tmp_path / "src")) as source, Folder.at(str(tmp_path / "out")) as target:
        copier = Copier(algorithms)
        copied = copier.copy(source, ["file"], "src/", target)
        read = [copier.digest(source, ["file"], "src/", since) for since in (0, NEVER)]
    assert (tmp_path / "out/file").read_bytes() == content
    assert (tmp_path / "out/file").stat().st_mtime_ns == 1_600_000_000 * 10**9
    for taken in (copied, *read):
        assert (taken.sizes, taken.digests) == ([size], expected)


def test_hard_links_are_named(tmp_path: Path) -> None:
    plant(tmp_path, {"one": b"1", "alone": b"2"})
    os.link(tmp_path / "one", tmp_path / "two")
    with Folder.at(str(tmp_path)) as folder:
        for since in (0, NEVER):
            assert Copier(("md5",)).digest(folder, ["alone", "one", "two"], "", since).shared == ["one", "two"]


@pytest.mark.usefixtures("portable")
def test_a_link_is_not_read_unless_it_is_to_be_followed(tmp_path: Path) -> None:
    plant(tmp_path / "src", {"file": b"1"})
    (tmp_path / "src/link").symlink_to("file")
    (tmp_path / "out").mkdir()
    with Folder.at(str(tmp_path / "src")) as source, Folder.at(str(tmp_path / "out")) as target:
        copier = Copier(("md5",))
        for call in (
            lambda: copier.copy(source, ["link"], "src/", target),
            lambda: copier.digest(source, ["link"], "src/", NEVER),
        ):
            with pytest.raises(SourceError, match="src/link"):
                call()
        copier.copy(source, ["link"], "src/", target, frozenset(["link"]))
    assert not (tmp_path / "out/link").is_symlink()
    assert (tmp_path / "out/link").read_bytes() == b"1"


def test_a_pipe_in_a_files_place_neither_hangs_nor_passes(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with Folder.at(str(tmp_path)) as source, Folder.at(str(tmp_path / "out")) as target:
        with pytest.raises(SourceError):
            Copier(("md5",)).copy(source, ["pipe"], "", target)
        with pytest.raises(SourceError):
            Copier(("md5",)).digest(source, ["pipe"], "", NEVER)


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    plant(tmp_path / "src", {"file": b"1", "large": bytes(2 << 20)})
    plant(tmp_path / "out", {"file": b"theirs", "large": b"theirs"})
    with Folder.at(str(tmp_path / "src")) as source, Folder.at(str(tmp_path / "out")) as target:
        for name in ("file", "large"):
            with pytest.raises(ExistsError):
                Copier(("md5",)).copy(source, [name], "", target)
            assert (tmp_path / "out" / name).read_bytes() == b"theirs"


@pytest.mark.parametrize("size", [100, 3 << 20])
@pytest.mark.parametrize("change", ["append", "rewrite", "truncate"])
@pytest.mark.parametrize("in_place", [False, True])
def test_a_file_that_changes_while_it_is_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, change: str, in_place: bool
) -> None:
    """The change is made from inside a read: no race decides.

    In place a first, cheap look at each file may end in a second, careful one; the change comes during that.
    """
    path = plant(tmp_path / "src", {"file": bytes(size)}) / "file"
    (tmp_path / "out").mkdir()
    changed = []

    def alter() -> None:
        changed.append(True)
        if len(changed) != (2 if in_place else 1):
            return
        with open(path, "r+b") as file:
            if change == "append":
                file.seek(0, os.SEEK_END)
                file.write(b"more")
            elif change == "rewrite":
                file.write(b"X")
            else:
                file.truncate(size // 2)

    genuine = os.readv

    def reading(descriptor: int, buffers: list[memoryview]) -> int:
        count = genuine(descriptor, buffers)
        alter()
        return count

    monkeypatch.setattr(os, "readv", reading)
    copier = Copier(("sha256",))
    with Folder.at(str(tmp_path / "src")) as source, Folder.at(str(tmp_path / "out")) as target:
        take = partial(copier.digest, since=0) if in_place else partial(copier.copy, target=target)
        with pytest.raises(SourceError, match="changed while it was read") as caught:
            take(source, ["file"], "src/")
    assert caught.value.subject == "src/file"
    assert caught.value.exit_code == 4


def test_a_file_written_to_all_the_time_is_noticed(tmp_path: Path) -> None:
    path = plant(tmp_path / "src", {"file": bytes(8 << 20)}) / "file"
    (tmp_path / "out").mkdir()
    stop = threading.Event()

    def scribble() -> None:
        with open(path, "r+b", buffering=0) as file:
            while not stop.is_set():
                file.seek(0)
                file.write(os.urandom(16))
                time.sleep(0.0005)

    writer = threading.Thread(target=scribble)
    writer.start()
    time.sleep(0.02)
    try:
        with (
            Folder.at(str(tmp_path / "src")) as source,
            Folder.at(str(tmp_path / "out")) as target,
            pytest.raises(SourceError),
        ):
            Copier(("sha256", "sha512")).copy(source, ["file"], "", target)
    finally:
        stop.set()
        writer.join()


def test_reflink_is_demanded_or_tried(tmp_path: Path) -> None:
    """Where the file system can share blocks both succeed; where it cannot, only `auto` does, and says nothing."""
    content = os.urandom(2 << 20)
    plant(tmp_path / "src", {"file": content, "second": content})
    made: list[str] = []
    refusal = ("", "")
    for mode in ("auto", "reflink"):
        (tmp_path / mode).mkdir()
        with Folder.at(str(tmp_path / "src")) as source, Folder.at(str(tmp_path / mode)) as target:
            copier = Copier(("sha256",), mode)
            try:
                taken = copier.copy(source, ["file", "second"], "", target)
            except StorageError as error:
                refusal = (mode, error.problem)
                continue
            assert taken.digests == [[hashlib.sha256(content).hexdigest()] * 2]
            assert (tmp_path / mode / "second").read_bytes() == content
            made.append(mode)
    assert made == ["auto", "reflink"] or (made == ["auto"] and refusal[0] == "reflink" and "reflink" in refusal[1])


def test_a_clone_is_digested_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path after a successful FICLONE, on any file system: the kernel's part is done by hand."""
    content = os.urandom(2 << 20)
    plant(tmp_path / "src", {"file": content})
    (tmp_path / "out").mkdir()

    def clone(self: Copier, source: int, out: int, name: str) -> bool:
        os.pwrite(out, content, 0)
        return True

    monkeypatch.setattr(copying.Copier, "_clone", clone)
    with Folder.at(str(tmp_path / "src")) as source, Folder.at(str(tmp_path / "out")) as target:
        taken = Copier(("sha256", "md5"), "reflink").copy(source, ["file"], "", target)
    assert taken.digests[0] == [hashlib.sha256(content).hexdigest()]


def test_reflink_where_the_system_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(UsageError):
        Copier(("md5",), "reflink")
