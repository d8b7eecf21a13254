"""What a bag or a single XML record says, as text escaped for a terminal and as JSON (archive.show/1)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Any

from archive.formats.naming import count_of, escape, path_fields
from archive.formats.statements import statement_fields
from archive.formats.utc_time import time_text
from archive.model.archival import ARCHIVAL
from archive.model.description import ALTERNATIVE_TEXT, TERMS, Certainty, Origin, Statement
from archive.model.finding import Outcome
from archive.model.record import RecordKind, RecordView, RightsView
from archive.reporting.finding import finding_fields, finding_line
from archive.reporting.seal_json import seal_fields
from archive.stages.showing.contents import Contents, ShownEvent, ShownFile
from archive.stages.showing.records import record_fields
from archive.stages.showing.seals import ShownSeals

_ARCHIVAL_NAMES = {prop: key.replace("_", " ") for key, prop in ARCHIVAL.items()}
"""The fields of archival description, as they are shown, in the order of ISAD(G)."""

SHOWN = 50
"""How many files are listed; the JSON has all."""


def contents_lines(contents: Contents) -> Iterator[str]:
    """The bag line by line: description, files, formats, events, rights, and where to go on."""
    files = count_of(len(contents.files), "file")
    yield f"{escape(contents.path)}: {files}, {contents.size:,} bytes, {contents.package or contents.serialization}"
    if contents.statements:
        yield "\nDescription"
        yield from _statement_lines(s for s in contents.statements if s.about is None and not _is_archival(s))
        yield from _described_files(s for s in contents.statements if not _is_archival(s))
    if any(map(_is_archival, contents.statements)):
        yield "\nArchival description"
        yield from _statement_lines(s for s in contents.statements if s.about is None and _is_archival(s))
        yield from _described_files(filter(_is_archival, contents.statements))
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
    if contents.seals is not None:
        yield "\nSeals"
        yield from _seal_lines(contents.seals)
    for finding in contents.findings[:SHOWN]:
        yield f"\n{finding_line(finding)}"
    if len(contents.findings) > SHOWN:
        yield f"\n... and {len(contents.findings) - SHOWN:,} more findings; --json lists all"
    verb = "validate" if contents.seals is None else "verify"
    yield f"\nTo check it:  archive {verb} {shlex.quote(escape(contents.path))}"


_SEALED = {
    Outcome.INTACT: "sealed; the payload was not read",
    Outcome.DAMAGED: "the seals are damaged",
    Outcome.NOT_CHECKED: "the seals could not be checked",
}


def _seal_lines(seals: ShownSeals) -> Iterator[str]:
    yield f"  {_SEALED[seals.outcome]}" + (f": {escape(seals.reason)}" if seals.reason else "")
    for seal in seals.verdicts:
        parts = [f"{seal.number:04d}"]
        if seal.reason is not None:
            parts.append(seal.reason.value)
        names = ", ".join(dict.fromkeys(one.name or one.fingerprint for one in seal.signers))
        if names:
            parts.append(f"signed by {names}")
        if seal.proven is not None:
            parts.append(f"proven since {time_text(seal.proven)}")
        elif seal.claimed is not None:
            parts.append(f"not proven, the signer's clock said {time_text(seal.claimed)}")
        if seal.until is not None:
            parts.append(f"to be renewed before {time_text(seal.until)}")
        yield f"  {escape('; '.join(parts))}"


def _is_archival(statement: Statement) -> bool:
    return statement.property in _ARCHIVAL_NAMES


def _described_files(statements: Iterable[Statement]) -> Iterator[str]:
    """What people said of single files; what the program noted of its renditions is shown with the files."""
    places: dict[str, list[Statement]] = {}
    for statement in statements:
        if statement.about is not None and statement.source is not Origin.PROGRAM:
            places.setdefault(statement.about, []).append(statement)
    for path, found in places.items():
        yield f"  of {escape(path)}"
        yield from (f"  {line}" for line in _statement_lines(found))


def _statement_lines(statements: Iterable[Statement]) -> Iterator[str]:
    order = {name: number for number, name in enumerate((*TERMS, ALTERNATIVE_TEXT, *_ARCHIVAL_NAMES))}
    for statement in sorted(statements, key=lambda one: order.get(one.property, len(order))):
        marks = [statement.language] if statement.language else []
        if statement.certainty is not Certainty.CERTAIN:
            marks.append(statement.certainty.value)
        if statement.source is not Origin.PERSON or statement.by:
            marks.append(f"by {statement.by or statement.source.value}")
        if statement.authority:
            marks.append(statement.authority)
        told = f"  [{', '.join(marks)}]" if marks else ""
        name = _ARCHIVAL_NAMES.get(statement.property, statement.property)
        yield escape(f"  {name}: {statement.value}{told}")


def _file_line(one: ShownFile) -> str:
    line = f"{escape(one.path)}, {one.size:,} bytes"
    if one.format:
        line += f", {escape(one.format)}"
    if one.modified:
        line += f", last modified {escape(one.modified)}"
    if one.name:
        line += f", received as {escape(one.name)}"
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
    yield f"\nTo check it:  archive validate {shlex.quote(escape(path))}"


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


SCHEMA = "archive.show/1"


def contents_document(contents: Contents) -> dict[str, Any]:
    """Everything the bag says: each value of the description with its language, certainty and source."""
    records = record_fields(
        RecordView(RecordKind.PREMIS, None, "premis", agents=tuple(contents.agents), rights=tuple(contents.rights))
    )
    return {
        "schema": SCHEMA,
        **path_fields(contents.path),
        "serialization": contents.serialization,
        "package": contents.package,
        "bag_info": [{"label": label, "value": value} for label, value in contents.bag_info],
        "restricted": contents.restricted,
        "statements": [statement_fields(statement) for statement in contents.statements],
        "size": contents.size,
        "files": [_file(one) for one in contents.files],
        "formats": [{"format": name, "puid": puid, "files": number} for name, puid, number in contents.formats],
        "events": [_event(one) for one in contents.events],
        "agents": records.get("agents", []),
        "rights": records.get("rights", []),
        "seals": None if contents.seals is None else _seals(contents.seals),
        "findings": [finding_fields(finding) for finding in contents.findings],
    }


def _seals(seals: ShownSeals) -> dict[str, Any]:
    return {
        "outcome": seals.outcome.value,
        "reason": seals.reason,
        "seals": [seal_fields(one) for one in seals.verdicts],
    }


def _file(one: ShownFile) -> dict[str, Any]:
    fields: dict[str, Any] = {**path_fields(one.path), "size": one.size, "format": one.format, "puid": one.puid}
    fields["modified"] = one.modified
    if one.name is not None:
        fields.update(path_fields(one.name, "name"))
    fields["digests"] = [{"algorithm": algorithm, "digest": digest} for algorithm, digest in one.digests]
    for key, path in (("source", one.source), ("rendition", one.rendition)):
        if path is not None:
            fields.update(path_fields(path, key))
    return fields


def _event(one: ShownEvent) -> dict[str, Any]:
    view = one.view
    return {
        "identifier": view.identifiers[0].value if view.identifiers else None,
        "type": view.type,
        "date": view.date,
        "details": list(view.details),
        "outcomes": list(view.outcomes),
        "notes": list(view.outcome_notes),
        "agents": list(one.agents),
        "objects": one.objects,
    }
