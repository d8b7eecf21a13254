"""What became of bags that were to be entered as holdings, as text and as JSON members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from archive.formats.naming import escape
from archive.model.entry import Entry, EntryState
from archive.reporting.finding import clean_text

Fields = dict[str, Any]


def entered_text(counts: Mapping[EntryState, int], *, files: int, size: int) -> str:
    """The summary of a run that entered many bags: how many were added, with their files and bytes, and what else."""
    amount = f"added {_bags(counts[EntryState.ADDED])}: {files:,} files, {size:,} bytes"
    first = amount if counts[EntryState.ADDED] else "nothing to add"
    parts = [
        f"{counts[state]:,} {words}"
        for state, words in (
            (EntryState.KNOWN, "known already"), (EntryState.RETIRED, "retired, left out"),
            (EntryState.FAILED, "could not be added"),
        )
        if counts[state]
    ]  # fmt: skip
    return "; ".join([first, *parts])


def _bags(count: int) -> str:
    return f"{count:,} {'bag' if count == 1 else 'bags'}"


def entry_lines(entries: Iterable[Entry]) -> list[str]:
    """What became of bags that were made and then entered, one line each."""
    lines = []
    for one in entries:
        if one.error is not None:
            lines.append(f"not added to the holdings: {escape(one.address)}: {escape(str(one.error))}")
        elif one.state is EntryState.RETIRED:
            lines.append(f"not added to the holdings, for it was retired: {escape(one.address)}")
        elif one.holding is None:
            lines.append(f"already a holding: {escape(one.address)}")
        else:
            lines.append(f"added to the holdings: {escape(one.address)} (number {one.holding.id})")
    return lines


def entry_fields(entry: Entry) -> Fields:
    return {
        "state": entry.state.value,
        "number": None if entry.holding is None else entry.holding.id,
        "problem": None if entry.error is None else clean_text(str(entry.error)),
    }
