"""What is drawn and what comes of it, as the command's own process knows them: it loads nothing that reads or draws."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime

from archive.model.blocks import Direction
from archive.model.build import Tool
from archive.model.finding import Finding
from archive.renditions.readers import DOCX, MSG, ODP, ODS, ODT, PPTX, RTF, XLSX, can_read, media_type_of
from archive.renditions.readers.source import Neighbours
from archive.settings import RenderSettings

LENGTH = struct.Struct(">Q")
"""How long a task is, in front of it."""
PDF = "application/pdf"
_MIB = 1 << 20
_MOST_BYTES = {
    "text/plain": 8 * _MIB, "text/markdown": 8 * _MIB, "text/html": 16 * _MIB, "text/csv": 8 * _MIB,
    "message/rfc822": 64 * _MIB, MSG: 64 * _MIB, RTF: 64 * _MIB,
    "image/png": 128 * _MIB, "image/jpeg": 128 * _MIB, "image/tiff": 256 * _MIB,
    "image/gif": 128 * _MIB, "image/webp": 128 * _MIB, "image/bmp": 384 * _MIB,
    DOCX: 128 * _MIB, XLSX: 64 * _MIB, ODT: 128 * _MIB, ODS: 64 * _MIB, ODP: 128 * _MIB, PPTX: 128 * _MIB,
    "image/svg+xml": 32 * _MIB, "image/jp2": 256 * _MIB, "image/avif": 128 * _MIB, "image/heic": 128 * _MIB,
    "application/mbox": 64 * _MIB,
    "application/json": 8 * _MIB, "application/xml": 8 * _MIB, "text/x-source": 8 * _MIB, "text/x-subtitles": 8 * _MIB,
}  # fmt: skip
_MOST_BYTES_OF_PLUGINS = 64 * _MIB
_NAMED = 12


@dataclass(frozen=True, slots=True)
class Original:
    """One file to make a rendition of.

    `subject` is its name in findings and results, `location` its path in the file system, `kind` the media type that
    identification gives (None: by the name's ending). `title` None takes the document's own, else the file's name.
    `language`, `encoding` and `direction` are stated for this file; `languages` are those of the collection, of which
    the first that fits the text is taken. `neighbours` are the files that the document may show,
    `identifier` is the package's.
    """

    subject: str
    location: bytes
    size: int
    kind: str | None = None
    title: str | None = None
    creators: tuple[str, ...] = ()
    language: str | None = None
    encoding: str | None = None
    alternative: str | None = None
    modified: datetime | None = None
    direction: Direction = "auto"
    languages: tuple[str, ...] = ()
    neighbours: Neighbours | None = None
    identifier: str | None = None

    @property
    def name(self) -> str:
        return self.subject.rpartition("/")[2]

    @property
    def media_type(self) -> str | None:
        return media_type_of(self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Draft:
    """A rendition that has not been judged yet."""

    content: bytes
    claims: tuple[str, ...]
    pages: int
    maker: Tool
    findings: tuple[Finding, ...] = ()


def can_draw(original: Original) -> bool:
    """Whether there is a reader for the original's format."""
    return can_read(original.media_type)


@dataclass(frozen=True, slots=True)
class Task:
    """Draw `original` into the new file `target`; `created` is the time of the rendition in seconds since the epoch,
    `seconds` the most processor time it may take, `font_folders` where the system keeps fonts.
    """

    original: Original
    target: str
    render: RenderSettings
    created: int
    seconds: int
    font_folders: tuple[str, ...] = ()


def limit_of(original: Original) -> int:
    """The most bytes of the original's format that are read to be drawn."""
    return _MOST_BYTES.get(original.media_type or "", _MOST_BYTES_OF_PLUGINS)


def shorten(names: tuple[str, ...]) -> tuple[str, ...]:
    """The first of the names, and how many more there are."""
    more = len(names) - _NAMED
    return names if more <= 0 else (*names[:_NAMED], f"and {more} more")
