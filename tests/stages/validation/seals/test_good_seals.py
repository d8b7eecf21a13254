"""What must be accepted: seals as the program and by hand, in every container, with one key or several, renewed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.formats.merkle import MerkleTree
from archive.formats.seal_batch import BATCH_HASH, write_batch_head, write_batch_proof
from archive.model.finding import Outcome
from archive.model.seal import BatchHead, BatchProof, SealReceipt, SignatureForm
from tests.stages.validation.seals.conftest import ANNA, BELA, Judge, World
from tests.support.bag_drafts import draft, write_folder, write_tar, write_zip
from tests.support.making import snapshot
from tests.support.sealing_by_hand import DAY, NOW, seal_by_hand, sign_by_hand, stamp_by_hand


def test_a_sealed_bag_is_sealed_and_intact(world: World, judge: Judge) -> None:
    report, codes = judge(world.sealed)
    assert (report.outcome, codes) == (Outcome.INTACT, {})
    (seal,) = report.seals
    assert seal.number == 1
    assert seal.proven == NOW + timedelta(seconds=2)
    assert seal.until == world.one.leaf.certificate.not_valid_after_utc
    assert [(one.name, one.fingerprint, one.form) for one in seal.signers] == [
        ("anna", ANNA.fingerprint, SignatureForm.DSSE)
    ]
    assert {one.operator for one in seal.stamps} == {"Company One", "Company Two"}
    assert seal.digest == hashlib.sha512(world.sealed[b"seal/0001/stamped.sha512"]).hexdigest()


@pytest.mark.parametrize(
    "info", [b"Bagging-Date: 2026-11-24\n", b"External-Identifier: one\nExternal-Identifier: two\n"]
)
def test_a_bag_that_does_not_say_how_large_it_is(world: World, judge: Judge, info: bytes) -> None:
    assert judge(world.seal(draft(info=info)))[1] == {}


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "tar.gz"])
def test_packed_bags_are_verified_in_place(world: World, judge: Judge, tmp_path: Path, kind: str) -> None:
    if kind == "folder":
        path = write_folder(world.sealed, tmp_path / "bag")
    elif kind == "zip":
        path = write_zip(world.sealed, tmp_path / "bag.zip")
    else:
        path = write_tar(world.sealed, tmp_path / f"bag.{kind}", compression="gz" if kind == "tar.gz" else "")
    assert judge(path)[1] == {}
    before = snapshot(tmp_path)
    report, codes = judge(path)
    assert report.ok
    assert codes == {}
    after = {name: what for name, what in snapshot(tmp_path).items() if not name.startswith("trust-") and name != "."}
    assert after == {name: what for name, what in before.items() if not name.startswith("trust-") and name != "."}


def test_a_renewed_bag(world: World, judge: Judge) -> None:
    report, codes = judge(world.twice, at=NOW + 2 * DAY)
    assert report.ok
    assert codes == {}
    assert [seal.number for seal in report.seals] == [1, 2]
    assert "seal/0001/1.tsr" in report.seals[1].covers


def test_two_keys_of_which_one_is_trusted(world: World, judge: Judge) -> None:
    report, codes = judge(world.seal(keys=[ANNA, BELA]))
    assert report.ok
    assert codes == {}
    assert [signer.name for signer in report.seals[0].signers] == ["anna"]


def test_two_signatures_may_be_demanded(world: World, judge: Judge) -> None:
    policy = 'stamps = 2\nsignatures = 2\nrevocation = "required"\nstamp_within_days = 7'
    files = world.seal(keys=[ANNA, BELA])
    assert judge(files, keys=[(ANNA, {}), (BELA, {})], policy=policy)[1] == {}
    assert judge(files, keys=[(ANNA, {})], policy=policy)[1] == {"SEAL-121": "error"}


def test_twenty_years_later_it_holds_with_a_warning(world: World, judge: Judge) -> None:
    for files in (world.sealed, world.twice):
        report, codes = judge(files, at=NOW + 20 * 365 * DAY)
        assert report.ok
        assert codes == {"SEAL-150": "warning"}


def test_what_is_proven_older_than_a_revocation_stays_good(world: World, judge: Judge) -> None:
    revoked = {"revoked": "2026-06-01T12:00:04Z"}
    assert judge(world.sealed, keys=[(ANNA, revoked)])[1] == {}


def test_a_later_seal_proves_that_an_older_one_is_older_than_a_revocation(world: World, judge: Judge) -> None:
    first = world.seal(keys=[BELA], stamps=1, authorities=[world.one])
    policy = 'stamps = 1\nsignatures = 1\nrevocation = "required"\nstamp_within_days = 7'
    files = seal_by_hand(first, replace(world.hand, time=NOW + DAY), 2)
    keys = [(ANNA, {}), (BELA, {"revoked": "2026-06-03T00:00:00Z"})]
    assert judge(files, keys=keys, policy=policy, at=NOW + 3 * DAY)[1] == {}


def test_a_receipt_names_a_seal_that_is_there(world: World, judge: Judge) -> None:
    digest = hashlib.sha512(world.sealed[b"seal/0001/stamped.sha512"]).hexdigest()
    assert judge(world.twice, receipts=[SealReceipt(1, digest, NOW)], at=NOW + 2 * DAY)[1] == {}


def test_bags_of_one_batch(world: World, judge: Judge) -> None:
    bags = [draft(payload={b"data/a": b"%d" % number}) for number in range(5)]
    stamped = [sign_by_hand(files, 1, world.hand) for files in bags]
    tree = MerkleTree(stamped, BATCH_HASH)
    head = write_batch_head(BatchHead(len(bags), tree.root))
    for index, files in enumerate(bags):
        files[b"seal/0001/batch.json"] = head
        files[b"seal/0001/batch.proof.json"] = write_batch_proof(BatchProof(index, tuple(tree.inclusion_proof(index))))
        stamp_by_hand(files, 1, head, world.hand)
        assert judge(files)[1] == {}
    bags[0][b"seal/0001/batch.proof.json"] = bags[1][b"seal/0001/batch.proof.json"]
    assert judge(bags[0])[1]["SEAL-117"] == "error"
