"""What comes back is what was sent: receipts, inventories, links and special files, planted working folders."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from archive.cli.app import run
from archive.errors import PermissionDeniedError, StorageError
from archive.storage.working_folder import WorkingFolder, claim_folder, require_same
from tests.support.deposit_bags import write_bag
from tests.support.trusting import trust


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    (tmp_path / "archive.toml").write_text("[deposit]\nretries = 0\n")
    write_bag(tmp_path / "bag", {"a.txt": b"he did it\n"})
    return tmp_path


def swap(project: Path, where: Path, text: bytes) -> None:
    shutil.rmtree(where, ignore_errors=True)
    write_bag(where, {"a.txt": text})


def retrieve(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any], list[str]]:
    capsys.readouterr()
    code = run(["retrieve", *words, "--json"])
    report = json.loads(capsys.readouterr().out)
    return code, report, [finding["code"] for finding in report["findings"]]


@pytest.mark.parametrize("spelling", ["dir:far", "dir:{0}/far", "dir:link"])
def test_a_swapped_bag_is_named(project: Path, spelling: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deposit", "bag", "dir:far"]) == 0
    (project / "link").symlink_to("far")
    target = spelling.format(project)
    assert retrieve(capsys, target, "bag", "--to", "one")[0] == 0
    swap(project, project / "far" / "bag", b"he did NOT\n")
    code, report, codes = retrieve(capsys, target, "bag", "--to", "two")
    assert (code, codes) == (1, ["DEP-121"])
    assert report["path"].endswith("bag.different")
    assert run(["deposit", "bag", "dir:far"]) == 1, "the same bag again: what is there is not what was accepted"
    assert "DEP-126" in capsys.readouterr().out


def test_an_older_bag_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deposit", "bag", "dir:far"]) == 0
    (project / "far" / "bag").rename(project / "old")
    swap(project, project / "bag", b"second version\n")
    import time

    time.sleep(1.1)  # receipts have whole seconds
    assert run(["deposit", "bag", "dir:far"]) == 0
    shutil.rmtree(project / "far" / "bag")
    (project / "old").rename(project / "far" / "bag")
    code, _report, codes = retrieve(capsys, "dir:far", "bag", "--to", "back")
    assert (code, codes) == (1, ["DEP-122"])


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_a_packed_bag_is_compared_too(project: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    trust(project)
    (project / "archive.toml").write_text(f'[targets.shelf]\nurl = "dir:shelf"\nform = "{form}"\n')
    assert run(["deposit", "bag", "shelf"]) == 0
    assert retrieve(capsys, "shelf", f"bag.{form}", "--to", "one")[0] == 0
    assert run(["deposit", "bag", "shelf"]) == 0
    (project / "shelf" / f"bag.{form}").rename(project / "kept")
    swap(project, project / "other", b"he did NOT\n")
    shutil.rmtree(project / "bag")
    (project / "other").rename(project / "bag")
    (project / "archive.toml").write_text(
        f'[deposit]\njournal = "j"\n[targets.s]\nurl = "dir:shelf"\nform = "{form}"\n'
    )
    assert run(["deposit", "bag", "s"]) == 0
    (project / "archive.toml").write_text(f'[targets.shelf]\nurl = "dir:shelf"\nform = "{form}"\n')
    assert retrieve(capsys, "shelf", f"bag.{form}", "--to", "two")[::2] == (1, ["DEP-121"])


def test_a_repeated_deposit_reads_every_byte_back(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deposit", "bag", "dir:far"]) == 0
    assert run(["deposit", "bag", "dir:far"]) == 0
    (project / "far" / "bag" / "data" / "a.txt").write_bytes(b"he did ut\n")
    capsys.readouterr()
    assert run(["deposit", "bag", "dir:far"]) == 1
    assert "DEP-126" in (out := capsys.readouterr().out)
    assert "DEP-108" in out
    shutil.rmtree(project / "far" / "bag")
    assert run(["deposit", "bag", "dir:far"]) == 0
    assert "DEP-125" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["link", "folder link", "pipe"])
def test_links_and_pipes_over_there_are_findings(project: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deposit", "bag", "dir:far"]) == 0
    path = project / "far" / "bag" / ("data" if kind == "folder link" else "data/a.txt")
    shutil.move(path, project / "aside")
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(project / "aside")
    code, _report, codes = retrieve(capsys, "dir:far", "bag", "--to", "back")
    assert code == 1
    assert "DEP-123" in codes
    assert not any(one.is_symlink() for one in (project / "back").rglob("*"))
    assert run(["deposit", "bag", "dir:far"]) == 1


def test_a_link_in_the_place_of_the_whole_bag(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deposit", "bag", "dir:far"]) == 0
    (project / "far" / "bag").rename(project / "elsewhere")
    (project / "far" / "bag").symlink_to(project / "elsewhere")
    assert retrieve(capsys, "dir:far", "bag", "--to", "back")[::2] == (1, ["DEP-123"])
    assert not list((project / "back").glob("*")) if (project / "back").exists() else True


def test_ocfl_content_and_inventory_are_checked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deposit", "bag", "ocfl:root"]) == 0
    (content,) = (project / "root").rglob("a.txt")
    inventory = next((project / "root").rglob("inventory.json"))
    name = json.loads(inventory.read_text())["id"]
    shutil.rmtree(project / "deposits")
    content.write_bytes(b"he did ut\n")
    code, report, codes = retrieve(capsys, "ocfl:root", name, "--to", "one")
    assert (code, "DEP-124" in codes) == (1, True)
    assert report["path"].endswith(".damaged")
    content.unlink()
    content.symlink_to(project / "bag" / "data" / "a.txt")
    assert "DEP-123" in retrieve(capsys, "ocfl:root", name, "--to", "two")[2]
    for path in (project / "root").rglob("inventory.json"):
        path.write_text(path.read_text() + " ")
    assert run(["retrieve", "ocfl:root", name, "--to", "three"]) == 1


def test_an_ocfl_object_set_back_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deposit", "bag", "ocfl:root"]) == 0
    shutil.copytree("root", "before")
    swap(project, project / "bag", b"second version\n")
    assert run(["deposit", "bag", "ocfl:root"]) == 0
    name = json.loads(next((project / "root").rglob("inventory.json")).read_text())["id"]
    assert retrieve(capsys, "ocfl:root", name, "--to", "one")[0] == 0
    assert retrieve(capsys, "ocfl:root", f"{name}#v1", "--to", "two")[0] == 0
    shutil.rmtree("root")
    shutil.move("before", "root")
    assert retrieve(capsys, "ocfl:root", name, "--to", "three")[::2] == (1, ["DEP-122"])


def plant(where: Path, kind: str) -> None:
    trap = where.parent / "trap"
    trap.mkdir(exist_ok=True)
    if kind == "link":
        where.symlink_to(trap)
    elif kind == "open folder":
        where.mkdir()
        where.chmod(0o777)
    elif kind == "file":
        where.write_text("mine\n")
    else:
        where.mkdir()
        os.chown(where, 12345, 12345)


KINDS = ["link", "open folder", "file", *(["folder of another"] if os.geteuid() == 0 else [])]


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_working_folder_is_refused(tmp_path: Path, kind: str) -> None:
    plant(tmp_path / ".bag.part", kind)
    with pytest.raises(PermissionDeniedError):
        claim_folder(str(tmp_path / ".bag.part"))
    assert list((tmp_path / "trap").iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["dir", "ocfl"])
def test_a_deposit_refuses_it_too(
    project: Path, kind: str, scheme: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import archive.storage.working_folder as module

    made: list[str] = []
    claim = module.claim_folder

    def note(path: str) -> Any:
        made.append(path)
        return claim(path)

    for where in ("archive.storage.working_folder", "archive.targets.ocfl"):
        monkeypatch.setattr(f"{where}.claim_folder", note)
    write_bag(project / "first", {"a.txt": b"other\n"})
    assert run(["deposit", "first", f"{scheme}:far"]) == 0
    assert run(["deposit", "bag", f"{scheme}:other"]) == 0
    working = Path(made[-1].replace(f"{project}/other", f"{project}/far"))
    working.parent.mkdir(exist_ok=True)
    plant(working, kind)
    capsys.readouterr()
    assert run(["deposit", "bag", f"{scheme}:far"]) == 12
    assert not list((working.parent / "trap").iterdir())


def test_what_is_exchanged_meanwhile_is_noticed(tmp_path: Path) -> None:
    working = WorkingFolder(str(tmp_path / ".part"))
    working.write("data/a", [b"1"])
    os.rename(tmp_path / ".part", tmp_path / "aside")
    (tmp_path / ".part").mkdir()
    with pytest.raises(StorageError):
        working.check()
    with pytest.raises(StorageError):
        require_same(str(tmp_path / ".part"), working.identity())
    working.close()


def test_a_copy_is_never_open_wider_than_its_original(project: Path) -> None:
    bag = project / "bag"
    (bag / "metadata" / "restricted").mkdir(parents=True)
    (bag / "metadata" / "restricted" / "x.toml").write_text("a = 1\n")
    from tests.support.deposit_bags import seal

    seal(bag)
    (bag / "data" / "a.txt").chmod(0o600)
    assert run(["deposit", "bag", "dir:far"]) == 0
    assert run(["deposit", "bag", "ocfl:root"]) == 0
    assert run(["retrieve", "dir:far", "bag", "--to", "back"]) == 0
    for place in ("far", "root", "back"):
        (private,) = (project / place).rglob("x.toml")
        assert stat.S_IMODE(private.stat().st_mode) == 0o600, place
        assert stat.S_IMODE(private.parent.stat().st_mode) == 0o700, place
    for place in ("far", "root"):
        (payload,) = (project / place).rglob("a.txt")
        assert stat.S_IMODE(payload.stat().st_mode) == 0o600, place
    bag.chmod(0o700)
    shutil.rmtree(project / "far")
    shutil.rmtree(project / "deposits")
    assert run(["deposit", "bag", "dir:far"]) == 0
    assert stat.S_IMODE((project / "far" / "bag").stat().st_mode) == 0o700


SPOILT = {
    "cut off": lambda text: text[:100],
    "empty": lambda text: "",
    "another kind": lambda text: "[]",
    "nested": lambda text: "[" * 100_000,
    "without its fingerprint": lambda text: json.dumps({**json.loads(text), "fingerprint": None}),
    "another fingerprint": lambda text: json.dumps({**json.loads(text), "fingerprint": "0" * 64}),
    "another target": lambda text: json.dumps({**json.loads(text), "target": "dir:/nowhere"}),
    "no text": lambda text: json.dumps({**json.loads(text), "finished": 3}),
}  # fmt: skip


@pytest.mark.parametrize("how", [*SPOILT, "gone", "a pipe"])
def test_a_receipt_that_was_spoilt_is_named_and_the_journal_counts(
    project: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["deposit", "bag", "dir:far"]) == 0
    receipt = next((project / "deposits").glob("*.receipt.json"))
    text = receipt.read_text()
    receipt.unlink()
    if how in SPOILT:
        receipt.write_text(SPOILT[how](text))
    elif how == "a pipe":
        os.mkfifo(receipt)
    assert retrieve(capsys, "dir:far", "bag", "--to", "one")[::2] == (4, ["DEP-127"])
    swap(project, project / "far" / "bag", b"he did NOT\n")
    code, _, codes = retrieve(capsys, "dir:far", "bag", "--to", "two")
    assert (code, codes) == (1, ["DEP-127", "DEP-121"])


def test_a_spoilt_receipt_without_its_journal_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deposit", "bag", "dir:far"]) == 0
    next((project / "deposits").glob("*.receipt.json")).write_text("{")
    next((project / "deposits").glob("*.journal")).unlink()
    code, report, codes = retrieve(capsys, "dir:far", "bag", "--to", "one")
    assert (code, codes) == (4, ["DEP-127"])
    assert report["path"].endswith("/bag")


def test_the_journal_of_another_deposit_proves_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bag(project / "bag2", {"a.txt": b"another one\n"})
    own = {}
    for bag, target in (("bag", "far"), ("bag2", "far"), ("bag", "far2")):
        before = set((project / "deposits").glob("*.journal")) if (project / "deposits").exists() else set()
        assert run(["deposit", bag, f"dir:{target}"]) == 0
        (own[bag, target],) = set((project / "deposits").glob("*.journal")) - before
    kept = {place: path.read_bytes() for place, path in own.items()}
    for other in (("bag2", "far"), ("bag", "far2")):
        own["bag", "far"].write_bytes(kept[other])
        capsys.readouterr()
        assert run(["deposit", "bag", "dir:far"]) == 5
        assert "DEP-127" in capsys.readouterr().out
    own["bag", "far"].write_bytes(kept["bag", "far"])
    assert run(["deposit", "bag", "dir:far"]) == 0


def test_a_pipe_in_the_place_of_a_journal_is_not_waited_for(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deposit", "bag", "dir:far"]) == 0
    (journal,) = (project / "deposits").glob("*.journal")
    journal.unlink()
    os.mkfifo(journal)
    assert run(["deposit", "bag", "dir:far"]) == 4
    assert "not a regular file" in capsys.readouterr().err
