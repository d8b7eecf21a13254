"""kill -9 and failing system calls during create: the source untouched, the destination absent or whole.

The short form takes some forty points; ARCHIVE_LONG_TESTS=1 takes every system call of each way to create.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.stages.validation import validate
from archive.storage.partial import find_leftovers
from tests.support.making import contents, make, plant, snapshot
from tests.support.needing import needs
from tests.support.sweeping import Point, fail_at, interrupt_at, kill_at, list_points, spread

FILES = {"a.txt": b"alpha", "sub/100%.txt": b"beta", "sub/deep/\u0628.txt": b"g" * 3000, "x/large": bytes(1_100_000)}
WAYS = {
    "folder": ["create", "src", "--to", "out", "--plain", "--quiet"],
    "zip": ["create", "src", "--to", "out", "--plain", "--quiet", "--serialize", "zip"],
    "in-place": ["create", "src", "--in-place", "--quiet"],
}
TARGETS = {"folder": "out/src", "zip": "out/src.zip", "in-place": "src"}
LONG = bool(os.environ.get("ARCHIVE_LONG_TESTS"))

pytestmark = [pytest.mark.slow, needs("strace")]


def arrange(tmp_path: Path, name: str) -> Path:
    """A folder for one run: a source, and another to warm up with."""
    folder = tmp_path / name
    plant(folder / "warm", {"w.txt": b"w", "v/large": bytes(1_100_000)})
    plant(folder / "src", FILES)
    return folder


def points_of(tmp_path: Path, way: str) -> list[Point]:
    folder = arrange(tmp_path, "undisturbed")
    points = list_points(folder, WAYS[way])
    shutil.rmtree(folder)
    return points


def judge(folder: Path, way: str, before: dict[str, tuple[object, ...]]) -> bool:
    """The source is untouched and the destination absent or whole; True when the bag is there."""
    source, target = folder / "src", folder / TARGETS[way]
    if way != "in-place":
        assert snapshot(source) == before
        if not target.exists():
            assert not target.is_symlink()
            return False
    elif not (source / "bagit.txt").exists():
        assert contents(source) == FILES
        assert {n: f for n, f in snapshot(source.resolve()).items() if n != "."} == {
            n: f for n, f in before.items() if n != "."
        }
        return False
    report = validate(str(target))
    assert (report.verdict, report.findings) == ("valid", ())
    assert report.facts["files"] == len(FILES)
    return True


@pytest.mark.parametrize("way", WAYS)
def test_killed_at_any_call(tmp_path: Path, way: str) -> None:
    everything = points_of(tmp_path, way)
    assert len(everything) > 100
    points = spread(everything, len(everything) if LONG else 13)
    killed = placed = 0
    for number, point in enumerate(points):
        folder = arrange(tmp_path, f"run{number}")
        before = snapshot(folder / "src")
        killed += kill_at(folder, WAYS[way], point)
        placed += judge(folder, way, before)
        if number % 4 == 0 or way == "in-place":
            take_up_again(folder, way)
        shutil.rmtree(folder)
    assert killed >= len(points) * 0.9
    assert placed < len(points)


def take_up_again(folder: Path, way: str) -> None:
    """What was left is reported, removed when asked, and the next run succeeds."""
    in_place = way == "in-place"
    to = folder if in_place else folder / "out"
    source = folder / "src"
    if in_place and (source / "bagit.txt").exists():
        find_and_tidy(source)
        return
    if not in_place and (folder / TARGETS[way]).exists():
        return
    left = find_leftovers(str(to), "src")
    serialize = "zip" if way == "zip" else None
    if not source.is_symlink():
        told = make(source, "" if in_place else to, in_place=in_place, serialize=serialize, dry_run=True)
        assert {f.subject for f in told.findings if f.code == "SRC-115"} == set(left)
    report = make(source, "" if in_place else to, in_place=in_place, serialize=serialize, clean_partial=True)
    assert report.created
    assert judge(folder, way, snapshot(source))
    assert find_leftovers(str(to), "src") == ()


def find_and_tidy(bag: Path) -> None:
    """The bag is made and only the run's working folder is left: the next run says so and removes it when asked."""
    left = find_leftovers(str(bag.parent), bag.name)
    before = snapshot(bag)
    with pytest.raises(UsageError, match="is still there" if left else "is a bag") as told:
        make(bag, in_place=True)
    assert all(path in str(told.value) for path in left)
    with pytest.raises(UsageError, match="was removed" if left else "is a bag"):
        make(bag, in_place=True, clean_partial=True)
    assert find_leftovers(str(bag.parent), bag.name) == ()
    assert snapshot(bag) == before


@pytest.mark.parametrize("way", WAYS)
def test_interrupted_twice_at_any_call(tmp_path: Path, way: str) -> None:
    everything = points_of(tmp_path, way)
    points = spread(everything, len(everything) if LONG else 12)
    interrupted = 0
    for number, point in enumerate(points):
        folder = arrange(tmp_path, f"run{number}")
        before = snapshot(folder / "src")
        code, output = interrupt_at(folder, WAYS[way], point)
        assert code in (0, 130), (point, output)
        assert b"Traceback" not in output, (point, output)
        placed = judge(folder, way, before)
        assert placed or code == 130
        interrupted += code == 130
        to = folder if way == "in-place" else folder / "out"
        assert find_leftovers(str(to), "src") == (), (point, output)
        shutil.rmtree(folder)
    assert interrupted


FAULTS = {
    "openat": ("EIO", "ENOSPC", "EMFILE"), "mkdir": ("EIO", "ENOSPC", "EDQUOT"), "mkdirat": ("ENOSPC",),
    "write": ("ENOSPC", "EIO"), "readv": ("EIO",), "read": ("EIO",), "getdents64": ("EIO",), "close": ("EIO",),
    "renameat2": ("EXDEV", "EIO", "ENOSPC"), "fsync": ("EIO",), "syncfs": ("EIO", "ENOSPC"), "fstat": ("EIO",),
    "utimensat": ("EIO",), "symlink": ("EIO",), "newfstatat": ("EIO",),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_any_call_that_fails(tmp_path: Path, way: str) -> None:
    everything = [point for point in points_of(tmp_path, way) if point.call in FAULTS]
    cases = [(point, error) for point in everything for error in FAULTS[point.call]]
    chosen = set(spread(everything, len(everything) if LONG else 14))
    cases = [case for case in cases if case[0] in chosen]
    if not LONG:
        cases = cases[::2]
    told = 0
    for number, (point, error) in enumerate(cases):
        folder = arrange(tmp_path, f"run{number}")
        before = snapshot(folder / "src")
        code, output = fail_at(folder, WAYS[way], point, error)
        assert code in (0, 1, 4, 13), (point, error, code, output)
        assert b"Traceback" not in output, output
        placed = judge(folder, way, before)
        told += code != 0
        if code == 0:
            assert placed, (point, error, output)
        if error in ("ENOSPC", "EDQUOT") and point.call in ("write", "mkdir", "mkdirat"):
            assert code == 13 or placed, (point, error, code, output)
        shutil.rmtree(folder)
    assert told
