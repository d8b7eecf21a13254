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
    rows = [
        f"{stamp_of(one.happened)}  {one.kind:<14}  {'success' if one.good else 'failure'}"
        f"  {describe_event(one, persons=True)}"
        for one in events
    ]
    return "\n".join([escape(holding.address), *rows])


def life_document(holding: Holding, events: Sequence[LifeEvent]) -> Fields:
    return {
        "schema": "archive.events/1", **path_fields(holding.address, "holding"), "tag_digest": holding.tag_digest,
        "events": [
            {
                "number": one.seq, "type": one.kind, "time": stamp_of(one.happened),
                "outcome": "success" if one.good else "failure", "counts": dict(one.counts),
                "note": describe_event(one, persons=True),
            }
            for one in events
        ],
    }  # fmt: skip
