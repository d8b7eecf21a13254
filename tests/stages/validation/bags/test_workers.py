"""How many workers are taken, what becomes of one that dies, and how often a file is opened and read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from archive.bags.manifest_ranges import Layout, plan_ranges
from archive.errors import StorageError
from archive.model.build import NO_PROGRESS
from archive.stages.validation.bags import workers
from archive.stages.validation.bags.bag import validate_bag
from archive.stages.validation.bags.workers import Crew, choose_crew, judge_ranges
from archive.storage import concurrency
from tests.support.bag_drafts import draft, write_folder
from tests.support.needing import needs

ALGORITHMS = ("sha256", "sha512")
MANIFESTS = ("manifest-sha256.txt", "manifest-sha512.txt")


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    return write_folder(draft({b"data/%d/%d" % (n % 5, n): b"%d" % n for n in range(300)}), tmp_path / "bag")


def test_small_bags_get_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "count_readers", lambda path: 4)
    assert choose_crew(None, ".", 9_999, 9_999) == Crew(1, False)
    assert choose_crew(None, ".", 100_000, 100_000) == Crew(4, False)
    assert choose_crew(None, ".", 4, 1 << 30) == Crew(4, True)
    assert choose_crew(3, ".", 1, 1) == Crew(3, False)


def test_slow_storage_gets_one_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concurrency, "count_processors", lambda: 4)
    monkeypatch.setattr(sys, "platform", "linux")
    for kind, rotational, expected in (("ext4", False, 4), ("ext4", True, 1), ("nfs4", False, 1), ("fuse.x", False, 1)):
        monkeypatch.setattr(concurrency, "_mount_of", lambda device, kind=kind: (kind, "/dev/null"))
        monkeypatch.setattr(concurrency, "_is_rotational", lambda device, rotational=rotational: rotational)
        assert concurrency.count_readers(str(tmp_path)) == expected, kind
    monkeypatch.setattr(sys, "platform", "darwin")
    assert concurrency.count_readers(str(tmp_path)) == 1


def test_processors_are_counted_without_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert concurrency.count_processors() >= 1


@pytest.mark.parametrize("goal", [100, 1000, 1 << 17])
def test_ranges_hold_every_line_once(bag: Path, goal: int) -> None:
    layout = Layout(str(bag), None, MANIFESTS, ALGORITHMS, False, True)
    ranges = plan_ranges(layout, goal, 1 << 30)
    assert ranges is not None
    for index, name in enumerate(MANIFESTS):
        content = (bag / name).read_bytes()
        parts = [content[slice(*one.spans[index])] for one in ranges]
        assert b"".join(parts) == content
        assert [part.count(b"\n") for part in parts] == [one.lines for one in ranges]
        assert all(part.endswith(b"\n") for part in parts)


def test_manifests_that_are_not_lockstep_have_no_ranges(bag: Path) -> None:
    layout = Layout(str(bag), None, MANIFESTS, ALGORITHMS, False, True)
    with open(bag / MANIFESTS[1], "ab") as file:
        file.write(b"0" * 128 + b"  data/more\n")
    assert plan_ranges(layout, 1000, 1 << 30) is None


@pytest.mark.parametrize(
    "program",
    ["sys.stdin.buffer.read(1); sys.exit(3)", "sys.stdout.buffer.write(b'cno_such\\nname\\n.')",
     "sys.stdout.buffer.write(b'no pickle')"],
)  # fmt: skip
def test_a_worker_that_dies_is_an_error_and_not_a_verdict(
    bag: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_SERVE", program)
    layout = Layout(str(bag), None, MANIFESTS, ALGORITHMS, False, True)
    ranges = plan_ranges(layout, 1000, 1 << 30)
    assert ranges is not None
    with pytest.raises(StorageError, match="ended before it was done"):
        list(judge_ranges(layout, ranges, Crew(2, False), NO_PROGRESS))


@needs("strace")
@pytest.mark.parametrize(("number", "size"), [("1", 997), ("2", 97), ("2", 997)])
def test_each_file_is_opened_once_and_each_byte_read_once(tmp_path: Path, number: str, size: int) -> None:
    """Two processes read the smaller files, two threads the larger."""
    payload = {b"data/%d/f%d" % (n % 3, n): b"x" * (n * size) for n in range(200)}
    bag = write_folder(draft(payload), tmp_path / "bag")
    code = (
        "import sys; from archive.stages.validation.bags import in_manifest_order as order\n"
        "order._GOAL = order._LEAST = 2000\n"
        "from archive.cli.app import run; sys.exit(run(['validate', '-q', '--workers', sys.argv[2], sys.argv[1]]))"
    )
    trace = tmp_path / "trace"
    words = ["strace", "-ff", "-y", "-o", str(trace), "-e", "trace=openat,read,readv", sys.executable, "-c", code]
    subprocess.run([*words, str(bag), number], check=True, capture_output=True, timeout=150)
    opened: Counter[str] = Counter()
    read: Counter[str] = Counter()
    traces = [path.read_text("utf-8", "replace") for path in tmp_path.glob("trace.*")]
    for line in "".join(traces).splitlines():
        done = re.search(r"(openat|readv?)\(.*<([^<>]*/data/\d/f\d+)>.*= (\d+)", line)
        if done is not None and done[1] != "openat":
            read[done[2]] += int(done[3])
        came = re.search(r"openat\(.* = \d+<([^<>]*/data/\d/f\d+)>", line)
        if came is not None:
            opened[came[1]] += 1
    assert set(opened.values()) == {1}
    assert len(opened) == len(payload)
    assert sum(read.values()) == sum(map(len, payload.values()))


def test_ranges_and_table_are_as_good_for_an_empty_payload(tmp_path: Path) -> None:
    bag = write_folder(draft({}), tmp_path / "bag")
    assert validate_bag(str(bag), workers=2).verdict == "valid"
