"""Deliveries that bring their own checksums: checked in the one read, before anything is sealed."""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path

import pytest
from lxml import etree

from archive.errors import UsageError
from archive.model.creation import CreationReport
from tests.support.making import make, plant

A, B = b"alpha\n", b"beta\n"
PREMIS = {"p": "http://www.loc.gov/premis/v3"}


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def codes(report: CreationReport) -> list[str]:
    return [finding.code for finding in report.findings]


LISTS = {
    "md5sum at the top": ("MD5SUMS", lambda a, b: f"{md5(a)}  a.txt\n{md5(b)} *sub/b.txt\n"),
    "dot slash": ("checksums.txt", lambda a, b: f"{sha256(a)}  ./a.txt\n{sha256(b)}  ./sub/b.txt\n"),
    "BSD": ("SHA256SUMS", lambda a, b: f"SHA256 (a.txt) = {sha256(a)}\nSHA256 (sub/b.txt) = {sha256(b)}\n"),
    "manifest": ("manifest-sha256.txt", lambda a, b: f"{sha256(a)}  a.txt\n{sha256(b)}  sub/b.txt\n"),
    "in its folder": ("sub/list.md5", lambda a, b: f"{md5(b)}  b.txt\n{md5(a)}  a.txt\n"),
    "backslashes": ("all.md5", lambda a, b: f"{md5(a)} *a.txt\r\n{md5(b)} *sub\\b.txt\r\n"),
    "the sender's paths": ("all.md5", lambda a, b: f"{md5(a)}  /srv/out/a.txt\n{md5(b)}  C:\\out\\sub\\b.txt\n"),
    "quoted, more blanks": ("all.md5", lambda a, b: f'{md5(a)}     a.txt \n{md5(b)}  "sub/b.txt"\n'),
    "hashdeep": (
        "hashdeep.txt",
        lambda a, b: (
            "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /srv\n## $ hashdeep -r out\n## \n"
            f"6,{md5(a)},{sha256(a)},/srv/out/a.txt\n5,{md5(b)},{sha256(b)},/srv/out/sub/b.txt\n"
        ),
    ),
    "paths first": ("SHA256SUMS", lambda a, b: f"a.txt  {sha256(a)}\nsub/b.txt,{sha256(b)}\n"),
}  # fmt: skip


@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("plain", [True, False])
def test_a_delivery_that_matches_is_recorded(tmp_path: Path, which: str, plain: bool) -> None:
    name, write = LISTS[which]
    src = plant(tmp_path / "src", {"a.txt": A, "sub/b.txt": B, name: write(A, B).encode()})
    report = make(src, tmp_path / "out", plain=plain)
    assert report.created
    assert "SRC-136" in codes(report)
    kept = Path(report.bag) / ("data" if plain else "data/original") / name
    assert kept.read_bytes() == write(A, B).encode()
    if not plain:
        record = etree.parse(f"{report.bag}/metadata/preservation/premis.xml")
        events = list(record.iterfind(".//p:event", PREMIS))
        checks = [one for one in events if name in (one.findtext(".//p:eventDetail", "", PREMIS))]
        assert [one.findtext("p:eventType", "", PREMIS) for one in checks] == ["fixity check"]
        assert checks[0].findtext(".//p:eventOutcome", "", PREMIS) == "success"
        assert len(checks[0].findall("p:linkingObjectIdentifier", PREMIS)) == 2


@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("in_place", [False, True])
def test_one_changed_byte_stops_it(tmp_path: Path, which: str, in_place: bool) -> None:
    name, write = LISTS[which]
    src = plant(tmp_path / "src", {"a.txt": b"alphA\n", "sub/b.txt": b"bet\n", name: write(A, B).encode()})
    if in_place:
        report = make(src, tmp_path, in_place=True)
        assert (src / "a.txt").exists()
    else:
        report = make(src, tmp_path / "out")
        assert not (tmp_path / "out" / "src").exists()
    assert not report.created
    assert codes(report).count("SRC-130") == (4 if which == "hashdeep" else 2)  # it has two digests a file
    assert report.outcome.value == "damaged"


