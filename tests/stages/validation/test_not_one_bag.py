"""What holds several bags, or is a part of one, is not a bag: it is named so, and nothing is called damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.bags.contents import open_bag
from archive.errors import NotABagError
from archive.stages.validation import validate
from tests.support.bag_drafts import draft, write_folder


@pytest.fixture
def bags(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        write_folder(draft({b"data/a.txt": name.encode("ascii")}), tmp_path / "bags" / name)
    return tmp_path / "bags"


@pytest.mark.parametrize("form", ["zip", "tar", "gztar"])
def test_an_archive_of_two_bags(form: str, bags: Path) -> None:
    archive = shutil.make_archive(str(bags.parent / "both"), form, bags)
    with pytest.raises(NotABagError, match="this archive is not a bag; it holds 2 bags"):
        validate(archive)
    with pytest.raises(NotABagError, match="holds 2 bags"), open_bag(archive):
        pass


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_bags_deeper_down_are_found(levels: int, bags: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bags.parent)
    top = bags.parent / "top"
    shutil.move(bags, top.joinpath(*"abc"[:levels]))
    with pytest.raises(NotABagError, match="this folder is not a bag; it holds 2 bags") as caught:
        validate("top")
    assert caught.value.remedy is not None
    assert caught.value.remedy.endswith(f"top/{'/'.join('abc'[:levels])}/two")
    archive = shutil.make_archive("packed", "zip", ".", "top")
    with pytest.raises(NotABagError, match="this archive is not a bag; it holds 2 bags"):
        validate(archive)


def test_a_bag_that_lost_its_declaration_and_holds_another_is_judged(bags: Path) -> None:
    (bags / "one" / "bagit.txt").unlink()
    shutil.move(bags / "two", bags / "one" / "metadata")
    for subject in (bags / "one", shutil.make_archive(str(bags.parent / "one"), "zip", bags, "one")):
        assert "BAG-101" in {one.code for one in validate(str(subject)).errors}


def test_a_bag_and_a_stray_file_are_still_judged(bags: Path) -> None:
    shutil.rmtree(bags / "two")
    (bags / "stray.txt").write_text("x")
    report = validate(shutil.make_archive(str(bags.parent / "stray"), "zip", bags))
    assert (report.verdict, {one.code for one in report.errors}) == ("invalid", {"BAG-514"})


@pytest.mark.parametrize("inside", ["bagit.txt", "manifest-sha512.txt", "data/a.txt", "data"])
def test_a_part_of_a_bag_leads_to_the_bag(inside: str, bags: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bags)
    with pytest.raises(NotABagError, match="a part of one") as caught:
        validate(f"one/{inside}")
    assert caught.value.remedy == "Run: archive validate one"
