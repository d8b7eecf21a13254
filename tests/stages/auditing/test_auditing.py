"""Audits end to end, with real worker processes: every outcome told apart, nothing called missing that was not seen."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.audit_projects import (
    CHECKOUT,
    UNPRIVILEGED,
    Project,
    found,
    pack_tar,
    pack_zip,
    processes_with,
    some_files,
    start_command,
    write_bag,
)
from tests.support.needing import need

DAY = 86400


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, monkeypatch).start()


def test_an_untouched_bag_is_intact_and_nothing_is_due_after(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bags" / "one", some_files(30))
    assert project.run("holdings", "add", str(bag))[0] == 0
    code, report = project.audit()
    assert (code, report["outcome"], report["files"], report["counts"]) == (0, "intact", 36, {"intact": 36})
    code, report = project.audit()
    assert (code, report["files"]) == (0, 0)
    assert project.run("audit", "status")[0] == 0
    code, report = project.audit(str(bag))
    assert (code, report["files"]) == (0, 36)


@pytest.mark.parametrize("form", ["folder", "zip", "tar", "tar.gz"])
def test_what_was_changed_and_taken_out_is_named(project: Project, tmp_path: Path, form: str) -> None:
    files = some_files(12)
    bag = write_bag(tmp_path / "bags" / "one", files)
    kept = _pack(bag, tmp_path / "kept", form)
    assert project.run("holdings", "add", str(kept))[0] == 0
    (bag / "data" / "d1" / "file-00001.bin").write_bytes(b"x" * 200)
    (bag / "data" / "d2" / "file-00002.bin").write_bytes(b"longer" * 100)
    (bag / "data" / "d3" / "file-00003.bin").unlink()
    if form != "folder":
        kept.unlink()
        _pack(bag, tmp_path / "kept", form)
    code, report = project.audit()
    assert code == 1
    assert found(report) == {"AUD-101": ["file-00001.bin", "file-00002.bin"], "AUD-102": ["file-00003.bin"]}
    assert report["counts"] == {"intact": 15, "damaged": 2, "missing": 1}


def _pack(bag: Path, folder: Path, form: str) -> Path:
    if form == "folder":
        return bag
    folder.mkdir(exist_ok=True)
    return (pack_zip if form == "zip" else pack_tar)(bag, folder / f"one.{form}")


def test_a_damaged_stream_in_a_zip_is_damage_not_a_fault(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "one", {"a.txt": b"hello " * 5000, "b.txt": b"other"})
    kept = pack_zip(bag, tmp_path / "one.zip")
    project.run("holdings", "add", str(kept))
    with zipfile.ZipFile(kept) as archive:
        offset = archive.getinfo("one/data/a.txt").header_offset
    raw = bytearray(kept.read_bytes())
    raw[offset + 60] ^= 0xFF
    kept.write_bytes(raw)
    code, report = project.audit()
    assert code == 1
    assert found(report) == {"AUD-101": ["a.txt"]}


def test_added_files_are_told_apart_from_known_loose_ones(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "one", some_files(3))
    (bag / "notes.txt").write_bytes(b"there from the start")
    project.run("holdings", "add", str(bag))
    assert project.audit()[0] == 0
    (bag / "data" / "added.bin").write_bytes(b"x")
    (bag / "later.txt").write_bytes(b"y")
    code, report = project.audit(str(bag))
    assert (code, found(report)) == (1, {"AUD-104": ["added.bin"], "AUD-105": ["later.txt"]})
    (bag / "data" / "added.bin").unlink()
    (bag / "later.txt").unlink()
    code, report = project.audit("--retry-failed")
    assert (code, report["outcome"]) == (0, "intact")


def test_a_bag_swapped_for_another_valid_one_is_found(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "one", some_files(3))
    project.run("holdings", "add", str(bag))
    shutil.rmtree(bag)
    write_bag(bag, {**some_files(3), "d0/file-00000.bin": b"forged"})
    code, report = project.audit()
    assert code == 1
    assert found(report)["AUD-106"] == ["one"]


def test_a_bag_that_is_gone_is_one_finding(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "one", some_files(20))
    project.run("holdings", "add", str(bag))
    shutil.rmtree(bag)
    code, report = project.audit()
    assert (code, found(report), report["counts"]) == (1, {"AUD-107": ["one"]}, {"missing": 26})


@pytest.mark.parametrize("how", ["gone", "empty", "another"])
def test_an_unmounted_location_is_one_finding_and_changes_no_status(project: Project, tmp_path: Path, how: str) -> None:
    disk, other = tmp_path / "disk", write_bag(tmp_path / "elsewhere" / "two", some_files(4))
    with (project.folder / "archive.toml").open("a") as file:
        file.write(f'\n[locations.vault]\nroot = "{disk}"\n')
    for name in ("a", "b"):
        write_bag(disk / name, some_files(10))
        assert project.run("holdings", "add", str(disk / name), "--place", "vault")[0] == 0
    project.run("holdings", "add", str(other))
    assert project.audit()[0] == 0
    disk.rename(tmp_path / "taken-away")
    if how != "gone":
        disk.mkdir()
    if how == "another":
        (disk / "lost+found").mkdir()
    code, report = project.audit("--max-age", "0s")
    assert (code, report["outcome"]) == (4, "not checked")
    assert found(report) == {"AUD-110": ["vault"]}
    assert report["counts"] == {"intact": 10}
    code, status = project.json("audit", "status")
    assert (code, status["intact_holdings"], found(status)) == (4, 3, {"AUD-110": ["vault"]})
    if disk.exists():
        shutil.rmtree(disk)
    (tmp_path / "taken-away").rename(disk)
    assert project.audit("--max-age", "0s", "--place", "vault")[0] == 0
    assert project.run("audit", "status")[0] == 0


def run_with_a_hanging_folder(project: Project, stuck: Path, *arguments: str) -> tuple[int, str]:
    """Whoever asks for the folder `stuck` waits in the kernel, as with a mount whose server is gone."""
    need("strace")
    calls = "stat,newfstatat,statx,statfs,openat"
    tracer = ("strace", "-D", "-f", "-qq", "-o", os.devnull, "-P", str(stuck), "-e", f"trace={calls}",
              "-e", f"inject={calls}:delay_enter=100000000")  # fmt: skip
    told = project.folder / "told"
    with told.open("wb") as file:
        process = subprocess.Popen(
            [*tracer, sys.executable, "-m", "archive", *arguments],
            cwd=project.folder, env={**os.environ, "PYTHONPATH": str(CHECKOUT), "ARCHIVE_AUDIT_ANSWER_SECONDS": "2"},
            stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT if "--json" not in arguments else None,
        )  # fmt: skip
    try:
        return process.wait(timeout=60), told.read_text()
    finally:
        process.kill()
        for number in processes_with(str(stuck)):
            os.kill(number, signal.SIGKILL)


@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        ("location", ("holdings", "add", "STUCK/one")), ("bag", ("holdings", "add", "STUCK/one")),
        ("location", ("holdings", "move", "two", "STUCK/one")), ("location", ("repair", "two", "--from", "STUCK/one")),
    ],
)  # fmt: skip
def test_what_hangs_is_said_to_hang(project: Project, tmp_path: Path, what: str, arguments: tuple[str, ...]) -> None:
    stuck = write_bag(tmp_path / "stuck" / "one", some_files(3))
    project.run("holdings", "add", str(write_bag(tmp_path / "fine" / "two", some_files(4))))
    words = [word.replace("STUCK", str(stuck.parent)) for word in arguments]
    code, told = run_with_a_hanging_folder(project, stuck.parent if what == "location" else stuck, *words)
    assert code == 4, told
    assert "did not answer within 2 seconds" in told
    assert "Mount the disk or fix the connection" in told


def test_a_location_that_hangs_holds_up_nobody(project: Project, tmp_path: Path) -> None:
    stuck = write_bag(tmp_path / "stuck" / "one", some_files(3))
    other = write_bag(tmp_path / "fine" / "two", some_files(4))
    project.run("holdings", "add", str(stuck), str(other))
    words = ("audit", "--json", "--quiet", "--workers", "1")
    code, told = run_with_a_hanging_folder(project, stuck.parent, *words)
    assert code == 4, told
    report = json.loads(told)
    assert found(report) == {"AUD-110": ["stuck"]}
    assert "did not answer within 2 seconds" in report["findings"][0]["message"]
    assert report["counts"] == {"intact": 10}
    assert project.audit()[1]["counts"] == {"intact": 9}, "once it answers again"


def test_what_cannot_be_read_is_not_checked(project: Project, tmp_path: Path) -> None:
    """Without root's right to read everything."""
    bag = write_bag(tmp_path / "one", some_files(4))
    project.run("holdings", "add", str(bag))
    hidden = bag / "data" / "d1" / "file-00001.bin"
    hidden.chmod(0)
    process = start_command(project.folder, "audit", "--quiet", wrapper=UNPRIVILEGED)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 4, err
    assert b"AUD-103" in out
    assert b"1 unreadable" in out
    hidden.chmod(0o644)
    assert project.audit("--retry-failed")[0] == 0


