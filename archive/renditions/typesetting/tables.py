"""Tables: column widths, rows as bands, and the header that is repeated on every page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from archive.model.blocks import Block, Cell, Heading, Paragraph, Preformatted, Span, Table
from archive.renditions.typesetting import styles
from archive.renditions.typesetting.bands import Band, RuleItem, as_furniture
from archive.renditions.typesetting.composing import measure_text
from archive.renditions.typesetting.structure import Element
from archive.renditions.typesetting.styles import TextStyle

if TYPE_CHECKING:
    from archive.renditions.typesetting.blocks import Column, Layout

_OTHER_WIDTH = 120.0
_MEASURED_ROWS = 400
_EMPTY = Cell(())
_STRONG_RULE = 0.8
_LIGHT_RULE = 0.25


@dataclass(frozen=True, slots=True)
class _Grid:
    """Left edges and widths of the columns, in the table's order, and the text size."""

    places: tuple[tuple[float, float], ...]
    size: float


def lay_table(layout: Layout, table: Table, parent: Element, column: Column) -> list[Band]:
    """The bands of a table. Rows of header cells at the top are its head (THead); short rows are filled with empty
    cells, so that every row has as many (ISO 32000-1, 14.8.4.3.4).
    """
    count = max((len(row) for row in table.rows), default=0)
    if not count:
        return []
    rows = [(*row, *(_EMPTY,) * (count - len(row))) for row in table.rows]
    element = Element("Table", parent)
    bands: list[Band] = []
    if any(span.text for span in table.caption):
        style = TextStyle(column.size, bold=True)
        shaped = layout.shape(table.caption, style, column, None, "auto")
        bands += layout.place(shaped, Element("Caption", element), column)
        for band in bands:
            band.keep = True
    grid = _plan(layout, rows, column, count)
    head = 0
    while head < len(rows) and all(cell.header for cell in rows[head]):
        head += 1
    if head == len(rows):
        head = 0
    header: list[Band] = []
    if head:
        section = Element("THead", element)
        for row in rows[:head]:
            header += _lay_row(layout, row, section, column, grid, in_head=True)
        header[-1].rules.append(_rule(column, header[-1].height, _STRONG_RULE))
        for band in header:
            band.keep = True
    body: list[Band] = []
    section = Element("TBody", element) if head else element
    for row in rows[head:]:
        body += _lay_row(layout, row, section, column, grid, in_head=all(cell.header for cell in row))
    if sum(band.height for band in header) < layout.sheet.depth / 3:
        repeated = tuple(as_furniture(band) for band in header)
        for band in body:
            band.header = repeated
    elif header:
        for band in header[:-1]:
            band.keep = False
    bands += [*header, *body]
    bands[0].gap = styles.PARAGRAPH_GAP * 1.4
    return bands


def _plan(layout: Layout, rows: list[tuple[Cell, ...]], column: Column, count: int) -> _Grid:
    """Column widths between the longest word and the longest line; smaller type before words are broken."""
    size = min(styles.TABLE, column.size)
    least = [1.0] * count
    most = [1.0] * count
    for row in rows[:_MEASURED_ROWS]:
        for number, cell in enumerate(row):
            for block in cell.blocks:
                word, line = _block_width(layout, block, replace(column, size=size, bold=cell.header))
                least[number], most[number] = max(least[number], word), max(most[number], line)
    padding = 2 * styles.CELL_PADDING
    room = column.measure - padding * count
    if room < count * 4.0:
        padding = max(0.5, column.measure / count * 0.2)
        room = column.measure - padding * count
    if sum(least) > room:
        scale = max(room / sum(least), styles.TABLE_SMALLEST / size)
        size *= scale
        least = [width * scale for width in least]
        most = [width * scale for width in most]
    if sum(most) <= room:
        widths = most
    elif sum(least) <= room:
        spare, wanted = room - sum(least), sum(most) - sum(least)
        widths = [low + (high - low) * spare / wanted for low, high in zip(least, most, strict=True)]
    else:
        capped = [min(width, room / count) for width in least]
        spare, wanted = room - sum(capped), sum(least) - sum(capped)
        widths = [cap + (low - cap) * spare / wanted for cap, low in zip(capped, least, strict=True)]
    places = []
    x = column.left + (column.measure if column.level else 0.0)
    for width in widths:
        if column.level:
            x -= width + padding
            places.append((x + padding / 2, width + 0.02))
        else:
            places.append((x + padding / 2, width + 0.02))
            x += width + padding
    return _Grid(tuple(places), size)


def _block_width(layout: Layout, block: Block, column: Column) -> tuple[float, float]:
    if isinstance(block, Paragraph | Heading):
        shaped = layout.shape(
            block.spans,
            TextStyle(column.size, bold=column.bold or isinstance(block, Heading)),
            column,
            block.language,
            block.direction,
        )
        return measure_text(shaped)
    if isinstance(block, Preformatted):
        return measure_text(
            layout.shape((Span(block.text),), TextStyle(column.size, fixed=True), column, None, block.direction)
        )
    return column.size * 6, _OTHER_WIDTH


def _lay_row(
    layout: Layout, row: tuple[Cell, ...], section: Element, column: Column, grid: _Grid, *, in_head: bool
) -> list[Band]:
    element = Element("TR", section)
    parts = []
    for number, cell in enumerate(row):
        scope = "Column" if in_head else "Row"
        kind = "TH" if cell.header else "TD"
        holder = Element(kind, element, attributes={"Table": {"Scope": scope}} if cell.header else {})
        left, width = grid.places[number]
        inner = replace(column, left=left, measure=width, size=grid.size, bold=cell.header, depth=0)
        bands = layout.lay_blocks(cell.blocks, holder, inner)
        if bands:
            bands[0].gap = 0.0
        parts.append(bands)
    merged = [_merge([band for band in strip if band is not None]) for strip in zip_longest(*parts)]
    if not merged:
        merged = [Band(grid.size * styles.LEADING)]
    _pad(merged[0], styles.CELL_PADDING * 0.7, 0.0)
    _pad(merged[-1], 0.0, styles.CELL_PADDING * 0.7)
    merged[-1].rules.append(_rule(column, merged[-1].height, _LIGHT_RULE))
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


def _rule(column: Column, y: float, thickness: float) -> RuleItem:
    return RuleItem(column.left, column.left + column.measure, y, thickness)
