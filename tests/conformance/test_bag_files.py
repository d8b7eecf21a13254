"""What stands in a bag's folder that is no plain file, or cannot be read: named, never opened, never waited for."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.model.finding import Outcome
from archive.model.validation import Depth
from archive.stages.validation import validate
from archive.stages.validation.bags.bag import validate_bag
from archive.storage.folders import portable
from tests.support.audit_projects import CHECKOUT, UNPRIVILEGED
from tests.support.bag_drafts import draft, seal, write_folder, write_zip
from tests.support.needing import needs


@pytest.fixture(params=["descriptors", "portable"])
def bag(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A right bag, read by directory descriptors and by the portable way."""
    monkeypatch.setenv("ARCHIVE_PORTABLE", "1" if request.param == "portable" else "0")
    return write_folder(draft(), tmp_path / "bag")


def codes(bag: Path, depth: Depth = Depth.FULL) -> set[str]:
    return {finding.code for finding in validate(str(bag), depth=depth).findings}


def test_a_right_bag_is_valid(bag: Path) -> None:
    report = validate(str(bag))
    assert (report.verdict, report.findings) == ("valid", ())
    assert (report.facts["files"], report.facts["octets"]) == (3, 2310)


def link_file(bag: Path) -> None:
    (bag / "data/a.txt").rename(bag.parent / "outside")
    (bag / "data/a.txt").symlink_to(bag.parent / "outside")


def link_folder(bag: Path) -> None:
    (bag / "data/folder").rename(bag.parent / "outside")
    (bag / "data/folder").symlink_to(bag.parent / "outside")


def link_dangling(bag: Path) -> None:
    (bag / "data/dangling").symlink_to("nowhere")


def link_loop(bag: Path) -> None:
    (bag / "data/loop").symlink_to("..")


def link_data(bag: Path) -> None:
    (bag / "data").rename(bag.parent / "outside")
    (bag / "data").symlink_to(bag.parent / "outside")


def link_manifest(bag: Path) -> None:
    (bag / "manifest-sha256.txt").rename(bag.parent / "outside")
    (bag / "manifest-sha256.txt").symlink_to(bag.parent / "outside")


def link_declaration(bag: Path) -> None:
    (bag / "bagit.txt").rename(bag.parent / "outside")
    (bag / "bagit.txt").symlink_to(bag.parent / "outside")


def pipe(bag: Path) -> None:
    os.mkfifo(bag / "data/pipe")


def pipe_as_listed_file(bag: Path) -> None:
    (bag / "data/a.txt").unlink()
    os.mkfifo(bag / "data/a.txt")


def pipe_as_declaration(bag: Path) -> None:
    (bag / "bagit.txt").unlink()
    os.mkfifo(bag / "bagit.txt")


def pipe_as_tag_file(bag: Path) -> None:
    os.mkfifo(bag / "notes.txt")


def socket_file(bag: Path) -> None:
    here = os.getcwd()
    os.chdir(bag / "data")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
    os.chdir(here)


def device(bag: Path) -> None:
    os.mknod(bag / "data/zero", 0o20666, os.makedev(1, 5))


def hard_link(bag: Path) -> None:
    os.link(bag / "data/a.txt", bag.parent / "other")


def folder_in_place_of_file(bag: Path) -> None:
    (bag / "data/a.txt").unlink()
    (bag / "data/a.txt").mkdir()


def file_in_place_of_payload(bag: Path) -> None:
    shutil.rmtree(bag / "data")
    (bag / "data").write_bytes(b"")


def no_payload(bag: Path) -> None:
    shutil.rmtree(bag / "data")


def empty_folder(bag: Path) -> None:
    (bag / "data/empty").mkdir()


CASES: dict[Callable[[Path], None], set[str]] = {
    link_file: {"BAG-501"},
    link_folder: {"BAG-501", "BAG-201"},
    link_dangling: {"BAG-501"},
    link_loop: {"BAG-501"},
    link_data: {"BAG-501", "BAG-107", "BAG-201"},
    link_manifest: {"BAG-501", "BAG-219"},
    link_declaration: {"BAG-501", "BAG-101"},
    pipe: {"BAG-502"},
    pipe_as_listed_file: {"BAG-502"},
    pipe_as_declaration: {"BAG-502", "BAG-101"},
    pipe_as_tag_file: {"BAG-502"},
    socket_file: {"BAG-502"},
    device: {"BAG-502"},
    hard_link: {"BAG-503"},
    folder_in_place_of_file: {"BAG-201", "BAG-217", "BAG-404"},
    file_in_place_of_payload: {"BAG-107", "BAG-201", "BAG-214", "BAG-404"},
    no_payload: {"BAG-107", "BAG-201", "BAG-404"},
    empty_folder: {"BAG-217"},
}


@pytest.mark.parametrize("change", CASES, ids=lambda change: change.__name__)
def test_what_is_no_plain_file_is_named_and_never_waited_for(bag: Path, change: Callable[[Path], None]) -> None:
    change(bag)
    report = validate(str(bag))
    found = {finding.code for finding in report.findings}
    assert CASES[change] <= found
    assert found <= CASES[change] | {"BAG-404"}
    assert (report.verdict == "valid") == (CASES[change] <= {"BAG-503", "BAG-217"})


