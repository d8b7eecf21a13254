"""One bag by two paths is one copy: whatever the spelling, the link or the mount, it is refused or not counted."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.cli.app import run
from archive.ledger.book import ledger_address, open_ledger
from archive.model.audit import Container, Holding, count_copies, same_identity
from archive.stages.auditing.locations import bag_identity
from tests.support.deposit_bags import write_bag


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    write_bag(tmp_path / "vault" / "one", {"a.txt": b"a\n"})
    assert run(["init"]) == 0
    assert run(["holdings", "add", "vault/one"]) == 0
    return tmp_path


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["holdings", "list", "--json"]) == 0
    holdings: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["holdings"]
    return holdings


def second_paths(project: Path) -> list[str]:
    (project / "mirror").symlink_to("vault")
    (project / "direct").symlink_to("vault/one")
    (project / "deep").mkdir()
    (project / "deep" / "er").symlink_to("..", target_is_directory=True)
    return ["mirror/one", "direct", "deep/er/vault/one", "vault/../mirror/./one/", "vault//one", "vault/one/"]


def test_no_second_path_makes_a_copy(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in second_paths(project):
        assert run(["holdings", "add", path]) == 2, path
    assert [one["copies"] for one in listed(capsys)] == [0]


def test_a_real_copy_counts_and_a_move_onto_another_copy_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree("vault/one", "second/one")
    (project / "link").symlink_to("second")
    assert run(["holdings", "add", "second/one"]) == 0
    assert [one["copies"] for one in listed(capsys)] == [1, 1]
    assert run(["holdings", "move", "vault/one", "link/one"]) == 2
    (project / "mirror").symlink_to("vault")
    assert run(["holdings", "move", str(project / "vault" / "one"), "mirror/one"]) == 0
    assert [one["copies"] for one in listed(capsys)] == [1, 1]


def test_a_hard_link_of_an_archive_is_the_same_copy(project: Path) -> None:
    from archive.model.build import NO_PROGRESS
    from archive.storage.packing import pack

    pack("vault/one", "one", "one.zip", "zip", modified=315532800, progress=NO_PROGRESS)
    os.link("one.zip", "again.zip")
    os.symlink("one.zip", "linked.zip")
    assert run(["holdings", "add", "one.zip"]) == 0
    assert run(["holdings", "add", "again.zip"]) == 2
    assert run(["holdings", "add", "linked.zip"]) == 2


def test_an_older_ledger_learns_the_identity_when_it_is_needed(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.config import load_settings

    (project / "mirror").symlink_to("vault")
    monkeypatch.setattr("archive.stages.auditing.holdings._refuse_second_path", lambda *_, **__: None)
    assert run(["holdings", "add", "mirror/one"]) == 0
    monkeypatch.undo()
    monkeypatch.chdir(project)
    assert [one["copies"] for one in listed(capsys)] == [0, 0], "another path is not a copy"
    ledger = open_ledger(ledger_address(load_settings()))
    ledger.backend.run("UPDATE holdings SET identity = NULL")
    ledger.close()
    (project / "third").symlink_to("vault")
    assert run(["holdings", "add", "third/one"]) == 2


def test_a_bag_is_not_repaired_from_itself(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "mirror").symlink_to("vault")
    (project / "vault" / "one" / "data" / "a.txt").write_text("damaged\n")
    assert run(["repair", "vault/one", "--from", "mirror/one", "--yes"]) == 2
    assert "itself" in capsys.readouterr().err


def test_identities_in_buckets() -> None:
    one = bag_identity("s3://vault/a/bag", {})
    assert same_identity(one, bag_identity("s3://vault/a/bag/", {}))
    assert not same_identity(one, bag_identity("s3://vault/b/bag", {}))
    assert not same_identity(one, bag_identity("s3://vault/a/bag", {"endpoint": "https://other.example"}))
    assert not same_identity("", "")


def test_copies_are_counted_by_place() -> None:
    def held(number: int, place: str, identity: str, retired: int | None = None) -> Holding:
        return Holding(number, "l", "/r", place, "bag", Container.FOLDER, "d", 1, 1, 0, retired, None, identity)

    first, twin, far = held(1, "a", "1:2:aa"), held(2, "b", "1:2:bb"), held(3, "c", "1:3:cc")
    assert count_copies([first, twin, far]) == {1: 1, 2: 1, 3: 1}
    assert count_copies([first, held(4, "d", "", 5)]) == {1: 0, 4: 1}
    assert count_copies([first, held(5, "e", "9:9:aa")]) == {1: 0, 5: 0}
