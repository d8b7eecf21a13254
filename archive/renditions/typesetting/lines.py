"""Lines of text: what a paragraph becomes, and what a page places."""

from __future__ import annotations

from dataclasses import dataclass

from archive.renditions.typesetting.faces import Face
from archive.renditions.typesetting.shaping import Cluster


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Clusters of one run on one line. `x` is the left edge for left-to-right and the right edge for right-to-left.

    `widths` replaces the clusters' widths (in points) where a tab or a line's end does so. `language` is told where the
    script is not that of the text around it.
    """

    text: str
    face: Face
    size: float
    x: float
    rtl: bool
    clusters: tuple[Cluster, ...]
    style: int
    slanted: bool = False
    boxed: bool = False
    widths: tuple[float, ...] | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line, its pieces in the order of the text. `ascent` and `descent` are measured from the baseline down."""

    pieces: tuple[Piece, ...]
    width: float
    ascent: float
    descent: float
    rtl: bool
    left: float
