"""A sealed bag in every format: the seal goes along and holds after the way back, or the loss is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.model.export import ExportReport
from archive.settings import Settings
from archive.stages.exporting.exporting import export
from archive.stages.exporting.formats import FORMATS
from archive.stages.importing.importing import import_package
from archive.stages.validation import validate
from tests.support.exporting import seed_bag, tree_of
from tests.support.making import CLOCK, contents
from tests.support.sealing import SealingPlace, sealing_place

NAME = "press-release"
KEPT_AT = {
    "archivematica": "metadata/submissionDocumentation/bag/", "bag": "", "dspace-saf": "item_000/",
    "eark-aip": "documentation/bag/", "eark-sip": "documentation/bag/",
}  # fmt: skip
"""Where the files of a seal are in the formats that keep it."""
LOST_IN = {"datacite", "rocrate"}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealingPlace]:
    with sealing_place(tmp_path / "place", monkeypatch) as made:
        seed_bag(NAME, made.folder)
        code, out, err = made.seal(NAME)
        assert code == 0, out + err
        yield made


def exported(place: SealingPlace, kind: str, to: Path) -> ExportReport:
    return export(str(place.folder / NAME), kind, str(to), settings=Settings(), clock=CLOCK)


def test_every_format_keeps_the_seal_or_says_that_it_is_lost(place: SealingPlace, tmp_path: Path) -> None:
    seal = {name: content for name, content in contents(place.folder / NAME).items() if name.startswith("seal/")}
    assert seal
    assert {*KEPT_AT, *LOST_IN} == {*FORMATS}
    for kind in FORMATS:
        report = exported(place, kind, tmp_path / kind)
        tree = tree_of(report)
        told = [one for one in report.lost if "seals" in one.what]
        if kind in KEPT_AT:
            assert not told
            assert {KEPT_AT[kind] + name: content for name, content in seal.items()}.items() <= tree.items()
        else:
            assert [one.count for one in told] == [len(seal)]
            assert not any("seal/" in name for name in tree)
    graph = json.loads((tmp_path / "rocrate" / NAME / "ro-crate-metadata.json").read_bytes())["@graph"]
    assert "files of seals" in graph[0]["description"]


def test_the_seal_holds_after_the_way_back(place: SealingPlace, tmp_path: Path) -> None:
    bag = place.folder / NAME
    for kind in ("eark-sip", "eark-aip", "dspace-saf"):
        report = exported(place, kind, tmp_path / kind)
        back = import_package(report.package, str(place.folder / kind), settings=Settings(), clock=CLOCK)
        assert (back.placed, back.rebuilt) == (True, True), back.findings
        assert contents(Path(back.bag)) == contents(bag)
        code, document = place.verify(back.bag)
        assert (code, document["outcome"], document["findings"]) == (0, "sealed and intact", [])


def test_a_crate_gives_back_the_bag_without_its_seal(place: SealingPlace, tmp_path: Path) -> None:
    report = exported(place, "rocrate", tmp_path / "out")
    assert validate(report.package).ok
    back = import_package(report.package, str(tmp_path / "back"), settings=Settings(), clock=CLOCK)
    assert back.placed, back.findings
    unsealed = {name: one for name, one in contents(place.folder / NAME).items() if not name.startswith("seal/")}
    assert contents(Path(back.bag)) == unsealed
