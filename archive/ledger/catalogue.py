"""The list of holdings as people look through it: searched, filtered and sorted by the database, a page at a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from archive.errors import NotFoundError
from archive.ledger.backend import Backend, batched
from archive.ledger.book import BASE_AGE, FUTURE_SLACK, Ledger
from archive.ledger.holdings import find_holdings_by_id
from archive.ledger.packed_digests import path_bytes, path_text
from archive.ledger.seal_events import SEALED
from archive.model.audit import FileOutcome, Holding
from archive.model.light import light_dataclass

_HARM = f"({FileOutcome.DAMAGED:d}, {FileOutcome.MISSING:d}, {FileOutcome.EXTRA:d})"
_UNSEEN = f"({FileOutcome.UNREADABLE:d}, {FileOutcome.NOT_CHECKED:d})"
_EVERYWHERE = "location IN (SELECT id FROM locations)"
"""Written like this, an index that begins with the location is used. The plus before `due` keeps its own index away."""

_FEW = 50_000
"""So many files are few enough to be listed before the holdings are."""


class HoldingState(Enum):
    """What the ledger knows of the files of a holding. The values are words for addresses and forms."""

    INTACT = "intact"
    DAMAGED = "damaged"
    NOT_CHECKED = "not-checked"
    """Some file was never checked, or could not be read when it was."""
    RETIRED = "retired"


class Show(Enum):
    """Which holdings are listed by their state. OVERDUE goes across the others: not checked as a whole in time."""

    ALL = "all"
    INTACT = "intact"
    DAMAGED = "damaged"
    NOT_CHECKED = "not-checked"
    OVERDUE = "overdue"
    RETIRED = "retired"


class Order(Enum):
    """By what the list is sorted."""

    NAME = "name"
    ADDED = "added"
    SIZE = "size"
    CHECKED = "checked"


@light_dataclass(frozen=True)
class Wanted:
    """What is asked for. `text` is part of a name, a path or an identifier, in any Unicode normal form; capital and
    small letters of ASCII are the same. `location` is the number of a location; `sealed` None asks for either.
    """

    text: str = ""
    show: Show = Show.ALL
    location: int | None = None
    sealed: bool | None = None
    order: Order = Order.NAME
    backwards: bool = False


@light_dataclass(frozen=True)
class ListedHolding:
    """A holding with what the ledger knows of it. `checked` is when it was last checked as a whole, None for never.

    Seconds since the epoch, UTC.
    """

    holding: Holding
    state: HoldingState
    overdue: bool
    sealed: bool
    checked: int | None


def list_page(
    ledger: Ledger, wanted: Wanted, *, now: int, max_age: int, offset: int = 0, limit: int = 50
) -> tuple[list[ListedHolding], bool]:
    """The holdings from `offset` on, at most `limit`, and whether there are more.

    A holding is overdue when it was last checked as a whole more than `max_age` seconds before `now`.
    """
    conditions, parameters = _conditions(ledger.backend, wanted, now, max_age)
    where = " AND ".join(conditions)
    if wanted.order is Order.CHECKED and wanted.show is not Show.RETIRED:
        numbers = _by_last_check(ledger.backend, where, parameters, wanted, offset + limit + 1)[offset:]
    else:
        column = {Order.ADDED: "h.added_at", Order.SIZE: "h.bytes"}.get(wanted.order, "h.name")
        way = " DESC" if wanted.backwards else ""
        rows = ledger.backend.query(
            f"SELECT h.id FROM holdings h WHERE {where} ORDER BY {column}{way}, h.id{way} LIMIT ? OFFSET ?",
            (*parameters, limit + 1, offset),
        )
        numbers = [int(row[0]) for row in rows]
    shown = find_holdings_by_id(ledger, numbers[:limit])
    return look_at(ledger, shown, now=now, max_age=max_age), len(numbers) > limit


def _by_last_check(backend: Backend, where: str, parameters: Sequence[Any], wanted: Wanted, limit: int) -> list[int]:
    """The first numbers of holdings by the due date of the item that stands for the bag as a whole.

    The index by due date is walked, location by location, until there are enough: no file's row is read.
    """
    way = " DESC" if wanted.backwards else ""
    found: list[tuple[int, int]] = []
    for (location,) in backend.query("SELECT id FROM locations"):
        if wanted.location in (None, location):
            found += backend.query(
                "SELECT i.due, i.id FROM items i WHERE i.location = ? AND i.due IS NOT NULL AND i.id IN"
                f" (SELECT h.whole FROM holdings h WHERE h.location = ? AND {where})"
                f" ORDER BY i.due{way}, i.id{way} LIMIT ?",
                (location, location, *parameters, limit),
            )
    wholes = [whole for _due, whole in sorted(found, reverse=wanted.backwards)[:limit]]
    numbers: dict[int, int] = {}
    for part in batched(wholes):
        marks = ", ".join("?" * len(part))
        numbers.update(
            (int(whole), int(number))
            for whole, number in backend.query(f"SELECT whole, id FROM holdings WHERE whole IN ({marks})", part)
        )
    return [numbers[int(whole)] for whole in wholes]


def look_at(ledger: Ledger, holdings: Sequence[Holding], *, now: int, max_age: int) -> list[ListedHolding]:
    """What the ledger knows of each of these holdings, at most `PARAMETERS` of them."""
    numbers = [one.id for one in holdings]
    if not numbers:
        return []
    marks = ", ".join("?" * len(numbers))
    backend = ledger.backend
    harmed = _numbers(backend, f"{_troubled(_HARM)} AND +holding IN ({marks})", numbers)
    unseen = _numbers(backend, f"{_troubled(_UNSEEN)} AND +holding IN ({marks})", numbers) | _unchecked(
        backend, numbers
    )
    sealed = _numbers(
        backend, f"SELECT holding FROM events WHERE holding IN ({marks}) AND kind = ?", (*numbers, SEALED)
    )
    late, parameters = _is_late("w.due", now, max_age)
    wholes = {
        int(row[0]): (int(row[1]), bool(row[2]))
        for row in backend.query(
            f"SELECT h.id, w.checked, CASE WHEN {late} THEN 1 ELSE 0 END FROM holdings h"
            f" JOIN items w ON w.id = h.whole WHERE h.id IN ({marks})",
            (*parameters, *numbers),
        )
    }
    found = []
    for one in holdings:
        checked, overdue = wholes.get(one.id, (0, False))
        if one.retired_at is not None:
            state, overdue = HoldingState.RETIRED, False
        elif one.id in harmed:
            state = HoldingState.DAMAGED
        elif one.id in unseen:
            state = HoldingState.NOT_CHECKED
        else:
            state = HoldingState.INTACT
        found.append(ListedHolding(one, state, overdue, one.id in sealed, checked or None))
    return found


def find_listed(ledger: Ledger, number: int, *, now: int, max_age: int) -> ListedHolding:
    """One holding by its number, with what the ledger knows of it. Raises `NotFoundError`."""
    found = look_at(ledger, find_holdings_by_id(ledger, [number]), now=now, max_age=max_age)
    if not found:
        raise NotFoundError("there is no such bag", subject=str(number))
    return found[0]


def count_listed(ledger: Ledger) -> int:
    """How many holdings were not retired."""
    return int(ledger.backend.query("SELECT count(*) FROM holdings WHERE retired_at IS NULL")[0][0])


@light_dataclass(frozen=True)
class ListedFile:
    """A file of a holding: its number in the ledger, bag path, size in bytes, and what its last check found.

    `checked` is in seconds since the epoch, None for never.
    """

    number: int
    path: str
    size: int
    outcome: FileOutcome
    checked: int | None


_FILE = "SELECT i.id, i.path, i.size, i.outcome, i.checked FROM items i"


def list_files(
    ledger: Ledger, holding: int, *, text: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[ListedFile], bool]:
    """The files of a holding in the order in which they were entered, and whether there are more. `text` is part of
    a path.
    """
    where, parameters = "i.holding = ? AND i.path <> ?", [holding, b""]
    if text:
        condition, more = _has_text(ledger.backend, ("i.path",), text)
        where, parameters = f"{where} AND {condition}", [*parameters, *more]
    rows = ledger.backend.query(
        f"{_FILE} WHERE {where} ORDER BY i.id LIMIT ? OFFSET ?", (*parameters, limit + 1, offset)
    )
    return [_file(row) for row in rows[:limit]], len(rows) > limit


def find_file(ledger: Ledger, holding: int, number: int) -> ListedFile:
    """One file of a holding by its number. Raises `NotFoundError`, also for a file of another holding."""
    rows = ledger.backend.query(f"{_FILE} WHERE i.id = ? AND i.holding = ? AND i.path <> ?", (number, holding, b""))
    if not rows:
        raise NotFoundError("there is no such file in this bag", subject=str(number))
    return _file(rows[0])


def find_files(ledger: Ledger, holding: int, paths: Iterable[str]) -> dict[str, ListedFile]:
    """Those of these files that the holding has, by bag path; at most `PARAMETERS` - 1 paths."""
    wanted = [path_bytes(path) for path in paths]
    if not wanted:
        return {}
    marks = ", ".join("?" * len(wanted))
    rows = ledger.backend.query(f"{_FILE} WHERE i.holding = ? AND i.path IN ({marks})", (holding, *wanted))
    return {one.path: one for one in map(_file, rows)}


def formats_of(ledger: Ledger, holding: int) -> list[tuple[str, str, int, int]]:
    """The formats of a holding's files, as (PRONOM key, name, files, bytes), the most frequent first."""
    return [
        (puid, name, int(files), int(size))
        for puid, name, files, size in ledger.backend.query(
            "SELECT puid, name, files, bytes FROM formats WHERE holding = ? ORDER BY files DESC, puid, name", (holding,)
        )
    ]


