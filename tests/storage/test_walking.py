"""The walk: order, what it leaves out, and depth."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.model.finding import Finding
from archive.storage.folders import Folder
from archive.storage.walking import Exclusions, Walk
from tests.support.making import plant


def walked(root: Path, **how: object) -> tuple[list[tuple[str, int, list[str]]], list[Finding]]:
    findings: list[Finding] = []
    with Folder.at(str(root)) as top:
        walk = Walk(str(root), findings.append, **how)  # type: ignore[arg-type]
        return [(visit.path, visit.depth, list(visit.files)) for visit in walk.over(top)], findings


def test_files_come_before_folders_and_both_by_name(tmp_path: Path) -> None:
    plant(tmp_path, {"b": b"", "a/2": b"", "a/1": b"", "a/x/y": b"", "c/z": b"", "B": b"", "\u00e4": b""})
    visits, findings = walked(tmp_path)
    assert visits == [
        ("", 0, ["B", "b", "\u00e4"]), ("a", 1, ["1", "2"]), ("a/x", 2, ["y"]), ("c", 1, ["z"]),
    ]  # fmt: skip
    assert findings == []


@pytest.mark.parametrize("portable", ["0", "1"])
def test_a_deep_tree_is_walked_without_recursion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portable: str
) -> None:
    monkeypatch.setenv("ARCHIVE_PORTABLE", portable)
    deep = tmp_path / "/".join(["d"] * 400)
    plant(deep, {"file": b"x"})
    visits, _ = walked(tmp_path)
    assert visits[-1][1:] == (400, ["file"])


def test_every_folder_is_closed_when_the_walk_is_given_up(tmp_path: Path) -> None:
    plant(tmp_path, {"a/b/c/d": b""})
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with Folder.at(str(tmp_path)) as top:
        walk = Walk(str(tmp_path), lambda finding: None).over(top)
        for _ in range(3):
            next(walk)
        walk.close()  # type: ignore[attr-defined]
    assert (len(os.listdir("/proc/self/fd")) if before else 0) == before


def test_a_folder_that_becomes_a_link_is_not_followed(tmp_path: Path) -> None:
    plant(tmp_path / "src", {"a/x": b""})
    plant(tmp_path / "secret", {"s": b""})
    findings: list[Finding] = []
    with Folder.at(str(tmp_path / "src")) as top:
        walk = Walk("src", findings.append).over(top)
        next(walk)
        (tmp_path / "src/a").rename(tmp_path / "gone")
        (tmp_path / "src/a").symlink_to(tmp_path / "secret")
        assert list(walk) == []
    assert [finding.code for finding in findings] == ["SRC-113"]


@pytest.mark.parametrize(
    ("pattern", "path", "is_folder", "expected"),
    [
        ("*.tmp", "a/b.tmp", False, True), ("*.tmp", "a/b.tmp.txt", False, False), ("a/*", "a/b", False, True),
        ("a/b", "x/a/b", False, False), ("b/", "a/b", True, True), ("b/", "a/b", False, False),
        ("[ab].txt", "b.txt", False, True), ("/b", "b", False, True), ("?", "\u00e4", False, True),
    ],
)  # fmt: skip
def test_patterns_of_exclusion(pattern: str, path: str, is_folder: bool, expected: bool) -> None:
    found = Exclusions((pattern,)).match(path, path.rpartition("/")[2], is_folder=is_folder)
    assert (found == pattern) is expected


def test_an_empty_pattern_excludes_nothing() -> None:
    assert not Exclusions(("", "/"))
