"""A desk for the tests of its pages, and a visitor to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desks import RunningDesk, Visitor, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk over a new project."""
    with open_desk(tmp_path / "project", tmp_path / "home") as running:
        yield running


@pytest.fixture
def visitor(desk: RunningDesk) -> Iterator[Visitor]:
    """Someone who opened the desk's address."""
    with Visitor(desk) as visiting:
        yield visiting
