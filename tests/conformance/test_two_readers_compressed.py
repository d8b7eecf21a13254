"""A compressed tar that common tools unpack differently, or that one of them refuses, is never valid."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.stages.validation import validate
from tests.support.bag_drafts import draft, write_tar
from tests.support.common_tools import agree, same_content
from tests.support.needing import need

Compress = Callable[[bytes], bytes]


def gz(
    content: bytes, *, extra: bytes = b"", name: bytes = b"", comment: bytes = b"", head: int | None = None,
    crc: int = 0, size: int = 0, flags: int = 0,
) -> bytes:  # fmt: skip
    """One gzip stream; `head`, `crc` and `size` say by how much its checksums and its size are wrong (RFC 1952 2.3)."""
    flags |= 4 * bool(extra) | 8 * bool(name) | 16 * bool(comment) | 2 * (head is not None)
    made = b"\x1f\x8b\x08" + bytes([flags]) + bytes(4) + b"\0\3"
    made += struct.pack("<H", len(extra)) + extra if extra else b""
    made += name + b"\0" if name else b""
    made += comment + b"\0" if comment else b""
    made += b"" if head is None else struct.pack("<H", (zlib.crc32(made) ^ head) & 0xFFFF)
    codec = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (
        made
        + codec.compress(content)
        + codec.flush()
        + struct.pack("<II", zlib.crc32(content) ^ crc, len(content) ^ size)
    )


COMPRESSIONS: dict[str, Compress] = {"gz": gz, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.fixture(scope="module")
def tar(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_tar(draft(), tmp_path_factory.mktemp("tar") / "bag.tar").read_bytes()


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_tar(draft({b"data/a.txt": b"another"}), tmp_path_factory.mktemp("other") / "bag.tar").read_bytes()


def half(tar: bytes) -> int:
    return len(tar) // 1024 * 512


ANY: dict[str, Callable[[Compress, bytes, bytes], bytes]] = {
    "plain": lambda c, t, o: c(t),
    "two-streams": lambda c, t, o: c(t[: half(t)]) + c(t[half(t) :]),
    "two-streams-within-a-block": lambda c, t, o: c(t[:777]) + c(t[777:]),
    "second-tar-in-a-second-stream": lambda c, t, o: c(t) + c(o),
    "zeros-in-a-second-stream": lambda c, t, o: c(t) + c(bytes(10240)),
    "bytes-in-a-second-stream": lambda c, t, o: c(t) + c(b"junk"),
    "empty-second-stream": lambda c, t, o: c(t) + c(b""),
    "empty-first-stream": lambda c, t, o: c(b"") + c(t),
    "empty-stream-between": lambda c, t, o: c(t[: half(t)]) + c(b"") + c(t[half(t) :]),
    "one-zero-after": lambda c, t, o: c(t) + bytes(1),
    "four-zeros-after": lambda c, t, o: c(t) + bytes(4),
    "six-zeros-after": lambda c, t, o: c(t) + bytes(6),
    "many-zeros-after": lambda c, t, o: c(t) + bytes(100_000),
    "zeros-between": lambda c, t, o: c(t[: half(t)]) + bytes(512) + c(t[half(t) :]),
    "zeros-then-bytes": lambda c, t, o: c(t) + bytes(512) + b"garbage",
    "bytes-after": lambda c, t, o: c(t) + b"g",
    "beginning-of-a-stream-after": lambda c, t, o: c(t) + c(b"")[:3],
    "half-a-stream-after": lambda c, t, o: c(t) + c(o)[:-5],
    "other-compression-after": lambda c, t, o: c(t) + (gz(o) if c is bz2.compress else bz2.compress(o)),
    "cut-by-one": lambda c, t, o: c(t)[:-1],
    "cut-by-eight": lambda c, t, o: c(t)[:-8],
    "bytes-before": lambda c, t, o: b"g" + c(t),
    "bytes-after-the-closing-blocks": lambda c, t, o: c(t + b"x" * 512),
    "compressed-twice": lambda c, t, o: c(c(t)),
}  # fmt: skip
GZIP: dict[str, Callable[[bytes], bytes]] = {
    "extra": lambda t: gz(t, extra=b"AB\4\0abcd"),
    "extra-that-lies": lambda t: gz(t, extra=b"AB\xff\xffab"),
    "name": lambda t: gz(t, name=b"../../x.tar"),
    "comment": lambda t: gz(t, comment=b"hello"),
    "all-fields": lambda t: gz(t, extra=b"AB\4\0abcd", name=b"n", comment=b"c", head=0),
    "wrong-head-checksum": lambda t: gz(t, head=1),
    "wrong-crc": lambda t: gz(t, crc=1),
    "wrong-size": lambda t: gz(t, size=1),
    "reserved-flag": lambda t: gz(t, flags=0x20),
    "wrong-crc-of-the-first": lambda t: gz(t[: half(t)], crc=1) + gz(t[half(t) :]),
    "wrong-crc-of-an-empty-second": lambda t: gz(t) + gz(b"", crc=1),
    "wrong-size-of-an-empty-second": lambda t: gz(t) + gz(b"", size=7),
}
FINE = {
    "plain", "two-streams", "two-streams-within-a-block", "zeros-in-a-second-stream", "empty-second-stream",
    "empty-first-stream", "empty-stream-between", "extra", "name", "comment", "all-fields",
}  # fmt: skip


PADDED = {"one-zero-after", "four-zeros-after", "six-zeros-after", "many-zeros-after"}
"""As tapes leave it: every tool unpacks the same, and only 7z reports an error at the end of gz and bz2."""


def judge(name: str, suffix: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"bag.tar.{suffix}"
    path.write_bytes(data)
    report = validate(str(path))
    padded = name in PADDED and suffix != "xz"
    if name in FINE or padded:
        assert report.verdict == "valid", report.findings
    assert ("BAG-525" in {finding.code for finding in report.findings}) is padded
    if report.verdict == "valid":
        for tool in ("tar", "bsdtar", "7z"):
            need(tool)
        (tmp_path / "scratch").mkdir()
        if padded:
            assert same_content(path, tmp_path / "scratch")
        else:
            assert agree(path, tmp_path / "scratch")


@pytest.mark.parametrize("suffix", COMPRESSIONS)
@pytest.mark.parametrize("name", ANY)
def test_a_compressed_tar_is_valid_only_where_all_tools_agree(
    name: str, suffix: str, tar: bytes, other: bytes, tmp_path: Path
) -> None:
    judge(name, suffix, ANY[name](COMPRESSIONS[suffix], tar, other), tmp_path)


@pytest.mark.parametrize("name", GZIP)
def test_a_gzip_header_and_trailer_are_valid_only_where_all_tools_agree(name: str, tar: bytes, tmp_path: Path) -> None:
    judge(name, "gz", GZIP[name](tar), tmp_path)


@pytest.mark.parametrize("suffix", COMPRESSIONS)
def test_what_stands_before_a_fault_is_still_read(suffix: str, tar: bytes, tmp_path: Path) -> None:
    """The fault is named once, and not also that there is no bag."""
    path = tmp_path / f"bag.tar.{suffix}"
    path.write_bytes(COMPRESSIONS[suffix](tar) + b"garbage")
    assert {finding.code for finding in validate(str(path)).findings} == {"BAG-511"}
