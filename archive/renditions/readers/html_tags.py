"""What the elements of HTML do to the text in them."""

from __future__ import annotations

from dataclasses import replace

from archive.model.blocks import Position
from archive.renditions.readers.inline import Style

INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "nobr", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "button", "output", "blink", "map", "picture", "slot",
})  # fmt: skip
_BOLD = frozenset({"b", "strong", "th", "dt"})
_ITALIC = frozenset({"i", "em", "cite", "dfn", "var"})
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_STRUCK = frozenset({"s", "strike", "del"})
_UNDERLINED = frozenset({"u", "ins"})
MARKING = (*sorted(_BOLD | _ITALIC | _CODE | _STRUCK | _UNDERLINED), "sup", "sub", "mark")
"""Elements whose text has a form of its own, so that each is a run apart."""
_POSITIONS: dict[str, Position] = {"sup": "raised", "sub": "lowered"}


def style_of_tag(style: Style, tag: str, language: str | None, *, ground: bool) -> Style:
    """`style` as an element changes it; `ground` says that it has a ground of its own colour."""
    marks = style.marks
    if tag in _STRUCK or tag in _UNDERLINED or tag in ("mark", "sup", "sub"):
        marks = replace(
            marks,
            strike=marks.strike or tag in _STRUCK,
            underline=marks.underline or tag in _UNDERLINED,
            highlight=marks.highlight or tag == "mark",
            position=_POSITIONS.get(tag, marks.position),
        )
    if tag in INLINE and ground:
        marks = replace(marks, highlight=True)
    return replace(
        style,
        bold=style.bold or tag in _BOLD,
        italic=style.italic or tag in _ITALIC,
        code=style.code or tag in _CODE,
        marks=marks,
        language=language or style.language,
    )
