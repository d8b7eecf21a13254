"""What a killed --in-place left beside a finished bag: named by the next run, removed when asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.errors import StorageError, UsageError
from tests.support.making import make, plant


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    made = plant(tmp_path / "drive", {"a.txt": b"alpha"})
    assert make(made, in_place=True).created
    return made


def leave(bag: Path, kind: str) -> Path:
    """The working folder as a kill leaves it: after the exchange, before it, or while it was being removed."""
    left = bag.parent / ".drive.0123abcd.partial"
    left.mkdir()
    if kind == "exchanged":
        (left / "bag").symlink_to(f"{left.name}/bag/data")
    elif kind == "tree":
        plant(left / "tree", {"data/a.txt": b"alpha"})
    return left


@pytest.mark.parametrize("kind", ["exchanged", "tree", "empty"])
def test_it_is_named_then_removed_when_asked(bag: Path, kind: str) -> None:
    left = leave(bag, kind)
    with pytest.raises(UsageError, match=r"is still there\. Remove that with --clean-partial") as caught:
        make(bag, in_place=True)
    assert str(left) in str(caught.value)
    with pytest.raises(UsageError, match="is still there"):
        make(bag, in_place=True, clean_partial=True, dry_run=True)
    assert left.exists()
    with pytest.raises(UsageError, match="was removed"):
        make(bag, in_place=True, clean_partial=True)
    assert os.listdir(bag.parent) == ["drive"]
    with pytest.raises(UsageError) as caught:
        make(bag, in_place=True)
    assert "partial" not in str(caught.value)


def test_somebodys_files_are_never_removed(bag: Path) -> None:
    left = leave(bag, "empty")
    plant(left / "bag" / "data", {"only-copy.txt": b"x"})
    with pytest.raises(StorageError, match="holds a source folder"):
        make(bag, in_place=True, clean_partial=True)
    assert (left / "bag" / "data" / "only-copy.txt").read_bytes() == b"x"
