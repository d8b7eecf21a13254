"""From shaped text to lines of a measure: breaking, then the order of UAX 9 (L1, L2) on each line."""

from __future__ import annotations

from dataclasses import dataclass

from archive.renditions.typesetting.bidi import reorder
from archive.renditions.typesetting.line_breaks import find_breaks, is_cluster_start
from archive.renditions.typesetting.lines import Line, Piece
from archive.renditions.typesetting.paragraphs import HardLine, ShapedText
from archive.renditions.typesetting.scripts import WHITE, foreign_language, joins
from archive.renditions.typesetting.shaping import Cluster, Run, shape

_TAB = 36.0
_TAB_CHARACTERS = 8
_FIXED_ADVANCE = 0.54
_WINDOW = 48
_FINAL_FORM = 0.75
_FULL_ENOUGH = 0.75
"""A line this full breaks at a space: only an emptier one breaks after a hyphen or inside an address."""
_SLACK = 0.01
_LINE_ENDS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
_SOFT_HYPHEN = "\xad"


@dataclass(slots=True)
class _Item:
    """A cluster on its way to a line; `width` in points."""

    run: Run
    cluster: Cluster
    width: float
    white: bool


def compose(shaped: ShapedText, measure: float) -> list[Line]:
    """The lines of a block's text, each at most `measure` points wide but for the white space at its end."""
    breaks = find_breaks(shaped.text)
    lines: list[Line] = []
    for hard in shaped.lines:
        lines += _compose_hard_line(shaped, hard, measure, breaks)
    return lines


def measure_text(shaped: ShapedText) -> tuple[float, float]:
    """The widths in points of the longest part that does not break and of the longest hard line."""
    breaks = find_breaks(shaped.text)
    longest = widest = 0.0
    for hard in shaped.lines:
        word = total = white = 0.0
        for item in _itemise(shaped, hard):
            if breaks[item.cluster.start]:
                longest, word = max(longest, word), 0.0
            if item.white:
                white += _width(shaped, item, total + white)
                continue
            word += item.width
            total, white = total + white + item.width, 0.0
        longest, widest = max(longest, word), max(widest, total)
    return longest, widest


def _itemise(shaped: ShapedText, hard: HardLine) -> list[_Item]:
    text = shaped.text
    items = []
    for run in hard.runs:
        unit = shaped.size(run) / run.face.upem
        items += [_Item(run, c, c.width * unit, text[c.start] in WHITE) for c in run.clusters]
    return items


def _width(shaped: ShapedText, item: _Item, x: float) -> float:
    character = shaped.text[item.cluster.start]
    if character == "\t":
        stop = _TAB
        if shaped.style.fixed:
            stop = _TAB_CHARACTERS * _FIXED_ADVANCE * shaped.style.size
        return stop - x % stop
    return 0.0 if character in _LINE_ENDS else item.width


def _compose_hard_line(shaped: ShapedText, hard: HardLine, measure: float, breaks: bytearray) -> list[Line]:
    items = _itemise(shaped, hard)
    lines = []
    start = index = 0
    chance = inside = -1
    x = filled = 0.0
    while index < len(items):
        item = items[index]
        if index > start and breaks[item.cluster.start]:
            if items[index - 1].white:
                chance, filled = index, x
            else:
                inside = index
        width = _width(shaped, item, x) if item.white else item.width
        if index > start and not item.white and x + width > measure + _SLACK:
            cut = inside if inside > chance and filled < _FULL_ENOUGH * measure else chance
            if cut <= start:
                cut = _back_to_base(shaped.text, items, start, index)
                cut = _leave_room(shaped, items, (start, cut), measure - x)
            cut = _part_joined(shaped, items, start, cut)
            lines.append(_set_line(shaped, hard, items[start:cut], measure))
            start = index = cut
            chance = inside = -1
            x = filled = 0.0
            continue
        item.width = width
        x += width
        index += 1
    lines.append(_set_line(shaped, hard, items[start:], measure))
    return lines


def _back_to_base(text: str, items: list[_Item], start: int, index: int) -> int:
    """A place to break a word that is longer than a line: between grapheme clusters, never inside of one."""
    cut = index
    while cut > start + 1 and not is_cluster_start(text, items[cut].cluster.start):
        cut -= 1
    return cut if is_cluster_start(text, items[cut].cluster.start) else index


def _leave_room(shaped: ShapedText, items: list[_Item], span: tuple[int, int], room: float) -> int:
    """A cut a little earlier where letters join: the last letter of a line takes its final form, which is wider."""
    start, cut = span
    while items[cut].cluster.joined and cut > start + 1 and room < _FINAL_FORM * shaped.size(items[cut].run):
        cut -= 1
        room += items[cut].width
    return cut


