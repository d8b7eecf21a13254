"""Tables: column widths, rows as bands, and the header that is repeated on every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from archive.model.blocks import Block, Cell, Heading, Paragraph, Preformatted, Span, Table
from archive.renditions.typesetting import styles
from archive.renditions.typesetting.bands import Band, RuleItem, as_furniture
from archive.renditions.typesetting.columns import Grid, plan_columns
from archive.renditions.typesetting.composing import measure_text
from archive.renditions.typesetting.structure import Element
from archive.renditions.typesetting.styles import TextStyle

if TYPE_CHECKING:
    from archive.renditions.typesetting.blocks import Column, Layout

_OTHER_WIDTH = 120.0
_MEASURED_CHARACTERS = 4000
_EMPTY = Cell(())
_STRONG_RULE = 0.8
_LIGHT_RULE = 0.25


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row with the elements they are in."""

    cells: tuple[Cell, ...]
    elements: tuple[Element, ...]
    in_head: bool


def lay_table(layout: Layout, table: Table, parent: Element, column: Column) -> list[Band]:
    """The bands of a table. Rows of header cells at the top are its head (THead); short rows are filled with empty
    cells, so that every row has as many (ISO 32000-1, 14.8.4.3.4).

    A table that is too wide to be read is drawn in parts, one below the other, each with some of the columns: the rows
    of the structure tree hold the cells of all parts, and what a part repeats (the head, the first column) is an
    artifact.
    """
    count = max((len(row) for row in table.rows), default=0)
    if not count:
        return []
    if table.direction != "auto":
        column = replace(column, level=int(table.direction == "rtl"))
    rows = [(*row, *(_EMPTY,) * (count - len(row))) for row in table.rows]
    element = Element("Table", parent)
    bands: list[Band] = []
    if any(span.text for span in table.caption):
        style = TextStyle(column.size, bold=True)
        shaped = layout.shape(table.caption, style, column, None, "auto")
        bands += layout.place(shaped, Element("Caption", element), column)
        for band in bands:
            band.keep = True
    head = 0
    while head < len(rows) and all(cell.header for cell in rows[head]):
        head += 1
    if head == len(rows):
        head = 0
    tagged = _tag_rows(rows, head, element)
    parts = plan_columns(rows, column, lambda cell, size: _cell_width(layout, cell, replace(column, size=size)))
    for grid in parts:
        laid = _lay_part(layout, tagged, head, column, grid)
        if len(parts) > 1:
            laid = [_name_part(layout, column, grid, count), *laid]
        if laid:
            laid[0].gap = styles.TABLE_GAP
        bands += laid
    bands[0].gap = styles.TABLE_GAP
    return bands


def _tag_rows(rows: list[tuple[Cell, ...]], head: int, element: Element) -> list[_Row]:
    section = Element("THead", element) if head else element
    tagged = []
    for number, cells in enumerate(rows):
        if head and number == head:
            section = Element("TBody", element)
        row = Element("TR", section)
        in_head = number < head or all(cell.header for cell in cells)
        scope = {"Table": {"Scope": "Column" if in_head else "Row"}}
        holders = tuple(
            Element("TH" if cell.header else "TD", row, attributes=scope if cell.header else {}) for cell in cells
        )
        tagged.append(_Row(cells, holders, in_head))
    return tagged


def _lay_part(layout: Layout, rows: list[_Row], head: int, column: Column, grid: Grid) -> list[Band]:
    """The bands of the columns in one grid: the head, then the rows, each ready to begin a page with the head."""
    header: list[Band] = []
    for row in rows[:head]:
        header += _lay_row(layout, row, column, grid)
    if header:
        header[-1].rules.append(_rule(grid, header[-1].height, _STRONG_RULE))
        for band in header:
            band.keep = True
    body: list[Band] = []
    for row in rows[head:]:
        body += _lay_row(layout, row, column, grid)
    if sum(band.height for band in header) < layout.sheet.depth / 3:
        repeated = tuple(as_furniture(band) for band in header)
        for band in body:
            band.header = repeated
    elif header:
        for band in header[:-1]:
            band.keep = False
    return [*header, *body]


