"""Bags in a tar that Zstandard compressed: read within bounds, and nothing but whole frames is accepted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.bags.decompression import CompressedStream
from archive.bags.reader import ArchiveLimitError, BrokenArchiveError
from archive.stages.validation import validate
from archive.storage.zstd import zstd_library
from tests.support.bag_drafts import draft, write_tar


def compress(content: bytes) -> bytes:
    library: Any = zstd_library()
    packed: bytes = library.compress(content, options={library.CompressionParameter.checksum_flag: 1})
    return packed


@pytest.fixture
def tar(tmp_path: Path) -> bytes:
    return write_tar(draft(), tmp_path / "plain.tar").read_bytes()


@pytest.mark.parametrize("name", ["bag.tar.zst", "bag.tzst", "bag.bin"])
def test_a_bag_is_read(tmp_path: Path, tar: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(compress(tar))
    report = validate(str(path))
    assert (report.verdict, report.facts["serialization"]) == ("valid", "application/zstd")


def test_frames_one_after_the_other(tmp_path: Path, tar: bytes) -> None:
    (tmp_path / "bag.tar.zst").write_bytes(compress(tar[:1024]) + compress(tar[1024:]))
    assert validate(str(tmp_path / "bag.tar.zst")).verdict == "valid"


WRONG: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[:-9],
    "no checksum": lambda data: data[:-4],
    "other checksum": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "garbage behind": lambda data: data + b"garbage!",
    "zeros behind": lambda data: data + bytes(512),
    "a skippable frame behind": lambda data: data + b"\x50\x2a\x4d\x18\x04\x00\x00\x00hide",
    "head alone": lambda data: data[:4],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_whole_frames_is_invalid(tmp_path: Path, tar: bytes, name: str) -> None:
    (tmp_path / "bag.tar.zst").write_bytes(WRONG[name](compress(tar)))
    assert validate(str(tmp_path / "bag.tar.zst")).verdict == "invalid"


def test_any_changed_byte_is_found(tmp_path: Path, tar: bytes) -> None:
    data = compress(tar)
    for place in range(0, len(data), 97):
        (tmp_path / "bag.tar.zst").write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        try:
            assert validate(str(tmp_path / "bag.tar.zst")).verdict in ("invalid", "not checked"), place
        finally:
            (tmp_path / "bag.tar.zst").unlink()


def test_a_bomb_is_cut_off(tmp_path: Path) -> None:
    (tmp_path / "bomb.zst").write_bytes(compress(bytes(64 << 20)))
    with (tmp_path / "bomb.zst").open("rb") as file, pytest.raises(ArchiveLimitError):
        CompressedStream(file, "zst", 8 << 20).skip(32 << 20)


def test_a_window_that_is_too_large_is_refused(tmp_path: Path) -> None:
    library: Any = zstd_library()
    options = {library.CompressionParameter.window_log: 30, library.CompressionParameter.content_size_flag: 0}
    compressor = library.ZstdCompressor(options=options)
    (tmp_path / "wide.zst").write_bytes(compressor.compress(b"x" * 100) + compressor.flush())
    with (tmp_path / "wide.zst").open("rb") as file, pytest.raises(BrokenArchiveError):
        CompressedStream(file, "zst", 1 << 30).read(10)
