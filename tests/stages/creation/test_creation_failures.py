"""Full disks, Ctrl-C, polite ends, and two at once: real processes on a real file system."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import ExistsError, NoSpaceError
from archive.stages.creation import workflow as creation
from archive.stages.validation import validate
from tests.support.making import ROOT, archive, codes, contents, make, plant, snapshot
from tests.support.needing import miss, needs


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.getuid() == 0 and (
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False).returncode == 0
    )
    if not mounted:
        miss("mount", "only root may mount a small file system here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("extra", [[], ["--serialize", "zip"], ["--serialize", "tar"]])
@pytest.mark.parametrize("files", [{"large": bytes(3 << 20)}, {f"{n}": bytes(9000) for n in range(200)}])
def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, small_disk: Path, extra: list[str], files: dict[str, bytes]
) -> None:
    src = plant(tmp_path / "src", files)
    before = snapshot(src)
    done = archive("create", src, "--to", small_disk / "out", "--plain", *extra, cwd=tmp_path)
    assert done.returncode == 13
    assert done.stderr.count(b"\n") == 1
    assert b"no space" in done.stderr
    assert list(small_disk.iterdir()) == []
    assert snapshot(src) == before


def test_a_disk_that_fills_while_the_tag_files_are_written(tmp_path: Path, small_disk: Path) -> None:
    """Room for the payload, none for the manifests: the last buffer is what fails."""
    src = plant(tmp_path / "src", {f"{n:03}{'x' * 200}": b"" for n in range(900)})
    before = snapshot(src)
    with pytest.raises(NoSpaceError):
        make(src, small_disk / "out", algorithms=("sha512", "sha3_512", "blake2b", "sha256"))
    assert list(small_disk.iterdir()) == []
    assert snapshot(src) == before


def start(tmp_path: Path, *arguments: str | Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "archive", "create", *map(str, arguments), "--quiet"]
    return subprocess.Popen(words, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for_work(out: Path, process: subprocess.Popen[bytes]) -> None:
    """Until the payload is being copied."""
    for _ in range(2000):
        if any(out.glob(".*.partial/*/data/*")) or any(out.glob(".*.partial/bag/manifest-sha256.txt")):
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    raise AssertionError("it never began")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("in_place", [False, True])
def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, number: int, in_place: bool) -> None:
    src = plant(tmp_path / "src", {f"{n}": bytes(1 << 20) for n in range(4)})
    with open(src / "huge", "wb") as file:
        file.truncate(2 << 30)
    before = {path.name: path.stat().st_mtime_ns for path in src.iterdir()}
    options = ["--in-place"] if in_place else ["--to", tmp_path / "out", "--plain"]
    process = start(tmp_path, src, *options)
    wait_for_work(tmp_path if in_place else tmp_path / "out", process)
    process.send_signal(number)
    try:
        stdout, stderr = process.communicate(timeout=180)
    finally:
        process.kill()
    assert process.returncode == 130, (stdout, stderr)
    assert stderr.strip().startswith(b"error: interrupted")
    assert stderr.strip().count(b"\n") == 0
    assert {path.name: path.stat().st_mtime_ns for path in src.iterdir()} == before
    assert os.listdir(tmp_path) == ["src"]


def test_of_two_creations_one_wins_and_the_other_is_told(tmp_path: Path) -> None:
    plant(tmp_path / "a/src", {f"{n}": b"a" * 5000 for n in range(300)})
    plant(tmp_path / "b/src", {f"{n}": b"b" * 5000 for n in range(300)})
    both = [start(tmp_path, tmp_path / one / "src", "--to", tmp_path / "out", "--plain") for one in "ab"]
    ends = [(process.communicate(timeout=60), process.returncode) for process in both]
    assert sorted(code for _, code in ends) == [0, 2]
    loser = next(output for output, code in ends if code == 2)
    assert b"nothing is overwritten" in loser[1], "whether it saw the other one at its beginning or at its end"
    assert os.listdir(tmp_path / "out") == ["src"]
    assert validate(str(tmp_path / "out/src")).ok
    assert len(set(contents(tmp_path / "out/src/data").values())) == 1


def test_a_destination_taken_in_the_last_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    src = plant(tmp_path / "src", {"a": b"1"})
    genuine = creation.sync_tree

    def sync(root: str) -> None:
        genuine(root)
        plant(tmp_path / "out/src", {"theirs": b"2"})

    monkeypatch.setattr(creation, "sync_tree", sync)
    with pytest.raises(ExistsError):
        make(src, tmp_path / "out")
    assert contents(tmp_path / "out") == {"src/theirs": b"2"}


def test_leftovers_are_told_and_removed_only_when_asked(tmp_path: Path) -> None:
    src = plant(tmp_path / "src", {"a": b"1"})
    left = plant(tmp_path / "out/.src.0123abcd.partial", {"tree/data/a": b"1"})
    report = make(src, tmp_path / "out", exclude=("b",))
    assert report.created
    assert codes(report) == {"SRC-115"}
    assert left.is_dir()
    shutil.rmtree(tmp_path / "out/src")
    assert make(src, tmp_path / "out", clean_partial=True).created
    assert os.listdir(tmp_path / "out") == ["src"]


def test_a_leftover_is_removed_where_the_bag_already_stands(tmp_path: Path) -> None:
    src = plant(tmp_path / "src", {"a": b"1"})
    assert make(src, tmp_path / "out").created
    plant(tmp_path / "out/.src.0123abcd.partial", {"tree/data/a": b"1"})
    with pytest.raises(ExistsError):
        make(src, tmp_path / "out", clean_partial=True)
    assert os.listdir(tmp_path / "out") == ["src"]


def test_a_dry_run_cleans_nothing(tmp_path: Path) -> None:
    src = plant(tmp_path / "src", {"a": b"1"})
    left = plant(tmp_path / "out/.src.0123abcd.partial", {"tree/data/a": b"1"})
    make(src, tmp_path / "out", clean_partial=True, dry_run=True)
    assert left.is_dir()


def test_a_source_file_that_is_written_to_meanwhile(tmp_path: Path) -> None:
    src = plant(tmp_path / "src", {"large": bytes(64 << 20)})
    script = (
        "import os, sys, time\nf = open(sys.argv[1], 'r+b', 0)\n"
        "while True: f.seek(0); f.write(os.urandom(9)); time.sleep(.001)"
    )
    writer = subprocess.Popen([sys.executable, "-c", script, str(src / "large")])
    try:
        time.sleep(0.2)
        done = archive("create", src, "--to", tmp_path / "out", "--plain", "--quiet", cwd=tmp_path)
    finally:
        writer.kill()
        writer.wait()
    assert done.returncode == 4
    assert b"changed while it was read" in done.stderr
    assert os.listdir(tmp_path) == ["src"]


@needs("linux")
def test_memory_stays_flat(tmp_path: Path) -> None:
    """Ten times the files, the same memory, give or take what the allocator does."""
    script = (
        "import sys; from tests.support.making import make\n"
        "make(sys.argv[1], sys.argv[2])\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    peaks = []
    for count in (500, 5000):
        src = plant(tmp_path / str(count), {f"{n // 100}/{n}": b"x" for n in range(count)})
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        words = [sys.executable, "-c", script, str(src), str(tmp_path / "out")]
        done = subprocess.run(words, env=environment, capture_output=True, check=True, text=True)
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 2048
    assert peaks[1] < 64 << 10
