"""`s3://` against OpenStack Swift with s3api: a strict store, real servers and a real disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ExistsError
from archive.model.deposit import DepositReport, DepositState, Proof
from archive.settings import Settings
from archive.stages.depositing.retrieval import retrieve
from archive.storage.objects_s3 import Bucket, open_bucket
from archive.storage.remote import TransientError
from archive.targets.registry import open_target
from tests.support.deposit_bags import send, settings_in, tree_of, write_bag
from tests.support.proxy import start_proxy
from tests.support.swift import Swift

pytestmark = pytest.mark.server

LARGE = 200 << 20 if os.environ.get("ARCHIVE_LONG_TESTS") else 20 << 20


@pytest.fixture
def bucket(swift: Swift, request: pytest.FixtureRequest) -> Bucket:
    name = f"b{abs(hash(request.node.name))}"
    opened = open_bucket(f"s3://{name}", {"endpoint": swift.endpoint}, keys(swift))
    opened._client.create_bucket(Bucket=name)
    return opened


def keys(swift: Swift) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": swift.key, "AWS_SECRET_ACCESS_KEY": swift.secret}


def settings_for(swift: Swift, bucket: Bucket, tmp_path: Path, *, port: int = 0, **options: Any) -> Settings:
    endpoint = f"http://127.0.0.1:{port}" if port else swift.endpoint
    return settings_in(tmp_path / "project", url=f"s3://{bucket.name}/in", endpoint=endpoint, **options)


def codes_of(report: DepositReport) -> set[str]:
    return {finding.code for finding in report.findings}


def test_a_bag_goes_out_and_comes_back_identical(swift: Swift, bucket: Bucket, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=LARGE)
    settings = settings_for(swift, bucket, tmp_path)
    report = send(bag, settings, keys(swift))
    assert report.state is DepositState.ACCEPTED
    assert report.receipt is not None
    assert (report.receipt.proof, report.receipt.verified) == (Proof.READ_BACK, len(tree_of(bag)))
    assert codes_of(report) == set()
    assert send(bag, settings, keys(swift)).already
    target = open_target("there", settings, environ=keys(swift))
    back = retrieve(target, report.receipt.identifier, str(tmp_path / "back"), settings=settings)
    assert back.verdict == "valid"
    assert tree_of(Path(back.path)) == tree_of(bag)


def test_a_bag_goes_as_one_file_in_parts(swift: Swift, bucket: Bucket, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=12 << 20)
    settings = settings_for(swift, bucket, tmp_path, form="tar", part_size=5 << 20)
    assert send(bag, settings, keys(swift)).state is DepositState.ACCEPTED
    assert [one.key for one in bucket.list_objects()] == ["in/bag.tar"]


def test_a_condition_is_kept(bucket: Bucket) -> None:
    bucket.put("a", b"first", if_absent=True)
    with pytest.raises(ExistsError):
        bucket.put("a", b"second", if_absent=True)
    with pytest.raises(TransientError, match="BadDigest"):
        bucket.put("b", b"x", extra={"ContentMD5": "AAAAAAAAAAAAAAAAAAAAAA=="})
    assert b"".join(bucket.open_stream("a")) == b"first"


def test_an_upload_that_is_cut_goes_on_with_its_parts(swift: Swift, bucket: Bucket, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=16 << 20)
    host, _, port = swift.endpoint.removeprefix("http://").partition(":")
    with start_proxy(host, int(port)) as proxy:
        proxy.cut_upload_after, proxy.cuts = 9 << 20, 1
        report = send(bag, settings_for(swift, bucket, tmp_path, port=proxy.port, part_size=5 << 20), keys(swift))
        assert proxy.done == 1
    assert report.state is DepositState.ACCEPTED
    assert "DEP-115" in codes_of(report)


def test_an_object_lock_that_is_not_there_is_no_deposit(swift: Swift, bucket: Bucket, tmp_path: Path) -> None:
    report = send(
        write_bag(tmp_path / "bag"), settings_for(swift, bucket, tmp_path, lock_mode="GOVERNANCE"), keys(swift)
    )
    assert report.state is not DepositState.ACCEPTED
    assert report.receipt is None
