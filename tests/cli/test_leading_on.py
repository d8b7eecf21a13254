"""Each command of a bag's first year ends with the next one: create, holdings add, audit, status."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.cli.test_json_schemas import check
from tests.support.audit_projects import Project

MAKE = ("create", "letter.txt", "--to", "bags", "--plain", "-q")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "letter.txt").write_text("Dear all.\n")
    return Project(folder, monkeypatch)


def next_of(project: Project, *words: str) -> list[str]:
    """The words of the last command that this one names, after it ended well."""
    code, out, err = project.run(*words)
    assert code == 0, err
    last = out.splitlines()[-1]
    assert last.startswith("Next: archive "), out
    return shlex.split(last)[2:]


def test_each_command_names_the_next(project: Project) -> None:
    project.start()
    words = next_of(project, *MAKE)
    assert words == ["holdings", "add", "bags/letter"]
    words = next_of(project, *words)
    assert words == ["audit"]
    words = next_of(project, *words, "-q", "--workers", "1")
    assert words == ["status"]
    assert next_of(project, *words)[0] == "deposit"


def test_outside_a_project_nothing_is_said_of_holdings(project: Project) -> None:
    code, out, _err = project.run(*MAKE)
    assert (code, "holdings" in out) == (0, False)


def test_hold_needs_a_project_before_anything_is_made(project: Project) -> None:
    code, _out, err = project.run(*MAKE, "--hold")
    assert (code, "archive init" in err) == (2, True)
    assert not (project.folder / "bags").exists()


def test_hold_adds_the_bag(project: Project) -> None:
    project.start()
    assert next_of(project, *MAKE, "--hold") == ["audit"]
    (held,) = project.json("holdings", "list")[1]["holdings"]
    assert held["address"] == str(project.folder / "bags" / "letter")
    code, out, _err = project.run(*MAKE, "--hold", "--name", "packed", "--serialize", "zip", "--json")
    assert (code, check(out)["holding"]) == (0, {"state": "added", "number": 2, "problem": None})
    assert project.run(*MAKE, "--hold", "--name", "planned", "--dry-run")[0] == 0
    assert len(project.json("holdings", "list")[1]["holdings"]) == 2


def test_hold_adds_the_bags_of_a_table_also_those_that_are_there(project: Project) -> None:
    project.start()
    (project.folder / "notes.txt").write_text("Notes.\n")
    (project.folder / "bags.csv").write_text("filename,name\nletter.txt,one\nnotes.txt,two\n")
    table = ("create", "--from-csv", "bags.csv", "--to", "bags")
    assert project.run(*table)[0] == 0
    code, out, _err = project.run(*table, "--hold")
    assert (code, out.count("added to the holdings: ")) == (0, 2)
    code, out, _err = project.run(*table, "--hold")
    assert (code, out.count("already a holding: ")) == (0, 2)
    code, out, _err = project.run(*table, "--hold", "--json")
    check(out)


def test_hold_adds_the_bags_of_a_group(project: Project) -> None:
    project.start()
    for number in range(3):
        (project.folder / f"{number}.txt").write_text(f"{number}\n")
    code, out, _err = project.run(
        "create", "0.txt", "1.txt", "2.txt", "--to", "bags", "--name", "group", "--plain", "-q", "--max-files", "1",
        "--hold", "--json",
    )  # fmt: skip
    assert code == 0
    assert [one["holding"]["state"] for one in check(out)["bags"]] == ["added"] * 3


def test_a_bag_that_cannot_be_held_is_kept(project: Project) -> None:
    project.start()
    with (project.folder / "archive.toml").open("a") as file:
        file.write(f'\n[locations.bags]\nroot = "{project.folder}/bags"\n')
    (project.folder / "bags").mkdir()
    assert project.run(*MAKE, "--hold")[0] == 0
    text = (project.folder / "archive.toml").read_text().replace('/bags"', '/bags/deep"')
    (project.folder / "archive.toml").write_text(text.replace("[locations.bags]", "[locations.bags]"))
    code, out, _err = project.run("create", "letter.txt", "--to", "bags/deep", "--plain", "-q", "--hold")
    assert code == 2
    assert "not added to the holdings: " in out
    assert (project.folder / "bags" / "deep" / "letter" / "bagit.txt").exists()
