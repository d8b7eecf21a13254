"""Bags in OpenStack Swift through its s3api, a strict S3: audited in place, damage found, the secret told nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.audit_projects import Project, found, pack_tar, some_files, write_bag
from tests.support.swift import Swift

pytestmark = pytest.mark.server


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swift: Swift) -> Project:
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project", monkeypatch).start()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", swift.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", swift.secret)
    with (project.folder / "archive.toml").open("a") as file:
        file.write(f'\n[locations.swift]\nroot = "s3://vault"\nendpoint = "{swift.endpoint}"\nseconds = 10\n')
    return project


def test_a_damaged_object_is_found_and_the_secret_told_nowhere(
    project: Project, swift: Swift, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from archive.storage.objects_s3 import open_bucket

    caplog.set_level(0)
    keys = {"AWS_ACCESS_KEY_ID": swift.key, "AWS_SECRET_ACCESS_KEY": swift.secret}
    bucket = open_bucket("s3://vault", {"endpoint": swift.endpoint}, keys)
    bucket._client.create_bucket(Bucket="vault")
    bag = write_bag(tmp_path / "one", {"مرحبا.txt": b"peace", "a b+c%20&=.txt": b"x", **some_files(20)})
    for path in sorted(bag.rglob("*")):
        if path.is_file():
            bucket.put(f"one/{path.relative_to(bag)}", path.read_bytes())
    bucket.put("one.tar", pack_tar(bag, tmp_path / "one.tar").read_bytes())
    told = []
    for place in ("one", "one.tar"):
        code, out, err = project.run("holdings", "add", f"s3://vault/{place}")
        assert code == 0, err
        told.append(out + err)
    code, report = project.audit()
    assert (code, report["counts"]) == (0, {"intact": 2 * (22 + 6)}), report

    bucket.put("one/data/d1/file-00001.bin", b"y" * 200)
    bucket.delete("one/data/d2/file-00002.bin")
    bucket.put("one/data/added.txt", b"z")
    code, report = project.audit("s3://vault/one")
    assert (code, found(report)) == (
        1,
        {"AUD-101": ["file-00001.bin"], "AUD-102": ["file-00002.bin"], "AUD-104": ["added.txt"]},
    )
    for words in (("audit", "status"), ("audit", "history", "--troubled"), ("report", "--html", "report.html"),
                  ("audit", "--quiet", "--events", "--retry-failed"), ("events", "s3://vault/one")):  # fmt: skip
        _code, out, err = project.run(*words)
        told.append(out + err)

    project.monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", swift.secret + "-wrong")
    code, report = project.audit("s3://vault/one.tar")
    assert (code, found(report)) == (4, {"AUD-110": ["swift"]}), "refused is neither missing nor damaged"
    kept = b"".join(path.read_bytes() for path in project.folder.rglob("*") if path.is_file())
    everything = kept + "".join([*told, str(report), caplog.text]).encode()
    assert b"s3://vault" in everything
    assert swift.secret.encode() not in everything
