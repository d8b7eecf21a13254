"""An archive that common tools unpack differently is never valid: ours is compared with the tools themselves.

Each archive is unpacked by Python's tarfile and zipfile and by GNU tar, bsdtar, unzip and 7z where they are installed.
Where this program says valid, all of them must have written the same files with the same bytes.
"""

from __future__ import annotations

import io
import os
import random
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.stages.validation import validate
from tests.support.bag_drafts import draft, write_tar, write_zip, zip_info
from tests.support.common_tools import readings

LONG = os.environ.get("ARCHIVE_LONG_TESTS") == "1"
MUTATIONS = 30_000 if LONG else 2_000


def pax(**records: str) -> bytes:
    out = b""
    for key, value in records.items():
        body = b" %b=%b\n" % (key.encode(), value.encode())
        length = len(body) + 1
        while len(str(length)) + len(body) != length:
            length = len(str(length)) + len(body)
        out += str(length).encode() + body
    return out


def block(
    name: bytes, content: bytes = b"", kind: bytes = b"0", *, size: int | None = None, gnu: bool = False
) -> bytes:
    """One tar member from its parts, its header's checksum made right."""
    stated = len(content) if size is None else size
    magic = b"ustar  \0" if gnu else b"ustar\x0000"
    head = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % stated + b"%011o\0" % 0
    head += b" " * 8 + kind + bytes(100) + magic + bytes(32) * 2 + bytes(16)
    head = head.ljust(512, b"\0")
    head = head[:148] + b"%06o\0 " % sum(head) + head[156:]
    return head + content + bytes(-len(content) % 512)


def prefixed(member: bytes, *, magic: bytes = b"") -> bytes:
    """The member with bytes where POSIX has the beginning of its name, and perhaps another magic."""
    head = bytearray(member[:512])
    head[345:357], head[148:156] = b"12345670123\0", b" " * 8
    head[257 : 257 + len(magic)] = magic
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + member[512:]


def changed(member: bytes, place: int, content: bytes) -> bytes:
    """The member with these bytes at `place` of its header, the checksum made right."""
    head = bytearray(member[:512])
    head[place : place + len(content)] = content
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + member[512:]


BAG = draft()
A = b"bag/data/a.txt"


def tar_of(*changed: bytes, end: bytes = bytes(1024)) -> bytes:
    """The right bag's members as a tar, that of data/a.txt replaced by these blocks."""
    parts = [block(b"bag/data/", kind=b"5")]
    for name, content in BAG.items():
        parts.append(b"".join(changed) if b"bag/" + name == A and changed else block(b"bag/" + name, content))
    return b"".join(parts) + end


CONTENT = BAG[b"data/a.txt"]
OTHER = b"another"
X = b"PaxHeader/a"
AMBIGUOUS_TAR = {
    "two-pax-headers": tar_of(
        block(X, pax(path="bag/data/a.txt"), b"x"), block(X, pax(path="bag/data/z"), b"x"), block(A, CONTENT)
    ),
    "two-pax-headers-last-is-right": tar_of(
        block(X, pax(path="bag/data/z"), b"x"), block(X, pax(path="bag/data/a.txt"), b"x"), block(b"z", CONTENT)
    ),
    "pax-path-twice-in-one": tar_of(
        block(X, pax(path="bag/data/z") + pax(path="bag/data/a.txt"), b"x"), block(A, CONTENT)
    ),
    "gnu-long-name-and-pax": tar_of(
        block(X, pax(path="bag/data/a.txt"), b"x"), block(b"././@LongLink", b"bag/data/z\0", b"L"), block(A, CONTENT)
    ),
    "pax-and-gnu-long-name": tar_of(
        block(b"././@LongLink", b"bag/data/a.txt\0", b"L"), block(X, pax(path="bag/data/z"), b"x"), block(A, CONTENT)
    ),
    "two-gnu-long-names": tar_of(
        block(b"././@LongLink", b"bag/data/z\0", b"L"), block(b"././@LongLink", b"bag/data/a.txt\0", b"L"),
        block(A, CONTENT),
    ),
    "gnu-long-name-goes-on": tar_of(block(b"././@LongLink", b"bag/data/a.txt\0hidden\0", b"L"), block(A, CONTENT)),
    "global-path": block(X, pax(path="bag/data/a.txt"), b"g") + tar_of(),
    "global-size": block(X, pax(size="3"), b"g") + tar_of(),
    "pax-size-differs": tar_of(
        block(X, pax(size=str(len(CONTENT))), b"x"), block(A, CONTENT, size=0) + CONTENT.ljust(512, b"\0")
    ),
    "pax-size-hides-a-member": tar_of(
        block(X, pax(size=str(len(CONTENT))), b"x"), block(A, CONTENT, size=1024), block(b"bag/data/z", OTHER)
    ),
    "folder-with-bytes": tar_of(block(b"bag/data/d", block(A, OTHER), b"5"), block(A, CONTENT)),
    "file-named-as-a-folder": tar_of(block(b"bag/data/d/", b"", b"0"), block(A, CONTENT)),
    "link-with-bytes": tar_of(block(b"bag/data/l", block(A, OTHER), b"2"), block(A, CONTENT)),
    "name-twice": tar_of(block(A, OTHER), block(A, CONTENT)),
    "name-twice-by-dot": tar_of(block(b"./" + A, OTHER), block(A, CONTENT)),
    "second-tar-behind": tar_of() + tar_of(block(A, OTHER)),
    "pax-time-that-is-no-number": tar_of(block(X, pax(mtime="abc"), b"x"), block(A, CONTENT)),
    "pax-owner-below-zero": tar_of(block(X, pax(uid="-5"), b"x"), block(A, CONTENT)),
    "global-group-that-is-no-number": block(X, pax(gid="x"), b"g") + tar_of(),
    "a-blank-within-a-number": tar_of(changed(block(A, CONTENT), 100, b"00 0644\0")),
    "a-device-in-an-old-header": tar_of(changed(block(A, CONTENT), 257, bytes(72) + b"number")),
    "pax-second-size": tar_of(block(X, pax(**{"SCHILY.realsize": "1"}), b"x"), block(A, CONTENT)),
    "prefix-in-a-gnu-header": tar_of(prefixed(block(A, CONTENT, gnu=True))),
    "prefix-in-an-old-header": tar_of(prefixed(block(A, CONTENT), magic=bytes(8))),
    "one-closing-block-then-more": tar_of(end=bytes(512) + block(A, OTHER) + bytes(1024)),
}  # fmt: skip