def test_a_link_or_a_pipe_in_the_place_of_a_file_is_not_followed(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "one", some_files(4))
    project.run("holdings", "add", str(bag))
    target = bag / "data" / "d1" / "file-00001.bin"
    target.rename(tmp_path / "same-content")
    target.symlink_to(tmp_path / "same-content")
    pipe = bag / "data" / "d2" / "file-00002.bin"
    pipe.unlink()
    os.mkfifo(pipe)
    code, report = project.audit()
    assert code == 1, "what is no file is not the file that was entrusted, as validation says too"
    assert found(report) == {"AUD-101": ["file-00001.bin", "file-00002.bin"]}


def test_budget_sample_rate_and_age(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "one", some_files(60, 1000))
    project.run("holdings", "add", str(bag))
    code, report = project.audit("--budget", "10KB")
    assert code == 0
    assert 5_000 < report["bytes"] <= 10_000
    assert report["stopped"] == "the budget of bytes is spent"
    assert report["remaining"]["files"] > 0
    assert project.run("audit", "status")[0] == 4
    code, rest = project.audit("--rate", "1GB/s")
    assert report["files"] + rest["files"] == 66
    assert project.run("audit", "status")[0] == 0
    _code, sample = project.audit("--sample", "20%")
    assert 2 <= sample["files"] <= 30
    assert project.audit("--sample", "100%")[1]["files"] == 66
    code, again = project.audit("--max-age", "0s", "--budget", "1h")
    assert again["files"] == 66


