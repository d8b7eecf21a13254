"""From shaped text to lines of a measure: breaking, then the order of UAX 9 (L1, L2) on each line.

Lines are filled with words. Only a word that is longer than a line is taken apart, no further than that line reaches.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.renditions.typesetting.bidi import reorder
from archive.renditions.typesetting.line_breaks import is_cluster_start
from archive.renditions.typesetting.lines import Line, Part, Piece
from archive.renditions.typesetting.marks import rise_of
from archive.renditions.typesetting.paragraphs import HardLine, ShapedText
from archive.renditions.typesetting.scripts import WHITE, foreign_language, joins
from archive.renditions.typesetting.shaping import Cluster, GlyphRun, Word, shape

_TAB = 36.0
_TAB_CHARACTERS = 8
_FIXED_ADVANCE = 0.54
_WINDOW = 12
_FINAL_FORM = 0.75
_FULL_ENOUGH = 0.75
"""A line this full breaks at a space: only an emptier one breaks after a hyphen or inside an address."""
_SLACK = 0.01
_LINE_ENDS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
_SOFT_HYPHEN = "\xad"


class _Item:
    """Clusters that no line break parts, on their way to a line: `first` to `last` of a word that begins at `place` in
    the text. `width` in points is what they take on their line, `natural` what they take by themselves, and `tail` what
    the space at their end takes of it.
    """

    __slots__ = ("end", "first", "last", "natural", "place", "run", "start", "tail", "white", "width", "word")

    def __init__(  # noqa: PLR0917 - made for every word
        self, run: GlyphRun, place: int, word: Word, first: int, last: int, unit: float, white: bool
    ) -> None:
        self.run, self.place, self.word, self.first, self.last, self.white = run, place, word, first, last, white
        clusters = word.clusters
        self.tail = 0.0
        if last - first == len(clusters):
            self.start, self.end = place, place + word.length
            self.width = self.natural = word.width * unit
            if word.tail:
                self.tail = word.tail * unit
        else:
            if word.tail and last == len(clusters):
                self.white = last - first == 1
                self.tail = 0.0 if self.white else word.tail * unit
            self.start, self.end = place + clusters[first].start, place + clusters[last - 1].end
            self.width = self.natural = sum(cluster.width for cluster in clusters[first:last]) * unit

    @property
    def joined(self) -> bool:
        """Whether a line break before it changes its letters."""
        return self.word.clusters[self.first].joined


def compose(shaped: ShapedText, measure: float) -> list[Line]:
    """The lines of a block's text, each at most `measure` points wide but for the white space at its end."""
    lines: list[Line] = []
    for hard in shaped.lines:
        lines += _compose_hard_line(shaped, hard, measure)
    return lines


def measure_text(shaped: ShapedText) -> tuple[float, float]:
    """The widths in points of the longest part that does not break and of the longest hard line."""
    breaks = shaped.breaks
    longest = widest = 0.0
    for hard in shaped.lines:
        word = total = white = 0.0
        for item in _itemise(shaped, hard):
            if breaks[item.start]:
                longest, word = max(longest, word), 0.0
            if item.white:
                white += _width(shaped, item, total + white)
                continue
            word += item.width - item.tail
            total, white = total + white + item.width - item.tail, item.tail
        longest, widest = max(longest, word), max(widest, total)
    return longest, widest


def _itemise(shaped: ShapedText, hard: HardLine) -> list[_Item]:
    text, breaks = shaped.text, shaped.breaks
    items: list[_Item] = []
    for run in hard.runs:
        unit = shaped.size(run) / run.face.upem
        for place, word in run.words:
            count, end = len(word.clusters), place + word.length
            white = text[place] in WHITE
            if white and text[place:end].strip(" "):
                items += [_Item(run, place, word, number, number + 1, unit, True) for number in range(count)]
            elif word.tail and text[end - 1] == "\t":
                # Drawn as a space, and wider than one.
                items += _itemise_word(run, place, word, unit, breaks, count - 1)
                items.append(_Item(run, place, word, count - 1, count, unit, True))
            elif white or breaks.find(1, place + 1, end) < 0:
                items.append(_Item(run, place, word, 0, count, unit, white))
            else:
                items += _itemise_word(run, place, word, unit, breaks, count)
    return items


def _itemise_word(  # noqa: PLR0917 - as `_Item`
    run: GlyphRun, place: int, word: Word, unit: float, breaks: bytearray, count: int
) -> Iterator[_Item]:
    """The first `count` clusters of a word that may break inside."""
    cuts = [n for n, cluster in enumerate(word.clusters[:count]) if n and breaks[place + cluster.start]]
    for first, last in zip([0, *cuts], [*cuts, count], strict=True):
        yield _Item(run, place, word, first, last, unit, False)


