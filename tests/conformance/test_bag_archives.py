"""Archives that lie, escape, swell or break off: each ends as a finding, in bounded time and memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.bags.reader import Limits
from archive.errors import NotABagError
from archive.model.finding import Outcome
from archive.model.validation import Depth, ValidationReport
from archive.stages.validation import validate
from archive.stages.validation.bags.bag import validate_bag
from tests.support.bag_drafts import draft, tar_info, write_tar, write_zip, zip_info

Made = Callable[[Path], Path]


def codes(report: ValidationReport) -> set[str]:
    return {finding.code for finding in report.findings if finding.severity.value != "note"}


def tar_with(*more: tuple[tarfile.TarInfo, bytes], **options: object) -> Made:
    return lambda place: write_tar(draft(), place / "bag.tar", more=more, **options)  # type: ignore[arg-type]


def tar_link(name: bytes, kind: bytes, target: str) -> tuple[tarfile.TarInfo, bytes]:
    info = tar_info(name, kind)
    info.linkname = target
    return info, b""


def zip_with(*more: tuple[zipfile.ZipInfo, bytes]) -> Made:
    def make(place: Path) -> Path:
        path = write_zip(draft(), place / "bag.zip")
        with zipfile.ZipFile(path, "a") as archive:
            for info, content in more:
                archive.writestr(info, content)
        return path

    return make


def bytes_of(suffix: str, change: Callable[[bytes], bytes]) -> Made:
    """A right archive whose bytes are changed."""

    def make(place: Path) -> Path:
        path = place / f"bag.{suffix}"
        if suffix == "zip":
            write_zip(draft(), path)
        else:
            write_tar(draft(), path, compression=suffix.partition(".")[2])
        path.write_bytes(change(path.read_bytes()))
        return path

    return make


def zip_duplicate(place: Path) -> Path:
    path = write_zip(draft(), place / "bag.zip")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zip_info(b"bag/data/a.txt"), b"other")
    return path


def zip_local_name(place: Path) -> Path:
    path = write_zip(draft(), place / "bag.zip")
    data = bytearray(path.read_bytes())
    at = data.index(b"bag/data/a.txt")
    data[at : at + 14] = b"bag/data/b.txt"
    path.write_bytes(bytes(data))
    return path


def zip_local_field(offset: int) -> Made:
    def make(place: Path) -> Path:
        path = write_zip(draft(), place / "bag.zip")
        data = bytearray(path.read_bytes())
        at = data.index(b"bag/data/a.txt") - 30
        data[at + offset] ^= 1
        path.write_bytes(bytes(data))
        return path

    return make


def zip_overlap(place: Path) -> Path:
    """Two directory entries that share one member's bytes."""
    path = write_zip(draft(), place / "bag.zip")
    with zipfile.ZipFile(path) as archive:
        start = archive.start_dir
        infos = {info.filename: info for info in archive.infolist()}
    data = bytearray(path.read_bytes())
    target = infos["bag/data/a.txt"].header_offset
    at = data.index(b"bag/data/folder/b.bin", start) - 4
    data[at : at + 4] = struct.pack("<I", target)
    path.write_bytes(bytes(data))
    return path


def zip_encrypted(place: Path) -> Path:
    path = write_zip(draft(), place / "bag.zip")
    with zipfile.ZipFile(path) as archive:
        start = archive.start_dir
    data = bytearray(path.read_bytes())
    for at in (data.index(b"bag/data/a.txt") - 30 + 6, data.index(b"bag/data/a.txt", start) - 46 + 8):
        data[at] |= 1
    path.write_bytes(bytes(data))
    return path


def zip_method(place: Path) -> Path:
    path = write_zip(draft(), place / "bag.zip")
    with zipfile.ZipFile(path) as archive:
        start = archive.start_dir
    data = bytearray(path.read_bytes())
    for at in (data.index(b"bag/data/a.txt") - 30 + 8, data.index(b"bag/data/a.txt", start) - 46 + 10):
        data[at] = 97
    path.write_bytes(bytes(data))
    return path


