"""`s3://` on a store that keeps object locks and conditions. The store is a **stand-in** (moto), not a real one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.model.deposit import DepositReport, DepositState
from archive.settings import Settings
from archive.storage.objects_s3 import Bucket, open_bucket
from archive.targets.s3 import S3Target
from tests.support.deposit_bags import send, settings_in, tree_of, write_bag
from tests.support.moto_server import KEYS, start_moto

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with start_moto() as running:
        yield running


@pytest.fixture
def bucket(endpoint: str, request: pytest.FixtureRequest) -> Bucket:
    name = f"b{abs(hash(request.node.name))}"
    opened = open_bucket(f"s3://{name}", {"endpoint": endpoint}, KEYS)
    opened._client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return opened


def settings_for(endpoint: str, bucket: Bucket, tmp_path: Path, **options: Any) -> Settings:
    return settings_in(tmp_path / "project", url=f"s3://{bucket.name}/in", endpoint=endpoint, **options)


def codes_of(report: DepositReport) -> set[str]:
    return {finding.code for finding in report.findings}


@pytest.mark.parametrize("form", ["files", "tar"])
@pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])
def test_a_lock_is_asked_back_and_stands_in_the_receipt(
    endpoint: str, bucket: Bucket, tmp_path: Path, mode: str, form: str
) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(endpoint, bucket, tmp_path, lock_mode=mode, lock_days=30, form=form)
    report = send(bag, settings, KEYS)
    assert report.state is DepositState.ACCEPTED
    assert report.receipt is not None
    words = str(report.receipt.words)
    assert words.startswith(f"locked ({mode}) until ")
    until = datetime.fromisoformat(words.rpartition(" ")[2])
    assert abs(until - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=5)
    known = list(bucket.list_objects("in/"))
    assert len(known) == (len(tree_of(bag)) if form == "files" else 1)
    for one in known:
        head = bucket.head(one.key)
        assert head is not None
        assert head.lock_mode == mode
        version = bucket._client.head_object(Bucket=bucket.name, Key=one.key)["VersionId"]
        with pytest.raises(bucket._client.exceptions.ClientError, match="AccessDenied"):
            bucket._client.delete_object(Bucket=bucket.name, Key=one.key, VersionId=version)
    assert send(bag, settings, KEYS).already


def test_one_object_without_a_lock_is_no_deposit(endpoint: str, bucket: Bucket, tmp_path: Path) -> None:
    """The stand-in gives no lock to what came in parts: what the store does not confirm for all counts for none."""
    bag = write_bag(tmp_path / "bag", large=6 << 20)
    settings = settings_for(endpoint, bucket, tmp_path, lock_mode="GOVERNANCE", part_size=5 << 20)
    report = send(bag, settings, KEYS)
    assert (report.state, report.receipt) == (DepositState.REFUSED, None)
    assert "the object lock of in/bag/data/large.bin is not confirmed" in report.findings[-1].message


def test_a_lock_that_ends_at_once_is_none(endpoint: str, bucket: Bucket, tmp_path: Path) -> None:
    report = send(
        write_bag(tmp_path / "bag"), settings_for(endpoint, bucket, tmp_path, lock_mode="GOVERNANCE", lock_days=0), KEYS
    )
    assert (report.state is DepositState.ACCEPTED, report.receipt) == (False, None)


@pytest.mark.parametrize(("form", "large"), [("files", 0), ("zip", 0), ("zip", 6 << 20)])
def test_whoever_came_first_keeps_the_place(
    endpoint: str, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, large: int
) -> None:
    """The store honours If-None-Match, for one request and for parts: what came in between is not overwritten."""
    bag = write_bag(tmp_path / "bag", large=large)
    settings = settings_for(endpoint, bucket, tmp_path, form=form, part_size=5 << 20)
    last = "in/bag/bagit.txt" if form == "files" else "in/bag.zip"
    commit = S3Target.commit

    def come_first(self: S3Target, *given: Any) -> Any:
        bucket.put(last, b"theirs")
        return commit(self, *given)

    with monkeypatch.context() as patched:
        patched.setattr(S3Target, "commit", come_first)
        report = send(bag, settings, KEYS)
    assert (report.state, report.receipt, codes_of(report)) == (DepositState.FAILED, None, {"DEP-103", "DEP-113"})
    assert b"".join(bucket.open_stream(last)) == b"theirs"
