"""Judging by ranges of the manifests says what judging by one table says, over every kind of damage and any workers."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.model.validation import Depth, ValidationReport
from archive.stages.validation.bags import bag as judging
from archive.stages.validation.bags import in_manifest_order, workers
from archive.stages.validation.bags.bag import validate_bag
from tests.support.bag_drafts import draft, write_folder

Harm = Callable[[Path, random.Random], None]


def small_ranges(monkeypatch: pytest.MonkeyPatch, goal: int = 400) -> None:
    monkeypatch.setattr(in_manifest_order, "_GOAL", goal)
    monkeypatch.setattr(in_manifest_order, "_LEAST", goal)


def outcome(report: ValidationReport) -> tuple[object, ...]:
    return report.verdict, report.findings, dict(report.facts)


def by_table(bag: Path, monkeypatch: pytest.MonkeyPatch, depth: Depth = Depth.FULL) -> tuple[object, ...]:
    with monkeypatch.context() as patch:
        patch.setattr(judging, "read_in_manifest_order", lambda *_, **__: None)
        return outcome(validate_bag(str(bag), depth=depth, workers=1))


def names(dice: random.Random) -> list[bytes]:
    """Payload paths with everything that names can hold, in folders of all sizes."""
    words = [
        "a",
        "B",
        "b",
        "readme",
        "100%",
        "x%0Ay",
        "line\nbreak",
        "back\\slash",
        ".hidden",
        "caf\u00e9",
        "cafe\u0301",
    ]
    words += ["\u0627\u0644\u0639\u0631\u0628\u064a\u0629", " blank ", "README", "-", "z" * 60]
    folders = [
        "",
        "d/",
        "d/e/",
        "D/",
        "d e/",
        "Caf\u00e9s/",
        "cafe\u0301s/",
        "deep/" * 5,
        "%25/",
        ".git/",
        "deeper/" * 70,
    ]
    paths = {b"data/%b%b" % (dice.choice(folders).encode(), dice.choice(words).encode()) for _ in range(40)}
    paths |= {b"data/many/%d.txt" % number for number in range(dice.choice((0, 3, 50)))}
    paths |= {b"data/latin/caf\xe9", b"data/d/%d" % dice.randrange(9)} if dice.random() < 0.3 else set()
    return sorted(paths)


def some_file(bag: Path, dice: random.Random) -> bytes:
    root = os.fsencode(bag / "data")
    found = [os.path.join(at, name) for at, _, held in os.walk(root) for name in held]
    return dice.choice(sorted(path for path in found if not os.path.islink(path)))


def change(bag: Path, dice: random.Random) -> None:
    with open(some_file(bag, dice), "ab") as file:
        file.write(b"!")


def remove(bag: Path, dice: random.Random) -> None:
    os.unlink(some_file(bag, dice))


def add(bag: Path, dice: random.Random) -> None:
    folder = os.path.dirname(some_file(bag, dice))
    for name in dice.sample([b"added", b"new\xff", "e\u0301".encode(), b"100%25", b"ADDED"], 2):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"added")


def add_folder(bag: Path, dice: random.Random) -> None:
    folder = os.path.join(os.path.dirname(some_file(bag, dice)), b"new", b"deep")
    os.makedirs(folder, exist_ok=True)
    if dice.random() < 0.5:
        with open(os.path.join(folder, b"file"), "wb") as file:
            file.write(b"added")


def add_many(bag: Path, dice: random.Random) -> None:
    folder = os.path.dirname(some_file(bag, dice))
    for number in range(40):
        with open(os.path.join(folder, b"+%d" % number), "wb"):
            continue


def link(bag: Path, dice: random.Random) -> None:
    path = some_file(bag, dice)
    os.rename(path, path + b"-")
    os.symlink(os.path.basename(path) + b"-", path)


def link_folder(bag: Path, dice: random.Random) -> None:
    folder = os.path.dirname(some_file(bag, dice))
    if folder != os.fsencode(bag / "data"):
        os.rename(folder, os.fsencode(bag.parent / f"moved{dice.random()}"))
        os.symlink(b"/", folder)


def hard_link(bag: Path, dice: random.Random) -> None:
    for _ in range(3):
        os.link(some_file(bag, dice), bag.parent / f"other{dice.random()}")


def pipe(bag: Path, dice: random.Random) -> None:
    path = some_file(bag, dice)
    os.unlink(path)
    os.mkfifo(path)


def folder_for_file(bag: Path, dice: random.Random) -> None:
    path = some_file(bag, dice)
    os.unlink(path)
    os.mkdir(path)


def other_form(bag: Path, dice: random.Random) -> None:
    for at, _, held in os.walk(os.fsencode(bag / "data")):
        for name in held:
            if name == "caf\u00e9".encode() and "cafe\u0301".encode() not in held:
                os.rename(os.path.join(at, name), os.path.join(at, "cafe\u0301".encode()))


def lose_folder(bag: Path, dice: random.Random) -> None:
    folder = os.path.dirname(some_file(bag, dice))
    if folder != os.fsencode(bag / "data"):
        os.rename(folder, os.fsencode(bag.parent / f"lost{dice.random()}"))


def lines_of(bag: Path, name: str = "manifest-sha512.txt") -> tuple[Path, list[bytes]]:
    return bag / name, (bag / name).read_bytes().splitlines(keepends=True)


def drop_line(bag: Path, dice: random.Random) -> None:
    path, lines = lines_of(bag)
    del lines[dice.randrange(len(lines))]
    path.write_bytes(b"".join(lines))


def repeat_line(bag: Path, dice: random.Random) -> None:
    chosen = dice.random()
    for name in ("manifest-sha256.txt", "manifest-sha512.txt"):
        path, lines = lines_of(bag, name)
        lines.append(lines[int(chosen * len(lines))])
        path.write_bytes(b"".join(lines))


def shuffle(bag: Path, dice: random.Random) -> None:
    seed = dice.random()
    for name in ("manifest-sha256.txt", "manifest-sha512.txt"):
        path, lines = lines_of(bag, name)
        random.Random(seed).shuffle(lines)
        path.write_bytes(b"".join(lines))


def other_order(bag: Path, dice: random.Random) -> None:
    path, lines = lines_of(bag)
    dice.shuffle(lines)
    path.write_bytes(b"".join(lines))


def spoil_line(bag: Path, dice: random.Random) -> None:
    path, lines = lines_of(bag)
    at = dice.randrange(len(lines))
    spoiled = [b"zz" + lines[at][2:], lines[at][:-1] + b"\r\n", b"\n" + lines[at], lines[at].replace(b"  ", b" *", 1)]
    lines[at] = dice.choice(spoiled)
    path.write_bytes(b"".join(lines))


def other_digest(bag: Path, dice: random.Random) -> None:
    path, lines = lines_of(bag)
    at = dice.randrange(len(lines))
    lines[at] = b"0" * 128 + lines[at][128:]
    path.write_bytes(b"".join(lines))


def unlist(bag: Path, dice: random.Random) -> None:
    chosen = dice.random()
    for name in ("manifest-sha256.txt", "manifest-sha512.txt"):
        path, lines = lines_of(bag, name)
        del lines[int(chosen * len(lines))]
        path.write_bytes(b"".join(lines))


def to_fetch(bag: Path, dice: random.Random) -> None:
    path = some_file(bag, dice)
    if b"\n" not in path and b"%" not in path:
        os.unlink(path)
        shown = os.path.relpath(path, os.fsencode(bag))
        (bag / "fetch.txt").write_bytes(b"https://example.org/x - " + shown + b"\n")


def change_tag(bag: Path, dice: random.Random) -> None:
    del dice
    with open(bag / "bag-info.txt", "ab") as file:
        file.write(b"More: words\n")


HARMS: list[Harm] = [
    change, remove, add, add_folder, add_many, link, link_folder, hard_link, pipe, folder_for_file, other_form,
    lose_folder,
    drop_line, repeat_line, shuffle, other_order, spoil_line, other_digest, unlist, to_fetch, change_tag,
]  # fmt: skip


def damaged(folder: Path, seed: int) -> Path:
    dice = random.Random(seed)
    payload = {path: b"%d" % number * dice.choice((0, 1, 900)) for number, path in enumerate(names(dice))}
    order = dice.choice((None, shuffle))
    bag = write_folder(draft(payload, extra={b"notes/a.txt": b"x"}), folder / f"bag{seed}")
    if order is not None:
        order(bag, dice)
    for harm in dice.sample(HARMS, dice.choice((0, 1, 1, 2, 4))):
        harm(bag, dice)
    return bag


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_ranges_and_one_table_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    for seed in range(first, first + 20):
        bag = damaged(tmp_path, seed)
        for depth in (Depth.FULL, Depth.COMPLETE):
            expected = by_table(bag, monkeypatch, depth)
            for goal in (200, 1 << 17):
                small_ranges(monkeypatch, goal)
                assert outcome(validate_bag(str(bag), depth=depth, workers=1)) == expected, (seed, depth, goal)


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_workers_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: Harm) -> None:
    dice = random.Random(harm.__name__)
    payload = {path: b"%d" % number for number, path in enumerate(names(dice))}
    bag = write_folder(draft(payload), tmp_path / "bag")
    harm(bag, dice)
    expected = by_table(bag, monkeypatch)
    small_ranges(monkeypatch)
    for number in (1, 2, 3):
        assert outcome(validate_bag(str(bag), workers=number)) == expected, number
    monkeypatch.setattr(workers, "LARGE", 0)
    assert outcome(validate_bag(str(bag), workers=3)) == expected
