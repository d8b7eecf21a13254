"""The Unicode Bidirectional Algorithm against Unicode's own tests (Debian package unicode-data)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.renditions.typesetting.bidi import (
    find_base_level,
    reorder,
    reset_whitespace,
    resolve_classes,
    resolve_levels,
)
from archive.renditions.typesetting.bidi_classes import classify
from tests.support.needing import need

LONG = os.environ.get("ARCHIVE_LONG_TESTS") == "1"
SAMPLES = {"L": "a", "R": "\u05d0", "AL": "\u0627"}


def lines(name: str) -> Iterator[str]:
    with Path(need("unicode-data"), name).open(encoding="utf-8") as opened:
        for line in opened:
            kept = line.split("#")[0].strip()
            if kept:
                yield kept


def shown(levels: list[int], expected: list[str]) -> list[int]:
    kept = [i for i, level in enumerate(expected) if level != "x"]
    return [kept[i] for i in reorder([levels[i] for i in kept])]


def test_every_line_of_bidi_character_test() -> None:
    count = 0
    for line in lines("BidiCharacterTest.txt"):
        codes, direction, paragraph, levels, order = line.split(";")
        text = "".join(chr(int(code, 16)) for code in codes.split())
        found = resolve_levels(text, None if direction == "2" else int(direction))
        resolved = list(found.levels)
        reset_whitespace(resolved, [classify(c) for c in text], found.base)
        expected = levels.split()
        assert found.base == int(paragraph), line
        assert [str(a) if e != "x" else "x" for a, e in zip(resolved, expected, strict=True)] == expected, line
        assert shown(resolved, expected) == [int(place) for place in order.split()], line
        count += 1
    assert count > 91_000


def test_bidi_test() -> None:
    """Every case with ARCHIVE_LONG_TESTS=1; else the cases of every thirteenth line, which have every class."""
    expected: list[str] = []
    order: list[int] = []
    count = 0
    for number, line in enumerate(lines("BidiTest.txt")):
        if line.startswith("@Levels:"):
            expected = line.split()[1:]
        elif line.startswith("@Reorder:"):
            order = [int(place) for place in line.split()[1:]]
        elif not line.startswith("@") and (LONG or number % 13 == 0):
            names, directions = line.split(";")
            classes = names.split()
            for bit, base in enumerate((None, 0, 1)):
                if not int(directions) >> bit & 1:
                    continue
                level = base if base is not None else first_level(classes)
                levels = resolve_classes(classes, level)
                reset_whitespace(levels, classes, level)
                assert [str(a) if e != "x" else "x" for a, e in zip(levels, expected, strict=True)] == expected, line
                assert shown(levels, expected) == order, line
                count += 1
    assert count > (770_000 if LONG else 55_000)


def first_level(classes: list[str]) -> int:
    """P2 and P3 on classes, written apart from the program: isolates are skipped with a stack."""
    opened = []
    matched = set()
    for index, kind in enumerate(classes):
        if kind in ("LRI", "RLI", "FSI"):
            opened.append(index)
        elif kind == "PDI" and opened:
            matched.add((opened.pop(), index))
    index = 0
    while index < len(classes):
        kind = classes[index]
        if kind in ("LRI", "RLI", "FSI"):
            ends = [end for start, end in matched if start == index]
            if not ends:
                return 0
            index = ends[0]
        elif kind in SAMPLES:
            return 0 if kind == "L" else 1
        elif kind == "B":
            return 0
        index += 1
    return 0


def test_the_classes_are_those_of_unicode() -> None:
    """Characters younger than this Python's tables are let be: their class is the default of their block."""
    wrong = []
    for line in lines("extracted/DerivedBidiClass.txt"):
        codes, kind = (part.strip() for part in line.split(";"))
        first, _, last = codes.partition("..")
        span = range(int(first, 16), int(last or first, 16) + 1)
        wrong += [c for c in (span[0], span[-1]) if classify(chr(c)) != kind and classify(chr(c)) not in SAMPLES]
    assert wrong == []
    assert [classify(c) for c in "\ufdd0\U0001fffe\u2065\u20cf\u0870\u05ff\U0001ecff"] == [
        "BN", "BN", "BN", "ET", "AL", "R", "R",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "default", "level"),
    [("", 1, 1), ("123", 1, 1), ("123 a", 1, 0), ("\u2067\u0627\u2069 a", 1, 0), ("(\u0627", 0, 1), ("\n\u0627", 0, 0)],
)
def test_the_first_strong_character_decides_else_the_default(text: str, default: int, level: int) -> None:
    assert find_base_level(text, default) == level


def test_brackets_in_arabic_take_the_direction_of_the_paragraph() -> None:
    text = "قالت (HRW) اليوم"
    levels = resolve_levels(text).levels
    assert levels[text.index("(")] == levels[text.index(")")] == 1
    assert set(levels[text.index("H") : text.index(")")]) == {2}


def test_plain_text_takes_the_short_way_to_the_same_answer() -> None:
    text = "Plain text, 12.5% of it (by far)\tmore"
    assert resolve_levels(text).levels == tuple(resolve_classes([classify(c) for c in text], 0, text))
    assert resolve_levels(text, 1).levels == tuple(resolve_classes([classify(c) for c in text], 1, text))
    assert resolve_levels("123", default=1).base == 1