def _width(shaped: ShapedText, item: _Item, x: float) -> float:
    character = shaped.text[item.start]
    if character == "\t":
        stop = _TAB
        if shaped.style.fixed:
            stop = _TAB_CHARACTERS * _FIXED_ADVANCE * shaped.style.size
        return stop - x % stop
    return 0.0 if character in _LINE_ENDS else item.natural


def _compose_hard_line(shaped: ShapedText, hard: HardLine, measure: float) -> list[Line]:
    breaks = shaped.breaks
    waiting = _itemise(shaped, hard)[::-1]
    lines: list[Line] = []
    line: list[_Item] = []
    chance = inside = 0
    x = filled = 0.0
    while waiting:
        item = waiting.pop()
        if line and breaks[item.start]:
            if line[-1].white or line[-1].tail:
                chance, filled = len(line), x
            else:
                inside = len(line)
        if item.white:
            item.width = _width(shaped, item, x)
        if item.white or x + item.width - item.tail <= measure + _SLACK or not (line or item.last - item.first > 1):
            line.append(item)
            x += item.width
            continue
        cut = inside if inside > chance and filled < _FULL_ENOUGH * measure else chance
        line.append(item)
        if cut:
            waiting += reversed(line[cut:])
            del line[cut:]
        else:
            waiting += reversed(_cut_long_word(shaped, line, measure))
        _part_joined(shaped, line, waiting)
        lines.append(_set_line(shaped, hard, line, measure))
        line = []
        chance = inside = 0
        x = filled = 0.0
    lines.append(_set_line(shaped, hard, line, measure))
    return lines


def _cut_item(shaped: ShapedText, item: _Item, at: int) -> Iterator[_Item]:
    """An item in two, the first with `at` of its clusters, or with all but so many."""
    unit = shaped.size(item.run) / item.run.face.upem
    cut = item.first + at if at > 0 else item.last + at
    for first, last in ((item.first, cut), (cut, item.last)):
        yield _Item(item.run, item.place, item.word, first, last, unit, item.white)


def _cut_long_word(shaped: ShapedText, line: list[_Item], measure: float) -> list[_Item]:
    """Cut a line that has no place to break where it is full: between grapheme clusters, never inside of one, and a
    little earlier where letters join, for the last letter of a line takes its final form, which is wider. What goes to
    the next line.
    """
    places: list[tuple[int, int]] = []
    x = 0.0
    for number, item in enumerate(line):
        unit = shaped.size(item.run) / item.run.face.upem
        for cluster in range(item.first, item.last):
            places.append((number, cluster))
            width = item.word.clusters[cluster].width * unit
            if x + width > measure + _SLACK and len(places) > 1:
                break
            x += width
        else:
            continue
        break
    cut = _back_to_base(shaped, line, places)
    cut = _leave_room(shaped, line, places, cut, measure - x)
    number, first = places[cut]
    rest = line[number:]
    del line[number:]
    if first > rest[0].first:
        kept, rest[0] = _cut_item(shaped, rest[0], first - rest[0].first)
        line.append(kept)
    return rest


def _back_to_base(shaped: ShapedText, line: list[_Item], places: list[tuple[int, int]]) -> int:
    cut = len(places) - 1
    while cut > 1 and not is_cluster_start(shaped.text, _start_of(line, places[cut])):
        cut -= 1
    return cut if is_cluster_start(shaped.text, _start_of(line, places[cut])) else len(places) - 1


def _leave_room(shaped: ShapedText, line: list[_Item], places: list[tuple[int, int]], cut: int, room: float) -> int:
    while cut > 1:
        number, first = places[cut]
        item = line[number]
        size = shaped.size(item.run)
        if not item.word.clusters[first].joined or room >= _FINAL_FORM * size:
            break
        cut -= 1
        number, first = places[cut]
        item = line[number]
        room += item.word.clusters[first].width * shaped.size(item.run) / item.run.face.upem
    return cut


def _start_of(line: list[_Item], place: tuple[int, int]) -> int:
    number, first = place
    return line[number].place + line[number].word.clusters[first].start


def _part_joined(shaped: ShapedText, line: list[_Item], waiting: list[_Item]) -> None:
    """Where letters join between what is on a line and what is waiting, shape both sides again.

    Joining reaches one letter far, so that a window is enough, and a line without a space stays cheap.
    """
    run, at = waiting[-1].run, waiting[-1].start
    if not (waiting[-1].joined and joins(run.script)) or line[-1].run is not run:
        return
    begin, end, room = at, at, _WINDOW
    while room and line and line[-1].run is run:
        item = line.pop()
        if (count := item.last - item.first) > room:
            kept, item = _cut_item(shaped, item, count - room)
            line.append(kept)
            count = room
        begin, room = item.start, room - count
    room = _WINDOW
    while room and waiting and waiting[-1].run is run:
        item = waiting.pop()
        if (count := item.last - item.first) > room:
            item, kept = _cut_item(shaped, item, room)
            waiting.append(kept)
            count = room
        end, room = item.end, room - count
    front = max(begin - _WINDOW, 0) if line else begin
    line += _shape_anew(shaped, run, shaped.drawn[front:at], front, begin)
    beyond = shaped.drawn[at : end + _WINDOW]
    waiting += reversed(_shape_anew(shaped, run, beyond, at, at, end))


