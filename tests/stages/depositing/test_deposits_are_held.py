"""A deposit that can be read is a holding of its place, once, whatever was killed on the way; it is audited there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.audit_projects import CHECKOUT, Project, some_files, write_bag
from tests.support.needing import needs

LONG = bool(os.environ.get("ARCHIVE_LONG_TESTS"))
PLACES = """
[places.disk]
url = "dir:far/disk"
[places.packed]
url = "dir:far/packed"
form = "zip"
[places.repository]
url = "ocfl:far/ocfl"
"""
KILLER = """
import os, signal, sys
from archive.ledger.sqlite import SqliteBackend
from archive.storage.journal import Journal
left = int(sys.argv[1])
def counted(method):
    def call(*values, **named):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(*values, **named)
    return call
for kind, names in ((SqliteBackend, ("run", "run_many", "query")), (Journal, ("write",))):
    for name in names:
        setattr(kind, name, counted(getattr(kind, name)))
from archive.cli.app import run
code = run(sys.argv[2:])
print(int(sys.argv[1]) - left)
sys.exit(code)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    made = Project(folder, monkeypatch).start()
    with (folder / "archive.toml").open("a") as file:
        file.write(PLACES)
    write_bag(folder / "one", {**some_files(3), "name.txt": b"one"})
    assert made.run("holdings", "add", "one")[0] == 0
    return made


def held(project: Project) -> dict[str, tuple[str, str]]:
    """Each holding's place and form by its path within the project."""
    holdings = project.json("holdings", "list")[1]["holdings"]
    assert len({one["address"] for one in holdings}) == len(holdings)
    return {os.path.relpath(one["address"], project.folder): (one["location"], one["form"]) for one in holdings}


def test_deposits_are_holdings_of_their_place(project: Project) -> None:
    for place in ("disk", "packed", "repository"):
        for _again in range(2):
            code, out, err = project.run("deposit", "one", place, "-q")
            assert code == 0, out + err
    found = held(project)
    objects = [address for address in found if address.startswith("far/ocfl/")]
    assert len(objects) == 1
    assert objects[0].endswith("#v1")
    assert found == {
        "one": (str(project.folder), "folder"), "far/disk/one": ("disk", "folder"),
        "far/packed/one.zip": ("packed", "zip"), objects[0]: ("repository", "ocfl"),
    }  # fmt: skip
    assert project.json("status")[1]["copies"]["short"][0]["copies"] == 4
    assert {one["copies"] for one in project.json("holdings", "list")[1]["holdings"]} == {3}
    code, report = project.audit()
    assert (code, report["outcome"], report["files"]) == (0, "intact", 4 * 10), report


def test_a_deposit_at_an_address_is_held_too(project: Project) -> None:
    assert project.run("deposit", "one", f"ocfl:{project.folder}/elsewhere", "-q")[0] == 0
    (address,) = [one for one in held(project) if one.startswith("elsewhere/")]
    assert held(project)[address] == (f"{project.folder}/elsewhere", "ocfl")


def test_a_bag_that_was_not_held_counts_all_the_same(project: Project) -> None:
    write_bag(project.folder / "two", {"two.txt": b"two"})
    assert project.run("deposit", "two", "disk", "-q")[0] == 0
    assert "far/disk/two" in held(project)


def test_a_retired_deposit_stays_retired(project: Project) -> None:
    assert project.run("deposit", "one", "disk", "-q")[0] == 0
    assert project.run("holdings", "retire", "far/disk/one")[0] == 0
    assert project.run("deposit", "one", "disk", "-q")[0] == 0
    assert "far/disk/one" not in held(project)
    assert project.json("status")[1]["copies"]["short"][0]["copies"] == 1, "what was retired is no copy"
    assert [one["copies"] for one in project.json("holdings", "list")[1]["holdings"]] == [0]
    shutil.rmtree(project.folder / "far" / "disk" / "one")
    assert project.run("deposit", "one", "disk", "-q")[0] == 0, "sent again"
    assert "far/disk/one" in held(project)


@pytest.mark.parametrize("content", [True, False])
def test_damage_in_an_ocfl_object_is_found_and_not_repaired(project: Project, content: bool) -> None:
    assert project.run("deposit", "one", "repository", "-q")[0] == 0
    name = "name.txt" if content else "inventory.json"
    (path,) = [one for one in (project.folder / "far" / "ocfl").rglob(name) if content or one.parent.name != "v1"]
    path.write_bytes(b"???")
    code, report = project.audit()
    assert (code, report["outcome"]) == (1, "damaged"), report
    (address,) = [one for one in held(project) if "#v1" in one]
    code, _out, err = project.run("repair", address, "--from", "one")
    assert (code, "never written into" in err) == (2, True), err


def test_versions_of_an_object_are_bags_of_their_own(project: Project) -> None:
    assert project.run("deposit", "one", "repository", "-q", "--identifier", "urn:x")[0] == 0
    write_bag(project.folder / "later" / "one", {**some_files(4), "name.txt": b"later"})
    assert project.run("deposit", "later/one", "repository", "-q", "--identifier", "urn:x")[0] == 0
    assert sorted(one[-3:] for one in held(project) if "#" in one) == ["#v1", "#v2"]
    assert project.audit()[1]["outcome"] == "intact"


def test_an_object_is_added_by_its_newest_version(project: Project) -> None:
    assert project.run("deposit", "one", "repository", "-q")[0] == 0
    (address,) = [one for one in held(project) if "#v1" in one]
    code, _out, err = project.run("holdings", "add", address.removesuffix("#v1"))
    assert (code, "a holding already" in err) == (2, True)


def _restore(folder: Path, before: Path) -> None:
    """Make the project as it was; its folder stays the one that is trusted."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    shutil.copytree(before, folder, dirs_exist_ok=True)


def _run_killed(project: Project, at: int, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLER, str(at), *words], cwd=project.folder, capture_output=True, text=True,
        check=False, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, timeout=300,
    )  # fmt: skip


@needs("linux")
@pytest.mark.parametrize("place", ["disk", "repository"])
def test_killed_at_any_moment_a_rerun_completes_it(project: Project, place: str, tmp_path: Path) -> None:
    before = tmp_path / "before"
    shutil.copytree(project.folder, before)
    whole = _run_killed(project, 1 << 30, "deposit", "one", place, "-q")
    assert whole.returncode == 0, whole.stderr
    steps = int(whole.stdout.split()[-1])
    assert steps > 10
    points = range(1, steps + 1) if LONG else range(steps - 16, steps + 1, 2)
    for at in points:
        _restore(project.folder, before)
        killed = _run_killed(project, at, "deposit", "one", place, "-q")
        assert killed.returncode == -signal.SIGKILL, (at, killed.stdout, killed.stderr)
        code, out, err = project.run("deposit", "one", place, "-q")
        assert code == 0, (at, out, err)
        assert len(held(project)) == 2, at
        deposits = project.json("deposits", "list")[1]["deposits"]
        assert [(one["state"], one["recorded"]) for one in deposits] == [("accepted", True)], (at, deposits)
