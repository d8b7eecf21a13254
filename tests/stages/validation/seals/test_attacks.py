"""Nothing that must be refused is accepted: each rule of docs/seals.md is broken once, on seals made by hand.

Whoever attacks here can write to the bag, and can sign with keys and stamp with authorities of his own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from archive.model.finding import Outcome
from archive.model.seal import Reason, SealReceipt, SignatureForm
from tests.stages.validation.seals.conftest import ANNA, BELA, Judge, World
from tests.support.audit_projects import CHECKOUT, UNPRIVILEGED
from tests.support.bag_drafts import Files, draft, write_folder, write_tar, write_zip
from tests.support.needing import needs
from tests.support.sealing_by_hand import (
    DAY,
    NOW,
    HandKey,
    canonical,
    envelope,
    fingerprint_of,
    hardware_signature,
    names_of,
    restamp_list,
    seal_by_hand,
    sign_by_hand,
    ssh_signature,
    stamp_by_hand,
    write_trust,
)
from tests.support.timestamp_authority import Faults, make_authority, revocation_list

Change = Callable[[Files], object]
FOLDER = b"seal/0001/"
STATEMENT = FOLDER + b"statement.json"
ENVELOPE = FOLDER + b"statement.dsse.json"
STAMPED = FOLDER + b"stamped.sha512"


def rewritten(files: Files, change: Callable[[dict[str, Any]], object], keys: list[HandKey]) -> bytes:
    """The statement changed and signed anew; the list is written anew, the stamps stay."""
    document = json.loads(files[STATEMENT])
    change(document)
    files[STATEMENT] = canonical(document)
    files[ENVELOPE] = envelope(files[STATEMENT], keys)
    return restamp_list(files, 1)


def put(path: bytes, content: bytes) -> Change:
    return lambda files: files.__setitem__(path, content)


def take(path: bytes) -> Change:
    return lambda files: files.pop(path)


def alter(path: bytes, old: bytes, new: bytes) -> Change:
    def change(files: Files) -> None:
        assert old in files[path]
        files[path] = files[path].replace(old, new, 1)

    return change


CHANGED_FILES: dict[str, tuple[Change, str]] = {
    "a manifest and the tag manifests, made to agree": (
        lambda files: (files.__setitem__(b"data/a.txt", b"other\n"), remanifest(files)), "SEAL-114",
    ),
    "a tag manifest is taken away": (take(b"tagmanifest-sha256.txt"), "SEAL-113"),
    "a tag manifest is added": (put(b"tagmanifest-md5.txt", b""), "SEAL-112"),
    "a tag manifest whose name no list can hold": (put(b"tagmanifest-a\\b.txt", b""), "SEAL-115"),
    "a line is added to a tag manifest": (
        lambda f: put(b"tagmanifest-sha512.txt", f[b"tagmanifest-sha512.txt"] + b"\n")(f), "SEAL-114",
    ),
    "README.txt changed": (put(FOLDER + b"README.txt", b"Trust me.\n"), "SEAL-114"),
    "README.txt that is huge": (put(FOLDER + b"README.txt", b"0" * (9 << 20)), "SEAL-114"),
    "signers.pem that is huge": (put(FOLDER + b"signers.pem", b"0" * (9 << 20)), "SEAL-115"),
    "signers.pem changed": (put(FOLDER + b"signers.pem", BELA.pem), "SEAL-114"),
    "README.txt is gone": (take(FOLDER + b"README.txt"), "SEAL-107"),
    "signers.pem is gone": (take(FOLDER + b"signers.pem"), "SEAL-107"),
    "the statement is gone": (take(STATEMENT), "SEAL-107"),
    "the envelope is gone": (take(ENVELOPE), "SEAL-107"),
    "the list is gone": (take(STAMPED), "SEAL-107"),
    "the list has one line less": (lambda f: put(STAMPED, f[STAMPED].partition(b"\n")[2])(f), "SEAL-115"),
    "the list has upper-case digits": (lambda f: put(STAMPED, f[STAMPED].upper())(f), "SEAL-115"),
    "the list has a line of its own": (lambda f: put(STAMPED, f[STAMPED] + b"\n")(f), "SEAL-115"),
    "the list is huge": (put(STAMPED, b"0" * (9 << 20)), "SEAL-115"),
    "another file in the seal": (put(FOLDER + b"note.txt", b""), "SEAL-106"),
    "another file beside the seals": (put(b"seal/note.txt", b""), "SEAL-106"),
    "another folder beside the seals": (put(b"seal/1/README.txt", b""), "SEAL-106"),
    "a seal that was never finished": (put(b"seal/.0002.partial/README.txt", b""), "SEAL-106"),
    "a seal 0000": (put(b"seal/0000/README.txt", b""), "SEAL-106"),
    "a folder in the lists": (put(FOLDER + b"crls/1/1.crl", b""), "SEAL-106"),
    "a tenth stamp": (put(FOLDER + b"10.tsr", b""), "SEAL-106"),
    "a hundredth list": (put(FOLDER + b"crls/100.crl", b""), "SEAL-106"),
    "a stamp in capitals": (put(FOLDER + b"3.TSR", b""), "SEAL-106"),
    "a tenth SSH signature": (put(FOLDER + b"statement.json.10.sig", b""), "SEAL-106"),
    "half a batch": (put(FOLDER + b"batch.json", b"{}\n"), "SEAL-107"),
    "a second seal of nothing": (put(b"seal/0002/README.txt", b""), "SEAL-107"),
    "the first seal is called the second": (
        lambda f: [f.__setitem__(b"seal/0002/" + p[10:], f.pop(p)) for p in names_of(f, 1)], "SEAL-104",
    ),
    "all seals are gone": (lambda f: [f.pop(p) for p in list(f) if p.startswith(b"seal/")], "SEAL-101"),
    "a statement with other spaces": (
        lambda f: put(STATEMENT, json.dumps(json.loads(f[STATEMENT])).encode())(f), "SEAL-111",
    ),
    "a statement with another line end": (alter(STATEMENT, b"}\n", b"}\r\n"), "SEAL-111"),
    "a statement without its line end": (lambda f: put(STATEMENT, f[STATEMENT][:-1])(f), "SEAL-111"),
    "a statement with a byte order mark": (lambda f: put(STATEMENT, b"\xef\xbb\xbf" + f[STATEMENT])(f), "SEAL-111"),
    "a statement with a key twice": (alter(STATEMENT, b'"seal": 1,', b'"seal": 2,\n  "seal": 1,'), "SEAL-111"),
    "a statement of deep JSON": (put(STATEMENT, b"[" * 200_000), "SEAL-111"),
    "a statement of a huge number": (alter(STATEMENT, b'"seal": 1,', b'"seal": 1' + b"0" * 5000 + b","), "SEAL-111"),
    "a statement that is huge": (put(STATEMENT, b" " * (9 << 20)), "SEAL-111"),
    "a statement of zeros": (put(STATEMENT, b"\0" * 100), "SEAL-111"),
    "an empty statement": (put(STATEMENT, b""), "SEAL-111"),
    "an envelope of deep JSON": (put(ENVELOPE, b'{"payload":' * 200_000), "SEAL-116"),
    "an envelope with other spaces": (
        lambda f: put(ENVELOPE, json.dumps(json.loads(f[ENVELOPE])).encode())(f), "SEAL-116",
    ),
    "an envelope that is huge": (put(ENVELOPE, b"[" * (9 << 20)), "SEAL-116"),
    "an envelope of another payload": (
        lambda f: put(ENVELOPE, envelope(f[STATEMENT].replace(b'"ingest"', b'"reseal"'), [ANNA]))(f), "SEAL-116",
    ),
    "an envelope with a member more": (
        lambda f: put(ENVELOPE, canonical({**json.loads(f[ENVELOPE]), "more": 1}))(f), "SEAL-116",
    ),
    "an SSH signature of nothing": (put(FOLDER + b"statement.json.1.sig", b"no signature"), "SEAL-122"),
    "a stamp of nothing": (put(FOLDER + b"1.tsr", b""), "SEAL-130"),
    "a stamp that is huge": (put(FOLDER + b"1.tsr", b"0" * (2 << 20)), "SEAL-130"),
    "a stamp that is larger than any file": (put(FOLDER + b"1.tsr", b"0" * (9 << 20)), "SEAL-130"),
}  # fmt: skip


def remanifest(files: Files) -> None:
    fresh = draft(payload={path: content for path, content in files.items() if path.startswith(b"data/")})
    files.update({path: content for path, content in fresh.items() if b"manifest" in path})


@pytest.mark.parametrize("name", CHANGED_FILES)
def test_a_changed_file(world: World, judge: Judge, name: str) -> None:
    change, code = CHANGED_FILES[name]
    files = dict(world.sealed)
    change(files)
    report, codes = judge(files)
    assert report.outcome is Outcome.DAMAGED
    assert codes[code] == "error"
    assert "SEAL-105" not in codes, "all that is there can be read"


@pytest.mark.parametrize("content", [b"", None])
def test_a_seal_whose_statement_tells_nothing_is_reported_all_the_same(
    world: World, judge: Judge, content: bytes | None
) -> None:
    files = {path: each for path, each in world.twice.items() if content is not None or path != STATEMENT}
    report, _codes = judge(files if content is None else {**files, STATEMENT: content})
    assert [(one.number, one.reason) for one in report.seals] == [(1, None), (2, Reason.RENEWAL)]


def test_a_seal_0000_is_not_judged_as_a_seal(world: World, judge: Judge) -> None:
    report, codes = judge({**world.sealed, b"seal/0000/statement.json": world.sealed[STATEMENT]})
    assert codes == {"SEAL-106": "error"}
    assert [one.number for one in report.seals] == [1]


STATEMENTS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another predicate": (lambda d: d.update(predicateType="https://example.org/seal"), "SEAL-111"),
    "another type": (lambda d: d.update(_type="https://in-toto.io/Statement/v0.1"), "SEAL-111"),
    "a member more": (lambda d: d.update(more=1), "SEAL-111"),
    "a member of the predicate more": (lambda d: d["predicate"].update(more=1), "SEAL-111"),
    "a member less": (lambda d: d["predicate"].pop("salt"), "SEAL-111"),
    "another number": (lambda d: d["predicate"].update(seal=2), "SEAL-111"),
    "a number that is true": (lambda d: d["predicate"].update(seal=True), "SEAL-111"),
    "another reason": (lambda d: d["predicate"].update(reason="other"), "SEAL-111"),
    "a short salt": (lambda d: d["predicate"].update(salt="00"), "SEAL-111"),
    "no stamps": (lambda d: d["predicate"].update(stamps=0), "SEAL-111"),
    "a time without a zone": (lambda d: d["predicate"].update(time="2026-06-01T12:00:00"), "SEAL-111"),
    "a day that is not in the calendar": (lambda d: d["predicate"].update(time="2026-02-30T12:00:00Z"), "SEAL-111"),
    "no signers": (lambda d: d["predicate"].update(signers=[]), "SEAL-111"),
    "a subject twice": (lambda d: d["subject"].append(d["subject"][-1]), "SEAL-111"),
    "subjects in another order": (lambda d: d["subject"].reverse(), "SEAL-111"),
    "a subject with one digest": (lambda d: d["subject"][0]["digest"].pop("sha3_512"), "SEAL-111"),
    "a subject less": (lambda d: d["subject"].pop(), "SEAL-112"),
    "a tag manifest less": (
        lambda d: d.update(subject=[s for s in d["subject"] if "sha256" not in s["name"]]), "SEAL-112",
    ),
    "a subject more": (lambda d: d["subject"].append({**d["subject"][0], "name": "zzz"}), "SEAL-113"),
    "a digest of SHA3 that differs": (lambda d: d["subject"][0]["digest"].update(sha3_512="0" * 128), "SEAL-114"),
    "a digest of SHA-512 that differs": (lambda d: d["subject"][0]["digest"].update(sha512="0" * 128), "SEAL-114"),
    "another bag's Payload-Oxum": (lambda d: d["predicate"]["bag"].update({"Payload-Oxum": "1.1"}), "SEAL-114"),
    "another bag's identifier": (lambda d: d["predicate"]["bag"].update({"External-Identifier": ["x"]}), "SEAL-114"),
}  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_that_the_trusted_key_signed_but_no_seal_may_say(world: World, judge: Judge, name: str) -> None:
    change, code = STATEMENTS[name]
    files = sign_only(world)
    stamped = rewritten(files, change, [ANNA])
    stamp_by_hand(files, 1, stamped, world.hand)
    report, codes = judge(files)
    assert report.outcome is Outcome.DAMAGED
    assert set(codes) == {code}


def sign_only(world: World, **changes: Any) -> Files:
    files = draft()
    sign_by_hand(files, 1, replace(world.hand, **changes))
    return files


def test_the_statement_that_is_rewritten_alike_is_accepted(world: World, judge: Judge) -> None:
    """The other tests of this file change one thing of exactly this."""
    files = sign_only(world)
    stamp_by_hand(files, 1, rewritten(files, lambda _: None, [ANNA]), world.hand)
    assert judge(files)[1] == {}


def test_a_seal_over_a_bag_without_tag_manifests_covers_nothing(world: World, judge: Judge) -> None:
    assert judge(world.seal(draft(tag_manifests=False)))[1] == {"SEAL-113": "error"}


class TestSignatures:
    def test_a_bag_that_was_signed_anew_by_an_unknown_key(self, world: World, judge: Judge) -> None:
        assert judge(world.seal(keys=[BELA]))[1] == {"SEAL-121": "error"}

    def test_a_root_key_seals_nothing(self, world: World, judge: Judge) -> None:
        assert judge(world.sealed, keys=[(ANNA, {"role": '"root"'})])[1] == {"SEAL-121": "error"}

    def test_no_key_is_trusted(self, world: World, judge: Judge) -> None:
        assert judge(world.sealed, keys=[])[1] == {"SEAL-121": "error"}

    def test_a_signature_with_the_name_of_a_trusted_key(self, world: World, judge: Judge) -> None:
        files = sign_only(world)
        forged = json.loads(envelope(files[STATEMENT], [BELA]))
        forged["signatures"][0]["keyid"] = ANNA.fingerprint
        files[ENVELOPE] = canonical(forged)
        stamp_by_hand(files, 1, restamp_list(files, 1), world.hand)
        assert judge(files)[1] == {"SEAL-121": "error", "SEAL-122": "error"}

    def test_a_signature_over_plain_bytes(self, world: World, judge: Judge) -> None:
        files = sign_only(world)
        forged = json.loads(files[ENVELOPE])
        forged["signatures"][0]["sig"] = base64.b64encode(ANNA.private.sign(files[STATEMENT])).decode()
        files[ENVELOPE] = canonical(forged)
        stamp_by_hand(files, 1, restamp_list(files, 1), world.hand)
        assert judge(files)[1]["SEAL-122"] == "error"

    def test_no_signature_at_all(self, world: World, judge: Judge) -> None:
        files = sign_only(world)
        files[ENVELOPE] = envelope(files[STATEMENT], [])
        stamp_by_hand(files, 1, restamp_list(files, 1), world.hand)
        assert judge(files)[1] == {"SEAL-121": "error"}

    def test_one_of_two_signatures_was_taken_out(self, world: World, judge: Judge) -> None:
        files = sign_only(world, keys=[ANNA, BELA])
        files[ENVELOPE] = envelope(files[STATEMENT], [ANNA])
        stamp_by_hand(files, 1, restamp_list(files, 1), world.hand)
        assert judge(files, keys=[(ANNA, {}), (BELA, {})])[1] == {"SEAL-121": "error"}
        assert judge(files)[1] == {"SEAL-121": "error"}

    def test_a_signature_more_than_the_statement_names(self, world: World, judge: Judge) -> None:
        files = sign_only(world)
        files[ENVELOPE] = envelope(files[STATEMENT], [ANNA, BELA])
        stamp_by_hand(files, 1, restamp_list(files, 1), world.hand)
        assert judge(files)[1] == {"SEAL-122": "error"}

    def test_one_key_that_signed_twice_is_one(self, world: World, judge: Judge) -> None:
        files = sign_only(world)
        files[ENVELOPE] = envelope(files[STATEMENT], [ANNA, ANNA])
        stamp_by_hand(files, 1, restamp_list(files, 1), world.hand)
        policy = 'stamps = 2\nsignatures = 2\nrevocation = "required"\nstamp_within_days = 7'
        assert judge(files, policy=policy)[1]["SEAL-121"] == "error"
        assert judge(files)[1]["SEAL-122"] == "error"

    def test_a_key_that_is_only_in_the_bag(self, world: World, judge: Judge) -> None:
        files = world.seal(keys=[BELA])
        assert BELA.pem in files[FOLDER + b"signers.pem"]
        assert judge(files)[0].outcome is Outcome.DAMAGED


class TestSshSignatures:
    """A hardware key's signature is made by hand; ssh-keygen judges such ones in tests/trust."""

    def signed(
        self, world: World, namespace: str = "muniment-seal-1", *, flags: int = 1, names: Sequence[str] = ("1",),
        key: HandKey = BELA, dsse: Sequence[HandKey] = (), signers: Sequence[HandKey] = (),
    ) -> Files:  # fmt: skip
        """A bag that is signed by a hardware key; `signers` are further keys that the statement names."""
        line, _ = hardware_signature(BELA, namespace, b"")
        prints = sorted([fingerprint_of(line), *(one.fingerprint for one in (*dsse, *signers))])
        files = draft()
        sign_by_hand(files, 1, replace(world.hand, keys=dsse, signers=prints))
        for name in names:
            _, content = hardware_signature(key, namespace, files[STATEMENT], flags=flags)
            files[FOLDER + b"statement.json.%b.sig" % name.encode()] = content
        stamp_by_hand(files, 1, restamp_list(files, 1), world.hand)
        return files

    def judged(self, judge: Judge, files: Files, policy: str = "") -> dict[str, str]:
        """The codes, where the hardware key and Anna's are trusted."""
        line, _ = hardware_signature(BELA, "muniment-seal-1", b"")
        return judge(files, keys=[(ANNA, {}), (BELA, {"public": f'"{line}"'})], policy=policy)[1]

    def test_one_that_holds(self, world: World, judge: Judge) -> None:
        assert self.judged(judge, self.signed(world)) == {}

    def test_one_by_a_key_that_no_one_trusts_counts_for_nothing(self, world: World, judge: Judge) -> None:
        files = self.signed(world, dsse=[ANNA])
        report, codes = judge(files)
        assert codes == {}
        assert [(one.name, one.form) for one in report.seals[0].signers] == [("anna", SignatureForm.DSSE)]
        policy = 'stamps = 2\nsignatures = 2\nrevocation = "required"\nstamp_within_days = 7'
        assert judge(files, policy=policy)[1] == {"SEAL-121": "error"}

    def test_one_key_in_two_forms_is_one(self, world: World, judge: Judge) -> None:
        files = sign_only(world)
        files[FOLDER + b"statement.json.1.sig"] = ssh_signature(ANNA, "muniment-seal-1", files[STATEMENT])
        stamp_by_hand(files, 1, restamp_list(files, 1), world.hand)
        report, codes = judge(files)
        assert codes == {}
        assert [(one.name, one.form) for one in report.seals[0].signers] == [
            ("anna", SignatureForm.DSSE), ("anna", SignatureForm.SSHSIG),
        ]  # fmt: skip
        policy = 'stamps = 2\nsignatures = 2\nrevocation = "required"\nstamp_within_days = 7'
        assert judge(files, policy=policy)[1] == {"SEAL-121": "error"}

    def test_beside_a_dsse_signature(self, world: World, judge: Judge) -> None:
        policy = 'stamps = 2\nsignatures = 2\nrevocation = "required"\nstamp_within_days = 7'
        assert self.judged(judge, self.signed(world, dsse=[ANNA]), policy) == {}
        assert self.judged(judge, self.signed(world), policy) == {"SEAL-121": "error"}

    def test_made_for_another_purpose(self, world: World, judge: Judge) -> None:
        assert self.judged(judge, self.signed(world, "file"))["SEAL-122"] == "error"

    def test_made_without_a_touch(self, world: World, judge: Judge) -> None:
        assert self.judged(judge, self.signed(world, flags=0))["SEAL-122"] == "error"

    def test_made_with_another_key(self, world: World, judge: Judge) -> None:
        assert self.judged(judge, self.signed(world, key=HandKey("other")))["SEAL-122"] == "error"

    def test_made_twice_it_is_one(self, world: World, judge: Judge) -> None:
        policy = 'stamps = 2\nsignatures = 2\nrevocation = "required"\nstamp_within_days = 7'
        codes = self.judged(judge, self.signed(world, names=["1", "2"]), policy)
        assert codes == {"SEAL-121": "error", "SEAL-122": "error"}

    def test_one_that_is_gone(self, world: World, judge: Judge) -> None:
        files = self.signed(world, dsse=[ANNA])
        del files[FOLDER + b"statement.json.1.sig"]
        codes = self.judged(judge, files)
        assert codes["SEAL-115"] == codes["SEAL-121"] == "error"
        stamp_by_hand(files, 1, restamp_list(files, 1), world.hand)
        assert self.judged(judge, files) == {"SEAL-121": "error"}

    def test_one_that_the_statement_does_not_name(self, world: World, judge: Judge) -> None:
        files = sign_only(world)
        _, files[FOLDER + b"statement.json.1.sig"] = hardware_signature(BELA, "muniment-seal-1", files[STATEMENT])
        stamp_by_hand(files, 1, restamp_list(files, 1), world.hand)
        assert self.judged(judge, files) == {"SEAL-122": "error"}

    def test_one_that_cannot_be_read(self, world: World, tmp_path: Path, judge: Judge, monkeypatch: Any) -> None:
        from archive.bags.folder_reader import FolderReader

        read = FolderReader.read_tag

        def refuse(self: FolderReader, path: bytes, limit: int) -> bytes:
            if path.endswith(b".sig"):
                raise OSError(5, "Input/output error")
            return read(self, path, limit)

        monkeypatch.setattr(FolderReader, "read_tag", refuse)
        assert judge(write_folder(self.signed(world), tmp_path / "bag"))[1] == {"SEAL-105": "unchecked"}

    def test_one_that_is_huge(self, world: World, judge: Judge) -> None:
        files = sign_only(world)
        files[FOLDER + b"statement.json.1.sig"] = b"x" * (9 << 20)
        stamp_by_hand(files, 1, restamp_list(files, 1), world.hand)
        assert self.judged(judge, files)["SEAL-122"] == "error"


