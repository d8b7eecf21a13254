"""Seals of holdings, by the command line: the ledger expects what it knows, and audits read the files of seals."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.ledger.schema import MIGRATIONS
from tests.stages.witnessing.conftest import Sealing
from tests.support.audit_projects import UNPRIVILEGED, found, some_files, start_command, write_bag
from tests.support.needing import needs

ORDERS = pytest.mark.parametrize("first", ["seal", "add"])


def both(sealing: Sealing, first: str, *more: str) -> None:
    """A bag that is sealed and entered, in either order."""
    steps = [lambda: sealing.seal("bag", more=more), lambda: sealing.project.run("holdings", "add", "bag")]
    for step in steps if first == "seal" else steps[::-1]:
        step()
    assert sealing.project.audit()[0] == 0


@ORDERS
def test_the_files_of_a_seal_are_held_and_never_extra(sealing: Sealing, first: str) -> None:
    both(sealing, first)
    assert sealing.verify("bag") == (0, [])
    sealing.seal("bag", more=("--renew",))
    code, document = sealing.project.audit("bag")
    assert (code, found(document)) == (0, {})
    (sealing.folder / "bag" / "seal" / "0001" / "2.tsr").unlink()
    code, document = sealing.project.audit("bag")
    assert (code, found(document)) == (1, {"AUD-102": ["2.tsr"]})
    assert sealing.project.run("audit", "verify")[0] == 0


@ORDERS
def test_what_the_ledger_knows_must_be_there(sealing: Sealing, first: str, tmp_path: Path) -> None:
    both(sealing, first)
    bag = sealing.folder / "bag"
    shutil.copytree(bag, tmp_path / "once")
    sealing.seal("bag", more=("--renew",))
    assert sealing.verify("bag") == (0, [])
    shutil.copytree(bag, tmp_path / "twice")

    def put(name: str) -> None:
        shutil.rmtree(bag)
        shutil.copytree(tmp_path / name, bag)

    put("once")
    assert sealing.verify("bag") == (1, ["SEAL-102"]), "rolled back"
    assert sealing.verify(str(tmp_path / "once")) == (1, ["SEAL-102"]), "elsewhere it is known by its tag manifests"
    shutil.rmtree(bag / "seal")
    code, codes = sealing.verify("bag")
    assert (code, codes) == (1, ["SEAL-101", "SEAL-102"]), "stripped"
    sealing.seal("bag", code=4, more=("--offline",))
    code, codes = sealing.verify("bag")
    assert code == 1
    assert {"SEAL-102", "SEAL-103"} <= set(codes), "sealed anew"
    put("twice")
    assert sealing.verify("bag") == (0, [])


@ORDERS
def test_a_stamp_that_was_there_is_missed(sealing: Sealing, first: str) -> None:
    both(sealing, first)
    (sealing.folder / "bag" / "seal" / "0001" / "1.tsr").unlink()
    code, document = sealing.project.json("verify", "bag")
    assert code == 1, "without the ledger it would only be not yet complete"
    assert {(one["code"], one["severity"]) for one in document["findings"]} == {
        ("SEAL-107", "error"),
        ("SEAL-120", "error"),
    }


def test_verify_writes_nothing_into_the_project(sealing: Sealing) -> None:
    both(sealing, "add")

    def state() -> dict[str, tuple[int, int, bytes]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.stat().st_size, path.read_bytes())
            for path in sorted(sealing.folder.rglob("*"))
            if path.is_file()
        }

    before = state()
    assert sealing.verify("bag") == (0, [])
    assert state() == before


@needs("setpriv")
def test_a_project_that_cannot_be_written_to_is_verified(sealing: Sealing) -> None:
    """As on a read-only disk: the ledger is asked all the same."""
    sealing.project.run("holdings", "add", "bag")
    sealing.seal("bag")
    places = [sealing.folder, *sealing.folder.rglob("*")]
    for path in places:
        path.chmod(0o555 if path.is_dir() else 0o444)
    process = start_command(sealing.folder, "verify", "bag", "--json", wrapper=UNPRIVILEGED)
    out, err = process.communicate()
    for path in places:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert process.returncode == 0, err
    assert json.loads(out)["ledger"] == {"expected": 1, "found": 1}


def test_another_bag_at_the_place_of_a_holding_is_not_it(sealing: Sealing) -> None:
    both(sealing, "add")
    shutil.rmtree(sealing.folder / "bag")
    write_bag(sealing.folder / "bag", some_files(2))
    code, codes = sealing.verify("bag")
    assert code == 1
    assert "SEAL-103" in codes
    assert sealing.project.run("seal", "bag", "--key", "anna.key")[0] != 0, "the ledger knows another bag here"


def test_completing_is_a_further_event_and_all_are_premis(sealing: Sealing, checkout: Path) -> None:
    from lxml import etree

    sealing.project.run("holdings", "add", "bag")
    sealing.seal("bag", code=4, more=("--offline",))
    assert sealing.project.run("seal", "--complete", "bag")[0] == 0
    assert sealing.verify("bag") == (0, [])
    events = sealing.project.json("events", "bag")[1]["events"]
    assert [one["type"] for one in events] == [
        "accession", "digital signature generation", "digital signature generation", "digital signature validation",
    ]  # fmt: skip
    assert ["not yet complete" in one["note"] for one in events] == [False, True, False, False]
    target = sealing.folder / "events.xml"
    assert sealing.project.run("events", "bag", "--premis", "--output", str(target))[0] == 0
    schema = etree.XMLSchema(etree.parse(checkout / "metadata" / "schemas" / "premis.xsd"))
    schema.assertValid(etree.parse(target))
    assert b"digital signature validation" in target.read_bytes()


def test_a_recording_that_was_interrupted_is_made_up_for(sealing: Sealing, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.stages.sealing.recording import LedgerRecorder

    sealing.project.run("holdings", "add", "bag")
    with monkeypatch.context() as patch:
        patch.setattr(LedgerRecorder, "record", lambda *_args, **_named: None)
        sealing.seal("bag")
    assert sealing.project.audit()[0] == 0
    sealing.seal("bag", more=("--renew",))
    code, document = sealing.project.audit("bag")
    assert (code, found(document)) == (0, {})
    shutil.rmtree(sealing.folder / "bag" / "seal" / "0002")
    assert "SEAL-102" in sealing.verify("bag")[1]


def test_verify_reads_an_older_ledger_as_it_is_and_seal_brings_it_up_to_date(sealing: Sealing) -> None:
    both(sealing, "add")
    path = sealing.folder / "ledger.sqlite3"

    def version() -> str:
        with closing(sqlite3.connect(path)) as ledger:
            return str(ledger.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()[0])

    with closing(sqlite3.connect(path, isolation_level=None)) as ledger:
        ledger.execute("DROP INDEX items_seals")
        ledger.execute("UPDATE meta SET value = '5' WHERE name = 'version'")
    assert sealing.verify("bag") == (0, [])
    assert version() == "5"
    sealing.seal("bag", more=("--renew",))
    assert version() == str(len(MIGRATIONS))
    with closing(sqlite3.connect(path, isolation_level=None)) as ledger:
        ledger.execute("UPDATE meta SET value = '4' WHERE name = 'version'")
    assert sealing.project.run("verify", "bag")[0] == 2, "older still: it must be brought up to date first"
