"""Layouts put ids where the registered extensions' own examples put them."""

from __future__ import annotations

from typing import Any

import pytest

from archive.errors import FormatError
from archive.formats.ocfl_inventory import (
    Inventory,
    parse_inventory,
    write_inventory,
)
from archive.formats.ocfl_layouts import HASHED_N_TUPLE, hashed_n_tuple_configuration, layout_of
from archive.formats.ocfl_versions import Version, is_time, version_number

HASH_ID = "0003-hash-and-id-n-tuple-storage-layout"
NO_PREFIX = "0012-hash-and-no-prefix-id-n-tuple-storage-layout"
FLAT_OMIT, TUPLE_OMIT = "0006-flat-omit-prefix-storage-layout", "0007-n-tuple-omit-prefix-storage-layout"

CASES: list[tuple[str, dict[str, Any], str, str]] = [
    (HASHED_N_TUPLE, {}, "object-01", "3c0/ff4/240/3c0ff4240c1e116dba14c7627f2319b58aa3d77606d0d90dfc6161608ac987d4"),
    (HASHED_N_TUPLE, {}, "..hor/rib:le-$id",
     "487/326/d8c/487326d8c2a3c0b885e23da1469b4d6671fd4e76978924b4443e9e3c316cda6d"),
    (HASHED_N_TUPLE, {"digestAlgorithm": "md5", "tupleSize": 2, "numberOfTuples": 15, "shortObjectRoot": True},
     "object-01", "ff/75/53/44/92/48/5e/ab/b3/9f/86/35/67/28/88/4e"),
    (HASHED_N_TUPLE, {"tupleSize": 0, "numberOfTuples": 0}, "object-01",
     "3c0ff4240c1e116dba14c7627f2319b58aa3d77606d0d90dfc6161608ac987d4"),
    (HASH_ID, {}, "object-01", "3c0/ff4/240/object-01"),
    (HASH_ID, {}, "..hor/rib:le-$id", "487/326/d8c/%2e%2ehor%2frib%3ale-%24id"),
    (NO_PREFIX, {}, "..hor/rib:le-$id", "487/326/d8c/%2e%2ehor%2frib%3ale-%24id"),
    (NO_PREFIX, {"digestAlgorithm": "md5", "tupleSize": 2, "numberOfTuples": 15, "delimiters": ["/"]},
     "..hor/rib:le-$id", "5d/6e/4e/8c/b5/cd/0c/7a/8f/bf/65/c1/29/51/27/rib%3ale-%24id"),
    (NO_PREFIX, {"tupleSize": 0, "numberOfTuples": 0, "delimiters": ["c", "d"]}, "abcd", "d"),
    (NO_PREFIX, {"tupleSize": 0, "numberOfTuples": 0, "delimiters": ["d"]}, "abcd", "abcd"),
    ("0002-flat-direct-storage-layout", {}, "object-01", "object-01"),
    (FLAT_OMIT, {"delimiter": ":"}, "namespace:12887296", "12887296"),
    (FLAT_OMIT, {"delimiter": "edu/"}, "https://institution.EDU/3448793", "3448793"),
    (TUPLE_OMIT, {"delimiter": ":", "tupleSize": 4, "numberOfTuples": 2}, "namespace:128", "0000/0128/128"),
    (TUPLE_OMIT, {"delimiter": ":", "tupleSize": 3, "numberOfTuples": 3, "zeroPadding": "right"}, "n:1288",
     "128/800/000/1288"),
    (TUPLE_OMIT, {"delimiter": "edu/", "tupleSize": 3, "numberOfTuples": 3, "reverseObjectRoot": True,
     "zeroPadding": "left"}, "https://institution.edu/abc/edu/f8.05v", "000/v50/.8f/f8.05v"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "configuration", "identifier", "expected"), CASES)
def test_the_place_of_an_id(name: str, configuration: dict[str, Any], identifier: str, expected: str) -> None:
    assert layout_of(name, configuration).path_of(identifier) == expected


def test_a_long_id_is_cut_and_keeps_its_hash() -> None:
    place = layout_of(HASH_ID, {}).path_of("a" * 101)
    folder = place.rpartition("/")[2]
    assert folder.startswith("a" * 100 + "-")
    assert len(folder) == 101 + 64


@pytest.mark.parametrize(
    ("name", "configuration"),
    [
        ("nothing", {}),
        (HASHED_N_TUPLE, {"tupleSize": 0}),
        (HASHED_N_TUPLE, {"tupleSize": "3"}),
        (HASHED_N_TUPLE, {"tupleSize": 40, "numberOfTuples": 3}),
        (HASHED_N_TUPLE, {"shortObjectRoot": "yes"}),
        (HASHED_N_TUPLE, {"tupleSize": 32, "numberOfTuples": 2, "shortObjectRoot": True}),
        (HASHED_N_TUPLE, {"digestAlgorithm": "crc"}),
        (HASHED_N_TUPLE, {"extensionName": HASH_ID}),
        (FLAT_OMIT, {}),
        (NO_PREFIX, {"delimiters": ":"}),
        (NO_PREFIX, {"delimiters": [""]}),
        (TUPLE_OMIT, {"delimiter": ":", "zeroPadding": "middle"}),
    ],
)
def test_a_layout_that_cannot_be(name: str, configuration: dict[str, Any]) -> None:
    with pytest.raises(FormatError):
        layout_of(name, configuration)


@pytest.mark.parametrize("identifier", ["", "..", "a/b", "extensions", "x" * 256])
def test_an_id_that_is_no_folder(identifier: str) -> None:
    with pytest.raises(FormatError):
        layout_of("0002-flat-direct-storage-layout", {}).path_of(identifier)


def test_our_own_configuration_is_the_default_spelt_out() -> None:
    ours, plain = layout_of(HASHED_N_TUPLE, hashed_n_tuple_configuration()), layout_of(HASHED_N_TUPLE, {})
    assert ours.path_of("urn:x") == plain.path_of("urn:x")


def test_an_inventory_comes_back_as_it_was_written() -> None:
    version = Version(
        "2026-01-01T00:00:00Z", "made", {"name": "A", "address": "mailto:a@b.org"}, {"0" * 128: ["صباح.txt"]}
    )
    inventory = Inventory(
        "urn:x", "1.1", "sha512", "v1", None, {"0" * 128: ["v1/content/صباح.txt"]}, {"v1": version},
        {"md5": {"0" * 32: ["v1/content/صباح.txt"]}},
    )  # fmt: skip
    content = b"".join(write_inventory(inventory))
    assert parse_inventory(content, "inventory.json", "1.1") == (inventory, [])
    assert b"".join(write_inventory(inventory)) == content


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2026-11-24T09:30:00Z", True), ("2026-11-24t09:30:00.123z", True), ("2026-11-24T09:30:00-05:00", True),
        ("2024-02-29T00:00:00Z", True), ("2026-02-29T00:00:00Z", False), ("2026-13-01T00:00:00Z", False),
        ("2026-11-24T24:00:00Z", False), ("2026-11-24T09:30:00", False), ("2026-11-24T09:30Z", False),
        ("2026-11-24", False), ("2026-11-24T09:30:00+25:00", False), ("٢٠٢٦-11-24T09:30:00Z", False),
    ],
)  # fmt: skip
def test_what_is_a_time(text: str, good: bool) -> None:
    assert is_time(text) is good


def test_the_number_of_a_version() -> None:
    assert [version_number(name) for name in ("v1", "v007", "v0", "1", "v", "v1x", "v٣")] == [1, 7, 0, 0, 0, 0, 0]
