"""Causes are stored as numbers in a column of their own; sentences of older ledgers are read once, by the migration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.ledger import schema
from archive.ledger.book import Ledger, open_ledger
from archive.ledger.chain import GENESIS, check_line, seal_hash
from archive.ledger.leases import record_batch
from archive.ledger.overview import attention_files, past_checks
from archive.ledger.packed_digests import path_bytes
from archive.ledger.verifying import verify_chain
from archive.model.audit import BatchResult, Cause, FileCheck, FileOutcome
from archive.stages.auditing.findings import standing_finding
from tests.ledger.test_ledgers import NOW, Driver, fill, forge

SENTENCES = [
    (FileOutcome.MISSING, "the bag is gone", Cause.BAG_GONE),
    (FileOutcome.DAMAGED, "another bag stands in its place", Cause.OTHER_BAG),
    (FileOutcome.UNREADABLE, "the archive cannot be read as far as this file: it breaks off", Cause.CUT_OFF),
    (FileOutcome.UNREADABLE, "Input/output error", None),
    (FileOutcome.DAMAGED, "the bag is gone", None),
    (FileOutcome.MISSING, None, None),
]


def old_backend(address: str) -> Any:
    """A ledger with the tables of version 2, as an older program leaves it: a sentence says what the cause is."""
    if address.startswith("postgresql"):
        from archive.ledger.postgres import PostgresBackend

        backend: Any = PostgresBackend(address, patience=1)
    else:
        from archive.ledger.sqlite import SqliteBackend

        backend = SqliteBackend(address, create=True)
    schema.migrate(backend, up_to=2)
    backend.run("INSERT INTO meta (name, value) VALUES ('ledger', 'c0ffee00-0000-4000-8000-000000000000')")
    backend.run("INSERT INTO locations (id, name, root, named, identity) VALUES (1, 'vault', '/vault', 1, '1:2:3')")
    backend.run(
        "INSERT INTO holdings (id, location, place, name, form, tag_digest, files, bytes, added_at)"
        " VALUES (1, 1, ?, ?, 'folder', 'e', ?, 0, 0)",
        (b"bag", b"bag", len(SENTENCES)),
    )
    lines = []
    for seq, (outcome, reason, _cause) in enumerate(SENTENCES, 1):
        path, note = path_bytes(f"data/{seq}"), None if reason is None else json.dumps({"reason": reason}).encode()
        backend.run(
            "INSERT INTO items (id, holding, location, path, size, digests, due, checked, outcome)"
            " VALUES (?, 1, 1, ?, 1, ?, 0, 0, ?)",
            (seq, path, b"", int(outcome)),
        )
        backend.run(
            "INSERT INTO checks (seq, batch, item, outcome, checked, size, found, note)"
            " VALUES (?, 1, ?, ?, ?, ?, ?, ?)",
            (seq, seq, int(outcome), NOW, None, None, note),
        )
        lines.append(check_line(seq, 1, seq, int(outcome), NOW, None, None, note, 1, path, b""))
    last = len(SENTENCES)
    digest = seal_hash(
        number=1, kind="checks", subject=1, first=1, last=last, sealed=NOW, previous=GENESIS, lines=lines
    )
    backend.run(
        "INSERT INTO seals (number, kind, subject, first_seq, last_seq, sealed, previous, hash)"
        " VALUES (1, 'checks', 1, 1, ?, ?, ?, ?)",
        (last, NOW, GENESIS, digest),
    )
    return backend


def test_the_sentences_of_an_old_ledger_become_causes_and_its_chain_still_holds(address: str) -> None:
    old_backend(address).close()
    ledger = open_ledger(address)
    stored = [row[0] for row in ledger.backend.query("SELECT cause FROM checks ORDER BY seq")]
    assert stored == [cause for _outcome, _reason, cause in SENTENCES]
    assert verify_chain(ledger).findings == ()
    rows = list(attention_files(ledger))
    assert [row.cause for row in rows] == [cause for _outcome, _reason, cause in SENTENCES]
    assert rows[2].reason == "the archive cannot be read as far as this file: it breaks off"
    assert [standing_finding(row).code for row in rows[:3]] == ["AUD-107", "AUD-106", "AUD-103"]
    assert standing_finding(rows[4]).subject == "/vault/bag/data/5", "the words of another outcome decide nothing"
    with pytest.raises(Exception, match="never changed"):
        ledger.backend.run("UPDATE checks SET cause = NULL")
    forge(ledger, "checks", "UPDATE checks SET cause = 2 WHERE seq = 1")
    assert [finding.code for finding in verify_chain(ledger).findings] == ["AUD-120"]
    ledger.close()
    reopened = open_ledger(address)
    assert schema.version_of(reopened.backend) == schema.NEWEST
    reopened.close()


def test_more_checks_than_one_page_are_migrated(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_PAGE", 2)
    old_backend(address).close()
    ledger = open_ledger(address)
    assert ledger.backend.query("SELECT count(*) FROM checks WHERE cause IS NOT NULL")[0][0] == 3
    ledger.close()


@pytest.mark.parametrize("forged", ["NULL", "2"])
def test_a_cause_is_covered_by_the_chain(ledger: Ledger, forged: str) -> None:
    fill(ledger, 2)
    batch = Driver(ledger).claim()
    checks = tuple(FileCheck(item.id, FileOutcome.MISSING, cause=Cause.BAG_GONE) for item in batch.items)
    assert record_batch(ledger, BatchResult(batch.id, batch.fence, len(batch.items), checks), now=NOW)
    assert verify_chain(ledger).findings == ()
    assert {check.reason for check in past_checks(ledger)} == {Cause.BAG_GONE.words}
    assert {row.cause for row in attention_files(ledger)} == {Cause.BAG_GONE}
    forge(ledger, "checks", f"UPDATE checks SET cause = {forged} WHERE seq = 2")
    assert [finding.code for finding in verify_chain(ledger).findings] == ["AUD-120"]


def test_no_sentence_decides() -> None:
    """The sentences that once decided are known to one file only, for the migration."""
    archive = Path(schema.__file__).parents[1]
    with_sentence = [
        path.name for path in archive.rglob("*.py") if "another bag stands in its place" in path.read_text("utf-8")
    ]
    assert with_sentence == ["old_sentences.py"]