class TestKeysInTime:
    @pytest.mark.parametrize(
        ("member", "code"),
        [
            ({"revoked": "2026-06-01T12:00:03Z"}, "SEAL-123"),
            ({"revoked": "2026-06-01T12:00:02Z"}, "SEAL-123"),
            ({"revoked": "2020-01-01T00:00:00Z"}, "SEAL-123"),
            ({"valid_until": "2026-06-01T12:00:02Z"}, "SEAL-124"),
            ({"valid_until": "2020-01-01T00:00:00Z"}, "SEAL-124"),
            ({"valid_from": "2026-06-01T12:00:03Z"}, "SEAL-124"),
        ],
    )
    def test_a_key_that_was_not_good_then(self, world: World, judge: Judge, member: dict[str, str], code: str) -> None:
        assert judge(world.sealed, keys=[(ANNA, member)])[1] == {code: "error"}

    @pytest.mark.parametrize(
        "member", [{"valid_until": "2026-06-01T12:00:03Z"}, {"valid_from": "2026-06-01T12:00:02Z"}]
    )
    def test_a_key_that_was_good_then(self, world: World, judge: Judge, member: dict[str, str]) -> None:
        assert judge(world.sealed, keys=[(ANNA, member)])[1] == {}

    def test_the_stamp_that_counts_is_the_last_of_those_due(self, world: World, judge: Judge) -> None:
        files = world.seal(stamp_times=[NOW + timedelta(seconds=1), NOW + 2 * DAY])
        keys = [(ANNA, {"revoked": "2026-06-02T12:00:00Z"})]
        assert judge(files, keys=keys, at=NOW + 3 * DAY)[1] == {"SEAL-123": "error"}

    def test_a_claimed_time_proves_nothing(self, world: World, judge: Judge) -> None:
        files = world.seal(time=NOW - 30 * DAY, stamp_times=[NOW, NOW])
        keys = [(ANNA, {"revoked": "2026-05-20T00:00:00Z"})]
        assert judge(files, keys=keys)[1] == {"SEAL-123": "error"}

    def test_a_revoked_key_without_stamps(self, world: World, judge: Judge) -> None:
        codes = judge(world.pending, keys=[(ANNA, {"revoked": "2026-07-01T00:00:00Z"})])[1]
        assert codes["SEAL-123"] == "error"

    def test_a_retired_key_cannot_seal_without_stamps(self, world: World, judge: Judge) -> None:
        codes = judge(world.pending, keys=[(ANNA, {"valid_until": "2026-05-01T00:00:00Z"})])[1]
        assert codes["SEAL-124"] == "error"


