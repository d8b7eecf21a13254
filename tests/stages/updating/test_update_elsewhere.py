"""Updates of bags that other parts of the program know: in a PostgreSQL ledger, sealed, in OCFL, with a fetch.txt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.audit_projects import Project, some_files, write_bag
from tests.support.needing import needs
from tests.support.postgres import Postgres, start_postgres
from tests.support.sealing import SealingPlace, sealing_place


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with start_postgres() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealingPlace]:
    with sealing_place(tmp_path / "place", monkeypatch) as made:
        yield made


@needs("postgresql")
def test_a_ledger_in_postgresql_takes_the_new_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Postgres
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(folder, monkeypatch).start(server.url())
    write_bag(folder / "bags" / "one", some_files(4))
    (folder / "new.txt").write_text("new\n")
    assert project.run("holdings", "add", "bags/one")[0] == 0
    for number, words in enumerate((("--add", "new.txt"), ("--remove", "new.txt")), 2):
        code, out, err = project.run("update", "bags/one", *words, "--quiet")
        assert code == 0, err
        assert f"The ledger holds the new version as number {number}" in out
    code, document = project.audit()
    assert code == 0, document
    assert project.run("audit", "verify")[0] == 0
    _code, document = project.json("events", "bags/one")
    assert [one["type"] for one in document["events"]].count("modification") == 4


def test_the_new_version_of_a_sealed_holding_is_expected_without_the_old_seal(place: SealingPlace) -> None:
    place.start()
    bag = place.sealed("bag")
    assert place.run("holdings", "add", "bag")[0] == 0
    (place.folder / "new.txt").write_text("new\n")
    code, out, err = place.run("update", "bag", "--add", "new.txt", "--quiet")
    assert code == 0, err
    assert "needs its own: archive seal" in out
    assert not (bag / "seal").exists()
    code, document = place.audit()
    assert code == 0, document
    code, out, err = place.seal("bag")
    assert code == 0, out + err
    assert place.verify("bag")[0] == 0
    assert place.run("audit", "verify")[0] == 0
    # The old version keeps its seal, which still proves it.
    assert place.verify("old-versions/bag.v1")[0] == 0


@pytest.mark.parametrize("named", ["object", "version", "root"])
def test_an_ocfl_object_is_never_updated_in_place(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path, monkeypatch).start()
    write_bag(tmp_path / "one", some_files(2))
    assert project.run("deposit", "one", "ocfl:store")[0] == 0
    (found,) = (path.parent.parent for path in (tmp_path / "store").rglob("v1/inventory.json"))
    address = {"object": str(found), "version": f"{found}#v1", "root": "store"}[named]
    before = {path: path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file()}
    code, _out, err = project.run("update", address, "--remove", "d1/file-00001.bin")
    assert code == 2
    assert "an OCFL object is never changed in place" in err
    assert "archive retrieve" in err
    assert {path: path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file()} == before


def holey_bag(folder: Path) -> Path:
    """A valid bag whose fetch.txt names one of its files, which is there."""
    write_bag(folder, {"near.txt": b"near\n", "far.txt": b"far\n"})
    (folder / "fetch.txt").write_text("https://example.org/far.txt 4 data/far.txt\n")
    for path in folder.glob("tagmanifest-*"):
        algorithm = path.stem.partition("-")[2]
        digest = hashlib.new(algorithm, (folder / "fetch.txt").read_bytes()).hexdigest()
        path.write_text(path.read_text() + f"{digest}  fetch.txt\n")
    return folder


def test_a_holey_bag_is_fetched_first_and_then_needs_no_fetch_txt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path, monkeypatch)
    bag = holey_bag(tmp_path / "bag")
    content = (bag / "data" / "far.txt").read_bytes()
    (bag / "data" / "far.txt").unlink()
    for words in (("--remove", "near.txt"), ("--accept-changes",)):
        code, out, _err = project.run("update", "bag", *words)
        assert code == 4, out
        assert "archive fetch BAG" in out
        assert "--accept-changes" not in out
    assert (bag / "fetch.txt").exists()
    (bag / "data" / "far.txt").write_bytes(content)
    code, out, err = project.run("update", "bag", "--remove", "near.txt", "--discard-old")
    assert code == 0, out + err
    assert not (bag / "fetch.txt").exists()
    assert project.run("validate", "bag")[0] == 0
