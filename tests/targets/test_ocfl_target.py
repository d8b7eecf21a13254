"""The OCFL repository of our own: versions that store only what changed, and a kill that never leaves a half."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import ExistsError, LockedError, NotFoundError, StorageError, UsageError
from archive.model.deposit import DepositState, Proof
from archive.stages.depositing.retrieval import retrieve
from archive.stages.validation.ocfl.ocfl import validate_ocfl
from archive.targets.ocfl_writing import OcflRoot
from archive.targets.registry import open_target
from tests.support.deposit_bags import bytes_of, send, settings_in, tree_of, write_bag
from tests.support.needing import needs
from tests.support.ocfl_objects import write_root

ID = "urn:muniment:bag:bag"
FILES = {"صباح الخير.txt": b"one", "50% & more +.txt": b"two", "twin": b"two", "sub/x.bin": bytes_of(3000)}


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_bag_is_a_version_and_comes_back(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root")
    planned = send(bag, settings, dry_run=True)
    assert (planned.state, (tmp_path / "root").exists()) == (DepositState.PLANNED, False)
    report = send(bag, settings)
    assert report.state is DepositState.ACCEPTED
    assert report.receipt is not None
    assert (report.receipt.proof, report.receipt.version) == (Proof.READ_BACK, "v1")
    judged = validate_ocfl(str(tmp_path / "root"))
    assert (judged.verdict, judged.findings) == ("valid", ())
    assert not (tmp_path / "root" / "extensions" / "muniment-staging").exists()
    again = send(bag, settings)
    assert (again.already, again.receipt) == (True, report.receipt)
    target = open_target("there", settings)
    back = retrieve(target, report.receipt.identifier, str(tmp_path / "back"), settings=settings)
    assert (back.verdict, tree_of(Path(back.path))) == ("valid", tree_of(bag))
    with pytest.raises(NotFoundError):
        retrieve(target, ID + "#v7", str(tmp_path / "back"), settings=settings)
    with pytest.raises(NotFoundError):
        retrieve(target, "urn:none", str(tmp_path / "back"), settings=settings)


def test_a_bag_comes_back_under_its_own_name_where_that_is_known(tmp_path: Path) -> None:
    info = {"External-Identifier": "https://example.org/x"}
    first = write_bag(tmp_path / "one" / "press release", {"a": b"1"}, info=info)
    second = write_bag(tmp_path / "two" / "صباح", {"a": b"2"}, info=info)
    url = f"ocfl:{tmp_path}/root"
    settings = settings_in(tmp_path / "project", url=url)
    elsewhere = settings_in(tmp_path / "elsewhere", url=url)
    assert send(first, settings).state is DepositState.ACCEPTED
    spoken = settings_in(tmp_path / "project", url=url, message="Second edition")
    assert send(second, spoken).state is DepositState.ACCEPTED
    target = open_target("there", settings)
    to = tmp_path / "back"
    for identifier, where, name in (
        ("https://example.org/x#v1", elsewhere, "press release"),
        ("https://example.org/x#v2", settings, "صباح"),
        ("https://example.org/x#v2", elsewhere, "x#v2"),
    ):
        assert retrieve(target, identifier, str(to), settings=where).path == str(to / name)
    with pytest.raises(ExistsError):
        retrieve(target, "https://example.org/x#v1", str(to), settings=settings)
    assert tree_of(to / "press release") == tree_of(first)


@pytest.mark.parametrize("name", ["..", "/etc", "a/b", "~x", "a\\nb", ""])
def test_a_name_that_leads_away_is_not_taken(name: str, tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root", message=f"Deposit of the bag {name}")
    assert send(write_bag(tmp_path / "bag", {"a": b"1"}), settings).state is DepositState.ACCEPTED
    target = open_target("there", settings)
    elsewhere = settings_in(tmp_path / "elsewhere")
    assert retrieve(target, ID, str(tmp_path / "back"), settings=elsewhere).path == str(tmp_path / "back" / "bag")


def test_a_bag_whose_own_name_is_no_text_is_stored(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / os.fsdecode(b"caf\xe9"), {"a": b"1"})
    settings = settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root")
    report = send(bag, settings)
    assert report.state is DepositState.ACCEPTED
    assert report.receipt is not None
    assert validate_ocfl(str(tmp_path / "root")).findings == ()
    target = open_target("there", settings)
    back = retrieve(target, report.receipt.identifier, str(tmp_path / "back"), settings=settings)
    assert tree_of(Path(back.path)) == tree_of(bag)


def test_a_new_version_stores_only_what_changed(tmp_path: Path) -> None:
    files = {f"part{n}.bin": bytes_of(1_000_000 + n) for n in range(14)}
    first = write_bag(tmp_path / "one" / "bag", files)
    second = write_bag(tmp_path / "two" / "bag", {**files, "part3.bin": b"changed"})
    settings = settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root")
    assert send(first, settings).state is DepositState.ACCEPTED
    before = size_of(tmp_path / "root")
    report = send(second, settings)
    assert report.receipt is not None
    assert report.receipt.identifier == ID + "#v2"
    added = size_of(tmp_path / "root") - before
    assert before > 14_000_000
    assert 0 < added < 1_000_000
    assert validate_ocfl(str(tmp_path / "root")).findings == ()
    assert all(path.stat().st_nlink == 1 for path in (tmp_path / "root").rglob("*") if path.is_file())
    target = open_target("there", settings)
    for version, bag in (("v1", first), ("v2", second)):
        back = retrieve(target, f"{ID}#{version}", str(tmp_path / version), settings=settings, name="bag")
        assert (back.verdict, tree_of(Path(back.path))) == ("valid", tree_of(bag))
    assert send(first, settings).already


def test_an_identifier_makes_versions_and_keeps_objects_apart(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root")
    one = write_bag(tmp_path / "one", {"a": b"1"}, info={"External-Identifier": "https://example.org/1"})
    two = write_bag(tmp_path / "two", {"a": b"2"})
    assert send(one, settings).receipt.identifier == "https://example.org/1#v1"  # type: ignore[union-attr]
    assert send(two, settings).receipt.identifier == "urn:muniment:bag:two#v1"  # type: ignore[union-attr]
    third = send(two, settings, identifier="https://example.org/1")
    assert third.receipt is not None
    assert third.receipt.identifier == "https://example.org/1#v2"
    assert validate_ocfl(str(tmp_path / "root")).facts["objects"] == 2


@pytest.mark.parametrize(
    "layout",
    [
        {"extensionName": "0002-flat-direct-storage-layout"},
        {"extensionName": "0003-hash-and-id-n-tuple-storage-layout"},
        {"extensionName": "0006-flat-omit-prefix-storage-layout", "delimiter": ":"},
        {"extensionName": "0007-n-tuple-omit-prefix-storage-layout", "delimiter": ":", "tupleSize": 2,
         "numberOfTuples": 2},
    ],
)  # fmt: skip
def test_other_layouts_are_kept_to(layout: dict[str, object], tmp_path: Path) -> None:
    write_root(tmp_path / "root", layout=layout)
    settings = settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root")
    assert send(write_bag(tmp_path / "bag", FILES), settings).state is DepositState.ACCEPTED
    judged = validate_ocfl(str(tmp_path / "root"))
    assert (judged.verdict, judged.facts["objects"], judged.findings) == ("valid", 1, ())


def test_names_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", {"a\udcff.txt": b"x"})
    settings = settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root")
    report = send(bag, settings)
    assert report.state is DepositState.REFUSED
    assert not (tmp_path / "root").exists()


def test_what_is_no_root_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "thesis.doc").write_text("mine")
    settings = settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root")
    with pytest.raises(UsageError):
        send(write_bag(tmp_path / "bag"), settings)
    shutil.rmtree(tmp_path / "root")
    write_root(tmp_path / "root", specification="1.0")
    with pytest.raises(UsageError):
        send(write_bag(tmp_path / "bag2"), settings)
    shutil.rmtree(tmp_path / "root")
    write_root(tmp_path / "root")
    with pytest.raises(UsageError):
        send(write_bag(tmp_path / "bag3"), settings)


def test_a_damaged_object_is_not_added_to(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root")
    send(write_bag(tmp_path / "one" / "bag", {"a": b"1"}), settings)
    (inventory,) = (tmp_path / "root").glob("*/*/*/*/inventory.json")
    inventory.write_text("{")
    with pytest.raises(StorageError):
        send(write_bag(tmp_path / "two" / "bag", {"a": b"2"}), settings)


def test_a_root_is_written_by_one_at_a_time(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "project", url=f"ocfl:{tmp_path}/root")
    send(write_bag(tmp_path / "one", {"a": b"1"}), settings)
    settings = replace(settings, deposit=replace(settings.deposit, seconds=0))
    with OcflRoot(str(tmp_path / "root")).held(), pytest.raises(LockedError):
        send(write_bag(tmp_path / "two", {"a": b"2"}), settings)


SCRIPT = """
import sys
from archive.config import load_settings
from archive.stages.depositing.workflow import deposit
from archive.storage.clock import Clock
from archive.targets.registry import open_target
settings = load_settings(sys.argv[2], {}, trusted=True)
target = open_target("there", settings, environ={})
print(deposit(sys.argv[1], target, settings=settings, clock=Clock()).state.value)
"""

CALLS = ("rename,renameat,renameat2", "link,linkat", "mkdir,mkdirat", "unlink,unlinkat,rmdir", "fsync,syncfs")


@needs("strace")
def test_a_kill_leaves_the_old_version_or_the_new(tmp_path: Path, checkout: Path) -> None:
    first = write_bag(tmp_path / "one" / "bag", FILES)
    second = write_bag(tmp_path / "two" / "bag", {**FILES, "sub/x.bin": b"changed", "new": b"new"})
    whole = bool(os.environ.get("ARCHIVE_LONG_TESTS"))
    calls = [*CALLS, "openat", "write", "close"] if whole else CALLS
    killed = 0
    for group in calls:
        steps = range(1, 400) if whole else (1, 3, 9)
        for step in steps:
            folder = tmp_path / f"{group.partition(',')[0]}{step}"
            settings = settings_in(folder, url=f"ocfl:{folder}/root")
            assert send(first, settings).state is DepositState.ACCEPTED
            done = subprocess.run(
                ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={group}",
                 "-e", f"inject={group}:signal=SIGKILL:when={step}", sys.executable, "-c", SCRIPT, str(second),
                 str(folder)],
                cwd=checkout, capture_output=True, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )  # fmt: skip
            _judge(folder / "root", first, second, settings, tmp_path / f"{folder.name}-back")
            if done.returncode == 0:
                break
            killed += 1
            resumed = send(second, settings)
            assert (resumed.state, resumed.receipt is not None) == (DepositState.ACCEPTED, True)
            judged = validate_ocfl(str(folder / "root"))
            assert judged.verdict == "valid"
            (place,) = folder.glob("root/*/*/*/*/inventory.json")
            assert sorted(path.name for path in place.parent.glob("v*")) == ["v1", "v2"]
            shutil.rmtree(folder)
    assert killed >= 8


def _judge(root: Path, first: Path, second: Path, settings: object, back: Path) -> None:
    """The root is valid, whatever the staging holds, and its newest version is one of the two bags."""
    judged = validate_ocfl(str(root))
    assert {finding.code for finding in judged.findings} <= {"OCFL-W016"}, judged.findings
    target = open_target("there", settings, environ={})  # type: ignore[arg-type]
    report = retrieve(target, ID, str(back), settings=settings, name="bag")  # type: ignore[arg-type]
    assert report.verdict == "valid"
    assert tree_of(Path(report.path)) in (tree_of(first), tree_of(second))
