"""Checkpoints of the chain, and proofs of inclusion that hold without the ledger and against every forgery."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from archive.errors import FormatError, LedgerError, UsageError
from archive.formats.inclusion_proof import parse_inclusion, write_inclusion
from archive.formats.merkle import MerkleTree, empty_root, verify_consistency
from archive.ledger import checkpoints
from archive.ledger.book import Ledger
from archive.ledger.chain import TREE_HASH, Witness, find_witnesses, leaf_of, parse_witness, seal_hash
from archive.ledger.checkpoints import holds_entries, judge_inclusion, make_checkpoint, prove_seals
from archive.ledger.recording import record_event
from archive.ledger.seal_events import SEALED
from archive.ledger.sealed_bags import record_seals
from archive.ledger.verifying import make_witness, verify_chain
from archive.model.inclusion import InclusionProof
from tests.ledger.test_ledgers import forge
from tests.ledger.test_sealed_bags import NOW, TAGS, hold, seal

STAMP = "2027-01-15T08:00:00Z"


def grow(ledger: Ledger, count: int = 5) -> None:
    for number in range(count):
        record_event(ledger, "clock", None, {"number": number}, now=NOW)


def checkpoint(ledger: Ledger, earlier: Witness | None = None) -> Witness:
    made = make_checkpoint(ledger, STAMP, earlier)
    assert made is not None
    return made.witness


def test_lines_of_both_versions_are_read_and_written(ledger: Ledger) -> None:
    grow(ledger)
    old, new = make_witness(ledger, STAMP), checkpoint(ledger)
    assert old.line() == f"muniment-witness/1 {ledger.id} 5 {old.hash} {STAMP}"
    assert new.line() == f"muniment-witness/2 {ledger.id} 5 {old.hash} {new.root} {STAMP}"
    mail = f"> {old.line()} was published,\n> {new.line()}\nas agreed"
    assert find_witnesses(mail) == [old, new]
    assert parse_witness(mail) == old
    for text in ("", "muniment-witness/3 x", new.line().replace(new.root, new.root[:-1]), old.line()[:-1]):
        with pytest.raises(UsageError):
            parse_witness(text)


def test_both_versions_hold_until_the_past_is_rewritten(ledger: Ledger) -> None:
    grow(ledger)
    early, older = checkpoint(ledger), make_witness(ledger, STAMP)
    grow(ledger)
    late = checkpoint(ledger, early)
    assert verify_chain(ledger, [early, older, late]).findings == ()
    empty = Witness(ledger.id, 0, "0" * 64, STAMP, empty_root(TREE_HASH).hex())
    assert verify_chain(ledger, [empty]).findings == ()
    for wrong in (replace(late, root="0" * 64), replace(late, hash="0" * 64), replace(late, number=99)):
        assert [one.code for one in verify_chain(ledger, [early, wrong]).findings] == ["AUD-121"]
    forge(ledger, "events", "DELETE FROM events WHERE seq > 7")
    forge(ledger, "seals", "DELETE FROM seals WHERE number > 7")
    assert verify_chain(ledger, [early, older]).findings == ()
    assert [one.subject for one in verify_chain(ledger, [early, older, late]).findings] == ["10"]
    grow(ledger, 9)
    assert make_checkpoint(ledger, STAMP, late) is None, "it does not continue what was witnessed"
    assert make_checkpoint(ledger, STAMP, early) is not None


def test_a_checkpoint_proves_that_it_continues_the_one_before(ledger: Ledger) -> None:
    assert checkpoint(ledger).number == 0
    empty = checkpoint(ledger)
    grow(ledger, 6)
    early = checkpoint(ledger, empty)
    grow(ledger, 7)
    made = make_checkpoint(ledger, STAMP, early)
    assert made is not None
    roots = bytes.fromhex(early.root), bytes.fromhex(made.witness.root)
    assert verify_consistency(6, roots[0], 13, roots[1], made.proof, new=TREE_HASH)
    same = make_checkpoint(ledger, STAMP, made.witness)
    assert same is not None
    assert same.proof == ()
    for wrong in (replace(early, root="0" * 64), replace(early, hash="0" * 64), replace(early, number=5)):
        assert make_checkpoint(ledger, STAMP, wrong) is None
    forge(ledger, "seals", "DELETE FROM seals WHERE number = 3")
    with pytest.raises(LedgerError, match="gaps"):
        make_checkpoint(ledger, STAMP)


def proof_of(ledger: Ledger, *, covered: bool = True) -> InclusionProof:
    holding = hold(ledger)
    grow(ledger)
    record_seals(ledger, holding, [seal(1, "1.tsr", complete=False)], now=NOW)
    record_seals(ledger, holding, [seal(1, "1.tsr", "2.tsr"), seal(2)], now=NOW)
    grow(ledger, 3)
    made = checkpoint(ledger) if covered else None
    grow(ledger, 2)
    proof = prove_seals(ledger, holding.id, made, "key.checkpoint")
    assert proof is not None
    return proof


@pytest.mark.parametrize("covered", [True, False])
def test_the_newest_event_of_each_seal_is_proven(ledger: Ledger, covered: bool) -> None:
    proof = proof_of(ledger, covered=covered)
    assert [(one.seal, one.complete, one.tag_digest) for one in judge_inclusion(proof)] == [
        (1, True, TAGS), (2, True, TAGS),
    ]  # fmt: skip
    assert [one.stamped for one in judge_inclusion(proof)] == [seal(1).stamped, seal(2).stamped]
    assert bool(proof.checkpoint) is covered
    assert proof.folder == ("key.checkpoint" if covered else "")
    raw = write_inclusion(proof)
    assert parse_inclusion(raw) == proof
    assert b"/vault" not in raw, "no path of this machine"


def test_a_checkpoint_that_is_too_old_is_left_out(ledger: Ledger) -> None:
    holding = hold(ledger)
    record_seals(ledger, holding, [seal(1)], now=NOW)
    early = checkpoint(ledger)
    covered = prove_seals(ledger, holding.id, early, "x")
    assert covered is not None
    assert covered.checkpoint == early.line()
    record_seals(ledger, holding, [seal(2)], now=NOW)
    proof = prove_seals(ledger, holding.id, early, "x")
    assert proof is not None
    assert (proof.checkpoint, proof.folder, proof.size) == ("", "", 3)
    with pytest.raises(LedgerError, match="not the one"):
        prove_seals(ledger, holding.id, replace(checkpoint(ledger), root="0" * 64), "x")
    assert prove_seals(ledger, hold(ledger, "two").id, early, "x") is None


def test_no_forged_proof_is_believed(ledger: Ledger) -> None:
    proof = proof_of(ledger)
    first, second = proof.entries
    link = first.link
    forged = [
        replace(proof, entries=()),
        replace(proof, entries=(first, replace(second, line=first.line))),
        replace(proof, entries=(replace(first, line=first.line.replace(b'"seal":1', b'"seal":2')), second)),
        replace(proof, entries=(replace(first, path=first.path[:-1]),)),
        replace(proof, entries=(replace(first, path=(*first.path, b"\0" * 32)),)),
        replace(proof, root=b"\0" * 32),
        replace(proof, size=proof.size + 1),
        replace(proof, ledger="0" * 36),
        replace(proof, checkpoint=proof.checkpoint + " "),
        replace(proof, checkpoint="nothing"),
        *(
            replace(proof, entries=(replace(first, link=replace(link, **{name: value})),))
            for name, value in {
                "number": link.number + 1, "kind": "checks", "subject": 0, "first": 0, "last": 0, "sealed": 0,
                "previous": "0" * 64,
            }.items()
        ),
    ]  # fmt: skip
    for one in forged:
        with pytest.raises(FormatError):
            judge_inclusion(one)


def test_a_proof_is_held_against_the_ledger(ledger: Ledger) -> None:
    proof = proof_of(ledger)
    assert holds_entries(ledger, proof) == ""
    first, second = proof.entries
    away = replace(second, link=replace(second.link, number=99))
    other = replace(second, link=replace(second.link, sealed=0))
    for wrong, words in (
        (replace(proof, ledger="0" * 36), "another ledger"),
        (replace(proof, entries=(first, away)), "another entry at 99"),
        (replace(proof, entries=(first, other)), f"another entry at {second.link.number}"),
        (replace(proof, root=b"\0" * 32), "another root"),
        (replace(proof, size=proof.size + 1), "another root"),
        (replace(proof, size=99), "another root"),
    ):
        assert words in holds_entries(ledger, wrong)
    whole = checkpoint(ledger)
    longer = replace(proof, size=whole.number + 1, root=bytes.fromhex(whole.root))
    assert "another root" in holds_entries(ledger, longer), "a tree of more links than there are"
    forge(ledger, "seals", f"DELETE FROM seals WHERE number > {proof.size}")
    assert holds_entries(ledger, proof) == "", "what came after it does not matter"
    forge(ledger, "seals", f"DELETE FROM seals WHERE number = {proof.size}")
    assert "another root" in holds_entries(ledger, proof), "the entries are there, and the end of its tree is gone"


@pytest.mark.parametrize(
    "detail",
    [
        {"seal": "1", "stamped": "x", "tag_digest": "y"}, {"seal": 1}, {"seal": 1.5},
        {"seal": 1, "stamped": 5, "tag_digest": "y"}, {"seal": 1, "stamped": "x", "tag_digest": None},
    ],
)  # fmt: skip
def test_an_event_that_tells_of_no_seal_proves_nothing(ledger: Ledger, detail: dict[str, Any]) -> None:
    holding = hold(ledger)
    record_event(ledger, SEALED, holding.id, detail, now=NOW)
    proof = prove_seals(ledger, holding.id, None)
    assert proof is not None
    with pytest.raises(FormatError, match="does not tell of a seal"):
        judge_inclusion(proof)


@pytest.mark.parametrize("change", [{}, {"kind": "checks"}, {"subject": 0}, {"first": 0}, {"last": 0}])
def test_a_link_that_is_not_of_the_event_proves_nothing(ledger: Ledger, change: dict[str, Any]) -> None:
    """The tree over this one link is true; the link covers something else that reads like an event."""
    holding = hold(ledger)
    record_seals(ledger, holding, [seal(1)], now=NOW)
    proof = prove_seals(ledger, holding.id, None)
    assert proof is not None
    (entry,) = proof.entries
    link = replace(entry.link, number=1, **change)
    hashed = seal_hash(
        number=1, kind=link.kind, subject=link.subject, first=link.first, last=link.last, sealed=link.sealed,
        previous=link.previous, lines=[entry.line],
    )  # fmt: skip
    root = MerkleTree([leaf_of(hashed)], TREE_HASH).root
    made = replace(proof, size=1, root=root, entries=(replace(entry, link=link, path=()),))
    if not change:
        assert [one.seal for one in judge_inclusion(made)] == [1]
        return
    with pytest.raises(FormatError, match="does not tell of a seal"):
        judge_inclusion(made)


def test_an_event_of_another_kind_proves_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its detail says what that of a seal would say, and it is in the chain."""
    holding = hold(ledger)
    record_event(ledger, "remark", holding.id, {"seal": 1, "stamped": "x", "tag_digest": "y"}, now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr(checkpoints, "SEALED", "remark")
        proof = prove_seals(ledger, holding.id, None)
        assert proof is not None
        assert judge_inclusion(proof)
    with pytest.raises(FormatError, match="does not tell of a seal"):
        judge_inclusion(proof)


def test_an_event_whose_link_is_gone_is_not_proven(ledger: Ledger) -> None:
    holding = hold(ledger)
    record_seals(ledger, holding, [seal(1)], now=NOW)
    assert prove_seals(ledger, holding.id, None) is not None
    forge(ledger, "seals", "DELETE FROM seals WHERE kind = 'event'")
    with pytest.raises(LedgerError, match="gaps"):
        prove_seals(ledger, holding.id, None)


def test_only_the_form_that_is_written_is_read(ledger: Ledger) -> None:
    raw = write_inclusion(proof_of(ledger))
    document: dict[str, Any] = json.loads(raw)
    for change in (
        {"schema": "archive.inclusion/2"}, {"tree": None}, {"tree": {"size": -1, "root": "0" * 64}},
        {"tree": {"size": True, "root": "0" * 64}}, {"ledger": "../"}, {"entries": 5}, {"entries": [{}]},
        {"checkpoint": {"line": "x", "folder": "../x"}}, {"checkpoint": []}, {"more": 1},
    ):  # fmt: skip
        other = json.dumps({**document, **change}, sort_keys=True, indent=1).encode() + b"\n"
        with pytest.raises(FormatError):
            parse_inclusion(other)
    for text in (b"", b"[]", b"{", raw + b"\n", raw.replace(b"\n", b" "), b"[" * 100_000, b"x" * (5 << 20)):
        with pytest.raises(FormatError):
            parse_inclusion(text)
