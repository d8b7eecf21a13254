"""Holdings, as lines of text and as JSON (archive.holdings/1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import escape, path_fields
from archive.ledger.overview import stamp_of
from archive.model.audit import Holding
from archive.reporting.finding import clean_text

Fields = dict[str, Any]


def holding_line(holding: Holding, copies: int) -> str:
    state = f"retired {stamp_of(holding.retired_at)}" if holding.retired_at is not None else f"other copies: {copies}"
    return (
        f"{holding.id:>5}  {escape(holding.address)}  {holding.files:,} files  {holding.bytes:,} bytes  "
        f"in {escape(holding.location)}  {state}"
    )


def holdings_document(
    rows: Iterable[tuple[Holding, int]],
    failures: Iterable[ArchiveError] = (),
    left_out: Mapping[str, int] | None = None,
) -> Fields:
    """Holdings, each with the number of its other copies, and why some could not be added.

    `left_out` counts bags that were known or retired already.
    """
    return {
        "schema": "archive.holdings/1",
        **(left_out or {}),
        "holdings": [holding_fields(holding, copies) for holding, copies in rows],
        "problems": [{"kind": type(error).__name__, "problem": escape(str(error))} for error in failures],
    }


def holding_fields(holding: Holding, copies: int) -> Fields:
    return {
        "number": holding.id, **path_fields(holding.address, "address"), **path_fields(holding.name, "name"),
        "location": clean_text(holding.location), "form": holding.form.value, "tag_digest": holding.tag_digest,
        "external_identifier": holding.external_id, "files": holding.files, "bytes": holding.bytes, "copies": copies,
        "added": stamp_of(holding.added_at),
        "retired": None if holding.retired_at is None else stamp_of(holding.retired_at),
    }  # fmt: skip
