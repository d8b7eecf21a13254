"""Walks the body of a part of a Word document and makes blocks of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from archive.model.blocks import (
    Block,
    BulletList,
    Cell,
    Direction,
    Heading,
    ListItem,
    PageBreak,
    Paragraph,
    Span,
    Table,
)
from archive.renditions.readers.docx_controls import name_choices
from archive.renditions.readers.docx_drawings import DrawingReader
from archive.renditions.readers.docx_names import W, is_on, local, texts_of_part, value
from archive.renditions.readers.docx_numbering import Label, Numbering
from archive.renditions.readers.docx_runs import RunReader, Shared
from archive.renditions.readers.docx_tables import StyledTable
from archive.renditions.readers.inline import PLAIN, Style, join

_DEEPEST = 30
_WIDEST = 200
_SPARE_CELLS = 4_000
_HOLDERS = frozenset(
    f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "del", "moveFrom", "smartTag")
)
_HARMLESS = frozenset(
    f"{W}{name}"
    for name in (
        "sectPr", "bookmarkStart", "bookmarkEnd", "proofErr", "permStart", "permEnd", "commentRangeStart",
        "commentRangeEnd", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "sdtPr",
        "sdtEndPr", "customXmlPr", "tcPr", "tblPr", "tblGrid", "trPr", "tblPrEx", "customXmlInsRangeStart",
        "customXmlInsRangeEnd", "customXmlDelRangeStart", "customXmlDelRangeEnd", "background",
    )
)  # fmt: skip


_TELLING = frozenset(
    f"{W}{name}" for name in ("pageBreakBefore", "sectPr", "pPrChange", "sectPrChange", "numberingChange", "rPr")
)


class BodyReader:
    """Reads the elements of one part into blocks; what is not drawn goes into the account."""

    def __init__(self, part: Any, shared: Shared, numbering: Numbering) -> None:
        self.shared, self.numbering = shared, numbering
        self.account = shared.account
        self._depth = 0
        drawings = DrawingReader(part, shared.name, shared.account, self._read_box)
        self.runs = RunReader(part, shared, drawings)

    def read(self, body: Any, style: Style = PLAIN, depth: int = 0) -> list[Block]:
        """The blocks of `body`: neighbouring items of one list become a list."""
        blocks: list[Block] = []
        items: list[tuple[Label, list[Block]]] = []
        for element, change in self._flatten(body, depth):
            inner = style if change is None else self.runs.changed(change, style)
            if element.tag == f"{W}tbl":
                label, made = None, self._read_table(element, inner, depth)
            else:
                label, made = self._read_paragraph(element, inner)
            if label is not None and made:
                items.append((label, made))
            elif made:
                blocks += [*_nest(items), *made]
                items = []
        return [*blocks, *_nest(items)]

    def _flatten(self, body: Any, depth: int, change: Any = None) -> Iterator[tuple[Any, Any]]:
        """Paragraphs and tables in order, also from inside of content controls, each with the change it is part of."""
        for element in body:
            if element.tag in (f"{W}p", f"{W}tbl"):
                yield element, change
            elif element.tag in _HOLDERS and depth < _DEEPEST:
                tracked = local(element) in ("ins", "del", "moveTo", "moveFrom")
                if element.tag == f"{W}sdt":
                    name_choices(element, self.account)
                yield from self._flatten(element, depth + 1, element if tracked else change)
            elif isinstance(element.tag, str) and element.tag not in _HARMLESS:
                text = "".join(texts_of_part(element))
                self.account.leave_out(f"an element of Word that is not known here ({local(element)})", text)

    def _read_box(self, content: Any) -> list[Block]:
        if self._depth > _DEEPEST:
            self.account.leave_out("text boxes in each other", "".join(texts_of_part(content)))
            return []
        self._depth += 1
        try:
            return self.read(content, depth=self._depth)
        finally:
            self._depth -= 1

    def _read_table(self, element: Any, style: Style, depth: int) -> list[Block]:
        if depth >= _DEEPEST:
            self.account.leave_out(f"tables nested more than {_DEEPEST} deep", "".join(texts_of_part(element)))
            return []
        properties = element.find(f"{W}tblPr")
        for name in ("tblCaption", "tblDescription"):
            said = value(properties, name)
            if said:
                self.account.leave_out("the description of a table", self.account.own(said))
        rows: list[list[Cell]] = []
        places = StyledTable(element, self.shared.styles)
        spare = _SPARE_CELLS
        for row in _children(element, "tr"):
            marks = row.find(f"{W}trPr")
            header = is_on(marks.find(f"{W}tblHeader")) if marks is not None else False
            if marks is not None and is_on(marks.find(f"{W}hidden")):
                self.account.leave_out("hidden text", "".join(texts_of_part(row)))
                continue
            change = next((one for one in (marks if marks is not None else ()) if local(one) in ("ins", "del")), None)
            inner = style if change is None else self.runs.changed(change, style)
            cells = [Cell((), header)] * min(_whole(value(marks, "gridBefore")), _WIDEST)
            for column, cell in enumerate(_children(row, "tc")):
                with self._in_style(places.of(row, cell, column)):
                    cells.append(Cell(tuple(self._read_cell(cell, inner, depth + 1)), header))
                wide = min(_whole(value(cell.find(f"{W}tcPr"), "gridSpan"), 1), _WIDEST) - 1
                if wide > spare:
                    self.account.leave_out("the joined cells of a table: they would fill more than the table has")
                    wide = 0
                spare -= wide - 1
                cells += [Cell((), header)] * wide
            rows.append(cells)
        width = max((len(row) for row in rows), default=0)
        if width == 0:
            return []
        turned = properties is not None and is_on(properties.find(f"{W}bidiVisual"))
        even = tuple((*row, *[Cell(())] * (width - len(row))) for row in rows)
        return [Table(even, direction="rtl" if turned else "auto")]

    @contextmanager
    def _in_style(self, properties: tuple[Any, ...]) -> Iterator[None]:
        """Read a cell with what the style of its table gives to its text."""
        before = self.shared.around
        self.shared.around = (*before, *properties)
        try:
            yield
        finally:
            self.shared.around = before

    def _read_cell(self, cell: Any, style: Style, depth: int) -> list[Block]:
        for change in cell.iterfind(f"{W}tcPr/*"):
            if local(change) in ("cellIns", "cellDel"):
                style = self.runs.changed(change, style)
        merged = cell.find(f"{W}tcPr/{W}vMerge")
        if merged is not None and merged.get(f"{W}val", "continue") == "continue":
            text = "".join(texts_of_part(cell))
            if text.strip():
                self.account.leave_out("hidden text of a joined cell", text)
            return []
        return self.read(cell, style, depth)

    def _read_paragraph(self, element: Any, style: Style) -> tuple[Label | None, list[Block]]:
        """The blocks of a paragraph, and its label where it is an item of a list."""
        if not len(element) or (len(element) == 1 and _says_nothing(element[0])):
            return None, []
        properties = element.find(f"{W}pPr")
        self._note_changes(properties)
        pieces = self.runs.read(element, style)
        level = self.shared.styles.heading_level(element)
        direction: Direction = "rtl" if properties is not None and is_on(properties.find(f"{W}bidi")) else "auto"
        said = any(isinstance(piece, Span) and piece.text.strip() for piece in pieces)
        drawn = any(not isinstance(piece, Span | PageBreak) for piece in pieces)
        label = self._label_of(element, properties) if said or drawn else None
        if level is not None and label is not None:
            front = f"{label.text} " if label.text else ""
            pieces.insert(0, Span(front))
            label = None
        blocks = list(_cut(pieces, level, direction))
        if properties is not None and is_on(properties.find(f"{W}pageBreakBefore")):
            blocks.insert(0, PageBreak())
        section = properties.find(f"{W}sectPr") if properties is not None else None
        if section is not None and value(section, "type") != "continuous":
            blocks.append(PageBreak())
        return label, blocks

    def _note_changes(self, properties: Any) -> None:
        if properties is None:
            return
        for name in ("pPrChange", "sectPrChange", "numberingChange"):
            if properties.find(f"{W}{name}") is not None:
                self.account.leave_out("tracked changes of the form of paragraphs")
        for name in ("ins", "del", "moveFrom", "moveTo"):
            if properties.find(f"{W}rPr/{W}{name}") is not None:
                self.account.leave_out(f"tracked changes of the ends of paragraphs ({name})")

    def _label_of(self, element: Any, properties: Any) -> Label | None:
        """What precedes a paragraph, by its own numbering or that of its style (17.9.18)."""
        identifier = value(properties, "pStyle")
        chain = self.shared.styles.chain(identifier) if identifier else ()
        number = depth = None
        for place, holder in enumerate((properties, *(style.find(f"{W}pPr") for style in chain))):
            numbering = holder.find(f"{W}numPr") if holder is not None else None
            if numbering is None:
                continue
            depth = depth if depth is not None else value(numbering, "ilvl")
            if number is None:
                number = value(numbering, "numId")
                if place and number is not None and depth is None:
                    own = self.numbering.level_of_style(number, chain[place - 1].get(f"{W}styleId") or "")
                    depth = str(own) if own is not None else None
        if number is None or number == "0":
            return None
        steps = _whole(depth)
        label = self.numbering.next_label(number, steps)
        deeper = _depth_by_name(self.shared.styles.name(identifier))
        return replace(label, level=max(label.level, deeper)) if label is not None else None


def _says_nothing(only: Any) -> bool:
    """Whether the only child of a paragraph are properties that change nothing where there is no text."""
    return only.tag == f"{W}pPr" and all(child.tag not in _TELLING for child in only)


def _cut(pieces: list[Span | Block], level: int | None, direction: Direction) -> Iterator[Block]:
    """The pieces of a paragraph as blocks: what is not text parts it."""
    spans: list[Span] = []
    for piece in [*pieces, None]:
        if isinstance(piece, Span):
            spans.append(piece)
            continue
        joined = join(spans)
        spans = []
        if "".join(span.text for span in joined).strip():
            yield (
                Paragraph(joined, direction=direction) if level is None else Heading(level, joined, direction=direction)
            )
        if piece is not None:
            yield piece


def _children(element: Any, name: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, also those inside of content controls."""
    for child in element:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in _HOLDERS:
            yield from _children(child, name)


def _nest(items: list[tuple[Label, list[Block]]]) -> list[Block]:
    """Items with their labels as lists within lists."""
    if not items:
        return []
    lowest = min(label.level for label, _ in items)
    lists: list[Block] = []
    made: list[ListItem] = []
    start = items[0][0].number
    position = 0
    while position < len(items):
        label, blocks = items[position]
        if label.level > lowest:
            end = position
            while end < len(items) and items[end][0].level > lowest:
                end += 1
            inner = _nest(items[position:end])
            if made:
                made[-1] = replace(made[-1], blocks=(*made[-1].blocks, *inner))
            else:
                lists += inner
            position = end
            continue
        if made and (label.number is None) != (start is None):
            lists.append(BulletList(tuple(made), start))
            made = []
        if not made:
            start = label.number
        made.append(ListItem(tuple(blocks), label.text))
        position += 1
    return [*lists, BulletList(tuple(made), start)] if made else lists


def _depth_by_name(name: str) -> int:
    """Word's own styles "List Bullet 2" and so on are deeper by their name alone."""
    word, _, number = name.rpartition(" ")
    return (
        int(number) - 1 if word in ("List Bullet", "List Number") and number.isdigit() and 1 < int(number) < 10 else 0
    )


def _whole(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else otherwise
