"""`archive places`: what is where, and whether it answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.audit_projects import Project, some_files, write_bag
from tests.support.trusting import trust


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "project").mkdir()
    started = Project(tmp_path / "project", monkeypatch).start()
    with (started.folder / "archive.toml").open("a") as file:
        file.write(f'\n[places.vault]\nurl = "dir:{tmp_path / "vault"}"\n')
    trust(started.folder)
    return started


def test_places_are_shown_with_what_is_due(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bags" / "letters", some_files(4))
    project.run("holdings", "add", str(bag))
    code, document = project.json("places")
    assert code == 0
    vault, bags = document["places"]
    assert (vault["name"], vault["kind"], vault["audience"], vault["in_ledger"]) == ("vault", "dir", "ourselves", False)
    assert (bags["name"], bags["audience"], bags["holdings"]) == (str(tmp_path / "bags"), None, 1)
    assert bags["overdue_files"] == bags["never_checked_files"] == bags["files"]
    project.audit()
    after = project.json("places")[1]["places"][1]
    assert (after["overdue_files"], after["next_check"] is not None) == (0, True)
    out = project.run("places")[1]
    assert "vault: dir:" in out
    assert f"{bags['files']} files overdue" not in out


def test_a_place_that_does_not_answer_ends_with_4_and_is_noted(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bags" / "letters", some_files(4))
    project.run("holdings", "add", str(bag))
    code, document = project.json("places", "--test", str(tmp_path / "bags"))
    assert (code, document["places"][0]["test"]["reached"]) == (0, True)
    (tmp_path / "bags").rename(tmp_path / "unplugged")
    code, document = project.json("places", "--test", str(tmp_path / "bags"))
    (place,) = document["places"]
    assert (code, place["test"]["reached"]) == (4, False)
    assert place["away_since"] is not None
    assert "not reached: " in project.run("places", "--test")[1]
    (tmp_path / "unplugged").rename(tmp_path / "bags")
    assert project.json("places", "--test", str(tmp_path / "bags"))[1]["places"][0]["away_since"] is None


def test_without_a_ledger_the_places_of_the_settings_are_shown(project: Project, tmp_path: Path) -> None:
    (project.folder / "ledger.sqlite3").unlink()
    (tmp_path / "vault" / "old").mkdir(parents=True)
    code, document = project.json("places", "--test")
    assert (code, [one["name"] for one in document["places"]]) == (0, ["vault"])
    assert document["places"][0]["test"] == {"reached": True, "words": None, "remedy": None}


def test_a_name_that_is_no_place_is_not_found(project: Project) -> None:
    assert project.run("places", "nowhere")[0] == 10
    assert project.run("places", "--test", "--", "--test")[0] == 10
