"""How a run looks: by the defaults of the document, by its styles, and by what it says itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.model.blocks import Capitals, Marks, Position
from archive.renditions.readers.docx_names import W, is_on, value

_DEEPEST = 20
_NO_GROUND = frozenset({"AUTO", "FFFFFF"})
_GROUNDS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip
_TINY = 4
"""Half points."""
_PLACES = ("firstCol", "lastCol", "firstRow", "lastRow")
_TOGGLED = ("b", "i", "strike", "caps", "smallCaps", "vanish")
_TOGGLES = ("b", "i", "strike", "dstrike", "caps", "smallCaps", "vanish", "webHidden", "specVanish")


@dataclass(slots=True)
class Look:
    """The form of a run. `unseen` says why it can hardly be seen in Word, `font` is its font for Latin letters."""

    bold: bool = False
    italic: bool = False
    hidden: bool = False
    unseen: str = ""
    font: str = ""
    marks: Marks = field(default_factory=Marks)


class Styles:
    """The styles of a document by their identifiers."""

    def __init__(self, root: Any) -> None:
        self._by_id: dict[str, Any] = {}
        self._default: str | None = None
        self._chains: dict[str | None, tuple[Any, ...]] = {}
        self._looks: dict[tuple[str | None, str | None, tuple[Any, ...]], dict[str, Any]] = {}
        self.defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr") if root is not None else None
        for style in root.iterfind(f"{W}style") if root is not None else ():
            self._by_id.setdefault(style.get(f"{W}styleId") or "", style)
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
                self._default = style.get(f"{W}styleId")

    def chain(self, identifier: str | None) -> tuple[Any, ...]:
        """The style and those that it is based on, the farthest one last."""
        identifier = identifier if identifier is not None else self._default
        if identifier not in self._chains:
            self._chains[identifier] = tuple(self._walk(identifier))
        return self._chains[identifier]

    def name(self, identifier: str | None) -> str:
        """The name of a style."""
        style = self._by_id.get(identifier or "")
        return (value(style, "name") or "") if style is not None else ""

    def heading_level(self, element: Any) -> int | None:
        """The level of a heading by the style of its paragraph or by its own outline level; None for other text."""
        own = element.find(f"{W}pPr")
        identifier = value(own, "pStyle")
        for style in self.chain(identifier) if identifier else ():
            name = (value(style, "name") or "").lower()
            if name == "title":
                return 1
            end = name.removeprefix("heading ")
            if end != name and end.isdigit() and int(end) > 0:
                return min(int(end), 6)
        holders = [own, *(style.find(f"{W}pPr") for style in (self.chain(identifier) if identifier else ()))]
        for holder in holders:
            outline = value(holder, "outlineLvl")
            if outline is not None:
                return int(outline) + 1 if outline.isdigit() and int(outline) < 6 else None
        return None

    def look(self, paragraph_style: str | None, run: Any, around: tuple[Any, ...] = ()) -> Look:
        """The form of a run in a paragraph of a style; `around` are run properties that the styles of a table give."""
        own = run.find(f"{W}rPr")
        key = (paragraph_style, value(own, "rStyle"), around)
        if key not in self._looks:
            levels = [_merge(around)]
            for identifier in (paragraph_style, key[1]):
                chain = self.chain(identifier) if identifier or identifier is paragraph_style else ()
                levels.append(_merge(style.find(f"{W}rPr") for style in reversed(chain)))
            self._looks[key] = _combine(_read(self.defaults), levels)
        return _as_look({**self._looks[key], **_read(own)})

    def of_cell(self, identifier: str | None, places: frozenset[str]) -> tuple[Any, ...]:
        """The run properties that a table style gives to a cell: those of all cells, then of its places (17.7.6)."""
        chain = tuple(reversed(self.chain(identifier))) if identifier else ()
        found = [style.find(f"{W}rPr") for style in chain]
        for place in _PLACES:
            found += [
                part.find(f"{W}rPr")
                for style in chain
                for part in style.iterfind(f"{W}tblStylePr")
                if place in places and part.get(f"{W}type") == place
            ]
        return tuple(one for one in found if one is not None)

    def _walk(self, identifier: str | None) -> Iterator[Any]:
        for _ in range(_DEEPEST):
            style = self._by_id.get(identifier or "")
            if style is None:
                return
            yield style
            identifier = value(style, "basedOn")


def _read(properties: Any) -> dict[str, Any]:
    """What a set of run properties says."""
    found: dict[str, Any] = {}
    if properties is None:
        return found
    for child in properties:
        name = str(child.tag).removeprefix(W)
        if name in _TOGGLES:
            found[name] = is_on(child)
        elif name in ("u", "highlight", "vertAlign", "color", "sz"):
            found[name] = child.get(f"{W}val")
        elif name == "rFonts":
            found[name] = child.get(f"{W}ascii") or child.get(f"{W}hAnsi") or found.get(name)
        elif name == "shd":
            found[name] = child.get(f"{W}fill")
        elif name == "position":
            found[name] = child.get(f"{W}val") or "0"
    return found


def _merge(holders: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for holder in holders:
        found |= _read(holder)
    return found


def _combine(defaults: dict[str, Any], levels: list[dict[str, Any]]) -> dict[str, Any]:
    """What the levels of styles say together: a toggle that two of them set is off again (17.7.3)."""
    found = dict(defaults)
    for level in levels:
        found |= level
    for name in _TOGGLED:
        times = sum(bool(level.get(name)) for level in levels)
        found[name] = bool(defaults.get(name)) or times % 2 == 1
    return found


def _as_look(said: dict[str, Any]) -> Look:
    position: Position = "base"
    if said.get("vertAlign") in ("superscript", "subscript"):
        position = "raised" if said["vertAlign"] == "superscript" else "lowered"
    elif said.get("position", "0").lstrip("-").isdigit() and int(said.get("position", "0")):
        position = "raised" if int(said["position"]) > 0 else "lowered"
    capitals: Capitals = "all" if said.get("caps") else "small" if said.get("smallCaps") else "as written"
    ground = _GROUNDS.get(said.get("highlight") or "none", said.get("shd")) or "auto"
    highlighted = ground.upper() not in _NO_GROUND
    colour = (said.get("color") or "auto").upper()
    unseen = ""
    if colour == "FFFFFF" and not highlighted:
        unseen = "the colour of white text, which is drawn in black"
    elif highlighted and colour == ground.upper():
        unseen = "the colour of text that is that of its ground, from which it is set apart here"
    elif (said.get("sz") or "22").isdigit() and int(said.get("sz") or "22") <= _TINY:
        unseen = "the size of text that is too small to be read, which is drawn in the usual size"
    return Look(
        bool(said.get("b")),
        bool(said.get("i")),
        bool(said.get("vanish") or said.get("specVanish")),
        unseen,
        str(said.get("rFonts") or ""),
        Marks(
            bool(said.get("strike") or said.get("dstrike")),
            said.get("u") not in (None, "none"),
            highlighted,
            position,
            capitals,
        ),
    )
