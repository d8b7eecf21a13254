"""HarfBuzz: one run of text in one face, script and direction becomes glyphs that know which characters they draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from archive.renditions.typesetting.faces import Face
from archive.renditions.typesetting.scripts import joins

_UNSAFE = 1


class Glyph(NamedTuple):
    """A glyph and where it stands from the left edge of its cluster, in the font's units."""

    number: int
    x: int
    y: int


class Cluster(NamedTuple):
    """The characters `start` to `end` of the paragraph and the glyphs that draw them, in the order of the text.

    `width` is in the font's units; `joined` says that a line break before it changes its letters.
    """

    start: int
    end: int
    width: int
    glyphs: tuple[Glyph, ...]
    joined: bool


@dataclass(slots=True, eq=False)
class Run:
    """A stretch of one paragraph in one style; `clusters` follow the order of the text, whatever the direction."""

    start: int
    end: int
    level: int
    face: Face
    style: int
    script: str | None
    clusters: list[Cluster]
    boxed: bool = False


def shape(
    text: str, start: int, end: int, *, face: Face, script: str | None, language: str | None, rtl: bool
) -> list[Cluster]:
    """The clusters of `text[start:end]`; the rest of `text` is context for joining."""
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(text, start, end - start)
    buffer.direction = "rtl" if rtl else "ltr"
    buffer.script = script or "Zyyy"
    if language:
        buffer.language = language
    uharfbuzz.shape(face.shaper, buffer)
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    glyphs = list(zip(infos, positions, strict=True))
    return _collect(glyphs, start, end, rtl=rtl, cursive=joins(script))


def _collect(glyphs: list[tuple[Any, Any]], start: int, end: int, *, rtl: bool, cursive: bool) -> list[Cluster]:
    """Glyphs in the order in which they stand, put together by cluster and turned to the order of the text."""
    groups: list[tuple[int, int, tuple[Glyph, ...], bool]] = []
    index, count = 0, len(glyphs)
    while index < count:
        info, position = glyphs[index]
        first = info.cluster
        dx, dy, width, _ = position.position
        joined = cursive and bool(info.flags & _UNSAFE)
        index += 1
        if index == count or glyphs[index][0].cluster != first:
            groups.append((first, width, (Glyph(info.codepoint, dx, dy),), joined))
            continue
        members = [Glyph(info.codepoint, dx, dy)]
        while index < count and glyphs[index][0].cluster == first:
            info, position = glyphs[index]
            dx, dy, advance, _ = position.position
            members.append(Glyph(info.codepoint, width + dx, dy))
            joined = joined or (cursive and bool(info.flags & _UNSAFE))
            width += advance
            index += 1
        groups.append((first, width, tuple(members[::-1] if rtl else members), joined))
    if rtl:
        groups.reverse()
    clusters = []
    for place, (first, width, members_, joined) in enumerate(groups):
        begin = first if place else start
        stop = groups[place + 1][0] if place + 1 < len(groups) else end
        clusters.append(Cluster(begin, stop, width, members_, joined))
    return clusters
