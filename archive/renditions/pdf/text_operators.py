"""Text-showing operators: a piece of a line, glyph after glyph in the order of the text (ISO 32000-1, 9.4.3)."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from archive.renditions.pdf.fonts import FontBook, UsedFont
from archive.renditions.typesetting.faces import Face
from archive.renditions.typesetting.fonts import BOX
from archive.renditions.typesetting.lines import Part, Piece
from archive.renditions.typesetting.shaping import Cluster, Glyph

_SLANT = 0.21
_NOT_MAPPABLE = re.compile("[\0\ufeff\ufffe\uffff\ue000-\uf8ff\U000f0000-\U0010ffff]|[\U0001fffe\U0001ffff]")


def show(piece: Piece, x: float, y: float, book: FontBook) -> str:
    """The operators for a piece whose left (right, when it runs right to left) edge and baseline are at `x`, `y`.

    Glyphs are shown from left to right. Where the text runs from right to left they are marked as reversed (ISO
    32000-1, 14.8.2.3.3), which is what those who extract text expect. A cluster drawn by more glyphs than it has
    characters, a box, and what ToUnicode may not hold (ISO 19005-3, 6.2.11.7) carry ActualText.
    """
    font = book.use(piece.face)
    size, text, widths, boxed, rtl = piece.size, piece.text, piece.widths, piece.boxed, piece.rtl
    slant = f"{_SLANT} " if piece.slanted else "0 "
    left = x - piece.width if rtl else x
    out = [f"/{font.name} {_number(size)} Tf 1 0 {slant}1 {_number(left)} {_number(y)} Tm "]
    if piece.language:
        out.append(f"/Span <</Lang ({piece.language})>> BDC ")
    if rtl:
        out.append("/ReversedChars BMC ")
    known = font.shown
    unit = piece.face.upem / size
    pending: list[str] = []
    parts = piece.parts
    for place in range(len(parts) - 1, -1, -1) if rtl else range(len(parts)):
        start, end, word, first, last = parts[place]
        whole = last - first == len(word.clusters)
        key = (word, text[start:end], size, rtl, boxed)
        shown = known.get(key) if whole else None
        if shown is None:
            shown = _show_part(parts[place], key[1:], piece, font)
            if whole:
                known[key] = shown
        operators, alone = shown
        if alone:
            _flush(pending, out)
            out.append(operators)
        else:
            pending.append(operators)
        if widths is not None:
            width = word.width if whole else sum([cluster.width for cluster in word.clusters[first:last]])
            move = round((width - widths[place] * unit) * 1000 / piece.face.upem, 2)
            if move:
                pending.append(f">{_number(move)}<")
    _flush(pending, out)
    if rtl:
        out.append("EMC ")
    if piece.language:
        out.append("EMC ")
    return "".join(out)


class _Shown(NamedTuple):
    """How clusters are shown: the inside of a string or, if they are `alone`, all operators, with pairs of a glyph
    and the text it draws in the place of codes.
    """

    operators: tuple[str | tuple[int, str], ...]
    alone: bool


def _show_part(part: Part, key: Hashable, piece: Piece, font: UsedFont) -> tuple[str, bool]:
    """The operators of a part of a line, and whether they stand alone. How a whole word is shown is kept with it, for
    only the codes change from file to file.
    """
    start, end, word, first, last = part
    if last - first < len(word.clusters):
        shown = _show_clusters(word.clusters[first:last], piece.text[start:end], piece)
    else:
        known: _Shown | None = word.shown.get(key)
        if known is None:
            known = word.shown[key] = _show_clusters(word.clusters, piece.text[start:end], piece)
        shown = known
    operators = font.encode(shown.operators)
    return (operators.replace("<>", ""), True) if shown.alone else (operators, False)


def _show_clusters(clusters: Sequence[Cluster], source: str, piece: Piece) -> _Shown:
    """Clusters from their left edge to their right edge, which are those of the piece's face."""
    advance, upem, rtl = piece.face.advance, piece.face.upem, piece.rtl
    simple = not piece.boxed and _NOT_MAPPABLE.search(source) is None
    known = piece.face.advances
    scale, unit = 1000 / upem, piece.size / upem
    front = clusters[0].start
    out: list[str | tuple[int, str]] = []
    pending: list[str | tuple[int, str]] = []
    at = pen = 0.0
    rise = 0
    for start, end, width, glyphs, _ in reversed(clusters) if rtl else clusters:
        said = source[start - front : end - front]
        if simple and len(glyphs) == 1 and (not rtl or end - start == 1):
            number, right, up = glyphs[0]
            if up == rise and at + right == pen and number in known:
                pending.append((number, said))
                pen += known[number]
                at += width
                continue
        unmappable = _NOT_MAPPABLE.search(said) is not None
        actual = len(glyphs) > (len(said) if rtl else 1) or piece.boxed or unmappable
        if actual:
            _close(pending, out)
            out.append(f"/Span <</ActualText <FEFF{said.encode('utf-16-be').hex().upper()}>>> BDC ")
        if actual or not rtl:
            shown = _NOT_MAPPABLE.sub(BOX, said) if unmappable else said
            drawn = [(glyph, shown) for glyph in glyphs]
        else:
            drawn = _part(piece.face, glyphs, said)
        for glyph, meant in reversed(drawn) if rtl else drawn:
            if glyph.y != rise:
                _close(pending, out)
                rise = glyph.y
                out.append(f"{_number(rise * unit)} Ts ")
            wanted = at + glyph.x
            if wanted != pen:
                move = round((pen - wanted) * scale, 2)
                if move:
                    pending.append(f">{_number(move)}<")
                    pen -= move / scale
            pending.append((glyph.number, meant))
            pen += advance(glyph.number)
        if actual:
            _close(pending, out)
            out.append("EMC ")
        at += width
    move = round((pen - at) * scale, 2)
    if move:
        pending.append(f">{_number(move)}<")
    if not out:
        return _Shown(tuple(pending), alone=False)
    _close(pending, out)
    if rise:
        out.append("0 Ts ")
    return _Shown(tuple(out), alone=True)


