"""From a block's spans to shaped text: one bidirectional paragraph for each of its hard lines, cut into runs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archive.model.blocks import Direction, Span
from archive.renditions.typesetting.bidi import resolve_levels
from archive.renditions.typesetting.faces import Face
from archive.renditions.typesetting.fonts import BOX, FontSet
from archive.renditions.typesetting.scripts import LINE_END, WHITE, is_ignorable, script_of
from archive.renditions.typesetting.shaping import Run, shape
from archive.renditions.typesetting.styles import TextStyle


@dataclass(slots=True, eq=False)
class HardLine:
    """Text between two line ends, with the line ends that belong to it. `base` is the paragraph level of UAX 9."""

    base: int
    runs: list[Run] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class ShapedText:
    """A block's text, as it is and as it is drawn (same length), and its hard lines."""

    text: str
    drawn: str
    spans: tuple[Span, ...]
    style: TextStyle
    language: str | None
    lines: list[HardLine]

    def size(self, run: Run) -> float:
        """The size in points at which a run's face is drawn."""
        return self.style.size * run.face.scale


@dataclass(frozen=True, slots=True)
class _Look:
    """How each character of a block is drawn: its face (None: the box) and its script."""

    faces: list[Face | None]
    scripts: list[str | None]
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
    owners = [number for number, span in enumerate(spans) for _ in span.text]
    faces, drawn = _choose_faces(text, owners, spans, style, fonts)
    look = _Look(faces, _find_scripts(text), fonts.box())
    shaped = ShapedText(text, drawn, tuple(spans), style, language, [])
    base = {"ltr": 0, "rtl": 1}.get(direction)
    for start, body, body_end, end in _split_lines(text):
        levels = resolve_levels(text[body:body_end], base, default=default)
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


def _choose_faces(
    text: str, owners: Sequence[int], spans: Sequence[Span], style: TextStyle, fonts: FontSet
) -> tuple[list[Face | None], str]:
    """A face for each character, None for a box, and the text with spaces and boxes where something else stands."""
    looks = [(style.bold or span.bold, style.fixed or span.code) for span in spans]
    faces: list[Face | None] = []
    drawn = list(text)
    previous: Face | None = None
    owner = -1
    for index, character in enumerate(text):
        if owners[index] != owner:
            owner, previous = owners[index], None
            bold, fixed = looks[owner]
            plain = fonts.text(bold=bold, fixed=fixed)
        if character.isalnum():
            face = fonts.choose(character, bold=bold, fixed=fixed)
        elif character in WHITE or is_ignorable(character):
            face = previous or plain
            if character in WHITE and (ord(character) < 0x20 or ord(character) not in face.characters):
                drawn[index] = " "
        elif previous is not None and _stays(character) and ord(character) in previous.characters:
            face = previous
        else:
            face = fonts.choose(character, bold=bold, fixed=fixed)
        if face is None:
            drawn[index] = BOX
        faces.append(face)
        previous = face or previous
    return faces, "".join(drawn)


def _stays(character: str) -> bool:
    return character == "\xa0" or unicodedata.category(character)[0] == "M"


def _cut_runs(
    shaped: ShapedText, bounds: tuple[int, int], levels: Sequence[int], owners: Sequence[int], look: _Look
) -> Iterator[Run]:
    """The runs between `bounds`, each of one level, face, span and script, shaped."""
    start, end = bounds
    begin = start
    while begin < end:
        stop = begin + 1
        key = (levels[begin - start], look.faces[begin], owners[begin], look.scripts[begin])
        while stop < end and key == (levels[stop - start], look.faces[stop], owners[stop], look.scripts[stop]):
            stop += 1
        level, face, owner, script = key
        run = Run(begin, stop, level, face or look.box, owner, script, [], boxed=face is None)
        run.clusters = shape(
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
    scripts: list[str | None] = []
    current = next((script for c in text if (script := script_of(c))), None)
    for character in text:
        current = script_of(character) or current
        scripts.append(current)
    return scripts
