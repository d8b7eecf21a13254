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
_APART = 12.0
_SLACK = 0.02
_LONGEST = 400
_OF = {"ar": "\u0645\u0646", "fa": "\u0627\u0632", "fr": "sur", "es": "de", "pt": "de", "de": "von", "it": "di"}
_FROM_RIGHT = frozenset({"ar", "fa"})
_ELLIPSIS = "\u2026"


def lay_furniture(layout: Layout, title: str, identifier: str, number: int, count: int) -> tuple[Furniture, ...]:
    """The lines of one page: its number and the bag's identifier (if it is known) at the foot and, from the second
    page on, the title at the head.
    """
    sheet = layout.sheet
    language = layout.language.partition("-")[0].lower()
    # A page that is set from left to right has its number in that order, whatever most of its words are.
    of = _OF.get(language, "of") if bool(layout.level) == (language in _FROM_RIGHT) else "of"
    foot = _shape(layout, f"{number} {of} {count}", "auto")
    width = measure_text(foot)[1] + _SLACK
    lines = [_line("Footer", foot, (sheet.width - width) / 2, width, _FROM_EDGE)]
    if identifier:
        named = _fit(layout, identifier, (sheet.measure - width) / 2 - _APART, "ltr")
        room = measure_text(named)[1] + _SLACK
        left = sheet.width - sheet.side - room if layout.level else sheet.side
        lines.append(_line("Footer", named, left, room, _FROM_EDGE))
    if number > 1:
        head = _fit(layout, title, sheet.measure, "auto")
        lines.append(_line("Header", head, sheet.side, sheet.measure, sheet.height - _FROM_EDGE - styles.FURNITURE))
    return tuple(lines)


def _fit(layout: Layout, text: str, room: float, direction: str) -> ShapedText:
    """A text, cut where it is wider than `room`."""
    shown = text[:_LONGEST]
    shaped = _shape(layout, shown, direction)
    while (width := measure_text(shaped)[1]) > room and len(shown) > 1:
        shown = shown[: min(len(shown) - 1, int(len(shown) * room / width))].rstrip()
        shaped = _shape(layout, shown + _ELLIPSIS, direction)
    return shaped


def _shape(layout: Layout, text: str, direction: str) -> ShapedText:
    column = Column(layout.sheet.side, layout.sheet.measure, level=layout.level)
    style = TextStyle(styles.FURNITURE)
    return layout.shape((Span(text),), style, column, None, "ltr" if direction == "ltr" else "auto")


def _line(kind: str, shaped: ShapedText, left: float, measure: float, baseline: float) -> Furniture:
    line = compose(shaped, measure)[0]
    return Furniture(kind, tuple(TextItem(0, None, left, 0.0, piece) for piece in line.pieces), baseline)
