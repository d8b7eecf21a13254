"""Tables of OpenDocument: rows and cells that are repeated, joined or hidden (ISO/IEC 26300-1, 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archive.model.blocks import Block, Cell, Paragraph, Span, Table
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.odt_names import OFFICE, TABLE, local, texts_of
from archive.renditions.readers.odt_styles import OdtStyles
from archive.renditions.readers.sparse import columns_to_show

_MOST_CELLS = 100_000
_MOST_EMPTY = 20
_VALUES = ("string-value", "date-value", "time-value", "boolean-value", "value")
_WIDEST = 16_384


class OdtTables:
    """Reads tables; `read_cell` makes blocks of what is in a cell."""

    def __init__(
        self, account: Account, styles: OdtStyles, read_cell: Callable[[Any, str | None, int], list[Block]]
    ) -> None:
        self.account, self.styles = account, styles
        self._read_cell = read_cell
        self._left = _MOST_CELLS
        self._column_styles: dict[int, str] = {}

    def read(self, element: Any, depth: int) -> list[Block]:
        """The table in an element, hidden rows and columns apart."""
        rows: list[list[Cell]] = []
        hidden = self._read_columns(element)
        self._fill_rows(element, rows, depth, hidden, header=False)
        while rows and not any(cell.blocks for cell in rows[-1]):
            rows.pop()
        width = max((max((at + 1 for at, cell in enumerate(row) if cell.blocks), default=0) for row in rows), default=0)
        if not width:
            return []
        look = self.styles.look(element.get(f"{TABLE}style-name"), "table")
        filled = {at for row in rows for at, cell in enumerate(row) if cell.blocks}
        shown, gone = columns_to_show(width, filled)
        for what in gone:
            self.account.leave_out(f"{what} of a table")
        even = tuple(tuple(row[at] if at < len(row) else Cell(()) for at in shown) for row in rows)
        return [Table(even, direction=look.direction)]

    def _read_columns(self, element: Any) -> frozenset[int]:
        """The hidden columns; remembers the styles that columns give to their cells."""
        self._column_styles = {}
        hidden: set[int] = set()
        at = 0
        for column in element.iter(f"{TABLE}table-column"):
            if next(column.iterancestors(f"{TABLE}table")) is element:
                times = _times(column, "number-columns-repeated")
                if column.get(f"{TABLE}visibility", "visible") != "visible":
                    hidden.update(range(at, min(at + times, 16_384)))
                style = column.get(f"{TABLE}default-cell-style-name")
                if style:
                    self._column_styles.update(dict.fromkeys(range(at, min(at + times, 16_384)), style))
                at += times
        return frozenset(hidden)

    def _fill_rows(
        self, element: Any, rows: list[list[Cell]], depth: int, hidden: frozenset[int], *, header: bool
    ) -> None:
        for child in element:
            name = local(child)
            if name in ("table-header-rows", "table-rows", "table-row-group"):
                self._fill_rows(child, rows, depth, hidden, header=header or name == "table-header-rows")
            elif name == "table-row" and child.get(f"{TABLE}visibility", "visible") != "visible":
                self._leave_out("hidden text", "".join(texts_of(child)))
            elif name == "table-row":
                row = self._read_row(child, depth, hidden, header=header)
                times = _times(child, "number-rows-repeated")
                if not any(cell.blocks for cell in row):
                    times = min(times, _MOST_EMPTY)
                self._left -= times * len(row)
                if self._left < 0:
                    self._leave_out("repeated rows of a table: there are too many", "".join(texts_of(child)))
                    times = 1
                rows += [row] * times
            elif name in ("title", "desc"):
                self.account.leave_out("the description of a table", "".join(texts_of(child)))

    def _read_row(self, row: Any, depth: int, hidden: frozenset[int], *, header: bool) -> list[Cell]:
        cells: list[Cell] = []
        waiting: list[Cell] = []
        at = 0
        for cell in row:
            if local(cell) not in ("table-cell", "covered-table-cell"):
                continue
            times = _times(cell, "number-columns-repeated")
            shown = [place not in hidden for place in range(at, at + min(times, 16_384))]
            style = (
                cell.get(f"{TABLE}style-name")
                or row.get(f"{TABLE}default-cell-style-name")
                or self._column_styles.get(at)
            )
            at += times
            text = "".join(texts_of(cell))
            if local(cell) == "covered-table-cell" or not any(shown):
                self._leave_out("what a joined cell hides" if any(shown) else "hidden text", text)
                waiting += [Cell((), header)] * min(sum(shown), _WIDEST - len(waiting))
                continue
            blocks = self._read_cell(cell, style, depth + 1)
            stored = next((said for key in _VALUES if (said := cell.get(f"{OFFICE}{key}"))), "")
            if not blocks and stored:
                # A program shows the value in the form of the cell; here it is drawn as it is stored.
                blocks = [Paragraph((Span(self.account.own(stored)),))]
            made = Cell(tuple(blocks), header)
            if made.blocks:
                # Empty cells keep the others in their columns; at the end of a row they have no meaning.
                cells += [*waiting, *[made] * sum(shown)]
                waiting = []
            else:
                waiting += [made] * min(sum(shown), _WIDEST - len(waiting))
        return [*cells, *waiting[:_MOST_EMPTY]]

    def _leave_out(self, what: str, text: str) -> None:
        if text.strip():
            self.account.leave_out(what, text)


def _times(element: Any, name: str) -> int:
    said = element.get(f"{TABLE}{name}") or "1"
    return int(said) if said.isdigit() and len(said) < 8 else 1
