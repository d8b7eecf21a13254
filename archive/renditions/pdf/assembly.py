"""The way from a document to the bytes of its PDF/A: lay out, paint, tag, describe, write."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from archive.errors import RenditionError
from archive.model.blocks import Document, Heading
from archive.renditions.drawing import DrawnPdf, DrawOptions, PdfProperties, SourceAttachment
from archive.renditions.pdf.canvas import open_canvas
from archive.renditions.pdf.finishing import add_output_intent, attach, describe, set_identifier
from archive.renditions.pdf.fonts import FontBook
from archive.renditions.pdf.furniture import lay_furniture
from archive.renditions.pdf.objects import date
from archive.renditions.pdf.painting import Painter
from archive.renditions.pdf.tagging import tag
from archive.renditions.pdf.xmp import write_xmp
from archive.renditions.typesetting.blocks import Layout, find_level, texts_of
from archive.renditions.typesetting.fonts import load_fonts
from archive.renditions.typesetting.pages import paginate
from archive.renditions.typesetting.styles import PAGES, Sheet

_HEADER = "%PDF-1.7"
_UNTITLED = "Untitled"
_NAMED = 40


def assemble(
    document: Document, *, source: SourceAttachment | None, properties: PdfProperties, options: DrawOptions
) -> DrawnPdf:
    """See `archive.renditions.drawing.draw`."""
    from pypdf import PdfWriter

    _refuse_surrogates(document, properties)
    part, conformance = int(options.level[0]), options.level[1].upper()
    accessible = conformance == "A"
    sheet = Sheet(*PAGES[options.page])
    fonts = load_fonts(options.fonts)
    language = document.language or properties.language
    level = find_level(document, language)
    title = " ".join(properties.title.split()) or (source.name if source else "") or properties.identifier or _UNTITLED
    layout = Layout(fonts, sheet, language=language, level=level, described=accessible)
    bands = [*layout.lay_title(title, repeated=_begins_with(document, title)), *layout.lay_document(document)]
    pages = paginate(bands, sheet.depth)
    furniture = [lay_furniture(layout, title, number, len(pages)) for number in range(1, len(pages) + 1)]
    if fonts.missing and options.missing_glyphs == "refuse":
        raise RenditionError(
            f"no font has {_listed(name_characters(fonts.missing))}",
            remedy="Add a font that has them to [render] fonts, or have them drawn as boxes with missing_glyphs",
        )
    drawn = io.BytesIO()
    book = FontBook()
    canvas = open_canvas(drawn, (sheet.width, sheet.height))
    painter = Painter(canvas, book, sheet)
    for page, lines in zip(pages, furniture, strict=True):
        painter.paint(page, lines)
    book.embed(canvas.document)
    canvas.save()

    writer = PdfWriter(clone_from=io.BytesIO(drawn.getvalue()))
    writer.pdf_header = _HEADER
    tag(writer, layout.root, painter.marks, painter.links)
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
    describe(writer, xmp=xmp, info=info, language=language, rtl=level == 1)
    add_output_intent(writer)
    embeds = part == 3 and source is not None
    if embeds and source is not None:
        attach(
            writer,
            file_name=source.name,
            media_type=source.media_type or "application/octet-stream",
            content=source.content,
            modified=source.modified or properties.created,
            description=source.description or "The file this rendition was made of",
        )
    set_identifier(writer, [drawn.getvalue(), xmp, source.content if embeds and source is not None else b""])
    written = io.BytesIO()
    writer.write(written)
    claims = (options.level, *(("ua1",) if accessible else ()))
    return DrawnPdf(written.getvalue(), len(pages), claims, name_characters(fonts.missing))


def _begins_with(document: Document, title: str) -> bool:
    """Whether the first thing in a document is a heading of the same words as its title."""
    first = document.blocks[0] if document.blocks else None
    return isinstance(first, Heading) and " ".join("".join(span.text for span in first.spans).split()) == title


def name_characters(characters: Iterable[str]) -> tuple[str, ...]:
    """Characters by code point and name, in the order of the code points: "U+1F600 GRINNING FACE"."""
    return tuple(
        f"U+{ord(character):04X} {unicodedata.name(character, '(no name)')}" for character in sorted(characters)
    )


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _refuse_surrogates(document: Document, properties: PdfProperties) -> None:
    for text in (*texts_of(document.blocks), properties.title, properties.subject, *properties.creators):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise RenditionError(f"the text has half a surrogate pair: U+{ord(text[error.start]):04X}") from error


def _tool() -> str:
    """Our name and, where we are installed, our version."""
    try:
        return f"muniment {version('muniment')}"
    except PackageNotFoundError:
        return "muniment"
