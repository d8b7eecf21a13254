"""A folder under watch: what has settled becomes a bag, what has not waits, and what fails is told once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

import archive
from archive.cli.app import run
from archive.formats.partial_names import is_partial_name
from archive.model.watching import Readiness
from archive.resources import metadata_path
from archive.stages.creation.settling import Settling
from archive.stages.creation.watching import RETRY_SECONDS, Watch
from tests.support.making import plant, snapshot
from tests.support.waiting import wait_until


@pytest.mark.parametrize(
    "name", ["a.pdf.part", "b.crdownload", "~$letter.docx", "c.filepart", ".~lock.x.odt#", ".film.mov.Xy7Kd2", "d.PART"]
)
def test_names_of_files_that_are_not_complete(name: str) -> None:
    assert is_partial_name(name)


@pytest.mark.parametrize("name", ["a.pdf", "party", ".hidden", "~notes", "part", ".config.backup"])
def test_names_of_complete_files(name: str) -> None:
    assert not is_partial_name(name)


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def states(settling: Settling) -> dict[str, Readiness]:
    return {os.path.basename(one.path): one.readiness for one in settling.look()}


def test_what_does_not_change_settles(tmp_path: Path) -> None:
    clock = Hand()
    (tmp_path / "nothing" / "in it").mkdir(parents=True)
    plant(tmp_path, {"a.txt": b"a", "b/c.txt": b"c", "d/e.txt.part": b"e", ".f": b"f", "Thumbs.db": b"t"})
    settling = Settling(str(tmp_path), 10, clock, frozenset())
    first = {
        "a.txt": Readiness.CHANGING, "b": Readiness.CHANGING, "d": Readiness.PARTIAL, "nothing": Readiness.EMPTY,
    }  # fmt: skip
    assert states(settling) == first
    clock.now = 9.9
    assert states(settling) == first
    (tmp_path / "b" / "c.txt").write_bytes(b"more")
    clock.now = 10
    assert states(settling) == {**first, "a.txt": Readiness.SETTLED}
    (tmp_path / "d" / "e.txt.part").rename(tmp_path / "d" / "e.txt")
    clock.now = 20
    assert states(settling) == {**first, "a.txt": Readiness.SETTLED, "b": Readiness.SETTLED, "d": Readiness.CHANGING}


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    clock = Hand()
    file = plant(tmp_path, {"a.txt": b"a"}) / "a.txt"
    settling = Settling(str(tmp_path), 10, clock, frozenset())
    settling.look()
    before = file.stat()
    wait_until(lambda: (file.write_bytes(b"b"), file.stat().st_ctime_ns != before.st_ctime_ns)[1])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    clock.now = 10
    assert states(settling) == {"a.txt": Readiness.CHANGING}


def test_what_failed_is_tried_again_when_it_changes_or_after_an_hour(tmp_path: Path) -> None:
    clock = Hand()
    path = str(plant(tmp_path, {"a.txt": b"a"}) / "a.txt")
    watch = Watch(str(tmp_path), 10, clock=clock)
    rounds = watch.rounds(once=False, sleep=clock.sleep)

    def ready() -> bool:
        return next(rounds).ready == (path,)

    wait_until(ready)
    assert watch.note(path, "no space left")
    assert not any(ready() for _ in range(20))
    clock.now += RETRY_SECONDS
    assert ready()
    assert not watch.note(path, "no space left"), "the same is told once"
    Path(path).write_bytes(b"other")
    wait_until(ready)
    assert watch.note(path, "")
    clock.now += 2 * RETRY_SECONDS
    assert not any(ready() for _ in range(20)), "its bag is there"


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    plant(tmp_path / "drop", {"one/a.csv": b"a\n", "two.csv": b"b\n", "three/c.csv.part": b"c\n"})
    return tmp_path


def once(*words: str) -> int:
    return run(["watch", "drop", "--to", "bags", "--once", "--seconds", "1", "--pdfa", "none", "--quiet", *words])


def test_once_for_cron(drop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = snapshot(drop / "drop")
    assert once() == 0
    out = capsys.readouterr().out
    assert "holds a file that is not complete yet (c.csv.part)" in out
    assert "2 made" in out
    assert sorted(os.listdir("bags")) == ["one", "two"]
    assert once() == 0
    assert "2 already there" in capsys.readouterr().out
    assert snapshot(drop / "drop") == before


def test_done_sources_move_and_others_stay(drop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(drop, {"bags/two": b"in the way"})
    assert once("--done", "drop/done", "--json") == 2
    document = json.loads(capsys.readouterr().out)
    names = ("archive.watch-1.json", "archive.creations-1.json", "archive.creation-1.json")
    schemas = [json.loads(metadata_path("reports", name).read_text("utf-8")) for name in names]
    registry: Registry[object] = Registry().with_resources([(s["$id"], Resource.from_contents(s)) for s in schemas])
    jsonschema.Draft202012Validator(schemas[0], registry=registry).validate(document)
    assert sorted(os.listdir("drop")) == ["done", "three", "two.csv"]
    assert os.listdir("drop/done") == ["one"]
    assert [os.path.basename(one["to"]) for one in document["moved"]] == ["one"]
    (drop / "bags" / "two").unlink()
    (drop / "drop" / "one").mkdir()
    plant(drop / "drop" / "one", {"other.csv": b"other\n"})
    assert once("--done", "drop/done") == 2, "another source of the same name: nothing is replaced"
    assert sorted(os.listdir("drop/done")) == ["one", "two.csv"]
    assert (drop / "drop" / "one" / "other.csv").exists()


def test_held_in_a_project(drop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert once("--hold") == 2, "there is no project"
    assert not (drop / "bags").exists()
    assert run(["init", "."]) == 0
    assert once("--hold") == 0
    assert once("--hold") == 0
    capsys.readouterr()
    assert run(["holdings", "list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["holdings"]) == 2


def test_an_empty_folder_is_nothing_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "drop").mkdir()
    assert once() == 0
    assert not (tmp_path / "bags").exists()


@pytest.mark.parametrize(
    "words",
    [("drop", "--to", "drop/bags"), ("drop", "--to", "."), ("drop/two.csv", "--to", "bags"), ("none", "--to", "bags"),
     ("drop", "--to", "bags", "--done", "drop"), ("drop", "--to", "bags", "--done", "bags/done"),
     ("drop", "--to", "bags", "--json")],
)  # fmt: skip
def test_places_that_do_not_go_together(drop: Path, words: tuple[str, ...]) -> None:
    assert run(["watch", *words]) == 2


def test_it_goes_on_until_it_is_interrupted(drop: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "archive", "watch", "drop", "--to", "bags", "--seconds", "1", "--pdfa", "none", "-q"],
        cwd=drop, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(archive.__file__).parent.parent)},
    )  # fmt: skip
    wait_until(lambda: (drop / "bags" / "two").exists() and (drop / "bags" / "one").exists())
    plant(drop / "drop", {"later/d.csv": b"d\n"})
    (drop / "drop" / "three" / "c.csv.part").rename(drop / "drop" / "three" / "c.csv")
    wait_until(lambda: (drop / "bags" / "later").exists() and (drop / "bags" / "three").exists())
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert out.count("not complete yet (c.csv.part)") == 1
    assert sorted(os.listdir(drop / "bags")) == ["later", "one", "three", "two"]