def zip_bytes() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in BAG.items():
            info = zip_info(b"bag/" + name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


def zip_changed(change: Callable[[bytearray, int, int, int], object]) -> bytes:
    """A right zip, changed by `change(data, local, central, end)`: the places of a.txt's headers and of the end."""
    data = bytearray(zip_bytes())
    local, central = data.index(A) - 30, data.rindex(A) - 46
    change(data, local, central, data.rindex(b"PK\x05\x06"))
    return bytes(data)


def in_central(place: int, form: str, value: int) -> bytes:
    return zip_changed(lambda data, local, central, end: struct.pack_into(form, data, central + place, value))


def in_local(place: int, form: str, value: int) -> bytes:
    return zip_changed(lambda data, local, central, end: struct.pack_into(form, data, local + place, value))


def in_end(place: int, form: str, value: int) -> bytes:
    return zip_changed(lambda data, local, central, end: struct.pack_into(form, data, end + place, value))


def zip_with_raw(name: bytes, raw: bytes, method: int, size: int, crc: int, *, attributes: int = 0) -> bytes:
    """The right bag with a.txt's compressed bytes, sizes and attributes as given, both headers agreeing."""
    locals_, directory = b"", b""
    for path, content in BAG.items():
        full = b"bag/" + path
        own = (raw, method, size, crc) if full == name else (content, 0, len(content), zlib.crc32(content))
        fields = struct.pack("<HHHHHIIIHH", 20, 0, own[1], 0, 0x21, own[3], len(own[0]), own[2], len(full), 0)
        extra = struct.pack("<HHHII", 0, 0, 0, attributes if full == name else 0, len(locals_))
        directory += b"PK\x01\x02" + struct.pack("<H", 0x0314) + fields + extra + full
        locals_ += b"PK\x03\x04" + fields + full + own[0]
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(BAG), len(BAG), len(directory), len(locals_), 0)
    return locals_ + directory + end


def deflated(content: bytes) -> bytes:
    codec = zlib.compressobj(9, zlib.DEFLATED, -15)
    return codec.compress(content) + codec.flush()


