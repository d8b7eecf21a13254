"""What create and validate say of each seed: a valid bag, nothing to warn of, and a rendition of every document."""

from __future__ import annotations

from pathlib import Path

import pytest

import archive
from archive.model.build import RenditionStatus
from archive.renditions.verapdf import find_verapdf
from archive.resources import seeds_path
from archive.settings import Settings
from archive.stages.showing.contents import read_contents

SEEDS = {"press-release": (1, 2081), "arabic-statement": (1, 1113), "mixed-folder": (7, 3407)}


def test_no_seed_is_left_out() -> None:
    assert {path.name for path in seeds_path().iterdir()} == set(SEEDS)


@pytest.mark.parametrize("name", SEEDS)
def test_what_create_and_validate_say(name: str, tmp_path: Path) -> None:
    report = archive.create([str(seeds_path(name))], tmp_path)
    files, size = SEEDS[name]
    assert report.created
    expected = {"SRC-124"} | ({"REN-108"} if find_verapdf(Settings()) is None else set())
    assert {finding.code for finding in report.findings} == expected
    assert [rendition.status for rendition in report.renditions] == [RenditionStatus.MADE] * files
    originals = [one for one in read_contents(report.bag).files if one.path.startswith("data/original/")]
    assert (len(originals), sum(one.size for one in originals)) == (files, size)
    judged = archive.validate(report.bag)
    assert judged.verdict == "valid"
    assert judged.findings == ()
