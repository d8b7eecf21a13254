"""What waits in a watched folder, as text, and one round of it as JSON (archive.watch/1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archive.formats.naming import escape, path_fields
from archive.model.watching import Arrival
from archive.reporting.finding import clean_text

_NAMED = 20


def waiting_lines(arrivals: Sequence[Arrival]) -> list[str]:
    """A line for each that has not settled, at most a screen of them."""
    lines = [f"waiting: {escape(one.path)}: {_words(one)}" for one in arrivals[:_NAMED]]
    return lines + ([f"and {len(arrivals) - _NAMED:,} more wait"] if len(arrivals) > _NAMED else [])


def watch_document(
    creations: Mapping[str, Any], waiting: Sequence[Arrival], moved: Mapping[str, str], code: int
) -> dict[str, Any]:
    """One round of `archive watch --once` for `--json`: what waits, which sources were moved where, and the bags.

    `creations` is the document of the bags, archive.creations/1.
    """
    return {
        "schema": "archive.watch/1",
        "exit_code": code,
        "waiting": [
            {**path_fields(one.path), "state": one.readiness.name.lower(), "detail": clean_text(one.detail)}
            for one in waiting
        ],
        "moved": [{**path_fields(source, "source"), **path_fields(to, "to")} for source, to in moved.items()],
        "creations": creations,
    }


def _words(arrival: Arrival) -> str:
    detail = f" ({escape(arrival.detail)})" if arrival.detail else ""
    return f"{arrival.readiness.value}{detail}"
