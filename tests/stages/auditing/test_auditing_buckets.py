"""Bags in a bucket of a real S3 server: audited in place, with nothing said of them when the server is away."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.audit_projects import Project, found, pack_tar, pack_zip, some_files, write_bag
from tests.support.s3_server import S3Server, forget_folders, start_rclone_s3

pytestmark = pytest.mark.server


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, S3Server]]:
    folder = tmp_path / "served"
    (folder / "vault").mkdir(parents=True)
    with start_rclone_s3(folder) as server:
        yield folder / "vault", server


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: tuple[Path, S3Server]) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(folder, monkeypatch).start()
    server = served[1]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", server.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", server.secret)
    with (folder / "archive.toml").open("a") as file:
        file.write(f'\n[locations.cloud]\nroot = "s3://vault"\nendpoint = "{server.endpoint}"\nseconds = 2\n')
    return project


def test_bags_in_a_bucket_are_audited_in_place(project: Project, served: tuple[Path, S3Server], tmp_path: Path) -> None:
    vault, server = served
    bag = write_bag(vault / "one", some_files(10))
    pack_zip(bag, vault / "one.zip")
    pack_tar(bag, vault / "one.tar")
    for name in ("one", "one.zip", "one.tar"):
        code, _out, err = project.run("holdings", "add", f"s3://vault/{name}")
        assert code == 0, err
    assert [one["copies"] for one in project.json("holdings", "list")[1]["holdings"]] == [2, 2, 2]
    code, report = project.audit()
    assert (code, report["counts"]) == (0, {"intact": 48}), report
    (bag / "data" / "d1" / "file-00001.bin").write_bytes(b"x" * 200)
    (bag / "data" / "d2" / "file-00002.bin").unlink()
    pack_tar(bag, vault / "one.tar")
    forget_folders()
    code, report = project.audit("--max-age", "0s")
    assert code == 1
    twice = {"AUD-101": ["file-00001.bin"] * 2, "AUD-102": ["file-00002.bin"] * 2}
    assert found(report) == twice
    local = write_bag(tmp_path / "local" / "one", some_files(10))
    project.run("holdings", "add", str(local))
    for copy in ("s3://vault/one.zip", "s3://vault/one"):
        (local / "data" / "d3" / "file-00003.bin").write_bytes(b"?")
        code, told = project.json("repair", str(local), "--from", copy, "--yes")
        assert (code, len(told["replaced"])) == (0, 1), told
    code, _out, err = project.run("repair", str(local), "--from", "cloud", "--yes")
    assert (code, "several copies have this name" in err) == (2, True), "three stand in this location"
    code, _out, err = project.run("repair", "s3://vault/one", "--from", str(local), "--yes")
    assert (code, "under a prefix of a bucket is not repaired" in err) == (2, True)
    shutil.rmtree(bag)
    forget_folders()
    code, report = project.audit("s3://vault/one")
    assert (code, found(report)) == (1, {"AUD-107": ["one"]})
    everything = b"".join(path.read_bytes() for path in project.folder.rglob("*") if path.is_file())
    assert server.secret.encode() not in everything


def test_a_server_that_is_gone_or_does_not_answer_is_one_finding(
    project: Project, served: tuple[Path, S3Server], tmp_path: Path
) -> None:
    vault, server = served
    write_bag(vault / "one", some_files(10))
    local = write_bag(tmp_path / "two", some_files(3))
    project.run("holdings", "add", "s3://vault/one", str(local))
    assert project.audit()[0] == 0
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        code, report = project.audit("--max-age", "0s")
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    assert (code, found(report), report["counts"]) == (4, {"AUD-110": ["cloud"]}, {"intact": 9})
    server.process.kill()
    server.process.wait()
    code, report = project.audit("--max-age", "0s")
    assert (code, found(report), report["counts"]) == (4, {"AUD-110": ["cloud"]}, {"intact": 9})
    assert project.json("audit", "status")[1]["intact_holdings"] == 2
    with start_rclone_s3(vault.parent, int(server.endpoint.rpartition(":")[2])) as again:
        project.monkeypatch.setenv("AWS_ACCESS_KEY_ID", again.key)
        code, report = project.audit("--max-age", "0s", "--place", "cloud")
        assert (code, found(report)) == (4, {"AUD-110": ["cloud"]}), "a wrong key is no missing file either"
        assert again.secret not in str(report)
        project.monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", again.secret)
        code, report = project.audit("--max-age", "0s", "--place", "cloud")
        assert (code, report["counts"]) == (0, {"intact": 16})
