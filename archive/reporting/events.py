"""The events of one holding, as text and as JSON (archive.events/1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.formats.naming import escape, path_fields
from archive.ledger.history import LifeEvent
from archive.ledger.overview import stamp_of
from archive.model.audit import Holding
from archive.stages.auditing.history import describe_event

Fields = dict[str, Any]


def life_text(holding: Holding, events: Sequence[LifeEvent]) -> str:
    """A line an event; where the bag has earlier versions, each line begins with the number of its holding."""
    numbers = {one.holding for one in events}
    width = max((len(str(one)) for one in numbers), default=1)
    rows = [
        (f"{one.holding:>{width}}  " if len(numbers) > 1 else "")
        + f"{stamp_of(one.happened)}  {one.kind:<14}  {'success' if one.good else 'failure'}  {describe_event(one)}"
        for one in events
    ]
    head = escape(holding.address)
    if len(numbers) > 1:
        head += f": {len(numbers)} versions, holdings {', '.join(map(str, sorted(numbers)))}"
    return "\n".join([head, *rows])


def life_document(holding: Holding, events: Sequence[LifeEvent]) -> Fields:
    return {
        "schema": "archive.events/1", **path_fields(holding.address, "holding"), "tag_digest": holding.tag_digest,
        "events": [
            {
                "number": one.seq, "holding": one.holding, "type": one.kind, "time": stamp_of(one.happened),
                "outcome": "success" if one.good else "failure", "counts": dict(one.counts),
                "note": describe_event(one),
            }
            for one in events
        ],
    }  # fmt: skip
