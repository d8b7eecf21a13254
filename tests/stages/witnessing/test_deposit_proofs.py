"""The proof of inclusion beside a deposit's receipt: written whole, and checked without the ledger."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from archive.formats.inclusion_proof import parse_inclusion
from archive.ledger.checkpoints import judge_inclusion
from tests.cli.test_json_schemas import validator_of
from tests.stages.witnessing.conftest import Sealing
from tests.support.audit_projects import found

TARGET = "dir:../far"


def deposit(sealing: Sealing) -> dict[str, list[str]]:
    (sealing.folder.parent / "far").mkdir(exist_ok=True)
    code, document = sealing.project.json("deposit", "bag", TARGET)
    assert code == 0, document
    return found(document["deposits"][0])


def stamp(sealing: Sealing) -> None:
    code, out, err = sealing.project.run("audit", "witness", "--stamp", "--key", "anna.key")
    assert code == 0, (out, err)


def proof_in(sealing: Sealing) -> Path:
    (path,) = (sealing.folder / "deposits").glob("*.inclusion.json")
    return path


@pytest.fixture
def sent(sealing: Sealing) -> Sealing:
    """A sealed holding that was deposited after a checkpoint was made."""
    assert sealing.project.run("holdings", "add", "bag")[0] == 0
    sealing.seal("bag")
    stamp(sealing)
    assert deposit(sealing) == {}
    return sealing


def test_the_proof_leads_from_the_seal_to_the_checkpoint(sent: Sealing) -> None:
    path = proof_in(sent)
    validator_of("archive.inclusion/1").validate(json.loads(path.read_bytes()))
    proof = parse_inclusion(path.read_bytes())
    (entry,) = judge_inclusion(proof)
    assert (entry.seal, entry.complete) == (1, True)
    assert (path.parent / proof.folder / "witness.txt").read_text() == proof.checkpoint + "\n"
    assert sent.verify(str(path.parent / proof.folder)) == (0, [])
    assert path.stat().st_mode & 0o077 == 0
    assert str(sent.folder).encode() not in path.read_bytes(), "no path of this machine"
    code, document = sent.project.json("audit", "verify", "--witness", str(path))
    assert (code, found(document)) == (0, {})


def test_verify_takes_the_proof_without_the_ledger(sent: Sealing, tmp_path: Path) -> None:
    shutil.copytree(sent.folder / "deposits", tmp_path / "kept")
    shutil.copytree(sent.folder / "bag", tmp_path / "back")
    (sent.folder / "ledger.sqlite3").unlink()
    (path,) = (tmp_path / "kept").glob("*.inclusion.json")

    def verify() -> tuple[int, set[str]]:
        code, document = sent.project.json("verify", str(tmp_path / "back"), "--expect", str(path))
        return code, set(found(document))

    assert verify() == (0, set())
    (tmp_path / "back" / "seal" / "0001" / "1.tsr").unlink()
    assert verify()[0] == 1, "it was complete, as the proof says"
    shutil.rmtree(tmp_path / "back" / "seal")
    assert "SEAL-102" in verify()[1]
    shutil.rmtree(tmp_path / "back")
    shutil.copytree(sent.folder / "bag", tmp_path / "back")
    (checkpoint,) = (tmp_path / "kept").glob("*.checkpoint")
    (checkpoint / "seal" / "0001" / "2.tsr").unlink()
    assert verify()[0] == 4, "the checkpoint itself is not yet complete"
    (checkpoint / "witness.txt").write_text("nothing\n")
    assert verify() == (4, {"AUD-130"})
    document = json.loads(path.read_bytes())
    document["entries"][0]["line"] = document["entries"][0]["line"].replace('"seal":1', '"seal":2')
    path.write_text(json.dumps(document, sort_keys=True, indent=1) + "\n")
    assert verify() == (1, {"AUD-127"})
    assert sent.project.run("verify", "bag", "--expect", "archive.toml")[0] == 2
    assert sent.project.run("verify", "bag", "--expect", "nothing")[0] == 2


def test_a_ledger_that_was_rewritten_disagrees_with_the_proof(sent: Sealing, tmp_path: Path) -> None:
    path = proof_in(sent)
    other = tmp_path / "other"
    other.mkdir()
    document = json.loads(path.read_bytes())
    document["tree"]["size"] += 1
    path.write_text(json.dumps(document, sort_keys=True, indent=1) + "\n")
    code, report = sent.project.json("audit", "verify", "--witness", str(path))
    assert (code, set(found(report))) == (1, {"AUD-127"})


def test_a_proof_that_does_not_hold_in_itself_is_found_beside_its_own_ledger(sent: Sealing) -> None:
    """The ledger holds all that it tells of; only the path to the root is wrong."""
    path = proof_in(sent)
    document = json.loads(path.read_bytes())
    document["entries"][0]["path"][0] = "0" * 64
    path.write_text(json.dumps(document, sort_keys=True, indent=1) + "\n")
    code, report = sent.project.json("audit", "verify", "--witness", str(path))
    assert (code, set(found(report))) == (1, {"AUD-127"})


def test_a_ledger_that_was_rolled_back_is_found_by_a_proof_without_a_checkpoint(sealing: Sealing) -> None:
    """The proof holds in itself, and so does the ledger, which went on in another way from an older copy."""
    ledger = sealing.folder / "ledger.sqlite3"
    sealing.project.run("holdings", "add", "bag")
    shutil.copy(ledger, sealing.folder / "old.sqlite3")
    sealing.seal("bag")
    assert set(deposit(sealing)) == {"DEP-128"}
    path = proof_in(sealing)
    assert sealing.project.run("audit", "verify", "--witness", str(path))[0] == 0
    os.replace(sealing.folder / "old.sqlite3", ledger)
    for _ in range(3):
        assert sealing.project.audit("--sample", "100%")[0] == 0
    assert sealing.project.run("audit", "verify")[0] == 0
    code, report = sealing.project.json("audit", "verify", "--witness", str(path))
    assert (code, set(found(report))) == (1, {"AUD-127"})


def test_without_trust_the_seal_of_a_checkpoint_is_not_taken_for_checked(sent: Sealing) -> None:
    """Who forges a checkpoint writes a line that the forged ledger holds: only its seal tells it from a true one."""
    path = proof_in(sent)
    (checkpoint,) = path.parent.glob("*.checkpoint")
    settings = sent.folder / "archive.toml"
    settings.write_text(settings.read_text().replace('[seal]\ntrust = "trust"\n', ""))
    code, report = sent.project.json("audit", "verify", "--witness", str(checkpoint))
    assert (code, set(found(report))) == (0, {"AUD-128"}), "a note"
    code, report = sent.project.json("verify", "bag", "--expect", str(path))
    assert (code, set(found(report))) == (4, {"AUD-128", "SEAL-110"})


def test_another_checkpoint_beside_a_proof_does_not_vouch_for_it(sent: Sealing) -> None:
    """It is sealed and intact, and its line is of the same ledger; the proof only leads to another one."""
    path = proof_in(sent)
    (checkpoint,) = path.parent.glob("*.checkpoint")
    sent.project.audit()
    stamp(sent)
    shutil.rmtree(checkpoint)
    shutil.copytree(sent.folder / "witness" / "0002", checkpoint)
    assert sent.verify(str(checkpoint)) == (0, [])
    code, report = sent.project.json("verify", "bag", "--expect", str(path))
    assert (code, set(found(report))) == (1, {"AUD-127"})


def test_a_checkpoint_that_is_not_whole_beside_a_proof(sent: Sealing) -> None:
    """What is left of it is a line that anyone could have written."""
    path = proof_in(sent)
    (checkpoint,) = path.parent.glob("*.checkpoint")
    (checkpoint / "bagit.txt").unlink()
    for one in checkpoint.glob("*manifest-*.txt"):
        one.unlink()
    code, report = sent.project.json("verify", "bag", "--expect", str(path))
    assert (code, set(found(report))) == (4, {"AUD-130"})
    shutil.rmtree(checkpoint)
    code, report = sent.project.json("verify", "bag", "--expect", str(path))
    assert (code, set(found(report))) == (4, {"AUD-130"})


def test_an_expectation_that_cannot_be_read(sealing: Sealing) -> None:
    os.mkfifo(sealing.folder / "pipe")
    code, out, err = sealing.project.run("verify", "bag", "--expect", "pipe")
    assert (code, out) == (4, "")
    assert "pipe" in err


def test_a_seal_that_waited_for_stamps_when_it_was_recorded_may_wait_still(sealing: Sealing) -> None:
    sealing.project.run("holdings", "add", "bag")
    sealing.seal("bag", code=4, more=("--offline",))
    deposit(sealing)
    code, report = sealing.project.json("verify", "bag", "--expect", str(proof_in(sealing)))
    assert (code, set(found(report))) == (4, {"AUD-129", "SEAL-120"})


def test_without_a_checkpoint_it_says_so_and_is_made_up_for(sealing: Sealing) -> None:
    sealing.project.run("holdings", "add", "bag")
    sealing.seal("bag")
    assert set(deposit(sealing)) == {"DEP-128"}
    path = proof_in(sealing)
    assert parse_inclusion(path.read_bytes()).checkpoint == ""
    code, document = sealing.project.json("verify", "bag", "--expect", str(path))
    assert (code, set(found(document))) == (0, {"AUD-129"})
    stamp(sealing)
    assert deposit(sealing) == {}
    first = parse_inclusion(path.read_bytes())
    assert first.checkpoint
    sealing.project.audit()
    stamp(sealing)
    assert deposit(sealing) == {}
    newest = parse_inclusion(path.read_bytes())
    assert newest.checkpoint != first.checkpoint
    assert (path.parent / newest.folder / "witness.txt").read_text() == newest.checkpoint + "\n"


def test_what_was_never_sealed_or_held_gets_no_proof(sealing: Sealing) -> None:
    sealing.seal("bag")
    assert deposit(sealing) == {}, "it is no holding"
    sealing.project.run("holdings", "add", "bag")
    assert not list((sealing.folder / "deposits").glob("*.inclusion.json"))
