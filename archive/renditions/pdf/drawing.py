"""Draws a document of the block model as PDF/A and PDF/UA: the one entry point of the renderer.

The text of the structure tree equals the text of the blocks, in their order, character for character:

- Every character of every span is drawn, spaces at the end of a line and line ends included; nothing is put between
  blocks. A reader that needs a plain text back byte for byte leaves the blank lines between two paragraphs at the end
  of the first one's text: line ends at the start and the end of a block take no room on the page, those inside it break
  the line (LF, CR, CRLF, VT, FF, NEL, U+2028 and U+2029).
- What the source does not have is outside its elements: the title (the only H1), list labels (Lbl), and, as
  artifacts, page numbers, the running title and the header rows repeated on the next page of a table.
- A document that begins with its title gets no second one; then its first heading is the H1. Otherwise headings come
  out as H2 and below. A step that skips a level is closed up. Every heading has a bookmark.

Control characters (other than tab and line ends), noncharacters and, by policy, characters that no font has are drawn
as a box whose ActualText is the character.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from archive.errors import RenditionError
from archive.model.blocks import Document, Heading, PageBreak, Paragraph, anchors_of, texts_in_order
from archive.renditions.pdf.file import PdfFile
from archive.renditions.pdf.finishing import add_output_intent, attach, describe
from archive.renditions.pdf.fonts import FontBook
from archive.renditions.pdf.furniture import lay_furniture
from archive.renditions.pdf.objects import date
from archive.renditions.pdf.outline import add_outline
from archive.renditions.pdf.painting import Painter
from archive.renditions.pdf.tagging import tag
from archive.renditions.pdf.xmp import write_xmp
from archive.renditions.typesetting.blocks import Layout, find_level
from archive.renditions.typesetting.fonts import load_fonts
from archive.renditions.typesetting.pages import paginate
from archive.renditions.typesetting.styles import PAGES, Sheet

Level = Literal["3a", "2a", "3b", "2b"]
PageSize = Literal["a4", "letter"]
MissingGlyphs = Literal["refuse", "box"]
_UNTITLED = "Untitled"
_NAMED = 40


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
    """`fonts` are paths of more fonts, asked after muniment's own, `font_folders` the folders of the system's, asked
    last; `missing_glyphs` is the policy for the rest.
    """

    level: Level = "3a"
    page: PageSize = "a4"
    fonts: tuple[str, ...] = ()
    missing_glyphs: MissingGlyphs = "box"
    font_folders: tuple[str, ...] = ()


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
    _refuse_surrogates(document, properties)
    part, conformance = int(options.level[0]), options.level[1].upper()
    accessible = conformance == "A"
    sheet = Sheet(*PAGES[options.page])
    fonts = load_fonts(options.fonts, options.font_folders)
    language = document.language or properties.language
    level = find_level(document, language)
    title = " ".join(properties.title.split()) or (source.name if source else "") or properties.identifier or _UNTITLED
    anchors = anchors_of(document.blocks)
    layout = Layout(fonts, sheet, language=language, level=level, described=accessible, anchors=anchors)
    heading = [] if document.title_in_text or _begins_with(document, title) else layout.lay_title(title)
    bands = [*heading, *layout.lay_document(document)]
    pages = paginate(bands, sheet.depth)
    furniture = [
        lay_furniture(layout, title, properties.identifier, number, len(pages)) for number in range(1, len(pages) + 1)
    ]
    if fonts.missing and options.missing_glyphs == "refuse":
        raise RenditionError(
            f"no font has {_listed(name_characters(fonts.missing))}",
            remedy="Add a font that has them to [render] fonts, or have them drawn as boxes with missing_glyphs",
        )
    book, file = FontBook(), PdfFile()
    painter = Painter(file, book, sheet)
    for page, lines in zip(pages, furniture, strict=True):
        painter.paint(page, lines)
    book.embed(file)
    tag(file, layout.root, painter.marks, painter.links, painter.places)
    tool = _tool()
    xmp = write_xmp(
        title=title,
        creators=properties.creators,
        language=language,
        subject=properties.subject,
        identifier=properties.identifier,
        created=properties.created,
        tool=tool,
        part=part,
        conformance=conformance,
        accessible=accessible,
    )
    info = {
        "Title": title,
        **({"Author": "; ".join(properties.creators)} if properties.creators else {}),
        **({"Subject": properties.subject} if properties.subject else {}),
        "Creator": tool,
        "Producer": tool,
        "CreationDate": date(properties.created),
        "ModDate": date(properties.created),
    }
    describe(file, xmp=xmp, language=language, rtl=level == 1)
    add_outline(file, painter.places)
    add_output_intent(file)
    embeds = part == 3 and source is not None
    if embeds and source is not None:
        attach(
            file,
            file_name=source.name,
            media_type=source.media_type or "application/octet-stream",
            content=source.content,
            modified=source.modified or properties.created,
            description=source.description or "The file this rendition was made of",
        )
    content = file.write(info, [xmp, source.content if embeds and source is not None else b""])
    claims = (options.level, *(("ua1",) if accessible else ()))
    return DrawnPdf(content, len(pages), claims, name_characters(fonts.missing))


def _begins_with(document: Document, title: str) -> bool:
    """Whether the first thing in a document is its title: a heading, or the first line of a paragraph."""
    first = next((block for block in document.blocks if not isinstance(block, PageBreak)), None)
    if not isinstance(first, Heading | Paragraph):
        return False
    text = "".join(span.text for span in first.spans)
    lines = text.strip().splitlines()
    return bool(lines) and title in {
        " ".join(text.split()),
        *([" ".join(lines[0].split())] * isinstance(first, Paragraph)),
    }


def name_characters(characters: Iterable[str]) -> tuple[str, ...]:
    """Characters by code point and name, in the order of the code points: "U+1F600 GRINNING FACE"."""
    return tuple(
        f"U+{ord(character):04X} {unicodedata.name(character, '(no name)')}" for character in sorted(characters)
    )


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _refuse_surrogates(document: Document, properties: PdfProperties) -> None:
    for text in (*texts_in_order(document.blocks), properties.title, properties.subject, *properties.creators):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise RenditionError(f"the text has half a surrogate pair: U+{ord(text[error.start]):04X}") from error


@cache
def _tool() -> str:
    """The program's name and, where it is installed, its version."""
    try:
        return f"muniment {version('muniment')}"
    except PackageNotFoundError:
        return "muniment"
