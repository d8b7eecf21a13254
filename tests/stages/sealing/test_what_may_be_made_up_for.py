"""Which faults of a seal do not stop it from being completed or renewed, and what a renewal cannot make good."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from archive.stages.validation.seals.judging import WEAK_SINCE
from tests.support.making import archive, contents
from tests.support.needing import needs
from tests.support.sealing import SealingPlace
from tests.support.timestamp_authority import Faults, revocation_list, run_authority


def complete(place: SealingPlace, trust: str = "trust") -> tuple[int, str]:
    code, out, err = place.run("seal", "--complete", "bag", "--trust", trust)
    return code, out + err


def revoke_certificate(place: SealingPlace, name: str) -> None:
    """The key of the authority's signer is compromised since yesterday."""
    one, now = place.authorities[name].authority, datetime.now(UTC)
    entry = (one.leaf, now - timedelta(days=1), x509.ReasonFlags.key_compromise)
    one.lists["mid"] = revocation_list(
        one.mid, (entry,), this=now - timedelta(minutes=1), until=now + timedelta(days=9)
    )


@needs("faketime")
def test_stamps_that_are_overdue(place: SealingPlace) -> None:
    """verify calls such a seal damaged; it was only forgotten."""
    bag = place.bag()
    words = ("seal", "bag", "--key", "anna.key", "--trust", "trust", "--offline")
    done = archive(*words, cwd=place.folder, before=["faketime", "-f", "-20d"])
    assert done.returncode == 4, done.stderr
    assert place.codes("bag") == (1, ["SEAL-120"])
    before = contents(bag)
    assert place.seal("--renew", "bag", "--offline")[0] == 4, "a renewal covers it as it is"
    assert before.items() <= contents(bag).items()
    place.bag("other")
    done = archive(*words[:1], "other", *words[2:], cwd=place.folder, before=["faketime", "-f", "-20d"])
    assert done.returncode == 4, done.stderr
    assert place.run("seal", "--complete", "other", "--trust", "trust")[0] == 0
    assert place.codes("other") == (0, [])


@pytest.mark.parametrize(
    ("options", "finding"),
    [(None, "SEAL-121"), (("--until", "2020-01-01T00:00:00Z"), "SEAL-124")],
    ids=["a key that is not there yet", "a key that is not in force"],
)
def test_what_the_trust_folder_says_of_the_keys(
    place: SealingPlace, options: tuple[str, ...] | None, finding: str
) -> None:
    """It may say something else tomorrow, when the time for stamps is over."""
    place.bag()
    assert place.run("keys", "new", "berta.key")[0] == 0
    if options is not None:
        words = ("trust", "add-key", "berta", "berta.key.pub", "--trust", "trust", *options)
        assert place.run(*words)[0] == 0
    assert place.run("seal", "bag", "--key", "berta.key", "--trust", "trust", "--offline")[0] == 4
    assert complete(place)[0] == 0
    assert place.codes("bag") == (1, [finding])


def test_a_stamp_of_an_authority_that_the_trust_folder_does_not_have(place: SealingPlace) -> None:
    bag = place.bag()
    place.authorities["two"].change(Faults(status=2, without_token=True))
    assert place.seal("bag")[0] == 4
    place.authorities["two"].change(Faults())
    root = place.authorities["two"].authority.root.pem
    (place.folder / "root.pem").write_bytes(root)
    for words in (
        ("init", "Another"),
        ("add-key", "anna", "anna.key.pub"),
        ("add-authority", "two", "root.pem", "--operator", "Two", "--url", place.authorities["two"].url),
    ):
        assert place.run("trust", *words, "--trust", "another")[0] == 0
    code, out = complete(place, "another")
    assert code == 4, out
    assert "stamps of 1 of 2 operators" in out
    assert (bag / "seal/0001/2.tsr").exists()
    assert place.codes("bag") == (0, [])


def test_a_stamp_whose_certificate_is_revoked(place: SealingPlace) -> None:
    place.sealed()
    place.sealed("other")
    revoke_certificate(place, "one")
    code, out = complete(place)
    assert code == 4, out
    assert "stamps of 1 of 2 operators" in out
    assert place.codes("bag") == (1, ["SEAL-137"])
    with run_authority("Three") as three:
        place.add_authority("three", three)
        assert complete(place)[0] == 0
        assert place.codes("bag") == (0, ["SEAL-137"])
        assert (
            place.run("seal", "--complete", "other", "--trust", "trust", "--tsa", place.authorities["one"].url)[0] == 4
        )
        assert place.codes("other") == (1, ["SEAL-137"])
        code, out, err = place.seal("--renew", "other")
        assert code == 0, out + err
        assert place.codes("other") == (0, ["SEAL-137"])


def test_a_hash_that_is_weak_by_now_is_named_before_anything_is_made(
    place: SealingPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A renewal would bind nothing. The bag is due, and the way out is a new version of it."""
    bag = place.sealed()
    before = contents(bag)
    for algorithm in ("sha256", "sha512"):
        monkeypatch.setitem(WEAK_SINCE, algorithm, datetime(2026, 1, 1, tzinfo=UTC))
    for words in (("bag",), ("--due", "bag")):
        code, out, err = place.seal("--renew", *words)
        assert (code, out) == (2, "")
        assert "too weak for a seal" in err
        assert "Make a new version of the bag" in err
    assert contents(bag) == before


def test_damage_is_not_renewed(place: SealingPlace) -> None:
    bag = place.sealed()
    place.sealed("other")
    (bag / "seal/0001/1.tsr").write_bytes((Path(place.folder) / "other/seal/0001/1.tsr").read_bytes())
    before = contents(bag)
    code, _, err = place.seal("--renew", "bag", "--json")
    assert code == 1
    assert "so they were not renewed" in err
    assert contents(bag) == before
    code, out, _ = place.seal("--renew", "other", "--json")
    assert (code, json.loads(out)["seals"][0]["seal"]) == (0, 2)
