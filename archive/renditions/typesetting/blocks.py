"""Lays out the blocks of a document: each becomes bands of a column and elements of the structure tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from archive.errors import RenditionError
from archive.model.blocks import (
    Block,
    BulletList,
    Direction,
    Document,
    Heading,
    Image,
    PageBreak,
    Paragraph,
    Preformatted,
    Quote,
    Span,
    Table,
    texts_in_order,
)
from archive.renditions.typesetting import styles
from archive.renditions.typesetting.bands import Band, PictureItem, TextItem, keep_lines_together
from archive.renditions.typesetting.bidi import find_base_level
from archive.renditions.typesetting.composing import compose, measure_text
from archive.renditions.typesetting.fonts import FontSet
from archive.renditions.typesetting.marks import attributes_of
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

    def __init__(
        self,
        fonts: FontSet,
        sheet: Sheet,
        *,
        language: str,
        level: int,
        described: bool,
        anchors: frozenset[str] = frozenset(),
    ) -> None:
        self.fonts = fonts
        self.sheet = sheet
        self.language = language
        self.level = level
        self.described = described
        direction = {"Layout": {"WritingMode": "RlTb"}} if level else {}
        self.root = Element("Document", language=language, attributes=direction)
        self._anchors = anchors
        self._order = 0
        self._heading = 0
        self._titled = False
        self._depth = 0
        self._break = False
        self._begun = False

    def lay_title(self, title: str) -> list[Band]:
        """The title: the only H1, outside the element of the body. Without it the first heading is the H1."""
        element = Element("H1", self.root, title=title)
        self._titled, self._heading = True, 1
        style = TextStyle(styles.TITLE, bold=True, leading=1.3)
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
            if laid:
                laid[0].breaks, self._break = laid[0].breaks or self._break, False
                self._begun = True
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
        inside = self._inline_elements(shaped, element)
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
            case PageBreak():
                self._break = self._begun
                return []

    def _lay_heading(self, block: Heading, parent: Element, column: Column) -> list[Band]:
        is_title = not self._heading
        lowest = 1 if is_title else 2
        level = block.level + 1 if self._titled else block.level
        self._heading = max(lowest, min(level, self._heading + 1, 6))
        text = " ".join("".join(span.text for span in block.spans).split())
        element = Element(f"H{self._heading}", parent, language=self._own(block.language), title=text or None)
        size = styles.TITLE if is_title else styles.HEADINGS[self._heading - 2]
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
        shaped = self.shape(block.spans or (Span(block.text),), style, column, block.language, block.direction)
        _, widest = measure_text(shaped)
        if widest > column.measure:
            shaped.style = replace(
                style, size=max(largest * column.measure / widest, min(largest, styles.FIXED_SMALLEST))
            )
        bands = self.place(shaped, element, column)
        bands[0].gap = styles.PARAGRAPH_GAP
        return bands

    def _lay_list(self, block: BulletList, parent: Element, column: Column) -> list[Band]:
        first = block.start or 0
        column = replace(column, level=find_list_level(block, column.level))
        labels = [
            item.label
            if item.label is not None
            else (f"{first + number}." if block.start is not None else _BULLETS[column.depth % 3])
            for number, item in enumerate(block.items)
        ]
        own = any(item.label for item in block.items)
        numbering = numbering_of(labels[0]) if own else ("Disc", "Circle", "Square")[column.depth % 3]
        if block.start is not None and not own:
            numbering = "Decimal"
        element = Element("L", parent, attributes={"List": {"ListNumbering": numbering}})
        style = TextStyle(column.size)
        shaped = [self.shape((Span(label),), style, column, None, "auto") for label in labels]
        indent = max([styles.INDENT * 0.8, *(measure_text(label)[1] + 6.0 for label in shaped)])
        rtl = column.level == 1
        inner = replace(column, depth=column.depth + 1)
        roomy = column.measure - indent >= _NARROWEST
        if roomy:
            inner = replace(inner, measure=column.measure - indent, left=column.left if rtl else column.left + indent)
        bands: list[Band] = []
        for item, label in zip(block.items, shaped, strict=True):
            entry = Element("LI", element)
            mark: list[Band] = []
            if label.text:
                width = measure_text(label)[1] + 0.02
                left = column.left + column.measure - width if rtl else column.left
                mark = self.place(label, Element("Lbl", entry), replace(column, left=left, measure=width))
            body = self.lay_blocks(item.blocks, Element("LBody", entry), inner)
            if mark and roomy and body and body[0].texts:
                shift = body[0].texts[0].y - mark[0].texts[0].y
                body[0].texts += [replace(text, y=text.y + shift) for text in mark[0].texts]
            else:
                body = [*mark, *body]
            if body:
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

    def _inline_elements(self, shaped: ShapedText, element: Element) -> list[Element]:
        """The element of each span. The anchor of a span without text goes to the next one, or to the block."""
        inside: list[Element] = []
        waiting: str | None = None
        for span in shaped.spans:
            anchor = span.anchor or waiting
            waiting = None if span.text else anchor
            inside.append(self._inline(span, element, shaped, anchor if span.text else None))
        if waiting and element.anchor is None:
            element.anchor = waiting
        return inside

    def _inline(self, span: Span, element: Element, shaped: ShapedText, anchor: str | None) -> Element:
        own = span.language if span.language and span.language != shaped.language else None
        layout = attributes_of(span.marks, shaped.style.size)
        target = span.target if span.target in self._anchors else None
        kind = "Link" if span.link or target else "Code" if span.code else "Span"
        if kind == "Span" and not (own or layout or anchor):
            return element
        return Element(
            kind,
            element,
            language=own,
            attributes={"Layout": layout} if layout else {},
            link=span.link,
            anchor=anchor,
            target=None if span.link else target,
            title=span.text if target and not span.link else None,
            inline=True,
        )


def numbering_of(label: str) -> str:
    """The ListNumbering of a list whose first label is this (ISO 32000-1, 14.8.5.5)."""
    core = "".join(character for character in label if character.isalnum())
    if not core:
        return "Disc"
    if any(character.isdigit() for character in core):
        return "Decimal"
    last = re.split(r"[\W_]+", label.strip(" .()[]:"))[-1]
    roman = bool(last) and set(last.lower()) <= set("ivxlcdm")
    kind = "Roman" if roman else "Alpha"
    return f"{'Upper' if last.isupper() else 'Lower'}{kind}"


def find_list_level(block: BulletList, level: int) -> int:
    """The level of a list by its first item that says one: the labels of Arabic items are to their right."""
    for item in block.items:
        first = item.blocks[0] if item.blocks else None
        if isinstance(first, Paragraph) and first.direction != "auto":
            return int(first.direction == "rtl")
        found = next((one for text in texts_in_order(item.blocks) if (one := find_base_level(text, -1)) >= 0), -1)
        if found >= 0:
            return found
    return level


def find_level(document: Document, language: str) -> int:
    """The level of the document: as it says, else by its own first strong character, else by its language."""
    if document.direction != "auto":
        return int(document.direction == "rtl")
    from archive.formats.language import direction_of

    for text in texts_in_order(document.blocks):
        level = find_base_level(text, -1)
        if level >= 0:
            return level
    return int(direction_of("", language) == "rtl")
