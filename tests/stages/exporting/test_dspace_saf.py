"""DSpace's archive format: a strict reader takes it, refuses spoilt ones, and the bag can be rebuilt from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.formats.dspace_saf import FIELDS, refuse_path, write_dublin_core
from archive.model.description import Statement
from archive.model.export import ExportReport
from archive.settings import Settings
from archive.stages.exporting.exporting import export
from tests.support.exporting import SEEDS, seed_bag, with_tag_file
from tests.support.making import CLOCK, contents, make, plant
from tests.support.saf_reader import RefusedError, read_item


def run(bag: Path, to: Path) -> ExportReport:
    return export(str(bag), "dspace-saf", str(to), settings=Settings(), clock=CLOCK)


def export_item(bag: Path, to: Path) -> Path:
    report = run(bag, to)
    assert report.placed, report.findings
    (item,) = Path(report.package).iterdir()
    return item


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bag_is_in_the_item_byte_for_byte(seed: str, tmp_path: Path) -> None:
    bag = seed_bag(seed, tmp_path / "bags")
    item = read_item(export_item(bag, tmp_path / "out"))
    assert {name.removeprefix("bag/"): content for name, content in item.files.items()} == contents(bag)
    originals = sorted(name for name in contents(bag) if name.startswith("data/original/"))
    assert item.bundles["ORIGINAL"] == originals
    assert item.primary == originals[:1]
    assert set(item.bundles) == {"ORIGINAL", "METADATA"}


def test_the_fields_languages_and_descriptions_of_the_sample(tmp_path: Path) -> None:
    bag = seed_bag("mixed-folder", tmp_path / "bags")
    report = run(bag, tmp_path / "out")
    item = read_item(Path(report.package) / "item_000")
    assert item.values[:4] == [
        ("title", "none", "en", "Field visit to a school, October 2019"),
        ("title", "none", "ar", "زيارة ميدانية إلى مدرسة، تشرين الأول 2019"),
        ("contributor", "author", None, "R. Visitor"),
        ("date", "created", None, "2019-10"),
    ]
    assert ("description", "abstract", "en", "Notes, letters, a table and a picture from one visit.") in item.values
    assert ("rights", "uri", None, "https://creativecommons.org/publicdomain/zero/1.0/") in item.values
    assert item.descriptions["data/original/windows.png"] == "Broken windows"
    assert item.descriptions["data/original/رسالة.txt"] == "رسالة إلى مديرة المدرسة"
    kept = {one.kept for one in report.lost}
    assert kept == {"item_000/metadata/descriptive/statements.json"}
    assert all((Path(report.package) / str(place)).is_file() for place in kept)


def test_every_field_is_in_the_registry(tmp_path: Path) -> None:
    plant(tmp_path / "item", {"contents": b""})
    said = [Statement(one, f"a < b & {one}", "en-GB") for one in FIELDS]
    (tmp_path / "item" / "dublin_core.xml").write_bytes(write_dublin_core(said))
    assert len(read_item(tmp_path / "item").values) == len(FIELDS)


def test_renditions_have_a_bundle_of_their_own(tmp_path: Path) -> None:
    bag = seed_bag("press-release", tmp_path / "bags", pdfa="3a")
    item = read_item(export_item(bag, tmp_path / "out"))
    (rendition,) = item.bundles["PRESERVATION"]
    assert rendition.endswith(".txt.pdf")
    assert item.descriptions[rendition] == "Rendition for preservation"
    assert {name.removeprefix("bag/"): content for name, content in item.files.items()} == contents(bag)


@pytest.mark.parametrize("name", ["a\tb.txt", "a\nb.txt", "a.txt "])
def test_a_name_that_the_importer_would_not_read_is_refused(name: str, tmp_path: Path) -> None:
    make(plant(tmp_path / "src", {name: b"a", "b.txt": b"b"}), tmp_path / "bags")
    report = run(tmp_path / "bags" / "src", tmp_path / "out")
    assert not report.placed
    assert [(one.code, one.subject) for one in report.findings] == [("FCH-203", f"data/{name}")]
    assert not (tmp_path / "out").exists()


def test_only_the_order_is_refused_not_a_hyphen() -> None:
    assert refuse_path("-r s=1") is not None
    assert refuse_path("-a.txt") is None
    assert refuse_path("data/a\x85b \xa0") is None
    assert refuse_path("data/\udcff") == "it is not valid UTF-8"


def test_private_fields_stay_out(tmp_path: Path) -> None:
    bag = seed_bag("press-release", tmp_path / "bags")
    with_tag_file(bag, "metadata/restricted/fields.toml", b"a = 1\n")
    report = run(bag, tmp_path / "out")
    assert not list(Path(report.package).rglob("fields.toml"))
    assert ("private fields", 1, None) in [(one.what, one.count, one.kept) for one in report.lost]


def test_a_plain_bag_has_its_name_for_a_title(tmp_path: Path) -> None:
    make(plant(tmp_path / "src", {"a.txt": b"a"}), tmp_path / "bags")
    item = read_item(export_item(tmp_path / "bags" / "src", tmp_path / "out"))
    assert item.values == [("title", "none", None, "src")]
    assert item.bundles["ORIGINAL"] == ["data/a.txt"]


def _add_a_stray_file(item: Path) -> None:
    (item / "stray.txt").write_text("x")


def _lose_a_file(item: Path) -> None:
    (item / "data" / "original" / "windows.png").unlink()


def _write_the_tab_as_two_characters(item: Path) -> None:
    (item / "contents").write_text((item / "contents").read_text("utf-8").replace("\t", "\\t"), "utf-8")


def _use_an_unknown_field(item: Path) -> None:
    text = (item / "dublin_core.xml").read_text("utf-8")
    (item / "dublin_core.xml").write_text(text.replace('element="title"', 'element="titel"'), "utf-8")


@pytest.mark.parametrize(
    "spoil", [_add_a_stray_file, _lose_a_file, _write_the_tab_as_two_characters, _use_an_unknown_field]
)
def test_the_reader_refuses_a_spoilt_item(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    item = export_item(seed_bag("mixed-folder", tmp_path / "bags"), tmp_path / "out")
    spoil(item)
    with pytest.raises(RefusedError):
        read_item(item)
