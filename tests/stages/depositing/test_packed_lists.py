"""Lists of files that are packed, and files that are read ahead: the same as lists and files that are not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from archive.bags.contents import open_bag
from archive.bags.opening import open_reader
from archive.bags.reader import no_beat
from archive.errors import SourceError
from archive.model.deposit import Delivery
from archive.stages.auditing import bag_record
from archive.stages.depositing.packaging import describe_bag
from archive.stages.depositing.reading_ahead import read_ahead
from archive.targets.protocol import CHUNK, read_source
from tests.support.deposit_bags import HARD_NAMES, seal, write_bag

SIZES = (0, 1, (1 << 14) - 1, 1 << 14, 100_000, CHUNK - 1, CHUNK, CHUNK + 1)
FILES = {
    **{f"sizes/{size}": bytes([size % 251]) * size for size in SIZES},
    **{name: name.encode() for name in HARD_NAMES},
    **{name: name.encode() for name in ("b/c/d", "b.txt", "b/c.txt", "b/c/a", "b-/z", "z")},
}


def test_a_package_lists_every_file_with_all_its_digests_as_a_folder_is_walked(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", FILES)
    with open_bag(str(bag)) as source:
        items = describe_bag(source, Delivery.FILES, unread=True).items
        paths = [item.path for item in items]
        parts = [path.encode("utf-8", "surrogateescape").split(b"/") for path in paths]
        expected = sorted(parts, key=lambda part: [*((1, name) for name in part[:-1]), (0, part[-1])])
        assert parts == expected
        assert sorted(paths) == sorted(str(path.relative_to(bag)) for path in bag.rglob("*") if path.is_file())
        assert len(items) == len(paths)
        assert [item.path for item in items[1:3]] == paths[1:3]
        for item in items:
            content = (bag / item.path).read_bytes()
            assert item.size == len(content)
            assert item.unread == item.path.startswith("data/")
            assert item.digests
            assert all(hashlib.new(name, content).hexdigest() == digest for name, digest in item.digests.items())


def test_what_is_read_ahead_is_what_is_read(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", FILES)
    with open_bag(str(bag)) as source:
        items = describe_bag(source, Delivery.FILES, unread=True).items
        paths = []
        for item in read_ahead(items, 4):
            content = (bag / item.path).read_bytes()
            assert (item.held is not None) == (item.unread and 1 << 14 <= item.size < CHUNK)
            assert b"".join(read_source(item)) == content
            assert b"".join(read_source(item)) == content, "a file can be sent a second time"
            assert b"".join(read_source(item, 5)) == content[5:]
            paths.append(item.path)
        assert paths == [item.path for item in items]


def test_a_damaged_file_that_was_read_ahead_gives_no_byte(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", FILES)
    (bag / "data/sizes/100000").write_bytes(b"!" * 100_000)
    (bag / f"data/sizes/{1 << 14}").write_bytes(b"longer" * CHUNK)
    refused = []
    with open_bag(str(bag)) as source:
        for item in read_ahead(describe_bag(source, Delivery.FILES, unread=True).items, 4):
            given = bytearray()
            try:
                for chunk in read_source(item):
                    given += chunk
            except SourceError as error:
                refused.append(error.subject)
                assert not given or item.size > CHUNK
    assert sorted(refused) == ["data/sizes/100000", "data/sizes/16384"]


def test_a_holding_lists_the_same_whether_packed_by_folder_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = write_bag(tmp_path / "bag", FILES)
    for name in ("data/z", "data/b/c/a", "data/b-/z"):
        (bag / name).unlink()
    (bag / "data/b/not listed").write_bytes(b"1")
    seal(bag)
    (bag / "notes").mkdir()
    (bag / "notes/later.txt").write_text("a tag file that no manifest lists")
    (bag / "top.txt").write_text("another one")

    def read() -> list[tuple[str, int, tuple[tuple[str, str], ...]]]:
        reader = open_reader(str(bag))
        try:
            return list(bag_record.read_bag_record(reader, str(bag), no_beat).items)
        finally:
            reader.close()

    packed = read()
    monkeypatch.setattr(bag_record, "_pack_folder", lambda *_: None)
    plain = read()
    assert packed == plain
    assert ("data/z", 0) in [(path, size) for path, size, _digests in packed]
    assert packed[0][0] == ""
