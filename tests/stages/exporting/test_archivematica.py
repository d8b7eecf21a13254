"""Archivematica transfers: checksums that coreutils verify, metadata.csv as the manual has it, and the tag files."""

from __future__ import annotations

import csv
import io
import subprocess
from pathlib import Path

import pytest

from archive.model.export import ExportReport
from archive.settings import Settings
from archive.stages.exporting.exporting import export
from tests.support.exporting import SEEDS, seed_bag, tree_of, with_tag_file
from tests.support.making import CLOCK, contents, make, plant
from tests.support.needing import need

DOCUMENTATION = "metadata/submissionDocumentation/bag/"


def run(bag: Path, to: Path) -> ExportReport:
    return export(str(bag), "archivematica", str(to), settings=Settings(), clock=CLOCK)


def rows(tree: dict[str, bytes]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(tree["metadata/metadata.csv"].decode("utf-8"))))


def checks(transfer: Path, algorithm: str) -> bool:
    """Whether coreutils find every listed checksum right."""
    tool = need(f"{algorithm}sum")
    command = [tool, "--check", "--strict", "--quiet", f"checksum.{algorithm}"]
    return subprocess.run(command, cwd=transfer / "metadata", capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_originals_are_objects_and_the_tag_files_documentation(seed: str, tmp_path: Path) -> None:
    bag = seed_bag(seed, tmp_path / "bags")
    report = run(bag, tmp_path / "out")
    tree, held = tree_of(report), contents(bag)
    objects = {one.removeprefix("objects/"): text for one, text in tree.items() if one.startswith("objects/")}
    assert objects == {
        one.removeprefix("data/original/"): text for one, text in held.items() if one.startswith("data/original/")
    }
    assert {one.removeprefix(DOCUMENTATION): text for one, text in tree.items() if one.startswith(DOCUMENTATION)} == {
        one: text for one, text in held.items() if not one.startswith("data/")
    }
    assert set(tree) - {one for one in tree if one.startswith(("objects/", DOCUMENTATION))} == {
        "metadata/metadata.csv", "metadata/checksum.sha256", "metadata/premis.xml",
    }  # fmt: skip
    assert checks(Path(report.package), "sha256")
    assert len((tmp_path / "out" / seed / "metadata" / "checksum.sha256").read_text("utf-8").splitlines()) == len(
        objects
    )
    for lost in report.lost:
        assert lost.kept is None or lost.kept in tree, lost


def test_the_table_has_a_line_for_the_whole_and_one_for_each_described_file(tmp_path: Path) -> None:
    tree = tree_of(run(seed_bag("mixed-folder", tmp_path / "bags"), tmp_path / "out"))
    head, *lines = rows(tree)
    assert head[:4] == ["filename", "dc.title", "dc.title", "dc.creator"]
    assert [line[0] for line in lines] == [
        "objects", "objects/windows.png", "objects/رسالة.txt", "objects/letter.eml",
    ]  # fmt: skip
    assert all(len(line) == len(head) for line in lines)
    assert all(line[0] == "objects" or line[0] in tree for line in lines)
    whole = {name: [cell for cell, one in zip(lines[0], head, strict=True) if one == name] for name in head}
    assert whole["dc.title"] == ["Field visit to a school, October 2019", "زيارة ميدانية إلى مدرسة، تشرين الأول 2019"]
    assert "2019-10" in whole["dc.date"]
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in whole["dc.rights"]
    assert "isFormatOf" not in tree["metadata/metadata.csv"].decode("utf-8")


def test_a_changed_object_and_a_lost_one_are_refused(tmp_path: Path) -> None:
    report = run(seed_bag("mixed-folder", tmp_path / "bags"), tmp_path / "out")
    picture = Path(report.package) / "objects" / "windows.png"
    content = picture.read_bytes()
    picture.write_bytes(content[:-1] + b"\0")
    assert not checks(Path(report.package), "sha256")
    picture.unlink()
    assert not checks(Path(report.package), "sha256")
    picture.write_bytes(content)
    assert checks(Path(report.package), "sha256")


def test_a_plain_bag_with_old_digests(tmp_path: Path) -> None:
    make(plant(tmp_path / "src", {"a b.txt": b"a", "deep/100%.txt": b"b"}), tmp_path / "bags", algorithms=["md5"])
    report = run(tmp_path / "bags" / "src", tmp_path / "out")
    assert {"objects/a b.txt", "objects/deep/100%.txt", "metadata/checksum.md5"} <= set(tree_of(report))
    assert checks(Path(report.package), "md5")
    assert rows(tree_of(report)) == [["filename", "dc.title"], ["objects", "src"]]


def test_a_line_break_in_a_name_is_refused(tmp_path: Path) -> None:
    make(plant(tmp_path / "src", {"a\nb.txt": b"a"}), tmp_path / "bags")
    report = run(tmp_path / "bags" / "src", tmp_path / "out")
    assert (report.placed, [one.code for one in report.findings]) == (False, ["FCH-203"])


def test_renditions_and_private_fields_stay_out_and_are_told(tmp_path: Path) -> None:
    bag = seed_bag("press-release", tmp_path / "bags", pdfa="3a")
    with_tag_file(bag, "metadata/restricted/fields.toml", b"a = 1\n")
    report = run(bag, tmp_path / "out")
    assert not [one for one in tree_of(report) if one.endswith((".pdf", "fields.toml"))]
    assert {one.what.partition(":")[0]: one.count for one in report.lost if one.kept is None} == {
        "renditions": 1, "private fields": 1,
    }  # fmt: skip
