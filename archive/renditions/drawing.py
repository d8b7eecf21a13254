"""Draws a document of the block model as PDF/A and PDF/UA: the one entry point of the renderer.

The text of the structure tree equals the text of the blocks, in their order, character for character:

- Every character of every span is drawn, spaces at the end of a line and line ends included; nothing is put between
  blocks. A reader that wants a plain text back byte for byte leaves the blank lines between two paragraphs at the end
  of the first one's text: line ends at the start and the end of a block take no room on the page, those inside it break
  the line (LF, CR, CRLF, VT, FF, NEL, U+2028 and U+2029).
- What the source does not have stands outside its elements: the title (the only H1), list labels (Lbl), and, as
  artifacts, page numbers, the running title and the header rows repeated on the next page of a table.
- Headings come out as H2 and below; a step that skips a level is closed up.

Control characters (other than tab and line ends), noncharacters and, by policy, characters that no font has are drawn
as a box whose ActualText is the character.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archive.model.blocks import Document

Level = Literal["3a", "2a", "3b", "2b"]
PageSize = Literal["a4", "letter"]
MissingGlyphs = Literal["refuse", "box"]


@dataclass(frozen=True, slots=True)
class SourceAttachment:
    """The payload file a rendition was made of, embedded with AFRelationship Source (ISO 19005-3, 6.8)."""

    name: str
    media_type: str
    content: bytes
    modified: datetime | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class PdfProperties:
    """What the XMP and the Info dictionary say. `language` is a BCP 47 tag; the instants carry a time zone."""

    title: str
    created: datetime
    creators: tuple[str, ...] = ()
    language: str = "und"
    subject: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class DrawOptions:
    """`fonts` are paths of more TrueType fonts, asked after our own; `missing_glyphs` is the policy for the rest."""

    level: Level = "3a"
    page: PageSize = "a4"
    fonts: tuple[str, ...] = ()
    missing_glyphs: MissingGlyphs = "refuse"


@dataclass(frozen=True, slots=True)
class DrawnPdf:
    """The file, its pages, what its XMP claims ("3a", "ua1") and the characters drawn as boxes ("U+1F600 NAME")."""

    content: bytes
    pages: int
    claims: tuple[str, ...]
    missing: tuple[str, ...] = ()


def draw(
    document: Document, *, source: SourceAttachment | None, properties: PdfProperties, options: DrawOptions
) -> DrawnPdf:
    """Draw `document` at the level asked for; equal inputs give equal bytes.

    A level a file (ISO 19005-2 and -3, 6.7) is also PDF/UA-1 (ISO 14289-1). Levels 3a and 3b embed `source`; levels 2a
    and 2b, which may embed PDF/A only, leave it out. Raises `RenditionError` when a character has no glyph and the
    policy is to refuse (each is named), when a level a document has a picture without alternative text, when a picture
    cannot be read, and when a font may not be embedded.
    """
    from archive.renditions.pdf.assembly import assemble

    return assemble(document, source=source, properties=properties, options=options)
