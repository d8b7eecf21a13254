"""Many bags in one command: a package each or one of all; a bad bag does not stop the rest; a rerun does nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import archive
from archive.errors import UsageError
from archive.model.imported import ImportReport
from archive.stages.exporting import exporting
from archive.stages.exporting.formats import FORMATS
from archive.stages.exporting.many import NAME
from tests.cli.test_json_schemas import validator_of
from tests.support.audit_projects import Project
from tests.support.exporting import SEEDS, seed_bag, with_tag_file
from tests.support.making import contents, make, plant, snapshot
from tests.support.saf_reader import read_item


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("one", "two", "bad"):
        make(plant(folder / "src" / name, {"a.txt": name.encode(), "deep/b c.txt": b"b"}), folder / "bags")
    (folder / "bags" / "bad" / "data" / "a.txt").write_bytes(b"dab")
    (folder / "list").write_text("bags/one\nbags/bad\nbags/none\nbags/two\n")
    return Project(folder, monkeypatch)


def exports(project: Project, *words: str) -> tuple[int, dict[str, Any]]:
    code, document = project.json("export", *words)
    validator_of("archive.exports-1").validate(document)
    assert document["exit_code"] == code
    return code, document


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("zipped", [(), ("--zip",)])
def test_one_bad_bag_does_not_stop_the_rest_and_a_rerun_does_nothing(
    kind: str, zipped: tuple[str, ...], project: Project
) -> None:
    words = ("@list", "--as", kind, "--to", "out", *zipped)
    code, document = exports(project, *words)
    assert code == 1
    placed = {one["bag"]: one["placed"] for one in document["exports"]}
    assert placed == {"bags/one": True, "bags/bad": False, "bags/two": True}
    assert [(one["bag"], one["kind"]) for one in document["failures"]] == [("bags/none", "NotFoundError")]
    before = snapshot(project.folder / "out")
    (project.folder / "list").write_text("bags/one\nbags/two\n")
    code, again = exports(project, *words)
    assert (code, again["failures"]) == (0, [])
    assert [(one["already"], one["placed"]) for one in again["exports"]] == [(True, True)] * 2
    done = {one["bag"]: (one["files"], one["bytes"], one["lost"]) for one in document["exports"] if one["placed"]}
    assert done == {one["bag"]: (one["files"], one["bytes"], one["lost"]) for one in again["exports"]}
    assert snapshot(project.folder / "out") == before


def test_the_text_sums_up(project: Project) -> None:
    code, out, err = project.run("export", "@list", "--as", "archivematica", "--to", "out")
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[-1] == "4 bags: 2 exported, 1 failed, 1 refused".replace(
        "2 exported, 1 failed", "2 exported, 1 failed"
    )
    assert {"out/one", "out/two"} <= set(lines)
    assert any(line.startswith("not exported: bags/bad (") for line in lines)
    assert any(line.startswith("not exported: bags/none: ") for line in lines)
    code, out, _ = project.run("export", "bags/one", "bags/two", "--as", "bag", "--to", "out", "--dry-run", "--zip")
    assert (code, out.splitlines()[-1]) == (0, "2 bags: 2 would be exported")
    assert not list((project.folder / "out").glob("*.zip"))


@pytest.mark.parametrize("kind", ["rocrate", "eark-aip", "dspace-saf", "datacite"])
def test_what_is_there_and_differs_is_never_taken_for_the_package(kind: str, project: Project) -> None:
    words = ("export", "bags/one", "--as", kind, "--to", "out")
    _, report = project.json(*words)
    package = project.folder / report["package"]
    assert project.json(*words)[1]["already"] is True
    payload = {b"one", b"b"}
    for victim in (path for path in package.rglob("*") if path.is_file() and path.read_bytes() not in payload):
        content = victim.read_bytes()
        victim.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        assert project.run(*words)[0] == 2, victim
        victim.write_bytes(content)
    assert project.json(*words)[1]["already"] is True
    (package / "more.txt").write_text("more")
    assert project.run(*words)[0] == 2
    (package / "more.txt").unlink()
    victim.unlink()
    assert project.run(*words)[0] == 2


def test_a_changed_bag_is_another_package_and_its_own_place_is_none(project: Project) -> None:
    words = ("export", "bags/one", "--as", "bag", "--to", "out")
    assert project.run(*words)[0] == 0
    assert project.run("export", "bags/one", "--as", "bag", "--to", "bags")[0] == 2
    with_tag_file(project.folder / "bags" / "one", "notes.txt", b"x")
    assert project.run(*words)[0] == 2


def test_a_package_that_may_not_be_given_any_more_is_told(project: Project) -> None:
    source = plant(project.folder / "closing", {"a.txt": b"a", "description.toml": b'title = "A"\n'})
    project.run("create", str(source), "--to", "bags", "--pdfa", "none", "-q")
    words = ("export", "bags/closing", "--as", "datacite", "--to", "out", "--name", "same")
    assert project.run(*words)[0] == 0
    shutil.rmtree(project.folder / "bags" / "closing")
    (source / "description.toml").write_text('title = "A"\n[rights]\naccess = "closed"\n')
    project.run("create", str(source), "--to", "bags", "--pdfa", "none", "-q")
    assert project.run(*words)[0] != 0


def test_names_and_other_kinds_of_export_are_for_one_bag(project: Project) -> None:
    both = ("bags/one", "bags/two", "--to", "out")
    assert project.run("export", *both, "--as", "bag", "--name", "x")[0] == 2
    assert project.run("export", *both, "--for", "A, B")[0] == 2
    assert project.run("export", *both, "--holey", "https://example.org/")[0] == 2
    assert not (project.folder / "out").exists()


@pytest.mark.parametrize("zipped", [False, True])
def test_items_of_one_archive_come_back_as_the_bags(zipped: bool, tmp_path: Path) -> None:
    bags = [seed_bag(seed, tmp_path / "bags", pdfa="3a") for seed in SEEDS]
    answers = list(archive.export_each(bags, "dspace-saf", tmp_path / "out", zipped=zipped))
    reports = [one for _, one in answers if isinstance(one, archive.ExportReport)]
    (package,) = {Path(one.package) for one in reports}
    assert [one.placed for one in reports] == [True] * 3
    if not zipped:
        assert {one.name for one in package.iterdir()} == set(SEEDS)
        for seed, report in zip(SEEDS, reports, strict=True):
            assert len(read_item(package / seed).files) + 2 == report.files
            assert {one.kept for one in report.lost} == {f"{seed}/metadata/descriptive/statements.json"}
    assert archive.validate(package).verdict == "valid"
    back = list(archive.import_each(package, tmp_path / "back"))
    assert [one.rebuilt for one in back if isinstance(one, ImportReport)] == [True] * 3
    for seed in SEEDS:
        assert contents(tmp_path / "back" / seed) == contents(tmp_path / "bags" / seed)
    with pytest.raises(UsageError, match="3 items"):
        archive.import_package(package, tmp_path / "elsewhere")


def test_bags_of_one_name_become_items_of_two(project: Project) -> None:
    make(plant(project.folder / "other" / "one", {"z.txt": b"z"}), project.folder / "more")
    code, document = exports(project, "bags/one", "more/one", "--as", "dspace-saf", "--to", "out")
    assert code == 0, document
    assert {one.name for one in (project.folder / "out" / NAME).iterdir()} == {"one", "one-2"}


def test_a_bad_item_does_not_stop_the_rest_but_a_stray_file_does(project: Project) -> None:
    exports(project, "bags/one", "bags/two", "--as", "dspace-saf", "--to", "out")
    items = project.folder / "out" / NAME
    (items / "one" / "data" / "a.txt").write_bytes(b"eno")
    code, document = project.json("import", "out/items", "--to", "back")
    validator_of("archive.imports-1").validate(document)
    assert code == document["exit_code"] == 1
    assert [one["placed"] for one in document["imports"]] == [False, True]
    assert contents(project.folder / "back" / "two") == contents(project.folder / "bags" / "two")
    (items / "stray.txt").write_text("x")
    code, document = project.json("import", "out/items", "--to", "again")
    assert [one["placed"] for one in document["imports"]] == [False, False]
    assert not (project.folder / "again").exists()


def test_a_bag_that_changes_while_it_is_written_leaves_no_archive(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.stages.exporting import many

    def proven(bag: str, *rest: Any, **options: Any) -> Any:
        report = exporting.prove(bag, *rest, **options)
        if bag.endswith("two"):
            (project.folder / "bags" / "two" / "data" / "a.txt").write_bytes(b"owt")
        return report

    monkeypatch.setattr(many, "prove", proven)
    code, _, err = project.run("export", "bags/one", "bags/two", "--as", "dspace-saf", "--to", "out")
    assert code != 0
    assert "changed after" in err
    assert not (project.folder / "out").exists()
