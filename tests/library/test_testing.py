"""The contract that a target's own tests use holds for the targets of the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import ArchiveError
from archive.settings import Settings
from archive.storage.clock import Clock
from archive.targets.protocol import Context, Target
from archive.targets.registry import open_target
from archive.testing import TargetContract


def _settings(folder: Path) -> Settings:
    return Settings(folder=str(folder))


class TestFolder(TargetContract):
    def make_target(self, folder: Path) -> Target:
        return open_target(f"dir:{folder}", _settings(folder), clock=Clock(), environ={})


class TestOcfl(TargetContract):
    def make_target(self, folder: Path) -> Target:
        return open_target(f"ocfl:{folder}", _settings(folder), clock=Clock(), environ={})


class TestForgetful(TargetContract):
    """A target that breaks the contract is told so: each test that it breaks fails."""

    __test__ = False

    def make_target(self, folder: Path) -> Target:
        from archive.targets.folder import open_target as make

        target = make(f"dir:{folder}", Context("there", {}, _settings(folder), Clock(), {}))
        target.find = lambda package, notes: None  # type: ignore[attr-defined]
        return target


def test_a_forgetful_target_fails(tmp_path: Path) -> None:
    with pytest.raises((AssertionError, ArchiveError)):
        TestForgetful().test_the_same_bag_is_not_sent_twice(tmp_path)