def _part(face: Face, glyphs: Sequence[Glyph], source: str) -> list[tuple[Glyph, str]]:
    """A glyph for each character of a cluster that has no more glyphs than characters. The characters of a ligature
    (lam and alef) are parted: those after its first get a glyph that draws nothing, for an extractor turns characters
    that run from right to left one by one.
    """
    nothing = face.nothing
    spare = len(source) - len(glyphs)
    if not spare or nothing is None:
        last = len(glyphs) - 1
        return [(glyph, source[n] if n < last else source[n:]) for n, glyph in enumerate(glyphs)]
    blank = Glyph(nothing, glyphs[0].x, glyphs[0].y)
    first = [(glyphs[0], source[0]), *((blank, character) for character in source[1 : spare + 1])]
    return [*first, *zip(glyphs[1:], source[spare + 1 :], strict=True)]


def extent(piece: Piece) -> tuple[float, float]:
    """Left and right edge of a piece, in points, on its line."""
    return (piece.x - piece.width, piece.x) if piece.rtl else (piece.x, piece.x + piece.width)


def _flush(pending: list[str], out: list[str]) -> None:
    if pending:
        shown = "".join(pending)
        out.append(f"[<{shown}>] TJ ".replace("<>", "") if ">" in shown else f"<{shown}> Tj ")
        pending.clear()


def _close(pending: list[str | tuple[int, str]], out: list[str | tuple[int, str]]) -> None:
    """Put what is pending into an operator, as `_flush` does where all are codes."""
    if pending:
        moved = any(type(one) is str for one in pending)
        out += ["[<", *pending, ">] TJ "] if moved else ["<", *pending, "> Tj "]
        pending.clear()


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value != int(value) else str(int(value))
