"""The list of holdings: searched, filtered, sorted and paged by SQLite and by PostgreSQL alike."""

from __future__ import annotations

import pytest

from archive.errors import NotFoundError
from archive.ledger.book import BASE_AGE, Ledger
from archive.ledger.catalogue import (
    HoldingState,
    Order,
    Show,
    Wanted,
    count_listed,
    find_file,
    find_files,
    find_listed,
    list_files,
    list_page,
)
from archive.ledger.copies import deposits_of, list_copies
from archive.ledger.holdings import NewHolding, ensure_location, enter_holding, find_holdings_by_id, retire_holding
from archive.ledger.overview import attention_files
from archive.ledger.recording import record_event
from archive.ledger.seal_events import SEALED
from archive.model.audit import Container, FileOutcome, Holding
from tests.ledger.conftest import NOW

AGE = 90 * 86400
DIGESTS = (("sha512", "0" * 128),)


def enter(ledger: Ledger, name: str, place: str = "/srv", *, size: int = 10, external: str | None = None) -> Holding:
    location = ensure_location(ledger, place, place, f"1:2:{len(place)}", named=False)
    items = [("", 0, ()), ("data/a.txt", size, DIGESTS), ("data/b.txt", size, DIGESTS)]
    return enter_holding(
        ledger, location, NewHolding(name, name, Container.FOLDER, ascii(name).strip("'"), external), items, now=NOW
    )


def check(ledger: Ledger, holding: Holding, *, when: int = NOW, harm: FileOutcome = FileOutcome.INTACT) -> None:
    """Set what a check of the whole bag would leave, `harm` for its first file."""
    backend = ledger.backend

    def work() -> None:
        backend.run("UPDATE items SET checked = ?, due = ?, outcome = 1 WHERE holding = ?",
                    (when, when + BASE_AGE, holding.id))  # fmt: skip
        backend.run(
            "UPDATE items SET outcome = ? WHERE holding = ? AND path = ?", (int(harm), holding.id, b"data/a.txt")
        )

    backend.write(work)


def names(ledger: Ledger, wanted: Wanted, **page: int) -> list[str]:
    return [one.holding.name for one in list_page(ledger, wanted, now=NOW, max_age=AGE, **page)[0]]


@pytest.fixture
def held(ledger: Ledger) -> dict[str, Holding]:
    found = {name: enter(ledger, name, size=size) for name, size in (("whole", 5), ("harmed", 30), ("late", 20))}
    found["new"] = enter(ledger, "new", "/mnt/other_place", external="urn:uuid:ABC%1")
    found["gone"] = enter(ledger, "gone")
    found["unread"] = enter(ledger, "unread")
    check(ledger, found["whole"])
    check(ledger, found["harmed"], when=NOW - 1, harm=FileOutcome.DAMAGED)
    check(ledger, found["late"], when=NOW - AGE - 10)
    check(ledger, found["unread"], when=NOW - 2, harm=FileOutcome.UNREADABLE)
    retire_holding(ledger, found["gone"], "returned", now=NOW)
    record_event(ledger, SEALED, found["whole"].id, {"seal": 1, "stamped": "0" * 128}, now=NOW)
    return found


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (Show.ALL, ["harmed", "late", "new", "unread", "whole"]),
        (Show.INTACT, ["late", "whole"]),
        (Show.DAMAGED, ["harmed"]),
        (Show.NOT_CHECKED, ["new", "unread"]),
        (Show.OVERDUE, ["late", "new"]),
        (Show.RETIRED, ["gone"]),
    ],
)
def test_it_is_filtered_by_state(
    ledger: Ledger, held: dict[str, Holding], monkeypatch: pytest.MonkeyPatch, show: Show, expected: list[str]
) -> None:
    assert names(ledger, Wanted(show=show)) == expected
    assert sorted(names(ledger, Wanted(show=show, order=Order.CHECKED))) == expected
    monkeypatch.setattr("archive.ledger.catalogue._FEW", 0)  # many are overdue
    assert names(ledger, Wanted(show=show)) == expected


def test_each_holding_has_its_state(ledger: Ledger, held: dict[str, Holding]) -> None:
    def look(name: str) -> tuple[HoldingState, bool, bool, int | None]:
        one = find_listed(ledger, held[name].id, now=NOW, max_age=AGE)
        return one.state, one.overdue, one.sealed, one.checked

    assert look("whole") == (HoldingState.INTACT, False, True, NOW)
    assert look("harmed") == (HoldingState.DAMAGED, False, False, NOW - 1)
    assert look("late") == (HoldingState.INTACT, True, False, NOW - AGE - 10)
    assert look("new") == (HoldingState.NOT_CHECKED, True, False, None)
    assert look("unread") == (HoldingState.NOT_CHECKED, False, False, NOW - 2)
    assert look("gone") == (HoldingState.RETIRED, False, False, None)
    with pytest.raises(NotFoundError):
        find_listed(ledger, 999, now=NOW, max_age=AGE)
    assert count_listed(ledger) == 5


