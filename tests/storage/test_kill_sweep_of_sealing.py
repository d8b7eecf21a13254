"""kill -9 and failing system calls during seal: nothing but seal/ is touched, and a seal is absent or whole.

The short form takes some points; ARCHIVE_LONG_TESTS=1 takes every system call that touches the bag.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.stages.validation import validate
from tests.support.making import contents
from tests.support.needing import needs
from tests.support.sealing import SealingPlace, sealing_place
from tests.support.sweeping import Point, fail_at, kill_at, list_points, spread

LONG = bool(os.environ.get("ARCHIVE_LONG_TESTS"))
WAYS = {
    "seal": ["seal", "bag", "--key", "anna.key", "--offline", "--quiet"],
    "seal again": ["seal", "bag", "--key", "anna.key", "--trust", "trust", "--quiet"],
    "complete": ["seal", "--complete", "bag", "--trust", "trust", "--quiet"],
}
CALLS = ("mkdir", "write", "fsync", "renameat2", "rename", "openat", "close", "unlinkat", "rmdir", "flock")

pytestmark = [pytest.mark.slow, needs("strace")]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealingPlace]:
    with sealing_place(tmp_path / "place", monkeypatch) as made:
        yield made


def template(place: SealingPlace, way: str) -> Path:
    """The folder that each run begins with a copy of."""
    place.bag()
    if way == "seal again":
        assert place.seal("bag")[0] == 0
    elif way == "complete":
        assert place.seal("bag", "--offline")[0] == 4
    (place.folder / "warm").mkdir()
    (place.folder / "warm/w.txt").write_bytes(b"w")
    kept = place.folder.parent / "template"
    shutil.copytree(place.folder, kept)
    return kept


def arrange(kept: Path, name: str) -> Path:
    folder = kept.parent / name
    shutil.copytree(kept, folder)
    return folder


def judge(folder: Path, place: SealingPlace, before: dict[str, bytes]) -> int:
    """The bag is as it was but for what was added; the number of whole seals."""
    bag = folder / "bag"
    found = contents(bag)
    added = set(found) - set(before)
    assert {path: found[path] for path in before} == before
    assert all(path.startswith("seal/") for path in added)
    assert validate(str(bag)).verdict == "valid"
    numbers = [path.name for path in (bag / "seal").glob("[0-9]*")] if (bag / "seal").is_dir() else []
    for number in numbers:
        names = {path.name for path in (bag / "seal" / number).iterdir()}
        assert {"README.txt", "signers.pem", "statement.json", "statement.dsse.json", "stamped.sha512"} <= names
    return len(numbers)


def take_up_again(folder: Path, place: SealingPlace) -> None:
    """The next run removes what was left, and the bag is sealed and intact after it."""
    place.folder = folder
    if not list((folder / "bag/seal").glob("[0-9]*")):
        assert place.seal("bag", "--offline")[0] == 4
    code, out, err = place.run("seal", "--complete", "bag", "--trust", "trust")
    assert code == 0, out + err
    assert not list((folder / "bag/seal").glob(".*"))
    assert place.codes("bag") == (0, [])


@pytest.mark.parametrize("way", WAYS)
def test_killed_at_any_call(place: SealingPlace, way: str) -> None:
    kept = template(place, way)
    points = chosen(arrange(kept, "undisturbed"), way, 10)
    before = contents(kept / "bag")
    start = judge(kept, place, before)
    killed, ends = 0, set()
    for number, point in enumerate(points):
        folder = arrange(kept, f"run{number}")
        killed += kill_at(folder, WAYS[way], point, expected=expected_of(way))
        ends.add(judge(folder, place, before))
        take_up_again(folder, place)
        shutil.rmtree(folder)
    # An authority's answers come in more or fewer pieces each time, so that some points are not met again.
    assert killed >= len(points) * (0.8 if way == "seal" else 0.4)
    assert ends <= {start, start + (way != "complete")}


@pytest.mark.parametrize("way", WAYS if LONG else ["seal", "complete"])
def test_any_call_that_fails(place: SealingPlace, way: str) -> None:
    kept = template(place, way)
    before = contents(kept / "bag")
    points = [one for one in chosen(arrange(kept, "undisturbed"), way, 16) if one.call in ("mkdir", "write", "fsync")]
    told = 0
    for number, point in enumerate(points):
        folder = arrange(kept, f"run{number}")
        code, output = fail_at(folder, WAYS[way], point, "ENOSPC")
        assert code in (0, 4, 13), (point, code, output)
        assert b"Traceback" not in output, output
        told += code == 13
        judge(folder, place, before)
        assert not list((folder / "bag").glob("seal/.*")), (point, output)
        take_up_again(folder, place)
        shutil.rmtree(folder)
    assert told


def expected_of(way: str) -> int:
    return 4 if way == "seal" else 0


def chosen(folder: Path, way: str, most: int) -> list[Point]:
    """The points from the first folder that is made in the bag to the end: before it nothing is written."""
    points = list_points(folder, WAYS[way], expected=expected_of(way))
    shutil.rmtree(folder)
    made = max(index for index, one in enumerate(points) if one.call == "mkdir")
    points = [one for one in points[max(0, made - 6) :] if one.call in CALLS]
    assert len(points) > 20
    return spread(points, len(points) if LONG else most)
