"""Inventories read in pieces and kept packed say what the whole JSON document says, in a fraction of its memory."""

from __future__ import annotations

import hashlib
import json
import random
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from archive.formats.json_reading import JsonReader, keep_repeats
from archive.formats.ocfl_blocks import judge_content_paths
from archive.formats.ocfl_inventory import Inventory, read_inventory, write_inventory
from archive.formats.ocfl_packing import BlockTexts, OrderedBlock, PackedBlock, keys_beyond, merged_pairs, ordered_pairs
from archive.formats.ocfl_versions import Version
from archive.formats.packed_texts import NumberIndex, PackedTexts, in_order

SIZES = (1, 2, 7, 1000, 1 << 20)
KEYS = [*("0123456789ab"[n] * 128 for n in range(12)), "A" * 128, "ab" * 64, "AB" * 64, "zz", "", " ab" * 4]
PATHS = ["v1/content/a", "v1/content/b", "v1/content/a/b", "v2/content/a", "a", "a/b", "a/b/c", "/x", "", "x//y",
         "../a", "a\\b", "صباح", "v1/content/", "v1", "v1/content/.", "\ud800", "d/" * 300 + "e"]  # fmt: skip


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def refuse(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def as_whole(content: bytes) -> Any:
    """What the standard library reads, or the words in which it refuses."""
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=keep_repeats, parse_constant=refuse)
    except ValueError as error:
        return str(error)


def in_pieces(content: bytes, size: int) -> Any:
    try:
        reader = JsonReader(pieces(content, size))
        if reader.at_object():
            block = PackedBlock(BlockTexts())
            reader.lists(block.add)
            value: Any = dict(block.items())
        else:
            value = reader.value()
        reader.end()
    except ValueError as error:
        return str(error)
    return value


def spoil(chance: random.Random, content: bytes) -> bytes:
    """The text with a few bytes removed, put in or changed."""
    changed = bytearray(content)
    for _ in range(chance.randrange(3)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(3):
            case 0:
                changed[at : at + 1] = chance.choice(
                    [b'"', b"{", b"}", b"[", b",", b":", b"\n", b"\\", b"\xff", b"\xc3"]
                )
            case 1:
                del changed[at : at + chance.randrange(20)]
            case 2:
                changed[at:at] = chance.choice(
                    [b" ", b"\n\n", b"NaN", b'"', b"\x01", b"\\u12", b'"a": 1,', b"\xff\xff"]
                )
    return bytes(changed)


def some_block(chance: random.Random) -> dict[str, Any]:
    odd: list[Any] = [[], None, 3, "x", {}, [1], ["a", None], {"a": ["b"]}, 1.5, True]
    return {
        chance.choice(KEYS): odd[chance.randrange(len(odd))]
        if chance.random() < 0.2
        else [chance.choice(PATHS[:-2]) for _ in range(chance.choice([1, 1, 1, 2, 3]))]
        for _ in range(chance.randrange(6))
    }


@pytest.mark.parametrize("seed", range(20))
def test_json_in_pieces_is_what_the_whole_is(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        text = json.dumps(some_block(chance), ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, 1]))
        content = spoil(chance, text.encode("utf-8"))
        assert in_pieces(content, chance.choice(SIZES)) == as_whole(content), content


@pytest.mark.parametrize(
    "content",
    [b"", b" ",
     b"\xef\xbb\xbf{}", b"{} x", b"[1, 2", b'{"a"', b'{"a": }', b'{"a": 1,}', b"{,}", b'{"a": [1] "b"}', b"12",
     b'{"a": ["b"],\n "c": ["d"]\n "e": 1}', b'{"a": tru', b'{"\xff": 1', b'{"a": NaN}', b"nul", b'{"a": ["\\ud800"]}'],
)  # fmt: skip
def test_what_is_no_json_is_refused_in_the_same_words(content: bytes) -> None:
    for size in SIZES:
        assert in_pieces(content, size) == as_whole(content)


def naive_clashes(paths: list[str]) -> list[str]:
    twice = [path for at, path in enumerate(paths) if path in paths[:at]]
    return twice + sorted(path for path in set(paths) if any(other.startswith(path + "/") for other in paths))


