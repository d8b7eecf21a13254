"""bagit-python's interface over our core: the same calls, bags that each reads of the other, and nothing lost."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import bagit as released
import pytest

from archive.compat import bagit
from archive.stages.validation import validate
from tests.support.audit_projects import write_bag
from tests.support.making import contents, plant, snapshot

FILES = {"a.txt": b"alpha", "deep/100%.bin": b"beta" * 100, "deep/\u0628.txt": b"third", "line\rbreak": b"x"}
INFO = {"Contact-Name": "A", "Bagging-Date": "2026-01-02", "Bag-Software-Agent": "x", "X-Many": ["1", "2"]}


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("bagit").setLevel(logging.CRITICAL)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_bag_has_the_same_bytes_as_bagit_python_s(tmp_path: Path, processes: int) -> None:
    for name, module in (("ours", bagit), ("theirs", released)):
        plant(tmp_path / name, FILES)
        bag = module.make_bag(
            str(tmp_path / name), dict(INFO), checksums=["md5", "sha256", "sha3_256"], processes=processes
        )
        assert bag.is_valid()
        assert bag.validate(processes=processes)
    ours, theirs = contents(tmp_path / "ours"), contents(tmp_path / "theirs")
    tags = {name for name in ours if name.startswith("tagmanifest-")}
    assert ours.keys() == theirs.keys()
    assert {name for name in ours if ours[name] != theirs[name]} <= tags
    assert all(sorted(ours[name].splitlines()) == sorted(theirs[name].splitlines()) for name in tags)


def test_each_reads_the_other_s(tmp_path: Path) -> None:
    bagit.make_bag(plant(tmp_path / "ours", FILES), dict(INFO))
    released.make_bag(str(plant(tmp_path / "theirs", FILES)), dict(INFO))
    assert validate(str(tmp_path / "ours")).outcome.value == "intact"
    for name in ("ours", "theirs"):
        bags = [module.Bag(str(tmp_path / name)) for module in (bagit, released)]
        assert bags[0].entries == bags[1].entries
        assert bags[0].info == bags[1].info
        assert set(bags[0].algorithms) == set(bags[1].algorithms)
        assert set(bags[0].payload_files()) == set(bags[1].payload_files())
        assert all(bag.is_valid() for bag in bags)


def test_what_is_wrong_is_said_in_the_same_words(tmp_path: Path) -> None:
    bagit.make_bag(plant(tmp_path / "bag", FILES), checksums=["md5"])
    (tmp_path / "bag" / "data" / "a.txt").write_bytes(b"alphA")
    told = []
    for module in (bagit, released):
        bag = module.Bag(str(tmp_path / "bag"))
        with pytest.raises(module.BagValidationError) as caught:
            bag.validate()
        told.append(str(caught.value))
        assert isinstance(caught.value.details[0], module.ChecksumMismatch)
        assert bag.is_valid(fast=True)
    assert told[0] == told[1]
    (tmp_path / "bag" / "data" / "a.txt").rename(tmp_path / "bag" / "data" / "b.txt")
    told = []
    for module in (bagit, released):
        with pytest.raises(module.BagValidationError) as caught:
            module.Bag(str(tmp_path / "bag")).validate(completeness_only=True)
        told.append(str(caught.value))
    assert told[0] == told[1]


def test_saving(tmp_path: Path) -> None:
    bag = bagit.make_bag(plant(tmp_path / "bag", FILES))
    bag.info["Contact-Name"] = "B"
    bag.save()
    (tmp_path / "bag" / "data" / "new").write_text("new")
    again = bagit.Bag(tmp_path / "bag")
    assert again.info["Contact-Name"] == "B"
    assert not again.is_valid()
    again.save(manifests=True)
    assert again.is_valid()
    assert released.Bag(str(tmp_path / "bag")).is_valid()
    assert validate(str(tmp_path / "bag")).outcome.value == "intact"


def test_a_failed_make_bag_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = plant(tmp_path / "bag", FILES)
    before = {name: one for name, one in snapshot(folder).items() if name != "."}
    moved = os.rename
    counted = []

    def fail_late(source: str, target: str) -> None:
        counted.append(source)
        if len(counted) == 3:
            raise OSError(28, "No space left on device")
        moved(source, target)

    monkeypatch.setattr(os, "rename", fail_late)
    with pytest.raises(OSError, match="No space"):
        bagit.make_bag(folder)
    assert {name: one for name, one in snapshot(folder).items() if name != "."} == before


def test_links_are_refused(tmp_path: Path) -> None:
    folder = plant(tmp_path / "bag", FILES)
    (folder / "link").symlink_to("a.txt")
    with pytest.raises(bagit.BagError, match="link"):
        bagit.make_bag(folder)
    assert not (folder / "data").exists()


def test_a_bag_of_1_0_is_judged_by_the_rfc(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", {"a": b"a"})
    assert bagit.Bag(bag).is_valid()
    with (bag / "bag-info.txt").open("a") as file:
        file.write("Payload-Oxum: 7.7\n")
    assert not bagit.Bag(bag).is_valid()


def test_the_command_line(tmp_path: Path) -> None:
    plant(tmp_path / "bag", FILES)

    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "archive.compat.bagit", *words], cwd=tmp_path, capture_output=True, text=True,
            check=False, env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    code, told = run("--sha256", "--contact-name", "A B", "bag")
    assert code == 0, told
    assert "Contact-Name: A B" in (tmp_path / "bag" / "bag-info.txt").read_text()
    assert {path.name for path in (tmp_path / "bag").glob("manifest-*")} == {"manifest-sha256.txt"}
    for words in ((), ("--fast",), ("--completeness-only",), ("--processes", "2")):
        code, told = run("--validate", *words, "bag")
        assert code == 0, told
    (tmp_path / "bag" / "data" / "a.txt").write_bytes(b"x")
    assert run("--validate", "--quiet", "bag")[0] == 1
    assert run("--fast", "bag")[0] == 2
    assert run("--version") == (0, "bagit-python version 1.9.0\n")
