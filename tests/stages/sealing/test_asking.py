"""Which authorities are asked for a stamp, and how much a seal takes of what they answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from archive.stages.sealing import stamping
from tests.stages.sealing.test_sealing import PLAIN, files_of
from tests.support.sealing import SealingPlace
from tests.support.timestamp_authority import Faults, revocation_list, run_authority


def asked(place: SealingPlace) -> list[int]:
    return [len(one.behaviour.requests) for one in place.authorities.values()]


def fail(place: SealingPlace, name: str) -> None:
    place.authorities[name].change(Faults(status=2, without_token=True))


def complete(place: SealingPlace, *more: str) -> tuple[int, str]:
    code, out, err = place.run("seal", "--complete", "bag", "--trust", "trust", *more)
    return code, out + err


def distrust(place: SealingPlace, name: str) -> None:
    assert place.run("trust", "revoke", name, "--since", "2026-01-01T00:00:00Z", "--trust", "trust")[0] == 0


def test_a_distrusted_authority_is_not_asked(place: SealingPlace) -> None:
    """Its stamp would not count, and the request tells it when the archive works."""
    place.bag()
    distrust(place, "one")
    assert place.seal("bag")[0] == 4
    assert asked(place) == [0, 1]
    distrust(place, "two")
    place.bag("other")
    code, out, _ = place.seal("other")
    assert (code, asked(place)) == (4, [0, 1])
    assert "the trust folder names no address of an authority" in out
    place.bag("third")
    assert "names no address" not in place.seal("third", "--tsa", place.authorities["one"].url)[1]


def test_the_next_address_of_an_operator_is_asked_only_where_the_first_gives_no_stamp(place: SealingPlace) -> None:
    with run_authority("Spare") as spare:
        place.add_authority("spare", spare, operator="One")
        spare.behaviour.requests.clear()
        place.sealed()
        assert asked(place) == [1, 1, 0]
        fail(place, "one")
        place.sealed("other")
        assert asked(place) == [2, 2, 1]
        assert [one["authority"] for one in place.verify("other")[1]["seals"][0]["stamps"]] == ["spare", "two"]


def test_an_address_that_is_named_twice_is_asked_once(place: SealingPlace) -> None:
    place.bag()
    urls = [word for one in place.authorities.values() for word in ("--tsa", one.url, "--tsa", one.url)]
    assert place.seal("bag", *urls)[0] == 0
    assert asked(place) == [1, 1]


def test_a_seal_takes_nine_stamps_and_so_many_lists(place: SealingPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamping, "_MOST_STAMPS", 2)
    monkeypatch.setattr(stamping, "_MOST_LISTS", 3)
    bag = place.bag()
    with run_authority("Three") as three:
        place.add_authority("three", three)
        code, out, _ = place.seal("bag", "--json")
    (seal,) = json.loads(out)["seals"]
    assert (code, seal["operators"], len(seal["problems"])) == (0, 2, 1)
    assert "a seal holds at most 2 stamps" in seal["problems"][0]
    assert files_of(bag) == PLAIN - {"crls/4.crl"}


def test_a_list_is_stored_once_and_a_newer_one_beside_it(place: SealingPlace) -> None:
    bag = place.bag()
    fail(place, "two")
    assert place.seal("bag")[0] == 4
    first = PLAIN - {"2.tsr", "crls/3.crl", "crls/4.crl"}
    assert files_of(bag) == first
    assert complete(place)[0] == 4
    assert files_of(bag) == first, "the same lists again are not new"
    one, now = place.authorities["one"].authority, datetime.now(UTC)
    one.lists["mid"] = revocation_list(one.mid, (), this=now - timedelta(minutes=1), until=now + timedelta(days=2))
    assert complete(place)[0] == 4
    assert files_of(bag) == first | {"crls/3.crl"}
    assert (bag / "seal/0001/crls/3.crl").read_bytes() == one.lists["mid"]
    assert place.codes("bag") == (4, ["SEAL-120"])


def test_a_list_of_the_largest_size_is_stored_in_the_seal(place: SealingPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {len(content) for one in place.authorities.values() for content in one.authority.lists.values()}
    monkeypatch.setattr(stamping, "LARGEST_STORED_LIST", max(sizes))
    assert files_of(place.sealed()) == PLAIN
    assert not (place.folder / "trust/crls").exists()


def test_a_seal_is_completed_to_what_the_policy_or_the_statement_demands(place: SealingPlace) -> None:
    """What was enough when it was sealed is not enough under a stricter policy of now."""
    policy = place.folder / "trust/trust.toml"
    text = policy.read_text()
    policy.write_text(text.replace("stamps = 2", "stamps = 1"))
    place.bag()
    urls = {name: ("--tsa", one.url) for name, one in place.authorities.items()}
    assert place.seal("bag", *urls["one"])[0] == 0
    assert complete(place)[0] == 0
    assert asked(place) == [1, 0]
    policy.write_text(text)
    assert place.codes("bag") == (4, ["SEAL-120"])
    assert complete(place)[0] == 0
    assert asked(place) == [1, 1]
    place.bag("other")
    assert place.seal("other", *urls["one"])[0] == 4
    policy.write_text(text.replace("stamps = 2", "stamps = 1"))
    code, out, err = place.run("seal", "--complete", "other", "--trust", "trust")
    assert (code, err) == (0, ""), out
    assert asked(place) == [2, 2], "the statement itself demands two"


def test_without_network_or_trust_nothing_is_fetched_to_complete(place: SealingPlace) -> None:
    place.bag()
    fail(place, "two")
    assert place.seal("bag")[0] == 4
    for running in place.authorities.values():
        running.behaviour.requests.clear()
        running.behaviour.fetched.clear()
    assert complete(place, "--offline")[0] == 4
    code, out, _ = place.run("seal", "--complete", "bag")
    assert code == 4
    assert "no trust folder is named" in out
    assert not any(one.behaviour.requests or one.behaviour.fetched for one in place.authorities.values())
