"""Bags in zip and tar files: the audit judges them as `archive validate` does, and reads each about once."""

from __future__ import annotations

import io
import os
import shutil
import struct
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.bags.opening import open_reader
from archive.bags.reader import no_beat
from archive.model.audit import AuditItem, Batch, BatchResult, Container, ReadSource
from archive.model.finding import Outcome
from archive.stages.auditing import parking as archives
from archive.stages.auditing.bag_record import read_bag_record
from archive.stages.auditing.checking import check_batch
from archive.stages.auditing.presence import location_identity
from archive.stages.auditing.tasks import Task
from archive.stages.validation import validate
from tests.support.audit_projects import Project, found, pack_tar, pack_zip, some_files, write_bag

LONG = os.environ.get("ARCHIVE_LONG_TESTS") == "1"
FORMS = ["zip", "tar", "tar.gz"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    (tmp_path / "project").mkdir()
    return Project(tmp_path / "project", monkeypatch).start()


def pack(bag: Path, folder: Path, form: str) -> Path:
    folder.mkdir(exist_ok=True)
    return (pack_zip if form == "zip" else pack_tar)(bag, folder / f"{bag.name}.{form}")


def list_items(archive: Path) -> list[AuditItem]:
    """What the ledger would hold of it: the bag as such and each file."""
    reader = open_reader(str(archive))
    record = read_bag_record(reader, str(archive), no_beat)
    reader.close()
    return [
        AuditItem(number, 1, path, size, ("sha256",), bytes.fromhex(dict(digests)["sha256"]))
        for number, (path, size, digests) in enumerate(record.items)
    ]


def check(archive: Path, items: list[AuditItem]) -> BatchResult:
    root = str(archive.parent)
    source = ReadSource(1, root, archive.name, Container.TAR, location_identity(root, {}))
    return check_batch(Task(Batch(1, 1, 1, 0, (source,), tuple(items)), {}, 0, 1), no_beat)


def words(items: list[AuditItem], result: BatchResult) -> dict[str, str]:
    """What is not intact; tag files that are held are no extra ones, which the driver knows from the ledger."""
    names = {item.id: item.path for item in items}
    held = {"tagmanifest-sha256.txt", "tagmanifest-sha512.txt"}
    return {names[one.item]: one.outcome.word for one in result.checks if set(one.extra) - held or not one.extra}


def append_tar(path: Path, *infos: tarfile.TarInfo) -> None:
    with tarfile.open(path, "a") as archive:
        for info in infos:
            archive.addfile(info)


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def replace_by_link(path: Path, name: str) -> None:
    """The member `name` of a plain tar becomes a symbolic link."""
    with tarfile.open(path) as archive:
        members = [(one, archive.extractfile(one)) for one in archive.getmembers()]
        kept = [(one, stream.read() if stream else b"") for one, stream in members]
    with tarfile.open(path, "w") as archive:
        for info, content in kept:
            if info.name == name:
                archive.addfile(link(name, "/etc/hostname"))
            else:
                archive.addfile(info, io.BytesIO(content) if info.isreg() else None)


def zip_flag(path: Path, name: bytes, local: int, central: int, value: int) -> None:
    """Change one byte of a member's own header and of the directory's."""
    data = bytearray(path.read_bytes())
    start = struct.unpack("<I", data[data.rindex(b"PK\x05\x06") + 16 :][:4])[0]
    data[data.index(name) - 30 + local] = value
    data[data.index(name, start) - 46 + central] = value
    path.write_bytes(data)


def swollen(path: Path) -> None:
    """A directory that promises more than any archive of this size may hold."""
    data = bytearray(path.read_bytes())
    start = struct.unpack("<I", data[data.rindex(b"PK\x05\x06") + 16 :][:4])[0]
    struct.pack_into("<I", data, data.index(b"data/d1/file-00001.bin", start) - 4 - 46 + 24, 0xFFFFFFF0)
    path.write_bytes(data)


TARGET = "one/data/d1/file-00001.bin"
HARM: dict[str, tuple[str, Callable[[Path], None], str, str]] = {
    "a name twice in a tar": ("tar", lambda path: append_tar(path, tarfile.TarInfo(TARGET)), "damaged", ""),
    "a link added": ("tar", lambda path: append_tar(path, link("one/data/new", "/etc/passwd")), "damaged", ""),
    "a hard link added": (
        "tar", lambda path: append_tar(path, link("one/data/new", TARGET, tarfile.LNKTYPE)), "damaged", "",
    ),
    "a way out": ("tar", lambda path: append_tar(path, tarfile.TarInfo("one/../../x")), "damaged", ""),
    "a second root": ("tar", lambda path: append_tar(path, tarfile.TarInfo("two/x")), "damaged", ""),
    "a link in the place of a file": ("tar", lambda path: replace_by_link(path, TARGET), "damaged", "damaged"),
    "no closing blocks": ("tar", lambda path: os.truncate(path, path.stat().st_size - 9000), "damaged", ""),
    "bytes behind the end": ("tar", lambda path: append(path, b"x" * 512), "damaged", ""),
    "encrypted": ("zip", lambda path: zip_flag(path, TARGET.encode(), 6, 8, 1), "unreadable", "unreadable"),
    "an unknown method": ("zip", lambda path: zip_flag(path, TARGET.encode(), 8, 10, 97), "unreadable", "unreadable"),
    "a bomb": ("zip", swollen, "unreadable", "unreadable"),
    "bytes behind a zip": ("zip", lambda path: append(path, b"x"), "damaged", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", HARM)
def test_an_archive_is_judged_as_validation_judges_it(name: str, tmp_path: Path) -> None:
    form, harm, of_bag, of_file = HARM[name]
    archive = pack(write_bag(tmp_path / "one", some_files(9)), tmp_path / "kept", form)
    items = list_items(archive)
    assert words(items, check(archive, items)) == {}
    harm(archive)
    told = words(items, check(archive, items))
    assert told.get("") == of_bag
    assert told.get("data/d1/file-00001.bin", "") == of_file
    assert "missing" not in told.values()
    expected = Outcome.DAMAGED if of_bag == "damaged" else Outcome.NOT_CHECKED
    assert validate(str(archive)).outcome is expected


@pytest.mark.parametrize("form", FORMS)
def test_no_cut_and_no_changed_byte_is_intact_or_a_missing_file(form: str, tmp_path: Path) -> None:
    """Whatever is cut off or changed: never intact where validation finds fault, never called missing."""
    archive = pack(write_bag(tmp_path / "one", some_files(4, 300)), tmp_path / "kept", form)
    items, whole = list_items(archive), archive.read_bytes()
    step = 37 if LONG else max(211, len(whole) // 40)
    changed = [whole[:size] for size in range(0, len(whole), step)]
    for place in range(5, len(whole), step):
        changed.append(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
    outcomes: Counter[str] = Counter()
    for content in changed:
        archive.write_bytes(content)
        result = check(archive, items)
        told = set(words(items, result).values())
        outcomes.update(told or {"intact"})
        sound = validate(str(archive)).outcome is Outcome.INTACT
        assert bool(told) is not sound
        if len(content) < len(whole):
            assert "missing" not in told
    assert outcomes["damaged"] > 10


def test_a_tar_cut_off_is_damaged_and_what_lies_behind_is_unreadable(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "one", some_files(600, 1000))
    archive = pack(bag, tmp_path / "kept", "tar")
    assert project.run("holdings", "add", str(archive))[0] == 0
    with tarfile.open(archive) as opened:
        place = opened.getmember("one/data/d3/file-00311.bin").offset_data
    os.truncate(archive, place + 100)
    code, report = project.audit()
    assert code == 1
    assert set(report["counts"]) == {"intact", "damaged", "unreadable"}
    assert report["counts"]["damaged"] == 1, "the file in which it is cut"
    assert {code: len(names) for code, names in found(report).items()} == {"AUD-101": 2, "AUD-103": 1}
    assert "it ends within a member" in report["findings"][0]["message"]
    assert project.run("audit", "status")[0] == 1
    assert len(project.json("audit", "status")[1]["findings"]) == 4, "with the one that is overdue"


def test_a_bag_that_is_gone_is_told_once_whatever_its_size(project: Project, tmp_path: Path) -> None:
    archive = pack(write_bag(tmp_path / "one", some_files(1100)), tmp_path / "kept", "zip")
    project.run("holdings", "add", str(archive))
    archive.unlink()
    code, report = project.audit()
    assert (code, found(report), report["counts"]) == (1, {"AUD-107": ["one.zip"]}, {"missing": 1106})
    assert found(project.json("audit", "status")[1]) == {"AUD-107": ["one.zip"]}


def test_an_archive_that_is_not_whole_is_not_entered(project: Project, tmp_path: Path) -> None:
    archive = pack(write_bag(tmp_path / "one", some_files(9)), tmp_path / "kept", "tar")
    os.truncate(archive, archive.stat().st_size - 9000)
    code, _out, err = project.run("holdings", "add", str(archive))
    assert code == 1
    assert "the zip or tar file is damaged: it ends within" in err
    assert "archive validate" in err


@pytest.mark.parametrize("form", FORMS)
def test_batches_of_one_archive_cost_one_pass(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in bytes read from the file: many batches of few files cost no more than some passes, not one each."""
    archive = pack(write_bag(tmp_path / "one", some_files(300, 2000)), tmp_path / "kept", form)
    items = list_items(archive)
    counted = 0
    read = archives.ParkedFile.read

    def count(self: archives.ParkedFile, size: int = -1) -> bytes:
        nonlocal counted
        content = read(self, size)
        counted += len(content)
        return content

    monkeypatch.setattr(archives.ParkedFile, "read", count)
    monkeypatch.setattr(archives, "_parked", {})
    for start in range(0, len(items), 10):
        assert words(items, check(archive, items[start : start + 10])) == {}
    assert counted < 3 * archive.stat().st_size
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 0xFF
    archive.write_bytes(content)
    assert words(items, check(archive, items)), "what was learned of the old file is not believed of the new"


def test_a_parked_archive_holds_no_file_open(tmp_path: Path) -> None:
    archive = pack(write_bag(tmp_path / "one", some_files(5)), tmp_path / "kept", "tar.gz")
    check(archive, list_items(archive))
    opened = {os.readlink(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")
              if os.path.lexists(f"/proc/self/fd/{number}")}  # fmt: skip
    assert str(archive) not in opened


def test_files_of_any_order_are_found_in_a_compressed_tar(tmp_path: Path) -> None:
    archive = pack(write_bag(tmp_path / "one", some_files(40)), tmp_path / "kept", "tar.gz")
    items = list_items(archive)
    for part in (items[30:], items[10:20], items[20:30], items[:10]):
        assert words(items, check(archive, part)) == {}


@pytest.mark.parametrize("form", ["tar", "zip"])
def test_an_archive_known_by_its_content_not_its_name(form: str, project: Project, tmp_path: Path) -> None:
    archive = pack(write_bag(tmp_path / "one", some_files(3)), tmp_path / "kept", form)
    other = archive.with_name(f"one.{'zip' if form == 'tar' else 'tar'}")
    archive.rename(other)
    assert project.run("holdings", "add", str(other))[0] == 0
    assert project.audit()[1]["counts"] == {"intact": 9}
    with zipfile.ZipFile(tmp_path / "kept" / "empty.zip", "w"):
        pass
    assert project.run("holdings", "add", str(tmp_path / "kept" / "empty.zip"))[0] == 1


@pytest.mark.parametrize("form", FORMS)
def test_an_archive_swapped_for_another_valid_one_is_found(project: Project, tmp_path: Path, form: str) -> None:
    bag = write_bag(tmp_path / "one", some_files(3))
    archive = pack(bag, tmp_path / "kept", form)
    project.run("holdings", "add", str(archive))
    shutil.rmtree(bag)
    archive.unlink()
    pack(write_bag(bag, {**some_files(3), "d0/file-00000.bin": b"forged"}), tmp_path / "kept", form)
    assert validate(str(archive)).outcome is Outcome.INTACT
    code, report = project.audit()
    assert (code, found(report)["AUD-106"]) == (1, [archive.name])
