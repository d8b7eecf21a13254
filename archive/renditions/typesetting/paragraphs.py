"""From a block's spans to shaped text: one bidirectional paragraph for each of its hard lines, cut into runs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from archive.model.blocks import Direction, Span
from archive.renditions.typesetting.bidi import resolve_levels
from archive.renditions.typesetting.faces import Face
from archive.renditions.typesetting.fonts import BOX, FontSet
from archive.renditions.typesetting.line_breaks import find_breaks
from archive.renditions.typesetting.marks import SMALL_CAPITALS, capital_of, scale_of
from archive.renditions.typesetting.scripts import LINE_END, WHITE, is_ignorable, script_of
from archive.renditions.typesetting.shaping import GlyphRun, shape
from archive.renditions.typesetting.styles import TextStyle

_ASCII = re.compile(r"[\t\n\r\x20-\x7e]*")
_LETTER = re.compile("[A-Za-z]")
_LETTERS_OR_ONE = re.compile(r"[^\W_]+|.", re.DOTALL)
_BLANKS = str.maketrans("\t\n\r", "   ")


@dataclass(slots=True, eq=False)
class HardLine:
    """Text between two line ends, with the line ends that belong to it. `base` is the paragraph level of UAX 9."""

    base: int
    runs: list[GlyphRun] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class ShapedText:
    """A block's text, as it is and as it is drawn (same length), and its hard lines."""

    text: str
    drawn: str
    spans: tuple[Span, ...]
    style: TextStyle
    language: str | None
    lines: list[HardLine]
    _breaks: bytearray | None = None

    @property
    def breaks(self) -> bytearray:
        """Where a line may begin (`find_breaks`), found once."""
        if self._breaks is None:
            self._breaks = find_breaks(self.text)
        return self._breaks

    def size(self, run: GlyphRun) -> float:
        """The size in points at which a run's face is drawn."""
        return self.style.size * run.face.scale * run.scale


@dataclass(frozen=True, slots=True)
class _Look:
    """How each character of a block is drawn: its face (None: the box), its script and the scale of its letters."""

    faces: list[Face | None]
    scripts: list[str | None]
    scales: list[float]
    box: Face


def shape_text(
    spans: Sequence[Span],
    *,
    style: TextStyle,
    fonts: FontSet,
    language: str | None,
    direction: Direction,
    default: int,
) -> ShapedText:
    """Shape the text of one block; `default` is the level of a line without a strong character (UAX 9, HL1)."""
    text = "".join(span.text for span in spans)
    owners = [0] * len(text) if len(spans) == 1 else [number for number, span in enumerate(spans) for _ in span.text]
    wanted, scales = _apply_capitals(text, owners, spans, language)
    faces, drawn = _choose_faces(wanted, owners, spans, style, fonts)
    look = _Look(faces, _find_scripts(text), scales, fonts.box())
    shaped = ShapedText(text, drawn, tuple(spans), style, language, [])
    base = {"ltr": 0, "rtl": 1}.get(direction)
    for start, body, body_end, end in _split_lines(text):
        levels = resolve_levels(text[body:body_end], base, default=default, whole_numbers=True)
        line = HardLine(levels.base)
        every = [levels.base] * (body - start) + list(levels.levels) + [levels.base] * (end - body_end)
        line.runs = list(_cut_runs(shaped, (start, end), every, owners, look))
        shaped.lines.append(line)
    return shaped


