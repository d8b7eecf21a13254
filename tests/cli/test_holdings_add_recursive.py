"""`archive holdings add --recursive --new`: every bag below a folder, once, whatever becomes of the others."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import archive
from tests.support.audit_projects import CHECKOUT, Project, some_files, start_command, write_bag


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, monkeypatch).start()


def make(project: Project, *places: str) -> None:
    for place in places:
        write_bag(project.folder / place, {**some_files(2), "name.txt": place.encode()})


def held(project: Project) -> list[str]:
    start = f"{project.folder}/"
    return sorted(one["address"].removeprefix(start) for one in project.json("holdings", "list")[1]["holdings"])


def test_every_bag_below_is_added_and_a_rerun_adds_nothing(project: Project) -> None:
    make(project, "share/one", "share/a/b/two", "share/a/three")
    code, out, err = project.run("holdings", "add", "--recursive", "--new", "share")
    assert (code, err) == (0, "")
    assert out.startswith("added 3 bags: ")
    assert out.endswith("Next: archive audit\n")
    assert held(project) == ["share/a/b/two", "share/a/three", "share/one"]
    again = project.run("holdings", "add", "--recursive", "--new", "share")
    assert again == (0, "nothing to add; 3 known already\nNext: archive status\n", "")
    make(project, "share/four")
    code, document = project.json("holdings", "add", "--recursive", "--new", "share")
    assert (code, document["known"], [Path(one["address"]).name for one in document["holdings"]]) == (0, 3, ["four"])
    code, _out, err = project.run("holdings", "add", "--recursive", "share")
    assert (code, err.count("this is a holding already")) == (2, 4)


def test_bags_are_not_walked_into_nor_links_nor_hidden_or_unfinished_work(project: Project) -> None:
    make(project, "share/one", "share/.snapshot/one", "share/.two.0a1b2c3d.partial", "elsewhere/three")
    shutil.copytree(project.folder / "elsewhere" / "three", project.folder / "share" / "one" / "data" / "inner")
    write_bag(project.folder / "share" / "one", {"x": b"x"})
    (project.folder / "share" / "link").symlink_to("../elsewhere")
    (project.folder / "share" / "object").mkdir()
    (project.folder / "share" / "object" / "0=ocfl_object_1.1").write_text("ocfl_object_1.1\n")
    make(project, "share/object/v1/content")
    os.mkfifo(project.folder / "share" / "pipe")
    project.run("holdings", "add", "--recursive", "--new", "share")
    assert [one for one in held(project) if one != "share/one"] == []


def test_the_folder_itself_may_be_the_bag(project: Project) -> None:
    make(project, "one")
    assert project.run("holdings", "add", "--recursive", "--new", "one")[0] == 0
    assert held(project) == ["one"]


def test_one_bad_bag_does_not_stop_the_rest(project: Project) -> None:
    make(project, "share/a", "share/c")
    (project.folder / "share" / "b").mkdir()
    (project.folder / "share" / "b" / "bagit.txt").write_text("nonsense\n")
    code, out, err = project.run("holdings", "add", "--recursive", "--new", "share", "missing")
    assert code == 1
    assert out.startswith("added 2 bags: ")
    assert "2 could not be added" in out
    assert "share/b: " in err
    assert "missing: there is no such folder" in err
    assert held(project) == ["share/a", "share/c"]


def test_a_folder_without_a_bag_is_no_success(project: Project) -> None:
    (project.folder / "empty").mkdir()
    code, out, err = project.run("holdings", "add", "--recursive", "--new", "empty")
    assert (code, out) == (10, "nothing to add; 1 could not be added\n")
    assert "there is no bag in this folder or below it" in err
    assert project.run("holdings", "add", "--recursive", "--new", "s3://bucket/x")[0] == 2


def test_the_same_bag_by_another_path_is_known(project: Project) -> None:
    make(project, "share/one")
    assert project.run("holdings", "add", "share/one")[0] == 0
    (project.folder / "other").symlink_to("share")
    assert project.run("holdings", "add", "--recursive", "--new", "other")[:2] == (
        0, "nothing to add; 1 known already\nNext: archive status\n",
    )  # fmt: skip


def test_what_was_retired_is_not_entered_again_until_another_bag_is_there(project: Project) -> None:
    make(project, "share/one")
    project.run("holdings", "add", "share/one")
    project.run("holdings", "retire", "share/one")
    code, document = project.json("holdings", "add", "--recursive", "--new", "share")
    assert (code, document["retired"], document["holdings"]) == (0, 1, [])
    shutil.rmtree(project.folder / "share" / "one")
    write_bag(project.folder / "share" / "one", {"other.txt": b"other"})
    assert project.run("holdings", "add", "--recursive", "--new", "share")[0] == 0
    assert held(project) == ["share/one"]


def test_a_killed_run_goes_on(project: Project) -> None:
    make(project, *(f"share/{number:03}" for number in range(40)))
    for pause in (0.3, 0.5, 0.7):
        running = start_command(project.folder, "holdings", "add", "--recursive", "--new", "share")
        time.sleep(pause)
        running.send_signal(signal.SIGKILL)
        running.communicate()
    assert project.run("holdings", "add", "--recursive", "--new", "share")[0] == 0
    assert len(held(project)) == 40
    assert project.run("audit", "verify")[0] == 0
    assert project.audit()[0] == 0


def test_memory_does_not_grow_with_the_bags(project: Project) -> None:
    peaks = []
    for count in (20, 400):
        make(project, *(f"share-{count}/{number % 7}/{number}" for number in range(count)))
        code = (
            "import resource, sys; from archive.cli.app import run; code = run(sys.argv[1:])\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "holdings", "add", "--recursive", "--new", f"share-{count}"],
            cwd=project.folder, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, capture_output=True, check=True,
        )  # fmt: skip
        peaks.append(int(done.stdout.split()[-1]))
    assert peaks[1] < peaks[0] + 4096, peaks


def test_the_library_adds_them_one_by_one(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    make(project, "share/one", "share/two")
    monkeypatch.chdir(project.folder)
    with archive.Ledger.open() as ledger:
        assert [one.state for one in ledger.add_below("share")] == [archive.EntryState.ADDED] * 2
        assert [one.state for one in ledger.add_below("share")] == [archive.EntryState.KNOWN] * 2
    assert json.loads(project.run("status", "--json")[1])["bags"] == 2