def _shape_anew(  # noqa: PLR0917 - bounds of one stretch
    shaped: ShapedText, run: GlyphRun, text: str, front: int, begin: int, end: int | None = None
) -> list[_Item]:
    """The characters `begin` to `end` as items of one cluster; `text`, which begins at `front`, is their context."""
    stop = front + len(text) if end is None else end
    words = shape(
        text,
        begin - front,
        stop - front,
        face=run.face,
        script=run.script,
        language=shaped.spans[run.style].language or shaped.language,
        rtl=bool(run.level & 1),
    )
    unit = shaped.size(run) / run.face.upem
    return [
        _Item(run, front + place, word, number, number + 1, unit, shaped.text[front + place] in WHITE)
        for place, word in words
        for number in range(len(word.clusters))
    ]


def _set_line(shaped: ShapedText, hard: HardLine, items: list[_Item], measure: float) -> Line:
    """Place the items of one line: white space at its end takes no room, the rest stands by L2."""
    style = shaped.style
    if items and items[-1].tail:
        items += _cut_item(shaped, items.pop(), -1)
    end = len(items)
    while end and items[end - 1].white:
        end -= 1
        items[end].width = 0.0
    if end and end == len(items) and shaped.text[items[-1].end - 1] == _SOFT_HYPHEN:
        _show_hyphen(shaped, items)
    levels = _line_levels(shaped.text, hard.base, items)
    groups: list[tuple[int, int]] = []
    first = 0
    for index in range(1, len(items) + 1):
        if index == len(items) or items[index].run is not items[first].run or levels[index] != levels[first]:
            groups.append((first, index))
            first = index
    widths = [sum([item.width for item in items[first:last]]) for first, last in groups]
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
    runs = [items[first].run for first, _ in groups]
    tall = any(joins(run.script) and not run.face.fixed for run in runs)
    for face in {run.face for run in runs}:
        height = max(height, (face.ascent - face.descent) / 1000 * style.size * (face.scale if tall else 0.95))
    ascent = (height + style.size * (0.62 if tall else 0.7)) / 2
    return Line(tuple(pieces), total, ascent, height - ascent, bool(hard.base & 1), left)


def _line_levels(text: str, base: int, items: list[_Item]) -> list[int]:
    """L1 on the items of a line."""
    levels = [item.run.level for item in items]
    resets = True
    for index in range(len(items) - 1, -1, -1):
        if items[index].white and (resets or text[items[index].start] == "\t"):
            levels[index] = base
            resets = True
        else:
            resets = False
    return levels


def _show_hyphen(shaped: ShapedText, items: list[_Item]) -> None:
    """Draw the soft hyphen that ends the last of the items as a hyphen."""
    item = items[-1]
    run = item.run
    hyphen = shape("-", 0, 1, face=run.face, script=run.script, language=None, rtl=bool(run.level & 1))[0][1]
    last = item.word.clusters[item.last - 1]
    if len(hyphen.clusters) != 1 or not hyphen.clusters[0].glyphs[0].number or last.end - last.start != 1:
        return
    items.pop()
    if item.last - item.first > 1:
        items.append(next(_cut_item(shaped, item, item.last - item.first - 1)))
    shown = Word((Cluster(0, 1, hyphen.width, hyphen.clusters[0].glyphs, False),), "-")
    items.append(_Item(run, item.end - 1, shown, 0, 1, shaped.size(run) / run.face.upem, False))


def _make_piece(shaped: ShapedText, items: list[_Item], x: float, width: float, *, rtl: bool) -> Piece:
    run = items[0].run
    span = shaped.spans[run.style]
    special = any(item.white and abs(item.width - item.natural) > _SLACK for item in items)
    parts: list[Part] = []
    for item in items:
        last = parts[-1] if parts and not special else None
        if last is not None and last.word is item.word and last.last == item.first and last.end == item.start:
            parts[-1] = Part(last.start, item.end, item.word, last.first, item.last)
        else:
            parts.append(Part(item.start, item.end, item.word, item.first, item.last))
    return Piece(
        text=shaped.text,
        face=run.face,
        size=shaped.size(run),
        x=x + width if rtl else x,
        width=width,
        rtl=rtl,
        parts=tuple(parts),
        style=run.style,
        slanted=span.italic and not joins(run.script),
        boxed=run.boxed,
        widths=tuple([item.width for item in items]) if special else None,
        language=foreign_language(run.script, span.language or shaped.language),
        marks=span.marks,
        rise=rise_of(span.marks) * shaped.style.size,
    )
