"""The styles of an OpenDocument text: the form of runs, of paragraphs and of lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archive.model.blocks import NO_MARKS, Capitals, Direction, Marks, Position
from archive.renditions.readers.numbering import alphabetic, spell_number
from archive.renditions.readers.odt_names import FO, PRESENTATION, STYLE, TABLE, TEXT

_DEEPEST = 20
_FORMS = {"i": "lowerRoman", "I": "upperRoman", "1": "decimal"}


@dataclass(frozen=True, slots=True)
class OdtLook:
    """The form of a style: that of its text, and whether its paragraphs begin a page or run from right to left."""

    bold: bool = False
    italic: bool = False
    hidden: bool = False
    marks: Marks = NO_MARKS
    breaks: bool = False
    direction: Direction = "auto"
    white: bool = False


class OdtStyles:
    """The styles in the content and in styles.xml, by name."""

    def __init__(self, content: Any, shared: Any) -> None:
        self._styles: dict[tuple[str, str], Any] = {}
        self._lists: dict[str, Any] = {}
        self._outline: Any = None
        for root in (shared, content):
            for style in root.iter(f"{STYLE}style") if root is not None else ():
                self._styles[style.get(f"{STYLE}family") or "", style.get(f"{STYLE}name") or ""] = style
            for style in root.iter(f"{TEXT}list-style") if root is not None else ():
                self._lists[style.get(f"{STYLE}name") or ""] = style
            for style in root.iter(f"{TEXT}outline-style") if root is not None else ():
                self._outline = style
        self._looks: dict[tuple[str, str], OdtLook] = {}

    def look(self, name: str | None, family: str = "paragraph") -> OdtLook:
        """The form that a style of a family gives, with what it takes from its parents."""
        key = (family, name or "")
        if key not in self._looks:
            self._looks[key] = _as_look(self._read(*key))
        return self._looks[key]

    def is_shown(self, name: str | None, family: str) -> bool:
        """Whether a table or a slide with a style is shown."""
        said = self._read(family, name or "")
        return said.get(f"{TABLE}display", "true") != "false" and said.get(f"{PRESENTATION}visibility") != "hidden"

    def label(self, name: str | None, level: int, numbers: list[int]) -> str | None:
        """The label for the last of `numbers` (one a level) of a list; None for a bullet."""
        return _label(self._lists.get(name or ""), level, numbers)

    def outline_label(self, level: int, numbers: list[int]) -> str | None:
        """The label of a heading by the outline of the document; None where headings of its level have none."""
        entry = _entry(self._outline, level)
        if entry is None or not entry.get(f"{STYLE}num-format"):
            return None
        return _label(self._outline, level, numbers)

    def start_of(self, name: str | None, level: int) -> int:
        """The first number of a level of a list style."""
        entry = _entry(self._lists.get(name or ""), level)
        return _start(entry)

    def outline_start(self, level: int) -> int:
        """The first number of a level of headings."""
        return _start(_entry(self._outline, level))

    def _read(self, family: str, name: str) -> dict[str, str]:
        chain = []
        style = self._styles.get((family, name))
        for _ in range(_DEEPEST):
            if style is None:
                break
            chain.append(style)
            style = self._styles.get((family, style.get(f"{STYLE}parent-style-name") or ""))
        said: dict[str, str] = {}
        for one in reversed(chain):
            for properties in one:
                if str(properties.tag).endswith("-properties"):
                    said |= {str(key): str(value) for key, value in properties.attrib.items()}
        return said


def _entry(style: Any, level: int) -> Any:
    """The entry for a level in a list style or in the outline."""
    entries = style if style is not None else ()
    return next((one for one in entries if one.get(f"{TEXT}level") == str(level + 1)), None)


def _start(entry: Any) -> int:
    said = (entry.get(f"{TEXT}start-value") if entry is not None else None) or "1"
    return int(said) if said.isdigit() else 1


def _label(style: Any, level: int, numbers: list[int]) -> str | None:
    """The numbers of the levels that the entry shows, each in the form of its own level (19.797 and 19.880)."""
    entry = _entry(style, level)
    if entry is None or not str(entry.tag).endswith(("list-level-style-number", "outline-level-style")):
        return None
    form = entry.get(f"{STYLE}num-format")
    if not form:
        return ""
    shown = int(entry.get(f"{TEXT}display-levels") or "1")
    places = range(max(0, len(numbers) - shown), len(numbers))
    forms = [form if at == level else _form_at(style, at) for at in places]
    spelt = ".".join(_spell(numbers[at], one) for at, one in zip(places, forms, strict=True) if one)
    return f"{entry.get(f'{STYLE}num-prefix') or ''}{spelt}{entry.get(f'{STYLE}num-suffix') or ''}"


def _form_at(style: Any, level: int) -> str:
    entry = _entry(style, level)
    return (entry.get(f"{STYLE}num-format") or "") if entry is not None else ""


def _as_look(said: dict[str, str]) -> OdtLook:
    struck = any(said.get(f"{STYLE}text-line-through-{kind}", "none") != "none" for kind in ("style", "type", "text"))
    place = said.get(f"{STYLE}text-position", "").split(" ")[0]
    position: Position = "base"
    if place == "super" or (place.removesuffix("%").isdigit() and place not in ("0%", "0")):
        position = "raised"
    elif place == "sub" or place.startswith("-"):
        position = "lowered"
    capitals: Capitals = "as written"
    if said.get(f"{FO}text-transform") == "uppercase":
        capitals = "all"
    elif said.get(f"{FO}font-variant") == "small-caps":
        capitals = "small"
    ground = said.get(f"{FO}background-color", "transparent").lower()
    return OdtLook(
        said.get(f"{FO}font-weight") in ("bold", "600", "700", "800", "900"),
        said.get(f"{FO}font-style") in ("italic", "oblique"),
        said.get(f"{TEXT}display") == "none",
        Marks(
            struck,
            said.get(f"{STYLE}text-underline-style", "none") != "none",
            ground not in ("transparent", "#ffffff"),
            position,
            capitals,
        ),
        said.get(f"{FO}break-before") == "page",
        "rtl" if said.get(f"{STYLE}writing-mode", "").startswith("rl") else "auto",
        said.get(f"{FO}color", "").lower() == "#ffffff" and ground in ("transparent", "#ffffff"),
    )


def _spell(number: int, form: str) -> str:
    if form in ("a", "A"):
        return alphabetic(number) if form == "a" else alphabetic(number).upper()
    return spell_number(number, _FORMS.get(form, "decimal")) or str(number)
