"""`s3://` against a real store, rclone, which is lenient. Its faults are in `test_faults`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.errors import NotFoundError, StorageError, UsageError
from archive.model.deposit import DepositReport, DepositState, Proof
from archive.settings import Settings
from archive.stages.depositing.retrieval import retrieve
from archive.storage.objects_s3 import Bucket, open_bucket
from archive.targets.registry import open_target
from archive.targets.s3 import S3Target
from tests.support.deposit_bags import send, settings_in, tree_of, write_bag
from tests.support.proxy import start_proxy
from tests.support.s3_server import S3Server, start_rclone_s3

pytestmark = pytest.mark.server

LARGE = 200 << 20 if os.environ.get("ARCHIVE_LONG_TESTS") else 20 << 20


@pytest.fixture
def store(tmp_path: Path) -> Iterator[S3Server]:
    (tmp_path / "store" / "holdings").mkdir(parents=True)
    with start_rclone_s3(tmp_path / "store") as running:
        yield running


def keys(store: S3Server) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": store.key, "AWS_SECRET_ACCESS_KEY": store.secret}


def settings_for(store: S3Server, tmp_path: Path, *, port: int = 0, **options: Any) -> Settings:
    endpoint = f"http://127.0.0.1:{port}" if port else store.endpoint
    return settings_in(tmp_path / "project", url="s3://holdings/in", endpoint=endpoint, **options)


def codes_of(report: DepositReport) -> set[str]:
    return {finding.code for finding in report.findings}


def test_a_bag_goes_out_and_comes_back_identical(store: S3Server, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=LARGE)
    settings = settings_for(store, tmp_path)
    assert send(bag, settings, keys(store), dry_run=True).state is DepositState.PLANNED
    report = send(bag, settings, keys(store))
    assert report.state is DepositState.ACCEPTED
    assert report.receipt is not None
    assert report.receipt.proof is Proof.READ_BACK
    assert report.receipt.verified == len(tree_of(bag))
    assert tree_of(tmp_path / "store" / "holdings" / "in" / "bag") == tree_of(bag)
    again = send(bag, settings, keys(store))
    assert (again.already, again.receipt) == (True, report.receipt)
    target = open_target("there", settings, environ=keys(store))
    back = retrieve(target, report.receipt.identifier, str(tmp_path / "back"), settings=settings)
    assert back.verdict == "valid"
    assert tree_of(Path(back.path)) == tree_of(bag)


def test_a_lenient_store_is_noticed(store: S3Server, tmp_path: Path) -> None:
    report = send(write_bag(tmp_path / "bag"), settings_for(store, tmp_path), keys(store))
    assert report.state is DepositState.ACCEPTED
    assert codes_of(report) == {"DEP-112", "DEP-113"}
    assert not [path for path in (tmp_path / "store" / "holdings" / "in").iterdir() if "probe" in path.name]


def test_an_aptrust_bag_is_one_tar(store: S3Server, tmp_path: Path) -> None:
    settings = settings_for(store, tmp_path, receiver="aptrust")
    plain = send(write_bag(tmp_path / "plain"), settings, keys(store))
    assert (plain.state, codes_of(plain)) == (DepositState.REFUSED, {"DEP-117"})
    bag = write_bag(tmp_path / "example.edu.bag", {"a.txt": b"a"}, algorithms=("md5", "sha256"))
    (bag / "aptrust-info.txt").write_text("Title: A\nAccess: Institution\n")
    from tests.support.deposit_bags import seal

    seal(bag, ("md5", "sha256"))
    report = send(bag, settings, keys(store))
    assert report.state is DepositState.ACCEPTED
    assert [path.name for path in (tmp_path / "store" / "holdings" / "in").iterdir()] == ["example.edu.bag.tar"]
    target = open_target("there", settings, environ=keys(store))
    assert retrieve(target, "in/example.edu.bag.tar", str(tmp_path / "back"), settings=settings).verdict == "valid"


def test_a_large_packed_bag_is_put_together_last(store: S3Server, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=12 << 20)
    report = send(bag, settings_for(store, tmp_path, form="zip", part_size=5 << 20), keys(store))
    assert report.state is DepositState.ACCEPTED
    assert [path.name for path in (tmp_path / "store" / "holdings" / "in").iterdir()] == ["bag.zip"]


def test_no_key_at_all_is_told(store: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    report = send(write_bag(tmp_path / "bag"), settings_for(store, tmp_path), {})
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-118"})


def test_other_content_is_never_overwritten(store: S3Server, tmp_path: Path) -> None:
    settings = settings_for(store, tmp_path)
    first = write_bag(tmp_path / "one" / "bag", {"a.txt": b"first"})
    second = write_bag(tmp_path / "two" / "bag", {"a.txt": b"other"})
    assert send(first, settings, keys(store)).state is DepositState.ACCEPTED
    report = send(second, settings, keys(store))
    assert report.state is DepositState.FAILED
    assert "DEP-103" in codes_of(report)
    assert tree_of(tmp_path / "store" / "holdings" / "in" / "bag") == tree_of(first)


def test_an_upload_that_is_cut_goes_on_with_its_parts(store: S3Server, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=16 << 20)
    host, _, port = store.endpoint.removeprefix("http://").partition(":")
    with start_proxy(host, int(port)) as proxy:
        proxy.cut_upload_after, proxy.cuts = 9 << 20, 1
        report = send(bag, settings_for(store, tmp_path, port=proxy.port, part_size=5 << 20), keys(store))
        assert proxy.done == 1
    assert report.state is DepositState.ACCEPTED
    assert "DEP-115" in codes_of(report)
    assert tree_of(tmp_path / "store" / "holdings" / "in" / "bag") == tree_of(bag)


def test_what_the_store_spoilt_is_found(store: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(store, tmp_path)
    commit = S3Target.commit

    def spoil(self: S3Target, *given: Any) -> Any:
        done = commit(self, *given)
        inside = tmp_path / "store" / "holdings" / "in" / "bag" / "data"
        (inside / "a+b.txt").write_bytes(b"?" * (inside / "a+b.txt").stat().st_size)
        return done

    with monkeypatch.context() as patched:
        patched.setattr(S3Target, "commit", spoil)
        report = send(bag, settings, keys(store))
    assert (report.state, report.receipt) == (DepositState.FAILED, None)
    assert "DEP-108" in codes_of(report)
    report = send(bag, settings, keys(store))
    assert (report.state, report.receipt) == (DepositState.FAILED, None)
    bucket = open_bucket("s3://holdings", {"endpoint": store.endpoint}, keys(store))
    for known in list(bucket.list_objects("in/bag/")):
        bucket.delete(known.key)
    assert send(bag, settings, keys(store)).state is DepositState.ACCEPTED
    assert tree_of(tmp_path / "store" / "holdings" / "in" / "bag") == tree_of(bag)


def test_names_that_a_store_cannot_hold_are_told_before_a_byte_leaves(store: S3Server, tmp_path: Path) -> None:
    bag = write_bag(
        tmp_path / "bag", {"a" * 250 + "/" + "b" * 250 + "/" + "c" * 250 + "/" + "d" * 250 + "/e" * 20: b"x"}
    )
    report = send(bag, settings_for(store, tmp_path), keys(store))
    assert (report.state, codes_of(report)) == (DepositState.REFUSED, {"DEP-102"})
    assert not (tmp_path / "store" / "holdings" / "in").exists()


def test_an_object_lock_that_is_not_confirmed_is_no_deposit(store: S3Server, tmp_path: Path) -> None:
    report = send(write_bag(tmp_path / "bag"), settings_for(store, tmp_path, lock_mode="GOVERNANCE"), keys(store))
    assert report.state is not DepositState.ACCEPTED
    assert report.receipt is None


def test_the_bucket_itself(store: S3Server, tmp_path: Path) -> None:
    bucket = open_bucket("s3://holdings", {"endpoint": store.endpoint}, keys(store))
    assert isinstance(bucket, Bucket)
    bucket.put("a/صباح +%&.txt", b"hello")
    bucket.put("a/b.txt", b"12")
    assert {one.key: one.size for one in bucket.list_objects("a/")} == {"a/صباح +%&.txt": 5, "a/b.txt": 2}
    assert b"".join(bucket.open_stream("a/صباح +%&.txt", 1)) == b"ello"
    assert bucket.head("nothing") is None
    with pytest.raises(NotFoundError):
        list(bucket.open_stream("nothing"))
    with pytest.raises(StorageError):
        list(open_bucket("s3://nobucket", {"endpoint": store.endpoint}, keys(store)).list_objects())
    bucket.delete("a/b.txt")
    assert bucket.head("a/b.txt") is None
    for url in ("s3:///x", "http://x", "s3://user:pw@x/y"):
        with pytest.raises(UsageError):
            open_bucket(url, {}, {})
