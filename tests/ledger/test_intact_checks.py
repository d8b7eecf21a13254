"""Files found intact take one row a batch; what each number stands for is sealed once, when the bag is entered."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from typing import Any

import pytest

from archive.ledger import schema
from archive.ledger.appending import append_event
from archive.ledger.book import Ledger, open_ledger
from archive.ledger.chain import check_line, seal_hash
from archive.ledger.choosing import Wanted, begin_walk, measure
from archive.ledger.history import events_of
from archive.ledger.item_ranges import (
    claim_of,
    count,
    gather,
    holds,
    merge,
    numbers_of,
    read_claim,
    read_ranges,
    without,
    write_claim,
    write_ranges,
)
from archive.ledger.leases import record_batch
from archive.ledger.overview import attention_files, past_checks
from archive.ledger.packed_digests import pack_digests
from archive.ledger.verifying import verify_chain
from archive.model.audit import BatchResult, FileOutcome
from tests.ledger.test_ledgers import DIGESTS, NOW, Driver, answer, fill, forge


def test_ranges_are_the_set_of_their_numbers() -> None:
    source = random.Random(15)
    for _ in range(500):
        numbers = sorted(source.sample(range(1, 60), source.randrange(1, 40)))
        ranges = gather(numbers)
        assert read_ranges(write_ranges(ranges)) == ranges
        assert list(numbers_of(ranges)) == numbers
        assert count(ranges) == len(numbers)
        assert all(holds(ranges, one) == (one in numbers) for one in range(62))
        taken = source.sample(numbers, source.randrange(len(numbers) + 1))
        assert list(numbers_of(without(ranges, taken))) == sorted(set(numbers) - set(taken))
        others = gather(sorted(source.sample(range(1, 60), 9)))
        assert list(numbers_of(merge([ranges, others]))) == sorted({*numbers, *numbers_of(others)})
        assert all(first > last + 1 for (_, last), (first, _) in pairwise(ranges))
        claim = claim_of((one, one // 20) for one in numbers)
        assert read_claim(write_claim(claim)) == claim
    assert read_claim("") == {}


def test_a_batch_takes_one_row_for_what_is_intact_and_one_for_each_other_file(ledger: Ledger) -> None:
    fill(ledger, 900)
    driver = Driver(ledger)
    assert record_batch(ledger, answer(driver.claim(max_files=500)), now=NOW)
    batch = driver.claim(max_files=500)
    assert record_batch(ledger, answer(batch, f600=FileOutcome.DAMAGED, f700=FileOutcome.UNREADABLE), now=NOW + 1)
    rows = ledger.backend.query("SELECT first_seq, last_seq, items FROM intact_checks ORDER BY first_seq")
    assert [(first, last) for first, last, _ in rows] == [(2, 501), (502, 900)]
    assert rows[1][2] == "501-601,603-701,703-901"
    assert ledger.backend.query("SELECT seq, item, outcome FROM checks ORDER BY seq") == [(901, 602, 2), (902, 702, 4)]
    proof = verify_chain(ledger)
    assert (proof.seals, proof.checks, proof.events, proof.findings) == (3, 901, 1, ())


def test_history_tells_of_each_file(ledger: Ledger) -> None:
    fill(ledger, 30)
    fill(ledger, 3, name="two")
    first = Driver(ledger)
    while (batch := first.claim(max_files=7)).items[-1].holding == 1:
        assert record_batch(ledger, answer(batch, f4=FileOutcome.DAMAGED), now=NOW)
    assert record_batch(ledger, answer(batch), now=NOW)
    checks = past_checks(ledger)
    numbers = [one.seq for one in checks]
    assert numbers == sorted(set(numbers), reverse=True), "every look at a file has a number of its own"
    of_one = past_checks(ledger, holding=1)
    assert sorted(one.path for one in of_one) == sorted(["", *(f"data/{n}" for n in range(30))])
    assert {one.path for one in of_one if one.outcome is not FileOutcome.INTACT} == {"data/4"}
    assert [one.path for one in past_checks(ledger, holding=1, troubled=True)] == ["data/4"]
    for limit in (1, 5, 8, 31):
        assert past_checks(ledger, holding=1, limit=limit) == of_one[:limit]
    assert [(one.kind, dict(one.counts)) for one in events_of(ledger, 1)][1:] == [
        ("fixity check", {"intact": 29, "damaged": 1})
    ]
    assert past_checks(ledger, since=NOW + 1) == []


def test_a_file_has_the_outcomes_of_all_its_checks(ledger: Ledger) -> None:
    fill(ledger, 3)
    for step, outcome in enumerate((FileOutcome.INTACT, FileOutcome.DAMAGED, FileOutcome.INTACT)):
        batch = Driver(ledger, wanted=Wanted(None), now=NOW + step).claim(now=NOW + step)
        assert record_batch(ledger, answer(batch, f1=outcome), now=NOW + step)
    looks = [one.outcome.word for one in past_checks(ledger) if one.path == "data/1"]
    assert looks == ["intact", "damaged", "intact"]
    assert list(attention_files(ledger)) == []


FORGERIES = {
    "which files were intact": ("intact_checks", "UPDATE intact_checks SET items = '1-3,6'"),
    "how many": ("intact_checks", "UPDATE intact_checks SET items = '1-3', last_seq = 4"),
    "when": ("intact_checks", "UPDATE intact_checks SET checked = checked - 1"),
    "whose": ("intact_checks", "UPDATE intact_checks SET holding = 7"),
    "that there was a check": ("intact_checks", "DELETE FROM intact_checks"),
    "one that nobody sealed": (
        "intact_checks", "INSERT INTO intact_checks (first_seq, last_seq, batch, holding, checked, items)"
        f" VALUES (90, 90, 1, 1, {NOW}, '1')"),
    "a size": (None, "UPDATE items SET size = 1 WHERE id = 3"),
    "a path": (None, "UPDATE items SET path = path || path WHERE id = 3"),
    "a digest": (None, "UPDATE items SET digests = path WHERE id = 3"),
    "a file taken out": (None, "DELETE FROM items WHERE id = 6"),
    "a number": (None, "UPDATE items SET id = 99 WHERE id = 6"),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGERIES)
def test_the_chain_shows_what_is_forged(ledger: Ledger, what: str) -> None:
    fill(ledger, 5)
    assert record_batch(ledger, answer(Driver(ledger).claim(), f3=FileOutcome.DAMAGED), now=NOW)
    assert verify_chain(ledger).findings == ()
    forge(ledger, *FORGERIES[what])
    assert {finding.code for finding in verify_chain(ledger).findings} == {"AUD-120"}


def test_what_a_live_batch_holds_is_offered_to_nobody_and_not_counted_as_ahead(ledger: Ledger) -> None:
    fill(ledger, 20)
    one, other = Driver(ledger, "one", Wanted(None)), Driver(ledger, "other", Wanted(None))
    held = one.claim(max_files=8)
    assert measure(ledger.backend, begin_walk(Wanted(None), [1], NOW)) == (13, 1300)
    next_one = other.claim(max_files=8)
    assert not {item.id for item in held.items} & {item.id for item in next_one.items}
    assert len(one.claim(max_files=20).items) == 5
    assert other.claims_nothing()


def old_ledger(address: str) -> Any:
    """A ledger as version 4 leaves it: every check a row under its seal, files in hand marked with their batch."""
    if address.startswith("postgresql"):
        from archive.ledger.postgres import PostgresBackend

        backend: Any = PostgresBackend(address, patience=1)
    else:
        from archive.ledger.sqlite import SqliteBackend

        backend = SqliteBackend(address, create=True)
    schema.migrate(backend, up_to=4)
    run, packed = backend.run, pack_digests(DIGESTS)
    run("INSERT INTO meta (name, value) VALUES ('ledger', 'c0ffee00-0000-4000-8000-000000000000')")
    run("INSERT INTO locations (name, root, named, identity) VALUES ('vault', '/vault', 1, '1:2:3')")
    run(
        "INSERT INTO holdings (location, place, name, form, tag_digest, files, bytes, added_at, whole)"
        " VALUES (1, ?, ?, 'folder', 'e', 9, 900, 0, 1)", (b"bag", b"bag"),
    )  # fmt: skip
    run(
        "INSERT INTO runs (started, owner, options, files, bytes, intact, attention)"
        " VALUES (?, '', '{}', 4, 400, 3, 1)", (NOW,),
    )  # fmt: skip
    paths = [b"", *(b"data/%d" % number for number in range(9))]
    for number, path in enumerate(paths, 1):
        outcome = (1, 1, 2, 1, 1)[number - 1] if number <= 5 else 0
        run(
            "INSERT INTO items (holding, location, path, size, digests, due, checked, outcome, batch)"
            " VALUES (1, 1, ?, 100, ?, ?, 0, ?, ?)",
            (path, packed, NOW + 7 if number <= 5 else 0, outcome, 2 if number in {6, 7, 9} else None),
        )
    for state, live, files in (("done", 0, 5), ("leased", 1, 3)):
        run(
            "INSERT INTO batches (run, location, state, live, fence, lease_until, owner, kills, files, bytes)"
            " VALUES (1, 1, ?, ?, 1, ?, 'dead', 0, ?, ?)", (state, live, NOW + 60, files, files * 100),
        )  # fmt: skip
    append_event(backend, "accession", 1, NOW, "success", {"files": 9})
    note = json.dumps({"reason": "sha256 differs"}).encode()
    lines = []
    for item in range(1, 6):
        facts = (item + 1, 1, item, 2 if item == 3 else 1, NOW, None, None, note if item == 3 else None)
        run(
            "INSERT INTO checks (seq, batch, item, outcome, checked, size, found, note)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)", facts,
        )  # fmt: skip
        lines.append(check_line(*facts, 1, paths[item - 1], packed))
    previous = backend.query("SELECT hash FROM seals WHERE number = 1")[0][0]
    digest = seal_hash(number=2, kind="checks", subject=1, first=2, last=6, sealed=NOW, previous=previous, lines=lines)
    run(
        "INSERT INTO seals (number, kind, subject, first_seq, last_seq, sealed, previous, hash)"
        " VALUES (2, 'checks', 1, 2, 6, ?, ?, ?)", (NOW, previous, digest),
    )  # fmt: skip
    return backend


def test_an_old_ledger_goes_on(address: str) -> None:
    old_ledger(address).close()
    ledger = open_ledger(address)
    assert schema.version_of(ledger.backend) == schema.NEWEST
    proof = verify_chain(ledger)
    assert (proof.seals, proof.checks, proof.events, proof.findings) == (3, 5, 2, ()), "its files are sealed now"
    assert [one.path for one in past_checks(ledger)] == ["data/3", "data/2", "data/1", "data/0", ""]
    taken_over = Driver(ledger, "next").claim()
    assert [item.id for item in taken_over.items] == [6, 7, 9], "what a batch had in hand stays with it"
    rest = Driver(ledger, "another").claim()
    assert [item.id for item in rest.items] == [8, 10]
    for batch in (taken_over, rest):
        assert record_batch(ledger, BatchResult(batch.id, batch.fence, len(batch.items)), now=NOW + 1)
    assert verify_chain(ledger).findings == ()
    assert [one.path for one in attention_files(ledger)] == ["data/1"]
    life = events_of(ledger, 1)
    assert [one.kind for one in life] == [
        "accession", "fixity check", "message digest calculation", "fixity check", "fixity check",
    ]  # fmt: skip
    assert sum(one.counts.get("intact", 0) for one in life) == 8
    assert sum(one.counts.get("damaged", 0) for one in life) == 1
    ledger.close()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE items SET digests = path WHERE id = 2", "UPDATE items SET size = 1 WHERE id = 8", "DELETE FROM events"],
)
def test_an_old_ledger_is_sealed_as_it_was_found(address: str, statement: str) -> None:
    old_ledger(address).close()
    ledger = open_ledger(address)
    forge(ledger, "events" if "events" in statement else None, statement)
    assert {finding.code for finding in verify_chain(ledger).findings} == {"AUD-120"}
    ledger.close()
