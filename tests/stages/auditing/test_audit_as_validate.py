"""An audit and `validate` say the same of a bag, whatever was done to it since it was added."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.bags.contents import open_bag
from archive.bags.opening import open_reader
from archive.bags.reader import Request, no_beat
from archive.model.validation import Depth
from archive.stages.auditing.checking import TO_FETCH
from archive.stages.validation import validate
from tests.support.audit_projects import Project, found, pack_tar, pack_zip, write_bag
from tests.support.making import nest

COMPOSED = unicodedata.normalize("NFC", "résumé.txt")
FILES = {"a.txt": b"one\n", "folder/b.bin": bytes(300), COMPOSED: b"cv\n"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    (tmp_path / "project").mkdir()
    return Project(tmp_path / "project", monkeypatch).start()


def write(path: str, content: str) -> Callable[[Path], object]:
    return lambda bag: (bag / path).write_text(content)


def link(path: str) -> Callable[[Path], object]:
    return lambda bag: ((bag / path).parent.mkdir(exist_ok=True), (bag / path).symlink_to("/etc/hostname"))


def pipe(path: str) -> Callable[[Path], object]:
    return lambda bag: ((bag / path).parent.mkdir(exist_ok=True), os.mkfifo(bag / path))


def as_folder(bag: Path) -> None:
    (bag / "data/a.txt").unlink()
    (bag / "data/a.txt").mkdir()


DAMAGE: dict[str, tuple[Callable[[Path], object], int]] = {
    "nothing": (lambda bag: None, 0),
    "a file changed": (write("data/a.txt", "two\n"), 1),
    "a file cut": (write("data/a.txt", ""), 1),
    "a file gone": (lambda bag: (bag / "data/a.txt").unlink(), 1),
    "a folder in its place": (as_folder, 1),
    "a file added": (write("data/more", "x"), 1),
    "an empty folder added": (lambda bag: (bag / "data/empty").mkdir(), 0),
    "a link added to the payload": (link("data/link"), 1),
    "a link among the tag files": (link("metadata/link"), 1),
    "a link at the top": (link("link"), 1),
    "a pipe among the tag files": (pipe("metadata/pipe"), 1),
    "a pipe in the payload": (pipe("data/pipe"), 1),
    "a manifest added": (write("manifest-md5.txt", "0" * 32 + "  data/a.txt\n"), 1),
    "a right manifest added": (write("manifest-md5.txt", hashlib.md5(b"one\n").hexdigest() + "  data/a.txt\n"), 1),
    "a manifest of no known algorithm": (write("manifest-none.txt", "00  data/a.txt\n"), 1),
    "a tag manifest added": (write("tagmanifest-md5.txt", "0" * 32 + "  bagit.txt\n"), 1),
    "fetch.txt with an unlisted file": (write("fetch.txt", "http://127.0.0.1/y 5 data/y\n"), 1),
    "fetch.txt malformed": (write("fetch.txt", "nonsense\n"), 1),
    "fetch.txt out of the bag": (write("fetch.txt", "http://127.0.0.1/y 5 ../y\n"), 1),
    "fetch.txt with a file that is there": (write("fetch.txt", "http://127.0.0.1/y 4 data/a.txt\n"), 0),
    "a tag file added": (write("note.txt", "x"), 0),
    "a seal added": (lambda bag: ((bag / "seal").mkdir(), (bag / "seal/x.sig").write_text("x")), 0),
    "bag-info.txt changed": (write("bag-info.txt", "X: y\n"), 1),
    "bag-info.txt gone": (lambda bag: (bag / "bag-info.txt").unlink(), 1),
    "bagit.txt gone": (lambda bag: (bag / "bagit.txt").unlink(), 1),
    "a manifest changed": (write("manifest-sha256.txt", ""), 1),
    "a manifest gone": (lambda bag: (bag / "manifest-sha512.txt").unlink(), 1),
    "a name in another normal form": (
        lambda bag: (bag / "data" / COMPOSED).rename(bag / "data" / unicodedata.normalize("NFD", COMPOSED)), 0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_an_audit_and_validate_agree(what: str, project: Project, tmp_path: Path) -> None:
    change, expected = DAMAGE[what]
    bag = write_bag(tmp_path / "one", FILES)
    assert project.run("holdings", "add", str(bag))[0] == 0
    assert project.audit()[0] == 0
    change(bag)
    judged = project.run("validate", str(bag), "-q")[0]
    code, report = project.audit("one")
    assert (judged, code) == (expected, expected), report["findings"]
    again, _report = project.audit("--sample", "100%")
    assert again == expected


@pytest.mark.parametrize("pack", [pack_zip, pack_tar])
def test_they_agree_on_an_archive_that_no_name_tells(
    pack: Callable[[Path, Path], Path], project: Project, tmp_path: Path
) -> None:
    bag = write_bag(tmp_path / "one", FILES)
    packed = pack(bag, tmp_path / "one.bin")
    assert project.run("holdings", "add", str(packed))[0] == 0
    assert (project.run("validate", str(packed), "-q")[0], project.audit()[0]) == (0, 0)
    (bag / "data/a.txt").write_text("two\n")
    pack(bag, packed)
    assert (project.run("validate", str(packed), "-q")[0], project.audit("one.bin")[0]) == (1, 1)
    packed.write_text("only text")
    assert project.run("validate", str(packed), "-q")[0] == 2
    assert found(project.audit("one.bin")[1])["AUD-101"]


def holey_bag(folder: Path, size: str) -> Path:
    """A bag whose file far.bin (b"far") is still to be fetched."""
    bag = write_bag(folder, {"here.txt": b"here", "far.bin": b"far"})
    (bag / "data/far.bin").unlink()
    (bag / "fetch.txt").write_text(f"https://127.0.0.1/far.bin {size} data/far.bin\n")
    return bag


@pytest.mark.parametrize("size", ["3", "-"])
def test_a_holey_bag_is_still_to_be_fetched_for_every_verb(size: str, project: Project, tmp_path: Path) -> None:
    bag = holey_bag(tmp_path / "holey", size)
    report = validate(str(bag))
    assert {one.code for one in report.findings if one.subject == "data/far.bin"} == {"BAG-413"}
    assert report.outcome.value == "not checked"
    assert all(validate(str(bag), depth=depth).outcome.value == "not checked" for depth in Depth)
    assert project.run("holdings", "add", str(bag))[0] == 0
    code, audit = project.audit()
    assert (code, audit["counts"].get("missing")) == (4, None)
    assert TO_FETCH in str(audit["findings"])
    code, out, err = project.run("deposit", str(bag), f"dir:{tmp_path}/out", "-q")
    assert code == 5
    assert "has not been fetched yet" in out + err
    (bag / "data/far.bin").write_bytes(b"far")
    assert project.audit("--retry-failed")[0] == 0
    assert project.run("validate", str(bag), "-q")[0] == 0
    (bag / "data/here.txt").unlink()
    assert (project.audit("holey")[0], project.run("validate", str(bag), "-q")[0]) == (1, 1)


def test_what_was_there_when_the_bag_was_added_is_gone_whatever_fetch_txt_says(
    project: Project, tmp_path: Path
) -> None:
    bag = write_bag(tmp_path / "one", {"here.txt": b"here"})
    (bag / "fetch.txt").write_text("https://127.0.0.1/here.txt 4 data/here.txt\n")
    project.run("holdings", "add", str(bag))
    (bag / "data/here.txt").unlink()
    code, report = project.audit()
    assert (code, found(report)["AUD-102"]) == (1, ["here.txt"])


def test_5000_nested_folders_are_walked_by_every_reader(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", {"a": b"1"})
    depth = 5000
    nest(bag / "data", depth)
    path = b"data/" + b"d/" * depth + b"file"
    lines = [
        hashlib.sha256(c).hexdigest().encode() + b"  " + p + b"\n" for p, c in ((b"data/a", b"1"), (path, b"deep"))
    ]
    (bag / "manifest-sha256.txt").write_bytes(b"".join(lines))
    try:
        reader = open_reader(str(bag))
        walked = {path for batch in reader.walk((), (), open_files=False) for path in batch.paths()}
        ((_request, reading),) = reader.digest([Request(path, 4, ("sha256",))], no_beat)
        assert path in walked
        assert reading.packed == hashlib.sha256(b"deep").digest()
        assert b"".join(reader.stream(path)) == b"deep"
        reader.close()
        with open_bag(str(bag)) as opened:
            assert opened.listed()[0][path]
    finally:
        os.system(f"rm -rf {bag}")  # noqa: S605 - what Python removes by calling itself so deep


@pytest.mark.parametrize("right", [True, False])
def test_a_name_that_is_listed_in_two_spellings_is_checked_once_for_each(
    right: bool, project: Project, tmp_path: Path
) -> None:
    other = unicodedata.normalize("NFD", COMPOSED)
    bag = write_bag(tmp_path / "one", {**FILES, other: FILES[COMPOSED] if right else b"another"})
    assert project.run("holdings", "add", str(bag))[0] == 0
    (bag / "data" / other).unlink()
    judged = project.run("validate", str(bag), "-q")[0]
    code, report = project.audit("one")
    assert (judged, code) == ((0, 0) if right else (1, 1)), report["findings"]
