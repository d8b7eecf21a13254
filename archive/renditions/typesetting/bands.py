"""Bands: the horizontal strips that blocks are laid out in and pages are filled with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from archive.renditions.typesetting.lines import Piece
from archive.renditions.typesetting.structure import Element


@dataclass(frozen=True, slots=True, eq=False)
class TextItem:
    """A piece of text. `y` is the baseline, from the band's top down; `element` None means that it is furniture."""

    order: int
    element: Element | None
    left: float
    y: float
    piece: Piece


@dataclass(frozen=True, slots=True, eq=False)
class RuleItem:
    """A horizontal line, always an artifact; `y` from the band's top down."""

    left: float
    right: float
    y: float
    thickness: float


@dataclass(frozen=True, slots=True, eq=False)
class PictureItem:
    """A picture by its bytes, scaled to `width` and `height` points as it is seen; `y` is its top edge from the band's
    top down, `orientation` how its bytes are turned (EXIF: 1 to 8).
    """

    order: int
    element: Element | None
    left: float
    y: float
    width: float
    height: float
    content: bytes
    alternative: str | None
    orientation: int = 1


@dataclass(slots=True, eq=False)
class Band:
    """A strip `height` points high, `gap` below the one before. `keep` holds it on the page of the next one.

    `header` is what a table repeats at the top of a page that begins with this band; one that `breaks` begins a page.
    """

    height: float
    gap: float = 0.0
    texts: list[TextItem] = field(default_factory=list)
    rules: list[RuleItem] = field(default_factory=list)
    pictures: list[PictureItem] = field(default_factory=list)
    keep: bool = False
    header: tuple[Band, ...] = ()
    breaks: bool = False


def keep_lines_together(bands: list[Band]) -> None:
    """No widow and no orphan: the first two and the last two lines of a paragraph stay on one page."""
    if len(bands) > 1:
        bands[0].keep = bands[-2].keep = True


def as_furniture(band: Band) -> Band:
    """The same strip as an artifact, for a table's header on the pages after its first."""
    return Band(
        band.height,
        band.gap,
        [TextItem(item.order, None, item.left, item.y, item.piece) for item in band.texts],
        band.rules,
        [replace(item, element=None, alternative=None) for item in band.pictures],
        keep=True,
    )
