"""The place that the tests of this folder seal in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sealing import SealingPlace, sealing_place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealingPlace]:
    with sealing_place(tmp_path / "place", monkeypatch) as made:
        yield made