def test_a_listed_file_that_is_missing_stops_it_and_all_problems_are_named(tmp_path: Path) -> None:
    listed = f"{md5(A)}  a.txt\n{md5(B)}  gone.txt\n{md5(B)}  ../outside.txt\n"
    src = plant(tmp_path / "src", {"a.txt": b"other", "checksum.md5": listed.encode()})
    report = make(src, tmp_path / "out", plain=True)
    assert not report.created
    assert sorted(one for one in codes(report) if one.startswith("SRC-13")) == ["SRC-130", "SRC-131", "SRC-131"]
    rehearsed = make(src, tmp_path / "out", plain=True, dry_run=True)
    assert codes(rehearsed).count("SRC-131") == 2


def test_a_dry_run_compares_and_ends_as_the_real_run_would(tmp_path: Path) -> None:
    src = plant(
        tmp_path / "src", {"a.txt": b"other", "b.txt": B, "c.md5": f"{md5(A)}  a.txt\n{md5(B)}  b.txt\n".encode()}
    )
    for accept in (False, True):
        rehearsed = make(src, tmp_path / "out", plain=True, dry_run=True, accept_damaged=accept)
        assert not (tmp_path / "out").exists()
        real = make(src, tmp_path / f"out{accept}", plain=True, accept_damaged=accept)
        assert rehearsed.outcome is real.outcome
        told = [one for one in rehearsed.findings if one.code.startswith("SRC-13")]
        assert told == [one for one in real.findings if one.code.startswith("SRC-13")]
        assert ("SRC-132" if accept else "SRC-130") in codes(rehearsed)


def test_a_dry_run_judges_a_bag_that_is_to_be_wrapped(tmp_path: Path) -> None:
    bag = Path(make(plant(tmp_path / "src", {"a.txt": A}), tmp_path / "bags").bag)
    (bag / "data/b.txt").write_bytes(B)
    rehearsed = make(bag, tmp_path / "out", dry_run=True, wrap_bag=True)
    real = make(bag, tmp_path / "out", wrap_bag=True)
    assert rehearsed.outcome is real.outcome
    assert rehearsed.outcome.value == "damaged"
    assert codes(rehearsed).count("SRC-139") == codes(real).count("SRC-139") > 0


def test_hostile_lists_are_read_in_linear_time(tmp_path: Path) -> None:
    lists = {
        "checksum.txt": b"a" + b" " * 300_000 + b"b",
        "long.md5": f"{md5(A)}  ".encode() + b"/x" * 300_000,
        "again.md5": f"{md5(A)}  a.txt\n".encode() * 100_000,
    }
    src = plant(tmp_path / "src", {"a.txt": A, **lists})
    since = time.process_time()
    report = make(src, tmp_path / "out", plain=True, accept_damaged=True)
    assert report.created
    assert time.process_time() - since < 10


def test_accepted_damage_is_recorded(tmp_path: Path) -> None:
    listed = f"{md5(A)}  a.txt\n{md5(B)}  gone.txt\n{md5(B)}  b.txt\n"
    src = plant(tmp_path / "src", {"a.txt": b"other", "b.txt": B, "checksum.md5": listed.encode()})
    report = make(src, tmp_path / "out", plain=False, accept_damaged=True)
    assert report.created
    assert {"SRC-132", "SRC-133", "SRC-136"} <= set(codes(report))
    record = etree.parse(f"{report.bag}/metadata/preservation/premis.xml")
    outcomes = [
        one.findtext(".//p:eventOutcome", "", PREMIS)
        for one in record.iterfind(".//p:event", PREMIS)
        if "Delivered checksums" in one.findtext(".//p:eventDetail", "", PREMIS)
    ]
    assert outcomes == ["success", "fail", "fail"]


def test_a_side_file_and_a_file_left_out_are_checked(tmp_path: Path) -> None:
    files = {
        "scan.tif": A,
        "scan.tif.md5": md5(A).encode(),
        "Thumbs.db": B,
        "SHA256SUMS": f"{sha256(A)}  Thumbs.db\n".encode(),
    }
    report = make(plant(tmp_path / "src", files), tmp_path / "out", plain=True)
    assert [one.subject for one in report.findings if one.code == "SRC-130"] == ["data/Thumbs.db"]
    files["SHA256SUMS"] = f"{sha256(B)}  Thumbs.db\n".encode()
    assert make(plant(tmp_path / "two", files), tmp_path / "out", plain=True).created


