"""HTML tables as a grid: cells that span leave empty cells beside and below them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archive.model.blocks import Block, Cell, Paragraph, Table
from archive.renditions.readers.inline import Style, collapse

_WIDEST = 200
_HIGHEST = 2_000
_EMPTY = Cell(())


def read_table(element: Any, read_cell: Callable[[Any], list[Block]]) -> list[Block]:
    """The table in `element`, its rows of one width; its blocks in order where it has but one cell (a layout table)."""
    rows: list[list[Cell]] = []
    hanging: dict[int, int] = {}
    for row in _own_rows(element):
        cells: list[Cell] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            _skip_hanging(cells, hanging)
            wide, high = _span(cell, "colspan", _WIDEST), _span(cell, "rowspan", _HIGHEST)
            for column in range(len(cells), len(cells) + wide):
                if high > 1:
                    hanging[column] = high - 1
            cells.append(Cell(tuple(read_cell(cell)), cell.tag == "th"))
            cells.extend([_EMPTY] * (wide - 1))
        _skip_hanging(cells, hanging)
        rows.append(cells)
    width = max((len(row) for row in rows), default=0)
    if width == 0:
        return []
    if width == 1 and len(rows) == 1:
        return list(rows[0][0].blocks)
    even = tuple((*row, *[_EMPTY] * (width - len(row))) for row in rows)
    return [Table(even, _caption(element))]


def _own_rows(element: Any) -> list[Any]:
    """The rows of this table, not of tables in its cells: head first, foot last."""
    parts: dict[str, list[Any]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in element:
        if child.tag == "tr":
            parts["tbody"].append(child)
        elif child.tag in parts:
            parts[child.tag].extend(row for row in child if row.tag == "tr")
    return [*parts["thead"], *parts["tbody"], *parts["tfoot"]]


def _skip_hanging(cells: list[Cell], hanging: dict[int, int]) -> None:
    """Fill the places that cells from rows above hang into."""
    while hanging.get(len(cells), 0) > 0:
        hanging[len(cells)] -= 1
        cells.append(_EMPTY)


def _span(cell: Any, key: str, most: int) -> int:
    said = (cell.get(key) or "1").strip()
    return max(1, min(int(said), most)) if said.isascii() and said.isdigit() and len(said) < 7 else 1


def _caption(element: Any) -> tuple[Any, ...]:
    caption = element.find("caption")
    return () if caption is None else collapse([Style().span("".join(caption.itertext()))])


def plain_cell(text: str, *, header: bool = False) -> Cell:
    """A cell of one paragraph of plain text."""
    return Cell((Paragraph((Style().span(text),)),) if text else (), header)
