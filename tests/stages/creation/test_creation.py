"""A bag from end to end: what stands in it, that it is the same each time, and what a profile makes of it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.model.build import Build
from archive.settings import Settings
from archive.stages.creation.builder import BagBuilder
from archive.stages.validation import validate
from archive.storage.clock import Clock
from tests.support.making import CLOCK, ROOT, codes, contents, make, plant, snapshot

FILES = {
    "a.txt": b"alpha",
    "empty": b"",
    "sub/100% sure.txt": b"percent",
    "sub/new\nline\rfeed": b"lines",
    "sub/deep/\u0628\u064a\u0627\u0646.txt": "\u0628\u064a\u0627\u0646".encode(),
    " leading and trailing ": b"spaces",
    "caf\u00e9\u2028\u0085.txt": b"line separators",
}


@pytest.fixture
def src(tmp_path: Path) -> Path:
    return plant(tmp_path / "src", FILES)


@pytest.mark.parametrize("portable", ["0", "1"])
def test_a_plain_bag_holds_the_source_byte_for_byte(
    src: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portable: str
) -> None:
    monkeypatch.setenv("ARCHIVE_PORTABLE", portable)
    before = snapshot(src)
    report = make(src, tmp_path / "out")
    assert (report.created, report.files, report.size) == (True, len(FILES), sum(map(len, FILES.values())))
    assert report.validation is not None
    assert report.validation.verdict == "valid"
    assert codes(report) == {"SRC-122", "BAG-507"}
    assert contents(tmp_path / "out/src/data") == FILES
    assert snapshot(src) == before
    for name in FILES:
        assert (tmp_path / "out/src/data" / name).stat().st_mtime_ns == (src / name).stat().st_mtime_ns
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["src"]


def test_the_manifests_say_what_is_there(src: Path, tmp_path: Path) -> None:
    make(src, tmp_path / "out", algorithms=("sha512", "md5", "sha3_256"))
    bag = tmp_path / "out/src"
    names = {"sha512": "sha512", "md5": "md5", "sha3256": "sha3_256"}
    for written, known in names.items():
        lines = (bag / f"manifest-{written}.txt").read_bytes().decode().split("\n")
        expected = {
            f"{hashlib.new(known, content).hexdigest()}  data/"
            + name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
            for name, content in FILES.items()
        }
        assert lines.pop() == ""
        assert set(lines) == expected
        assert len(lines) == len(expected)
        tags = (bag / f"tagmanifest-{written}.txt").read_text().splitlines()
        assert tags == sorted(tags, key=lambda line: line.partition("  ")[2])
        assert dict(reversed(line.split("  ")) for line in tags) == {
            path.name: hashlib.new(known, path.read_bytes()).hexdigest()
            for path in bag.iterdir()
            if path.is_file() and not path.name.startswith("tagmanifest")
        }
    assert len(list(bag.iterdir())) == 3 + 3 + 2 + 1


def test_bag_info_keeps_order_and_repeats(src: Path, tmp_path: Path) -> None:
    fields = {"Contact-Name": ["Edna", "Ada"], "External-Description": "two\nlines", "\u00dcber": "\u0628"}
    make(src, tmp_path / "out", bag_info=fields, organization="A small archive")
    size = sum(map(len, FILES.values()))
    from archive import __version__

    assert (tmp_path / "out/src/bag-info.txt").read_bytes().decode() == (
        "Source-Organization: A small archive\nContact-Name: Edna\nContact-Name: Ada\n"
        "External-Description: two\n  lines\n\u00dcber: \u0628\nBagging-Date: 2023-11-14\n"
        f"Bag-Software-Agent: muniment {__version__}\nPayload-Oxum: {size}.{len(FILES)}\nBag-Size: {size} bytes\n"
    )
    assert validate(str(tmp_path / "out/src")).ok


def test_a_field_that_is_given_is_not_filled_in(src: Path, tmp_path: Path) -> None:
    make(src, tmp_path / "out", bag_info={"bagging-date": "2020-02-02"})
    text = (tmp_path / "out/src/bag-info.txt").read_text()
    assert text.lower().count("bagging-date") == 1
    assert "2020-02-02" in text


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_bag_in_one_file(src: Path, tmp_path: Path, kind: str) -> None:
    report = make(src, tmp_path / "out", serialize=kind, name="evidence")
    target = tmp_path / "out" / f"evidence.{kind}"
    assert report.bag == str(target)
    assert report.validation is not None
    assert report.validation.verdict == "valid"
    assert codes(report) == {"SRC-122", "BAG-507"}
    assert [path.name for path in (tmp_path / "out").iterdir()] == [target.name]
    if kind == "zip":
        with zipfile.ZipFile(target) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
    else:
        with tarfile.open(target) as archive:
            found = {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]
    front = "evidence/data/"
    assert {n.removeprefix(front): c for n, c in found.items() if n.startswith(front)} == FILES


@pytest.mark.parametrize("kind", ["", "zip", "tar"])
def test_two_processes_give_the_same_bytes(tmp_path: Path, kind: str) -> None:
    script = "import sys; from tests.support.making import make; make(sys.argv[1], sys.argv[2], serialize=sys.argv[3])"
    made = []
    for number, names in enumerate((sorted(FILES), sorted(FILES, reverse=True))):
        folder = tmp_path / f"machine{number}" / ("x" * (number + 1))
        for name in names:
            plant(folder / "src", {name: FILES[name]})
        environment = {**os.environ, "PYTHONHASHSEED": str(number), "PYTHONPATH": str(ROOT), "TZ": f"XYZ{number}"}
        subprocess.run(
            [sys.executable, "-c", script, str(folder / "src"), str(folder / "out"), kind], env=environment, check=True
        )
        made.append(contents(folder / "out"))
    assert made[0] == made[1]
    assert made[0]


def test_a_single_file(tmp_path: Path) -> None:
    plant(tmp_path / "in", {"press release.v2.txt": b"words"})
    report = make(tmp_path / "in/press release.v2.txt", tmp_path / "out")
    assert report.name == "press release.v2"
    assert contents(tmp_path / "out/press release.v2/data") == {"press release.v2.txt": b"words"}


def test_a_source_that_is_a_link_is_followed_and_told(src: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(src)
    report = make(tmp_path / "link", tmp_path / "out")
    assert report.created
    assert codes(report) == {"SRC-107", "SRC-122", "BAG-507"}
    assert contents(tmp_path / "out/link/data") == FILES


@pytest.mark.parametrize("harm", ["byte", "gone", "added", "tag"])
def test_a_bag_that_does_not_come_back_as_written_is_not_placed(
    src: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    """A change between writing the tag files and the proof stands for a faulty disk."""
    from archive.stages.creation import workflow as creation

    def sync(root: str) -> None:
        tree = Path(root) / "tree"
        if harm == "byte":
            (tree / "data/a.txt").write_bytes(b"alphb")
        elif harm == "gone":
            (tree / "data/a.txt").unlink()
        elif harm == "added":
            (tree / "data/more").write_bytes(b"")
        else:
            (tree / "bag-info.txt").write_bytes((tree / "bag-info.txt").read_bytes() + b"More: 1\n")

    monkeypatch.setattr(creation, "sync_tree", sync)
    report = make(src, tmp_path / "out")
    assert not report.created
    assert report.validation is not None
    assert not report.validation.ok
    assert not (tmp_path / "out").exists()


def test_a_file_that_appears_after_the_plan_is_an_error(
    src: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.errors import SourceError
    from archive.stages.creation import workflow as creation

    genuine = creation.plan

    def planning(*arguments: object, **options: object) -> object:
        planned = genuine(*arguments, **options)  # type: ignore[arg-type]
        (src / "late").write_bytes(b"late")
        return planned

    monkeypatch.setattr(creation, "plan", planning)
    with pytest.raises(SourceError, match="changed after"):
        make(src, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_profile_fills_in_what_it_can_and_demands_the_rest(src: Path, tmp_path: Path) -> None:
    refused = make(src, tmp_path / "out", profile="aptrust")
    assert not refused.created
    missing = {f.facts["tag"] for f in refused.findings if f.code == "SRC-116"}
    assert missing == {"Source-Organization", "Title", "Access"}
    wanted = {"Title": "T", "Access": "Institution", "Source-Organization": "example.org"}
    report = make(src, tmp_path / "out", profile="aptrust", bag_info=wanted, serialize="tar")
    assert report.created, report.findings
    assert "md5" in report.algorithms
    assert validate(report.bag, profile="aptrust").ok


def test_a_profile_that_cannot_be_met_is_told_at_once(src: Path, tmp_path: Path) -> None:
    wanted = {"Title": "T", "Access": "Everybody", "Source-Organization": ["one", "two"]}
    settings = Settings().with_flags("create", algorithms=("sha3_256",))
    report = make(src, tmp_path / "out", profile="aptrust", bag_info=wanted, serialize="zip", settings=settings)
    reasons = "\n".join(str(f.facts["reason"]) for f in report.findings if f.code == "SRC-117")
    for part in ("--serialize zip", "Access must be one of", "Source-Organization may be given once", "sha3256"):
        assert part in reasons
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("profile", ["muniment", "beyond-the-repository"])
def test_bags_meet_the_shipped_profiles(src: Path, tmp_path: Path, profile: str) -> None:
    report = make(src, tmp_path / "out", profile=profile, organization="A small archive")
    assert report.created, [f.message for f in report.findings]
    assert validate(report.bag, profile=profile).ok


def test_the_build_hands_on_what_the_protocol_says(tmp_path: Path) -> None:
    with BagBuilder(
        str(tmp_path / "tree"), "bag", algorithms=("md5",), tag_algorithms=("sha256",), spool=str(tmp_path / "spool")
    ) as build:
        handed: Build = build
        record = handed.add_payload("data/preservation/x%\n.pdf", [b"one", b"two"])
        assert (record.size, record.digests) == (6, (hashlib.md5(b"onetwo").hexdigest(),))
        handed.add_tag("metadata/a/b.xml", [b"<x/>"])
        assert list(handed.records()) == list(handed.records()) == [record]
        with handed.open("data/preservation/x%\n.pdf") as file:
            assert file.read() == b"onetwo"
        assert Path(os.fsdecode(handed.locate("metadata/a/b.xml"))).read_bytes() == b"<x/>"
        from archive.errors import ArchiveError

        for call in (
            lambda: handed.add_payload("metadata/x", [b""]),
            lambda: handed.add_tag("data/x", [b""]),
            lambda: handed.add_payload("data/../x", [b""]),
            lambda: handed.add_tag("/x", [b""]),
            lambda: handed.add_tag("metadata/a/b.xml", [b"again"]),
            lambda: handed.open("data/none"),
            lambda: handed.open("../spool"),
        ):
            with pytest.raises(ArchiveError):
                call()


def test_our_own_layout_keeps_originals_apart(src: Path, tmp_path: Path) -> None:
    """A full bag: payload under data/original, a description is no payload, metadata beside."""
    plant(src, {"description.toml": b'title = "A title"\n'})
    report = make(src, tmp_path / "out", plain=False, settings=Settings().with_flags("render", pdfa="none"))
    assert report.created, [f.message for f in report.findings]
    bag = tmp_path / "out/src"
    assert contents(bag / "data/original") == FILES
    assert (bag / "metadata/descriptive/description.toml").read_bytes() == b'title = "A title"\n'
    assert (bag / "metadata/preservation/premis.xml").is_file()
    assert report.validation is not None
    assert report.validation.verdict == "valid"


def test_plain_keeps_a_description_as_payload(src: Path, tmp_path: Path) -> None:
    plant(src, {"description.toml": b'title = "A title"\n'})
    make(src, tmp_path / "out")
    assert (tmp_path / "out/src/data/description.toml").is_file()


def test_the_clock_is_the_only_source_of_dates(src: Path, tmp_path: Path) -> None:
    make(src, tmp_path / "one", clock=Clock(0))
    assert "Bagging-Date: 1970-01-01" in (tmp_path / "one/src/bag-info.txt").read_text()
    assert CLOCK.fixed is not None


def test_no_place_is_told_where_there_is_none(src: Path) -> None:
    with pytest.raises(UsageError, match="--to"):
        make(src)
