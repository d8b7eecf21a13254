"""Sizes and distances, in points."""

from __future__ import annotations

from dataclasses import dataclass

BODY = 10.5
FIXED = 9.0
FIXED_SMALLEST = 6.5
TITLE = 19.0
HEADINGS = (15.0, 13.0, 11.5, 10.5, 10.5)
FURNITURE = 8.0
LEADING = 1.45
PARAGRAPH_GAP = 7.0
HEADING_GAP = 14.0
INDENT = 20.0
CELL_PADDING = 4.0
TABLE_GAP = 12.0
TABLE = 9.5
TABLE_SMALLEST = 6.0
TABLE_PARTED = 8.5
PAGES = {"a4": (595.276, 841.89), "letter": (612.0, 792.0)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page and its margins."""

    width: float
    height: float
    side: float = 73.0
    top: float = 74.0
    bottom: float = 70.0

    @property
    def measure(self) -> float:
        return self.width - 2 * self.side

    @property
    def depth(self) -> float:
        return self.height - self.top - self.bottom


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a block's text looks; `fixed` keeps columns and sets tab stops by characters."""

    size: float = BODY
    bold: bool = False
    fixed: bool = False
    leading: float = LEADING
