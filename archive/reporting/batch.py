"""The report of many bags made by one command, as text and as JSON (archive.creations/1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import count_of, escape, path_fields
from archive.model.batch import BagResult, BagState
from archive.model.codes.source import LEFTOVER
from archive.model.entry import Entry
from archive.model.sealing import SealingReport
from archive.reporting.creation import creation_document, findings_lines
from archive.reporting.entering import entry_fields
from archive.reporting.finding import clean_text
from archive.reporting.sealing import sealing_fields

Fields = dict[str, Any]
Seals = Mapping[str, SealingReport | ArchiveError]
_NAMED = 20
"""So many bags of a sort are shown; the rest is counted."""


def batch_text(results: Sequence[BagResult]) -> str:
    """What became of the bags: a summary, then those that need attention, then those that were made."""
    counts = {state: sum(one.state is state for one in results) for state in BagState}
    lines = ["; ".join(f"{count:,} {state.value}" for state, count in counts.items() if count)]
    troubled = [one for one in results if not one.place and one.state is not BagState.PLANNED]
    new = [one for one in results if one.report is not None and one not in troubled]
    for part in (troubled, new):
        for one in part[:_NAMED]:
            lines += _bag_lines(one)
        if len(part) > _NAMED:
            lines.append(f"and {len(part) - _NAMED:,} more; --json shows all")
    again = sum(any(f.code == LEFTOVER.code for f in one.report.findings) for one in results if one.report is not None)
    if again:
        lines.append(
            f"{count_of(again, 'bag')} begun by an interrupted run: made from the start."
            " --clean-partial removes what that run left"
        )
    return "\n".join(lines)


def _bag_lines(result: BagResult) -> Iterator[str]:
    line = "" if result.order.line is None else f" (line {result.order.line})"
    yield f"{result.state.value}: {escape(result.order.name)}{line}"
    if result.error is not None:
        yield f"  {escape(str(result.error))}"
    elif result.report is not None and result.state is not BagState.MADE:
        yield from (f"  {line}" for line in findings_lines(result.report.findings))
    elif result.report is not None and result.report.warnings:
        yield f"  {count_of(len(result.report.warnings), 'warning')}"


def batch_document(
    results: Sequence[BagResult], codes: Sequence[int], code: int, entries: Mapping[str, Entry], seals: Seals
) -> Fields:
    """The bags for `--json`, each with its exit code and its creation's report or its error."""
    return {
        "schema": "archive.creations/1",
        "exit_code": code,
        "counts": {state.name.lower(): sum(one.state is state for one in results) for state in BagState},
        "bags": [_bag_fields(one, own, entries, seals) for one, own in zip(results, codes, strict=True)],
    }


def _bag_fields(result: BagResult, code: int, entries: Mapping[str, Entry], seals: Seals) -> Fields:
    entry, seal = entries.get(result.place), seals.get(result.place)
    return {
        "line": result.order.line,
        **path_fields(result.order.source, "source"),
        "name": clean_text(result.order.name),
        "state": result.state.name.lower(),
        "exit_code": code,
        "problem": None if result.error is None else clean_text(str(result.error)),
        **(path_fields(result.place, "bag") if result.place else {}),
        **({} if entry is None else {"holding": entry_fields(entry)}),
        **({} if seal is None else {"seal": _seal_fields(seal)}),
        "report": None if result.report is None else creation_document(result.report, None, entry),
    }


def _seal_fields(seal: SealingReport | ArchiveError) -> Fields:
    return {"problem": clean_text(str(seal))} if isinstance(seal, ArchiveError) else sealing_fields(seal)