def _part_joined(shaped: ShapedText, items: list[_Item], start: int, cut: int) -> int:
    """Where letters join across the cut, shape both sides of it anew; gives the cut's new place in `items`.

    Joining reaches one letter far, so that a window is enough, and a line without a space stays cheap.
    """
    run, cluster = items[cut].run, items[cut].cluster
    if not (cluster.joined and joins(run.script)) or items[cut - 1].run is not run:
        return cut
    first = cut
    while first > max(cut - _WINDOW, start) and items[first - 1].run is run:
        first -= 1
    last = cut
    while last < cut + _WINDOW and last < len(items) and items[last].run is run:
        last += 1
    at, end = cluster.start, items[last - 1].cluster.end
    begin = items[first].cluster.start
    before = shaped.drawn[:at] if first > start else " " * begin + shaped.drawn[begin:at]
    parted = " " * at + shaped.drawn[at:]
    sides: list[list[_Item]] = []
    for text, here, stop in ((before, begin, at), (parted, at, end)):
        half = Run(here, stop, run.level, run.face, run.style, run.script, [], run.boxed)
        half.clusters = shape(
            text, here, stop, face=run.face, script=run.script, language=shaped.language, rtl=bool(run.level & 1)
        )
        unit = shaped.size(half) / half.face.upem
        sides.append([_Item(half, c, c.width * unit, shaped.text[c.start] in WHITE) for c in half.clusters])
    items[first:last] = [*sides[0], *sides[1]]
    return first + len(sides[0])


def _set_line(shaped: ShapedText, hard: HardLine, items: list[_Item], measure: float) -> Line:
    """Place the items of one line: white space at its end takes no room, the rest stands by L2."""
    style = shaped.style
    end = len(items)
    while end and items[end - 1].white:
        end -= 1
        items[end].width = 0.0
    if end and end == len(items) and shaped.text[items[-1].cluster.end - 1] == _SOFT_HYPHEN:
        _show_hyphen(shaped, items[-1])
    levels = _line_levels(shaped.text, hard.base, items)
    groups: list[tuple[int, int]] = []
    for index, item in enumerate(items):
        if not groups or items[index - 1].run is not item.run or levels[index - 1] != levels[index]:
            groups.append((index, index + 1))
        else:
            groups[-1] = (groups[-1][0], index + 1)
    widths = [sum(item.width for item in items[first:last]) for first, last in groups]
    total = sum(widths)
    left = measure - total if hard.base & 1 else 0.0
    x = left
    places = [0.0] * len(groups)
    for number in reorder([levels[first] for first, _ in groups]):
        places[number] = x
        x += widths[number]
    pieces = [
        _make_piece(shaped, items[first:last], places[number], widths[number], rtl=bool(levels[first] & 1))
        for number, (first, last) in enumerate(groups)
    ]
    height = style.size * style.leading
    tall = any(joins(item.run.script) and not item.run.face.fixed for item in items)
    for face in {item.run.face for item in items}:
        height = max(height, (face.ascent - face.descent) / 1000 * style.size * (face.scale if tall else 0.95))
    ascent = (height + style.size * (0.62 if tall else 0.7)) / 2
    return Line(tuple(pieces), total, ascent, height - ascent, bool(hard.base & 1), left)


def _line_levels(text: str, base: int, items: list[_Item]) -> list[int]:
    """L1 on the items of a line."""
    levels = [item.run.level for item in items]
    resets = True
    for index in range(len(items) - 1, -1, -1):
        if items[index].white and (resets or text[items[index].cluster.start] == "\t"):
            levels[index] = base
            resets = True
        else:
            resets = False
    return levels


def _show_hyphen(shaped: ShapedText, item: _Item) -> None:
    hyphens = shape("-", 0, 1, face=item.run.face, script=item.run.script, language=None, rtl=bool(item.run.level & 1))
    if len(hyphens) == 1 and hyphens[0].glyphs[0].number and item.cluster.end - item.cluster.start == 1:
        item.cluster = item.cluster._replace(width=hyphens[0].width, glyphs=hyphens[0].glyphs)
        item.width = hyphens[0].width * shaped.size(item.run) / item.run.face.upem


def _make_piece(shaped: ShapedText, items: list[_Item], x: float, width: float, *, rtl: bool) -> Piece:
    run = items[0].run
    span = shaped.spans[run.style]
    size = shaped.size(run)
    unit = size / run.face.upem
    special = any(item.white and abs(item.width - item.cluster.width * unit) > _SLACK for item in items)
    return Piece(
        text=shaped.text,
        face=run.face,
        size=size,
        x=x + width if rtl else x,
        rtl=rtl,
        clusters=tuple(item.cluster for item in items),
        style=run.style,
        slanted=span.italic and not joins(run.script),
        boxed=run.boxed,
        widths=tuple(item.width for item in items) if special else None,
        language=foreign_language(run.script, span.language or shaped.language),
    )
