"""Our reading of a zip's directory beside the standard library's: alike where both read it, and never more trusting."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import pytest

from archive.formats.zip_directory import BrokenDirectoryError, Directory, read_directory
from archive.formats.zip_records import END64_SIZE, LOCATOR_SIZE, parse_end, parse_end64

MOST = 10_000


def make_zip(*, zip64: bool = False, comment: bytes = b"", prefix: bytes = b"") -> bytes:
    held = io.BytesIO()
    held.write(prefix)
    with zipfile.ZipFile(held, "a" if prefix else "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment
        for number, name in enumerate(
            ("bag/", "bag/bagit.txt", "bag/data/وثيقة.txt", "bag/data/a b.txt", "bag/data/é")
        ):
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100644 << 16
            info.comment = b"c" * number
            with archive.open(info, "w", force_zip64=zip64 and not info.is_dir()) as member:
                member.write(b"" if info.is_dir() else b"words " * number)
    return held.getvalue()


def ours(content: bytes) -> Directory:
    file = io.BytesIO(content)
    end = parse_end(content)
    if end is None:
        raise BrokenDirectoryError("no end record")
    last = end.place - LOCATOR_SIZE - END64_SIZE
    record = content[last : last + END64_SIZE] if last >= 0 else b""
    end64 = parse_end64(content[end.place - LOCATOR_SIZE : end.place] if last >= 0 else b"", record)
    return read_directory(file, end, end.place, end64, MOST)


def listed(directory: Directory) -> list[tuple[object, ...]]:
    return [
        (one.name, one.system, one.version, one.flags, one.method, one.crc, one.compressed, one.size, one.disk,
         one.attributes, one.offset, one.extra)
        for one in directory
    ]  # fmt: skip


def theirs(content: bytes) -> list[tuple[object, ...]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [
            (one.orig_filename.encode("utf-8" if one.flag_bits & 0x800 else "cp437"), one.create_system,
             one.extract_version, one.flag_bits, one.compress_type, one.CRC, one.compress_size, one.file_size,
             one.volume, one.external_attr, one.header_offset, one.extra)
            for one in archive.infolist()
        ]  # fmt: skip


FORMS = [
    make_zip(), make_zip(zip64=True), make_zip(comment=b"a comment"), make_zip(prefix=b"#!/bin/sh\n"),
    make_zip(comment=b"PK\x05\x06"),
]  # fmt: skip


@pytest.mark.parametrize("content", FORMS[:4], ids=range(4))
def test_members_are_those_that_zipfile_lists(content: bytes) -> None:
    directory = ours(content)
    assert listed(directory) == theirs(content)
    assert directory.unpacked == sum(one.size for one in directory)
    order = [directory.entry(number).offset for number in directory.in_file_order()]
    assert order == sorted(order)


def test_long_sizes_and_offsets_come_from_the_zip64_field() -> None:
    entry = struct.pack(
        "<4s4B4H3I5H2I",
        b"PK\x01\x02",
        45,
        3,
        45,
        0,
        0,
        0,
        0,
        33,
        7,
        0xFFFFFFFF,
        0xFFFFFFFF,
        1,
        28,
        0,
        0,
        0,
        0,
        0xFFFFFFFF,
    )
    body = entry + b"a" + struct.pack("<2H3Q", 1, 24, 5 << 32, 4 << 32, 6 << 32)
    content = body + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(body), 0, 0)
    (one,) = ours(content)
    assert (one.size, one.compressed, one.offset) == (5 << 32, 4 << 32, 6 << 32)
    assert listed(ours(content)) == theirs(content)
    short = entry[:30] + struct.pack("<H", 20) + entry[32:] + b"a" + struct.pack("<2H2Q", 1, 16, 5 << 32, 4 << 32)
    with pytest.raises(BrokenDirectoryError, match="Zip64"):
        ours(short + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(short), 0, 0))


def test_a_spoilt_directory_is_read_alike_or_refused() -> None:
    """2,000 zips with changed bytes in the directory: what zipfile refuses is refused, what both read is alike."""
    turns = random.Random(20)
    alike = refused = 0
    for _ in range(2000):
        content = bytearray(turns.choice(FORMS))
        first = content.find(b"PK\x01\x02")
        for _ in range(turns.choice((1, 1, 2, 4))):
            content[turns.randrange(first, len(content))] = turns.choice((0, 1, 0xFF, turns.randrange(256)))
        try:
            expected = theirs(bytes(content))
        except NotImplementedError:
            continue  # a version of the format that zipfile does not know: ours names the member
        except (zipfile.BadZipFile, ValueError, OSError, struct.error):
            expected = None
        try:
            found = listed(ours(bytes(content)))
        except BrokenDirectoryError:
            found = None
        if expected is None and found is not None:
            assert bytes(content).rfind(b"PK\x05\x06") != parse_end(bytes(content)).place, bytes(content)
            continue
        if found is None:
            refused += 1
        else:
            assert found == expected, bytes(content)
            alike += 1
    assert alike > 500
    assert refused > 200
