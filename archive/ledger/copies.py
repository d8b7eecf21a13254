"""Which copies of each bag the ledger knows: holdings, and deposits that a repository accepted.

A deposit is an event *transfer* whose detail names the target; an event *transfer* without one is a bag that was moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from archive.ledger.backend import Row, stored_json
from archive.ledger.book import Ledger
from archive.ledger.packed_digests import path_text
from archive.model.addresses import join_address
from archive.model.audit import deposit_identity
from archive.model.deposit import copy_address


class HeldCopy(NamedTuple):
    """A holding as one copy of its bag. `identity` is that of the bag, `location_identity` that of its location;

    `form` is the value of a `Container`.

    A named tuple, for there may be hundreds of thousands.
    """

    holding: int
    tag_digest: str
    place: str
    identity: str
    root: str
    location_identity: str
    form: str = "folder"

    @property
    def address(self) -> str:
        """Where the bag is: a path or a URL."""
        return join_address(self.root, self.place)


class RecordedDeposit(NamedTuple):
    """A deposit that the ledger knows. `holding` is None for a bag that was not held at the time.

    `tag_digest` is None where an older program did not record that of such a bag.

    `address` is where the holding is, or was when it was retired. `receipt` has the members of archive.receipt/1.
    `when` is in seconds since the epoch, UTC.
    """

    number: int
    when: int
    holding: int | None
    tag_digest: str | None
    address: str | None
    target: str
    identifier: str
    location: str
    receipt: Mapping[str, Any]

    @property
    def copy_address(self) -> str:
        """Where the deposited bag is; see `archive.model.deposit.copy_address`."""
        return copy_address(str(self.receipt.get("kind", "")), self.location, self.receipt.get("version"))

    @property
    def identity(self) -> str:
        """The identity of a holding that is this deposit, where its place is read through the target."""
        return deposit_identity(self.target, self.identifier)


def list_copies(ledger: Ledger, tag_digest: str | None = None) -> list[HeldCopy]:
    """The holdings that were not retired, in the order in which they were entered; with `tag_digest` those of a bag."""
    only, parameters = ("", ()) if tag_digest is None else (" AND h.tag_digest = ?", (tag_digest,))
    rows = ledger.backend.query(
        "SELECT h.id, h.tag_digest, h.place, h.identity, l.root, l.identity, h.form FROM holdings h"
        f" JOIN locations l ON l.id = h.location WHERE h.retired_at IS NULL{only} ORDER BY h.id",
        parameters,
    )
    return [
        HeldCopy(i, tag, path_text(place), own or "", root, there or "", form)
        for i, tag, place, own, root, there, form in rows
    ]


_DEPOSITS = (
    "SELECT e.seq, e.happened, e.holding, h.tag_digest, l.root, h.place, e.detail FROM events e"
    " LEFT JOIN holdings h ON h.id = e.holding LEFT JOIN locations l ON l.id = h.location"
    " WHERE e.kind = 'transfer' AND e.outcome = 'success'"
)


def list_deposits(ledger: Ledger) -> list[RecordedDeposit]:
    """The deposits that the ledger knows, in the order in which they were recorded."""
    return _deposits_in(ledger.backend.query(f"{_DEPOSITS} ORDER BY e.seq"))


def latest_deposits(ledger: Ledger, *, limit: int, offset: int = 0) -> list[RecordedDeposit]:
    """Of the latest `limit` transfers, without the first `offset`, those that are deposits; the newest first."""
    return _deposits_in(ledger.backend.query(f"{_DEPOSITS} ORDER BY e.seq DESC LIMIT ? OFFSET ?", (limit, offset)))


def count_transfers(ledger: Ledger) -> int:
    """How many transfers were recorded: deposits, and bags that were moved."""
    query = "SELECT count(*) FROM events WHERE kind = 'transfer' AND outcome = 'success'"
    return int(ledger.backend.query(query)[0][0])


def deposits_of(ledger: Ledger, tag_digest: str) -> list[RecordedDeposit]:
    """The deposits of one bag, also those of before it was held, in the order in which they were recorded."""
    held = ledger.backend.query(
        f"{_DEPOSITS} AND e.holding IN (SELECT id FROM holdings WHERE tag_digest = ?) ORDER BY e.seq", (tag_digest,)
    )
    rows = [*ledger.backend.query(f"{_DEPOSITS} AND e.holding IS NULL ORDER BY e.seq"), *held]
    return [one for one in sorted(_deposits_in(rows), key=lambda one: one.number) if one.tag_digest == tag_digest]


def _deposits_in(rows: Sequence[Row]) -> list[RecordedDeposit]:
    found = []
    for number, when, holding, tag_digest, root, place, raw in rows:
        detail = stored_json(raw)
        if not isinstance(detail.get("target"), str):
            continue
        receipt = detail.get("receipt")
        found.append(
            RecordedDeposit(
                number, when, holding, tag_digest or detail.get("tag_digest") or None,
                None if root is None else join_address(root, path_text(place)), detail["target"],
                str(detail.get("identifier", "")), str(detail.get("location", "")),
                receipt if isinstance(receipt, dict) else {},
            )
        )  # fmt: skip
    return found


def list_deposited_copies(ledger: Ledger, deposits: Sequence[RecordedDeposit] | None = None) -> list[RecordedDeposit]:
    """The deposits that count as copies: accepted, of the bag itself, and not at a place where a holding was retired.

    `deposits` are those of `list_deposits`, where they are known already.
    """
    accepted = [
        one
        for one in (list_deposits(ledger) if deposits is None else deposits)
        if one.receipt.get("state") == "accepted" and not one.receipt.get("format")
    ]
    if not accepted:
        return []
    rows = ledger.backend.query(
        "SELECT h.tag_digest, l.root, h.place, h.identity FROM holdings h JOIN locations l ON l.id = h.location"
        " WHERE h.retired_at IS NOT NULL"
    )
    gone = {(tag_digest, join_address(root, path_text(place))) for tag_digest, root, place, _identity in rows}
    gone |= {(tag_digest, identity) for tag_digest, _root, _place, identity in rows if identity}
    return [one for one in accepted if not {(one.tag_digest, one.copy_address), (one.tag_digest, one.identity)} & gone]


def has_deposit(ledger: Ledger, tag_digest: str, receipt: Mapping[str, Any]) -> bool:
    """Whether the deposit with this receipt was recorded, for a holding of this bag or for none."""
    query = "SELECT detail FROM events WHERE kind = 'transfer' AND holding"
    rows = ledger.backend.query(f"{query} IN (SELECT id FROM holdings WHERE tag_digest = ?)", (tag_digest,))
    rows = [*rows, *ledger.backend.query(f"{query} IS NULL")]
    return any(_is_of(stored_json(raw).get("receipt"), receipt) for (raw,) in rows)


def _is_of(recorded: object, receipt: Mapping[str, Any]) -> bool:
    names = ("target", "identifier", "fingerprint", "finished")
    return isinstance(recorded, Mapping) and all(recorded.get(name) == receipt.get(name) for name in names)
