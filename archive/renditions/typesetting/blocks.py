"""Lays out the blocks of a document: each becomes bands of a column and elements of the structure tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from archive.errors import RenditionError
from archive.model.blocks import (
    Block,
    BulletList,
    Direction,
    Document,
    Heading,
    Image,
    Paragraph,
    Preformatted,
    Quote,
    Span,
    Table,
)
from archive.renditions.typesetting import styles
from archive.renditions.typesetting.bands import Band, PictureItem, TextItem, keep_lines_together
from archive.renditions.typesetting.bidi import find_base_level
from archive.renditions.typesetting.composing import compose, measure_text
from archive.renditions.typesetting.fonts import FontSet
from archive.renditions.typesetting.paragraphs import ShapedText, shape_text
from archive.renditions.typesetting.pictures import shape_of
from archive.renditions.typesetting.structure import Element
from archive.renditions.typesetting.styles import Sheet, TextStyle
from archive.renditions.typesetting.tables import lay_table

_DEEPEST = 100
_NARROWEST = 90.0
_BULLETS = ("\u2022", "\u2013", "\u00b7")


@dataclass(frozen=True, slots=True)
class Column:
    """Where blocks are set: left edge and measure in points, text size, default level, depth of nested lists. `flush`
    puts a text of one line to the side where the column's own direction begins, whatever direction it has itself.
    """

    left: float
    measure: float
    size: float = styles.BODY
    level: int = 0
    depth: int = 0
    bold: bool = False
    flush: bool = False


class Layout:
    """One document on its way to bands; elements are made in the order of the text, items are numbered in it."""

    def __init__(self, fonts: FontSet, sheet: Sheet, *, language: str, level: int, described: bool) -> None:
        self.fonts = fonts
        self.sheet = sheet
        self.language = language
        self.level = level
        self.described = described
        direction = {"Layout": {"WritingMode": "RlTb"}} if level else {}
        self.root = Element("Document", language=language, attributes=direction)
        self._order = 0
        self._heading = 1
        self._depth = 0
        self._stands_for_title = False

    def lay_title(self, title: str, *, repeated: bool = False) -> list[Band]:
        """The title: the only H1, outside the element of the body. Where the body begins with a heading of the same
        words (`repeated`), it stands in small type above that, and the heading looks like the title.
        """
        element = Element("H1", self.root)
        self._stands_for_title = repeated
        style = TextStyle(styles.FURNITURE if repeated else styles.TITLE, bold=not repeated, leading=1.3)
        column = Column(self.sheet.side, self.sheet.measure, level=self.level, flush=True)
        shaped = self.shape((Span(" ".join(title.split())),), style, column, None, "auto")
        bands = self.place(shaped, element, column)
        for band in bands:
            band.keep = True
        return bands

    def lay_document(self, document: Document) -> list[Band]:
        """The body: every block of the document, in an element of its own."""
        body = Element("Sect", self.root)
        column = Column(self.sheet.side, self.sheet.measure, level=self.level)
        bands = self.lay_blocks(document.blocks, body, column)
        if bands:
            bands[0].gap = max(bands[0].gap, styles.HEADING_GAP)
        return bands

    def lay_blocks(self, blocks: Iterable[Block], parent: Element, column: Column) -> list[Band]:
        """The bands of some blocks, one below the other."""
        if self._depth == _DEEPEST:
            raise RenditionError(f"its blocks are nested more than {_DEEPEST} deep")
        self._depth += 1
        bands: list[Band] = []
        after_table = False
        for block in blocks:
            laid = self._lay_block(block, parent, column)
            if laid and after_table:
                laid[0].gap = max(laid[0].gap, styles.TABLE_GAP)
            after_table = isinstance(block, Table) if laid else after_table
            bands += laid
        self._depth -= 1
        return bands

    def shape(
        self, spans: Sequence[Span], style: TextStyle, column: Column, language: str | None, direction: Direction
    ) -> ShapedText:
        """Shape a text in the column's default direction."""
        return shape_text(
            spans,
            style=style,
            fonts=self.fonts,
            language=language or self.language,
            direction=direction,
            default=column.level,
        )

    def place(self, shaped: ShapedText, element: Element, column: Column) -> list[Band]:
        """The lines of a shaped text, one band each, with links and code as elements inside `element`."""
        inside = [self._inline(span, element, shaped.language) for span in shaped.spans]
        bands = []
        if shaped.lines and shaped.lines[0].base != self.level:
            element.attributes = {"Layout": {"WritingMode": "RlTb" if shaped.lines[0].base else "LrTb"}}
        lines = compose(shaped, column.measure)
        left = column.left
        if column.flush and len(lines) == 1 and lines[0].rtl != bool(column.level):
            spare = max(column.measure - lines[0].width, 0.0)
            left += spare if column.level else -spare
        for line in lines:
            band = Band(line.ascent + line.descent)
            for piece in line.pieces:
                self._order += 1
                band.texts.append(TextItem(self._order, inside[piece.style], left, line.ascent, piece))
            bands.append(band)
        keep_lines_together(bands)
        return bands

    def next_order(self) -> int:
        """The number of the next item in the order of the text."""
        self._order += 1
        return self._order

    def _lay_block(self, block: Block, parent: Element, column: Column) -> list[Band]:
        match block:
            case Heading():
                return self._lay_heading(block, parent, column)
            case Paragraph():
                return self._lay_paragraph(block, parent, column)
            case Preformatted():
                return self._lay_preformatted(block, parent, column)
            case Quote():
                quote = Element("BlockQuote", parent)
                if column.measure - 2 * styles.INDENT >= _NARROWEST:
                    inner = replace(
                        column, left=column.left + styles.INDENT, measure=column.measure - 2 * styles.INDENT
                    )
                else:
                    inner = column
                return self.lay_blocks(block.blocks, quote, inner)
            case BulletList():
                return self._lay_list(block, parent, column)
            case Table():
                return lay_table(self, block, parent, column)
            case Image():
                return self._lay_image(block, parent, column)

    def _lay_heading(self, block: Heading, parent: Element, column: Column) -> list[Band]:
        self._heading = max(2, min(block.level + 1, self._heading + 1, 6))
        element = Element(f"H{self._heading}", parent, language=self._own(block.language))
        size = styles.TITLE if self._stands_for_title else styles.HEADINGS[self._heading - 2]
        self._stands_for_title = False
        style = TextStyle(size * column.size / styles.BODY, bold=True, leading=1.35)
        shaped = self.shape(block.spans, style, column, block.language, block.direction)
        bands = self.place(shaped, element, column)
        for band in bands:
            band.keep = True
        if bands:
            bands[0].gap = styles.HEADING_GAP
        return bands

    def _lay_paragraph(self, block: Paragraph, parent: Element, column: Column) -> list[Band]:
        if not any(span.text for span in block.spans):
            return []
        element = Element("P", parent, language=self._own(block.language))
        style = TextStyle(column.size, bold=column.bold)
        shaped = self.shape(block.spans, style, column, block.language, block.direction)
        bands = self.place(shaped, element, column)
        bands[0].gap = styles.PARAGRAPH_GAP * column.size / styles.BODY
        return bands

    def _lay_preformatted(self, block: Preformatted, parent: Element, column: Column) -> list[Band]:
        if not block.text:
            return []
        element = Element("Code", Element("P", parent, language=self._own(block.language)))
        largest = min(styles.FIXED, column.size)
        style = TextStyle(largest, fixed=True, leading=1.4)
        shaped = self.shape((Span(block.text),), style, column, block.language, block.direction)
        _, widest = measure_text(shaped)
        if widest > column.measure:
            shaped.style = replace(
                style, size=max(largest * column.measure / widest, min(largest, styles.FIXED_SMALLEST))
            )
        bands = self.place(shaped, element, column)
        bands[0].gap = styles.PARAGRAPH_GAP
        return bands

    def _lay_list(self, block: BulletList, parent: Element, column: Column) -> list[Band]:
        numbering = "Decimal" if block.start is not None else ("Disc", "Circle", "Square")[column.depth % 3]
        element = Element("L", parent, attributes={"List": {"ListNumbering": numbering}})
        first = block.start or 0
        labels = [
            f"{first + number}." if block.start is not None else _BULLETS[column.depth % 3]
            for number in range(len(block.items))
        ]
        style = TextStyle(column.size)
        shaped = [self.shape((Span(label),), style, column, None, "ltr") for label in labels]
        indent = max([styles.INDENT * 0.8, *(measure_text(label)[1] + 6.0 for label in shaped)])
        rtl = column.level == 1
        inner = replace(column, depth=column.depth + 1)
        roomy = column.measure - indent >= _NARROWEST
        if roomy:
            inner = replace(inner, measure=column.measure - indent, left=column.left if rtl else column.left + indent)
        bands: list[Band] = []
        for item, label in zip(block.items, shaped, strict=True):
            entry = Element("LI", element)
            mark = self.place(
                label,
                Element("Lbl", entry),
                replace(column, left=column.left + column.measure - measure_text(label)[1]) if rtl else column,
            )
            body = self.lay_blocks(item.blocks, Element("LBody", entry), inner)
            if roomy and body and body[0].texts:
                shift = body[0].texts[0].y - mark[0].texts[0].y
                body[0].texts += [replace(text, y=text.y + shift) for text in mark[0].texts]
            else:
                body = [*mark, *body]
            body[0].gap = min(body[0].gap, 3.0)
            bands += body
        if bands:
            bands[0].gap = styles.PARAGRAPH_GAP if not column.depth else 3.0
        return bands

    def _lay_image(self, block: Image, parent: Element, column: Column) -> list[Band]:
        described = (block.alternative or "").strip()
        if self.described and not described:
            raise RenditionError(
                "a picture has no alternative text, so that no level A document can be made of it",
                remedy="Describe the picture, or ask for level b",
            )
        shape = shape_of(block.content)
        most = (column.measure, self.sheet.depth * 0.92)
        ratio = min(1.0, most[0] / (shape.width * 0.75), most[1] / (shape.height * 0.75))
        width, height = shape.width * 0.75 * ratio, shape.height * 0.75 * ratio
        element = Element("Figure", parent, alternative=block.alternative if described else None)
        left = column.left + (column.measure - width if column.level else 0.0)
        picture = PictureItem(
            self.next_order(), element, left, 0.0, width, height, block.content, block.alternative, shape.orientation
        )
        return [Band(height, styles.PARAGRAPH_GAP, pictures=[picture])]

    def _own(self, language: str | None) -> str | None:
        return language if language and language != self.language else None

    def _inline(self, span: Span, element: Element, language: str | None) -> Element:
        own = span.language if span.language and span.language != language else None
        if span.link:
            return Element("Link", element, language=own, link=span.link, inline=True)
        if span.code:
            return Element("Code", element, language=own, inline=True)
        return Element("Span", element, language=own, inline=True) if own else element


def find_level(document: Document, language: str) -> int:
    """The level of the document: as it says, else by its language, else by its first strong character."""
    if document.direction != "auto":
        return int(document.direction == "rtl")
    from archive.formats.language import direction_of

    said = direction_of("", language)
    if said is not None:
        return int(said == "rtl")
    return next((level for text in texts_of(document.blocks) if (level := find_base_level(text, -1)) >= 0), 0)


def texts_of(blocks: Iterable[Block]) -> Iterator[str]:
    """The texts of the blocks, in order; without recursion, for depth is judged later."""
    waiting: list[Block] = list(blocks)[::-1]
    while waiting:
        block = waiting.pop()
        match block:
            case Heading() | Paragraph():
                yield "".join(span.text for span in block.spans)
            case Preformatted():
                yield block.text
            case Quote():
                waiting += block.blocks[::-1]
            case BulletList():
                waiting += [inner for item in reversed(block.items) for inner in reversed(item.blocks)]
            case Table():
                yield "".join(span.text for span in block.caption)
                cells = [cell for row in block.rows for cell in row]
                waiting += [inner for cell in reversed(cells) for inner in reversed(cell.blocks)]
            case Image():
                yield block.alternative or ""