class TestStamps:
    def test_stamps_of_another_seal(self, world: World, judge: Judge) -> None:
        other = world.seal(draft(payload={b"data/b": b"b"}))
        files = {**world.sealed, FOLDER + b"1.tsr": other[FOLDER + b"1.tsr"]}
        codes = judge(files, at=NOW + 30 * DAY)[1]
        assert codes["SEAL-133"] == "error"
        assert codes["SEAL-120"] == "error"

    def test_authorities_of_the_attacker(self, world: World, judge: Judge) -> None:
        fakes = [make_authority(name, NOW) for name in ("One", "Two")]
        codes = judge(world.seal(authorities=fakes))[1]
        assert codes["SEAL-135"] == "error"

    def test_two_stamps_of_one_company_are_one(self, world: World, judge: Judge) -> None:
        authorities = [("one", "Company", world.one), ("two", "Company", world.two)]
        assert judge(world.sealed, authorities=authorities)[1] == {"SEAL-120": "unchecked"}
        assert judge(world.sealed, authorities=authorities, at=NOW + 8 * DAY)[1] == {"SEAL-120": "error"}

    def test_two_stamps_of_one_authority_are_one(self, world: World, judge: Judge) -> None:
        files = world.seal(authorities=[world.one, world.one])
        assert judge(files, at=NOW + 8 * DAY)[1] == {"SEAL-120": "error"}

    @pytest.mark.parametrize(("days", "severity"), [(6, "unchecked"), (8, "error")])
    def test_a_stamp_that_was_taken_out(self, world: World, judge: Judge, days: int, severity: str) -> None:
        files = {path: content for path, content in world.sealed.items() if not path.endswith(b"2.tsr")}
        assert judge(files, at=NOW + days * DAY)[1] == {"SEAL-120": severity}

    def test_a_stamp_that_was_taken_out_of_a_seal_that_was_seen_complete(self, world: World, judge: Judge) -> None:
        files = {path: content for path, content in world.sealed.items() if not path.endswith(b"2.tsr")}
        assert judge(files, complete=(1,))[1] == {"SEAL-120": "error"}

    def test_a_claimed_time_in_the_future_does_not_lengthen_the_time_for_stamps(
        self, world: World, judge: Judge
    ) -> None:
        files = world.seal(time=NOW + 30 * DAY, authorities=[world.one], stamp_times=[NOW])
        assert judge(files, at=NOW + 8 * DAY)[1] == {"SEAL-120": "error"}

    def test_no_stamp_at_all(self, world: World, judge: Judge) -> None:
        assert judge(world.pending)[1] == {"SEAL-120": "unchecked"}
        assert judge(world.pending, at=NOW + 8 * DAY)[1] == {"SEAL-120": "error"}

    def test_the_statement_may_demand_more_than_the_policy(self, world: World, judge: Judge) -> None:
        policy = 'stamps = 1\nsignatures = 1\nrevocation = "required"\nstamp_within_days = 7'
        files = world.seal(authorities=[world.one])
        assert judge(files, policy=policy, at=NOW + 8 * DAY)[1] == {"SEAL-120": "error"}

    def test_the_policy_may_demand_more_than_the_statement(self, world: World, judge: Judge) -> None:
        files = world.seal(authorities=[world.one], stamps=1)
        assert judge(files, at=NOW + 8 * DAY)[1] == {"SEAL-120": "error"}

    def test_no_revocation_list_of_the_time(self, world: World, judge: Judge) -> None:
        report, codes = judge(world.seal(lists=False))
        assert report.outcome is Outcome.NOT_CHECKED
        assert codes == {"SEAL-138": "unchecked"}
        policy = 'stamps = 2\nsignatures = 1\nrevocation = "when stored"\nstamp_within_days = 7'
        assert judge(world.seal(lists=False), policy=policy)[1] == {}

    @pytest.mark.parametrize("content", [b"", b"no list", b"0" * (9 << 20)], ids=["empty", "text", "huge"])
    def test_a_list_that_cannot_be_read_is_named(self, world: World, judge: Judge, content: bytes) -> None:
        """It takes nothing from the seal, but it is said that something is there which is not what it is called."""
        files = {**world.sealed, FOLDER + b"crls/9.crl": content}
        report, codes = judge(files)
        assert (report.outcome, codes) == (Outcome.INTACT, {"SEAL-140": "warning"})
        assert [one.subject for one in report.findings if one.code == "SEAL-140"] == ["seal/0001/crls/9.crl"]

    def test_a_certificate_in_a_stamp_that_cannot_be_read_is_named(self, world: World, judge: Judge) -> None:
        """The signature of a stamp does not cover the certificates beside the signer's: anyone may add one."""
        spare = world.three.mid
        stamp = world.one.stamp(world.sealed[STAMPED], NOW, Faults(certificates=(world.one.leaf, world.one.mid, spare)))
        version_3, version_10 = bytes.fromhex("a003020102"), bytes.fromhex("a003020109")
        for content, found in (
            (stamp, {}),
            (stamp.replace(spare.der, spare.der.replace(version_3, version_10, 1)), {"SEAL-133": "error"}),
        ):
            codes = judge({**world.sealed, FOLDER + b"3.tsr": content})[1]
            assert codes == found

    def test_a_revoked_certificate(self, world: World, judge: Judge) -> None:
        bad = make_authority("Bad", NOW)
        period = {"this": NOW - timedelta(hours=1), "until": NOW + 30 * DAY}
        entry = (bad.leaf, NOW - 2 * DAY, x509.ReasonFlags.key_compromise)
        bad.lists["mid"] = revocation_list(bad.mid, (entry,), **period)  # type: ignore[arg-type]
        known = [("one", "One", world.one), ("two", "Two", world.two), ("bad", "Bad", bad)]
        files = world.seal(authorities=[world.one, bad])
        assert judge(files, authorities=known)[1] == {"SEAL-137": "error"}
        files = world.seal(authorities=[world.one, world.two, bad])
        assert judge(files, authorities=known)[1] == {"SEAL-137": "warning"}

    def test_after_a_renewal_a_revoked_certificate_is_a_warning(self, world: World, judge: Judge) -> None:
        bad = make_authority("Bad", NOW)
        known = [("one", "One", world.one), ("two", "Two", world.two), ("bad", "Bad", bad)]
        files = world.seal(authorities=[world.one, bad])
        entry = (bad.leaf, NOW + DAY, x509.ReasonFlags.key_compromise)
        later = revocation_list(bad.mid, (entry,), this=NOW + DAY, until=NOW + 30 * DAY)
        hand = replace(world.hand, time=NOW + 2 * DAY, reason="renewal")
        for authority in (world.one, world.two):
            assert authority.lists
        renewed = seal_by_hand(dict(files), hand, 2)
        for bag, severity in ((files, "error"), (renewed, "warning")):
            bag[b"seal/%04d/crls/9.crl" % (2 if severity == "warning" else 1)] = later
            assert judge(bag, authorities=known, at=NOW + 3 * DAY)[1] == {"SEAL-137": severity}

    def test_a_stamp_from_the_future(self, world: World, judge: Judge) -> None:
        report, codes = judge(world.seal(stamp_times=[NOW, NOW + 2 * DAY]))
        assert report.outcome is Outcome.NOT_CHECKED
        assert codes == {"SEAL-139": "unchecked"}

    def test_a_stamp_with_an_unknown_policy(self, world: World, judge: Judge) -> None:
        assert judge(world.sealed, lines='policies = ["1.2.3"]')[1]["SEAL-136"] == "error"

    def test_an_authority_that_is_no_longer_trusted(self, world: World, judge: Judge) -> None:
        assert judge(world.sealed, lines="distrusted = 2026-06-01T12:00:00Z")[1]["SEAL-136"] == "error"
        assert judge(world.sealed, lines="distrusted = 2026-06-01T12:00:10Z")[1] == {}

    @pytest.mark.parametrize(
        ("faults", "code"),
        [
            (Faults(status=1), "SEAL-131"),
            (Faults(imprint_hash="sha1"), "SEAL-132"),
            (Faults(other_imprint=True), "SEAL-133"),
            (Faults(broken_signature=True), "SEAL-133"),
            (Faults(ess=()), "SEAL-134"),
            (Faults(trailing=b"\0"), "SEAL-130"),
        ],
    )
    def test_a_third_stamp_that_does_not_hold_is_an_error(
        self, world: World, judge: Judge, faults: Faults, code: str
    ) -> None:
        files = {**world.sealed, FOLDER + b"3.tsr": world.one.stamp(world.sealed[STAMPED], NOW, faults)}
        assert judge(files)[1] == {code: "error"}

    def test_a_stamp_that_does_not_hold_says_nothing_of_the_time(self, world: World, judge: Judge) -> None:
        short = make_authority("Short", NOW, leaf_end=10 * DAY)
        known = [("one", "Company One", world.one), ("two", "Company Two", world.two), ("short", "Short", short)]
        broken = short.stamp(world.sealed[STAMPED], NOW - DAY, Faults(broken_signature=True))
        report, codes = judge({**world.sealed, FOLDER + b"3.tsr": broken}, authorities=known)
        assert codes == {"SEAL-133": "error"}
        assert report.seals[0].until == world.one.leaf.certificate.not_valid_after_utc
        assert report.seals[0].proven == NOW + timedelta(seconds=2)

    def test_the_last_second_for_stamps(self, world: World, judge: Judge) -> None:
        assert judge(world.pending, at=NOW + 7 * DAY)[1] == {"SEAL-120": "unchecked"}
        assert judge(world.pending, at=NOW + 7 * DAY + timedelta(seconds=1))[1] == {"SEAL-120": "error"}

    def test_stamps_far_apart_are_a_warning(self, world: World, judge: Judge) -> None:
        files = world.seal(stamp_times=[NOW, NOW + 8 * DAY])
        assert judge(files, at=NOW + 9 * DAY)[1] == {"SEAL-141": "warning"}

    def test_a_claimed_time_after_the_stamps_is_a_warning(self, world: World, judge: Judge) -> None:
        files = world.seal(time=NOW + 2 * DAY, stamp_times=[NOW, NOW])
        assert judge(files, at=NOW + 3 * DAY)[1] == {"SEAL-142": "warning"}


