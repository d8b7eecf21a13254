"""The format `datacite`: the description of a bag as a DataCite 4.5 record, in XML and in JSON, without any file."""

from __future__ import annotations

from collections.abc import Sequence

from archive.formats.datacite import left_out, make_record, write_xml
from archive.formats.json_text import json_text
from archive.model.description import Statement
from archive.model.export import Lost
from archive.stages.exporting.protocol import Package
from archive.stages.exporting.source import Source


def refuse_name(path: str) -> str | None:
    """No file is in the package, so any name will do."""
    del path
    return None


def export(source: Source, package: Package) -> Sequence[Lost]:
    """Write datacite.xml and datacite.json. Raises `UsageError` for a bag without a day of publication."""
    own = [one for one in source.statements if one.about is None]
    known = {one.value for one in own if one.property == "identifier"}
    own += [Statement("identifier", one) for one in source.info("External-Identifier") if one not in known]
    record = make_record(
        own,
        title=source.titles[0].value,
        publisher=next(iter(source.info("Source-Organization")), None),
        published=source.published,
    )
    package.write("datacite.json", (json_text(record, indent=2) + "\n").encode("utf-8", "replace"))
    package.write("datacite.xml", write_xml(record))
    found = [
        Lost("files: the package is a description only", len(source.files)),
        Lost("files of seals, among these", sum(file.is_of_seal for file in source.files)),
        Lost("statements without a place in the record", len(left_out(own))),
        Lost(
            "statements about single files",
            len(source.statements) - sum(one.about is None for one in source.statements),
        ),
        Lost("certainty and source of the statements", len(source.statements)),
    ]
    return [one for one in found if one.count]
