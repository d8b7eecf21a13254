"""Which copies of each bag the ledger knows: holdings, and deposits that a repository accepted.

A deposit is an event *transfer* whose detail names the target; an event *transfer* without one is a bag that was moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from archive.ledger.backend import stored_json
from archive.ledger.book import Ledger
from archive.ledger.packed_digests import path_text
from archive.model.addresses import join_address


class HeldCopy(NamedTuple):
    """A holding as one copy of its bag. `identity` is that of the bag, `location_identity` that of its location.

    A named tuple, for there may be hundreds of thousands.
    """

    holding: int
    tag_digest: str
    place: str
    identity: str
    root: str
    location_identity: str

    @property
    def address(self) -> str:
        """Where the bag is: a path or an s3:// URL."""
        return join_address(self.root, self.place)


class RecordedDeposit(NamedTuple):
    """A deposit that the ledger knows. `holding` and `tag_digest` are None for a bag that was not held at the time.

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


def list_copies(ledger: Ledger) -> list[HeldCopy]:
    """The holdings that were not retired, in the order in which they were entered."""
    rows = ledger.backend.query(
        "SELECT h.id, h.tag_digest, h.place, h.identity, l.root, l.identity FROM holdings h"
        " JOIN locations l ON l.id = h.location WHERE h.retired_at IS NULL ORDER BY h.id"
    )
    return [
        HeldCopy(i, tag, path_text(place), own or "", root, there or "") for i, tag, place, own, root, there in rows
    ]


def list_deposits(ledger: Ledger) -> list[RecordedDeposit]:
    """The deposits that the ledger knows, in the order in which they were recorded."""
    rows = ledger.backend.query(
        "SELECT e.seq, e.happened, e.holding, h.tag_digest, l.root, h.place, e.detail FROM events e"
        " LEFT JOIN holdings h ON h.id = e.holding LEFT JOIN locations l ON l.id = h.location"
        " WHERE e.kind = 'transfer' AND e.outcome = 'success' ORDER BY e.seq"
    )
    found = []
    for number, when, holding, tag_digest, root, place, raw in rows:
        detail = stored_json(raw)
        if not isinstance(detail.get("target"), str):
            continue
        receipt = detail.get("receipt")
        found.append(
            RecordedDeposit(
                number, when, holding, tag_digest, None if root is None else join_address(root, path_text(place)),
                detail["target"], str(detail.get("identifier", "")), str(detail.get("location", "")),
                receipt if isinstance(receipt, dict) else {},
            )
        )  # fmt: skip
    return found
