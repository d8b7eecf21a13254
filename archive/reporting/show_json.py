"""A bag's contents as JSON: "archive.show/1", described by metadata/reports/archive.show-1.json."""

from __future__ import annotations

from typing import Any

from archive.formats.naming import path_fields
from archive.formats.statements import statement_fields
from archive.model.record import RecordKind, RecordView
from archive.reporting.finding_json import finding_fields
from archive.stages.reading_records import record_fields
from archive.stages.showing import Contents, ShownEvent, ShownFile

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
        "bag_info": [{"label": label, "value": value} for label, value in contents.bag_info],
        "restricted": contents.restricted,
        "statements": [statement_fields(statement) for statement in contents.statements],
        "size": contents.size,
        "files": [_file(one) for one in contents.files],
        "formats": [{"format": name, "puid": puid, "files": number} for name, puid, number in contents.formats],
        "events": [_event(one) for one in contents.events],
        "agents": records.get("agents", []),
        "rights": records.get("rights", []),
        "findings": [finding_fields(finding) for finding in contents.findings],
    }


def _file(one: ShownFile) -> dict[str, Any]:
    fields: dict[str, Any] = {**path_fields(one.path), "size": one.size, "format": one.format, "puid": one.puid}
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