def _file(row: Sequence[Any]) -> ListedFile:
    number, path, size, outcome, checked = row
    return ListedFile(int(number), path_text(path), int(size), FileOutcome(outcome), int(checked) or None)


def _conditions(backend: Backend, wanted: Wanted, now: int, max_age: int) -> tuple[list[str], list[Any]]:
    conditions = [f"h.retired_at IS {'NOT NULL' if wanted.show is Show.RETIRED else 'NULL'}"]
    parameters: list[Any] = []
    never = f"SELECT holding FROM items WHERE {_EVERYWHERE} AND due IS NOT NULL AND due = 0 AND checked = 0"
    if wanted.show is Show.DAMAGED:
        conditions.append(f"h.id IN ({_troubled(_HARM)})")
    elif wanted.show is Show.NOT_CHECKED:
        conditions.append(f"h.id IN ({_troubled(_UNSEEN)} UNION ALL {never}) AND h.id NOT IN ({_troubled(_HARM)})")
    elif wanted.show is Show.INTACT:
        conditions.append(f"h.id NOT IN (SELECT holding FROM items WHERE {_EVERYWHERE} AND outcome > 1"
                          f" AND +due IS NOT NULL UNION ALL {never})")  # fmt: skip
    elif wanted.show is Show.OVERDUE:
        late, cuts = _overdue(backend, now, max_age)
        conditions.append(late)
        parameters += cuts
    if wanted.location is not None:
        conditions.append("h.location = ?")
        parameters.append(wanted.location)
    if wanted.sealed is not None:
        conditions.append(f"h.id {'' if wanted.sealed else 'NOT '}IN (SELECT holding FROM events WHERE kind = ?"
                          " AND holding IS NOT NULL)")  # fmt: skip
        parameters.append(SEALED)
    if wanted.text:
        own, more = _has_text(backend, ("h.place", "h.name"), wanted.text)
        identified, further = _has_text(backend, ("h.external_id",), wanted.text, binary=False)
        rooted, last = _has_text(backend, ("root",), wanted.text, binary=False)
        conditions.append(f"({own} OR {identified} OR h.location IN (SELECT id FROM locations WHERE {rooted}))")
        parameters += [*more, *further, *last]
    return conditions, parameters


