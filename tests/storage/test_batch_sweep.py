"""kill -9 during a batch: sources untouched, every bag absent or whole, and the same command again makes the rest.

The short form takes some points; ARCHIVE_LONG_TESTS=1 takes every system call. One process makes the bags here, so that
a point is the same call in every run; `tests/cli/test_create_each.py` kills runs with several workers.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from archive.stages.validation import validate
from tests.support.making import archive, contents, plant, snapshot
from tests.support.needing import needs
from tests.support.sweeping import kill_at, list_points, spread

LONG = bool(os.environ.get("ARCHIVE_LONG_TESTS"))
FILES = {"a.txt": b"alpha", "sub/b.bin": b"beta" * 5000}
NAMES = ("one", "two")
WORDS = ["create", "--each", "drive/one", "drive/two", "--to", "out", "--plain", "--quiet", "--workers", "1"]

pytestmark = [pytest.mark.slow, needs("strace")]


def arrange(folder: Path) -> Path:
    plant(folder / "warm", {"w.txt": b"w", "v/large": bytes(1_100_000)})
    for name in NAMES:
        plant(folder / "drive" / name, {**FILES, "name.txt": name.encode()})
    return folder


def count_whole(folder: Path) -> int:
    """How many bags are there; each of them is valid and has the files of its source."""
    there = [name for name in NAMES if (folder / "out" / name).exists()]
    for name in there:
        assert validate(str(folder / "out" / name)).verdict == "valid"
        assert contents(folder / "out" / name / "data") == contents(folder / "drive" / name)
    return len(there)


def test_killed_at_any_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    everything = list_points(arrange(tmp_path / "undisturbed"), WORDS)
    assert len(everything) > 200
    points = spread(everything, len(everything) if LONG else 16)
    counts = []
    for number, point in enumerate(points):
        folder = arrange(tmp_path / f"run{number}")
        before = snapshot(folder / "drive")
        kill_at(folder, WORDS, point)
        assert snapshot(folder / "drive") == before
        counts.append(count_whole(folder))
        again = archive(*WORDS, "--clean-partial", cwd=folder)
        assert again.returncode == 0, again.stderr
        assert count_whole(folder) == len(NAMES)
        assert sorted(os.listdir(folder / "out")) == sorted(NAMES)
        assert snapshot(folder / "drive") == before
        shutil.rmtree(folder)
    assert min(counts) == 0
    assert max(counts) >= 1
