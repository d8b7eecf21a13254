"""Page numbers and the running title: artifacts at the head and foot of a page."""

from __future__ import annotations

from archive.model.blocks import Span
from archive.renditions.pdf.painting import Furniture
from archive.renditions.typesetting import styles
from archive.renditions.typesetting.bands import TextItem
from archive.renditions.typesetting.blocks import Column, Layout
from archive.renditions.typesetting.composing import compose, measure_text
from archive.renditions.typesetting.paragraphs import ShapedText
from archive.renditions.typesetting.styles import TextStyle

_FROM_EDGE = 38.0
_ELLIPSIS = "\u2026"


def lay_furniture(layout: Layout, title: str, number: int, count: int) -> tuple[Furniture, ...]:
    """The lines of one page: its number at the foot and, from the second page on, the title at the head."""
    sheet = layout.sheet
    foot = _shape(layout, f"{number} / {count}", "ltr")
    width = measure_text(foot)[1]
    lines = [_line("Footer", foot, (sheet.width - width) / 2, width, _FROM_EDGE)]
    if number > 1:
        head = _running_title(layout, title)
        lines.append(_line("Header", head, sheet.side, sheet.measure, sheet.height - _FROM_EDGE - styles.FURNITURE))
    return tuple(lines)


def _running_title(layout: Layout, title: str) -> ShapedText:
    shaped = _shape(layout, title, "auto")
    shown = title
    while (width := measure_text(shaped)[1]) > layout.sheet.measure and len(shown) > 1:
        shown = shown[: min(len(shown) - 1, int(len(shown) * layout.sheet.measure / width))].rstrip()
        shaped = _shape(layout, shown + _ELLIPSIS, "auto")
    return shaped


def _shape(layout: Layout, text: str, direction: str) -> ShapedText:
    column = Column(layout.sheet.side, layout.sheet.measure, level=layout.level)
    style = TextStyle(styles.FURNITURE)
    return layout.shape((Span(text),), style, column, None, "ltr" if direction == "ltr" else "auto")


def _line(kind: str, shaped: ShapedText, left: float, measure: float, baseline: float) -> Furniture:
    line = compose(shaped, measure)[0]
    return Furniture(kind, tuple(TextItem(0, None, left, 0.0, piece) for piece in line.pieces), baseline)