def _troubled(outcomes: str) -> str:
    return (
        f"SELECT holding FROM items WHERE {_EVERYWHERE} AND outcome > 1 AND outcome IN {outcomes} AND +due IS NOT NULL"
    )


def _numbers(backend: Backend, statement: str, parameters: Sequence[Any]) -> set[int]:
    return {int(row[0]) for row in backend.query(statement, parameters)}


def _unchecked(backend: Backend, numbers: Sequence[int]) -> set[int]:
    """Which of these holdings have a file that was never checked: of each, a stretch of the index by due date."""
    marks = ", ".join("?" * len(numbers))
    return _numbers(
        backend,
        f"SELECT h.id FROM holdings h WHERE h.id IN ({marks}) AND EXISTS (SELECT 1 FROM items i"
        " WHERE i.location = h.location AND i.due IS NOT NULL AND i.due = 0 AND +i.holding = h.id AND i.checked = 0"
        " AND i.id BETWEEN (SELECT min(id) FROM items WHERE holding = h.id)"
        " AND (SELECT max(id) FROM items WHERE holding = h.id))",
        numbers,
    )


def _is_late(column: str, now: int, max_age: int) -> tuple[str, list[int]]:
    """The condition for a due date, on the ledger's base age, that has passed or lies too far in the future."""
    return f"({column} <= ? OR {column} > ?)", [now + BASE_AGE - max_age, now + BASE_AGE + FUTURE_SLACK]


