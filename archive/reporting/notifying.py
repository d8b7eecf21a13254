"""What became of telling people, as text and as JSON (archive.notify/1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.formats.naming import escape
from archive.model.notice import Delivery
from archive.reporting.finding import clean_text


def deliveries_text(done: Sequence[Delivery]) -> str:
    """A line for each recipient."""
    return "\n".join(
        f"sent: {one.kind} to {escape(one.to)}"
        if one.error is None
        else f"not sent: {one.kind} to {escape(one.to)}: {escape(str(one.error))}"
        for one in done
    )


def deliveries_document(done: Sequence[Delivery], code: int, *, told_before: bool) -> dict[str, Any]:
    """The recipients for `--json`."""
    return {
        "schema": "archive.notify/1",
        "exit_code": code,
        "told_before": told_before,
        "deliveries": [
            {
                "kind": one.kind,
                "to": clean_text(one.to),
                "delivered": one.error is None,
                "problem": None if one.error is None else clean_text(str(one.error)),
            }
            for one in done
        ],
    }
