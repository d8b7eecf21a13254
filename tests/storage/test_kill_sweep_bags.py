"""kill -9 and failing calls during fetch, join and unpack: what was there untouched, what is new absent or whole.

The short form takes some points of each; ARCHIVE_LONG_TESTS=1 takes every system call.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.settings import Settings
from archive.stages.creation.group import Bounds, create_group
from archive.stages.validation import validate
from tests.support.audit_projects import pack_tar, write_bag
from tests.support.file_server import Served, serve
from tests.support.holey_bags import make_holey
from tests.support.making import CLOCK, archive, contents, plant, snapshot
from tests.support.needing import needs
from tests.support.sweeping import Point, fail_at, kill_at, list_points, spread

FILES = {"a.txt": b"alpha", "sub/b.bin": b"beta" * 50_000, "sub/deep/c": b"g" * 3000, "here.txt": b"here"}
MISSING = ("a.txt", "sub/b.bin", "sub/deep/c")
WAYS = {
    "fetch": ["fetch", "bags/src", "--quiet"],
    "join": ["join", "parts/src", "--to", "out", "--quiet"],
    "unpack": ["unpack", "packed.tar", "--to", "out", "--quiet"],
}
LONG = bool(os.environ.get("ARCHIVE_LONG_TESTS"))
FAULTS = {
    "openat": ("EIO", "ENOSPC", "EMFILE"), "mkdir": ("ENOSPC",), "mkdirat": ("ENOSPC",), "write": ("ENOSPC", "EIO"),
    "read": ("EIO",), "readv": ("EIO",), "getdents64": ("EIO",), "renameat2": ("EIO", "ENOSPC"), "fsync": ("EIO",),
    "syncfs": ("EIO",), "linkat": ("EIO", "EPERM", "ENOSPC"), "unlinkat": ("EIO",), "newfstatat": ("EIO",),
}  # fmt: skip

pytestmark = [pytest.mark.slow, needs("strace")]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("ARCHIVE_FETCH_SCHEMES", "http")
    monkeypatch.setenv("ARCHIVE_FETCH_PRIVATE", "127.0.0.1")
    monkeypatch.setenv("ARCHIVE_FETCH_RETRIES", "0")
    monkeypatch.setenv("ARCHIVE_FETCH_WORKERS", "1")
    with serve() as served:
        served.files = {f"/{name}": content for name, content in FILES.items()}
        yield served


def arrange(tmp_path: Path, name: str, way: str, served: Served) -> Path:
    """A folder for one run: what the command works on, and a source to warm up with."""
    folder = tmp_path / name
    plant(folder / "warm", {"w.txt": b"w", "v/large": bytes(1_100_000)})
    if way == "fetch":
        bag = write_bag(folder / "bags" / "src", FILES)
        make_holey(bag, {f"data/{one}": f"{served.base}/{one}" for one in MISSING})
    elif way == "join":
        create_group(
            [str(plant(tmp_path / f"{name}-src" / "src", FILES))], str(folder / "parts"), bounds=Bounds(files=2),
            plain=True, settings=Settings(), clock=CLOCK,
        )  # fmt: skip
    else:
        pack_tar(write_bag(tmp_path / f"{name}-src" / "src", FILES), folder / "packed.tar")
    return folder


def judge(folder: Path, way: str, before: dict[str, tuple[object, ...]]) -> bool:
    """Nothing that was there has changed, and what is new is absent or whole; True when all is done."""
    if way == "fetch":
        bag = folder / "bags" / "src"
        after = snapshot(bag)
        kept = {name: one for name, one in before.items() if one[1] is not None}
        assert {name: after[name] for name in kept} == kept
        report = validate(str(bag))
        codes = {finding.code for finding in report.findings if finding.severity.value in ("error", "unchecked")}
        assert codes <= {"BAG-413"}, report.findings
        return report.verdict == "valid"
    assert watched(folder, way) == before
    target = folder / "out" / "src"
    if not target.exists():
        return False
    report = validate(str(target))
    assert report.verdict == "valid"
    assert contents(target / "data") == FILES
    return True


def watched(folder: Path, way: str) -> dict[str, tuple[object, ...]]:
    """What the command may not change."""
    if way == "unpack":
        return {"packed.tar": ((folder / "packed.tar").read_bytes(),)}
    return snapshot(folder / ("bags/src" if way == "fetch" else "parts"))


def points_of(tmp_path: Path, way: str, served: Served) -> list[Point]:
    folder = arrange(tmp_path, "undisturbed", way, served)
    points = list_points(folder, WAYS[way])
    shutil.rmtree(folder)
    return points


@pytest.mark.parametrize("way", WAYS)
def test_killed_at_any_call(tmp_path: Path, way: str, server: Served) -> None:
    everything = points_of(tmp_path, way, server)
    assert len(everything) > 100
    points = spread(everything, len(everything) if LONG else 13)
    killed = done = 0
    for number, point in enumerate(points):
        folder = arrange(tmp_path, f"run{number}", way, server)
        before = watched(folder, way)
        killed += kill_at(folder, WAYS[way], point)
        whole = judge(folder, way, before)
        done += whole
        if way == "fetch" or not whole:
            clean = [] if way == "fetch" else ["--clean-partial"]
            again = archive(*WAYS[way], *clean, cwd=folder)
            assert again.returncode == 0, again.stderr
            assert judge(folder, way, before)
            assert way == "fetch" or os.listdir(folder / "out") == ["src"]
        if way == "fetch":
            assert os.listdir(folder / "bags") == ["src"]
        shutil.rmtree(folder)
    assert killed >= len(points) * 0.5  # threads that wait for a server do not make the same calls every time
    assert done < len(points)


@pytest.mark.parametrize("way", WAYS)
def test_any_call_that_fails(tmp_path: Path, way: str, server: Served) -> None:
    everything = [point for point in points_of(tmp_path, way, server) if point.call in FAULTS]
    cases = [(point, error) for point in everything for error in FAULTS[point.call]]
    chosen = set(spread(everything, len(everything) if LONG else 14))
    cases = [case for case in cases if case[0] in chosen]
    told = 0
    for number, (point, error) in enumerate(cases if LONG else cases[::2]):
        folder = arrange(tmp_path, f"run{number}", way, server)
        before = watched(folder, way)
        code, output = fail_at(folder, WAYS[way], point, error)
        assert code in (0, 1, 4, 10, 12, 13), (point, error, code, output)
        assert b"Traceback" not in output, output
        placed = judge(folder, way, before)
        told += code != 0
        if code == 0:
            assert placed, (point, error, output)
        shutil.rmtree(folder)
    assert told
