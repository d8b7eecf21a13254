"""Holdings and locations in the ledger: enter, find, move, retire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from archive.errors import ExistsError, NotFoundError, UsageError
from archive.ledger.book import Ledger
from archive.ledger.packing import decode_path, encode_path, pack_digests
from archive.ledger.sealing import append_event
from archive.model.audit import DigestPairs, Form, Holding, Location, join_address

_HOLDING = (
    "SELECT h.id, l.name, l.root, h.place, h.name, h.form, h.tag_digest, h.files, h.bytes, h.added_at, h.retired_at,"
    " h.external_id FROM holdings h JOIN locations l ON l.id = h.location"
)


@dataclass(frozen=True, slots=True)
class NewHolding:
    """A bag about to be entered. `formats` are (puid, name, files, bytes)."""

    place: str
    name: str
    form: Form
    tag_digest: str
    external_id: str | None
    formats: tuple[tuple[str, str, int, int], ...] = ()


def list_locations(ledger: Ledger) -> list[Location]:
    rows = ledger.backend.query(
        "SELECT id, name, root, named, identity, unreachable_since, reason FROM locations ORDER BY id"
    )
    return [
        Location(i, name, root, bool(named), identity, since, why)
        for i, name, root, named, identity, since, why in rows
    ]


def ensure_location(ledger: Ledger, name: str, root: str, identity: str, *, named: bool) -> Location:
    """The location `name`, made when it is new. Raises `UsageError` when it is known with another root."""

    def work() -> None:
        ledger.backend.run(
            "INSERT INTO locations (name, root, named, identity) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
            (name, root, int(named), identity),
        )

    found = [place for place in list_locations(ledger) if place.name == name]
    if not found:
        ledger.backend.write(work)
        found = [place for place in list_locations(ledger) if place.name == name]
    if found[0].root != root:
        raise UsageError(
            f"the location {name} is known to the ledger with the root {found[0].root}", subject=root,
            remedy="Move its holdings: archive holdings move",
        )  # fmt: skip
    return found[0]


def mark_location(
    ledger: Ledger, location: int, *, since: int | None, reason: str | None, identity: str | None
) -> None:
    """Note that a location is away (since when, why), or that it was reached with this identity."""

    def work() -> None:
        if reason is None:
            ledger.backend.run(
                "UPDATE locations SET unreachable_since = NULL, reason = NULL, identity = ? WHERE id = ?",
                (identity, location),
            )
        else:
            ledger.backend.run(
                "UPDATE locations SET unreachable_since = COALESCE(unreachable_since, ?), reason = ? WHERE id = ?",
                (since, reason, location),
            )

    ledger.backend.write(work)


def enter_holding(
    ledger: Ledger, location: Location, new: NewHolding, items: Iterable[tuple[str, int, DigestPairs]], *, now: int
) -> Holding:
    """Enter a bag and its files, never yet checked. Raises `ExistsError` when a holding stands at that place."""
    backend = ledger.backend
    listed = items if isinstance(items, Sequence) else list(items)

    def work() -> int:
        if backend.query(
            "SELECT 1 FROM holdings WHERE location = ? AND place = ? AND retired_at IS NULL",
            (location.id, encode_path(new.place)),
        ):
            raise ExistsError("this is a holding already", subject=join_address(location.root, new.place))
        copies = backend.query(
            "SELECT count(*) FROM holdings WHERE tag_digest = ? AND retired_at IS NULL", (new.tag_digest,)
        )[0][0]
        files = sum(1 for path, _size, _digests in listed if path)
        size = sum(size for _path, size, _digests in listed)
        number = int(
            backend.query(
                "INSERT INTO holdings (location, place, name, form, tag_digest, external_id, files, bytes, added_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (location.id, encode_path(new.place), encode_path(new.name), new.form.value, new.tag_digest,
                 new.external_id, files, size, now),
            )[0][0]
        )  # fmt: skip
        rows = iter(listed)
        while chunk := list(islice(rows, 10_000)):
            backend.run_many(
                "INSERT INTO items (holding, location, path, size, digests, due, checked, outcome)"
                " VALUES (?, ?, ?, ?, ?, 0, 0, 0)",
                [(number, location.id, encode_path(path), size, pack_digests(pairs)) for path, size, pairs in chunk],
            )
        backend.run(
            "UPDATE holdings SET whole = (SELECT min(id) FROM items WHERE holding = ? AND path = ?) WHERE id = ?",
            (number, b"", number),
        )
        backend.run_many(
            "INSERT INTO formats (holding, puid, name, files, bytes) VALUES (?, ?, ?, ?, ?)",
            [(number, *row) for row in new.formats],
        )
        detail: dict[str, Any] = {
            "location": location.name, "place": new.place, "tag_digest": new.tag_digest, "files": files, "bytes": size,
            "copies": copies,
        }  # fmt: skip
        append_event(backend, "replication" if copies else "accession", number, now, "success", detail)
        return number

    return find_holding_by_id(ledger, backend.write(work))


def list_holdings(ledger: Ledger, *, retired: bool = False) -> list[Holding]:
    """All holdings in the order they were entered; retired ones too when asked."""
    where = "" if retired else " WHERE h.retired_at IS NULL"
    return [_holding(row) for row in ledger.backend.query(f"{_HOLDING}{where} ORDER BY h.id")]


def find_holding_by_id(ledger: Ledger, number: int) -> Holding:
    """One holding. Raises `NotFoundError`."""
    rows = ledger.backend.query(f"{_HOLDING} WHERE h.id = ?", (number,))
    if not rows:
        raise NotFoundError("there is no such holding", subject=str(number))
    return _holding(rows[0])


def find_holdings(ledger: Ledger, text: str, *, absolute: str, retired: bool = False) -> list[Holding]:
    """The holdings that `text` means: its address (`absolute`), else its name or number.

    One name may stand for copies in several locations. Raises `NotFoundError` when there is none.
    """
    known = list_holdings(ledger, retired=retired)
    found = [holding for holding in known if holding.address == absolute]
    found = found or [holding for holding in known if holding.name == text]
    found = found or [holding for holding in known if str(holding.id) == text]
    if not found:
        raise NotFoundError(
            "this is no holding of the ledger", subject=text, remedy="See archive holdings list; enter it: "
            "archive holdings add",
        )  # fmt: skip
    return found


def copies_of(ledger: Ledger, holding: Holding) -> list[Holding]:
    """Other holdings with the same tag manifests: copies of the same bag."""
    return [one for one in list_holdings(ledger) if one.tag_digest == holding.tag_digest and one.id != holding.id]


def move_holding(ledger: Ledger, holding: Holding, location: Location, place: str, form: Form, *, now: int) -> None:
    """Note that a bag stands elsewhere now; every file of it is due, for nobody has looked at it there."""
    backend = ledger.backend

    def work() -> None:
        if backend.query(
            "SELECT 1 FROM holdings WHERE location = ? AND place = ? AND retired_at IS NULL AND id <> ?",
            (location.id, encode_path(place), holding.id),
        ):
            raise ExistsError("another holding stands there", subject=join_address(location.root, place))
        backend.run(
            "UPDATE holdings SET location = ?, place = ?, form = ? WHERE id = ?",
            (location.id, encode_path(place), form.value, holding.id),
        )
        backend.run("UPDATE items SET location = ?, due = 0 WHERE holding = ?", (location.id, holding.id))
        detail = {"from": holding.address, "to": join_address(location.root, place), "location": location.name}
        append_event(backend, "transfer", holding.id, now, "success", detail)

    backend.write(work)


def retire_holding(ledger: Ledger, holding: Holding, reason: str, *, now: int) -> None:
    """Take a holding out of the audits. Its history stays."""
    backend = ledger.backend

    def work() -> None:
        if backend.run("UPDATE holdings SET retired_at = ? WHERE id = ? AND retired_at IS NULL", (now, holding.id)):
            backend.run("UPDATE items SET due = NULL WHERE holding = ?", (holding.id,))
            append_event(backend, "deaccession", holding.id, now, "success", {"reason": reason})

    backend.write(work)


def _holding(row: tuple[Any, ...]) -> Holding:
    number, location, root, place, name, form, tag_digest, files, size, added, retired, external = row
    return Holding(
        number, location, root, decode_path(place), decode_path(name), Form(form), tag_digest, files, size, added,
        retired, external,
    )  # fmt: skip
