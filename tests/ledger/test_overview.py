"""What `archive status` and `holdings add` ask of a ledger, in both databases."""

from __future__ import annotations

import os

from archive.ledger.book import BASE_AGE, Ledger
from archive.ledger.copies import list_copies, list_deposits
from archive.ledger.holdings import (
    NewHolding,
    count_holdings,
    ensure_location,
    enter_holding,
    has_holdings,
    holdings_at,
    holdings_like,
    list_locations,
    mark_location,
    move_holding,
    places_in,
    retire_holding,
)
from archive.ledger.overview import count_due, never_checked, next_due, troubled_holdings
from archive.ledger.recording import record_event
from archive.model.audit import Container, Holding
from tests.ledger.conftest import NOW

TAG = "a" * 64
ITEMS = [("", 0, ()), ("data/a.txt", 3, (("sha256", "0" * 64),)), ("bagit.txt", 4, (("sha256", "1" * 64),))]


def enter(ledger: Ledger, root: str, place: str, tag_digest: str = TAG) -> Holding:
    location = ensure_location(ledger, root, root, "1:2:3", named=False)
    new = NewHolding(
        place, place, Container.FOLDER, tag_digest, None, identity=f"1:{len(place):x}:{os.fsencode(root + place).hex()}"
    )
    return enter_holding(ledger, location, new, ITEMS, now=NOW)


def test_what_is_held_at_an_address(ledger: Ledger) -> None:
    assert not has_holdings(ledger)
    assert holdings_at(ledger, "/v/one") == []
    one, deep = enter(ledger, "/v", "one"), enter(ledger, "/v", "a/b/one", "b" * 64)
    odd = enter(ledger, "/", os.fsdecode(b"x\xff"), "c" * 64)
    bucket = enter(ledger, "s3://bucket", "in/one")
    for held in (one, deep, odd, bucket):
        assert holdings_at(ledger, held.address) == [held]
        assert holdings_at(ledger, held.address, retired=True) == []
    for other in ("/v", "/v/on", "/v/one/", "/one", "s3://bucket", "", "a\0b", os.fsdecode(b"/\xff/one"), "/x" * 9000):
        assert holdings_at(ledger, other) == []
    assert holdings_like(ledger, TAG) == [one, bucket]
    assert places_in(ledger, "/v", limit=1) == ["one"]
    retire_holding(ledger, one, "", now=NOW)
    assert (holdings_at(ledger, "/v/one"), len(holdings_at(ledger, "/v/one", retired=True))) == ([], 1)
    assert holdings_like(ledger, TAG) == [bucket]
    assert [copy.address for copy in list_copies(ledger)] == [deep.address, odd.address, bucket.address]
    assert count_holdings(ledger) == {"/v": (1, 2, 7), "/": (1, 2, 7), "s3://bucket": (1, 2, 7)}


def test_what_is_due_and_what_comes_next(ledger: Ledger) -> None:
    one, two = enter(ledger, "/v", "one"), enter(ledger, "/w", "two")
    assert [(row.location, row.due, row.never) for row in count_due(ledger, now=NOW, max_age=BASE_AGE)] == [
        ("/v", 2, 2), ("/w", 2, 2),
    ]  # fmt: skip
    assert never_checked(ledger) == {one.id, two.id}
    assert next_due(ledger, NOW) is None
    backend = ledger.backend
    checked = "UPDATE items SET due = ?, checked = ?, outcome = ? WHERE holding = ?"
    backend.write(lambda: backend.run(checked, (NOW + BASE_AGE, NOW, 1, one.id)))
    backend.write(lambda: backend.run(checked, (NOW + 10, NOW, 2, two.id)))
    assert count_due(ledger, now=NOW, max_age=BASE_AGE) == []
    assert (never_checked(ledger), troubled_holdings(ledger)) == (set(), {two.id})
    assert next_due(ledger, NOW) == NOW + 10
    assert next_due(ledger, NOW + 10) == NOW + BASE_AGE
    late = count_due(ledger, now=NOW + 11, max_age=BASE_AGE)
    assert [(row.location, row.due, row.never) for row in late] == [("/w", 2, 0)]
    retire_holding(ledger, two, "", now=NOW)
    assert (count_due(ledger, now=NOW + 11, max_age=BASE_AGE), troubled_holdings(ledger)) == ([], set())


def test_deposits_are_transfers_that_name_a_target(ledger: Ledger) -> None:
    one = enter(ledger, "/v", "one")
    move_holding(ledger, one, list_locations(ledger)[0], "moved", Container.FOLDER, now=NOW)
    detail = {"target": "dir:/out", "identifier": "one", "location": "/out/one", "receipt": {"state": "accepted"}}
    record_event(ledger, "transfer", one.id, detail, now=NOW)
    record_event(ledger, "transfer", None, {"target": "dir:/out"}, now=NOW)
    known, unheld = list_deposits(ledger)
    assert (known.holding, known.tag_digest, known.address) == (one.id, TAG, "/v/moved")
    assert (known.location, known.receipt, known.when) == ("/out/one", {"state": "accepted"}, NOW)
    assert (unheld.holding, unheld.tag_digest, unheld.address, unheld.receipt) == (None, None, None, {})


def test_only_what_is_away_is_listed(ledger: Ledger) -> None:
    enter(ledger, "/v", "one")
    away = ensure_location(ledger, "/w", "/w", "", named=True)
    assert list_locations(ledger, away=True) == []
    mark_location(ledger, away.id, since=NOW, reason="not mounted", identity=None)
    assert [place.name for place in list_locations(ledger, away=True)] == ["/w"]
