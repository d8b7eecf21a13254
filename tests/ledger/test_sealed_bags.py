"""What the ledger knows of evidence seals: recorded whole, expected from then on, found by path first."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from archive.errors import LedgerError, LedgerVersionError
from archive.ledger import schema
from archive.ledger.appending import append_event
from archive.ledger.book import Ledger, create_ledger, open_ledger
from archive.ledger.holdings import (
    NewHolding,
    ensure_location,
    enter_holding,
    find_holding_by_id,
    list_items,
    move_holding,
    retire_holding,
)
from archive.ledger.overview import known_paths
from archive.ledger.seal_events import SEALED, VALIDATED, ItemRow, SealState, newest_seals, read_seals, seals_among
from archive.ledger.sealed_bags import (
    Disagreement,
    as_of_then,
    compare_seals,
    expect_seals,
    holding_at,
    record_seals,
)
from archive.ledger.verifying import make_witness, verify_chain
from archive.model.audit import Container, Holding
from tests.ledger.test_ledgers import forge

NOW = 1_800_000_000
TAGS = "e" * 64


def item(path: str, content: str = "") -> ItemRow:
    raw = (content or path).encode()
    return path, len(raw), (("sha256", hashlib.sha256(raw).hexdigest()), ("sha512", hashlib.sha512(raw).hexdigest()))


def digest(path: str, content: str = "") -> str:
    return dict(item(path, content)[2])["sha512"]


def seal(number: int = 1, *names: str, complete: bool | None = True) -> SealState:
    folder = f"seal/{number:04}"
    files = tuple(item(f"{folder}/{name}") for name in ("README.txt", "statement.json", "stamped.sha512", *names))
    return SealState(number, digest(f"{folder}/stamped.sha512"), complete, files)


def hold(ledger: Ledger, name: str = "one", *more: ItemRow, tags: str = TAGS, identity: str = "") -> Holding:
    location = ensure_location(ledger, "vault", "/vault", "1:2:3", named=True)
    new = NewHolding(name, name, Container.FOLDER, tags, None, (), identity)
    return enter_holding(ledger, location, new, [("", 0, item("")[2]), item("data/a"), *more], now=NOW)


def found_in(*seals: SealState) -> dict[int, dict[str, str]]:
    return {one.number: {path: dict(pairs)["sha512"] for path, _size, pairs in one.files} for one in seals}


def details(ledger: Ledger, holding: Holding) -> list[dict[str, object]]:
    rows = ledger.backend.query(
        "SELECT detail FROM events WHERE holding = ? AND kind = ? ORDER BY seq", (holding.id, SEALED)
    )
    return [json.loads(bytes(raw)) for (raw,) in rows]


def test_a_seal_made_after_the_bag_was_entered_is_expected_and_its_files_are_held(ledger: Ledger) -> None:
    holding = hold(ledger)
    made = seal(1, "1.tsr", "2.tsr")
    assert record_seals(ledger, holding, [made], now=NOW + 5) == [1]
    paths = [path for path, _size, _pairs in made.files]
    assert known_paths(ledger, holding.id, paths) == set(paths)
    after = find_holding_by_id(ledger, holding.id)
    assert (after.files, after.bytes) == (1 + 5, holding.bytes + sum(size for _path, size, _pairs in made.files))
    assert [one.path for one in list_items(ledger, holding)][-5:] == paths
    (known,) = read_seals(ledger.backend, holding.id)
    assert (known.number, known.stamped, known.complete) == (1, made.stamped, True)
    assert known.files == found_in(made)[1]
    (detail,) = details(ledger, holding)
    assert (detail["seal"], detail["stamped"], detail["complete"]) == (1, made.stamped, True)
    assert verify_chain(ledger).findings == ()


def test_recording_a_second_time_writes_nothing(ledger: Ledger) -> None:
    holding = hold(ledger)
    assert record_seals(ledger, holding, [seal(1, "1.tsr")], now=NOW) == [1]
    before = make_witness(ledger, "x").number
    assert record_seals(ledger, holding, [seal(1, "1.tsr")], now=NOW) == []
    assert record_seals(ledger, holding, [seal(1, "1.tsr", complete=False)], now=NOW) == [], "once complete, complete"
    assert make_witness(ledger, "x").number == before


def test_completing_and_renewing_write_further_events(ledger: Ledger) -> None:
    holding = hold(ledger)
    record_seals(ledger, holding, [seal(1, "1.tsr", complete=False)], now=NOW)
    assert [one.complete for one in read_seals(ledger.backend, holding.id)] == [False]
    assert record_seals(ledger, holding, [seal(1, "1.tsr", "2.tsr", "crls/1.crl")], now=NOW + 1) == [1]
    assert record_seals(ledger, holding, [seal(1, "1.tsr"), seal(2, "1.tsr")], now=NOW + 2) == [2]
    known = read_seals(ledger.backend, holding.id)
    assert [(one.number, one.complete, len(one.files)) for one in known] == [(1, True, 6), (2, True, 4)]
    assert [(one["seal"], one["complete"]) for one in details(ledger, holding)] == [(1, False), (1, True), (2, True)]
    assert verify_chain(ledger).findings == ()


def test_seals_that_were_in_the_bag_before_are_expected_alike(ledger: Ledger) -> None:
    made = seal(1, "1.tsr"), seal(2, "1.tsr")
    held = hold(ledger, "one", *made[0].files, *made[1].files)
    later = hold(ledger, "two")
    record_seals(ledger, later, made, now=NOW)
    before, after = (read_seals(ledger.backend, one.id) for one in (held, later))
    assert [(one.number, one.stamped, one.files) for one in before] == [
        (one.number, one.stamped, one.files) for one in after
    ]
    assert [one.get("complete") for one in details(ledger, held)] == [None, None], "no one judged their stamps"
    assert record_seals(ledger, held, [replace(one, complete=True) for one in made], now=NOW) == [1, 2]
    assert record_seals(ledger, held, [seal(1, "1.tsr", "2.tsr")], now=NOW) == [1]
    assert verify_chain(ledger).findings == ()


@pytest.mark.parametrize("what", ["stamped", "file"])
def test_nothing_is_recorded_that_contradicts_what_was(ledger: Ledger, what: str) -> None:
    holding = hold(ledger)
    record_seals(ledger, holding, [seal(1)], now=NOW)
    other = seal(1, "1.tsr")
    if what == "stamped":
        other = replace(other, stamped="0" * 128)
    else:
        other = replace(other, files=(item("seal/0001/README.txt", "changed"), *other.files[1:]))
    head = make_witness(ledger, "x")
    with pytest.raises(LedgerError, match="another file under this name"):
        record_seals(ledger, holding, [seal(2), other], now=NOW)
    assert make_witness(ledger, "x") == head
    assert [one.number for one in read_seals(ledger.backend, holding.id)] == [1]


def test_a_stop_between_the_steps_leaves_nothing_half_recorded(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    holding = hold(ledger)
    for step in range(1, 30):
        head = make_witness(ledger, "x")
        with monkeypatch.context() as patch:
            left = [step]

            def count(statement: str, parameters: object = (), *, real=ledger.backend.run, left=left) -> int:  # type: ignore[no-untyped-def]
                left[0] -= 1
                if not left[0]:
                    raise KeyboardInterrupt
                return int(real(statement, parameters))

            patch.setattr(ledger.backend, "run", count)
            try:
                record_seals(ledger, holding, [seal(1, "1.tsr"), seal(2)], now=NOW)
            except KeyboardInterrupt:
                pass
            else:
                break
        assert make_witness(ledger, "x") == head
        assert read_seals(ledger.backend, holding.id) == []
        assert len(list_items(ledger, holding)) == 2
        assert find_holding_by_id(ledger, holding.id).files == 1
    assert step > 4
    assert [one.number for one in read_seals(ledger.backend, holding.id)] == [1, 2]
    assert verify_chain(ledger).findings == ()


def test_a_seal_that_was_complete_stays_so_in_every_later_event(ledger: Ledger) -> None:
    holding = hold(ledger, "one", item("seal/note.txt"))
    record_seals(ledger, holding, [seal(1, "1.tsr", complete=None)], now=NOW)
    assert "complete" not in details(ledger, holding)[-1]
    record_seals(ledger, holding, [seal(1, "1.tsr", "2.tsr")], now=NOW)
    for complete in (None, False):
        name = "crls/1.crl" if complete is None else "crls/2.crl"
        assert record_seals(ledger, holding, [seal(1, name, complete=complete)], now=NOW) == [1]
        assert details(ledger, holding)[-1]["complete"] is True
    assert [(one.number, one.complete) for one in read_seals(ledger.backend, holding.id)] == [(1, True)]


def test_the_newest_seal_of_a_holding_is_that_of_the_highest_number(ledger: Ledger) -> None:
    holding, other = hold(ledger), hold(ledger, "two")
    record_seals(ledger, holding, [seal(1, complete=False), seal(2, complete=False)], now=NOW)
    record_seals(ledger, holding, [seal(1, "1.tsr")], now=NOW)
    assert {number: one["seal"] for number, one in newest_seals(ledger.backend).items()} == {holding.id: 2}
    record_seals(ledger, holding, [seal(2, "1.tsr")], now=NOW)
    record_seals(ledger, other, [seal(1)], now=NOW)
    found = newest_seals(ledger.backend)
    assert {number: (one["seal"], one["complete"]) for number, one in found.items()} == {
        holding.id: (2, True), other.id: (1, True),
    }  # fmt: skip


def test_the_chain_shows_every_change_to_files_that_were_entered_later(ledger: Ledger) -> None:
    holding = hold(ledger)
    other = hold(ledger, "two")
    record_seals(ledger, holding, [seal(1, "1.tsr", complete=False)], now=NOW)
    record_seals(ledger, other, [seal(1)], now=NOW)
    record_seals(ledger, holding, [seal(1, "1.tsr", "2.tsr")], now=NOW)
    rows = ledger.backend.query("SELECT id, path, digests FROM items ORDER BY id")
    for number, path, digests in rows:
        for column, changed, right in (("path", b"data/x", path), ("digests", digests[:-1] + b"?", digests)):
            statement = f"UPDATE items SET {column} = ? WHERE id = ?"
            ledger.backend.run(statement, (changed, number))
            assert "AUD-120" in {one.code for one in verify_chain(ledger).findings}, number
            ledger.backend.run(statement, (right, number))
            assert verify_chain(ledger).findings == (), number
    forge(ledger, None, f"DELETE FROM items WHERE id = {rows[-1][0]}")
    assert "AUD-120" in {one.code for one in verify_chain(ledger).findings}
    assert [len(one.files) for one in read_seals(ledger.backend, holding.id)] == [4]


def test_the_path_comes_first_and_then_the_tag_manifests(ledger: Ledger) -> None:
    hold(ledger, "first", identity="1:1:0000")
    holding = hold(ledger, "one", identity="1:2:aaaa")
    record_seals(ledger, holding, [seal(1), seal(2)], now=NOW)
    hold(ledger, "unsealed", identity="1:4:dddd")
    copy = hold(ledger, "copy", identity="1:3:bbbb")
    record_seals(ledger, copy, [seal(1)], now=NOW)
    for address, identity, tags, expected, by_path in (
        ("/vault/one", "", TAGS, 2, True),
        ("/vault/one", "", "f" * 64, 2, True),
        ("/vault/copy", "", TAGS, 1, True),
        ("/link/one", "1:2:aaaa", TAGS, 2, True),
        ("/link/copy", "9:9:bbbb", TAGS, 1, True),
        ("/elsewhere", "1:3:cccc", TAGS, 2, False),
    ):
        found = expect_seals(ledger, address, tags, identity)
        assert found is not None, address
        assert (len(found.seals), found.by_path) == (expected, by_path), address
        assert found.ledger == ledger.id
    assert expect_seals(ledger, "/elsewhere", "f" * 64, "1:2:cccc") is None
    assert holding_at(ledger, "/elsewhere", "1:2:cccc") is None, "an inode may belong to another bag by now"
    assert holding_at(ledger, "/elsewhere") is None
    location = ensure_location(ledger, "attic", "/attic", "4:5:6", named=True)
    move_holding(ledger, holding, location, "one", Container.FOLDER, now=NOW)
    moved = expect_seals(ledger, "/attic/one", TAGS)
    assert moved is not None
    assert (moved.holding.id, len(moved.seals)) == (holding.id, 2)
    retire_holding(ledger, moved.holding, "returned", now=NOW)
    left = expect_seals(ledger, "/attic/one", TAGS)
    assert left is not None
    assert left.holding.id == copy.id
    with pytest.raises(LedgerError, match="retired"):
        record_seals(ledger, moved.holding, [seal(3)], now=NOW)


def test_a_bag_in_a_bucket_is_known_by_its_endpoint_too(ledger: Ledger) -> None:
    held = hold(ledger, "one", identity="s3 http://one:9000 bucket key")
    hold(ledger, "of a ledger of before identities")
    for identity, found in (
        ("s3 http://one:9000 bucket key", held.id),
        ("s3 http://two:9000 bucket key", None),
        ("1:2:9000 bucket key", None),
        ("", None),
    ):
        there = holding_at(ledger, "s3://bucket/key", identity)
        assert (None if there is None else there.id) == found, identity


def test_every_disagreement_is_told(ledger: Ledger) -> None:
    holding = hold(ledger)
    known = seal(1, "1.tsr", "2.tsr"), seal(2, "1.tsr")
    record_seals(ledger, holding, known, now=NOW)
    expected = expect_seals(ledger, "/vault/one", TAGS)
    assert expected is not None

    def told(tags: str = TAGS, **changes: str | None) -> list[tuple[Disagreement, int, str]]:
        there = found_in(*known)
        for name, content in changes.items():
            path = name.replace("__", "/").replace("_", ".")
            if content is None:
                del there[int(path[5:9])][path]
            else:
                there[int(path[5:9])][path] = content
        return [(one.kind, one.seal, one.path) for one in compare_seals(expected, tags, there)]

    assert told() == []
    assert told(tags="f" * 64) == [(Disagreement.OTHER_BAG, 0, "")]
    assert told(seal__0001__2_tsr=None) == [(Disagreement.STAMP_GONE, 1, "seal/0001/2.tsr")]
    assert told(seal__0002__README_txt=None) == [(Disagreement.FILE_GONE, 2, "seal/0002/README.txt")]
    assert told(seal__0002__stamped_sha512=None) == [(Disagreement.FILE_GONE, 2, "seal/0002/stamped.sha512")]
    assert told(seal__0001__1_tsr="0" * 128) == [(Disagreement.FILE_CHANGED, 1, "seal/0001/1.tsr")]
    assert told(seal__0001__stamped_sha512="0" * 128) == [(Disagreement.OTHER_SEAL, 1, "seal/0001/stamped.sha512")]
    assert told(seal__0001__1_tsr="") == [], "it could not be read"
    weak = replace(expected.seals[0], files=dict.fromkeys(expected.seals[0].files, ""))
    unknown = replace(expected, seals=(weak,))
    assert compare_seals(unknown, TAGS, found_in(known[0])) == [], "the ledger has other digests of them"
    assert told(seal__0001__9_tsr="0" * 128) == [], "more than the ledger knows"
    assert [one.kind for one in compare_seals(expected, TAGS, {})] == [Disagreement.SEAL_GONE] * 2
    assert [one.seal for one in compare_seals(expected, TAGS, found_in(known[0]))] == [2]


def test_of_an_older_version_the_seals_are_expected_that_it_had_then(ledger: Ledger) -> None:
    holding = hold(ledger)
    known = seal(1, "1.tsr"), seal(2, "1.tsr", "2.tsr"), seal(3)
    record_seals(ledger, holding, known, now=NOW)
    expected = expect_seals(ledger, "/vault/one", TAGS)
    assert expected is not None

    def told(newest: int, *seals: SealState) -> list[tuple[Disagreement, int, str]]:
        then = as_of_then(expected, newest)
        return [(one.kind, one.seal, one.path) for one in compare_seals(then, TAGS, found_in(*seals))]

    for newest in range(5):
        assert [one.number for one in as_of_then(expected, newest).seals] == [1, 2, 3][:newest]
        assert told(newest, *known[:newest]) == []
    assert [one.complete for one in as_of_then(expected, 2).seals] == [True, False]
    assert [one.complete for one in as_of_then(expected, 4).seals] == [True] * 3, "a later seal covers all of them"
    assert told(2, known[0], seal(2)) == [], "its stamps may have come later"
    assert told(2, seal(1), known[1]) == [(Disagreement.STAMP_GONE, 1, "seal/0001/1.tsr")], "the second seal covers it"
    other = replace(seal(2), files=(item("seal/0002/stamped.sha512", "other"),))
    assert told(2, known[0], other) == [(Disagreement.OTHER_SEAL, 2, "seal/0002/stamped.sha512")]
    assert told(2, known[1]) == [(Disagreement.SEAL_GONE, 1, "")]


def test_what_was_verified_gets_an_event_of_its_own_once(ledger: Ledger) -> None:
    holding = hold(ledger)
    for _ in range(2):
        record_seals(ledger, holding, [seal(1), seal(2, complete=False)], now=NOW, validated=[1])
    record_seals(ledger, holding, [seal(2, "1.tsr")], now=NOW, validated=[2])
    rows = ledger.backend.query("SELECT outcome, detail FROM events WHERE kind = ? ORDER BY seq", (VALIDATED,))
    assert [(outcome, json.loads(bytes(raw))) for outcome, raw in rows] == [
        ("success", {"seals": [1]}), ("success", {"seals": [2]}),
    ]  # fmt: skip


def test_a_seal_is_what_has_a_stamped_list() -> None:
    odd = [item("seal/0001/README.txt"), item("seal/2/stamped.sha512"), item("sealed/0003/stamped.sha512")]
    assert seals_among([*odd, *seal(4).files]) == [replace(seal(4), complete=None)]
    weak = ("seal/0005/stamped.sha512", 1, (("md5", "0" * 32),))
    assert seals_among([weak]) == []


def test_a_ledger_of_before_seals_is_brought_up_to_date(address: str) -> None:
    old = create_ledger(address, now=NOW, patience=1)
    old.backend.run("DROP INDEX items_seals")
    old.backend.run("UPDATE meta SET value = '5' WHERE name = 'version'")
    holding = hold(old, "one", *seal(1).files)
    old.close()
    opened = open_ledger(address, patience=1)
    assert schema.version_of(opened.backend) == schema.NEWEST
    assert [one.number for one in read_seals(opened.backend, holding.id)] == [1]
    record_seals(opened, holding, [seal(2)], now=NOW)
    assert [one.number for one in read_seals(opened.backend, holding.id)] == [1, 2]
    assert verify_chain(opened).findings == ()
    opened.backend.run(f"UPDATE meta SET value = '{schema.NEWEST + 1}' WHERE name = 'version'")
    opened.close()
    with pytest.raises(LedgerVersionError):
        open_ledger(address, patience=1)


def test_the_index_of_seal_files_is_used(ledger: Ledger) -> None:
    holding = hold(ledger)
    record_seals(ledger, holding, [seal(1)], now=NOW)
    if ledger.backend.kind == "sqlite":
        from archive.ledger.inventory import SEAL_FILES

        plan = ledger.backend.query(
            f"EXPLAIN QUERY PLAN SELECT path, digests FROM items WHERE holding = ? AND {SEAL_FILES['sqlite']}"
            " ORDER BY id",
            (holding.id,),
        )
        assert "items_seals" in str(plan)


@pytest.mark.parametrize("detail", [{"seal": "one", "stamped": "0"}, {"seal": 1, "stamped": 7}, {"seal": 1}, {}])
def test_a_damaged_event_is_not_passed_over(ledger: Ledger, detail: dict[str, object]) -> None:
    holding = hold(ledger)
    backend = ledger.backend
    backend.write(lambda: append_event(backend, SEALED, holding.id, NOW, "success", detail))
    with pytest.raises(LedgerError, match="damaged"):
        read_seals(backend, holding.id)