def _name_part(layout: Layout, column: Column, grid: Grid, count: int) -> Band:
    """A line that tells which columns follow, in figures: muniment adds it, it is not text of the document."""
    first, last = grid.columns[1 if grid.repeats else 0] + 1, grid.columns[-1] + 1
    said = f"{first}\u2013{last} / {count}" if first < last else f"{first} / {count}"
    shaped = layout.shape((Span(said),), TextStyle(styles.FURNITURE), column, None, "ltr")
    width = measure_text(shaped)[1]
    place = replace(column, left=column.left + column.measure - width if column.level else column.left)
    return as_furniture(layout.place(shaped, Element("Span"), place)[0])


def _cell_width(layout: Layout, cell: Cell, column: Column) -> tuple[float, float]:
    """The width of the longest word and of the longest line in a cell."""
    sizes = [_block_width(layout, block, replace(column, bold=cell.header)) for block in cell.blocks]
    return max((word for word, _ in sizes), default=1.0), max((line for _, line in sizes), default=1.0)


def _block_width(layout: Layout, block: Block, column: Column) -> tuple[float, float]:
    if isinstance(block, Paragraph | Heading):
        shaped = layout.shape(
            _beginning(block.spans),
            TextStyle(column.size, bold=column.bold or isinstance(block, Heading)),
            column,
            block.language,
            block.direction,
        )
        return measure_text(shaped)
    if isinstance(block, Preformatted):
        spans = _beginning(block.spans or (Span(block.text),))
        return measure_text(layout.shape(spans, TextStyle(column.size, fixed=True), column, None, block.direction))
    return column.size * 6, _OTHER_WIDTH


def _beginning(spans: Sequence[Span]) -> tuple[Span, ...]:
    """As much of a cell's text as decides on the width of its column: what is longer does not fit a line anyway."""
    kept, room = [], _MEASURED_CHARACTERS
    for span in spans:
        if room <= 0:
            break
        kept.append(span if len(span.text) <= room else replace(span, text=span.text[:room]))
        room -= len(span.text)
    return tuple(kept)


def _lay_row(layout: Layout, row: _Row, column: Column, grid: Grid) -> list[Band]:
    parts = []
    for place, number in enumerate(grid.columns):
        cell = row.cells[number]
        left, width = grid.places[place]
        inner = replace(column, left=left, measure=width, size=grid.size, bold=cell.header, depth=0, flush=True)
        again = grid.repeats and place == 0
        bands = layout.lay_blocks(cell.blocks, Element("TD") if again else row.elements[number], inner)
        if again:
            bands = [as_furniture(band) for band in bands]
        if bands:
            bands[0].gap = 0.0
        parts.append(bands)
    merged = [_merge([band for band in strip if band is not None]) for strip in zip_longest(*parts)]
    if not merged:
        merged = [Band(grid.size * styles.LEADING)]
    _pad(merged[0], styles.CELL_PADDING * 0.7, 0.0)
    _pad(merged[-1], 0.0, styles.CELL_PADDING * 0.7)
    merged[-1].rules.append(_rule(grid, merged[-1].height, _LIGHT_RULE))
    whole = sum(band.height + band.gap for band in merged) < layout.sheet.depth / 3
    for number, band in enumerate(merged):
        band.keep = band.keep if not whole else number + 1 < len(merged)
    return merged


def _merge(bands: list[Band]) -> Band:
    """Bands side by side as one, their texts on one baseline; each keeps its own gap above."""
    baseline = max((band.gap + band.texts[0].y for band in bands if band.texts), default=0.0)
    merged = Band(0.0)
    for band in bands:
        shift = baseline - band.texts[0].y if band.texts else band.gap
        merged.height = max(merged.height, band.height + shift)
        merged.texts += [replace(item, y=item.y + shift) for item in band.texts]
        merged.pictures += [replace(item, y=item.y + shift) for item in band.pictures]
        merged.rules += [replace(item, y=item.y + shift) for item in band.rules]
    return merged


def _pad(band: Band, above: float, below: float) -> None:
    band.height += above + below
    if above:
        band.texts = [replace(item, y=item.y + above) for item in band.texts]
        band.pictures = [replace(item, y=item.y + above) for item in band.pictures]
        band.rules = [replace(item, y=item.y + above) for item in band.rules]


def _rule(grid: Grid, y: float, thickness: float) -> RuleItem:
    return RuleItem(*grid.edges, y, thickness)