@pytest.mark.parametrize("seed", range(20))
def test_clashes_are_found_as_among_whole_lists(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        block = PackedBlock(BlockTexts())
        for key in chance.sample(KEYS, chance.randrange(6)):
            block.add(key, [chance.choice(PATHS) for _ in range(chance.choice([1, 1, 2]))])
        found = [str(one.facts["found"]) for one in judge_content_paths(block, "x") if one.code == "OCFL-E101"]
        assert found == naive_clashes(list(block.paths()))


@pytest.mark.parametrize("seed", range(10))
def test_a_packed_block_is_the_object_it_was_read_from(seed: int) -> None:
    chance, texts = random.Random(seed), BlockTexts()
    blocks = []
    for _ in range(3):
        pairs = [pair for _ in range(3) for pair in some_block(chance).items()]
        packed, table = PackedBlock(texts), keep_repeats(pairs)
        for key, value in pairs:
            packed.add(key, value)
        blocks.append((packed, table))
        assert list(packed.items()) == list(table.items())
        assert packed == table
        assert packed.repeated == getattr(table, "repeated", ())
        assert all((key in packed) == (key in table) and packed.get(key) == table.get(key) for key in KEYS)
        usable = {key: value for key, value in table.items() if isinstance(value, list) and value
                  and all(isinstance(path, str) for path in value)}  # fmt: skip
        assert list(packed.usable().items()) == list(usable.items())
        assert list(packed.usable().paths()) == [path for paths in usable.values() for path in paths]
        assert packed.usable().path_count == sum(map(len, usable.values()))
        assert list(ordered_pairs(packed.usable())) == sorted(usable.items())
    (one, own), (other, others) = blocks[0], blocks[1]
    assert (
        list(keys_beyond(one, [other])) == list(keys_beyond(one, [others])) == [key for key in own if key not in others]
    )


@pytest.mark.parametrize("seed", range(10))
def test_findings_do_not_depend_on_the_pieces(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(10):
        version = {"created": "2023-01-01T00:00:00Z", "state": some_block(chance), "user": {"name": "a"}}
        table = {"id": "urn:x", "digestAlgorithm": "sha512", "head": "v1", "manifest": some_block(chance),
                 "type": "https://ocfl.io/1.1/spec/#inventory", "versions": {"v1": version},
                 "fixity": {"md5": some_block(chance)}}  # fmt: skip
        content = spoil(chance, json.dumps(table).encode())
        told = [read_inventory(pieces(content, size), "inventory.json", "1.1") for size in SIZES]
        assert all(one == told[0] for one in told)


def inventory_of(count: int) -> bytes:
    """An inventory like our own, of so many files."""
    paths = {hashlib.sha512(b"%d" % n).hexdigest(): f"data/part{n // 1000}/record-{n:07}.txt" for n in range(count)}
    version = Version(
        "2026-01-01T00:00:00Z", "m", {"name": "A", "address": "urn:x"}, {d: [p] for d, p in paths.items()}
    )
    content = {digest: [f"v1/content/{path}"] for digest, path in paths.items()}
    fixity = {hashlib.sha256(digest.encode()).hexdigest(): one for digest, one in content.items()}
    table = Inventory("urn:x", "1.1", "sha512", "v1", None, content, {"v1": version}, {"sha256": fixity})
    return b"".join(write_inventory(table))


def test_an_inventory_is_written_as_json_writes_it() -> None:
    content = inventory_of(50)
    assert content == json.dumps(json.loads(content), indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    inventory, findings = read_inventory(pieces(content, 100), "inventory.json", "1.1")
    assert inventory is not None
    assert (findings, b"".join(write_inventory(inventory))) == ([], content)


def test_reading_takes_little_more_than_digests_and_paths() -> None:
    """Some 320 bytes a file, where the parsed document takes 2,000."""
    count = 20_000
    content = inventory_of(count)
    tracemalloc.start()
    try:
        inventory, findings = read_inventory(pieces(content, 1 << 16), "inventory.json", "1.1")
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert inventory is not None
    assert findings == []
    assert held < 350 * count
    assert peak < 450 * count


def test_blocks_are_merged_in_order() -> None:
    block = OrderedBlock(lambda: merged_pairs([("a", ["1"]), ("c", ["2"])], [("b", ["3"]), ("c", ["4"])]))
    assert list(block.items()) == [("a", ["1"]), ("b", ["3"]), ("c", ["2", "4"])]
    assert (len(block), block["c"]) == (3, ["2", "4"])
    with pytest.raises(KeyError):
        _ = block["d"]


def test_texts_are_kept_once_and_found_again() -> None:
    texts, given = PackedTexts(), [b"%d" % (n % 700) for n in range(5000)]
    numbers = [texts.number(text) for text in given]
    assert len(texts) == 700
    assert [texts[number] for number in numbers] == given
    assert texts.find(b"700") == -1
    assert [texts[number] for number in in_order(range(700), texts.__getitem__)] == sorted(set(given))


def test_numbers_with_one_hash_are_told_apart() -> None:
    index = NumberIndex()
    for number in range(100):
        assert index.find(7, lambda other, wanted=number: other == wanted) == -1
        index.add(7, number)
    assert index.find(7, lambda other: other == 63) == 63


def test_equal_beginnings_are_put_in_order_too() -> None:
    texts = [b"same beginning %d" % (n % 5) for n in range(20)]
    assert [(texts[n], n) for n in in_order(range(20), texts.__getitem__)] == sorted(
        (text, n) for n, text in enumerate(texts)
    )
