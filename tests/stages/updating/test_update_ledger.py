"""The ledger takes a new version as such, and the repository as the next version of the same object."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.audit_projects import Project, some_files, write_bag


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    started = Project(folder, monkeypatch).start()
    write_bag(folder / "bags" / "one", some_files(4))
    (folder / "new.txt").write_text("new\n")
    started.run("holdings", "add", "bags/one")
    return started


def test_a_holding_is_renewed_in_one_step_and_keeps_its_history(project: Project) -> None:
    assert project.run("audit", "--workers", "1")[0] == 0
    code, out, err = project.run("update", "bags/one", "--add", "new.txt", "--quiet")
    assert code == 0, err
    assert "The ledger holds the new version as number 2" in out
    assert "5 files" in project.run("holdings", "list")[1] or "bags/one" in project.run("holdings", "list")[1]
    assert project.run("audit", "verify")[0] == 0
    code, out, _err = project.run("events", "bags/one")
    assert code == 0
    assert "modification" in out
    code, out, err = project.run("audit", "--workers", "1")
    assert code == 0, out + err
    assert project.run("events", "1")[0] == 0
    assert project.run("audit", "verify")[0] == 0
    assert project.run("audit", "status")[0] == 0


def test_a_version_of_a_version(project: Project) -> None:
    for number in range(3):
        code, _out, err = project.run("update", "bags/one", "--bag-info", f"Contact-Name=N{number}", "--quiet")
        assert code == 0, err
    assert project.run("audit", "--workers", "1")[0] == 0
    assert project.run("audit", "verify")[0] == 0
    assert project.run("events", "bags/one")[0] == 0


def test_the_events_are_those_of_all_versions(project: Project, tmp_path: Path) -> None:
    assert project.run("audit", "--workers", "1")[0] == 0
    for number in range(2):
        assert project.run("update", "bags/one", "--bag-info", f"Contact-Name=N{number}", "--quiet")[0] == 0
    code, document = project.json("events", "bags/one")
    assert code == 0
    assert [(one["holding"], one["type"]) for one in document["events"] if one["type"] != "fixity check"] == [
        (1, "accession"), (1, "modification"), (2, "modification"), (2, "modification"), (3, "modification"),
    ]  # fmt: skip
    assert [one["holding"] for one in document["events"] if one["type"] == "fixity check"] == [1]
    text = project.run("events", "bags/one")[1]
    assert "3 versions, holdings 1, 2, 3" in text
    assert "replaces holding 1" in text
    # An older version ends with itself, and a bag without versions has no column for them.
    first = project.run("events", "1")[1]
    assert "versions" not in first
    assert "replaced by holding 2" in first
    record = tmp_path / "events.xml"
    assert project.run("events", "bags/one", "--premis", "--output", str(record))[0] == 0
    code, found = project.json("validate", str(record))
    assert code == 0, found
    assert record.read_text().count("<object ") == 3


def test_the_repository_makes_the_next_version(project: Project) -> None:
    assert project.run("deposit", "bags/one", "ocfl:store")[0] == 0
    assert project.run("update", "bags/one", "--add", "new.txt", "--quiet")[0] == 0
    code, _out, err = project.run("deposit", "bags/one", "ocfl:store")
    assert code == 0, err
    inventories = list((project.folder / "store").rglob("v2/inventory.json"))
    assert len(inventories) == 1
    assert project.run("validate", "store")[0] == 0