def _split_lines(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Start, first and last of the body, and end of each hard line. Line ends at the block's ends take no line."""
    ends = list(LINE_END.finditer(text))
    first = 0
    while ends and ends[0].start() == first and ends[0].end() < len(text):
        first = ends.pop(0).end()
    last = len(text)
    while ends and ends[-1].end() == last and ends[-1].start() > first:
        last = ends.pop().start()
    start, body = 0, first
    for end in ends:
        if end.start() < first or end.end() > last:
            continue
        yield start, body, end.start(), end.end()
        start = body = end.end()
    yield start, body, last, len(text)


def _apply_capitals(
    text: str, owners: Sequence[int], spans: Sequence[Span], language: str | None
) -> tuple[str, list[float]]:
    """The text with the capitals that its spans ask for (same length), and the scale of each character."""
    sizes = [scale_of(span.marks) for span in spans]
    scales = [sizes[owner] for owner in owners] if any(size != 1.0 for size in sizes) else [1.0] * len(text)
    if all(span.marks.capitals == "as written" for span in spans):
        return text, scales
    wanted = list(text)
    for index, owner in enumerate(owners):
        span = spans[owner]
        if span.marks.capitals == "as written":
            continue
        capital = capital_of(text[index], span.language or language)
        if span.marks.capitals == "small" and capital != text[index]:
            scales[index] *= SMALL_CAPITALS
        wanted[index] = capital
    return "".join(wanted), scales


def _choose_faces(
    text: str, owners: Sequence[int], spans: Sequence[Span], style: TextStyle, fonts: FontSet
) -> tuple[list[Face | None], str]:
    """A face for each character, None for a box, and the text with spaces and boxes in the place of everything else."""
    looks = [(style.bold or span.bold, style.fixed or span.code) for span in spans]
    if _ASCII.fullmatch(text) and len(set(looks)) == 1:
        bold, fixed = looks[0]
        return [fonts.text(bold=bold, fixed=fixed)] * len(text), text.translate(_BLANKS)
    faces: list[Face | None] = []
    drawn = list(text)
    for start, stop, owner in _stretches_of(owners):
        bold, fixed = looks[owner]
        previous: Face | None = None
        for found in _LETTERS_OR_ONE.finditer(text, start, stop):
            word, index = found.group(), found.start()
            if len(word) > 1 or word.isalnum():
                chosen = fonts.choose_all(word, bold=bold, fixed=fixed)
                faces += chosen
                previous = next((face for face in reversed(chosen) if face is not None), previous)
            else:
                face = _choose_sign(word, previous, fonts, drawn, index, bold=bold, fixed=fixed)
                faces.append(face)
                previous = face or previous
    if None in faces:
        drawn = [BOX if face is None else character for face, character in zip(faces, drawn, strict=True)]
    return faces, "".join(drawn)


def _stretches_of(owners: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Start and end of what belongs to one span, and the span's number."""
    start = 0
    for owner, alike in groupby(owners):
        stop = start + sum(1 for _ in alike)
        yield start, stop, owner
        start = stop


def _choose_sign(
    character: str, previous: Face | None, fonts: FontSet, drawn: list[str], index: int, *, bold: bool, fixed: bool
) -> Face | None:
    """The face of what is neither letter nor digit, after a character in the face `previous`."""
    if character in WHITE or is_ignorable(character):
        face = previous or fonts.text(bold=bold, fixed=fixed)
        if character in WHITE and (ord(character) < 0x20 or ord(character) not in face.characters):
            drawn[index] = " "
        return face
    if previous is not None and _stays(character) and ord(character) in previous.characters:
        return previous
    return fonts.choose(character, bold=bold, fixed=fixed)


def _stays(character: str) -> bool:
    return character == "\xa0" or unicodedata.category(character)[0] == "M"


def _cut_runs(
    shaped: ShapedText, bounds: tuple[int, int], levels: Sequence[int], owners: Sequence[int], look: _Look
) -> Iterator[GlyphRun]:
    """The runs between `bounds`, each of one level, face, span and script, shaped."""
    start, end = bounds
    keys = zip(
        levels, look.faces[start:end], owners[start:end], look.scripts[start:end], look.scales[start:end], strict=True
    )
    begin = start
    for (level, face, owner, script, scale), alike in groupby(keys):
        stop = begin + sum(1 for _ in alike)
        run = GlyphRun(begin, stop, level, face or look.box, owner, script, [], boxed=face is None, scale=scale)
        run.words = shape(
            shaped.drawn,
            begin,
            stop,
            face=run.face,
            script=script,
            language=shaped.spans[owner].language or shaped.language,
            rtl=bool(level & 1),
        )
        yield run
        begin = stop


def _find_scripts(text: str) -> list[str | None]:
    """The script of each character; what belongs to many takes that of the text before it, at the start after it."""
    if _ASCII.fullmatch(text):
        return ["Latn" if _LETTER.search(text) else None] * len(text)
    scripts: list[str | None] = []
    current = next((script for c in text if (script := script_of(c))), None)
    for character in text:
        current = script_of(character) or current
        scripts.append(current)
    return scripts
