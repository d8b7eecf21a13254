"""HTML tables as a grid: cells that span leave empty cells beside and below them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from archive.model.blocks import Block, Cell, Direction, Paragraph, Span, Table
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.inline import PLAIN, Style

_WIDEST = 200
_HIGHEST = 2_000
_SPARE_CELLS = 2_000
_SPARE_RATIO = 8
_EMPTY = Cell(())
_DEEPEST_ROW = 5
_APART = frozenset({"caption", "col", "colgroup"})


@dataclass(frozen=True, slots=True)
class TableParts:
    """How the parts of a table are read: a cell into blocks, a caption into spans, what is between into blocks.

    `enter` gives the style inside of a group of rows, a row or a caption; None where it is hidden, and named as such.
    """

    cell: Callable[[Any, Style], list[Block]]
    caption: Callable[[Any, Style], tuple[Span, ...]]
    stray: Callable[[Any, str | None, Style], list[Block]]
    enter: Callable[[Any, Style], Style | None]


def read_table(element: Any, style: Style, parts: TableParts, account: Account, direction: Direction) -> list[Block]:
    """The table in `element`, its rows of one width; its blocks in order where it has but one cell (a layout table).

    What is in the table and in no cell goes before it. Joined cells become one and empty ones, as long as these are
    not many more than the cells there are.
    """
    stray: list[Block] = []
    rows = [list(_own_cells(row, inner, parts, stray)) for row, inner in _own_rows(element, style, parts, stray)]
    grid = _place(rows, parts)
    caption = _caption(element, style, parts, stray)
    width = max((len(row) for row in grid), default=0)
    count = sum(len(row) for row in rows)
    if width * len(grid) > _SPARE_CELLS + _SPARE_RATIO * count:
        account.leave_out("the joined cells of a table: they would fill more than the table has")
        grid = [[Cell(tuple(parts.cell(cell, inner)), cell.tag == "th") for cell, inner in row] for row in rows]
        width = max((len(row) for row in grid), default=0)
    if width == 0:
        return [*stray, Paragraph(caption)] if caption else stray
    if width == 1 and len(grid) == 1 and not caption:
        return [*stray, *grid[0][0].blocks]
    even = tuple((*row, *[_EMPTY] * (width - len(row))) for row in grid)
    return [*stray, Table(even, caption, direction)]


def _place(rows: list[list[tuple[Any, Style]]], parts: TableParts) -> list[list[Cell]]:
    """The rows as a grid; given up, for the caller to see, as soon as it holds far more cells than there are."""
    grid: list[list[Cell]] = []
    hanging: dict[int, int] = {}
    most = _SPARE_CELLS + _SPARE_RATIO * sum(len(row) for row in rows)
    widest = 0
    plan: list[list[tuple[Any, int, Style]]] = []
    for row in rows:
        places: list[tuple[Any, int, Style]] = []
        at = 0
        for cell, inner in row:
            while hanging.get(at, 0) > 0:
                hanging[at] -= 1
                places.append((None, 1, inner))
                at += 1
            wide, high = _span(cell, "colspan", _WIDEST), _span(cell, "rowspan", _HIGHEST)
            if high > 1:
                hanging.update(dict.fromkeys(range(at, at + wide), high - 1))
            places.append((cell, wide, inner))
            at += wide
        while hanging.get(at, 0) > 0:
            hanging[at] -= 1
            places.append((None, 1, PLAIN))
            at += 1
        plan.append(places)
        widest = max(widest, at)
        if widest * len(plan) > most:
            return [[_EMPTY] * (most + 1)]
    for places in plan:
        cells: list[Cell] = []
        for cell, wide, inner in places:
            cells.append(_EMPTY if cell is None else Cell(tuple(parts.cell(cell, inner)), cell.tag == "th"))
            cells += [_EMPTY] * (wide - 1)
        grid.append(cells)
    return grid


def _own_rows(element: Any, style: Style, parts: TableParts, stray: list[Block]) -> list[tuple[Any, Style]]:
    """The rows of this table, not of tables in its cells: head first, foot last."""
    found: dict[str, list[tuple[Any, Style]]] = {"thead": [], "tbody": [], "tfoot": []}
    for kind, row, inner in _walk_rows(element, "tbody", style, parts, stray):
        found[kind].append((row, inner))
    return [*found["thead"], *found["tbody"], *found["tfoot"]]


def _walk_rows(
    element: Any, kind: str, style: Style, parts: TableParts, stray: list[Block], *, depth: int = 0
) -> Iterator[tuple[str, Any, Style]]:
    stray += parts.stray(None, element.text, style)
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        group = tag in ("thead", "tbody", "tfoot") or (
            depth < _DEEPEST_ROW and bool(tag) and tag not in _APART and child.find("tr") is not None
        )
        if tag == "tr" or group:
            inner = parts.enter(child, style)
            if inner is not None and group:
                name = tag if tag in ("thead", "tbody", "tfoot") else kind
                yield from _walk_rows(child, name, inner, parts, stray, depth=depth + 1)
            elif inner is not None:
                yield kind, child, inner
        elif tag and tag != "caption":
            stray += parts.stray(child, None, style)
        stray += parts.stray(None, child.tail, style)


def _own_cells(row: Any, style: Style, parts: TableParts, stray: list[Block]) -> Iterator[tuple[Any, Style]]:
    stray += parts.stray(None, row.text, style)
    for child in row:
        if child.tag in ("td", "th"):
            yield child, style
        elif isinstance(child.tag, str):
            stray += parts.stray(child, None, style)
        stray += parts.stray(None, child.tail, style)


def _span(cell: Any, key: str, most: int) -> int:
    said = (cell.get(key) or "1").strip()
    return max(1, min(int(said), most)) if said.isascii() and said.isdigit() and len(said) < 7 else 1


def _caption(element: Any, style: Style, parts: TableParts, stray: list[Block]) -> tuple[Span, ...]:
    """The spans of the first caption that is shown; what others say goes before the table."""
    spans: tuple[Span, ...] = ()
    for caption in element.iterfind("caption"):
        inner = parts.enter(caption, style)
        found = parts.caption(caption, inner) if inner is not None else ()
        if spans and found:
            stray.append(Paragraph(found))
        spans = spans or found
    return spans


def plain_cell(text: str, *, header: bool = False) -> Cell:
    """A cell of one paragraph of plain text."""
    return Cell((Paragraph((PLAIN.span(text),)),) if text else (), header)
