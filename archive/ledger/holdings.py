"""Holdings and locations in the ledger: enter, find, move, retire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from archive.errors import ExistsError, LedgerError, NotFoundError, UsageError
from archive.ledger.appending import append_event
from archive.ledger.backend import Backend
from archive.ledger.book import Ledger
from archive.ledger.inventory import ITEMS_DIGEST, inventory_digest
from archive.ledger.packed_digests import pack_digests, path_bytes, path_text, split_digests
from archive.ledger.seal_events import append_seals, seals_among
from archive.model.addresses import join_address
from archive.model.audit import AuditItem, Container, DigestPairs, Holding, Location, is_same_place
from archive.model.light import light_dataclass

_HOLDING = (
    "SELECT h.id, l.name, l.root, h.place, h.name, h.form, h.tag_digest, h.files, h.bytes, h.added_at, h.retired_at,"
    " h.external_id, h.identity FROM holdings h JOIN locations l ON l.id = h.location"
)

_DEEPEST = 4096
"""No system has a path with more separators, and a query with more parameters would be refused."""


@light_dataclass(frozen=True)
class NewHolding:
    """A bag about to be entered. `formats` are (puid, name, files, bytes)."""

    place: str
    name: str
    form: Container
    tag_digest: str
    external_id: str | None
    formats: tuple[tuple[str, str, int, int], ...] = ()
    identity: str = ""


def list_locations(ledger: Ledger, *, away: bool = False) -> list[Location]:
    """The locations; with `away` only those that could not be reached when they were last asked."""
    where = " WHERE unreachable_since IS NOT NULL" if away else ""
    rows = ledger.backend.query(
        f"SELECT id, name, root, named, identity, unreachable_since, reason FROM locations{where} ORDER BY id"
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
    """Enter a bag and its files, never yet checked. Raises `ExistsError` when there is a holding at that place."""
    backend = ledger.backend
    listed = items if isinstance(items, Sequence) else list(items)

    def work() -> int:
        if backend.query(
            "SELECT 1 FROM holdings WHERE location = ? AND place = ? AND retired_at IS NULL",
            (location.id, path_bytes(new.place)),
        ):
            raise ExistsError("this is a holding already", subject=join_address(location.root, new.place))
        number, detail = _insert(backend, location.id, location.name, new, listed, now=now)
        append_event(backend, "replication" if detail["copies"] else "accession", number, now, "success", detail)
        append_seals(backend, number, seals_among(listed), now=now)
        return number

    return find_holding_by_id(ledger, backend.write(work))


def renew_holding(
    ledger: Ledger,
    old: Holding,
    new: NewHolding,
    items: Iterable[tuple[str, int, DigestPairs]],
    facts: Mapping[str, Any],
    *,
    now: int,
) -> Holding:
    """Enter the next version of a bag in the place of `old`, which is retired with its files and its history.

    All in one transaction: an event *modification* of each of the two names the other; `facts` are told with that of
    the new one. Its files are due, for no audit has read them yet. Raises `LedgerError` when `old` is held no longer.
    """
    backend = ledger.backend
    listed = items if isinstance(items, Sequence) else list(items)

    def work() -> int:
        if not backend.run("UPDATE holdings SET retired_at = ? WHERE id = ? AND retired_at IS NULL", (now, old.id)):
            raise LedgerError("this holding was retired meanwhile", subject=old.address)
        backend.run("UPDATE items SET due = NULL WHERE holding = ?", (old.id,))
        location = int(backend.query("SELECT location FROM holdings WHERE id = ?", (old.id,))[0][0])
        number, detail = _insert(backend, location, old.location, new, listed, now=now)
        append_event(backend, "modification", old.id, now, "success", {"replaced_by": number})
        told = {**facts, "replaces": old.id, "replaced_tag_digest": old.tag_digest}
        append_event(backend, "modification", number, now, "success", {**detail, **told})
        return number

    return find_holding_by_id(ledger, backend.write(work))


def _insert(
    backend: Backend,
    location: int,
    location_name: str,
    new: NewHolding,
    listed: Sequence[tuple[str, int, DigestPairs]],
    *,
    now: int,
) -> tuple[int, dict[str, Any]]:
    """Write a holding with its files and formats: its number, and what its first event says. In a transaction."""
    copies = backend.query(
        "SELECT count(*) FROM holdings WHERE tag_digest = ? AND retired_at IS NULL", (new.tag_digest,)
    )[0][0]
    files = sum(1 for path, _size, _digests in listed if path)
    size = sum(size for _path, size, _digests in listed)
    number = int(
        backend.query(
            "INSERT INTO holdings (location, place, name, form, tag_digest, external_id, files, bytes, added_at,"
            " identity) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (location, path_bytes(new.place), path_bytes(new.name), new.form.value, new.tag_digest,
             new.external_id, files, size, now, new.identity or None),
        )[0][0]
    )  # fmt: skip
    rows = iter(listed)
    while chunk := list(islice(rows, 2_000)):
        backend.run_many(
            "INSERT INTO items (holding, location, path, size, digests, due, checked, outcome)"
            " VALUES (?, ?, ?, ?, ?, 0, 0, 0)",
            [(number, location, path_bytes(path), size, pack_digests(pairs)) for path, size, pairs in chunk],
        )
    backend.run(
        "UPDATE holdings SET whole = (SELECT min(id) FROM items WHERE holding = ? AND path = ?) WHERE id = ?",
        (number, b"", number),
    )
    backend.run_many(
        "INSERT INTO formats (holding, puid, name, files, bytes) VALUES (?, ?, ?, ?, ?)",
        [(number, *row) for row in new.formats],
    )
    return number, {
        "location": location_name, "place": new.place, "tag_digest": new.tag_digest, "files": files, "bytes": size,
        "copies": copies, ITEMS_DIGEST: inventory_digest(backend, number),
    }  # fmt: skip


def list_holdings(ledger: Ledger, *, retired: bool = False) -> list[Holding]:
    """All holdings in the order they were entered; retired ones too when asked."""
    where = "" if retired else " WHERE h.retired_at IS NULL"
    return [_holding(row) for row in ledger.backend.query(f"{_HOLDING}{where} ORDER BY h.id")]


def count_holdings(ledger: Ledger) -> dict[str, tuple[int, int, int]]:
    """Holdings that were not retired, their files and their bytes, by the name of the location; none that is empty."""
    rows = ledger.backend.query(
        "SELECT l.name, count(*), sum(h.files), sum(h.bytes) FROM holdings h JOIN locations l ON l.id = h.location"
        " WHERE h.retired_at IS NULL GROUP BY l.id, l.name ORDER BY l.id"
    )
    return {name: (int(count), int(files), int(size)) for name, count, files, size in rows}


def has_holdings(ledger: Ledger) -> bool:
    """Whether there is a holding that was not retired."""
    return bool(ledger.backend.query("SELECT 1 FROM holdings WHERE retired_at IS NULL LIMIT 1"))


def find_holding_by_id(ledger: Ledger, number: int) -> Holding:
    """One holding. Raises `NotFoundError`."""
    rows = ledger.backend.query(f"{_HOLDING} WHERE h.id = ?", (number,))
    if not rows:
        raise NotFoundError("there is no such holding", subject=str(number))
    return _holding(rows[0])


def find_holdings_by_id(ledger: Ledger, numbers: Sequence[int]) -> list[Holding]:
    """The holdings with these numbers, retired ones too, in the order of `numbers`; those that are unknown left out."""
    if not numbers:
        return []
    marks = ", ".join("?" * len(numbers))
    found = {one.id: one for one in map(_holding, ledger.backend.query(f"{_HOLDING} WHERE h.id IN ({marks})", numbers))}
    return [found[number] for number in numbers if number in found]


def holdings_at(ledger: Ledger, address: str, *, retired: bool = False) -> list[Holding]:
    """The holdings at an absolute path or a URL; with `retired` those that were retired there, and only those."""
    cuts = [place for place, sign in enumerate(address) if sign == "/"]
    if len(cuts) > _DEEPEST:
        return []
    splits = {(address[:cut] or "/", address[cut + 1 :]) for cut in cuts} | {(address, "")}
    splits |= {(address[: cut + 1], address[cut + 1 :]) for cut in cuts}
    roots = sorted({root for root, _place in splits if _is_text(root)})
    places = sorted({path_bytes(place) for _root, place in splits})
    marks = ", ".join("?" * len(roots))
    found = ledger.backend.query(f"SELECT id FROM locations WHERE root IN ({marks})", roots) if roots else []
    locations = [row[0] for row in found]
    if not locations:
        return []
    state = "IS NOT NULL" if retired else "IS NULL"
    rows = ledger.backend.query(
        f"{_HOLDING} WHERE h.retired_at {state} AND h.location IN ({', '.join('?' * len(locations))})"
        f" AND h.place IN ({', '.join('?' * len(places))}) ORDER BY h.id",
        (*locations, *places),
    )
    return [one for one in map(_holding, rows) if one.address == address]


def _is_text(root: str) -> bool:
    """Whether this may be the root of a location, which databases keep as text: UTF-8 without a zero character."""
    try:
        return b"\0" not in root.encode("utf-8")
    except UnicodeEncodeError:
        return False


def holdings_like(ledger: Ledger, tag_digest: str) -> list[Holding]:
    """The holdings, not retired, of the bag that this digest of its tag manifests names."""
    rows = ledger.backend.query(
        f"{_HOLDING} WHERE h.tag_digest = ? AND h.retired_at IS NULL ORDER BY h.id", (tag_digest,)
    )
    return [_holding(row) for row in rows]


def places_in(ledger: Ledger, location: str, *, limit: int) -> list[str]:
    """Where in a location its first holdings are, relative to its root."""
    rows = ledger.backend.query(
        "SELECT h.place FROM holdings h JOIN locations l ON l.id = h.location"
        " WHERE l.name = ? AND h.retired_at IS NULL ORDER BY h.id LIMIT ?",
        (location, limit),
    )
    return [path_text(row[0]) for row in rows]


def find_holdings(ledger: Ledger, text: str, *, absolute: str, retired: bool = False) -> list[Holding]:
    """The holdings that `text` means: its address (`absolute`), else LOCATION:PLACE, its name or number.

    One name may stand for copies in several locations. Raises `NotFoundError` when there is none.
    """
    known = list_holdings(ledger, retired=retired)
    found = [holding for holding in known if holding.address == absolute]
    found = found or [holding for holding in known if f"{holding.location}:{holding.place}" == text]
    found = found or [holding for holding in known if holding.name == text]
    found = found or [holding for holding in known if str(holding.id) == text]
    if not found:
        raise NotFoundError(
            "not a holding in the ledger", subject=text, remedy="See archive holdings list; add it: "
            "archive holdings add",
        )  # fmt: skip
    return found


def list_items(ledger: Ledger, holding: Holding) -> list[AuditItem]:
    """Every file of a holding with all its recorded digests, and the bag as a whole, in the order of their numbers."""
    return [
        AuditItem(number, holding.id, path_text(path), size, *split_digests(bytes(digests)))
        for number, path, size, digests in ledger.backend.query(
            "SELECT id, path, size, digests FROM items WHERE holding = ? ORDER BY id", (holding.id,)
        )
    ]


def copies_of(ledger: Ledger, holding: Holding) -> list[Holding]:
    """Other holdings with the same tag manifests: copies of the same bag. Another path to this one is not a copy."""
    known = (one for one in holdings_like(ledger, holding.tag_digest) if one.id != holding.id)
    return [one for one in known if not is_same_place(one, holding)]


def note_identity(ledger: Ledger, holding: Holding, identity: str) -> None:
    """Record where the bytes of a holding are, which older ledgers do not say."""
    ledger.backend.write(
        lambda: ledger.backend.run("UPDATE holdings SET identity = ? WHERE id = ?", (identity, holding.id))
    )


def move_holding(
    ledger: Ledger, holding: Holding, location: Location, place: str, form: Container, *, now: int, identity: str = ""
) -> None:
    """Record a bag's new location; every file of it is due, for none has been checked there."""
    backend = ledger.backend

    def work() -> None:
        if backend.query(
            "SELECT 1 FROM holdings WHERE location = ? AND place = ? AND retired_at IS NULL AND id <> ?",
            (location.id, path_bytes(place), holding.id),
        ):
            raise ExistsError("another holding is already there", subject=join_address(location.root, place))
        backend.run(
            "UPDATE holdings SET location = ?, place = ?, form = ?, identity = ? WHERE id = ?",
            (location.id, path_bytes(place), form.value, identity or None, holding.id),
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
    number, location, root, place, name, form, tag_digest, files, size, added, retired, external, identity = row
    return Holding(
        number, location, root, path_text(place), path_text(name), Container(form), tag_digest, files, size, added,
        retired, external, identity or "",
    )  # fmt: skip
