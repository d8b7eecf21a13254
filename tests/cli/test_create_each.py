"""A bag of each source: side by side, again at no cost, and whatever becomes of one, the others are made."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

import archive
from archive.cli.app import run
from archive.model.batch import BagState
from archive.resources import metadata_path
from tests.support import making
from tests.support.making import contents, plant, snapshot
from tests.support.waiting import wait_until


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two", "three"):
        plant(tmp_path / "drive" / name, {"a.csv": f"a,{name}\n".encode(), "sub/b.csv": b"b\n"})
    return tmp_path


def age(folder: Path) -> None:
    """Wait until what is in `folder` is old enough for its times to be relied on: a state of the clock, not of luck."""
    newest = max(path.lstat().st_ctime_ns for path in folder.rglob("*"))
    wait_until(lambda: time.time_ns() - newest > 3_100_000_000)


def create(*words: str) -> int:
    return run(["create", "--each", *words, "--to", "bags", "--pdfa", "none", "--quiet"])


SOURCES = ("drive/one", "drive/two", "drive/three")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_each_source_makes_a_bag_and_a_second_run_makes_none(
    drive: Path, workers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(drive / "drive")
    assert create(*SOURCES, "--workers", workers) == 0
    assert capsys.readouterr().out.startswith("3 made\n")
    assert sorted(path.name for path in (drive / "bags").iterdir()) == ["one", "three", "two"]
    assert contents(drive / "bags" / "one" / "data" / "original") == contents(drive / "drive" / "one")
    assert run(["validate", "bags/one", "bags/two", "bags/three"]) == 0
    made = snapshot(drive / "bags")
    capsys.readouterr()
    assert create(*SOURCES, "--workers", workers) == 0
    assert capsys.readouterr().out == "3 already there\n"
    assert snapshot(drive / "bags") == made
    assert snapshot(drive / "drive") == before


def test_a_rerun_reads_no_file_of_an_untouched_source(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    age(drive / "drive")
    assert create(*SOURCES) == 0
    read = {path: path.stat().st_atime_ns for path in (drive / "drive").rglob("*") if path.is_file()}
    for path in read:
        os.utime(path, ns=(0, path.stat().st_mtime_ns))  # changes the ctime: the digests are compared, and kept anew
    age(drive / "drive")
    capsys.readouterr()
    assert create(*SOURCES) == 0
    assert capsys.readouterr().out == "3 already there\n"
    from archive.stages.creation import batch

    def fail(*_: object, **__: object) -> str:
        raise AssertionError("files were compared by digest")

    compare, batch.find_difference = batch.find_difference, fail
    try:
        assert create(*SOURCES, "--workers", "1") == 0
    finally:
        batch.find_difference = compare
    assert capsys.readouterr().out == "3 already there\n"


@pytest.mark.parametrize("change", ["content", "new", "gone", "same size and times"])
def test_a_source_that_has_changed_is_named(drive: Path, change: str, capsys: pytest.CaptureFixture[str]) -> None:
    age(drive / "drive")
    assert create(*SOURCES) == 0
    file = drive / "drive" / "two" / "a.csv"
    before = file.stat()
    if change == "content":
        file.write_bytes(b"something else\n")
    elif change == "new":
        (drive / "drive" / "two" / "c.csv").write_bytes(b"c\n")
    elif change == "gone":
        file.unlink()
    else:
        file.write_bytes(b"a,owt\n")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    capsys.readouterr()
    assert create(*SOURCES) == 2
    said = capsys.readouterr().out
    assert said.startswith("2 already there; 1 changed since the bag was made\n")
    assert ("c.csv" if change == "new" else "a.csv") in said


def test_one_bad_source_does_not_stop_the_rest(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(drive / "other" / "one", {"x.csv": b"x\n"})
    (drive / "linked").mkdir()
    (drive / "linked" / "a").symlink_to("/etc/hostname")
    code = create("missing", "drive/one", "other/one", "linked", "drive/two", "--json")
    document = json.loads(capsys.readouterr().out)
    assert code == document["exit_code"] == 1
    states = {one["source"]: one["state"] for one in document["bags"]}
    assert states == {
        "drive/one": "made", "drive/two": "made", "linked": "refused", "missing": "failed", "other/one": "failed",
    }  # fmt: skip
    assert all(one["line"] is None for one in document["bags"])
    schemas = [
        json.loads(metadata_path("reports", name).read_text("utf-8"))
        for name in ("archive.creation-1.json", "archive.creations-1.json")
    ]
    registry: Registry[object] = Registry().with_resources([(s["$id"], Resource.from_contents(s)) for s in schemas])
    jsonschema.Draft202012Validator(schemas[1], registry=registry).validate(document)


def test_bags_of_an_earlier_run_are_held_too(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "."]) == 0
    assert create("drive/one") == 0
    assert create(*SOURCES, "--hold") == 0
    assert create(*SOURCES, "--hold") == 0
    capsys.readouterr()
    assert run(["holdings", "list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["holdings"]) == 3


@pytest.mark.parametrize(
    "words",
    [("--name", "x"), ("--in-place",), ("--from-csv", "x.csv"), ("--max-files", "2"), ("--fetch-from", "x.csv")],
)
def test_options_for_one_bag_do_not_go_with_it(drive: Path, words: tuple[str, ...]) -> None:
    assert create("drive/one", *words) == 2
    assert not (drive / "bags").exists()


def test_workers_are_for_many_bags(drive: Path) -> None:
    assert run(["create", "drive/one", "--to", "bags", "--workers", "2"]) == 2
    assert create() == 2


def test_programs_do_the_same(drive: Path) -> None:
    made = archive.create_each(SOURCES, "bags", plain=True, workers=2)
    assert [one.state for one in made] == [BagState.MADE] * 3
    assert [one.order.name for one in made] == ["one", "two", "three"]
    assert made[0].report is not None
    assert made[0].report.to_dict()["schema"] == "archive.creation/1"
    assert [one.state for one in archive.create_each(SOURCES, "bags", plain=True)] == [BagState.ALREADY] * 3


def begin(folder: Path, count: int, *engine: str) -> subprocess.Popen[str]:
    """A run over large folders, far from its end when its first working folder is seen."""
    for number in range(count):
        plant(folder / "large" / f"{number}", {f"{part}.bin": os.urandom(2000) for part in range(400)})
    sources = [f"large/{number}" for number in range(count)]
    process = subprocess.Popen(
        [sys.executable, "-m", "archive", "create", "--each", *sources, "--to", "bags", "-q",
         *(engine or ("--workers", "2"))],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(archive.__file__).parent.parent)},
    )  # fmt: skip
    wait_until(lambda: bool(list(folder.glob("bags/.*.partial"))) or process.poll() is not None)
    assert process.poll() is None
    return process


def test_an_interrupt_leaves_whole_bags_only(drive: Path) -> None:
    process = begin(drive, 12)
    os.killpg(process.pid, signal.SIGINT)
    _out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    left = [path.name for path in (drive / "bags").iterdir()] if (drive / "bags").exists() else []
    assert not [name for name in left if name.startswith(".")], left
    assert len(left) < 12
    assert run(["create", "--each", *(f"large/{n}" for n in range(12)), "--to", "bags", "-q"]) == 0
    assert run(["validate", "-q", *(f"bags/{n}" for n in range(12))]) == 0


def test_a_killed_run_goes_on_where_it_stopped(drive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    process = begin(drive, 6)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert run(["create", "--each", *(f"large/{n}" for n in range(6)), "--to", "bags", "-q"]) == 0
    said = capsys.readouterr().out
    assert "begun by an interrupted run: made from the start" in said
    assert run(["validate", "-q", *(f"bags/{n}" for n in range(6))]) == 0


def test_a_killed_worker_costs_one_bag(drive: Path) -> None:
    process = begin(drive, 6)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    workers = [one for one in children if b"local_worker" in Path(f"/proc/{one}/cmdline").read_bytes()]
    os.kill(int(workers[0]), signal.SIGKILL)
    out, _err = process.communicate(timeout=120)
    assert process.returncode == 4
    assert out.startswith("5 made; 1 failed\n")
    assert "for lack of memory" in out


def test_a_scheduler_that_is_killed_ends_the_run(drive: Path) -> None:
    pytest.importorskip("distributed")
    told = drive / "scheduler.json"
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    programs = [
        ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-jupyter"],
        ["worker", "--nworkers", "1", "--nthreads", "1", "--no-dashboard"],
    ]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "dask", words[0], "--scheduler-file", str(told), *words[1:]], cwd=drive, **quiet,
            env={**os.environ, "PYTHONPATH": str(Path(archive.__file__).parent.parent)}, start_new_session=True,
        )
        for words in programs
    ]  # fmt: skip
    try:
        wait_until(told.exists)
        scheduler = json.loads(told.read_text())["address"]
        process = begin(drive, 6, "--engine", "dask", "--scheduler", scheduler)
        running[0].kill()
        out, err = process.communicate(timeout=120)
        assert process.returncode == 4, out + err
        assert "the Dask scheduler does not answer any more" in err
    finally:
        for one in running:
            os.killpg(one.pid, signal.SIGKILL)
            one.wait(30)
    assert create(*(f"large/{number}" for number in range(6))) == 0


def test_workers_of_a_dask_cluster_make_the_same_bags(drive: Path) -> None:
    pytest.importorskip("distributed")
    words = ["create", "--each", *SOURCES, "--to", "bags", "--pdfa", "none", "-q", "--engine", "dask", "--workers", "2"]
    made = making.archive(*words, cwd=drive)
    assert made.returncode == 0, made.stderr
    assert run(["validate", "-q", "bags/one", "bags/two", "bags/three"]) == 0
    assert create(*SOURCES) == 0
