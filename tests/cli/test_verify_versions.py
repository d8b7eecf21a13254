"""`archive verify` of OCFL objects in a project: a named version is judged as it was then, an object as it is now."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sealing import SealingPlace, sealing_place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealingPlace]:
    with sealing_place(tmp_path / "place", monkeypatch) as made:
        made.start()
        made.sealed()
        assert made.run("holdings", "add", "bag")[0] == 0
        yield made


def deposit(place: SealingPlace, bag: str = "bag") -> Path:
    """Deposit the bag as the next version of the one object; its folder."""
    code, out, err = place.run("deposit", bag, "ocfl:repository", "--identifier", "urn:x:bag", "-q")
    assert code == 0, out + err
    (declaration,) = (place.folder / "repository").rglob("0=ocfl_object_1.*")
    return declaration.parent


def renew(place: SealingPlace) -> None:
    code, out, err = place.run("seal", "--renew", "bag", "--key", "anna.key", "--trust", "trust")
    assert code == 0, out + err


def copied(place: SealingPlace, stored: Path, name: str) -> Path:
    copy = place.folder / name
    shutil.copytree(stored, copy)
    return copy


def exchange(stored: Path, other: Path) -> None:
    shutil.rmtree(stored)
    shutil.copytree(other, stored)


def test_each_version_has_the_seals_that_it_had_then(place: SealingPlace) -> None:
    deposit(place)
    renew(place)
    stored = deposit(place)
    copy = copied(place, stored, "copy")
    (place.folder / "link").symlink_to(stored)
    for found in (stored, copy, Path("link")):
        for version, seals in (("#v1", 1), ("#v2", 2), ("", 2)):
            code, document = place.verify(f"{found}{version}")
            assert (code, document["findings"]) == (0, []), (found, version)
            assert document["ledger"] == {"expected": seals, "found": seals}, (found, version)


def test_a_version_of_before_the_bag_was_held(place: SealingPlace) -> None:
    """Neither version is a holding itself: only the bag in the folder is, with both seals."""
    stored = deposit(place)
    renew(place)
    assert place.codes(str(copied(place, stored, "copy")) + "#v1") == (0, [])
    deposit(place)
    for version in ("#v1", "#v2"):
        assert place.run("holdings", "retire", f"{stored}{version}")[0] == 0
        assert place.codes(f"{stored}{version}") == (0, []), version
    assert place.codes(str(stored)) == (0, [])


def test_an_object_that_went_back_to_an_older_version(place: SealingPlace) -> None:
    stored = deposit(place)
    old = copied(place, stored, "old")
    renew(place)
    deposit(place)
    assert place.codes(str(old)) == (1, ["SEAL-102"]), "a copy that is shown as the object of now"
    exchange(stored, old)
    (place.folder / "link").symlink_to(stored)
    assert place.codes(str(stored)) == (1, ["SEAL-102"])
    assert place.codes("link") == (1, ["SEAL-102"])
    assert place.codes(f"{stored}#v1") == (0, [])
    assert place.run("verify", f"{stored}#v2", "--trust", "trust")[0] == 10


def test_an_object_that_went_back_to_another_bag(place: SealingPlace) -> None:
    """The old version is sealed, held and whole in itself, with other tag manifests than the new one."""
    stored = deposit(place)
    old = copied(place, stored, "old")
    place.bag("new/bag", {"a.txt": b"another content"})
    assert place.seal("new/bag")[0] == 0
    deposit(place, "new/bag")
    assert place.codes(str(stored)) == (0, [])
    exchange(stored, old)
    assert place.codes(str(stored)) == (1, ["SEAL-103"])
    assert place.codes(f"{stored}#v1") == (0, [])


def test_a_version_that_the_ledger_does_not_know_yet(place: SealingPlace) -> None:
    """The object has gone on, elsewhere: its newest version is judged as a copy, by its tag manifests."""
    stored = deposit(place)
    place.bag("new/bag", {"a.txt": b"another content"})
    assert place.seal("new/bag")[0] == 0
    deposit(place, "new/bag")
    assert place.run("holdings", "retire", f"{stored}#v2")[0] == 0
    assert place.codes(str(stored)) == (0, [])


def test_a_version_of_before_its_seal_was_complete(place: SealingPlace) -> None:
    """It had no stamps then; that the bag has them now makes it neither complete nor damaged."""
    assert place.run("seal", "bag", "--key", "anna.key", "--trust", "trust", "--offline")[0] == 4
    stored = deposit(place)
    assert place.run("seal", "--complete", "bag", "--trust", "trust")[0] == 0
    deposit(place)
    copy = copied(place, stored, "copy")
    for found in (stored, copy):
        assert place.codes(f"{found}#v1") == (4, ["SEAL-120"])
        assert place.codes(f"{found}#v2") == (0, [])
        assert place.codes(str(found)) == (0, [])


def test_an_older_version_without_any_seal(place: SealingPlace) -> None:
    place.bag("plain")
    assert place.run("holdings", "add", "plain")[0] == 0
    stored = deposit(place, "plain")
    assert place.seal("plain")[0] == 0
    deposit(place, "plain")
    copy = copied(place, stored, "copy")
    assert place.codes(f"{copy}#v1") == (1, ["SEAL-101"])
    assert place.codes(f"{copy}#v2") == (0, [])
