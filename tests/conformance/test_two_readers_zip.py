"""A zip whose records contradict each other, or that one common tool refuses, is never valid."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from archive.stages.validation import validate
from tests.support.bag_drafts import PAYLOAD, draft
from tests.support.common_tools import agree
from tests.support.needing import need

A = b"bag/data/a.txt"
CONTENT = PAYLOAD[b"data/a.txt"]
SIZE, CRC = len(CONTENT), zlib.crc32(CONTENT)
ELSEWHERE = 0xFFFFFFFF


def written(
    files: Mapping[bytes, bytes], change: Mapping[bytes, Mapping[str, Any]] | None = None, *, comment: bytes = b"",
    before: bytes = b"", between: bytes = b"", end: Mapping[str, int] | None = None,
    end64: Mapping[str, int] | None = None,
) -> bytes:  # fmt: skip
    """A zip of `files`, stored, by hand. `change` has for a name what its "local" and "central" header say otherwise,
    and "behind", the bytes after its data; "hidden" leaves it out of the directory."""
    data, directory, count = before, b"", 0
    for name, content in files.items():
        own = (change or {}).get(name, {})
        both = {
            "version": 20, "flags": 0, "method": 0, "crc": zlib.crc32(content), "packed": len(content),
            "size": len(content), "name": name, "extra": b"", "system": 3, "disk": 0, "place": len(data),
            "attributes": 0o100644 << 16,
        }  # fmt: skip
        local, central = {**both, **own.get("local", {})}, {**both, **own.get("central", {})}
        if not own.get("hidden"):
            count += 1
            directory += struct.pack(
                "<4sBB5H3I5H2I", b"PK\x01\x02", 20, central["system"], central["version"], central["flags"],
                central["method"], 0, 0x21, central["crc"], central["packed"], central["size"], len(central["name"]),
                len(central["extra"]), 0, central["disk"], 0, central["attributes"], central["place"],
            ) + central["name"] + central["extra"]  # fmt: skip
        data += struct.pack(
            "<4s5H3I2H", b"PK\x03\x04", local["version"], local["flags"], local["method"], 0, 0x21, local["crc"],
            local["packed"], local["size"], len(local["name"]), len(local["extra"]),
        ) + local["name"] + local["extra"] + content + own.get("behind", b"") + between  # fmt: skip
    said = {"disk": 0, "first": 0, "here": count, "all": count, "size": len(directory), "start": len(data)}
    tail = b""
    if end64 is not None:
        long = {**said, "length": 44, "where": len(data) + len(directory), "disks": 1, **end64}
        tail = struct.pack(
            "<4sQHHIIQQQQ", b"PK\x06\x06", long["length"], 45, 45, long["disk"], long["first"], long["here"],
            long["all"], long["size"], long["start"],
        ) + struct.pack("<4sIQI", b"PK\x06\x07", 0, long["where"], long["disks"])  # fmt: skip
    said = {**said, "comment": len(comment), **(end or {})}
    return data + directory + tail + struct.pack("<4s4H2IH", b"PK\x05\x06", *said.values()) + comment


def bag(payload: Mapping[bytes, bytes] | None = None, **options: Any) -> bytes:
    files = draft(payload)
    return written({b"bag/" + name: content for name, content in files.items()}, **options)


def a_with(**own: Any) -> bytes:
    return bag(change={A: own})


def zip64(*numbers: int) -> bytes:
    return struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers)


def unicode_path(name: bytes) -> bytes:
    return struct.pack("<HHBI", 0x7075, 5 + len(name), 1, zlib.crc32(A)) + name


def named(*names: bytes, flags: int = 0) -> bytes:
    payload = {b"data/" + name: name for name in names}
    said = {"flags": flags}
    return bag(payload, change={b"bag/data/" + name: {"local": said, "central": said} for name in names})


def descriptor(*, crc: int = CRC, size: int = SIZE, sign: bytes = b"PK\x07\x08", form: str = "<3I") -> bytes:
    return a_with(
        local={"flags": 8, "crc": 0, "size": 0, "packed": 0}, central={"flags": 8},
        behind=sign + struct.pack(form, crc, SIZE, size),
    )  # fmt: skip


LONG = {"size": ELSEWHERE, "packed": ELSEWHERE}
IN_64 = {"here": 0xFFFF, "all": 0xFFFF, "size": ELSEWHERE, "start": ELSEWHERE}
FINE = {
    "plain": bag(),
    "comment": bag(comment=b"hello"),
    "zip64-sizes": a_with(local={**LONG, "extra": zip64(SIZE, SIZE)}, central={**LONG, "extra": zip64(SIZE, SIZE)}),
    "zip64-end": bag(end64={}, end=IN_64),
    "unicode-path-of-the-name": a_with(local={"extra": unicode_path(A)}, central={"extra": unicode_path(A)}),
    "utf8-name": named("\u00e9".encode(), flags=0x800),
}  # fmt: skip
ODD = {
    "zip64-central-size": a_with(local={**LONG, "extra": zip64(SIZE, SIZE)}, central={**LONG, "extra": zip64(3, SIZE)}),
    "zip64-local-size": a_with(local={**LONG, "extra": zip64(3, SIZE)}, central={**LONG, "extra": zip64(SIZE, SIZE)}),
    "zip64-not-needed": a_with(local={"extra": zip64(3, 3)}, central={"extra": zip64(3, 3)}),
    "zip64-twice": a_with(central={**LONG, "extra": zip64(SIZE, SIZE) + zip64(3, 3)}),
    "zip64-end-entries": bag(end64={"here": 1, "all": 1}, end=IN_64),
    "zip64-end-length": bag(end64={"length": 45}),
    "zip64-end-no-length": bag(end64={"length": 0}),
    "zip64-end-elsewhere": bag(end64={"where": 5}),
    "zip64-no-disk": bag(end64={"disks": 0}),
    "zip64-two-disks": bag(end64={"disks": 2}),
    "disk-in-a-missing-zip64": bag(end={"disk": 0xFFFF}),
    "first-disk-in-a-missing-zip64": bag(end={"first": 0xFFFF}),
    "entries-here": bag(end={"here": 1}),
    "entries": bag(end={"all": 1}),
    "member-disk": a_with(central={"disk": 1}),
    "member-disk-in-a-missing-zip64": a_with(central={"disk": 0xFFFF}),
    "extra-not-whole": a_with(central={"extra": b"ab"}),
    "local-extra-not-whole": a_with(local={"extra": b"abc"}),
    "comment-too-short": bag(comment=b"hello", end={"comment": 9}),
    "comment-too-long": bag(comment=b"hello", end={"comment": 2}),
    "end-in-the-comment": bag(comment=b"PK\x05\x06" + bytes(18)),
    "descriptor-crc": descriptor(crc=3),
    "descriptor-size": descriptor(size=3),
    "descriptor-missing": a_with(local={"flags": 8}, central={"flags": 8}),
    "descriptor-of-one-header": a_with(local={"flags": 8, "crc": 0, "size": 0, "packed": 0}),
    "descriptor": descriptor(),
    "descriptor-unsigned": descriptor(sign=b""),
    "descriptor-long": descriptor(form="<IQQ"),
    "name": a_with(local={"name": b"bag/data/b.txt"}),
    "method": a_with(local={"method": 8}),
    "utf8-flag": a_with(local={"flags": 0x800}),
    "patch-flag": a_with(local={"flags": 0x20}, central={"flags": 0x20}),
    "patch-flag-of-one-header": a_with(local={"flags": 0x20}),
    "late-version": a_with(local={"version": 63}, central={"version": 63}),
    "unicode-path": a_with(
        local={"extra": unicode_path(b"bag/data/z")}, central={"extra": unicode_path(b"bag/data/z")}
    ),
    "unicode-path-of-one-header": a_with(central={"extra": unicode_path(b"bag/data/z")}),
    "overlapping": a_with(central={"place": 0}),
    "member-in-a-gap": written(
        {**{b"bag/" + name: content for name, content in draft().items()}, b"bag/data/z": b"z"},
        {b"bag/data/z": {"hidden": True}},
    ),
    "bytes-between": bag(between=b"junk"),
    "bytes-before": bag(before=b"#!/bin/sh\n"),
    "version-number": named(b"a", b"a;1"),
    "dropped-control": named(b"ab", b"a\tb"),
    "composed": named("\u00e9".encode(), "e\u0301".encode(), flags=0x800),
    "read-in-cp437": named("\u00e9".encode(), "\u251c\u2310".encode()),
    "backslash": named(b"x\\y", b"z"),
    "drive": named(b"C:x"),
    "trailing-space": named(b"x ", b"x"),
    "case-twins": named(b"x", b"X"),
}  # fmt: skip


@pytest.mark.parametrize("name", [*FINE, *ODD])
def test_a_zip_is_valid_only_where_all_tools_agree(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes({**FINE, **ODD}[name])
    report = validate(str(path))
    if name in FINE:
        assert report.verdict == "valid", report.findings
    if report.verdict == "valid":
        for tool in ("unzip", "bsdtar", "7z"):
            need(tool)
        (tmp_path / "scratch").mkdir()
        assert agree(path, tmp_path / "scratch")
