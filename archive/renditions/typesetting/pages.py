"""Fills pages with bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.renditions.typesetting.bands import Band

_SLACK = 0.01


@dataclass(slots=True, eq=False)
class Page:
    """One page: bands and the distance of each from the top of the text area, in points."""

    bands: list[tuple[float, Band]] = field(default_factory=list)
    used: float = 0.0


def paginate(bands: Sequence[Band], depth: float) -> list[Page]:
    """Pages `depth` points deep, at least one. What is kept together and fits on a page stays on one."""
    pages = [Page()]
    index = 0
    while index < len(bands):
        end = index + 1
        while end < len(bands) and bands[end - 1].keep and not bands[end].breaks:
            end += 1
        group = bands[index:end]
        height = sum(band.height + band.gap for band in group)
        crowded = depth - pages[-1].used + _SLACK < height <= depth
        if pages[-1].bands and (group[0].breaks or crowded):
            _begin(pages, group[0])
        for band in group:
            if pages[-1].bands and band.height + band.gap > depth - pages[-1].used + _SLACK:
                _begin(pages, band)
            _put(pages[-1], band)
        index = end
    return pages


def _begin(pages: list[Page], band: Band) -> None:
    pages.append(Page())
    for repeated in band.header:
        _put(pages[-1], repeated)


def _put(page: Page, band: Band) -> None:
    top = page.used + (band.gap if page.bands else 0.0)
    page.bands.append((top, band))
    page.used = top + band.height
