"""Lines of text: what a paragraph becomes, and what a page places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from archive.model.blocks import NO_MARKS, Marks
from archive.renditions.typesetting.faces import Face
from archive.renditions.typesetting.shaping import Word


class Part(NamedTuple):
    """The characters `start` to `end` of the text, drawn by the clusters `first` to `last` of a word."""

    start: int
    end: int
    word: Word
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Parts of one run on one line. `x` is the left edge for left-to-right and the right edge for right-to-left,
    `width` the distance to the other one.

    `widths` replaces the parts' widths (in points) where a tab or a line's end does so. `language` is told where the
    script is not that of the text around it. `rise` is how far in points the piece is above the line's baseline.
    """

    text: str
    face: Face
    size: float
    x: float
    width: float
    rtl: bool
    parts: tuple[Part, ...]
    style: int
    slanted: bool = False
    boxed: bool = False
    widths: tuple[float, ...] | None = None
    language: str | None = None
    marks: Marks = NO_MARKS
    rise: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line, its pieces in the order of the text. `ascent` and `descent` are measured from the baseline down."""

    pieces: tuple[Piece, ...]
    width: float
    ascent: float
    descent: float
    rtl: bool
    left: float