def test_a_list_that_lists_itself_and_a_file_that_is_no_list_are_no_problem(tmp_path: Path) -> None:
    files = {
        "a.txt": A,
        "SHA256SUMS": f"{sha256(A)}  a.txt\n{sha256(b'')}  SHA256SUMS\n".encode(),
        "checksum.py": b"print()\n",
    }
    report = make(plant(tmp_path / "src", files), tmp_path / "out", plain=True)
    assert report.created
    assert [one for one in codes(report) if one in ("SRC-130", "SRC-131", "SRC-134")] == []


def test_a_transfer_has_its_checksums_in_metadata(tmp_path: Path) -> None:
    files = {
        "objects/a.txt": A,
        "objects/sub/b.txt": B,
        "metadata/checksum.sha256": f"{sha256(A)}  a.txt\n{sha256(B)}  objects/sub/b.txt\n".encode(),
    }
    report = make(plant(tmp_path / "src", files), tmp_path / "out")
    assert report.created
    assert [one.facts["matched"] for one in report.findings if one.code == "SRC-136"] == [2]


def test_single_files_with_their_list(tmp_path: Path) -> None:
    src = plant(tmp_path / "src", {"a.txt": A, "b.txt": B, "all.md5": f"{md5(A)}  a.txt\n{md5(A)}  b.txt\n".encode()})
    sources = [str(src / name) for name in ("a.txt", "all.md5")]
    report = make(sources, tmp_path / "out", plain=True, name="two")
    assert report.created
    sources.append(str(src / "b.txt"))
    assert not make(sources, tmp_path / "out", plain=True, name="three").created


@pytest.mark.parametrize("serialize", ["", "zip", "tar"])
def test_a_bag_is_wrapped_only_when_asked_for(tmp_path: Path, serialize: str) -> None:
    inner = make(plant(tmp_path / "src", {"a.txt": A}), tmp_path / "bags", plain=True, serialize=serialize)
    with pytest.raises(UsageError, match="bag already") as caught:
        make(inner.bag, tmp_path / "out", name="outer")
    assert "--wrap-bag" in (caught.value.remedy or "")
    report = make(inner.bag, tmp_path / "out", name="outer", wrap_bag=True)
    assert report.created
    assert "SRC-138" in codes(report)


def test_a_damaged_bag_is_not_wrapped(tmp_path: Path) -> None:
    inner = Path(make(plant(tmp_path / "src", {"a.txt": A, "b.txt": B}), tmp_path / "bags", plain=True).bag)
    (inner / "data" / "a.txt").write_bytes(b"other\n")
    assert "SRC-130" in codes(make(inner, tmp_path / "out", name="one", wrap_bag=True))
    (inner / "data" / "a.txt").write_bytes(A)
    (inner / "data" / "more.txt").write_bytes(A)
    assert "SRC-139" in codes(make(inner, tmp_path / "out", name="two", wrap_bag=True))
    assert make(inner, tmp_path / "out", name="three", wrap_bag=True, accept_damaged=True).created
    assert not (tmp_path / "out" / "one").exists()


@pytest.mark.parametrize("place", ["", "data", "data/sub", "new/folder"])
def test_nothing_is_made_inside_a_bag(tmp_path: Path, place: str) -> None:
    bag = Path(make(plant(tmp_path / "src", {"a.txt": A, "sub/b.txt": B}), tmp_path / "bags", plain=True).bag)
    other = plant(tmp_path / "other", {"c.txt": B})
    with pytest.raises(UsageError, match="inside a bag"):
        make(other, bag / place)
    shutil.copytree(other, bag / "data" / "other")
    with pytest.raises(UsageError, match="inside a bag"):
        make(bag / "data" / "other", "", in_place=True)


def test_nothing_is_made_inside_an_ocfl_object(tmp_path: Path) -> None:
    plant(tmp_path / "root", {"0=ocfl_1.1": b"ocfl_1.1\n", "a/0=ocfl_object_1.1": b"ocfl_object_1.1\n"})
    with pytest.raises(UsageError, match="OCFL"):
        make(plant(tmp_path / "src", {"a": A}), tmp_path / "root" / "a" / "v1")
