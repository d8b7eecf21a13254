"""The format `archivematica`: a standard transfer for Archivematica, with the originals of the bag as its objects.

Archivematica checks metadata/checksum.*, and reads metadata/metadata.csv and metadata/premis.xml. The bag's tag files
are submission documentation. Clause: Archivematica user manual, "Transfer" and "Import metadata".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from archive.formats.archivematica_csv import PATH, write_archivematica
from archive.formats.bagpath import is_utf8
from archive.formats.dublin_core import ELEMENT_OF
from archive.model.description import ELEMENTS, Statement
from archive.model.export import Lost
from archive.stages.exporting.protocol import Package
from archive.stages.exporting.source import PREMIS, STATEMENTS, Source
from archive.stages.exporting.source_files import SourceFile
from archive.stages.exporting.transfer_record import TransferRecord

OBJECTS = "objects"
_AT_A_TIME = 512
"""So many lines are written in one piece."""
DOCUMENTATION = "metadata/submissionDocumentation/bag/"
_RECORD = "metadata/premis.xml"
_ALGORITHMS = ("sha256", "sha512", "sha1", "md5")
"""The checksums that Archivematica verifies, the one that is written first where the bag has it."""
_ELSEWHERE = frozenset(["hasFormat", "isFormatOf"])
"""Properties that name files which are not in the transfer."""


def refuse_name(path: str) -> str | None:
    """A list of checksums has one line a file, in UTF-8."""
    if not is_utf8(path):
        return "it is not valid UTF-8"
    return "it has a line break" if set(path) & set("\r\n") else None


def export(source: Source, package: Package) -> Sequence[Lost]:
    """Write the transfer; renditions and private fields stay out."""
    front = source.payload_folder

    def originals() -> Iterator[SourceFile]:
        return (file for file in source.files if file.path.startswith(front))

    def place_of(path: str) -> str:
        return f"{OBJECTS}/{path.removeprefix(front)}"

    tags = [file for file in source.files if not file.in_payload and not file.restricted]
    moved = ((file, place_of(file.path)) for file in originals())
    package.copy(chain(moved, ((file, DOCUMENTATION + file.path) for file in tags)))
    count = sum(1 for _ in originals())
    algorithm = next((one for one in _ALGORITHMS if all(one in file.digests for file in originals())), None)
    if algorithm is not None and count:
        lines = (f"{file.digests[algorithm].lower()}  ../{place_of(file.path)}\n" for file in originals())
        package.write(f"metadata/checksum.{algorithm}", _in_pieces(lines))
    described = {one.about for one in source.statements if one.about is not None}
    sayable = _sayable(source, {file.path for file in originals() if file.path in described} if described else set())
    said = _statements(source, sayable, place_of)
    package.write(PATH, b"".join(write_archivematica(said, OBJECTS)))
    record = TransferRecord(source, originals, place_of)
    if (chunks := record.write()) is not None:
        package.write(_RECORD, chunks)
    return _lost(
        source, said, count, unsaid=len(source.statements) - len(sayable), unchecked=algorithm is None, record=record
    )


def _in_pieces(lines: Iterator[str]) -> Iterator[bytes]:
    while some := list(islice(lines, _AT_A_TIME)):
        yield "".join(some).encode()


def _sayable(source: Source, paths: set[str]) -> list[Statement]:
    """The statements that the table has a column and a line for."""
    own = (one for one in source.statements if one.about is None or one.about in paths)
    return [one for one in own if _element_of(one) in ELEMENTS and one.property not in _ELSEWHERE]


def _statements(source: Source, sayable: list[Statement], place_of: Callable[[str], str]) -> list[Statement]:
    """These with the paths of the transfer; a title and the bag's identifier are never missing."""
    own = [replace(one, about=None if one.about is None else place_of(one.about)) for one in sayable]
    if not any(one.property == "title" and one.about is None for one in own):
        own = [*source.titles, *own]
    known = {one.value for one in own if one.property == "identifier" and one.about is None}
    return own + [Statement("identifier", one) for one in source.info("External-Identifier") if one not in known]


def _element_of(statement: Statement) -> str:
    return ELEMENT_OF.get(statement.property, statement.property)


def _lost(
    source: Source, said: list[Statement], originals: int, *, unsaid: int, unchecked: bool, record: TransferRecord,
) -> list[Lost]:  # fmt: skip
    statements, premis = DOCUMENTATION + STATEMENTS, DOCUMENTATION + PREMIS
    payload = private = 0
    for file in source.files:
        payload += file.in_payload
        private += file.restricted
    refined = sum(_element_of(one) != one.property for one in said)
    found = [
        Lost("renditions: Archivematica makes its own", payload - originals),
        Lost("private fields", private),
        Lost("checksums: the bag has none that Archivematica verifies", originals if unchecked else 0),
        Lost("statements without one of the fifteen elements of Dublin Core, or about other files",
             unsaid, statements),
        Lost("terms written as the element that they refine", refined, statements),
        Lost("languages of values", sum(one.language is not None for one in said), statements),
        Lost("certainty and source of the statements", len(source.statements), statements),
        Lost("events of the PREMIS record that concern no single original",
             len(source.events) - record.taken, premis),
        Lost("files that PREMIS cannot name, so that their events are not taken over",
             record.unnamed, premis),
    ]  # fmt: skip
    return [one for one in found if one.count]