@pytest.mark.parametrize("depth", list(Depth))
def test_a_pipe_never_makes_any_depth_wait(bag: Path, depth: Depth) -> None:
    pipe(bag)
    report = validate(str(bag), depth=depth)
    assert "BAG-502" in {finding.code for finding in report.findings}
    assert report.outcome is Outcome.DAMAGED


def test_a_tree_deeper_than_descriptors_allow_is_read(bag: Path) -> None:
    files = draft({b"data/" + b"d/" * 1500 + b"x": b"deep", b"data/" + b"d/" * 700 + b"y": b"half way"})
    shutil.rmtree(bag)
    os.mkdir(bag)
    here = os.open(bag, os.O_RDONLY)
    for path, content in files.items():
        at = os.dup(here)
        *folders, name = path.split(b"/")
        for folder in folders:
            if not _exists(folder, at):
                os.mkdir(folder, dir_fd=at)
            deeper = os.open(folder, os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = deeper
        descriptor = os.open(name, os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=at)
        os.write(descriptor, content)
        os.close(descriptor)
        os.close(at)
    os.close(here)
    try:
        report = validate(str(bag))
        if portable():
            assert report.outcome is not Outcome.DAMAGED
        else:
            assert report.verdict == "valid", report.findings
    finally:
        subprocess.run(["rm", "-rf", str(bag)], check=True)


def _exists(name: bytes, at: int) -> bool:
    try:
        os.stat(name, dir_fd=at)
    except FileNotFoundError:
        return False
    return True


def as_nobody(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python as one whom permissions hold for: root is let in everywhere, unless that right is taken away."""
    return subprocess.run(
        [*UNPRIVILEGED, sys.executable, "-c", f"import sys\n{code}", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(CHECKOUT)},
        check=False,
        timeout=60,
    )


RUN = "from archive.cli.app import run; sys.exit(run(['validate', '--quiet', *sys.argv[1:]]))"


@pytest.fixture
def open_bag() -> Iterator[Path]:
    """A bag that every user can reach: pytest keeps its own folders to itself."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)  # noqa: S103 - another user must come in
        yield write_folder(draft(), Path(place) / "bag")


def test_a_folder_that_cannot_be_listed_is_not_checked_and_not_missing(open_bag: Path) -> None:
    (open_bag / "data/folder").chmod(0)
    result = as_nobody(RUN, str(open_bag))
    (open_bag / "data/folder").chmod(0o755)
    assert result.returncode == 4, result.stderr
    assert result.stdout.startswith("not checked: ")
    assert "BAG-304" in result.stdout
    assert "BAG-201" not in result.stdout
    assert "BAG-404" not in result.stdout


def test_a_file_that_cannot_be_read_is_not_checked_and_no_mismatch(open_bag: Path) -> None:
    (open_bag / "data/a.txt").chmod(0)
    result = as_nobody(RUN, str(open_bag))
    assert result.returncode == 4, result.stderr
    assert "BAG-303" in result.stdout
    assert "BAG-301" not in result.stdout
    assert "BAG-404" not in result.stdout


def test_damage_beside_what_cannot_be_read_is_still_damage(open_bag: Path) -> None:
    (open_bag / "data/a.txt").chmod(0)
    (open_bag / "data/folder/b.bin").write_bytes(b"other")
    result = as_nobody(RUN, str(open_bag))
    assert result.returncode == 1
    assert "BAG-303" in result.stdout
    assert "BAG-301" in result.stdout


@pytest.mark.parametrize("name", ["bagit.txt", "manifest-sha256.txt", "tagmanifest-sha512.txt", "bag-info.txt"])
def test_a_tag_file_that_cannot_be_read_is_not_checked(open_bag: Path, name: str) -> None:
    (open_bag / name).chmod(0)
    result = as_nobody(RUN, str(open_bag))
    assert result.returncode == 4, result.stdout + result.stderr
    assert "BAG-303" in result.stdout


@pytest.mark.parametrize("packed", [False, True])
def test_a_bag_that_cannot_be_opened_is_not_checked(open_bag: Path, packed: bool) -> None:
    subject = write_zip(draft(), open_bag / "bag.zip") if packed else open_bag
    subject.chmod(0)
    result = as_nobody(RUN, str(subject))
    subject.chmod(0o755)
    assert result.returncode == 4, result.stdout + result.stderr
    assert result.stdout.startswith(f"not checked: {subject}: not checked")
    assert ("BAG-303" if packed else "BAG-304") in result.stdout


@needs("strace")
@pytest.mark.parametrize(("call", "codes_found"), [("read", {"BAG-303"}), ("getdents64", {"BAG-304"})])
def test_an_error_of_the_disk_is_not_checked(tmp_path: Path, call: str, codes_found: set[str]) -> None:
    """EIO is injected for one path only, by strace."""
    bag = write_folder(draft(), tmp_path / "bag")
    target = bag / "data/folder" if call == "getdents64" else bag / "data/folder/b.bin"
    code = "import sys; from archive.cli.app import run; sys.exit(run(['validate', '--quiet', sys.argv[1]]))"
    result = subprocess.run(
        ["strace", "-f", "-o", str(tmp_path / "trace"), "-P", str(target), "-e", f"inject={call}:error=EIO",
         sys.executable, "-c", code, str(bag)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert result.returncode == 4, result.stdout + result.stderr
    assert all(code in result.stdout for code in codes_found)
    assert not any(code in result.stdout for code in ("BAG-201", "BAG-301", "BAG-404"))


def snapshot(root: Path) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for folder, folders, files in os.walk(root):
        for name in sorted(folders + files):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            content = hashlib.sha256(Path(path).read_bytes()).hexdigest() if os.path.isfile(path) else ""
            rows.append((path, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns, content))
    return sorted(rows, key=str)


@pytest.mark.parametrize("depth", list(Depth))
def test_validation_leaves_everything_as_it_was(bag: Path, depth: Depth) -> None:
    (bag / "data/a.txt").write_bytes(b"damaged")
    before = snapshot(bag)
    validate(str(bag), depth=depth, cross_check=depth is Depth.FULL, profile="muniment")
    assert snapshot(bag) == before


def test_every_flipped_bit_is_found_with_both_digests(tmp_path: Path) -> None:
    files = seal(draft(extra={b"metadata/x.xml": b"<x/>"}))
    for path in files:
        if path.startswith(b"tagmanifest-"):
            continue
        for place in {0, len(files[path]) // 2, len(files[path]) - 1} if files[path] else ():
            changed = bytearray(files[path])
            changed[place] ^= 1
            root = write_folder({**files, path: bytes(changed)}, tmp_path / "bag")
            report = validate(str(root))
            shutil.rmtree(root)
            assert report.verdict == "invalid", path
            mine = [f for f in report.findings if f.subject == os.fsdecode(path) and f.code in ("BAG-301", "BAG-302")]
            assert {f.facts["algorithm"] for f in mine} == {"sha256", "sha512"}, path
            for finding in mine:
                algorithm = str(finding.facts["algorithm"])
                assert finding.facts["found"] == hashlib.new(algorithm, bytes(changed)).hexdigest()
                assert finding.facts["expected"] == hashlib.new(algorithm, files[path]).hexdigest()


def test_a_flipped_bit_in_a_tag_manifest_is_found(tmp_path: Path) -> None:
    files = draft()
    for name in (b"tagmanifest-sha256.txt", b"tagmanifest-sha512.txt"):
        for place in range(0, len(files[name]), 7):
            changed = bytearray(files[name])
            changed[place] ^= 1
            root = write_folder({**files, name: bytes(changed)}, tmp_path / "bag")
            report = validate(str(root))
            shutil.rmtree(root)
            harmless = bytes(changed[place : place + 1]) in b" \t" and files[name][place : place + 1] in b" \t"
            assert report.findings or harmless, (name, place)


def test_several_workers_find_what_one_finds(tmp_path: Path) -> None:
    payload = {b"data/%d/%d" % (i % 7, i): b"%d" % i for i in range(1500)}
    bag = write_folder(draft(payload), tmp_path / "bag")
    (bag / "data/3/3").write_bytes(b"x")
    (bag / "data/new").write_bytes(b"x")
    (bag / "data/5/5").unlink()
    (bag / "data/link").symlink_to("x")
    (bag / "data/empty").mkdir()
    for number in range(0, 1400, 7):
        os.link(bag / f"data/0/{number}", bag.parent / f"other{number}")
    one, three = (validate_bag(str(bag), workers=workers) for workers in (1, 3))
    assert one.findings == three.findings
    assert len(one.findings) >= 6
    assert dict(one.facts) == dict(three.facts)


def test_large_files_are_digested_side_by_side(bag: Path) -> None:
    content = os.urandom(9 << 20)
    shutil.rmtree(bag)
    write_folder(draft({b"data/large": content, b"data/small": b"x"}), bag)
    assert validate(str(bag)).verdict == "valid"
    with open(bag / "data/large", "r+b") as file:
        file.seek(8 << 20)
        file.write(b"changed")
    report = validate(str(bag))
    assert {f.code for f in report.findings} == {"BAG-301"}
    changed = (bag / "data/large").read_bytes()
    assert {f.facts["found"] for f in report.findings} == {
        hashlib.sha256(changed).hexdigest(), hashlib.sha512(changed).hexdigest()
    }  # fmt: skip


def test_a_name_that_is_not_utf8_is_compared_by_its_bytes(bag: Path) -> None:
    shutil.rmtree(bag)
    write_folder(draft({b"data/caf\xe9": b"x"}), bag)
    report = validate(str(bag))
    assert {f.code for f in report.findings} == {"BAG-110"}
    (bag / os.fsdecode(b"data/caf\xe9")).rename(bag / os.fsdecode(b"data/caf\xe8"))
    assert codes(bag) == {"BAG-110", "BAG-201", "BAG-202"}
