"""The same bags, asked of bagit and bdbag: where they agree with us, and where they are known not to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest
from bdbag import bdbag_api

from archive.model.finding import Outcome
from archive.stages.validation import validate
from tests.support.bag_drafts import Files, draft, edit, write_folder, write_zip

logging.getLogger("bagit").setLevel(logging.CRITICAL)
logging.getLogger("bdbag").setLevel(logging.CRITICAL)


def without(path: bytes) -> Files:
    files = draft()
    del files[path]
    return files


AGREED: dict[str, tuple[bool, Callable[[], Files]]] = {
    "right": (True, draft),
    "0.97": (True, lambda: draft(version="0.97")),
    "many-names": (True, lambda: draft({b"data/a b": b"1", "data/بيان".encode(): b"2", b"data/d/e/f": b"3"})),
    "changed": (False, lambda: {**draft(), b"data/a.txt": b"FIRST\n"}),
    "missing": (False, lambda: without(b"data/a.txt")),
    "added": (False, lambda: {**draft(), b"data/new": b"x"}),
    "tag-file-changed": (False, lambda: {**draft(), b"bag-info.txt": b"X: y\n"}),
    "no-declaration": (False, lambda: without(b"bagit.txt")),
}


@pytest.mark.parametrize("name", AGREED)
def test_bagit_bdbag_and_we_agree(name: str, tmp_path: Path) -> None:
    valid, make = AGREED[name]
    bag = write_folder(make(), tmp_path / "bag")
    assert (validate(str(bag)).outcome is Outcome.INTACT) is valid
    try:
        theirs = bagit.Bag(str(bag)).is_valid()
    except bagit.BagError:
        theirs = False
    assert theirs is valid
    try:
        bdbag_api.validate_bag(str(bag), fast=False, config_file=str(tmp_path / "bdbag.json"))
        theirs = True
    except (bagit.BagError, RuntimeError):
        theirs = False
    assert theirs is valid


def test_a_bag_that_bagit_made_is_valid(tmp_path: Path) -> None:
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag/one file.txt").write_text("content")
    (tmp_path / "bag/100%.txt").write_text("content")
    bagit.make_bag(str(tmp_path / "bag"), {"Contact-Name": "Somebody"}, checksums=["sha256", "sha512"])
    assert validate(str(tmp_path / "bag")).verdict == "valid"


def test_a_bag_that_bdbag_made_is_valid_also_packed(tmp_path: Path) -> None:
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag/one.txt").write_text("content")
    bdbag_api.make_bag(str(tmp_path / "bag"), algs=["sha256", "sha512"], config_file=str(tmp_path / "bdbag.json"))
    assert validate(str(tmp_path / "bag")).verdict == "valid"
    for kind in ("zip", "tar", "tgz"):
        packed = bdbag_api.archive_bag(str(tmp_path / "bag"), kind, config_file=str(tmp_path / "bdbag.json"))
        assert validate(packed).verdict == "valid", kind


def test_agreement_adds_nothing(tmp_path: Path) -> None:
    bag = write_folder(draft(), tmp_path / "bag")
    assert validate(str(bag), cross_check=True).findings == ()
    (bag / "data/a.txt").write_bytes(b"FIRST\n")
    assert {f.code for f in validate(str(bag), cross_check=True).findings} == {"BAG-301"}


@pytest.mark.parametrize(
    ("make", "theirs"),
    [
        (lambda: edit(b"manifest-sha512.txt", lambda data: data.splitlines(keepends=True)[0]), "valid"),
        (lambda: draft({b"data/%25": b"x"}), "invalid"),
    ],
)
def test_each_disagreement_is_named(make: Callable[[], Files], theirs: str, tmp_path: Path) -> None:
    bag = write_folder(make(), tmp_path / "bag")
    (finding,) = [f for f in validate(str(bag), cross_check=True).findings if f.code == "BAG-701"]
    assert finding.facts["theirs"] == theirs
    assert finding.facts["ours"] == ("invalid" if theirs == "valid" else "valid")


def test_the_library_is_not_asked_about_what_would_make_it_wait(tmp_path: Path) -> None:
    bag = write_folder(draft(), tmp_path / "bag")
    (bag / "data/link").symlink_to("/")
    assert "BAG-702" in {f.code for f in validate(str(bag), cross_check=True).findings}
    packed = write_zip(draft(), tmp_path / "bag.zip")
    report = validate(str(packed), cross_check=True)
    assert (report.outcome, [f.code for f in report.findings]) == (Outcome.NOT_CHECKED, ["BAG-702"])
