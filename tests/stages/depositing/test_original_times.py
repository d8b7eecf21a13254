"""When an original was last modified is a fact that deposits, exports and retrievals keep."""

from __future__ import annotations

import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from archive.model.deposit import DepositState
from archive.settings import Settings
from archive.stages.depositing.retrieval import retrieve
from archive.targets.registry import open_target
from tests.support.deposit_bags import send, settings_in, write_bag
from tests.support.making import make, plant

SETTINGS = Settings().with_flags("render", pdfa="none")
TIME = 1_600_000_000
FILES = {"a.csv": b"a,b\n1,2\n", "sub/رسالة.dat": b"\x00\x01", "twin.dat": b"\x00\x01"}


def full_bag(tmp_path: Path, serialize: str = "") -> Path:
    source = plant(tmp_path / "source", FILES)
    report = make(source, tmp_path / "made", plain=False, settings=SETTINGS, serialize=serialize)
    assert report.created
    return Path(report.bag)


def originals(folder: Path) -> dict[str, int]:
    return {
        str(p.relative_to(folder)): int(p.stat().st_mtime)
        for p in folder.rglob("*")
        if p.is_file() and "/data/original/" in str(p)
    }


@pytest.mark.parametrize("serialize", ["", "zip", "tar"])
@pytest.mark.parametrize("kind", ["dir", "ocfl"])
def test_copies_carry_the_times_of_the_originals(tmp_path: Path, kind: str, serialize: str) -> None:
    bag = full_bag(tmp_path, serialize)
    settings = settings_in(tmp_path / "project", url=f"{kind}:{tmp_path}/root")
    report = send(bag, settings)
    assert report.state is DepositState.ACCEPTED
    held = originals(tmp_path / "root")
    assert len(held) == (3 if kind == "dir" else 2)
    assert set(held.values()) == {TIME}
    assert report.receipt is not None
    back = retrieve(
        open_target("there", settings), report.receipt.identifier, str(tmp_path / "back"), settings=settings
    )
    assert back.verdict == "valid"
    came = originals(Path(back.path))
    assert (len(came), set(came.values())) == (3, {TIME})


@pytest.mark.parametrize("serialize", ["", "tar"])
def test_a_packed_deposit_has_them_on_its_members(tmp_path: Path, serialize: str) -> None:
    bag = full_bag(tmp_path, serialize)
    settings = settings_in(tmp_path / "project", url=f"dir:{tmp_path}/root", form="zip")
    assert send(bag, settings).state is DepositState.ACCEPTED
    (packed,) = (tmp_path / "root").glob("*.zip")
    with zipfile.ZipFile(packed) as bundle:
        own = [one.date_time for one in bundle.infolist() if "/data/original/" in one.filename]
        other = [one.date_time for one in bundle.infolist() if one.filename.endswith("bagit.txt")]
    assert set(own) == {(2020, 9, 13, 12, 26, 40)}
    assert other != own[:1]


def test_a_bag_without_records_keeps_the_times_of_its_files(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", {"a": b"1"})
    os.utime(bag / "data" / "a", (TIME, TIME))
    settings = settings_in(tmp_path / "project", url=f"dir:{tmp_path}/root", form="tar")
    assert send(bag, settings).state is DepositState.ACCEPTED
    (packed,) = (tmp_path / "root").glob("*.tar")
    with tarfile.open(packed) as bundle:
        assert bundle.getmember("bag/data/a").mtime == TIME
