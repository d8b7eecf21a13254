"""Carries the files attached to a PDF over into its conversion, in a worker process: byte for byte, or not at all.

In PDF/A-3 each has its media type, its relationship to the document and its place in the catalogue's AF (ISO 19005-3,
6.8). A portfolio, and files that hang on a page, are refused: what they are is more than a list of files.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import RenditionError
from archive.renditions.confinement import Limits, run_confined
from archive.settings import Settings

_ROOT = str(Path(__file__).resolve().parents[3])
_RELATIONS = frozenset({"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified"})
_DEEPEST = 32
_MOST_FILES = 10_000


@dataclass(frozen=True, slots=True)
class Attached:
    """One embedded file: its key in the name tree, its own name, what is said of it, and its bytes."""

    key: str
    name: str
    description: str
    relation: str
    media_type: str
    dates: tuple[tuple[str, str], ...]
    content: bytes


class NotCarriedError(RenditionError):
    """The attached files cannot be carried over; the problem says why."""


def carry_attachments(source: str, made: str, target: str, *, subject: str, settings: Settings) -> tuple[str, ...]:
    """Write `made` with the files attached to `source` to `target`; gives their names, sorted.

    Raises `NotCarriedError` with the reason when they cannot all be carried over within the limits.
    """
    limits = Limits(settings.render.seconds, settings.render.memory_mb)
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        finished = run_confined(
            [sys.executable, "-P", "-m", "archive.renditions.inspection.carrying", source, made, target],
            limits=limits,
            folder=folder,
            environment={"PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    try:
        answer = json.loads(finished.output)
        refused, names = answer.get("refused"), tuple(str(name) for name in answer.get("names", ()))
    except (ValueError, AttributeError):
        refused, names = f"its attached files cannot be read: {finished.ending}", ()
    if refused is not None:
        raise NotCarriedError(str(refused), subject=subject)
    return names


def _find_attached(reader: Any) -> list[Attached]:
    """The embedded files of a PDF, by their keys. Raises `NotCarriedError` where they are more than a list."""
    from archive.renditions.inspection.objects import dictionary, walk_dictionaries

    root = dictionary(reader.trailer, "/Root")
    if "/Collection" in root:
        raise NotCarriedError("it is a portfolio: its pages are a cover, and what counts are the files in it")
    listed = list(_walk_names(dictionary(dictionary(root, "/Names"), "/EmbeddedFiles"), 0))
    known = {id(specification) for _, specification in listed}
    if any("/EF" in holder and id(holder) not in known for holder in walk_dictionaries(reader)):
        raise NotCarriedError("some of its attached files belong to a page, not to the document")
    return sorted((_read(key, specification) for key, specification in listed), key=lambda one: one.key)


def _walk_names(node: Any, depth: int) -> Iterator[tuple[str, Any]]:
    from archive.renditions.inspection.objects import array

    if depth > _DEEPEST:
        raise NotCarriedError("its list of attached files is too deep")
    names = array(node, "/Names")
    for key, specification in zip(names[::2], names[1::2], strict=False):
        yield str(key), specification
    for kid in array(node, "/Kids"):
        yield from _walk_names(kid, depth + 1)


def _read(key: str, specification: Any) -> Attached:
    from pypdf.generic import StreamObject

    from archive.renditions.inspection.objects import dictionary, member

    files = dictionary(specification, "/EF")
    stream = member(files, "/UF") or member(files, "/F")
    if not isinstance(stream, StreamObject):
        raise NotCarriedError(f"the attached file {key[:100]!r} is not in it")
    said = {name: member(specification, name) for name in ("/UF", "/F", "/Desc", "/AFRelationship")}
    parameters = dictionary(stream, "/Params")
    dates = ((name[1:], str(parameters[name])) for name in ("/CreationDate", "/ModDate") if name in parameters)
    relation, kind = str(said["/AFRelationship"]), member(stream, "/Subtype")
    return Attached(
        key,
        str(said["/UF"] or said["/F"] or key),
        str(said["/Desc"] or ""),
        relation if relation in _RELATIONS else "/Unspecified",
        str(kind)[1:] if isinstance(kind, str) and len(kind) > 1 else "application/octet-stream",
        tuple(dates),
        stream.get_data(),
    )


def _carry(source: str, made: str, target: str) -> list[str]:
    from pypdf import PdfReader, PdfWriter

    from archive.renditions.inspection.objects import dictionary
    from archive.renditions.pdf.pypdf_objects import dictionary as build
    from archive.renditions.pdf.pypdf_objects import name, to_pdf

    attached = _find_attached(PdfReader(source))
    if not 0 < len(attached) <= _MOST_FILES or len({one.key for one in attached}) < len(attached):
        raise NotCarriedError("its list of attached files is damaged")
    reader = PdfReader(made)
    root = dictionary(reader.trailer, "/Root")
    dictionary(root, "/Names").pop("/EmbeddedFiles", None)
    root.pop("/AF", None)
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = reader.pdf_header
    entries: list[Any] = []
    for one in attached:
        entries += [one.key, embed_file(writer, one)]
    known = dictionary(writer.root_object, "/Names")
    known.update(build({"EmbeddedFiles": {"Names": entries}}))
    writer.root_object[name("Names")] = known
    writer.root_object[name("AF")] = to_pdf(entries[1::2])
    written = io.BytesIO()
    writer.write(written)
    again = _find_attached(PdfReader(io.BytesIO(written.getvalue())))
    if [(one.key, one.name, one.content) for one in again] != [(one.key, one.name, one.content) for one in attached]:
        raise NotCarriedError("its attached files do not come back as they were")
    Path(target).write_bytes(written.getvalue())
    return sorted(one.name for one in attached)


def embed_file(writer: Any, one: Attached) -> Any:
    from archive.renditions.pdf.pypdf_objects import dictionary, name, stream

    checksum = hashlib.md5(one.content, usedforsecurity=False).digest()
    entries = {
        "Type": name("EmbeddedFile"),
        "Subtype": name(one.media_type),
        "Params": {"Size": len(one.content), "CheckSum": checksum, **dict(one.dates)},
    }
    embedded = writer._add_object(stream(one.content, entries))
    specification = {
        "Type": name("Filespec"),
        "F": one.name.encode("ascii", "replace"),
        "UF": one.name,
        "Desc": one.description or None,
        "AFRelationship": name(one.relation[1:]),
        "EF": {"F": embedded, "UF": embedded},
    }
    return writer._add_object(dictionary(specification))


def main(paths: list[str]) -> int:
    """The worker: three paths, the names carried over or the reason for none as JSON on standard output."""
    from archive.renditions.inspection.objects import UNREADABLE
    from archive.renditions.reasons import reason_of

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    try:
        answer: dict[str, Any] = {"names": _carry(*paths)}
    except NotCarriedError as refused:
        answer = {"refused": refused.problem}
    except UNREADABLE as error:
        answer = {"refused": f"its attached files cannot be read: {reason_of(error)}"}
    os.write(1, json.dumps(answer).encode("ascii"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
