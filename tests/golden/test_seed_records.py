"""The records of the seeds are, byte for byte, those that were read and approved.

After a change that is meant: `python -m tests.support.golden`, then read the difference by eye.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.resources import seeds_path
from tests.support.golden import GOLDEN, RECORDS, SEEDS, records_of


@pytest.mark.parametrize("seed", SEEDS)
def test_the_records_are_those_that_were_approved(seed: str, tmp_path: Path) -> None:
    made = records_of(seed, tmp_path)
    assert set(made) == set(RECORDS)
    for name, content in made.items():
        assert content.decode() == (GOLDEN / seed / name).read_text("utf-8"), f"{seed}/{name}"


def test_every_seed_has_approved_records() -> None:
    assert sorted(path.name for path in seeds_path().iterdir()) == list(SEEDS)
