"""A table of bags: a row a bag, one summary, continued after a stop, the gravest exit code."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from archive.cli.app import run
from archive.resources import metadata_path
from tests.support.making import plant

TABLE = "source,name,dc.title,dc.creator,archival.reference\none,first,Title one,A,XX 1\ntwo,,Title two,,\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    plant(tmp_path / "one", {"a.csv": b"a,b\n", "sub/b.csv": b"1\n"})
    plant(tmp_path / "two", {"c.csv": b"c\n"})
    (tmp_path / "bags.csv").write_text(TABLE, "utf-8")
    return tmp_path


def create(*more: str) -> int:
    return run(["create", "--from-csv", "bags.csv", "--to", "bags", "--pdfa", "none", "--quiet", *more])


def test_each_row_makes_a_bag_and_a_second_run_makes_none(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert create() == 0
    assert sorted(path.name for path in (project / "bags").iterdir()) == ["first", "two"]
    text = (project / "bags" / "first" / "metadata" / "descriptive" / "dcterms.xml").read_text("utf-8")
    assert ">Title one<" in text
    assert (project / "bags" / "first" / "metadata" / "descriptive" / "ead.xml").exists()
    before = {path: path.stat().st_mtime_ns for path in (project / "bags").rglob("*")}
    capsys.readouterr()
    assert create() == 0
    assert capsys.readouterr().out.startswith("2 already there")
    assert {path: path.stat().st_mtime_ns for path in (project / "bags").rglob("*")} == before


def test_a_run_that_was_stopped_continues(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "bags.csv").write_text("".join(TABLE.splitlines(keepends=True)[:2]), "utf-8")
    assert create() == 0
    (project / "bags.csv").write_text(TABLE, "utf-8")
    capsys.readouterr()
    assert create() == 0
    assert capsys.readouterr().out.startswith("1 made; 1 already there")


@pytest.mark.parametrize("change", ["file", "description"])
def test_a_bag_that_differs_is_not_passed_over(project: Path, change: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert create() == 0
    if change == "file":
        (project / "one" / "a.csv").write_bytes(b"x,y\n")
    else:
        (project / "bags.csv").write_text(TABLE.replace("Title one", "Another"), "utf-8")
    capsys.readouterr()
    assert create() == 2
    assert capsys.readouterr().out.startswith("1 already there; 1 changed since the bag was made")


def test_one_bad_row_does_not_stop_the_others(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "bags.csv").write_text(TABLE + "missing,third,T,,\n", "utf-8")
    assert create("--json") == 10
    document = json.loads(capsys.readouterr().out)
    schemas = [
        json.loads(metadata_path("reports", name).read_text("utf-8"))
        for name in ("archive.creation-1.json", "archive.creations-1.json")
    ]
    registry: Registry[object] = Registry().with_resources(
        [(one["$id"], Resource.from_contents(one)) for one in schemas]
    )
    jsonschema.Draft202012Validator(schemas[1], registry=registry).validate(document)
    assert [one["state"] for one in document["bags"]] == ["made", "made", "failed"]
    assert document["counts"] == {"made": 2, "planned": 0, "already": 0, "changed": 0, "refused": 0, "failed": 1}


def test_a_dry_run_makes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert create("--dry-run") == 0
    assert not (project / "bags").exists()
    assert capsys.readouterr().out.startswith("2 would be made")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("name,dc.title\nx,y\n", "first column"),
        ("source,name\none,same\ntwo,same\n", "same name"),
        ("source,archival.level\none,box\n", "line 2"),
        ("source,name\n", "no rows"),
        ("source\none,two,three\n", "cells"),
        ("source,name\n,x\n", "no source"),
    ],
)
def test_a_wrong_table_makes_nothing(project: Path, table: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "bags.csv").write_text(table, "utf-8")
    assert create() in (1, 2)
    assert said in capsys.readouterr().err
    assert not (project / "bags").exists()


def test_sources_and_a_table_exclude_each_other(project: Path) -> None:
    assert run(["create", "one", "--from-csv", "bags.csv", "--to", "bags"]) == 2
    assert run(["create", "--from-csv", "bags.csv"]) == 2
    assert run(["create", "--to", "bags"]) == 2
    assert run(["create", "--from-csv", "none.csv", "--to", "bags"]) == 10


def test_semicolons_are_read_too(project: Path) -> None:
    (project / "bags.csv").write_text(TABLE.replace(",", ";"), "utf-8-sig")
    assert create() == 0
    assert (project / "bags" / "first").is_dir()


@pytest.mark.parametrize(
    "options",
    [
        ("--exclude", "*.log"),
        ("--keep-junk",),
        ("--links", "follow"),
        ("--serialize", "zip"),
    ],
)
def test_a_second_run_takes_the_same_files_as_the_first(
    project: Path, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    plant(project / "one", {"run.log": b"noise", "Thumbs.db": b"junk", "~$a.docx": b"lock"})
    plant(project / "elsewhere", {"d.csv": b"d\n"})
    if "follow" in options:
        (project / "one" / "linked").symlink_to(project / "elsewhere")
    (project / "two" / "description.toml").write_text('title = "Two"\n', "utf-8")
    (project / "bags.csv").write_text("source,name,dc.title\none,first,Title one\ntwo,,\n", "utf-8")
    assert create(*options) == 0
    capsys.readouterr()
    assert create(*options) == 0
    assert capsys.readouterr().out.startswith("2 already there")
    (project / "two" / "description.toml").write_text('title = "Another"\n', "utf-8")
    capsys.readouterr()
    assert create(*options) == 2
    assert capsys.readouterr().out.startswith("1 already there; 1 changed since the bag was made")


def test_what_is_private_is_compared_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'title = "Two"\ncreator = { value = "A witness", private = true }\n'
    (project / "two" / "description.toml").write_text(text, "utf-8")
    (project / "bags.csv").write_text("source\ntwo\n", "utf-8")
    assert create() == 0
    capsys.readouterr()
    assert create() == 0
    assert capsys.readouterr().out.startswith("1 already there")
    (project / "two" / "description.toml").write_text(text.replace("witness", "person"), "utf-8")
    assert create() == 2
