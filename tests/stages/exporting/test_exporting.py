"""What every export has in common: judged first, the same bytes again, in its place whole or not at all."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from archive.errors import ExistsError, SourceError, UsageError
from archive.formats.statements import write_statements
from archive.model.description import Statement
from archive.model.export import ExportReport
from archive.settings import Settings
from archive.stages.exporting import packages
from archive.stages.exporting.exporting import export
from archive.stages.exporting.formats import FORMATS
from archive.stages.validation import validate
from tests.support.audit_projects import pack_tar
from tests.support.exporting import seed_bag, tree_of, with_tag_file
from tests.support.making import CLOCK, contents, make, plant, snapshot

FILES = {"a.txt": b"alpha", "deep/100% b.bin": b"beta" * 9, "deep/\u0628 \u064a.txt": b"third"}


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    make(plant(tmp_path / "src", FILES), tmp_path / "bags")
    return tmp_path / "bags" / "src"


def run(bag: Path | str, kind: str, to: Path, **options: object) -> ExportReport:
    return export(str(bag), kind, str(to), settings=Settings(), clock=CLOCK, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_bag_gives_the_same_bytes_from_a_folder_and_a_tar(bag: Path, tmp_path: Path, kind: str) -> None:
    before = snapshot(bag)
    tar = pack_tar(bag, tmp_path / "src.tar")
    first, second, third = (run(one, kind, tmp_path / to) for one, to in ((bag, "1"), (bag, "2"), (tar, "3")))
    assert first.placed, first.findings
    assert contents(Path(first.package)) == contents(Path(second.package)) == contents(Path(third.package))
    assert (first.lost, first.files, first.size) == (third.lost, third.files, third.size)
    assert snapshot(bag) == before
    zips = [Path(run(bag, kind, tmp_path / to, zipped=True).package).read_bytes() for to in "12"]
    assert zips[0] == zips[1]
    with zipfile.ZipFile(tmp_path / "1" / "src.zip") as packed:
        assert {name.partition("/")[0] for name in packed.namelist()} == {"src"}
        files = [one for one in packed.namelist() if not one.endswith("/")]
        assert {one.removeprefix("src/"): packed.read(one) for one in files} == tree_of(first)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_dry_run_knows_what_a_real_one_does_and_writes_nothing(tmp_path: Path, kind: str) -> None:
    bag = seed_bag("press-release", tmp_path / "bags")
    planned = run(bag, kind, tmp_path / "out", dry_run=True)
    assert (planned.placed, (tmp_path / "out").exists()) == (False, False)
    done = run(bag, kind, tmp_path / "out")
    assert (planned.lost, planned.files, planned.size) == (done.lost, done.files, done.size)
    assert (done.files, done.size) == (len(tree_of(done)), sum(map(len, tree_of(done).values())))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("access", ["closed", "restricted"])
def test_restricted_material_is_not_exported(bag: Path, tmp_path: Path, kind: str, access: str) -> None:
    said = write_statements((Statement("accessRights", access),), identifier="urn:uuid:x", restricted=False)
    with_tag_file(bag, "metadata/descriptive/statements.json", b"".join(said))
    report = run(bag, kind, tmp_path / "out")
    assert not report.placed
    assert "DSC-141" in {one.code for one in report.findings}
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_damaged_bag_is_not_exported(bag: Path, tmp_path: Path, kind: str) -> None:
    (bag / "data" / "a.txt").write_bytes(b"alphb")
    report = run(bag, kind, tmp_path / "out")
    assert (report.placed, report.outcome.value) == (False, "damaged")
    assert not (tmp_path / "out").exists()


def test_what_changes_after_the_judgement_is_caught(bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = packages.WrittenPackage.copy

    def change(self: packages.WrittenPackage, places: object) -> None:
        (bag / "data" / "a.txt").write_bytes(b"alphb")
        real(self, places)  # type: ignore[arg-type]

    monkeypatch.setattr(packages.WrittenPackage, "copy", change)
    with pytest.raises(SourceError, match="changed after"):
        run(bag, "bag", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nothing_is_overwritten_and_nothing_goes_into_a_bag(bag: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "src").mkdir(parents=True)
    with pytest.raises(ExistsError):
        run(bag, "bag", tmp_path / "out")
    with pytest.raises(ExistsError):
        run(bag, "bag", tmp_path / "bags")
    assert os.listdir(tmp_path / "out") == ["src"]
    assert run(bag, "bag", tmp_path / "out", name="other").placed


def test_an_unknown_format_names_the_known_ones(bag: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean bag"):
        run(bag, "bags", tmp_path / "out")


def test_a_bag_is_exported_as_it_is_with_its_private_fields(bag: Path, tmp_path: Path) -> None:
    with_tag_file(bag, "metadata/restricted/fields.toml", b"a = 1\n")
    report = run(bag, "bag", tmp_path / "out")
    assert tree_of(report) == contents(bag)
    assert "FCH-201" in {one.code for one in report.findings}
    assert (Path(report.package) / "metadata" / "restricted" / "fields.toml").stat().st_mode & 0o077 == 0
    assert validate(report.package).verdict == "valid"
    assert (Path(report.package) / "data" / "a.txt").stat().st_mtime == 1_600_000_000