def _overdue(backend: Backend, now: int, max_age: int) -> tuple[str, list[int]]:
    """The condition for a holding that is overdue: by the index of due files where they are few, else bag by bag."""
    late, cuts = _is_late("w.due", now, max_age)
    dated = f"SELECT id FROM items WHERE {_EVERYWHERE} AND due IS NOT NULL AND due"
    few = f"{dated} <= ? UNION ALL {dated} > ?"
    if len(backend.query(f"SELECT 1 FROM ({few}) AS late LIMIT ?", (*cuts, _FEW + 1))) > _FEW:
        return f"EXISTS (SELECT 1 FROM items w WHERE w.id = h.whole AND {late})", cuts
    return f"h.whole IN ({few})", cuts


def _has_text(backend: Backend, columns: Sequence[str], text: str, *, binary: bool = True) -> tuple[str, list[str]]:
    """The condition for columns of bytes (or with `binary` False of text) that hold `text`."""
    if backend.kind == "postgresql":
        shown = "lower(encode({}, 'escape'))" if binary else "lower({})"
    else:
        shown = "CAST({} AS TEXT)" if binary else "{}"
    forms = dict.fromkeys(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    parts, parameters = [], []
    for column in columns:
        for form in forms:
            parts.append(f"{shown.format(column)} LIKE ? ESCAPE '!'")
            parameters.append(_pattern(form, backend.kind, binary=binary))
    return f"({' OR '.join(parts)})", parameters


def _pattern(text: str, kind: str, *, binary: bool) -> str:
    """`text` for LIKE: as SQLite compares it, or as PostgreSQL writes bytes ("escape" format), in small letters."""
    sought = text.replace("\0", "")
    if kind == "postgresql":
        if binary:
            raw = sought.encode("utf-8", "surrogateescape")
            sought = "".join("\\\\" if byte == 0x5C else chr(byte) if byte < 0x80 else f"\\{byte:03o}" for byte in raw)
        else:
            sought = sought.encode("utf-8", "replace").decode()
        sought = sought.lower()
    else:
        sought = sought.encode("utf-8", "replace").decode()
    return "%" + sought.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
