"""Stamps asked of running authorities on the loopback interface: what is taken, and what is never stored."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from archive.model.stamp import Authority
from archive.trust import requests
from archive.trust.requests import NotStampedError, ObtainedStamp, obtain_stamp, refetch_lists
from tests.support.timestamp_authority import Faults, Running, issue, make_authority, revocation_list, run_authority

STAMPED = b"the list that is stamped\n"


@pytest.fixture
def running() -> Iterator[Running]:
    with run_authority("Loopback") as one:
        yield one


def ask(
    running: Running, *, required: bool = True, lists: tuple[bytes, ...] = (), seconds: float = 20,
    sleep: Callable[[float], None] = lambda _: None,
) -> ObtainedStamp:  # fmt: skip
    trusted = Authority("anna", "Anna Ltd", running.authority.root.der)
    return obtain_stamp(
        running.url, STAMPED, (trusted,), lists, required=required, now=lambda: datetime.now(UTC), seconds=seconds,
        sleep=sleep,
    )  # fmt: skip


def refused(running: Running, *, seconds: float = 20) -> str:
    with pytest.raises(NotStampedError) as caught:
        ask(running, seconds=seconds)
    return str(caught.value)


def test_a_stamp_comes_with_the_lists_of_its_path(running: Running) -> None:
    obtained = ask(running)
    assert obtained.verdict.holds
    assert (obtained.verdict.authority, obtained.verdict.operator) == ("anna", "Anna Ltd")
    assert sorted(obtained.lists) == sorted(running.authority.lists.values())
    assert sorted(running.behaviour.fetched) == ["/mid.crl", "/root.crl"]


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        (Faults(nonce=7), "nonce differs"),
        (Faults(status=1), "the authority refused: status 1"),
        (Faults(status=2, without_token=True, words="over \x1b[31mquota"), "status 2 over \x1b[31mquota"),
        (Faults(other_imprint=True), "over other bytes"),
        (Faults(broken_signature=True), "does not hold"),
        (Faults(ess=()), "does not name"),
        (Faults(signature_hash="sha1"), "sha1"),
        (Faults(trailing=b"\n"), "does not hold"),
        (Faults(shift=timedelta(minutes=6)), "check both clocks"),
        (Faults(shift=-timedelta(minutes=6)), "check both clocks"),
    ],
)
def test_an_answer_that_does_not_verify_is_not_taken(running: Running, faults: Faults, words: str) -> None:
    running.change(faults)
    assert words in refused(running)
    assert len(running.behaviour.requests) == 1


def test_clocks_that_differ_by_less_than_five_minutes_are_taken(running: Running) -> None:
    running.change(Faults(shift=-timedelta(minutes=4)))
    assert ask(running).verdict.holds


def test_passing_failures_are_tried_three_times(running: Running) -> None:
    running.behaviour.failures = 2
    assert ask(running).verdict.holds
    assert len(running.behaviour.requests) == 3
    running.behaviour.failures = 3
    pauses: list[float] = []
    with pytest.raises(NotStampedError, match="503"):
        ask(running, sleep=pauses.append)
    assert len(running.behaviour.requests) == 6
    assert pauses == [0.5, 1.0]


def test_a_silent_authority_is_left_after_its_time(running: Running) -> None:
    running.behaviour.silent = True
    begun = time.monotonic()
    assert "no answer within 0.3 s" in refused(running, seconds=0.3)
    assert time.monotonic() - begun < 5
    assert len(running.behaviour.requests) == requests.TRIES


def test_an_answer_in_drops_is_left_after_its_time(running: Running) -> None:
    running.behaviour.drip = True
    begun = time.monotonic()
    assert "no answer within 0.6 s" in refused(running, seconds=0.6)
    assert time.monotonic() - begun < 5


def test_a_huge_answer_is_not_read_to_its_end(running: Running) -> None:
    running.behaviour.huge = True
    assert "longer than 1,048,576 bytes" in refused(running)
    assert len(running.behaviour.requests) == 1


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b"\x30\x03\x02\x01\x00"])
def test_what_is_not_a_response_is_not_taken(running: Running, body: bytes) -> None:
    running.behaviour.body = body
    assert "does not hold" in refused(running)


def test_nothing_listens(running: Running) -> None:
    trusted = Authority("anna", "Anna Ltd", running.authority.root.der)
    with pytest.raises(NotStampedError, match="cannot connect"):
        obtain_stamp(
            "http://127.0.0.1:9/", STAMPED, (trusted,), (), required=True, now=lambda: datetime.now(UTC),
            sleep=lambda _: None,
        )  # fmt: skip


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://127.0.0.1:x/", "x"])
def test_other_addresses_are_not_asked(url: str) -> None:
    with pytest.raises(NotStampedError, match="not an address"):
        obtain_stamp(url, STAMPED, (), (), required=True, now=lambda: datetime.now(UTC))


def test_loopback_is_asked_without_the_proxy_of_the_environment(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert ask(running).verdict.holds


def test_without_a_list_the_stamp_is_not_taken_unless_the_trust_has_one(running: Running) -> None:
    known = tuple(running.authority.lists.values())
    running.authority.lists.clear()
    assert "no revocation list for CN=Loopback signer" in refused(running)
    assert "404" in refused(running)
    assert ask(running, lists=known).lists == ()
    assert ask(running, required=False).lists == ()


@pytest.mark.parametrize("content", [b"", b"no list", b"0" * 100])
def test_what_is_not_a_list_is_not_taken(running: Running, content: bytes) -> None:
    running.authority.lists["mid"] = content
    assert "not a revocation list" in refused(running)


def test_a_list_in_pem_is_kept_as_der(running: Running) -> None:
    der = running.authority.lists["mid"]
    running.authority.lists["mid"] = x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)
    assert der in ask(running).lists


def test_the_first_address_of_a_list_that_can_be_asked_is_asked(running: Running) -> None:
    address = f"{running.url.removesuffix('/tsa')}/mid.crl"
    name = x509.DirectoryName(running.authority.mid.name)
    names = [name, *map(x509.UniformResourceIdentifier, ("ldap://127.0.0.1/mid", address, f"{address}?second"))]
    points = x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)])
    one, now = running.authority, datetime.now(UTC)
    leaf = issue("Signer", one.mid, start=now - timedelta(days=1), end=now + timedelta(days=9), more=(points,))
    running.behaviour.authority = replace(one, leaf=leaf)
    assert ask(running).verdict.holds
    assert sorted(running.behaviour.fetched) == ["/mid.crl", "/root.crl"]


def test_a_list_that_is_longer_than_the_bound_is_not_read(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MAX_LIST_BYTES", 64)
    assert "longer than 64 bytes" in refused(running)


def test_a_revoked_authority_gives_no_stamp(running: Running) -> None:
    one, now = running.authority, datetime.now(UTC)
    entry = (one.leaf, now - timedelta(days=1), x509.ReasonFlags.superseded)
    one.lists["mid"] = revocation_list(one.mid, (entry,), this=now - timedelta(hours=1), until=now + timedelta(days=1))
    assert "is revoked" in refused(running)


def test_an_authority_that_is_not_pinned_gives_no_stamp(running: Running) -> None:
    other = Authority("other", "Other", make_authority("Other", datetime.now(UTC)).root.der)
    with pytest.raises(NotStampedError, match="does not hold"):
        obtain_stamp(running.url, STAMPED, (other,), (), required=True, now=lambda: datetime.now(UTC))


def test_lists_are_fetched_anew_for_a_stored_stamp(running: Running) -> None:
    trusted = Authority("anna", "Anna Ltd", running.authority.root.der)
    obtained = ask(running)
    del running.authority.lists["root"]
    lists, words = refetch_lists(obtained.content, STAMPED, (trusted,), at=datetime.now(UTC), sleep=lambda _: None)
    assert lists == (running.authority.lists["mid"],)
    assert len(words) == 1
    assert refetch_lists(b"", STAMPED, (trusted,), at=datetime.now(UTC)) == ((), ())
