"""What a hostile depositor might send: names and headers that cost more than they weigh, or that say two things."""

from __future__ import annotations

import os
import resource
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.stages.validation import validate
from archive.stages.validation.bags.profiles import load_profile
from tests.support.bag_drafts import draft, seal, tar_info, write_folder, write_tar, write_zip, zip_info

NAME = b"bag/data/a.txt"


def found(path: Path) -> set[str]:
    return {finding.code for finding in validate(str(path)).findings if finding.severity.value != "note"}


def unicode_path(name: bytes, stored: bytes = NAME) -> bytes:
    return struct.pack("<HHBI", 0x7075, 5 + len(name), 1, zlib.crc32(stored)) + name


def write_zip_with(path: Path, extra: bytes) -> Path:
    """A right bag in a zip whose member data/a.txt has this extra field in both its headers."""
    files = draft()
    first = zip_info(NAME)
    first.extra = extra
    content = files.pop(b"data/a.txt")
    write_zip(files, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(first, content)
    return path


UNICODE_PATHS = {
    "the same": (unicode_path(NAME), set()),
    "another": (unicode_path(b"bag/data/evil"), {"BAG-518"}),
    "an escape": (unicode_path(b"../../evil"), {"BAG-518"}),
    "for another name": (unicode_path(NAME, b"bag/data/z"), {"BAG-518"}),
    "two of them": (unicode_path(NAME) + unicode_path(NAME), {"BAG-518"}),
}


@pytest.mark.parametrize("name", UNICODE_PATHS)
def test_a_zip_says_every_name_once(name: str, tmp_path: Path) -> None:
    extra, codes = UNICODE_PATHS[name]
    assert found(write_zip_with(tmp_path / "bag.zip", extra)) == codes


class OldInfo(zipfile.ZipInfo):
    """A member whose name is stored in CP437, as tools without UTF-8 do."""

    __slots__ = ()

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp437"), self.flag_bits


def test_a_unicode_path_stands_for_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    name = "bag/data/\u0643\u062a\u0627\u0628"
    files = draft({name[4:].encode(): b"x"})
    content = files.pop(name[4:].encode())
    path = write_zip(files, tmp_path / "bag.zip")
    info = OldInfo("bag/data/caf\u00e9", (2026, 11, 24, 0, 0, 0))
    info.extra = unicode_path(name.encode(), info.filename.encode("cp437"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, content)
    assert found(path) == set()


def patched(change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        write_zip(draft(), path)
        path.write_bytes(change(path.read_bytes()))
        return path

    return make


def other_count(data: bytes) -> bytes:
    end = data.rfind(b"PK\5\6")
    return data[: end + 8] + struct.pack("<HH", 2, 2) + data[end + 12 :]


def second_end(data: bytes) -> bytes:
    """The comment holds the directory once more and an end of its own, which claims a comment that is not there."""
    end = data.rfind(b"PK\5\6")
    size, start = struct.unpack("<II", data[end + 12 : end + 20])
    own = data[end : end + 16] + struct.pack("<IH", end + 22, 9)
    comment = data[start : start + size] + own
    return data[: end + 20] + struct.pack("<H", len(comment)) + comment


def lying_descriptor(path: Path) -> Path:
    with open(path, "wb") as file, zipfile.ZipFile(Unseekable(file), "w") as archive:  # type: ignore[call-overload]
        for name, content in draft().items():
            archive.writestr(zip_info(b"bag/" + name), content)
    data = path.read_bytes()
    place = data.find(b"PK\7\x08") + 4
    path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    return path


class Unseekable:
    """A file that can only be written on: zipfile then puts sizes and checksum behind each member."""

    def __init__(self, file: object) -> None:
        self.write = file.write  # type: ignore[attr-defined]
        self.flush = file.flush  # type: ignore[attr-defined]


def dos_link(path: Path) -> Path:
    info = zip_info(b"bag/data/link", 0o120777)
    info.create_system = 0
    write_zip(draft(), path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, b"/etc/passwd")
    return path


LIES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a count that is not the directory's": (patched(other_count), "BAG-518"),
    "a second end in the comment": (patched(second_end), "BAG-518"),
    "a data descriptor that says something else": (lying_descriptor, "BAG-518"),
    "a link from a system without links": (dos_link, "BAG-501"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_zip_that_says_two_things_is_invalid(name: str, tmp_path: Path) -> None:
    make, code = LIES[name]
    assert code in found(make(tmp_path / "bag.zip"))


LONG = [b"data/%d/" % number + b"a/" * 30_000 + b"x" for number in range(30)]


def judge_within(path: Path, seconds: float, mebibytes: int) -> None:
    """Validate in a process of its own, within this much CPU and address space."""

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (mebibytes << 20, mebibytes << 20))

    began = time.monotonic()
    words = [sys.executable, "-m", "archive", "validate", "--quiet", str(path)]
    done = subprocess.run(words, capture_output=True, preexec_fn=confine, timeout=10 * seconds, check=False)
    assert done.returncode == 1, done.stderr
    assert b"invalid" in done.stdout
    assert time.monotonic() - began < 10 * seconds


@pytest.mark.parametrize("form", ["tar", "zip", "manifest"])
def test_long_paths_cost_no_more_than_they_weigh(form: str, tmp_path: Path) -> None:
    if form == "tar":
        path = write_tar(draft(), tmp_path / "bag.tar", more=[(tar_info(b"bag/" + one), b"") for one in LONG])
    elif form == "zip":
        path = write_zip(draft(extra=dict.fromkeys(LONG, b"")), tmp_path / "bag.zip")
    else:
        files = draft()
        for name, digits in ((b"manifest-sha256.txt", 64), (b"manifest-sha512.txt", 128)):
            files[name] += b"".join(b"0" * digits + b"  " + one + b"\n" for one in LONG)
        path = write_folder(seal(files), tmp_path / "bag")
    judge_within(path, 6, 700)


@pytest.mark.parametrize("portable", [False, True])
def test_a_deep_tree_with_side_branches_is_read_in_linear_time(
    portable: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHIVE_PORTABLE", "1" if portable else "0")
    depth = 400 if portable else 1200
    paths = [b"data/" + b"d/" * level + b"e/f" for level in range(0, depth, 40)]
    files = draft({path: b"at %d" % len(path) for path in paths})
    bag = write_folder({k: v for k, v in files.items() if not k.startswith(b"data/")}, tmp_path / "bag")
    at = os.open(bag / "data", os.O_RDONLY)
    for level in range(depth):
        for name in ("d", "e") if level % 40 == 0 else ("d",):
            os.mkdir(name, dir_fd=at)
        if level % 40 == 0:
            with os.fdopen(os.open("e/f", os.O_WRONLY | os.O_CREAT, dir_fd=at), "wb") as file:
                file.write(files[b"data/" + b"d/" * level + b"e/f"])
        deeper = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = deeper
    os.close(at)
    assert validate(str(bag)).verdict == "valid"
    subprocess.run(["rm", "-rf", str(bag)], check=True)


def test_a_profile_that_is_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "profile.json")
    with pytest.raises(UsageError, match="not a regular file"):
        load_profile(str(tmp_path / "profile.json"))


def test_a_profile_with_half_a_character_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    path.write_text('{"BagIt-Profile-Info": {"BagIt-Profile-Identifier": "\\ud800"}}')
    with pytest.raises(UsageError, match="JSON in UTF-8"):
        load_profile(str(path))
