"""Thousands of nested folders, and fewer descriptors than folders: every command takes them."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from archive.storage.folders import Folder
from archive.storage.removing import remove_tree
from archive.storage.trail import Trail, walk_folders
from tests.support.making import archive, nest, plant
from tests.support.needing import needs

DEPTH = 5000
JOURNEY = (
    ("create", "source", "--to", "plain", "--plain"),
    ("create", "source", "--to", "packed", "--plain", "--serialize", "tar"),
    ("create", "source", "--to", "full"),
    ("validate", "plain/source"),
    ("validate", "packed/source.tar"),
    ("show", "full/source"),
    ("deposit", "plain/source", "dir:far"),
    ("deposit", "plain/source", "ocfl:repository"),
    ("retrieve", "dir:far", "source", "--to", "from-folder"),
    ("retrieve", "ocfl:repository", "urn:muniment:bag:source", "--to", "from-ocfl"),
    ("init", "--organization", "An archive", "--operator", "A person"),
    ("holdings", "add", "plain/source"),
    ("audit",),
    ("validate", "from-folder/source"),
    ("validate", "from-ocfl/source"),
)


@needs("linux")
@pytest.mark.slow
def test_every_command_takes_5000_nested_folders_with_256_descriptors(tmp_path: Path) -> None:
    nest(plant(tmp_path / "source", {"top.txt": b"top"}), DEPTH)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, limits[1]))
    try:
        for words in JOURNEY:
            done = archive(*words, cwd=tmp_path)
            assert done.returncode == 0, (words, done.stderr[-300:])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for name in sorted(os.listdir(tmp_path)):
            remove_tree(str(tmp_path / name))


def test_a_trail_goes_back_to_the_folders_that_it_let_go(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(200)]
    with Folder.at(str(tmp_path)) as root:
        trail = Trail(root)
        identities = [trail.make(name).identity() for name in names]
        assert sum(1 for _ in os.scandir("/proc/self/fd")) < 150 if os.path.isdir("/proc/self/fd") else True
        for depth in range(199, 0, -1):
            assert trail.leave().identity() == identities[depth - 1]
        trail.go(names, lambda above, way: above.enter(way[-1]))
        assert trail.leave(3).identity() == identities[2]
        assert trail.leave(0) is root
        trail.close()


def test_a_folder_that_was_moved_meanwhile_is_not_taken_for_the_one_above(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(100)]
    with Folder.at(str(tmp_path)) as root:
        trail = Trail(root)
        for name in names:
            trail.make(name)
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        os.rename(tmp_path / "/".join(names[:2]), elsewhere / "n1")
        trail.leave(1)
        assert trail.present.identity() == os.stat(tmp_path / "n0")[2:0:-1]
        with pytest.raises(FileNotFoundError):
            trail.go(names, lambda above, way: above.enter(way[-1]))
        trail.close()


def test_a_walk_gives_parents_first_and_sorts_by_bytes(tmp_path: Path) -> None:
    plant(tmp_path, {"b/2": b"", "b/1": b"", "a/x/y": b"", "z": b"", "é/file": b""})
    with Folder.at(str(tmp_path)) as root:
        walked = [(path, names) for path, _folder, names in walk_folders(root)]
    assert walked == [("", ["z"]), ("a/", []), ("a/x/", ["y"]), ("b/", ["1", "2"]), ("é/", ["file"])]