class TestSeveralSeals:
    def test_the_newest_seal_was_taken_out_by_a_rollback(self, world: World, judge: Judge) -> None:
        """Nothing in the bag tells it: only a ledger or a receipt does."""
        digest = hashlib.sha512(world.twice[b"seal/0002/stamped.sha512"]).hexdigest()
        assert judge(world.sealed, receipts=[SealReceipt(2, digest, NOW)])[1] == {"SEAL-102": "error"}

    def test_the_older_seal_was_taken_out(self, world: World, judge: Judge) -> None:
        files = {path: content for path, content in world.twice.items() if not path.startswith(FOLDER)}
        codes = judge(files, at=NOW + 2 * DAY)[1]
        assert codes["SEAL-104"] == codes["SEAL-113"] == "error"

    def test_another_seal_than_the_receipt_names(self, world: World, judge: Judge) -> None:
        assert judge(world.sealed, receipts=[SealReceipt(1, "0" * 128, NOW)])[1] == {"SEAL-103": "error"}

    def test_a_receipt_of_a_bag_that_has_no_seal(self, world: World, judge: Judge) -> None:
        assert judge(draft(), receipts=[SealReceipt(1, "0" * 128, NOW)])[1]["SEAL-102"] == "error"

    @pytest.mark.parametrize("name", ["1.tsr", "crls/1.crl", "statement.json", "stamped.sha512", "README.txt"])
    def test_a_covered_file_changed(self, world: World, judge: Judge, name: str) -> None:
        path = FOLDER + name.encode()
        assert judge({**world.twice, path: world.twice[path] + b"\n"}, at=NOW + 2 * DAY)[1]["SEAL-114"] == "error"

    @pytest.mark.parametrize("name", ["3.tsr", "crls/9.crl", "statement.json.1.sig"])
    def test_a_covered_seal_is_frozen(self, world: World, judge: Judge, name: str) -> None:
        extra = world.three.stamp(world.twice[STAMPED], NOW)
        files = {**world.twice, FOLDER + name.encode(): extra}
        assert judge(files, at=NOW + 2 * DAY)[1]["SEAL-112"] == "error"

    @pytest.mark.parametrize("name", ["2.tsr", "crls/4.crl"])
    def test_a_covered_file_is_gone(self, world: World, judge: Judge, name: str) -> None:
        files = {path: content for path, content in world.twice.items() if path != FOLDER + name.encode()}
        assert judge(files, at=NOW + 2 * DAY)[1]["SEAL-113"] == "error"

    def test_a_late_renewal_is_a_warning_with_both_dates(self, world: World, judge: Judge) -> None:
        short = [make_authority(name, NOW, leaf_end=2 * DAY) for name in ("Short", "Brief")]
        first = world.seal(authorities=short)
        later = [make_authority(name, NOW + 9 * DAY) for name in ("Late", "Later")]
        files = seal_by_hand(first, replace(world.hand, authorities=later, time=NOW + 9 * DAY, reason="renewal"), 2)
        names = ("Short", "Brief", "Late", "Later")
        known = [(name.lower(), name, one) for name, one in zip(names, (*short, *later), strict=True)]
        report, codes = judge(files, authorities=known, at=NOW + 10 * DAY)
        assert codes == {"SEAL-151": "warning"}
        (finding,) = report.findings
        assert "2026-06-03T12:00:00Z" in finding.message
        assert "2026-06-10T12:00:02Z" in finding.message

    def test_a_seal_without_stamps_under_a_later_one_is_as_old_as_that(self, world: World, judge: Judge) -> None:
        files = world.seal(dict(world.sealed), 2, authorities=[], reason="reseal")
        world.seal(files, 3, reason="renewal")
        codes = judge(files, at=NOW + 20 * DAY, keys=[(ANNA, {"revoked": "2026-06-05T12:00:00Z"})])[1]
        assert codes == {"SEAL-120": "error"}, "no signature is later than the stamps of the third seal"

    def test_the_seal_of_another_bag(self, world: World, judge: Judge) -> None:
        other = draft(payload={b"data/x": b"x"})
        files = {**other, **{path: content for path, content in world.sealed.items() if path.startswith(b"seal/")}}
        codes = judge(files)[1]
        assert codes["SEAL-114"] == "error"


