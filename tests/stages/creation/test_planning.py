"""What is decided before anything is written: every SRC finding, and what is refused outright."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from archive.errors import ExistsError, NotFoundError, UsageError
from archive.model.capped_findings import LISTED, CappedFindings
from archive.model.codes import source
from tests.support.making import archive_unprivileged, codes, contents, make, plant, snapshot


@pytest.fixture
def src(tmp_path: Path) -> Path:
    return plant(tmp_path / "src", {"a.txt": b"alpha", "sub/b.txt": b"beta"})


def refused(report: object, to: Path, code: str) -> None:
    """Not made, for this reason, and nothing stands at the destination."""
    assert not report.created  # type: ignore[attr-defined]
    assert code in codes(report)  # type: ignore[arg-type]
    assert not to.exists()


def test_a_name_that_is_not_utf8_is_refused(src: Path, tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(src) + b"/caf\xe9"))).write_bytes(b"x")
    refused(make(src, tmp_path / "out"), tmp_path / "out", "SRC-101")


def test_a_folder_name_that_is_not_utf8_is_refused(src: Path, tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(src) + b"/caf\xe9"))
    plant(folder, {"inside.txt": b"x"})
    refused(make(src, tmp_path / "out"), tmp_path / "out", "SRC-101")


def test_a_backslash_that_leads_out_is_refused(src: Path, tmp_path: Path) -> None:
    plant(src, {"..\\..\\evil": b"x"})
    refused(make(src, tmp_path / "out"), tmp_path / "out", "SRC-102")


@pytest.mark.parametrize("plain", [True, False])
def test_names_that_some_tools_unpack_as_one_file_are_refused_in_a_zip(src: Path, tmp_path: Path, plain: bool) -> None:
    plant(src, {"\u00e9.txt": b"one", "e\u0301.txt": b"two"})
    refused(make(src, tmp_path / "out", serialize="zip", plain=plain), tmp_path / "out", "SRC-143")
    report = make(src, tmp_path / "tars", serialize="tar", plain=True)
    assert report.created
    assert {"SRC-103"} == codes(report) & {"SRC-103", "SRC-143"}


def test_a_harmless_backslash_is_kept(src: Path, tmp_path: Path) -> None:
    plant(src, {"a\\b": b"x"})
    assert make(src, tmp_path / "out").created
    assert (tmp_path / "out/src/data/a\\b").read_bytes() == b"x"


def test_names_equal_after_nfc_are_kept_and_told(src: Path, tmp_path: Path) -> None:
    plant(src, {"caf\u00e9": b"1", "cafe\u0301": b"2"})
    report = make(src, tmp_path / "out")
    assert report.created
    assert "SRC-103" in codes(report)
    assert "SRC-104" not in codes(report)


@pytest.mark.parametrize(
    ("one", "other"), [("Read.me", "read.ME"), ("STRASSE", "stra\u00dfe"), ("\u0130x", "i\u0307x")]
)
def test_names_equal_but_for_case_are_kept_and_told(src: Path, tmp_path: Path, one: str, other: str) -> None:
    plant(src, {one: b"1", other: b"2"})
    report = make(src, tmp_path / "out")
    assert report.created
    assert "SRC-104" in codes(report)


def test_folders_that_differ_in_case_are_told(src: Path, tmp_path: Path) -> None:
    plant(src, {"Dir/x": b"1", "dir/x": b"2"})
    assert "SRC-104" in codes(make(src, tmp_path / "out"))


def test_two_sources_of_one_name_are_refused(src: Path, tmp_path: Path) -> None:
    other = plant(tmp_path / "else" / "src", {"c.txt": b"c"})
    refused(make([src, other], tmp_path / "out", name="both"), tmp_path / "out", "SRC-105")


def test_two_sources_keep_their_names(src: Path, tmp_path: Path) -> None:
    other = plant(tmp_path / "else", {"c.txt": b"c"}) / "c.txt"
    assert make([src, other], tmp_path / "out", name="both").created
    payload = contents(tmp_path / "out/both/data")
    assert payload == {"src/a.txt": b"alpha", "src/sub/b.txt": b"beta", "c.txt": b"c"}


def test_links_are_refused_unless_followed(src: Path, tmp_path: Path) -> None:
    secret = plant(tmp_path / "secret", {"s.txt": b"secret"})
    (src / "file-link").symlink_to(secret / "s.txt")
    (src / "folder-link").symlink_to(secret)
    refused(make(src, tmp_path / "out"), tmp_path / "out", "SRC-106")
    report = make(src, tmp_path / "out", links="follow")
    assert report.created
    assert "SRC-107" in codes(report)
    payload = contents(tmp_path / "out/src/data")
    assert payload["file-link"] == payload["folder-link/s.txt"] == b"secret"
    assert not any(path.is_symlink() for path in (tmp_path / "out").rglob("*"))


def test_a_broken_link_is_refused(src: Path, tmp_path: Path) -> None:
    (src / "nowhere").symlink_to("gone")
    refused(make(src, tmp_path / "out", links="follow"), tmp_path / "out", "SRC-108")


def test_a_link_to_a_device_is_refused(src: Path, tmp_path: Path) -> None:
    (src / "zero").symlink_to("/dev/zero")
    refused(make(src, tmp_path / "out", links="follow"), tmp_path / "out", "SRC-108")


@pytest.mark.parametrize("target", [".", "..", "../../src"])
def test_a_link_that_contains_itself_is_refused(src: Path, tmp_path: Path, target: str) -> None:
    (src / "sub" / "loop").symlink_to(target)
    report = make(src, tmp_path / "out", links="follow")
    refused(report, tmp_path / "out", "SRC-109")


def test_special_files_are_left_out_and_told(src: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(src / "pipe")
    monkeypatch.chdir(src)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        report = make(src, tmp_path / "out")
    assert report.created
    sorts = {f.subject.rpartition("/")[2]: f.facts["sort"] for f in report.findings if f.code == "SRC-110"}
    assert sorts == {"pipe": "named pipe", "socket": "socket"}
    assert set(contents(tmp_path / "out/src/data")) == {"a.txt", "sub/b.txt"}


def test_empty_folders_are_told(src: Path, tmp_path: Path) -> None:
    (src / "sub" / "empty").mkdir()
    report = make(src, tmp_path / "out")
    assert [f.subject for f in report.findings if f.code == "SRC-111"] == [f"{src}/sub/empty"]


def test_exclusions_are_listed_one_by_one(src: Path, tmp_path: Path) -> None:
    plant(src, {".git/config": b"g", "x.tmp": b"t", "sub/y.tmp": b"t", "keep/build/z": b"z", "build": b"file"})
    report = make(src, tmp_path / "out", exclude=(".git/", "*.tmp", "keep/build", "build/"))
    listed = {f.subject.removeprefix(f"{src}/"): f.facts["pattern"] for f in report.findings if f.code == "SRC-112"}
    assert listed == {".git": ".git/", "x.tmp": "*.tmp", "sub/y.tmp": "*.tmp", "keep/build": "keep/build"}
    assert set(contents(tmp_path / "out/src/data")) == {"a.txt", "sub/b.txt", "build"}


def test_an_unreadable_folder_is_not_checked(src: Path, tmp_path: Path) -> None:
    (src / "closed").mkdir()
    (src / "closed").chmod(0)
    done = archive_unprivileged("create", src, "--to", tmp_path / "out", "--plain", cwd=tmp_path)
    (src / "closed").chmod(0o755)
    assert done.returncode == 4, done.stderr
    assert b"SRC-113" in done.stdout
    assert not (tmp_path / "out").exists()


def test_an_unreadable_file_is_not_checked(src: Path, tmp_path: Path) -> None:
    (src / "a.txt").chmod(0)
    planned = archive_unprivileged("create", src, "--to", tmp_path / "out", "--plain", "--dry-run", cwd=tmp_path)
    done = archive_unprivileged("create", src, "--to", tmp_path / "out", "--plain", cwd=tmp_path)
    assert (planned.returncode, done.returncode) == (4, 4)
    assert b"SRC-113" in planned.stdout
    assert b"cannot be read" in done.stdout + done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("trouble", ["pipe", "link", "exclude"])
def test_in_place_leaves_nothing_out(src: Path, trouble: str) -> None:
    if trouble == "pipe":
        os.mkfifo(src / "pipe")
    elif trouble == "link":
        (src / "link").symlink_to("a.txt")
    before = snapshot(src)
    report = make(src, in_place=True, exclude=("a.*",) if trouble == "exclude" else ())
    assert not report.created
    assert "SRC-114" in codes(report)
    assert snapshot(src) == before


def test_only_the_first_findings_of_a_kind_are_listed() -> None:
    notices = CappedFindings()
    for number in range(LISTED + 7):
        notices.take(source.EMPTY_FOLDER.at(str(number)))
    *listed, last = notices.all()
    assert len(listed) == LISTED
    assert (last.code, last.facts["count"], last.facts["code"]) == ("SRC-118", 7, "SRC-111")


def test_a_source_without_files_makes_an_empty_bag_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    report = make(tmp_path / "src", tmp_path / "out")
    assert report.created
    assert codes(report) >= {"SRC-120"}
    assert (tmp_path / "out/src/data").is_dir()


def test_a_taken_destination_is_a_finding_of_the_dry_run_and_an_error_else(src: Path, tmp_path: Path) -> None:
    plant(tmp_path / "out" / "src", {"mine.txt": b"mine"})
    before = snapshot(tmp_path)
    assert "SRC-121" in codes(make(src, tmp_path / "out", dry_run=True))
    with pytest.raises(ExistsError):
        make(src, tmp_path / "out")
    assert snapshot(tmp_path) == before


def test_a_dry_run_tells_all_and_writes_nothing(src: Path, tmp_path: Path) -> None:
    os.mkfifo(src / "pipe")
    (src / "link").symlink_to("a.txt")
    (src / "empty").mkdir()
    before = snapshot(tmp_path)
    report = make(src, tmp_path / "out", dry_run=True)
    assert codes(report) == {"SRC-106", "SRC-110", "SRC-111"}
    assert (report.created, report.files, report.size) == (False, 2, 9)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a\nb", "\udce9", "a\0b"])
def test_names_that_no_bag_can_have(src: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        make(src, tmp_path / "out", name=name)
    assert not (tmp_path / "out").exists()


def test_the_destination_must_lie_outside(src: Path) -> None:
    before = snapshot(src)
    for to in (src, src / "sub", src / "new" / "er", src / ".." / "src"):
        with pytest.raises(UsageError):
            make(src, to)
    assert snapshot(src) == before


def test_a_sibling_that_begins_like_the_source_is_outside(src: Path, tmp_path: Path) -> None:
    assert make(src, tmp_path / "src-bags").created


def test_what_is_wrong_with_the_call(src: Path, tmp_path: Path) -> None:
    for call in (
        lambda: make([], tmp_path / "out"),
        lambda: make(src),
        lambda: make([src, src / "a.txt"], tmp_path / "out"),
        lambda: make(src, tmp_path / "out", algorithms=("crc32",)),
        lambda: make(src, tmp_path / "out", algorithms=("shake_128",)),
        lambda: make(src, src / "a.txt"),
        lambda: make([src, src], in_place=True),
        lambda: make(src / "a.txt", in_place=True),
        lambda: make(src, in_place=True, serialize="zip"),
        lambda: make(src, in_place=True, name="other"),
        lambda: make(src, tmp_path / "elsewhere", in_place=True),
        lambda: make(src, tmp_path / "out", description="d.toml"),
        lambda: make(src, tmp_path / "out", bag_info={"Payload-Oxum": "1.1"}),
        lambda: make(src, tmp_path / "out", bag_info={"a:b": "1"}),
        lambda: make(src, tmp_path / "out", bag_info={"Empty": " "}),
        lambda: make(src, tmp_path / "out", bag_info={"Number": 3}),
        lambda: make(src, tmp_path / "out", profile="no-such-profile"),
    ):
        with pytest.raises(UsageError):
            call()
    assert set(tmp_path.iterdir()) == {src}


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        make(tmp_path / "gone", tmp_path / "out")
    assert not (tmp_path / "out").exists()