CRC = zlib.crc32(CONTENT)
AMBIGUOUS_ZIP = {
    "marked-as-a-folder": zip_with_raw(A, CONTENT, 0, len(CONTENT), CRC, attributes=0x10),
    "mode-of-a-folder": zip_with_raw(A, CONTENT, 0, len(CONTENT), CRC, attributes=(stat.S_IFDIR | 0o755) << 16),
    "bytes-after-the-deflate-stream": zip_with_raw(A, deflated(CONTENT) + b"hidden", 8, len(CONTENT), CRC),
    "second-deflate-stream": zip_with_raw(A, deflated(CONTENT) + deflated(OTHER), 8, len(CONTENT), CRC),
    "more-than-it-says": zip_with_raw(A, deflated(CONTENT + OTHER), 8, len(CONTENT), CRC),
    "less-than-it-says": zip_with_raw(A, deflated(CONTENT), 8, len(CONTENT) + 3, CRC),
    "stored-sizes-differ": zip_with_raw(A, CONTENT + OTHER, 0, len(CONTENT), CRC),
    "deflate-without-end": zip_with_raw(A, deflated(CONTENT)[:-2], 8, len(CONTENT), CRC),
    "wrong-crc": zip_with_raw(A, CONTENT, 0, len(CONTENT), CRC ^ 1),
    "local-size": in_local(22, "<I", 3),
    "local-compressed-size": in_local(18, "<I", 3),
    "local-crc": in_local(14, "<I", 3),
    "local-method": in_local(8, "<H", 0),
    "local-utf8-flag": in_local(6, "<H", 0x800),
    "central-utf8-flag": in_central(8, "<H", 0x800),
    "local-zip64-without-field": in_local(22, "<I", 0xFFFFFFFF),
    "entries-fewer": in_end(10, "<H", len(BAG) - 1),
    "entries-more": in_end(10, "<H", len(BAG) + 1),
    "entries-on-this-disk": in_end(8, "<H", 1),
    "disk-number": in_end(4, "<H", 1),
    "directory-disk": in_end(6, "<H", 2),
    "entries-in-a-missing-zip64": in_end(10, "<H", 0xFFFF),
    "directory-size": in_end(12, "<I", 40),
    "directory-start": in_end(16, "<I", 0),
    "member-disk": in_central(34, "<H", 3),
}


@pytest.mark.parametrize("name", AMBIGUOUS_TAR)
def test_a_tar_with_two_meanings_is_not_valid(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bag.tar"
    path.write_bytes(AMBIGUOUS_TAR[name])
    assert validate(str(path)).verdict != "valid"


@pytest.mark.parametrize("name", AMBIGUOUS_ZIP)
def test_a_zip_with_two_meanings_is_not_valid(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes(AMBIGUOUS_ZIP[name])
    assert validate(str(path)).verdict != "valid"


def test_the_parts_themselves_are_right(tmp_path: Path) -> None:
    """Without this the tables above could be refused for a reason of their own."""
    (tmp_path / "bag.tar").write_bytes(tar_of())
    (tmp_path / "bag.zip").write_bytes(zip_with_raw(A, deflated(CONTENT), 8, len(CONTENT), CRC))
    for path in (tmp_path / "bag.tar", tmp_path / "bag.zip"):
        assert validate(str(path)).verdict == "valid"
        trees = readings(path, _scratch(tmp_path))
        assert trees
        assert all(len(tree) == len(BAG) for tree in trees.values()), {n: sorted(t) for n, t in trees.items()}
    (tmp_path / "bag.tar").write_bytes(tar_of(block(X, pax(path="bag/data/a.txt"), b"x"), block(b"z", CONTENT)))
    assert validate(str(tmp_path / "bag.tar")).verdict == "valid"
    (tmp_path / "bag.tar").write_bytes(tar_of(block(b"././@LongLink", A + b"\0", b"L"), block(b"z", CONTENT, gnu=True)))
    assert validate(str(tmp_path / "bag.tar")).verdict == "valid"


def _scratch(tmp_path: Path) -> Path:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    return scratch


def mutated(data: bytes, seed: int) -> Iterator[bytes]:
    """Ever new versions of `data`: bytes set, flipped, cut out, doubled, moved, and whole numbers written over."""
    chance = random.Random(seed)
    while True:
        made = bytearray(data)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            at = chance.randrange(len(made))
            what = chance.randrange(6)
            if what == 0:
                made[at] = chance.choice((0, 1, 0x10, 0x2F, 0x30, 0x35, 0x7F, 0x80, 0xFF))
            elif what == 1:
                made[at] ^= 1 << chance.randrange(8)
            elif what == 2:
                del made[at : at + chance.choice((1, 4, 512, 1024))]
            elif what == 3:
                made[at:at] = made[at : at + chance.choice((1, 4, 512, 1024))]
            elif what == 4:
                number = chance.choice((0, 1, 0xFFFF, 0xFFFFFFFF, len(data)))
                made[at : at + 4] = struct.pack("<I", number & 0xFFFFFFFF)
            else:
                size = chance.choice((1, 30, 46, 512))
                other = chance.randrange(len(made))
                made[at : at + size] = made[other : other + size]
            if not made:
                made = bytearray(b"\0")
        yield bytes(made)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_whatever_is_called_valid_is_read_alike_by_all_tools(kind: str, tmp_path: Path) -> None:
    right = write_tar(BAG, tmp_path / "right.tar") if kind == "tar" else write_zip(BAG, tmp_path / "right.zip")
    path = tmp_path / f"bag.{kind}"
    compared = 0
    for number, made in zip(range(MUTATIONS), mutated(right.read_bytes(), 11), strict=False):
        path.write_bytes(made)
        report = validate(str(path))
        if report.verdict != "valid":
            continue
        if compared < (2_000 if LONG else 40):
            compared += 1
            found = readings(path, _scratch(tmp_path))
            assert len({tuple(sorted(tree.items())) for tree in found.values()}) == 1, (number, sorted(found))
    assert compared
