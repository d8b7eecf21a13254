"""`archive repair`: from any kind of copy, only by files that prove themselves, and safe to kill at any moment."""

from __future__ import annotations

import io
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.support.audit_projects import Project, pack_tar, pack_zip, some_files, start_command, write_bag

BAD = "d1/file-00001.bin"
GONE = "d2/file-00002.bin"


def spoil(bag: Path) -> dict[str, bytes]:
    """Damage one file, take out another: gives what they held."""
    good = {name: (bag / "data" / name).read_bytes() for name in (BAD, GONE)}
    (bag / "data" / BAD).write_bytes(b"damaged")
    (bag / "data" / GONE).unlink()
    return good


def test_a_repair_replaces_only_what_is_wrong_and_keeps_it_in_quarantine(
    project: Project, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    bag, copy = pair
    good = (bag / "data" / BAD).read_bytes()
    (bag / "data" / BAD).write_bytes(b"damaged")
    (bag / "data" / "d2" / "file-00002.bin").unlink()
    untouched = (bag / "data" / "d3" / "file-00003.bin").stat()
    assert project.audit()[0] == 1
    code, document = project.json("repair", str(bag), "--from", str(copy), "--yes")
    assert code == 0
    assert sorted(one["path"] for one in document["replaced"]) == [f"data/{BAD}", "data/d2/file-00002.bin"]
    assert (bag / "data" / BAD).read_bytes() == good
    kept = Path(document["kept"]["path"])
    assert kept.parent == project.folder / "quarantine"
    assert [path.read_bytes() for path in kept.rglob("*") if path.is_file()] == [b"damaged"]
    assert (bag / "data" / "d3" / "file-00003.bin").stat().st_ino == untouched.st_ino
    assert project.run("audit", "status")[0] == 0
    assert project.run("audit", "verify")[0] == 0
    assert project.audit(str(bag))[0] == 0
    code, document = project.json("repair", str(bag), "--from", str(copy), "--yes")
    assert (code, document["replaced"]) == (0, [])


def test_a_copy_that_does_not_prove_itself_is_refused(project: Project, pair: tuple[Path, Path]) -> None:
    bag, copy = pair
    (bag / "data" / BAD).write_bytes(b"damaged")
    (copy / "data" / BAD).write_bytes(b"also damaged")
    code, document = project.json("repair", str(bag), "--from", str(copy), "--yes")
    assert (code, document["replaced"]) == (1, [])
    assert document["refused"][0]["reason"] == "in the copy it is damaged"
    assert (bag / "data" / BAD).read_bytes() == b"damaged"
    shutil.rmtree(copy)
    write_bag(copy, {**some_files(8), BAD: b"forged"})
    code, document = project.json("repair", str(bag), "--from", str(copy), "--yes")
    assert (code, document["replaced"]) == (1, [])
    assert project.run("repair", str(bag), "--from", str(bag), "--yes")[0] == 2
    assert project.run("repair", str(bag), "--from", "nowhere", "--yes")[0] == 10


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_repair_asks_first(project: Project, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    bag, copy = pair
    (bag / "data" / BAD).write_bytes(b"damaged")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    code, _out, err = project.run("repair", str(bag), "--from", str(copy))
    assert (code, "Add --yes" in err) == (2, True), "where there is no terminal nobody can be asked"
    monkeypatch.setattr("sys.stdin", _Terminal("n\n"))
    assert project.run("repair", str(bag), "--from", str(copy))[0] == 1
    assert (bag / "data" / BAD).read_bytes() == b"damaged"
    assert project.run("repair", str(bag), "--from", str(copy), "--json")[0] == 2


def test_a_dry_run_replaces_nothing_and_says_what_would_be(project: Project, pair: tuple[Path, Path]) -> None:
    bag, copy = pair
    spoil(bag)
    assert project.audit()[0] == 1
    code, document = project.json("repair", "--dry-run", str(bag), "--from", str(copy))
    assert (code, document["replaced"], document["kept"]) == (0, [], None)
    assert sorted(one["path"] for one in document["planned"]) == [f"data/{BAD}", f"data/{GONE}"]
    assert (bag / "data" / BAD).read_bytes() == b"damaged"
    code, text = project.run("repair", "--dry-run", str(bag), "--from", str(copy))[:2]
    assert code == 0
    assert "dry run: nothing was replaced" in text
    assert not (project.folder / "quarantine").exists()
    (copy / "data" / BAD).write_bytes(b"also damaged")
    assert project.json("repair", "--dry-run", str(bag), "--from", str(copy))[0] == 1
    code, document = project.json("repair", "--yes", str(bag), "--from", str(copy))
    assert "planned" not in document


@pytest.mark.parametrize("form", ["zip", "tar", "tar.gz", "location", "name", "number"])
def test_any_readable_copy_will_do(project: Project, pair: tuple[Path, Path], tmp_path: Path, form: str) -> None:
    bag, copy = pair
    source = {"location": str(copy.parent), "name": "one", "number": "2"}.get(form, "")
    if not source:
        packed = (pack_zip if form == "zip" else pack_tar)(copy, tmp_path / f"one.{form}")
        shutil.rmtree(copy)
        source = str(packed)
    good = spoil(bag)
    code, document = project.json("repair", str(bag), "--from", source, "--yes")
    assert code == 0, document
    assert len(document["replaced"]) == 2, document
    assert {name: (bag / "data" / name).read_bytes() for name in good} == good
    assert [path.name for path in bag.parent.iterdir()] == ["one"]
    assert [path.name for path in (project.folder / "quarantine").iterdir()] == [Path(document["kept"]["path"]).name]
    assert project.audit(str(bag))[0] == 0


def test_an_archive_that_is_not_whole_mends_nothing(project: Project, pair: tuple[Path, Path], tmp_path: Path) -> None:
    bag, copy = pair
    packed = pack_tar(copy, tmp_path / "one.tar")
    os.truncate(packed, packed.stat().st_size - 9000)
    spoil(bag)
    code, _out, err = project.run("repair", str(bag), "--from", str(packed), "--yes")
    assert code == 1
    assert "the zip or tar file is damaged" in err
    assert (bag / "data" / BAD).read_bytes() == b"damaged"


def test_a_bag_in_an_archive_is_not_repaired_and_it_is_said_what_to_do(
    project: Project, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    packed = pack_zip(pair[0], tmp_path / "one.zip")
    project.run("holdings", "add", str(packed))
    code, _out, err = project.run("repair", str(packed), "--from", str(pair[1]), "--yes")
    assert code == 2
    assert "a bag in a zip file is not repaired file by file" in err
    assert f"archive audit {packed}" in err


def test_no_copy_in_that_location_and_too_many_of_that_name(
    project: Project, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    bag, copy = pair
    write_bag(tmp_path / "c" / "two", some_files(2))
    shutil.copytree(copy, tmp_path / "d" / "one")
    project.run("holdings", "add", str(tmp_path / "c" / "two"), str(tmp_path / "d" / "one"))
    spoil(bag)
    code, _out, err = project.run("repair", str(bag), "--from", str(tmp_path / "c"), "--yes")
    assert (code, "no copy of this bag is held in the location" in err) == (10, True)
    code, _out, err = project.run("repair", str(bag), "--from", "one", "--yes")
    assert (code, "several copies have this name" in err) == (2, True)


KILLER = """
import os, signal, sys
steps = 0
def watch(event, arguments):
    global steps
    if event in ("os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir") or (
        event == "open" and isinstance(arguments[0], str) and arguments[1] and "w" in str(arguments[1])
    ):
        steps += 1
        if steps == int(os.environ["KILL_AT"]):
            os.kill(os.getpid(), signal.SIGKILL)
if "repair" in sys.argv or "repair" in sys.orig_argv:
    sys.addaudithook(watch)
"""


def test_a_repair_killed_at_any_step_leaves_old_or_new_and_the_next_one_tells(
    project: Project, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    bag, copy = pair
    good = spoil(bag)
    (tmp_path / "sitecustomize.py").write_text(KILLER)
    checkout = Path(__file__).resolve().parents[2]
    killed = 0
    for step in range(1, 40, 1 if os.environ.get("ARCHIVE_LONG_TESTS") == "1" else 2):
        environment = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{checkout}", "KILL_AT": str(step)}
        process = start_command(project.folder, "repair", str(bag), "--from", str(copy), "--yes", env=environment)
        _out, err = process.communicate(timeout=60)
        assert process.returncode in (0, -9), err
        for name, content in good.items():
            path = bag / "data" / name
            now = path.read_bytes() if path.exists() else None
            assert now in (content, b"damaged" if name == BAD else None), "old or new, never half"
        inside = {str(path.relative_to(bag)) for path in bag.rglob("*") if path.is_file()}
        assert inside <= {str(path.relative_to(copy)) for path in copy.rglob("*")}, "nothing is left in the bag"
        places = [*bag.parent.rglob("*"), *(project.folder / "quarantine").rglob("*")]
        kept = [path for path in places if path.is_file() and path.read_bytes() == b"damaged"]
        assert kept, "the damaged one is there, in its place or beside"
        if process.returncode == 0:
            break
        killed += 1
        assert project.run("repair", str(bag), "--from", str(copy), "--yes")[0] == 0
        assert {name: (bag / "data" / name).read_bytes() for name in good} == good
        events = [one for one in project.json("events", str(bag))[1]["events"] if one["type"] == "recovery"]
        told = "".join(one["note"] for one in events[killed - 1 :])
        assert all(f"data/{name}" in told for name in good), "the ledger knows of each file, whoever replaced it"
        assert [path.name for path in bag.parent.iterdir()] == ["one"]
        spoil(bag)
    else:
        pytest.fail("it never came to its end")
    assert killed >= 5


def test_two_repairs_of_one_bag_are_kept_apart(project: Project, pair: tuple[Path, Path]) -> None:
    from archive.stages.auditing.owner import owner_name

    bag, copy = pair
    spoil(bag)
    bench = bag.parent / ".one.muniment-repair"
    bench.mkdir()
    (bench / "journal").write_text(json.dumps({"owner": owner_name(), "paths": []}))
    code, _out, err = project.run("repair", str(bag), "--from", str(copy), "--yes")
    assert (code, "another repair of this bag is running" in err) == (11, True)
    (bench / "journal").write_text(json.dumps({"owner": owner_name().replace(f" {os.getpid()} ", " 4194304 "),
                                               "paths": []}))  # fmt: skip
    assert project.run("repair", str(bag), "--from", str(copy), "--yes")[0] == 0
    assert not bench.exists()
