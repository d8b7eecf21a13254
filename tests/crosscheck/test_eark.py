"""commons-ip calls our E-ARK packages valid, and refuses spoilt ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.formats.eark_layout import path_of
from archive.formats.mets_writing import ANY_TYPE
from archive.model.export import ExportReport
from archive.settings import Settings
from archive.stages.exporting.eark import MEDIA_TYPES
from archive.stages.exporting.exporting import export
from archive.stages.validation import validate
from tests.support.eark_judge import judge_eark, media_types
from tests.support.exporting import SEEDS, seed_bag, with_tag_file
from tests.support.making import CLOCK, contents, make, plant
from tests.support.needing import needs

pytestmark = needs("java", "commons-ip")

ODD_NAMES = (
    "a+b & 'c' \"d\" <e>.txt", "100% of it #1?.txt", "نسخة من البيان.txt", unicodedata.normalize("NFD", "über é.txt"),
    "tab\tand\x01\x7f.txt", "line\nbreak.txt", "~x/ y .txt", "[a]{b}|c^`.txt", "METS.xml", "data/data", "\ufffe.txt",
)  # fmt: skip


def export_eark(bag: Path, kind: str, to: Path, **options: bool) -> ExportReport:
    report = export(str(bag), f"eark-{kind}", str(to), settings=Settings(), clock=CLOCK, **options)
    assert report.placed, report.findings
    return report


@pytest.mark.parametrize("kind", ["sip", "aip"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_package_of_a_seed_is_valid(seed: str, kind: str, tmp_path: Path) -> None:
    bag = seed_bag(seed, tmp_path / "bags", pdfa="3a")
    package = Path(export_eark(bag, kind, tmp_path / "out").package)
    assert judge_eark(package, tmp_path / "reports") == []
    carried = {path_of(place): content for place, content in contents(package).items() if path_of(place) is not None}
    assert carried == contents(bag)
    assert validate(str(package / "METS.xml")).verdict == "valid"


def test_a_zip_and_a_plain_bag_with_odd_names_are_valid(tmp_path: Path) -> None:
    make(plant(tmp_path / "src", {name: name.encode() for name in ODD_NAMES}), tmp_path / "bags", algorithms=["md5"])
    bag = tmp_path / "bags" / "src"
    package = Path(export_eark(bag, "sip", tmp_path / "out").package)
    assert judge_eark(package, tmp_path / "reports") == []
    carried = {path_of(place): content for place, content in contents(package).items() if path_of(place) is not None}
    assert carried == contents(bag)
    packed = Path(export_eark(bag, "aip", tmp_path / "zips", zipped=True).package)
    assert judge_eark(packed, tmp_path / "reports") == []


def test_a_bag_by_an_algorithm_that_mets_does_not_know(tmp_path: Path) -> None:
    make(plant(tmp_path / "src", {"a.txt": b"a"}), tmp_path / "bags", algorithms=["blake2b"])
    with_tag_file(tmp_path / "bags" / "src", "metadata/descriptive/notes.bin", b"\0")
    package = Path(export_eark(tmp_path / "bags" / "src", "aip", tmp_path / "out").package)
    assert judge_eark(package, tmp_path / "reports") == []
    assert (package / "metadata/other/notes.bin").read_bytes() == b"\0"


def test_the_judge_knows_the_media_types() -> None:
    assert {*MEDIA_TYPES, ANY_TYPE} <= media_types()


def _change_a_file(package: Path) -> None:
    (package / "representations/original/data/rooms.csv").write_bytes(b"changed")


def _lose_a_file(package: Path) -> None:
    (package / "representations/original/data/rooms.csv").unlink()


def _add_a_file(package: Path) -> None:
    (package / "representations/original/data/more.txt").write_bytes(b"more")


def _rename(package: Path) -> None:
    package.rename(package.with_name("other"))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [(_change_a_file, "CSIP71"), (_lose_a_file, "CSIP"), (_add_a_file, "CSIP66"), (_rename, "CSIP1")],
)
def test_the_judge_refuses_a_spoilt_package(spoil: Callable[[Path], None], told: str, tmp_path: Path) -> None:
    package = Path(export_eark(seed_bag("mixed-folder", tmp_path / "bags"), "sip", tmp_path / "out").package)
    spoil(package)
    (spoilt,) = (tmp_path / "out").iterdir()
    assert any(one.startswith(told) for one in judge_eark(spoilt, tmp_path / "reports"))
