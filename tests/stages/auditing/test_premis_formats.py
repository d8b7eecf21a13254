"""Formats counted from a PREMIS record as it streams by."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

from archive.stages.auditing.premis_formats import count_formats

HEAD = b'<premis:premis xmlns:premis="http://www.loc.gov/premis/v3">'
OBJECT = (
    "<premis:object><premis:objectCharacteristics><premis:size>{size}</premis:size><premis:format>"
    "<premis:formatDesignation><premis:formatName>{name}</premis:formatName></premis:formatDesignation>"
    "<premis:formatRegistry><premis:formatRegistryKey>{key}</premis:formatRegistryKey></premis:formatRegistry>"
    "</premis:format></premis:objectCharacteristics></premis:object>\n"
)
TAIL = b"</premis:premis>"


def record(count: int) -> Iterator[bytes]:
    yield HEAD
    for number in range(count):
        name, key = (("Plain text", "x-fmt/111"), ("PDF", "fmt/18"))[number % 3 == 2]
        yield OBJECT.format(size=number, name=name, key=key).encode()
    yield TAIL


def test_files_and_bytes_are_counted_by_format() -> None:
    whole = b"".join(record(30))
    for size in (1, 7, 1000, len(whole)):
        chunks = [whole[start : start + size] for start in range(0, len(whole), size)]
        rows = count_formats(chunks, len(whole))
        assert rows == (("x-fmt/111", "Plain text", 20, 280), ("fmt/18", "PDF", 10, 155))
    assert count_formats([whole], len(whole) - 1) == (), "longer than may be read"
    assert count_formats([whole[:-20]], 1 << 20) == ()
    assert count_formats([b"<!DOCTYPE x [<!ENTITY a 'b'>]>", *record(1)], 1 << 20) in {
        (("x-fmt/111", "Plain text", 1, 0),), (),
    }  # fmt: skip


def test_memory_does_not_grow_with_the_record() -> None:
    peaks = []
    for count in (500, 20_000):
        tracemalloc.start()
        assert sum(row[2] for row in count_formats(record(count), 1 << 30)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 100_000