def test_one_unchecked_file_is_enough(ledger: Ledger, held: dict[str, Holding]) -> None:
    number = held["whole"].id
    ledger.backend.write(
        lambda: ledger.backend.run(
            "UPDATE items SET checked = 0, due = 0, outcome = 0 WHERE holding = ? AND path = ?", (number, b"data/b.txt")
        )
    )
    assert find_listed(ledger, number, now=NOW, max_age=AGE).state is HoldingState.NOT_CHECKED
    assert "whole" in names(ledger, Wanted(show=Show.NOT_CHECKED))
    assert "whole" not in names(ledger, Wanted(show=Show.INTACT))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.NAME, ["harmed", "late", "new", "unread", "whole"]),
        (Order.ADDED, ["whole", "harmed", "late", "new", "unread"]),
        (Order.SIZE, ["whole", "new", "unread", "late", "harmed"]),
        (Order.CHECKED, ["new", "late", "unread", "harmed", "whole"]),
    ],
)
def test_it_is_sorted_both_ways_and_paged(
    ledger: Ledger, held: dict[str, Holding], order: Order, expected: list[str]
) -> None:
    assert names(ledger, Wanted(order=order)) == expected
    assert names(ledger, Wanted(order=order, backwards=True)) == expected[::-1]
    paged = [names(ledger, Wanted(order=order), offset=at, limit=2) for at in (0, 2, 4, 6)]
    assert paged == [expected[:2], expected[2:4], expected[4:], []]
    assert list_page(ledger, Wanted(order=order), now=NOW, max_age=AGE, limit=2)[1]
    assert not list_page(ledger, Wanted(order=order), now=NOW, max_age=AGE, limit=5)[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HARM", ["harmed"]), ("abc%1", ["new"]), ("OTHER_place", ["new"]), ("otherXplace", []), ("%", ["new"]),
        ("_", ["new"]), ("!", []), ("\\", []), ("'; DROP TABLE holdings; --", []), ("\0", None), ("/mnt", ["new"]),
    ],
)  # fmt: skip
def test_it_is_searched(ledger: Ledger, held: dict[str, Holding], text: str, expected: list[str] | None) -> None:
    everything = ["harmed", "late", "new", "unread", "whole"]
    assert names(ledger, Wanted(text=text)) == (everything if expected is None else expected)


def test_arabic_and_other_names_are_found(ledger: Ledger) -> None:
    enter(ledger, "رسائل من المدرسة")
    enter(ledger, "cafe\u0301")
    enter(ledger, "back\\slash_100%!")
    enter(ledger, "caf\udce9")
    assert names(ledger, Wanted(text="المدرسة")) == ["رسائل من المدرسة"]
    assert names(ledger, Wanted(text="caf\u00e9")) == ["cafe\u0301"]
    assert names(ledger, Wanted(text="K\\SLASH_100%!")) == ["back\\slash_100%!"]
    assert names(ledger, Wanted(text="CAF")) == ["cafe\u0301", "caf\udce9"]


def test_it_is_filtered_by_place_and_seal(ledger: Ledger, held: dict[str, Holding]) -> None:
    place = next(row[0] for row in ledger.backend.query("SELECT id FROM locations WHERE name = '/mnt/other_place'"))
    assert names(ledger, Wanted(location=place)) == ["new"]
    assert names(ledger, Wanted(location=place, order=Order.CHECKED)) == ["new"]
    assert names(ledger, Wanted(sealed=True)) == ["whole"]
    assert names(ledger, Wanted(sealed=False)) == ["harmed", "late", "new", "unread"]
    assert names(ledger, Wanted(sealed=False, location=place, text="w", show=Show.OVERDUE, order=Order.SIZE)) == ["new"]


def test_files_are_listed_and_belong_to_their_bag(ledger: Ledger, held: dict[str, Holding]) -> None:
    number = held["harmed"].id
    files, more = list_files(ledger, number, limit=1)
    assert ([one.path for one in files], more, files[0].outcome) == (["data/a.txt"], True, FileOutcome.DAMAGED)
    assert [one.path for one in list_files(ledger, number, text="B.T")[0]] == ["data/b.txt"]
    assert list_files(ledger, number, offset=2)[0] == []
    assert find_file(ledger, number, files[0].number) == files[0]
    assert find_files(ledger, number, ["data/a.txt", "data/none"]) == {"data/a.txt": files[0]}
    for wrong in (held["whole"].id, 999):
        with pytest.raises(NotFoundError):
            find_file(ledger, wrong, files[0].number)
    with pytest.raises(NotFoundError):  # the item that stands for the bag
        find_file(ledger, number, files[0].number - 1)
    assert find_holdings_by_id(ledger, [number, 999, 1]) == [held["harmed"], held["whole"]]


def test_trouble_is_read_bag_by_bag(ledger: Ledger, held: dict[str, Holding]) -> None:
    found = list(attention_files(ledger, holdings=(held["harmed"].id,)))
    assert [(one.holding, one.path) for one in found] == [(held["harmed"].id, "data/a.txt")]
    assert list(attention_files(ledger, holdings=(held["whole"].id,))) == []


def test_deposits_are_read_bag_by_bag(ledger: Ledger, held: dict[str, Holding]) -> None:
    receipt = {"state": "accepted", "kind": "dir"}
    for holding, detail in (
        (held["whole"].id, {}), (held["late"].id, {}), (None, {"tag_digest": "whole"}), (None, {"tag_digest": "late"}),
    ):  # fmt: skip
        told = {"target": "dir:/x", "identifier": "i", "location": "/x/i", "receipt": receipt, **detail}
        record_event(ledger, "transfer", holding, told, now=NOW)
    assert [one.holding for one in deposits_of(ledger, "whole")] == [held["whole"].id, None]
    assert [one.holding for one in list_copies(ledger, "whole")] == [held["whole"].id]
