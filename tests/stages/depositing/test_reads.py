"""Each payload byte is read once on either side where the target has a working place, and a damaged bag still stays."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from archive.config import load_settings
from archive.errors import ArchiveError
from archive.model.deposit import DepositReport, DepositState
from archive.stages.depositing.workflow import deposit
from archive.storage.clock import Clock
from archive.storage.hashing import Digests
from archive.targets.protocol import SendsUnseen
from archive.targets.registry import open_target
from tests.support.deposit_bags import seal, write_bag
from tests.support.needing import needs

CHECKOUT = Path(__file__).resolve().parents[3]
TARGETS = ("dir:far", "ocfl:far")
CONTENT = {f"part{n % 2}/{n}.txt": (b"%d" % n) * (5000 if n < 2 else 50_000) for n in range(6)}
"""Files that are read as they are sent, and larger ones that are read ahead."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def send(project: Path, target: str, bag: str = "bag") -> DepositReport:
    settings = load_settings(str(project))
    opened = open_target(target, settings, clock=Clock())
    try:
        return deposit(bag, opened, settings=settings, clock=Clock())
    finally:
        opened.close()


def codes_of(report: DepositReport) -> list[tuple[str, str]]:
    return [(finding.code, finding.subject) for finding in report.findings]


@needs("strace")
@pytest.mark.parametrize("target", TARGETS)
def test_each_payload_byte_is_read_once_on_either_side(project: Path, target: str) -> None:
    bag = write_bag(project / "bag", CONTENT)
    payload = sum(path.stat().st_size for path in (bag / "data").rglob("*") if path.is_file())
    trace = project / "trace"
    subprocess.run(
        ["strace", "-f", "-y", "-qq", "-o", str(trace), "-e", "trace=read,readv,pread64,mkdirat,unlinkat",
         sys.executable, "-m", "archive", "deposit", "bag", target, "-q"],
        cwd=project, check=True, stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "XDG_CONFIG_HOME": str(project / "config")},
    )  # fmt: skip
    read: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    for line in trace.read_text(errors="replace").splitlines():
        call = re.match(r"\d+ +(\w+)\(", line)
        calls[call[1] if call else ""] += 1
        match = re.search(r" (?:read|readv|pread64)\(\d+<([^>]*/data/[^>]*)>.* = (\d+)$", line)
        if match:
            read["source" if match[1].startswith(str(bag)) else "far"] += int(match[2])
    assert read == {"source": payload, "far": payload}
    assert calls["mkdirat"] < 20
    assert calls["unlinkat"] < 20


@pytest.mark.parametrize("target", TARGETS)
def test_each_digest_is_computed_once(project: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = write_bag(project / "bag", CONTENT)
    payload = sum(path.stat().st_size for path in (bag / "data").rglob("*") if path.is_file())
    passes: Counter[str] = Counter()
    update = Digests.update

    def count(self: Digests, data: bytes) -> None:
        passes["bytes"] += len(data) * len(self._hashes)
        update(self, data)

    monkeypatch.setattr(Digests, "update", count)
    assert send(project, target).state is DepositState.ACCEPTED
    tags = sum(path.stat().st_size for path in bag.iterdir() if path.is_file())
    assert passes["bytes"] <= 3 * payload + 4 * tags


@pytest.mark.parametrize("target", TARGETS)
def test_all_that_is_damaged_is_named_and_nothing_stays(project: Path, target: str) -> None:
    bag = write_bag(project / "bag", CONTENT)
    for name in ("part0/2.txt", "part1/5.txt"):
        (bag / "data" / name).write_bytes(b"x" + CONTENT[name][1:])
    report = send(project, target)
    assert report.state is DepositState.REFUSED
    named = codes_of(report)
    assert named[0][0] == "DEP-101"
    assert {subject for _, subject in named[1:]} == {"data/part0/2.txt", "data/part1/5.txt"}
    left = [path for path in (project / "far").rglob("*") if path.is_file()] if (project / "far").exists() else []
    assert [path for path in left if path.name not in ("0=ocfl_1.1", "ocfl_layout.json", "config.json")] == []
    for name in ("part0/2.txt", "part1/5.txt"):
        (bag / "data" / name).write_bytes(CONTENT[name])
    assert send(project, target).state is DepositState.ACCEPTED


@pytest.mark.parametrize("target", TARGETS)
def test_a_wrong_digest_in_one_manifest_is_found_though_the_stronger_is_right(project: Path, target: str) -> None:
    bag = write_bag(project / "bag", CONTENT)
    manifest = bag / "manifest-sha256.txt"
    first, _, rest = manifest.read_text().partition("\n")
    manifest.write_text(("0" if first[0] != "0" else "1") + first[1:] + "\n" + rest)
    for path in bag.glob("tagmanifest-*"):
        path.unlink()
    report = send(project, target)
    assert report.state is DepositState.REFUSED
    assert codes_of(report)[0][0] == "DEP-101"


@pytest.mark.parametrize("target", TARGETS)
def test_a_bag_that_is_there_already_is_judged_in_full(project: Path, target: str) -> None:
    bag = write_bag(project / "bag", CONTENT)
    assert send(project, target).state is DepositState.ACCEPTED
    (bag / "data" / "part0" / "2.txt").write_bytes(b"x" + CONTENT["part0/2.txt"][1:])
    assert send(project, target).state is DepositState.REFUSED


def test_content_that_a_repository_has_already_is_read_all_the_same(project: Path) -> None:
    bag = write_bag(project / "bag", CONTENT)
    assert send(project, "ocfl:far").state is DepositState.ACCEPTED
    (bag / "data" / "new.txt").write_bytes(b"new")
    seal(bag)
    (bag / "data" / "part0" / "2.txt").write_bytes(b"x" + CONTENT["part0/2.txt"][1:])
    assert send(project, "ocfl:far").state is DepositState.REFUSED


@pytest.mark.parametrize("target", TARGETS)
def test_what_an_earlier_run_sent_is_read_again(project: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = write_bag(project / "bag", CONTENT)
    opened = open_target(target, load_settings(str(project)), clock=Clock())
    assert isinstance(opened, SendsUnseen)
    with monkeypatch.context() as patched:
        patched.setattr(type(opened), "commit", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send(project, target)
    (bag / "data" / "part0" / "2.txt").write_bytes(b"x" + CONTENT["part0/2.txt"][1:])
    assert send(project, target).state is DepositState.REFUSED


def test_a_file_that_cannot_be_read_is_refused_as_not_checked(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = write_bag(project / "bag", CONTENT)
    (bag / "data" / "part0" / "2.txt").unlink()
    (bag / "data" / "part0" / "2.txt").symlink_to("0.txt")
    report = send(project, "dir:far")
    assert report.state is DepositState.REFUSED
    assert not (project / "far").exists()


def test_a_bag_that_is_valid_after_all_raises_what_was_seen(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = write_bag(project / "bag", CONTENT)
    path = bag / "data" / "part0" / "2.txt"
    from archive.stages.depositing import workflow

    judge = workflow.judge_bag

    def heal(*given: object, payload: bool = True) -> object:
        if payload:
            path.write_bytes(CONTENT["part0/2.txt"])
        return judge(*given, payload=payload)  # type: ignore[arg-type]

    monkeypatch.setattr(workflow, "judge_bag", heal)
    path.write_bytes(b"x" + CONTENT["part0/2.txt"][1:])
    with pytest.raises(ArchiveError):
        send(project, "dir:far")
    assert not (project / "far").exists()
