"""What the cell formats and shared strings of a workbook say (ISO/IEC 29500-1, 18.4 and 18.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.model.blocks import NO_MARKS, Marks, Position, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.sheet_numbers import BUILT_IN

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_POSITIONS: dict[str, Position] = {"superscript": "raised", "subscript": "lowered"}


@dataclass(frozen=True, slots=True)
class Font:
    """What a font of a cell or a run says beyond its words."""

    bold: bool = False
    italic: bool = False
    marks: Marks = NO_MARKS
    white: bool = False

    def span(self, text: str) -> Span:
        return Span(text, self.bold, self.italic, marks=self.marks)

    def over(self, other: Font) -> Font:
        """This font where the cell has another: a run says all of its own form."""
        return self if self is not PLAIN_FONT else other


PLAIN_FONT = Font()


@dataclass(frozen=True, slots=True)
class Form:
    """The format of a cell: the code of its numbers and its font."""

    code: str = "General"
    font: Font = PLAIN_FONT


def read_font(properties: Any) -> Font:
    """The form that a `font` or `rPr` element gives; plain for None."""
    if properties is None:
        return PLAIN_FONT

    def is_on(name: str) -> bool:
        found = properties.find(f"{S}{name}")
        return found is not None and found.get("val", "1") not in ("0", "false", "none")

    place, colour = properties.find(f"{S}vertAlign"), properties.find(f"{S}color")
    return Font(
        is_on("b"),
        is_on("i"),
        Marks(
            is_on("strike"),
            is_on("u"),
            position=_POSITIONS.get(place.get("val") or "", "base") if place is not None else "base",
        ),
        colour is not None and ((colour.get("rgb") or "").upper().endswith("FFFFFF") or colour.get("theme") == "0"),
    )


def read_forms(root: Any) -> Iterator[Form]:
    """The cell formats in their order; `root` is that of the styles, or None."""
    if root is None:
        return
    codes = {_whole(one.get("numFmtId")): one.get("formatCode") or "General" for one in root.iter(f"{S}numFmt")}
    fonts = [read_font(one) for one in root.iterfind(f"{S}fonts/{S}font")]
    filled = [
        next((one.get("patternType") not in (None, "none") for one in fill.iter(f"{S}patternFill")), True)
        for fill in root.iterfind(f"{S}fills/{S}fill")
    ]
    for form in root.iterfind(f"{S}cellXfs/{S}xf"):
        number, font, fill = (_whole(form.get(key)) for key in ("numFmtId", "fontId", "fillId"))
        look = fonts[font] if font < len(fonts) else PLAIN_FONT
        if look.white and fill < len(filled) and filled[fill]:
            look = Font(look.bold, look.italic, look.marks)
        yield Form(codes.get(number) or BUILT_IN.get(number, "General"), look)


def read_string(entry: Any, account: Account) -> tuple[tuple[str, Font], ...]:
    """The runs of a shared or inline string, readings of Asian names apart; a run without a form has the cell's."""
    runs: list[tuple[str, Font]] = []
    for child in entry:
        if child.tag == f"{S}t":
            runs.append((child.text or "", PLAIN_FONT))
        elif child.tag == f"{S}r":
            runs.append((child.findtext(f"{S}t") or "", read_font(child.find(f"{S}rPr"))))
        elif child.tag == f"{S}rPh":
            account.leave_out("the reading of a name", account.own(child.findtext(f"{S}t") or ""))
    return tuple(runs)


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0