def zip_flip(place: Path) -> Path:
    path = write_zip(draft(), place / "bag.zip")
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("bag/data/folder/b.bin")
    data = bytearray(path.read_bytes())
    data[info.header_offset + 30 + len(info.filename) + 20] ^= 0xFF
    path.write_bytes(bytes(data))
    return path


def tar_flip(place: Path) -> Path:
    path = write_tar(draft(), place / "bag.tar")
    data = bytearray(path.read_bytes())
    data[data.index(b"first\n")] ^= 1
    path.write_bytes(bytes(data))
    return path


def tar_checksum(place: Path) -> Path:
    path = write_tar(draft(), place / "bag.tar")
    data = bytearray(path.read_bytes())
    data[data.index(b"bag/data/folder/b.bin")] ^= 1
    path.write_bytes(bytes(data))
    return path


def raw_tar(*blocks: bytes) -> Made:
    def make(place: Path) -> Path:
        path = place / "bag.tar"
        path.write_bytes(b"".join(blocks) + bytes(1024))
        return path

    return make


def header(name: bytes, size: int, kind: bytes = b"0") -> bytes:
    info = tarfile.TarInfo(name.decode())
    info.size = size
    info.type = kind
    return info.tobuf(tarfile.GNU_FORMAT)


def two_roots(place: Path) -> Path:
    return tar_with((tar_info(b"other/x"), b"y"))(place)


