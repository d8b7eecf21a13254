"""What was done for the holdings in a time: repairs, seals, deposits, new versions, copies given, bags added."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from archive.ledger.backend import stored_json
from archive.ledger.book import Ledger
from archive.ledger.packed_digests import path_text
from archive.ledger.seal_events import SEALED
from archive.model.addresses import join_address
from archive.model.light import light_dataclass

MOST_DEEDS = 20_000
"""At most so many are read, the newest."""


class DeedKind(Enum):
    """The sorts of deeds that a report tells of."""

    REPAIRED = "repaired"
    SEALED = "sealed"
    DEPOSITED = "deposited"
    UPDATED = "updated"
    GIVEN = "given"
    RETIRED = "retired"


@light_dataclass(frozen=True)
class Deed:
    """One deed. `bag` is the bag's name and `address` where it is, both empty where the ledger knows no holding."""

    kind: DeedKind
    happened: int
    bag: str
    address: str
    detail: Mapping[str, Any]


_KINDS = {
    "recovery": DeedKind.REPAIRED, SEALED: DeedKind.SEALED, "transfer": DeedKind.DEPOSITED,
    "modification": DeedKind.UPDATED, "dissemination": DeedKind.GIVEN, "deaccession": DeedKind.RETIRED,
}  # fmt: skip


def deeds_since(ledger: Ledger, since: int) -> list[Deed]:
    """The deeds from then on (seconds since the epoch), the newest first; a seal that was completed counts once."""
    marks = ", ".join("?" * len(_KINDS))
    rows = ledger.backend.query(
        "SELECT e.kind, e.happened, h.name, l.root, h.place, e.detail, e.holding FROM events e"
        " LEFT JOIN holdings h ON h.id = e.holding LEFT JOIN locations l ON l.id = h.location"
        f" WHERE e.kind IN ({marks}) AND e.outcome = 'success' AND e.happened >= ? ORDER BY e.seq DESC LIMIT ?",
        (*_KINDS, since, MOST_DEEDS),
    )
    found, sealed = [], set()
    for word, happened, name, root, place, raw, holding in rows:
        kind, detail = _KINDS[word], stored_json(raw)
        if kind is DeedKind.DEPOSITED and not isinstance(detail.get("receipt"), dict):
            continue  # a bag that was moved
        if kind is DeedKind.UPDATED and "replaces" not in detail:
            continue  # told with the version that came after it
        if kind is DeedKind.SEALED:
            key = (holding, detail.get("seal"))
            if key in sealed:
                continue
            sealed.add(key)
        address = "" if root is None else join_address(root, path_text(place))
        found.append(Deed(kind, int(happened), "" if name is None else path_text(name), address, detail))
    return found


def count_added(ledger: Ledger, since: int) -> int:
    """Holdings that were entered from then on and are still held."""
    query = "SELECT count(*) FROM holdings WHERE added_at >= ? AND retired_at IS NULL"
    return int(ledger.backend.query(query, (since,))[0][0])
