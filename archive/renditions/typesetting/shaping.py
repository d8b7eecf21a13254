"""HarfBuzz: one run of text in one face, script and direction becomes glyphs that know which characters they draw."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from archive.renditions.typesetting.faces import Face
from archive.renditions.typesetting.line_breaks import is_cluster_start
from archive.renditions.typesetting.scripts import WHITE, joins

_UNSAFE = 1
_BLANKS = "".join(sorted(WHITE))
_WORDS = re.compile(f"[{_BLANKS}]+|[^{_BLANKS}]+(?: (?=[^{_BLANKS}]))?")
"""A stretch of spaces, or a word with the space that parts it from the next one: half as many to fill lines with."""
_APART = (
    frozenset("()[]{}<>.,:;!?'\"/\\|+=*&%$#@^~`0123456789\xab\xbb\u060c\u061b\u061f\u2018\u2019\u201c\u201d") | WHITE
)
"""What joins to no letter beside it."""
_LONGEST_WORD = 48
_STRETCH = 256
_CONTEXT = 8


class Glyph(NamedTuple):
    """A glyph and its distance from the left edge of its cluster, in the font's units."""

    number: int
    x: int
    y: int


class Cluster(NamedTuple):
    """The characters `start` to `end` of a word and the glyphs that draw them, in the order of the text.

    `width` is in the font's units; `joined` says that a line break before it changes its letters.
    """

    start: int
    end: int
    width: int
    glyphs: tuple[Glyph, ...]
    joined: bool


class Word:
    """A word, a stretch of spaces, or a part of what is longer than any word, shaped. Its clusters are counted from its
    start, for it may be used in many places; `width` is in the font's units, and so is `tail`, what the space at its
    end takes of it (0: there is none). `shown` keeps how those who draw show it.
    """

    __slots__ = ("clusters", "length", "shown", "tail", "width")

    def __init__(self, clusters: tuple[Cluster, ...], text: str) -> None:
        self.clusters = clusters
        self.length = len(text)
        spaced = text[-1] == " " and text[0] not in WHITE and clusters[-1].start == len(text) - 1
        self.tail = clusters[-1].width if spaced else 0
        self.width = sum([cluster.width for cluster in clusters])
        self.shown: dict[Hashable, Any] = {}


@dataclass(slots=True, eq=False)
class GlyphRun:
    """A stretch of one paragraph in one style; `words`, with the place in the text where each begins, follow the order
    of the text, whatever the direction.

    `scale` is the size of its letters in parts of the size of the text around it.
    """

    start: int
    end: int
    level: int
    face: Face
    style: int
    script: str | None
    words: list[tuple[int, Word]]
    boxed: bool = False
    scale: float = 1.0


def shape(
    text: str, start: int, end: int, *, face: Face, script: str | None, language: str | None, rtl: bool
) -> list[tuple[int, Word]]:
    """The words of `text[start:end]` and where each begins; the rest of `text` is context for joining.

    A run is shaped word by word, for most words come again, and what is longer than any word in stretches, so that the
    time grows with the length and no more.
    """
    words: list[tuple[int, Word]] = []
    cursive = joins(script)
    for found in _WORDS.finditer(text, start, end):
        first, last = found.span()
        touching = cursive and ((first == start and _touch(text, start)) or (last == end and _touch(text, end)))
        if last - first <= _LONGEST_WORD and not touching:
            words.append((first, _shape_word(found.group(), face, script, language, rtl)))
        else:
            words += _shape_stretches(text, first, last, face, script, language, rtl)
    return words


def _touch(text: str, at: int) -> bool:
    """Whether the letters before and after a place may join."""
    return 0 < at < len(text) and text[at - 1] not in _APART and text[at] not in _APART


@lru_cache(maxsize=32768)
def _shape_word(word: str, face: Face, script: str | None, language: str | None, rtl: bool) -> Word:
    clusters = _shape(word, 0, len(word), face=face, script=script, language=language, rtl=rtl)
    return Word(tuple(clusters), word)


def _shape_stretches(  # noqa: PLR0917 - as `shape`
    text: str, start: int, end: int, face: Face, script: str | None, language: str | None, rtl: bool
) -> Iterator[tuple[int, Word]]:
    while start < end:
        stop = min(end, start + _STRETCH)
        while stop < end and stop > start + _STRETCH // 2 and not is_cluster_start(text, stop):
            stop -= 1
        front = max(0, start - _CONTEXT)
        part = text[front : stop + _CONTEXT]
        shift = start - front
        clusters = _shape(part, shift, stop - front, face=face, script=script, language=language, rtl=rtl)
        yield start, Word(tuple(clusters), text[start:stop])
        start = stop


def _shape(
    text: str, start: int, end: int, *, face: Face, script: str | None, language: str | None, rtl: bool
) -> list[Cluster]:
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
    cursive = joins(script)
    glyphs = [
        (info.cluster - start, info.codepoint, cursive and int(info.flags), *position.position)
        for info, position in zip(infos, positions, strict=True)
    ]
    return _collect(glyphs, end - start, rtl=rtl)


def _collect(glyphs: list[tuple[int, int, int, int, int, int, int]], length: int, *, rtl: bool) -> list[Cluster]:
    """Glyphs (cluster, number, flags, offsets and advances) in the order in which they are placed, put together by
    cluster, counted from the start of what is `length` characters long, and turned to the order of the text.
    """
    groups: list[tuple[int, int, tuple[Glyph, ...], bool]] = []
    index, count = 0, len(glyphs)
    while index < count:
        first, number, flags, dx, dy, width, _ = glyphs[index]
        joined = bool(flags & _UNSAFE)
        index += 1
        if index == count or glyphs[index][0] != first:
            groups.append((first, width, (Glyph(number, dx, dy),), joined))
            continue
        members = [Glyph(number, dx, dy)]
        while index < count and glyphs[index][0] == first:
            _, number, flags, dx, dy, advance, _ = glyphs[index]
            members.append(Glyph(number, width + dx, dy))
            joined = joined or bool(flags & _UNSAFE)
            width += advance
            index += 1
        groups.append((first, width, tuple(members[::-1] if rtl else members), joined))
    if rtl:
        groups.reverse()
    stops = [*(group[0] for group in groups[1:]), length]
    return [
        Cluster(first if place else 0, stop, width, members, joined)
        for place, ((first, width, members, joined), stop) in enumerate(zip(groups, stops, strict=True))
    ]
