"""The ledger, the same tests on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archive.errors import (
    ExistsError,
    LedgerError,
    LedgerLockedError,
    LedgerMissingError,
    LedgerVersionError,
    NoSpaceError,
    UsageError,
)
from archive.ledger import schema
from archive.ledger.book import BASE_AGE, Ledger, create_ledger, open_ledger
from archive.ledger.chain import parse_witness
from archive.ledger.choosing import Wanted, begin_walk, choose_items
from archive.ledger.holdings import NewHolding, ensure_location, enter_holding, list_holdings
from archive.ledger.leases import (
    KILLS,
    Leaser,
    claim_batch,
    count_leased,
    fail_batch,
    record_batch,
    release_batch,
    renew_lease,
)
from archive.ledger.overview import attention_files, count_due, past_checks
from archive.ledger.packed_digests import audited_digest, pack_digests, unpack_digests
from archive.ledger.runs import begin_run
from archive.ledger.verifying import make_witness, verify_chain
from archive.model.audit import Batch, BatchResult, Container, FileCheck, FileOutcome
from tests.support.needing import needs
from tests.support.postgres import Postgres

NOW = 1_800_000_000
DIGESTS = (("sha256", "ab" * 32), ("sha512", "cd" * 64))


def fill(ledger: Ledger, count: int = 10, *, name: str = "one", size: int = 100) -> None:
    location = ensure_location(ledger, "vault", "/vault", "1:2:3", named=True)
    items = [("", 0, DIGESTS[:1]), *((f"data/{n}", size, DIGESTS) for n in range(count))]
    enter_holding(ledger, location, NewHolding(name, name, Container.FOLDER, "e" * 64, None), items, now=NOW)


class Driver:
    """What a driver does, without workers."""

    def __init__(self, ledger: Ledger, owner: str = "me", wanted: Wanted | None = None, now: int = NOW) -> None:
        self.ledger = ledger
        run, self.behind = begin_run(ledger, owner, {}, now=now)
        self.leaser = Leaser(run, owner, 60, lambda name: name == "dead")
        self.walk = begin_walk(wanted or Wanted(90 * 86400), [1], now)
        self.held: list[int] = []

    def claim(self, now: int = NOW, **more: int) -> Batch:
        batch = claim_batch(self.ledger, self.leaser, self.walk, self.held, now=now, **more)
        assert batch is not None
        self.held.append(batch.id)
        return batch

    def claims_nothing(self, now: int = NOW) -> bool:
        return claim_batch(self.ledger, self.leaser, self.walk, self.held, now=now) is None


def answer(batch: Batch, **outcomes: FileOutcome) -> BatchResult:
    checks = tuple(
        FileCheck(item.id, outcomes[item.path.replace("data/", "f")])
        for item in batch.items
        if item.path.replace("data/", "f") in outcomes
    )
    return BatchResult(batch.id, batch.fence, len(batch.items), checks)


def test_batches_keep_to_files_and_bytes_and_cover_everything_once(ledger: Ledger) -> None:
    fill(ledger, 25)
    driver = Driver(ledger)
    batches = [driver.claim(max_files=7) for _ in range(4)]
    assert [len(batch.items) for batch in batches] == [7, 7, 7, 5]
    assert len({item.id for batch in batches for item in batch.items}) == 26
    assert driver.claims_nothing()
    assert batches[0].items[1].algorithms == ("sha256",)
    assert batches[0].items[1].expected == bytes.fromhex("ab" * 32)
    for batch in batches:
        assert release_batch(ledger, batch)
    assert [len(Driver(ledger).claim(max_bytes=500).items)] == [6]


def test_longest_unchecked_comes_first(ledger: Ledger) -> None:
    fill(ledger, 3)
    first = Driver(ledger)
    assert record_batch(ledger, answer(first.claim(max_files=2)), now=NOW)
    assert record_batch(ledger, answer(first.claim(max_files=2)), now=NOW + 50)
    later = Driver(ledger, wanted=Wanted(0), now=NOW + 100)
    assert [item.path for item in later.claim(now=NOW + 100).items] == ["", "data/0", "data/1", "data/2"]
    assert count_due(ledger, now=NOW + BASE_AGE - 1, max_age=BASE_AGE) == []
    assert [one.due for one in count_due(ledger, now=NOW + BASE_AGE, max_age=BASE_AGE)] == [1]
    assert [one.due for one in count_due(ledger, now=NOW + 1000, max_age=960)] == [1], "the bag as such is no file"


def test_a_sample_is_as_large_as_asked_and_neighbours_are_drawn_apart(ledger: Ledger) -> None:
    fill(ledger, 999)

    def draw(seed: int) -> set[int]:
        walk = begin_walk(Wanted(None, sample=0.1, seed=seed), [1], NOW)
        drawn: set[int] = set()
        while rows := choose_items(ledger.backend, walk):
            drawn.update(row[0] for row in rows)
        return drawn

    draws = [draw(seed * 7_919 + 13) for seed in range(60)]
    assert draws[0] == draw(13)
    assert all(50 <= len(one) <= 160 for one in draws)
    assert 5_400 <= sum(map(len, draws)) <= 6_600, "a tenth, over all runs"
    assert len(set().union(*draws)) > 980, "in time every file has its turn"
    for apart in (1, 2, 3, 37):
        pairs = sum(number + apart in one for one in draws for number in one)
        assert 450 <= pairs <= 750, f"of two files {apart} apart one tells nothing of the other"


def test_what_is_recorded_can_neither_be_changed_nor_deleted(ledger: Ledger) -> None:
    fill(ledger, 3)
    record_batch(ledger, answer(Driver(ledger).claim(), f1=FileOutcome.DAMAGED), now=NOW)
    for table, column, value in (
        ("checks", "outcome", "1"), ("intact_checks", "checked", "1"), ("events", "outcome", "'x'"),
        ("seals", "hash", "'x'"),
    ):  # fmt: skip
        for statement in (f"UPDATE {table} SET {column} = {value}", f"DELETE FROM {table}"):
            with pytest.raises(LedgerError, match="never changed or deleted"):
                ledger.backend.run(statement)
    if ledger.backend.kind == "postgresql":
        with pytest.raises(LedgerError, match="never changed or deleted"):
            ledger.backend.run("TRUNCATE checks")
    assert verify_chain(ledger).findings == ()


def test_a_stale_lease_records_nothing(ledger: Ledger) -> None:
    fill(ledger, 3)
    slow, quick = Driver(ledger, "slow"), Driver(ledger, "quick")
    old = slow.claim()
    assert quick.claims_nothing(NOW + 59)
    assert not record_batch(ledger, answer(old), now=NOW + 61), "its lease ran out, even though nobody took it over"
    new = quick.claim(NOW + 61)
    assert (new.id, new.fence) == (old.id, old.fence + 1)
    assert not record_batch(ledger, answer(old), now=NOW + 62)
    assert not renew_lease(ledger, slow.leaser, old, now=NOW + 62)
    assert not release_batch(ledger, old)
    assert fail_batch(ledger, old, "", now=NOW + 62) is None
    assert renew_lease(ledger, quick.leaser, new, now=NOW + 100)
    assert count_leased(ledger, "slow") == 4
    assert record_batch(ledger, answer(new), now=NOW + 150)
    assert record_batch(ledger, answer(new), now=NOW + 151), "asked again after a lost connection: it is written"
    assert len(past_checks(ledger)) == 4


def test_the_lease_of_a_dead_driver_is_void_at_once(ledger: Ledger) -> None:
    fill(ledger, 3)
    Driver(ledger, "dead").claim()
    assert len(Driver(ledger, "next").claim().items) == 4


def test_a_lease_from_a_clock_far_ahead_is_void(ledger: Ledger) -> None:
    fill(ledger, 3)
    Driver(ledger, "ahead", now=NOW + 10**7).claim(NOW + 10**7)
    assert len(Driver(ledger, "next").claim().items) == 4


def test_a_batch_that_kills_is_split_until_the_file_is_named(ledger: Ledger) -> None:
    fill(ledger, 20)
    driver = Driver(ledger)
    kills = 0
    named = None
    while (batch := claim_batch(ledger, driver.leaser, driver.walk, (), now=NOW)) is not None:
        if any(item.path == "data/13" for item in batch.items):
            kills += 1
            named = fail_batch(ledger, batch, "it kills", now=NOW) or named
        else:
            assert record_batch(ledger, answer(batch), now=NOW)
    assert named is not None
    assert named.path == "data/13"
    assert KILLS <= kills <= KILLS + 5
    assert [(one.path, one.outcome) for one in attention_files(ledger)] == [("data/13", FileOutcome.NOT_CHECKED)]
    assert len(past_checks(ledger)) == 21


def test_a_failed_look_does_not_hide_damage(ledger: Ledger) -> None:
    fill(ledger, 3)
    record_batch(ledger, answer(Driver(ledger).claim(), f1=FileOutcome.DAMAGED), now=NOW)
    again = Driver(ledger, wanted=Wanted(None, retry=True)).claim()
    assert [item.path for item in again.items] == ["data/1"]
    record_batch(ledger, answer(again, f1=FileOutcome.UNREADABLE), now=NOW + 1)
    assert [one.outcome for one in attention_files(ledger)] == [FileOutcome.DAMAGED]


def test_the_chain_shows_every_change(ledger: Ledger) -> None:
    fill(ledger, 5)
    record_batch(ledger, answer(Driver(ledger).claim(max_files=3), f1=FileOutcome.DAMAGED), now=NOW)
    witness = make_witness(ledger, "2027-01-15T08:00:00Z")
    assert parse_witness(f"> {witness.line()} mailed") == witness
    record_batch(ledger, answer(Driver(ledger).claim(max_files=3)), now=NOW)
    proof = verify_chain(ledger, [witness])
    assert (proof.seals, proof.checks, proof.events, proof.findings) == (3, 6, 1, ())
    undo = {
        "an outcome": (
            "checks",
            "UPDATE checks SET outcome = 1 WHERE outcome = 2",
            "UPDATE checks SET outcome = 2 WHERE seq = 4",
        ),
        "a time": ("checks", "UPDATE checks SET checked = checked + 1", "UPDATE checks SET checked = checked - 1"),
        "an event": ("events", "UPDATE events SET happened = 0", f"UPDATE events SET happened = {NOW}"),
        "a seal": (
            "seals",
            "UPDATE seals SET sealed = 0 WHERE number = 2",
            f"UPDATE seals SET sealed = {NOW} WHERE number = 2",
        ),
        "an expected digest": (None, "UPDATE items SET size = size, path = path || path", None),
    }
    for what, (table, change, back) in undo.items():
        forge(ledger, table, change)
        codes = {finding.code for finding in verify_chain(ledger, [witness]).findings}
        assert codes == {"AUD-120"}, what
        if back is not None:
            forge(ledger, table, back)
            assert verify_chain(ledger).findings == (), what


def test_a_chain_written_anew_is_betrayed_by_the_witness(ledger: Ledger) -> None:
    fill(ledger, 5)
    early = make_witness(ledger, "2027-01-15T08:00:00Z")
    record_batch(ledger, answer(Driver(ledger).claim(), f1=FileOutcome.DAMAGED), now=NOW)
    late = make_witness(ledger, "2027-01-16T08:00:00Z")
    forge(ledger, "checks", "DELETE FROM checks")
    forge(ledger, "intact_checks", "DELETE FROM intact_checks")
    forge(ledger, "seals", "DELETE FROM seals WHERE number = 2")
    assert verify_chain(ledger).findings == (), "nothing in the ledger itself tells"
    cut = verify_chain(ledger, [early, late]).findings
    assert [finding.code for finding in cut] == ["AUD-121"]
    ledger.backend.run("UPDATE items SET outcome = 0, due = 0")
    record_batch(ledger, answer(Driver(ledger).claim()), now=NOW)
    rewritten = verify_chain(ledger, [early, late]).findings
    assert "from 2 to 2" in rewritten[0].message
    with pytest.raises(UsageError):
        verify_chain(ledger, [parse_witness(late.line().replace(ledger.id, "0" * 8 + ledger.id[8:]))])
    with pytest.raises(UsageError):
        parse_witness("muniment-witness/1 nonsense")


def forge(ledger: Ledger, table: str | None, statement: str) -> None:
    """What somebody with all rights over the database can do."""
    backend = ledger.backend
    if table is None:
        backend.run(statement)
    elif backend.kind == "postgresql":
        backend.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        backend.run(statement)
        backend.run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    else:
        triggers = backend.query(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
        )
        for name, _sql in triggers:
            backend.run(f"DROP TRIGGER {name}")
        backend.run(statement)
        for _name, sql in triggers:
            backend.run(sql)


def test_a_clock_that_runs_back_is_noted_and_the_order_kept(ledger: Ledger) -> None:
    fill(ledger, 3)
    record_batch(ledger, answer(Driver(ledger).claim()), now=NOW)
    back = Driver(ledger, now=NOW - 5000)
    assert back.behind == 5000
    ahead = Driver(ledger, now=NOW - 400 * 86400)
    assert len(ahead.claim(NOW - 400 * 86400).items) == 4, "checks that lie in the future are not believed"
    assert verify_chain(ledger).findings == ()


def test_migrations_from_the_first_version(address: str) -> None:
    if address.startswith("postgresql"):
        from archive.ledger.postgres import PostgresBackend

        backend: Any = PostgresBackend(address, patience=1)
    else:
        from archive.ledger.sqlite import SqliteBackend

        backend = SqliteBackend(address, create=True)
    schema.migrate(backend, up_to=1)
    backend.run("INSERT INTO meta (name, value) VALUES ('ledger', 'c0ffee00-0000-4000-8000-000000000000')")
    assert schema.version_of(backend) == 1
    backend.close()
    opened = open_ledger(address)
    assert schema.version_of(opened.backend) == schema.NEWEST
    fill(opened, 2)
    assert len(list_holdings(opened)) == 1
    opened.backend.run("UPDATE meta SET value = '99' WHERE name = 'version'")
    opened.close()
    with pytest.raises(LedgerVersionError):
        open_ledger(address)


def test_a_ledger_is_started_once_and_must_be_there(address: str) -> None:
    with pytest.raises(LedgerMissingError):
        open_ledger(address)
    create_ledger(address, now=NOW).close()
    with pytest.raises(ExistsError):
        create_ledger(address, now=NOW)


def test_a_file_that_is_no_ledger_or_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"this is no database, only some words" * 100)
    with pytest.raises(LedgerError):
        open_ledger(str(path))
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE photos (x)")
    other.close()
    with pytest.raises(LedgerError):
        open_ledger(str(path))
    path.unlink()
    ledger = create_ledger(str(path), now=NOW)
    fill(ledger, 2000)
    ledger.backend.query("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()
    raw = bytearray(path.read_bytes())
    raw[4096 * 3 :] = os.urandom(len(raw) - 4096 * 3)
    path.write_bytes(raw)
    with pytest.raises(LedgerError, match="damaged or is not a ledger"):
        Driver(open_ledger(str(path))).claim()


def test_a_locked_ledger_says_so(tmp_path: Path) -> None:
    path = str(tmp_path / "ledger.sqlite3")
    ledger = create_ledger(path, now=NOW, patience=0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerLockedError):
        fill(ledger, 1)
    other.close()
    ledger.close()


@needs("root")
def test_a_full_disk_under_the_ledger_keeps_what_is_done(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=True)
    try:
        ledger = create_ledger(str(disk / "ledger.sqlite3"), now=NOW)
        fill(ledger, 50)
        record_batch(ledger, answer(Driver(ledger).claim(max_files=10)), now=NOW)
        (disk / "filler").write_bytes(b"x" * (os.statvfs(disk).f_bavail * 4096))
        with pytest.raises(NoSpaceError):
            fill(ledger, 20_000, name="more")
        (disk / "filler").unlink()
        assert len(past_checks(ledger)) == 10
        record_batch(ledger, answer(Driver(ledger).claim()), now=NOW)
        assert verify_chain(ledger).findings == ()
        ledger.close()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.server
def test_a_server_that_restarts_is_waited_for(server: Postgres) -> None:
    ledger = create_ledger(server.url(), now=NOW, patience=30)
    fill(ledger, 4)
    batch = Driver(ledger).claim()
    server.restart()
    assert record_batch(ledger, answer(batch), now=NOW)
    assert verify_chain(ledger).checks == 5
    ledger.close()


def test_a_password_in_the_address_is_refused() -> None:
    with pytest.raises(UsageError, match="password"):
        open_ledger("postgresql://me:secret@localhost/ledger")


def test_digests_are_packed_without_loss() -> None:
    assert unpack_digests(pack_digests(DIGESTS)) == DIGESTS
    weak = (("md5", "01" * 16), ("sha1", "02" * 20))
    assert audited_digest(pack_digests(weak)) == (("md5", "sha1"), bytes.fromhex("01" * 16 + "02" * 20))
    assert audited_digest(pack_digests((*weak, ("sha512", "cd" * 64)))) == (("sha512",), bytes.fromhex("cd" * 64))
    with pytest.raises(LedgerError):
        pack_digests((("crc32", "00"),))
    with pytest.raises(LedgerError):
        unpack_digests(pack_digests(DIGESTS)[:-1])
    with pytest.raises(LedgerError):
        unpack_digests(b"\xff123")
