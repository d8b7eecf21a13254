"""The places of a project, as text and as JSON (archive.places/1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archive.formats.naming import escape, path_fields
from archive.ledger.overview import stamp_of
from archive.model.exits import Exit
from archive.reporting.finding import clean_text
from archive.reporting.settings import shown_address
from archive.stages.place_status import PlaceStatus, PlaceTest

Fields = dict[str, Any]


def places_exit(tests: Mapping[str, PlaceTest]) -> int:
    """4 when a place that was tested did not answer."""
    return Exit.DONE if all(one.reached for one in tests.values()) else Exit.NOT_CHECKED


def places_text(places: Sequence[PlaceStatus], tests: Mapping[str, PlaceTest]) -> str:
    """A line or two for each place."""
    if not places:
        return 'no places yet\nNext: write [places.NAME] with url = "..." in archive.toml'
    return "\n".join(line for one in places for line in _lines(one, tests.get(one.name)))


def _lines(one: PlaceStatus, test: PlaceTest | None) -> list[str]:
    audience = f", audience {one.audience.value}" if one.audience is not None else ""
    held = f"{one.holdings:,} holdings, {one.bytes:,} bytes, {one.overdue:,} files overdue"
    lines = [f"{escape(one.name)}: {escape(shown_address(one.address))}{audience}; {held}"]
    if one.location is not None and one.location.unreachable_since is not None:
        since = stamp_of(one.location.unreachable_since)[:10]
        lines.append(f"  away since {since}: {escape(one.location.reason or 'no reason recorded')}")
    if one.credentials is not None and one.credentials.problem:
        lines.append(f"  credentials: {escape(one.credentials.problem)}")
    if test is not None and test.reached:
        lines.append("  reached")
    elif test is not None:
        lines.append(f"  not reached: {escape(test.words)}" + (f". {escape(test.remedy)}" if test.remedy else ""))
    return lines


def places_document(places: Sequence[PlaceStatus], tests: Mapping[str, PlaceTest], max_age: str) -> Fields:
    """The places for `--json`."""
    return {
        "schema": "archive.places/1",
        "exit_code": places_exit(tests),
        "max_age": max_age,
        "places": [_fields(one, tests.get(one.name)) for one in places],
    }


def _fields(one: PlaceStatus, test: PlaceTest | None) -> Fields:
    away = one.location if one.location is not None and one.location.unreachable_since is not None else None
    return {
        **path_fields(one.name, "name"),
        "kind": clean_text(one.kind),
        **path_fields(shown_address(one.address), "address"),
        "audience": None if one.audience is None else one.audience.value,
        "origin": None if one.origin is None else clean_text(one.origin),
        "credentials": None if one.credentials is None else {
            "source": one.credentials.kind, "problem": clean_text(one.credentials.problem) or None,
        },
        "in_ledger": one.location is not None,
        "holdings": one.holdings,
        "files": one.files,
        "bytes": one.bytes,
        "overdue_files": one.overdue,
        "never_checked_files": one.never,
        "next_check": None if one.next_due is None else stamp_of(one.next_due),
        "away_since": None if away is None else stamp_of(away.unreachable_since or 0),
        "away_reason": None if away is None else clean_text(away.reason or "") or None,
        "test": None if test is None else {
            "reached": test.reached, "words": clean_text(test.words) or None, "remedy": clean_text(test.remedy) or None,
        },
    }  # fmt: skip
