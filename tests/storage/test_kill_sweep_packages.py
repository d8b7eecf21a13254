"""kill -9 during export and import of packages: what was there untouched, what is new absent or whole.

The short form takes some points of each; ARCHIVE_LONG_TESTS=1 takes every system call.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from archive.settings import Settings
from archive.stages.exporting.exporting import export
from tests.support.audit_projects import write_bag
from tests.support.making import CLOCK, archive, contents, plant, snapshot
from tests.support.needing import needs
from tests.support.sweeping import kill_at, list_points, spread

FILES = {"a.txt": b"alpha", "sub/b.bin": b"beta" * 50_000, "sub/deep/c": b"g" * 3000}
WAYS = {
    "export": ["export", "bags/src", "--as", "bag", "--to", "out", "--quiet"],
    "import": ["import", "packages/src", "--to", "out", "--quiet"],
}
LONG = bool(os.environ.get("ARCHIVE_LONG_TESTS"))

pytestmark = [pytest.mark.slow, needs("strace")]


def arrange(folder: Path) -> Path:
    """A folder for one run: a bag, a DSpace item made from it, and a source to warm up with."""
    plant(folder / "warm", {"w.txt": b"w", "v/large": bytes(1_100_000)})
    bag = write_bag(folder / "bags" / "src", FILES)
    made = export(str(bag), "dspace-saf", str(folder / "packages"), settings=Settings(), clock=CLOCK)
    assert made.placed, made.findings
    return folder


@pytest.mark.parametrize("way", WAYS)
def test_killed_at_any_call(tmp_path: Path, way: str) -> None:
    folder = arrange(tmp_path / "undisturbed")
    everything = list_points(folder, WAYS[way])
    whole = contents(folder / "out" / "src")
    assert whole == contents(folder / "bags" / "src")
    points = spread(everything, len(everything) if LONG else 10)
    killed = 0
    for number, point in enumerate(points):
        folder = arrange(tmp_path / f"run{number}")
        before = {name: snapshot(folder / name) for name in ("bags", "packages")}
        killed += kill_at(folder, WAYS[way], point)
        if (folder / "out" / "src").exists():
            assert contents(folder / "out" / "src") == whole
        else:
            again = archive(*WAYS[way], "--clean-partial", cwd=folder)
            assert again.returncode == 0, again.stderr
            assert os.listdir(folder / "out") == ["src"]
            assert contents(folder / "out" / "src") == whole
        assert {name: snapshot(folder / name) for name in before} == before
        shutil.rmtree(folder)
    assert killed >= len(points) * 0.5
