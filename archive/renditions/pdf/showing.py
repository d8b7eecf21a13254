"""Text-showing operators: a piece of a line, glyph after glyph in the order of the text (ISO 32000-1, 9.4.3)."""

from __future__ import annotations

import re

from archive.renditions.pdf.fonts import FontBook
from archive.renditions.typesetting.fonts import BOX
from archive.renditions.typesetting.lines import Piece

_SLANT = 0.21
_NOT_MAPPABLE = re.compile("[\0\ufeff\ufffe\uffff\ue000-\uf8ff\U000f0000-\U0010ffff]|[\U0001fffe\U0001ffff]")


def show(piece: Piece, x: float, y: float, book: FontBook) -> str:
    """The operators for a piece whose left (right, when it runs right to left) edge and baseline are at `x`, `y`.

    Glyphs are shown in the order of the text also from right to left, each moved to its place, so that the content
    gives the text back. A cluster drawn by several glyphs, a box, and what ToUnicode may not hold (ISO 19005-3,
    6.2.11.7) carry ActualText.
    """
    font = book.use(piece.face)
    upem = piece.face.upem
    scale = 1000 / upem
    unit = piece.size / upem
    slant = f"{_SLANT} " if piece.slanted else "0 "
    out = [f"/{font.name} {_number(piece.size)} Tf 1 0 {slant}1 {_number(x)} {_number(y)} Tm "]
    if piece.language:
        out.append(f"/Span <</Lang ({piece.language})>> BDC ")
    text, rtl, widths, advance = piece.text, piece.rtl, piece.widths, piece.face.advance
    known = font.codes
    at, pen, rise = 0.0, 0.0, 0
    pending: list[str] = []
    for place, (start, end, width, glyphs, _) in enumerate(piece.clusters):
        step = width if widths is None else widths[place] / unit
        if rtl:
            at -= step
        source = text[start:end]
        actual = len(glyphs) > 1 or piece.boxed or _NOT_MAPPABLE.search(source) is not None
        if actual:
            _flush(pending, out)
            out.append(f"/Span <</ActualText <FEFF{source.encode('utf-16-be').hex().upper()}>>> BDC ")
            if _NOT_MAPPABLE.search(source):
                source = _NOT_MAPPABLE.sub(BOX, source)
        for glyph in glyphs:
            if glyph.y != rise:
                _flush(pending, out)
                rise = glyph.y
                out.append(f"{_number(rise * unit)} Ts ")
            wanted = at + glyph.x
            if wanted != pen:
                move = round((pen - wanted) * scale, 2)
                if move:
                    pending.append(f">{_number(move)}<")
                    pen -= move / scale
            pending.append(known.get((glyph.number, source)) or font.code(glyph.number, source))
            pen += advance(glyph.number)
        if actual:
            _flush(pending, out)
            out.append("EMC ")
        if not rtl:
            at += step
    _flush(pending, out)
    if rise:
        out.append("0 Ts ")
    if piece.language:
        out.append("EMC ")
    return "".join(out)


def extent(piece: Piece) -> tuple[float, float]:
    """Left and right edge of a piece, in points, on its line."""
    unit = piece.size / piece.face.upem
    width = sum(piece.widths) if piece.widths is not None else sum(c.width for c in piece.clusters) * unit
    return (piece.x - width, piece.x) if piece.rtl else (piece.x, piece.x + width)


def _flush(pending: list[str], out: list[str]) -> None:
    if pending:
        shown = "".join(pending)
        out.append(f"[<{shown}>] TJ " if ">" in shown else f"<{shown}> Tj ")
        pending.clear()


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value != int(value) else str(int(value))
