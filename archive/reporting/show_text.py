"""A bag's contents, and single XML records, in words, escaped for a terminal."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Any

from archive.formats.naming import escape
from archive.model.description import ALTERNATIVE_TEXT, TERMS, Certainty, Source, Statement
from archive.model.record import RecordView, RightsView
from archive.reporting.finding_text import finding_line
from archive.stages.premis_events import count_of
from archive.stages.reading_records import record_fields
from archive.stages.showing import Contents, ShownFile

SHOWN = 50
"""How many files are listed; the JSON has all."""


def contents_lines(contents: Contents) -> Iterator[str]:
    """The bag line by line: description, files, formats, events, rights, and where to go on."""
    files = count_of(len(contents.files), "file")
    yield f"{escape(contents.path)}: {files}, {contents.size:,} bytes, {contents.serialization}"
    if contents.statements:
        yield "\nDescription"
        yield from _statement_lines(s for s in contents.statements if s.about is None)
        yield from _described_files(contents.statements)
    if contents.restricted:
        yield "  There is more in metadata/restricted/, which is not shown here."
    yield "\nFiles"
    for one in contents.files[:SHOWN]:
        yield f"  {_file_line(one)}"
    if len(contents.files) > SHOWN:
        yield f"  ... and {len(contents.files) - SHOWN:,} more; --json lists all"
    if contents.formats:
        yield "\nFormats"
        for name, puid, number in contents.formats:
            yield f"  {number:>6}  {escape(name)}" + (f" ({escape(puid)})" if puid else "")
    if contents.events:
        yield "\nEvents"
        for event in contents.events:
            view = event.view
            outcome = ", ".join((*view.outcomes, *view.outcome_notes))
            yield escape(f"  {view.date or '?'}  {view.type or '?'}: {outcome}; by {', '.join(event.agents)}")
    if contents.rights:
        yield "\nRights"
        for right in contents.rights:
            yield from _rights_lines(right)
    if contents.bag_info:
        yield "\nbag-info.txt"
        for label, value in contents.bag_info:
            yield escape(f"  {label}: {value}")
    for finding in contents.findings:
        yield f"\n{finding_line(finding)}"
    yield f"\nProve it:  archive validate {shlex.quote(escape(contents.path))}"


def _described_files(statements: Iterable[Statement]) -> Iterator[str]:
    """What people said of single files; what the program noted of its renditions stands with the files."""
    places: dict[str, list[Statement]] = {}
    for statement in statements:
        if statement.about is not None and statement.source is not Source.PROGRAM:
            places.setdefault(statement.about, []).append(statement)
    for path, found in places.items():
        yield f"  of {escape(path)}"
        yield from (f"  {line}" for line in _statement_lines(found))


def _statement_lines(statements: Iterable[Statement]) -> Iterator[str]:
    order = {name: number for number, name in enumerate((*TERMS, ALTERNATIVE_TEXT))}
    for statement in sorted(statements, key=lambda one: order.get(one.property, len(order))):
        marks = [statement.language] if statement.language else []
        if statement.certainty is not Certainty.CERTAIN:
            marks.append(statement.certainty.value)
        if statement.source is not Source.PERSON or statement.by:
            marks.append(f"by {statement.by or statement.source.value}")
        told = f"  [{', '.join(marks)}]" if marks else ""
        yield escape(f"  {statement.property}: {statement.value}{told}")


def _file_line(one: ShownFile) -> str:
    line = f"{escape(one.path)}, {one.size:,} bytes"
    if one.format:
        line += f", {escape(one.format)}"
    if one.source:
        line += f", made from {escape(one.source)}"
    return line


def _rights_lines(right: RightsView) -> Iterator[str]:
    yield escape(f"  basis: {right.basis or 'not told'}")
    for grant in right.grants:
        words = [grant.act or "?", *(f"restricted: {one}" for one in grant.restrictions)]
        for name, term in (("granted", grant.grant_term), ("restriction", grant.restriction_term)):
            if term:
                words.append(f"{name} from {term[0] or '?'} until {term[1] or 'further notice'}")
        yield escape(f"    {', '.join((*words, *grant.notes))}")


def record_lines(path: str, view: RecordView) -> Iterator[str]:
    """A single XML record: what kind it is, and every entity in it with its members."""
    version = f" {view.version}" if view.version else ""
    wrapped = f", inside {view.wrapped_in}" if view.wrapped_in else ""
    yield escape(f"{path}: {view.kind.value}{version}{wrapped}")
    for name, entities in record_fields(view).items():
        if isinstance(entities, list):
            yield f"\n{name.capitalize()} ({len(entities)})"
            for entity in entities:
                yield from _entity_lines(entity, "  ")
    yield f"\nJudge it:  archive validate {shlex.quote(escape(path))}"


def _entity_lines(entity: Any, pad: str) -> Iterator[str]:
    if not isinstance(entity, dict):
        yield escape(f"{pad}{entity}")
        return
    simple = [(key, value) for key, value in entity.items() if not isinstance(value, (dict, list))]
    yield pad + escape("; ".join(f"{key}: {value}" for key, value in simple) or "-")
    for key, value in entity.items():
        if isinstance(value, list) and all(not isinstance(one, (dict, list)) for one in value):
            yield f"{pad}  {key}: " + escape(", ".join(str(one) for one in value))
        elif isinstance(value, list):
            yield f"{pad}  {key}:"
            for one in value:
                yield from _entity_lines(one, f"{pad}    ")
        elif isinstance(value, dict):
            yield f"{pad}  {key}:"
            yield from _entity_lines(value, f"{pad}    ")
