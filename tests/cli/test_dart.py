"""Moving over from DART: its jobs make bags, its settings become ours, its secrets stay where they are."""

from __future__ import annotations

import json
import shutil
import tarfile
import tomllib
from pathlib import Path

import pytest

import archive
from archive.config import load_settings
from tests.support.audit_projects import Project
from tests.support.dart_files import SECRET, job, service, tag, workflow, write
from tests.support.making import plant

TITLE = tag("archive-info.txt", "Title", userValue="Letters")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(tmp_path, monkeypatch)
    plant(made.folder / "letters", {"a.txt": b"alpha", "\u0631\u0633\u0627\u0644\u0629.txt": b"beta", "x\ny": b"odd"})
    return made


def test_a_job_makes_its_bag(project: Project) -> None:
    path = write(project.folder / "job.json", job(["letters"], TITLE, tag("custom.txt", "Colour", userValue="blue")))
    code, out, err = project.run("create", "--dart-job", "job.json", "--to", "bags", "--plain", "--json")
    assert code == 0, err
    document = json.loads(out)
    assert [one["facts"]["what"] for one in document["findings"] if one["code"] == "SRC-144"] == [
        "the upload to 'County Bucket' (s3://holdings/): deposit the bag"
    ]
    assert SECRET not in out
    with tarfile.open(project.folder / "bags" / "letters.tar") as packed:
        names = set(packed.getnames())
        assert {"letters/manifest-md5.txt", "letters/data/a.txt", "letters/custom.txt"} <= names
        info = packed.extractfile("letters/archive-info.txt")
        assert info is not None
        assert info.read().decode().splitlines() == ["Access: Open", "Title: Letters"]
    assert project.run("validate", "bags/letters.tar", "--profile", str(path))[0] == 0


def test_options_come_before_the_job(project: Project) -> None:
    write(project.folder / "job.json", job(["letters"], TITLE))
    code, _out, err = project.run(
        "create", "--dart-job", "job.json", "--to", "bags", "--plain", "--name", "mine", "--bag-info", "Access=Closed"
    )
    assert code == 0, err
    with tarfile.open(project.folder / "bags" / "mine.tar") as packed:
        info = packed.extractfile("mine/archive-info.txt")
        assert info is not None
        assert b"Access: Closed" in info.read()


def test_a_job_that_lacks_a_required_tag_makes_nothing(project: Project) -> None:
    write(project.folder / "job.json", job(["letters"]))
    code, out, _err = project.run("create", "--dart-job", "job.json", "--to", "bags", "--plain")
    assert code == 1
    assert "Title in archive-info.txt" in out
    assert not (project.folder / "bags" / "letters.tar").exists()


@pytest.mark.parametrize("words", [("letters",), ("--from-csv", "t.csv"), ("--in-place",), ("--fetch-from", "t.csv")])
def test_a_job_names_its_sources_itself(project: Project, words: tuple[str, ...]) -> None:
    write(project.folder / "job.json", job(["letters"], TITLE))
    assert project.run("create", "--dart-job", "job.json", "--to", "bags", *words)[0] == 2


def test_a_job_may_be_parted(project: Project) -> None:
    packed = job(["letters"], TITLE)
    packed["packageOp"].update(packageName="letters", bagItSerialization="")
    packed["bagItProfile"]["serialization"] = "optional"
    write(project.folder / "job.json", packed)
    words = ("create", "--dart-job", "job.json", "--to", "bags", "--plain", "--max-files", "2", "--json")
    code, out, err = project.run(*words)
    assert code == 0, err
    assert out.count("SRC-144") == 1


def test_the_library_makes_it_too(project: Project) -> None:
    path = write(project.folder / "job.json", job(["letters"], TITLE))
    report = archive.create_from_dart(path, project.folder / "bags", plain=True)
    assert report.created
    assert any(one.code == "SRC-144" for one in report.findings)


def test_a_workflow_becomes_settings(project: Project) -> None:
    write(project.folder / "w.json", workflow())
    code, out, err = project.run("config", "--import-dart", "w.json")
    assert code == 0, err
    assert SECRET not in out
    assert "clerk" not in out
    assert set(tomllib.loads(out)["targets"]) == {"county-bucket", "county-disk"}
    shutil.rmtree(project.folder / ".muniment", ignore_errors=True)
    (project.folder / "new").mkdir()
    (project.folder / "new" / "archive.toml").write_text(out, encoding="utf-8")
    settings = load_settings(str(project.folder / "new"), {}, trusted=True)
    assert settings.create.serialize == "tar"
    assert settings.create.bag_info == {"Source-Organization": "The County", "Access": "Open"}
    assert settings.targets["county-disk"]["url"] == "sftp://sftp.example.com:2222/holdings"


def test_the_settings_as_json(project: Project) -> None:
    odd = service(name='A "b" \u202e\n# [x]', bucket="aptrust.receiving.test")
    write(project.folder / "w.json", workflow(storageServices=[odd, odd]))
    code, out, _err = project.run("config", "--import-dart", "w.json", "--json")
    assert code == 0
    document = json.loads(out)
    assert list(document["targets"]) == ["a-b-x", "a-b-x-2"]
    assert document["targets"]["a-b-x"]["receiver"] == "aptrust"
    assert tomllib.loads(document["toml"])["targets"] == document["targets"]


@pytest.mark.parametrize("words", [("--origin",), ("--trust",), ("folder",)])
def test_the_import_goes_alone(project: Project, words: tuple[str, ...]) -> None:
    write(project.folder / "w.json", workflow())
    (project.folder / "folder").mkdir()
    assert project.run("config", "--import-dart", "w.json", *words)[0] == 2


def test_a_file_that_is_not_there_is_said_so(project: Project) -> None:
    assert project.run("config", "--import-dart", "none.json")[0] == 10
    assert project.run("create", "--dart-job", "none.json", "--to", "bags")[0] == 10