def no_root(place: Path) -> Path:
    path = place / "bag.tar"
    with tarfile.open(path, "w") as archive:
        for name, content in draft().items():
            info = tar_info(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def _ended_by(data: bytes, zeros: int) -> bytes:
    """The tar's members and then so many zeros instead of its closing blocks."""
    members = data.rstrip(b"\x00")
    return members + bytes(-len(members) % 512 + zeros)


def _with_gap(place: Path) -> Path:
    return bytes_of("zip", _zip_gap)(place)


CASES: dict[str, tuple[str, Made]] = {
    "tar-duplicate": ("BAG-512", tar_with((tar_info(b"bag/data/a.txt"), b"first\n"))),
    "tar-duplicate-other-content": ("BAG-512", tar_with((tar_info(b"bag/data/a.txt"), b"evil"))),
    "tar-duplicate-tag-file": ("BAG-512", tar_with((tar_info(b"bag/bagit.txt"), b"evil"))),
    "tar-file-and-folder": ("BAG-512 BAG-202 BAG-404", tar_with((tar_info(b"bag/data/a.txt/x"), b"y"))),
    "tar-parent": ("BAG-513", tar_with((tar_info(b"bag/../x"), b"y"))),
    "tar-parent-deep": ("BAG-513", tar_with((tar_info(b"bag/data/../../../x"), b"y"))),
    "tar-absolute": ("BAG-513", tar_with((tar_info(b"/etc/cron.d/x"), b"y"))),
    "tar-backslash": ("BAG-513", tar_with((tar_info(b"bag\\..\\..\\x"), b"y"))),
    "tar-home": ("BAG-513", tar_with((tar_info(b"~/x"), b"y"))),
    "tar-pax-path": ("BAG-513", tar_with((tar_info(b"../" * 60 + b"x"), b"y"))),
    "tar-gnu-long-path": ("BAG-513", tar_with((tar_info(b"../" * 60 + b"x"), b"y"), form=tarfile.GNU_FORMAT)),
    "tar-symlink": ("BAG-501", tar_with(tar_link(b"bag/data/l", tarfile.SYMTYPE, "/etc/passwd"))),
    "tar-hard-link": ("BAG-502", tar_with(tar_link(b"bag/data/h", tarfile.LNKTYPE, "bag/data/a.txt"))),
    "tar-pipe": ("BAG-502", tar_with((tar_info(b"bag/data/p", tarfile.FIFOTYPE), b""))),
    "tar-device": ("BAG-502", tar_with((tar_info(b"bag/data/d", tarfile.CHRTYPE), b""))),
    "tar-sparse": ("BAG-517", raw_tar(header(b"bag/data/s", 512, b"S"), bytes(512))),
    "tar-unknown-type": ("BAG-517", raw_tar(header(b"bag/data/s", 512, b"Z"), bytes(512))),
    "tar-two-roots": ("BAG-514", two_roots),
    "tar-file-beside-root": ("BAG-514", tar_with((tar_info(b"README"), b"y"))),
    "tar-no-root": ("BAG-514", no_root),
    "tar-other-name": ("BAG-520", lambda place: write_tar(draft(), place / "bag.tar", root=b"another")),
    "tar-flipped-bit": ("BAG-301", tar_flip),
    "tar-wrong-checksum": ("BAG-511", tar_checksum),
    "tar-cut-in-header": ("BAG-511", bytes_of("tar", lambda data: data[:700])),
    "tar-cut-in-member": ("BAG-511", bytes_of("tar", lambda data: data[: data.index(b"first\n") + 3])),
    "tar-trailing-garbage": ("BAG-519", bytes_of("tar", lambda data: data + b"hidden")),
    "tar-second-tar-behind": ("BAG-519", bytes_of("tar", lambda data: data + data)),
    "tar-huge-extended-header": ("BAG-511", raw_tar(header(b"x", 1 << 33, b"x"))),
    "tar-malformed-extended-header": ("BAG-511", raw_tar(header(b"x", 9, b"x"), b"not a pax".ljust(512, b"\x00"))),
    "tar-endless-extended-record": ("BAG-511", raw_tar(header(b"x", 9, b"x"), b"0 a=b\n   ".ljust(512, b"\x00"))),
    "tar-member-larger-than-archive": ("BAG-511", raw_tar(header(b"bag/data/x", 1 << 40))),
    "tar-extended-header-of-nothing": ("BAG-511", raw_tar(header(b"x", 9, b"x"), b"9 path=x\n".ljust(512, b"\x00"))),
    "gz-cut": ("BAG-511", bytes_of("tar.gz", lambda data: data[:-9])),
    "gz-cut-early": ("BAG-511", bytes_of("tar.gz", lambda data: data[: len(data) // 2])),
    "gz-wrong-crc": ("BAG-511", bytes_of("tar.gz", lambda data: data[:-8] + b"\x00\x00\x00\x00" + data[-4:])),
    "gz-trailing-garbage": ("BAG-511", bytes_of("tar.gz", lambda data: data + b"garbage")),
    "gz-of-text": ("BAG-511", bytes_of("tar.gz", lambda data: gzip.compress(b"no tar at all, just text"))),
    "bz2-cut": ("BAG-511", bytes_of("tar.bz2", lambda data: data[:-9])),
    "bz2-trailing-garbage": ("BAG-511", bytes_of("tar.bz2", lambda data: data + b"garbage")),
    "xz-cut": ("BAG-511", bytes_of("tar.xz", lambda data: data[:-9])),
    "xz-flipped": ("BAG-511", bytes_of("tar.xz", lambda data: data[:200] + bytes([data[200] ^ 255]) + data[201:])),
    "xz-trailing-garbage": ("BAG-511", bytes_of("tar.xz", lambda data: data + b"garbage!")),
    "zip-duplicate": ("BAG-512", zip_duplicate),
    "zip-parent": ("BAG-513", zip_with((zip_info(b"bag/../../x"), b"y"))),
    "zip-absolute": ("BAG-513", zip_with((zip_info(b"/etc/x"), b"y"))),
    "zip-drive": ("BAG-513", zip_with((zip_info(b"c:/x"), b"y"))),
    "zip-backslash": ("BAG-513", zip_with((zip_info(b"bag\\..\\..\\x"), b"y"))),
    "zip-symlink": ("BAG-501", zip_with((zip_info(b"bag/data/l", stat.S_IFLNK | 0o777), b"/etc/passwd"))),
    "zip-pipe": ("BAG-502", zip_with((zip_info(b"bag/data/p", stat.S_IFIFO | 0o644), b""))),
    "zip-two-roots": ("BAG-514", zip_with((zip_info(b"other/x"), b"y"))),
    "zip-other-name": ("BAG-520", lambda place: write_zip(draft(), place / "bag.zip", root=b"another")),
    "zip-local-name": ("BAG-518", zip_local_name),
    "zip-local-method": ("BAG-518", zip_local_field(8)),
    "zip-local-crc": ("BAG-518", zip_local_field(14)),
    "zip-local-size": ("BAG-518", zip_local_field(22)),
    "zip-overlap": ("BAG-518", zip_overlap),
    "zip-encrypted": ("BAG-516", zip_encrypted),
    "zip-unknown-method": ("BAG-517", zip_method),
    "zip-flipped-bit": ("BAG-511", zip_flip),
    "zip-cut": ("BAG-511", bytes_of("zip", lambda data: data[:-40])),
    "zip-cut-early": ("BAG-511", bytes_of("zip", lambda data: data[:100])),
    "zip-prepended": ("BAG-519", bytes_of("zip", lambda data: b"PK\x03\x04 hidden" + data)),
    "zip-trailing-garbage": ("BAG-519", bytes_of("zip", lambda data: data + b"garbage")),
    "zip-gap": ("BAG-519", _with_gap),
    "zip-no-bytes": ("BAG-511", bytes_of("zip", lambda data: b"")),
    "tar-no-bytes": ("BAG-511", bytes_of("tar", lambda data: b"")),
}  # fmt: skip


def _zip_gap(data: bytes) -> bytes:
    """Bytes between the last member and the directory, the end record made to agree."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.start_dir
    end = data.rindex(b"PK\x05\x06")
    moved = data[:start] + b"hidden bytes" * 5 + data[start:end]
    return moved + data[end : end + 16] + struct.pack("<I", start + 60) + data[end + 20 :]


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_archive_is_named_for_what_it_is(name: str, tmp_path: Path) -> None:
    expected, make = CASES[name]
    report = validate(str(make(tmp_path)))
    assert set(expected.split()) <= codes(report), [(f.code, f.subject, f.message) for f in report.findings]
    assert report.verdict == ("valid" if expected == "BAG-520" else report.verdict)
    if expected != "BAG-520":
        assert report.verdict in ("invalid", "not checked")
    complete = validate(str(make(tmp_path)), depth=Depth.COMPLETE)
    assert complete.verdict != "valid"


def test_an_archive_that_cannot_be_read_on_calls_nothing_missing(tmp_path: Path) -> None:
    for name in ("gz-cut-early", "tar-member-larger-than-archive"):
        report = validate(str(CASES[name][1](tmp_path)))
        assert not {"BAG-101", "BAG-107", "BAG-108", "BAG-201", "BAG-202", "BAG-404"} & codes(report)


RIGHT: dict[str, Made] = {
    "zip": lambda place: write_zip(draft(), place / "bag.zip"),
    "tar-pax": lambda place: write_tar(draft(), place / "bag.tar"),
    "tar-ustar": lambda place: write_tar(draft(), place / "bag.tar", form=tarfile.USTAR_FORMAT),
    "tar-gnu": lambda place: write_tar(draft(), place / "bag.tar", form=tarfile.GNU_FORMAT),
    "tar-gz": lambda place: write_tar(draft(), place / "bag.tar.gz", compression="gz"),
    "tgz": lambda place: write_tar(draft(), place / "bag.tgz", compression="gz"),
    "tar-bz2": lambda place: write_tar(draft(), place / "bag.tar.bz2", compression="bz2"),
    "tar-xz": lambda place: write_tar(draft(), place / "bag.tar.xz", compression="xz"),
    "tar-long-names": lambda place: write_tar(
        draft({b"data/" + b"long/" * 45 + b"x": b"y", "data/ünï".encode() * 30: b"z"}), place / "bag.tar"),
    "tar-gnu-long-names": lambda place: write_tar(
        draft({b"data/" + b"long/" * 45 + b"x": b"y"}), place / "bag.tar", form=tarfile.GNU_FORMAT),
    "tar-dot-slash": lambda place: write_tar(draft(), place / "bag.tar", root=b"./bag"),
    "two-gz-streams": lambda place: _written(place / "bag.tar.gz", _halves(gzip.compress, place)),
    "two-bz2-streams": lambda place: _written(place / "bag.tar.bz2", _halves(bz2.compress, place)),
    "two-xz-streams": lambda place: _written(place / "bag.tar.xz", _halves(lzma.compress, place)),
    "zip-with-comment": lambda place: _commented(write_zip(draft(), place / "bag.zip")),
    "zip-streamed": lambda place: _streamed_zip(place / "bag.zip"),
    "zip64": lambda place: _zip64(place / "bag.zip"),
    "manifests-last": lambda place: write_tar(
        dict(sorted(draft().items(), key=lambda pair: b"manifest" in pair[0])), place / "bag.tar.gz", compression="gz"),
}  # fmt: skip


def _halves(compress: Callable[[bytes], bytes], place: Path) -> bytes:
    data = write_tar(draft(), place / "plain").read_bytes()
    return compress(data[:1000]) + compress(data[1000:])


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _commented(path: Path) -> Path:
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"made for a test"
    return path


class _Unseekable(io.RawIOBase):
    def __init__(self, file: io.BufferedWriter) -> None:
        self.file = file

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return self.file.write(data)  # type: ignore[arg-type]


def _streamed_zip(path: Path) -> Path:
    """Sizes and CRC follow the data, as a zip written to a pipe has them."""
    with open(path, "wb") as file, zipfile.ZipFile(_Unseekable(file), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in draft().items():
            archive.writestr(zip_info(b"bag/" + name), content)
    return path


def _zip64(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in draft().items():
            with archive.open(zip_info(b"bag/" + name), "w", force_zip64=True) as member:
                member.write(content)
    return path


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_archive_is_valid(name: str, tmp_path: Path) -> None:
    report = validate(str(RIGHT[name](tmp_path)))
    assert report.verdict == "valid", [(f.code, f.message) for f in report.findings]
    assert report.findings == ()


HARMLESS: dict[str, tuple[str, Made]] = {
    "tar-no-end": ("BAG-522", bytes_of("tar", lambda data: _ended_by(data, 0))),
    "tar-half-an-end": ("BAG-522", bytes_of("tar", lambda data: _ended_by(data, 512))),
    "tar-gz-no-end": ("BAG-522", lambda place: _written(
        place / "bag.tar.gz", gzip.compress(_ended_by(write_tar(draft(), place / "x").read_bytes(), 0)))),
    "zip-with-macos-attributes": ("BAG-521", zip_with(
        (zip_info(b"__MACOSX/bag/._a.txt"), b"attributes"), (zip_info(b"__MACOSX/._bag"), b"attributes"))),
    "tar-with-macos-attributes": ("BAG-521", tar_with((tar_info(b"__MACOSX/bag/._a.txt"), b"attributes"))),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_habit_is_named_and_the_verdict_stays(name: str, tmp_path: Path) -> None:
    expected, make = HARMLESS[name]
    report = validate(str(make(tmp_path)))
    assert report.verdict == "valid", [(f.code, f.message) for f in report.findings]
    assert codes(report) == {expected}


def test_a_tar_cut_between_two_members_is_not_valid(tmp_path: Path) -> None:
    data = write_tar(draft(), tmp_path / "bag.tar").read_bytes()
    with tarfile.open(tmp_path / "bag.tar") as archive:
        members = [one.offset for one in archive.getmembers()]
    assert len(members) > 8
    for place in members[1:]:
        (tmp_path / "bag.tar").write_bytes(data[:place])
        try:
            verdict = validate(str(tmp_path / "bag.tar")).verdict
        except NotABagError:
            continue  # cut before anything that makes it a bag
        assert verdict != "valid", place
    report = validate(str(tmp_path / "bag.tar"))
    assert report.verdict == "not checked", "only the last tag manifest is not there"
    assert "BAG-524" in codes(report)


def test_a_zip_with_names_in_an_old_encoding_is_read(tmp_path: Path) -> None:
    files = draft({"data/é".encode(): b"x"})
    path = tmp_path / "bag.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            info = zip_info(b"bag/" + name)
            archive.writestr(info, content)
    data = path.read_bytes()
    path.write_bytes(data.replace("é".encode(), "é".encode()))
    assert validate(str(path)).verdict == "valid"


SMALL = Limits(floor=1 << 20, ratio=20, held=4096, tag_file=1 << 16)


def bomb(suffix: str, place: Path) -> Path:
    files = draft({b"data/zeros": bytes(8 << 20)})
    if suffix == "zip":
        return write_zip(files, place / "bag.zip")
    return write_tar(files, place / f"bag.tar.{suffix}", compression=suffix)


@pytest.mark.parametrize("suffix", ["zip", "gz", "bz2", "xz"])
def test_an_archive_that_swells_is_not_read_to_its_end(suffix: str, tmp_path: Path) -> None:
    report = validate_bag(str(bomb(suffix, tmp_path)), limits=SMALL)
    assert "BAG-515" in codes(report)
    assert report.outcome is not Outcome.INTACT
    assert validate_bag(str(bomb(suffix, tmp_path))).verdict == "valid"


def test_too_many_members_are_not_read(tmp_path: Path) -> None:
    for make in (write_zip, write_tar):
        path = make(draft(), tmp_path / f"bag.{make.__name__[-3:]}")
        assert "BAG-515" in codes(validate_bag(str(path), limits=Limits(members=3)))


def test_tag_files_that_are_not_held_are_read_again_from_the_stream(tmp_path: Path) -> None:
    path = write_tar(draft(), tmp_path / "bag.tar.gz", compression="gz")
    assert validate_bag(str(path), limits=Limits(held=0)).verdict == "valid"


def test_a_tag_file_beyond_the_limit_is_not_checked(tmp_path: Path) -> None:
    info = b"X: " + b"long " * 50_000 + b"\n"
    for path in (write_zip(draft(info=info), tmp_path / "bag.zip"), write_tar(draft(info=info), tmp_path / "bag.tar")):
        report = validate_bag(str(path), limits=SMALL)
        assert "BAG-112" in codes(report)
        assert report.outcome is Outcome.NOT_CHECKED
    report = validate_bag(str(tmp_path / "bag.tar"), limits=Limits(manifest=10))
    assert "BAG-112" in codes(report)


def test_an_endless_compressed_stream_ends_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "bag.tar.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(header(b"bag/data/endless", 1 << 34))
        for _ in range(64):
            file.write(bytes(1 << 20))
    report = validate_bag(str(path), limits=Limits(floor=16 << 20, ratio=1))
    assert "BAG-515" in codes(report)


@pytest.mark.parametrize("suffix", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
def test_no_cut_and_no_changed_byte_is_ever_valid_or_a_fault(suffix: str, tmp_path: Path) -> None:
    """A sweep over the archive's bytes: cut here, or one byte changed here."""
    path = tmp_path / f"bag.{suffix}"
    if suffix == "zip":
        write_zip(draft(), path)
    else:
        write_tar(draft(), path, compression=suffix.partition(".")[2])
    data = path.read_bytes()
    step = max(1, len(data) // (2000 if os.environ.get("ARCHIVE_LONG_TESTS") else 60))
    end = -(-len(data.rstrip(b"\x00")) // 512) * 512 if suffix == "tar" else len(data)  # zeros behind it prove nothing
    for place in range(1, end, step):
        path.write_bytes(data[:place])
        assert validate(str(path)).verdict != "valid", f"cut at {place}"
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        validate(str(path))


@pytest.mark.parametrize(
    "make",
    [
        raw_tar(),
        bytes_of("zip", lambda data: b"PK\x05\x06" + bytes(18)),
        lambda place: write_zip({b"data/x": b"y"}, place / "bag.zip"),
        lambda place: write_tar({b"word/document.xml": b"<x/>"}, place / "bag.tar.gz", compression="gz"),
    ],
    ids=["empty tar", "empty zip", "only data", "other content"],
)
def test_an_archive_without_anything_of_a_bag_is_not_a_bag(make: Callable[[Path], Path], tmp_path: Path) -> None:
    with pytest.raises(NotABagError, match="not a bag"):
        validate(str(make(tmp_path)))
