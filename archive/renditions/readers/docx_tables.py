"""Which cells of a table the parts of its style hold for: its first and last row and column (17.7.6, 17.4.56)."""

from __future__ import annotations

from typing import Any

from archive.renditions.readers.docx_names import W, is_on_attribute, value
from archive.renditions.readers.docx_styles import Styles

_BITS = {"firstRow": 0x20, "lastRow": 0x40, "firstColumn": 0x80, "lastColumn": 0x100}
_PLACES = {"firstRow": "firstRow", "lastRow": "lastRow", "firstColumn": "firstCol", "lastColumn": "lastCol"}


class StyledTable:
    """The style of one table; without a style every cell has none."""

    def __init__(self, table: Any, styles: Styles) -> None:
        properties = table.find(f"{W}tblPr")
        self._styles, self._named = styles, value(properties, "tblStyle")
        self._wanted = _read_look(properties.find(f"{W}tblLook") if properties is not None else None)
        rows = (
            [row for row in table.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl")) is table] if self._named else []
        )
        self._ends: tuple[Any, Any] = (rows[0], rows[-1]) if rows else (None, None)

    def of(self, row: Any, cell: Any, column: int) -> tuple[Any, ...]:
        """The run properties that the style gives to a cell."""
        if self._named is None:
            return ()
        places = {
            "firstRow": row is self._ends[0],
            "lastRow": row is self._ends[1],
            "firstCol": column == 0,
            "lastCol": next(cell.itersiblings(f"{W}tc"), None) is None,
        }
        return self._styles.of_cell(self._named, frozenset(one for one in self._wanted if places[one]))


def _read_look(look: Any) -> frozenset[str]:
    """The places that a table asks its style for."""
    if look is None:
        return frozenset()
    said = look.get(f"{W}val") or "0"
    bits = int(said, 16) if len(said) < 9 and all(c in "0123456789abcdefABCDEF" for c in said) else 0
    return frozenset(_PLACES[name] for name, bit in _BITS.items() if bits & bit or is_on_attribute(look, name))
