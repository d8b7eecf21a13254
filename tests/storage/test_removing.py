"""Removing whole trees; with and without the system's own calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.storage.removing import remove_tree
from tests.support.making import plant


@pytest.mark.usefixtures("portable")
def test_removing_is_deep_and_follows_no_link(tmp_path: Path) -> None:
    kept = plant(tmp_path / "kept", {"x": b"1"})
    deep = plant(tmp_path / "tree" / "/".join(["d"] * 600), {"file": b""})
    (deep / "link").symlink_to(kept)
    (tmp_path / "tree" / "top").symlink_to(kept)
    remove_tree(str(tmp_path / "tree"))
    remove_tree(str(tmp_path / "tree"))
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (kept / "x").read_bytes() == b"1"


def test_removing_a_link_leaves_what_it_points_to(tmp_path: Path) -> None:
    kept = plant(tmp_path / "kept", {"x": b"1"})
    (tmp_path / "link").symlink_to(kept)
    remove_tree(str(tmp_path / "link"))
    assert (kept / "x").exists()
    assert not (tmp_path / "link").is_symlink()
