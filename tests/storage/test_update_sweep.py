"""kill -9 and failing system calls during an update: the old or the new version is in its place, whole, every time.

Whatever the point, no version is lost: after the next update, which finishes what was cut off, the old one is where it
is kept, as it was. The short form takes some thirty points; ARCHIVE_LONG_TESTS=1 takes every system call.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from archive.stages.validation import validate
from archive.storage.partial import find_leftovers
from tests.storage.test_kill_sweep import FAULTS
from tests.support.making import contents, make, plant, snapshot
from tests.support.needing import needs
from tests.support.sweeping import Point, fail_at, kill_at, list_points, spread

FILES = {"a.txt": b"alpha", "sub/100%.txt": b"beta", "sub/deep/\u0628.txt": b"g" * 3000, "x/large": bytes(1_100_000)}
NEW = {**{name: content for name, content in FILES.items() if name != "a.txt"}, "b.txt": b"alpha", "n.txt": b"new"}
NOTE = b"a tag file of the owner\n"
CHANGES = ["update", "bags/src", "--add", "n.txt", "--rename", "a.txt", "b.txt", "--quiet"]
WAYS = {"kept": [*CHANGES, "--keep-old", "kept"], "discarded": [*CHANGES, "--discard-old"]}
LONG = bool(os.environ.get("ARCHIVE_LONG_TESTS"))

pytestmark = [pytest.mark.slow, needs("strace")]


def arrange(tmp_path: Path, name: str) -> Path:
    """A folder for one run: a bag, a file to add, and a source to warm up with."""
    folder = tmp_path / name
    plant(folder / "warm", {"w.txt": b"w", "v/large": bytes(1_100_000)})
    make(plant(folder / "src", FILES), folder / "bags")
    add_tag_file(folder / "bags" / "src")
    (folder / "n.txt").write_bytes(b"new")
    return folder


def add_tag_file(bag: Path) -> None:
    """A tag file in a folder of its own, which every version keeps."""
    plant(bag / "notes", {"own.txt": NOTE})
    for path in bag.glob("tagmanifest-*"):
        digest = hashlib.new(path.stem.partition("-")[2], NOTE).hexdigest()
        path.write_text(f"{path.read_text()}{digest}  notes/own.txt\n")


def judge(folder: Path, before: dict[str, tuple[object, ...]]) -> bool:
    """The old version is in its place as it was, or the new one is, whole; True for the new one."""
    bag = folder / "bags" / "src"
    report = validate(str(bag))
    assert report.verdict == "valid"
    assert [one.code for one in report.findings if one.code != "BAG-503"] == []
    if (bag / "data" / "n.txt").exists():
        assert contents(bag / "data") == NEW
        assert contents(bag / "notes") == {"own.txt": NOTE}
        return True
    assert snapshot(bag) == before
    return False


def take_up_again(folder: Path, way: str, before: dict[str, tuple[object, ...]], *, placed: bool) -> None:
    """The next update finishes what was cut off, and the old version is where it belongs."""
    from tests.support.making import archive

    words = ["update", "bags/src", "--bag-info", "Contact-Name=A", *WAYS[way][7:]]
    done = archive(*words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert find_leftovers(str(folder / "bags"), "src.update") == ()
    assert [path.name for path in (folder / "bags").iterdir()] == ["src"]
    if way == "kept":
        assert snapshot(folder / "kept" / "src.v1") == before
        names = sorted(path.name for path in (folder / "kept").iterdir())
        assert names == (["src.v1", "src.v2"] if placed else ["src.v1"])
    assert validate(str(folder / "bags" / "src")).ok


@pytest.mark.parametrize("way", WAYS)
def test_killed_at_any_call(tmp_path: Path, way: str) -> None:
    folder = arrange(tmp_path, "undisturbed")
    everything = list_points(folder, WAYS[way])
    assert judge(folder, {})
    shutil.rmtree(folder)
    assert len(everything) > 100
    points = spread(everything, len(everything) if LONG else 18)
    killed = placed = 0
    for number, point in enumerate(points):
        folder = arrange(tmp_path, f"run{number}")
        before = snapshot(folder / "bags" / "src")
        killed += kill_at(folder, WAYS[way], point)
        is_new = judge(folder, before)
        placed += is_new
        if way == "discarded" or snapshot_kept(folder) in ({}, before):
            take_up_again(folder, way, before, placed=is_new)
        shutil.rmtree(folder)
    assert killed >= len(points) * 0.9
    assert 0 < placed < len(points)


def snapshot_kept(folder: Path) -> dict[str, tuple[object, ...]]:
    """What is kept so far: nothing, or the whole old version; anything else is a failure."""
    kept = folder / "kept"
    found = [path for path in kept.iterdir() if not path.name.startswith(".")] if kept.exists() else []
    assert [path.name for path in found] in ([], ["src.v1"])
    return snapshot(found[0]) if found else {}


@pytest.mark.parametrize("way", WAYS)
def test_any_call_that_fails(tmp_path: Path, way: str) -> None:
    folder = arrange(tmp_path, "undisturbed")
    everything: list[Point] = [point for point in list_points(folder, WAYS[way]) if point.call in FAULTS]
    shutil.rmtree(folder)
    chosen = set(spread(everything, len(everything) if LONG else 12))
    cases = [(point, error) for point in everything for error in FAULTS[point.call] if point in chosen]
    told = 0
    for number, (point, error) in enumerate(cases if LONG else cases[::2]):
        folder = arrange(tmp_path, f"run{number}")
        before = snapshot(folder / "bags" / "src")
        code, output = fail_at(folder, WAYS[way], point, error)
        assert code in (0, 1, 4, 13), (point, error, code, output)
        assert b"Traceback" not in output, output
        is_new = judge(folder, before)
        told += code != 0
        if code == 0:
            assert is_new, (point, error, output)
        take_up_again(folder, way, before, placed=is_new)
        shutil.rmtree(folder)
    assert told
