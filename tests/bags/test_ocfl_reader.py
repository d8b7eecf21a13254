"""A bag in a version of an OCFL object: the same bag as in a folder, for every verb that reads one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from archive.bags.contents import open_bag
from archive.bags.opening import names_version, object_version
from archive.bags.reader import Request, no_beat
from archive.errors import FormatError, NotFoundError
from archive.model.finding import Outcome
from archive.stages.showing.subjects import read_subject
from archive.stages.validation import validate
from tests.support.making import archive, make, plant

FILES = {"one.txt": b"one", "two/two.txt": b"two", "two/again.txt": b"one"}


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """An OCFL object whose first version is a bag of `FILES`, and whose second is that bag with one more file."""
    for number, more in enumerate(({}, {"three.txt": b"three"})):
        source = plant(tmp_path / str(number) / "bag", {**FILES, **more})
        make(source, to=tmp_path / f"bags{number}")
        words = ("deposit", f"bags{number}/bag", "ocfl:root", "--identifier", "urn:example:bag")
        done = archive(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    (declaration,) = (tmp_path / "root").rglob("0=ocfl_object_1.1")
    return declaration.parent


def content_of(stored: Path, version: str, path: str) -> Path:
    return stored / version / "content" / path


def test_each_version_is_the_bag_that_was_deposited(stored: Path, tmp_path: Path) -> None:
    for number, address in ((0, f"{stored}#v1"), (1, f"{stored}#v2"), (1, str(stored))):
        folder = tmp_path / f"bags{number}" / "bag"
        with open_bag(address) as version, open_bag(str(folder)) as bag:
            assert version.listed() == bag.listed()
            walked, expected = (
                {
                    (path, size)
                    for batch in one.reader.walk((), ())
                    for path, size in zip(batch.paths(), batch.sizes, strict=True)
                }
                for one in (version, bag)
            )
            assert walked == expected
            for path, _size in expected:
                assert b"".join(version.reader.stream(path)) == (folder / os.fsdecode(path)).read_bytes()


def test_it_is_validated_shown_and_deposited_as_a_bag(stored: Path, tmp_path: Path) -> None:
    report = validate(f"{stored}#v1")
    assert (report.verdict, report.facts["files"], report.facts["serialization"]) == ("valid", 3, "OCFL version")
    assert validate(f"{stored}#v2").facts["files"] == 4
    assert len(read_subject(f"{stored}#v1").files) == 3
    done = archive("deposit", f"{stored}#v1", "dir:far", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (copy,) = (tmp_path / "far").iterdir()
    assert validate(str(copy)).verdict == "valid"
    assert (copy / "data/two/again.txt").read_bytes() == b"one"


def test_a_changed_byte_is_damage_also_where_only_the_inventory_knows(stored: Path) -> None:
    path = content_of(stored, "v1", "data/one.txt")
    path.write_bytes(b"onE")
    report = validate(f"{stored}#v2")
    assert report.outcome is Outcome.DAMAGED
    assert {"data/one.txt", "data/two/again.txt"} <= {one.subject for one in report.findings}
    with open_bag(str(stored)) as bag:
        ((_request, reading),) = bag.reader.digest([Request(b"data/one.txt", 3, ("md5",))], no_beat)
    assert reading.packed is None
    assert "inventory records" in (reading.broken or "")


@pytest.mark.parametrize("harm", ["lost", "a link", "a folder", "cut"])
def test_content_that_is_not_what_it_was_is_damage(harm: str, stored: Path, tmp_path: Path) -> None:
    path = content_of(stored, "v2", "data/three.txt")
    path.unlink()
    if harm == "a link":
        path.symlink_to(tmp_path / "1/bag/three.txt")
    elif harm == "a folder":
        path.mkdir()
    elif harm == "cut":
        path.write_bytes(b"thr")
    assert validate(f"{stored}#v2").outcome is Outcome.DAMAGED
    assert validate(f"{stored}#v1").outcome is Outcome.INTACT


def test_a_version_that_is_not_there_and_a_broken_inventory_end_in_words(stored: Path) -> None:
    with pytest.raises(NotFoundError, match="it has v1, v2"):
        validate(f"{stored}#v3")
    inventory = json.loads((stored / "inventory.json").read_text("utf-8"))
    del inventory["versions"]["v1"]["created"]
    (stored / "inventory.json").write_text(json.dumps(inventory))
    with pytest.raises(FormatError, match="breaks a rule of OCFL"):
        validate(f"{stored}#v1")
    (stored / "inventory.json").write_bytes(b"{")
    with pytest.raises(FormatError), open_bag(str(stored)):
        pass


def test_a_name_that_leads_away_is_never_opened(stored: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    inventory = json.loads((stored / "inventory.json").read_text("utf-8"))
    for digest, paths in inventory["manifest"].items():
        if paths == ["v2/content/data/three.txt"]:
            inventory["manifest"][digest] = ["v2/content/../../../secret"]
    (stored / "inventory.json").write_text(json.dumps(inventory))
    try:
        report = validate(f"{stored}#v2")
    except FormatError:
        return
    assert report.outcome is not Outcome.INTACT


def test_only_the_folder_of_an_object_has_versions(stored: Path, tmp_path: Path) -> None:
    assert object_version(f"{stored}#v1") == (str(stored), "v1")
    assert object_version(str(stored)) == (str(stored), None)
    assert object_version(str(tmp_path / "bags0/bag")) is None
    assert not names_version(str(stored))
    assert not names_version(f"{tmp_path}/bags0/bag#v1")
    named = plant(tmp_path / "bag#v1", {"a": b""})
    assert object_version(str(named)) is None