class TestWeakHashes:
    def test_a_bag_that_only_weak_digests_bind(self, world: World, judge: Judge) -> None:
        files = world.seal(draft(algorithms=("md5",)))
        assert judge(files)[1] == {"SEAL-152": "error"}

    def test_of_a_bag_without_a_seal_nothing_is_bound(self, judge: Judge) -> None:
        assert judge(draft(algorithms=("md5",)))[1] == {"SEAL-101": "error"}

    def test_a_strong_digest_beside_a_weak_one(self, world: World, judge: Judge) -> None:
        assert judge(world.seal(draft(algorithms=("md5", "sha256"))))[1] == {}

    def test_a_hash_that_became_weak_before_a_renewal(
        self, world: World, judge: Judge, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from archive.stages.validation.seals import judging

        monkeypatch.setitem(judging.WEAK_SINCE, "sha256", NOW + 5 * DAY)
        assert judge(world.sealed)[1] == {}
        assert judge(world.sealed, at=NOW + 6 * DAY)[1] == {"SEAL-152": "error"}
        renewed = judge(world.twice, at=NOW + 2 * DAY)
        assert renewed[1] == {}


class TestHostileFiles:
    @pytest.mark.parametrize("name", ["1.tsr", "statement.json", "README.txt", "crls/1.crl"])
    def test_a_link_in_place_of_a_file(self, world: World, judge: Judge, tmp_path: Path, name: str) -> None:
        bag = write_folder(world.sealed, tmp_path / "bag")
        place = bag / "seal/0001" / name
        outside = tmp_path / "outside"
        place.rename(outside)
        place.symlink_to(outside)
        assert judge(bag)[0].outcome is Outcome.DAMAGED

    def test_the_whole_seal_is_a_link(self, world: World, judge: Judge, tmp_path: Path) -> None:
        bag = write_folder(world.sealed, tmp_path / "bag")
        (bag / "seal").rename(tmp_path / "outside")
        (bag / "seal").symlink_to(tmp_path / "outside")
        assert judge(bag)[0].outcome is Outcome.DAMAGED

    @pytest.mark.parametrize("name", ["1.tsr", "statement.json", "crls/1.crl", "3.tsr"])
    def test_a_pipe_does_not_hang(self, world: World, judge: Judge, tmp_path: Path, name: str) -> None:
        bag = write_folder(world.sealed, tmp_path / "bag")
        (bag / "seal/0001" / name).unlink(missing_ok=True)
        os.mkfifo(bag / "seal/0001" / name)
        assert judge(bag)[0].outcome is Outcome.DAMAGED

    def test_a_file_called_seal(self, world: World, judge: Judge) -> None:
        assert judge({**draft(), b"seal": b""})[1] == {"SEAL-101": "error", "SEAL-106": "error"}

    def test_many_files(self, world: World, judge: Judge) -> None:
        files = {**world.sealed, **{b"seal/x%d" % number: b"" for number in range(3000)}}
        assert judge(files)[1]["SEAL-106"] == "error"

    def test_many_seals_cost_a_bounded_time(self, world: World, judge: Judge) -> None:
        files = dict(world.sealed)
        for number in range(2, 3000):
            files[b"seal/%04d/statement.json" % number] = files[STATEMENT].replace(
                b'"seal": 1,', b'"seal": %d,' % number
            )
        started = time.process_time()
        codes = judge(files)[1]
        assert codes["SEAL-106"] == codes["SEAL-112"] == "error"
        assert time.process_time() - started < 60

    def test_many_large_files_are_not_kept(self, world: World, judge: Judge) -> None:
        files = {**world.sealed, **{FOLDER + b"crls/%d.crl" % number: b"0" * (8 << 20) for number in range(10, 30)}}
        tracemalloc.start()
        try:
            codes = judge(files)[1]
            assert tracemalloc.get_traced_memory()[1] < 150 << 20
        finally:
            tracemalloc.stop()
        assert codes.pop("SEAL-140") == "warning"
        assert set(codes.values()) <= {"error", "unchecked"}

    def test_a_name_that_drives_a_terminal(self, world: World, judge: Judge) -> None:
        assert judge({**world.sealed, b"seal/\x1b[2J\xff": b""})[1]["SEAL-106"] == "error"

    @pytest.mark.parametrize("write", [write_zip, write_tar])
    def test_a_packed_bag_with_a_changed_seal(
        self, world: World, judge: Judge, tmp_path: Path, write: Callable[[Files, Path], Path]
    ) -> None:
        files = {**world.sealed, STAMPED: b"x"}
        assert judge(write(files, tmp_path / "bag.packed"))[1]["SEAL-115"] == "error"

    @pytest.mark.parametrize("number", [1, 2])
    @pytest.mark.parametrize(
        "name",
        ["1.tsr", "statement.dsse.json", "statement.json", "stamped.sha512", "README.txt", "crls/1.crl"],
    )
    def test_an_unreadable_file_is_not_checked(
        self, world: World, judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int
    ) -> None:
        """Nothing is lacking that may be in the file: however old the seal is, it is not called damaged."""
        from archive.bags.folder_reader import FolderReader

        bag = write_folder(world.twice, tmp_path / "bag")
        read = FolderReader.read_tag

        def refuse(self: FolderReader, path: bytes, limit: int) -> bytes:
            if path == b"seal/%04d/%b" % (number, name.encode()):
                raise OSError(5, "Input/output error")
            return read(self, path, limit)

        monkeypatch.setattr(FolderReader, "read_tag", refuse)
        digest = hashlib.sha512(world.twice[b"seal/%04d/stamped.sha512" % number]).hexdigest()
        report, codes = judge(bag, at=NOW + 20 * DAY, receipts=[SealReceipt(number, digest, NOW)])
        assert report.outcome is Outcome.NOT_CHECKED
        assert codes.pop("SEAL-105") == "unchecked"
        assert codes in ({}, {"SEAL-138": "unchecked"} if name == "crls/1.crl" else {})

    @needs("setpriv")
    @pytest.mark.parametrize(
        "hidden", ["seal", "seal/0001", "seal/0002", "seal/0001/crls", "seal/0002/crls", "tagmanifest-sha256.txt"]
    )
    def test_what_the_system_does_not_let_one_read_is_not_checked(
        self, world: World, tmp_path: Path, hidden: str
    ) -> None:
        """Neither is a number missing, nor a covered file gone, nor a seal that a receipt names."""
        bag = write_folder(world.twice, tmp_path / "bag")
        known = [("one", "Company One", world.one), ("two", "Company Two", world.two)]
        trust = write_trust(tmp_path / "trust", known, [(ANNA, {})])
        digest = hashlib.sha512(world.twice[b"seal/0002/stamped.sha512"]).hexdigest()
        line = f"muniment-seal/1 - 2 {digest} 2026-06-02T12:00:00Z"
        (bag / hidden).chmod(0)
        command = [*UNPRIVILEGED, sys.executable, "-m", "archive", "verify", str(bag), "--trust", str(trust)]
        command += ["--json", "--at", "2026-06-20T12:00:00Z", "--expect", line]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
        (bag / hidden).chmod(0o755)
        found = {(one["code"], one["severity"]) for one in json.loads(done.stdout)["findings"]}
        assert done.returncode == 4
        assert ("SEAL-105", "unchecked") in found
        assert {severity for _code, severity in found} == {"unchecked"}

    def test_damaged_payload_under_a_good_seal(self, world: World, judge: Judge) -> None:
        report, codes = judge({**world.sealed, b"data/a.txt": b"FIRST\n"})
        assert report.outcome is Outcome.DAMAGED
        assert codes == {}


class TestWithoutTrust:
    def test_no_trust_is_not_checked(self, world: World, judge: Judge) -> None:
        report, codes = judge(world.sealed, trusted=False)
        assert report.outcome is Outcome.NOT_CHECKED
        assert codes == {"SEAL-110": "unchecked"}

    def test_what_needs_no_trust_is_judged(self, world: World, judge: Judge) -> None:
        assert judge({**world.sealed, STAMPED: b"x"}, trusted=False)[0].outcome is Outcome.DAMAGED
        assert judge(draft(), trusted=False)[1] == {"SEAL-101": "error"}

    def test_without_the_extra_it_is_not_checked(
        self, world: World, judge: Judge, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import sys

        for name in list(sys.modules):
            if name.partition(".")[0] in ("cryptography", "rfc3161_client", "asn1crypto"):
                monkeypatch.delitem(sys.modules, name)
        for name in ("cryptography", "cryptography.exceptions", "rfc3161_client", "asn1crypto"):
            monkeypatch.setitem(sys.modules, name, None)
        report, codes = judge(world.sealed)
        assert report.outcome is Outcome.NOT_CHECKED
        assert codes == {"SEAL-118": "unchecked"}