@pytest.mark.parametrize(
    "arguments",
    [
        ["--budget", "soon"], ["--max-age", "90"], ["--sample", "0%"], ["--rate", "fast"], ["--place", "nowhere"],
        ["--engine", "magic"], ["nowhere-bag"],
    ],
)  # fmt: skip
def test_nonsense_is_a_usage_error(project: Project, tmp_path: Path, arguments: list[str]) -> None:
    project.run("holdings", "add", str(write_bag(tmp_path / "one", some_files(2))))
    code, _out, err = project.run("audit", *arguments)
    assert code == (10 if arguments == ["nowhere-bag"] else 2)
    assert err.startswith("error: ")


def test_nothing_held_is_a_usage_error(project: Project) -> None:
    assert project.run("audit")[0] == 2


def test_damage_stands_until_it_is_mended(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "one", some_files(3))
    project.run("holdings", "add", str(bag))
    broken = bag / "data" / "d1" / "file-00001.bin"
    good = broken.read_bytes()
    broken.write_bytes(b"y" * 200)
    assert project.audit()[0] == 1
    code, report = project.audit()
    assert (code, report["files"], found(report)) == (1, 0, {"AUD-101": ["file-00001.bin"]})
    assert project.run("audit", "status")[0] == 1
    broken.write_bytes(good)
    assert project.audit("--retry-failed")[0] == 0
    assert project.run("audit", "status")[0] == 0


def test_a_clock_that_jumps_loses_nothing(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "one", some_files(3))
    project.set_clock(2_000_000_000)
    project.run("holdings", "add", str(bag))
    assert project.audit()[0] == 0
    project.set_clock(1_700_000_000)
    code, report = project.audit()
    assert (code, report["files"]) == (0, 9)
    assert found(report) == {"AUD-113": ["clock"]}
    assert project.run("audit", "--strict", "--quiet")[0] == 0
    project.set_clock(1_700_000_000 + 91 * DAY)
    assert project.run("audit", "status")[0] == 4
    assert project.audit()[1]["files"] == 9
    assert project.run("audit", "verify")[0] == 0


def test_copies_are_known_moves_are_checked_and_the_retired_rest(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "a" / "one", some_files(3))
    shutil.copytree(bag, tmp_path / "b" / "one")
    project.run("holdings", "add", str(bag))
    code, document = project.json("holdings", "add", str(tmp_path / "b" / "one"))
    assert (code, document["holdings"][0]["copies"]) == (0, 1)
    assert project.run("holdings", "add", str(bag))[0] == 2
    assert project.run("holdings", "retire", "one")[0] == 2
    other = write_bag(tmp_path / "c" / "one", some_files(4))
    assert project.run("holdings", "move", str(bag), str(other))[0] == 1
    bag.rename(tmp_path / "moved")
    code, _out, err = project.run("holdings", "move", str(bag), str(tmp_path / "moved"))
    assert code == 0, err
    assert project.audit()[1]["counts"] == {"intact": 18}
    assert project.run("holdings", "retire", str(tmp_path / "moved"), "--reason", "returned")[0] == 0
    assert project.audit("--max-age", "0s")[1]["files"] == 9
    assert [one["copies"] for one in project.json("holdings", "list")[1]["holdings"]] == [0]


def test_what_is_no_bag_is_refused(project: Project, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert project.run("holdings", "add", str(tmp_path / "folder"))[0] == 10
    assert project.run("holdings", "add", str(tmp_path / "nowhere"))[0] == 10
    bag = write_bag(tmp_path / "one", some_files(2))
    (bag / "manifest-sha256.txt").write_text("nonsense\n")
    assert project.run("holdings", "add", str(bag))[0] == 1


def test_names_that_are_no_utf8_are_audited_and_told_exactly(project: Project, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.bin")
    bag = write_bag(tmp_path / "one", {name: b"x", "مرحبا.txt": b"y"})
    project.run("holdings", "add", str(bag))
    assert project.audit()[0] == 0
    (bag / "data" / name).write_bytes(b"z")
    code, out, _err = project.run("audit", "--quiet", str(bag))
    assert code == 1
    assert "caf\\xe9.bin" in out
    _code, report = project.audit("--retry-failed")
    assert "path_b64" in report["findings"][0]


def test_the_sources_are_never_written_to(project: Project, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "one", some_files(3))
    before = subprocess.run(["ls", "-lRn", "--time-style=full-iso", str(bag)], capture_output=True, check=True).stdout
    project.run("holdings", "add", str(bag))
    project.audit()
    after = subprocess.run(["ls", "-lRn", "--time-style=full-iso", str(bag)], capture_output=True, check=True).stdout
    assert before == after
