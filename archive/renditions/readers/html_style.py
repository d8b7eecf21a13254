"""The rules of style that change what a text says: what is struck, raised, in capitals, highlighted or hidden.

Only simple selectors are applied (an element, a class, an id, and combinations of these for one element), by the
cascade (CSS Cascading 6): importance, then specificity, then order. A rule with another selector or under a condition
is named as left out where it would change the meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from archive.model.blocks import Position
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.css_sheets import cut_declarations, cut_rules, holds_on_screen
from archive.renditions.readers.inline import Style

_SIMPLE = re.compile(r"(?P<tag>[a-zA-Z][a-zA-Z0-9]*|\*)?(?P<more>(?:[.#][A-Za-z_\-][\w\-]*)*)")
_MOST_BYTES = 2_000_000
_PSEUDO = re.compile(r"(.*?)::?(before|after)", re.IGNORECASE)
_QUOTED = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")
_ESCAPE = re.compile(r"\\(?:([0-9A-Fa-f]{1,6})\s?|(.))")
_WHITE = re.compile(r"#fff(?:fff)?|white|transparent|rgba?\(\s*255\s*,\s*255\s*,\s*255\s*(?:,[^)]*)?\)")
_NOTHING = re.compile(r"0(?:\.0*)?(?:px|pt|em|rem|%)?")
_FAR_AWAY = re.compile(r"-\d{3,}(?:\.\d*)?(?:px|em|rem|pt|%|vw|vh)?")
_CUT_OFF = re.compile(r"rect\(\s*(?:[01](?:px)?[\s,]+){3}[01](?:px)?\s*\)|inset\(\s*(?:50|100)%\s*\)")
_POSITIONS: dict[str, Position] = {"super": "raised", "sub": "lowered", "baseline": "base"}
_TELLING = frozenset({
    "text-decoration", "text-decoration-line", "text-transform", "vertical-align", "font-variant", "font-variant-caps",
    "display", "visibility", "opacity", "font-size", "color", "background", "background-color", "direction",
    "unicode-bidi", "list-style", "list-style-type", "position", "left", "top", "text-indent", "clip", "clip-path",
    "height", "max-height", "overflow", "font-weight", "font-style", "content",
})  # fmt: skip
_PLAIN_KEYS = frozenset({"display", "visibility"})
Declarations = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A simple selector's rule. `weight` is its specificity and its place among all rules."""

    wanted: frozenset[str]
    weight: tuple[int, int, int, int]
    declarations: tuple[tuple[str, str, bool], ...]


@dataclass(slots=True)
class Rules:
    """Rules by one part of their selector: a tag, class or id, or "*"; `at` are the declarations of one element."""

    by_key: dict[str, list[_Rule]] = field(default_factory=dict)
    beside: dict[str, Rules] = field(default_factory=dict)
    count: int = 0
    _known: dict[tuple[str, str, str], tuple[tuple[bool, tuple[int, int, int, int], str, str], ...]] = field(
        default_factory=dict
    )

    def put(self, element: Any, place: str) -> str:
        """The words that a rule puts "before" or "after" the content of an element (CSS Pseudo-Elements 4.1)."""
        rules = self.beside.get(place)
        last = {key: value for _, _, key, value in rules._from_sheets(element)} if rules is not None else {}
        if is_gone(last):
            return ""
        found = _QUOTED.fullmatch(last.get("content", ""))
        return _ESCAPE.sub(_unescape, found[1] if found[1] is not None else found[2]) if found is not None else ""

    def at(self, element: Any) -> Declarations:
        """The declarations that hold for `element`, the strongest last."""
        own = element.get("style") if element.attrib else None
        found = self._from_sheets(element) if self.by_key else ()
        if own:
            inline = ((important, (1, 0, 0, 0), key, value) for key, value, important in cut_declarations(own))
            found = tuple(sorted((*found, *inline), key=lambda one: one[:2]))
        said: Declarations = tuple((key, value) for _, _, key, value in found)
        if element.tag == "font" and element.get("color"):
            said = (("color", element.get("color").strip().lower()), *said)
        return said

    def _from_sheets(self, element: Any) -> tuple[tuple[bool, tuple[int, int, int, int], str, str], ...]:
        where = (element.tag.lower(), element.get("class") or "", element.get("id") or "")
        if where not in self._known:
            keys = {"*", where[0], *(f".{name}" for name in where[1].split()), f"#{where[2]}"}
            self._known[where] = tuple(
                sorted(
                    (important, rule.weight, name, value)
                    for key in keys
                    for rule in self.by_key.get(key, ())
                    if rule.wanted <= keys
                    for name, value, important in rule.declarations
                )
            )
        return self._known[where]


def read_rules(sheets: list[tuple[str, str]], account: Account) -> Rules:
    """The rules in the style elements of a page, each with the media that its element names."""
    rules = Rules()
    for media, sheet in sheets:
        if len(sheet) > _MOST_BYTES:
            account.leave_out("a style sheet of the page that is too large to read")
            continue
        for conditions, prelude, body in cut_rules(sheet):
            if body is None:
                account.leave_out(f"style sheet {prelude[:200]}")
                continue
            declarations = tuple(one for one in cut_declarations(body) if one[0] in _TELLING or _matters(one))
            held = [one for one in (f"@media {media}" if media else "", *conditions) if not holds_on_screen(one)]
            if declarations:
                _add_rule(rules, prelude, " ".join(held), declarations, account)
    return rules


def _add_rule(
    rules: Rules, selectors: str, condition: str, declarations: tuple[tuple[str, str, bool], ...], account: Account
) -> None:
    for selector in selectors.split(","):
        plain = selector.strip()
        held, place = rules, _PSEUDO.fullmatch(plain)
        if place is not None and _can_be_put(declarations):
            held = rules.beside.setdefault(place[2].lower(), Rules())
            plain = place[1] or "*"
        simple = _SIMPLE.fullmatch(plain)
        if not plain:
            continue
        if simple is None or condition:
            said = "; ".join(f"{one[0]}: {one[1]}" for one in declarations if _matters(one))
            if said:
                where = f"{selector.strip()[:80]}{f' under {condition[:60]}' if condition else ''}"
                account.leave_out(f"the style of {where}: {said[:100]}")
            continue
        more = re.findall(r"[.#][^.#]+", simple["more"])
        tag = (simple["tag"] or "*").lower()
        rules.count += 1
        identifiers = sum(one.startswith("#") for one in more)
        weight = (0, identifiers * 1_000 + len(more) - identifiers, int(tag != "*"), rules.count)
        rule = _Rule(frozenset((*more, tag)), weight, declarations)
        held.by_key.setdefault(more[0] if more else tag, []).append(rule)


def _can_be_put(declarations: tuple[tuple[str, str, bool], ...]) -> bool:
    """Whether a rule for what is beside an element gives nothing, or words without a mark or a form of their own."""
    return all(
        _QUOTED.fullmatch(value) is not None or value in ("none", "normal") if key == "content" else key in _PLAIN_KEYS
        for key, value, _ in declarations
        if key == "content" or _matters((key, value, False))
    )


def _unescape(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[2]
    number = int(found[1], 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def is_gone(last: dict[str, str]) -> bool:
    """Whether what a rule puts beside an element is not shown."""
    return last.get("display") == "none" or last.get("visibility") in ("hidden", "collapse")


def _matters(declaration: tuple[str, str, bool]) -> bool:
    """Whether a declaration that is not applied would have changed what a text says."""
    key, value, _ = declaration
    return (
        key in ("text-decoration", "text-decoration-line", "text-transform", "vertical-align", "font-variant-caps")
        or (key == "display" and value == "none")
        or (key == "visibility" and value in ("hidden", "collapse"))
        or (key == "font-variant" and "caps" in value)
        or (key == "opacity" and _NOTHING.fullmatch(value) is not None)
        or (key == "font-size" and _NOTHING.fullmatch(value) is not None)
        or (key == "color" and _WHITE.fullmatch(value) is not None)
        or (key == "content" and value not in ("none", "normal", '""', "''"))
        or (key == "direction" and value in ("rtl", "ltr"))
        or (key in ("list-style-type", "list-style") and value != "none")
    )


def is_hidden(element: Any, declarations: Declarations) -> bool:
    """Whether a browser would not show `element`: it is not drawn either."""
    if element.get("hidden") is not None or (element.tag == "dialog" and element.get("open") is None):
        return True
    if not declarations:
        return False
    last = dict(declarations)
    return (
        last.get("display") == "none"
        or last.get("visibility") in ("hidden", "collapse")
        or _NOTHING.fullmatch(last.get("opacity", "1")) is not None
        or _NOTHING.fullmatch(last.get("font-size", "1em")) is not None
        or _FAR_AWAY.fullmatch(last.get("text-indent", "")) is not None
        or _is_out_of_sight(last)
    )


def is_only_invisible(element: Any, declarations: Declarations) -> bool:
    """Whether an element is hidden in such a way that what is in it may be made visible again (CSS Display 4, 4)."""
    last = dict(declarations)
    shown = tuple((key, value) for key, value in declarations if key != "visibility")
    return last.get("visibility") == "hidden" and not is_hidden(element, shown)


def is_visible_again(declarations: Declarations) -> bool:
    """Whether an element in an invisible one is to be seen."""
    return dict(declarations).get("visibility") == "visible"


def takes_line_away(declarations: Declarations) -> bool:
    """Whether a rule takes the line away that an element has by itself."""
    last = dict(declarations)
    return last.get("text-decoration", last.get("text-decoration-line", "")).split()[:1] == ["none"]


def _is_out_of_sight(last: dict[str, str]) -> bool:
    if last.get("overflow") in ("hidden", "clip") and any(
        _NOTHING.fullmatch(last.get(key, "1px")) for key in ("height", "max-height")
    ):
        return True
    if _CUT_OFF.fullmatch(last.get("clip-path", "")):
        return True
    if last.get("position") not in ("absolute", "fixed"):
        return False
    return _CUT_OFF.fullmatch(last.get("clip", "")) is not None or any(
        _FAR_AWAY.fullmatch(last.get(key, "")) for key in ("left", "top")
    )


def is_white(declarations: Declarations) -> bool:
    """Whether the text is set in white or without colour on no ground of its own, or in the colour of its ground."""
    last = dict(declarations)
    colour = last.get("color", "black")
    if _ground(last):
        return "color" in last and colour == (last.get("background-color") or last.get("background"))
    return _WHITE.fullmatch(colour) is not None


def is_turned(declarations: Declarations) -> bool:
    """Whether a rule of style turns the order of letters round."""
    return dict(declarations).get("unicode-bidi") in ("bidi-override", "isolate-override")


def apply(style: Style, declarations: Declarations) -> Style:
    """`style` as `declarations` change it."""
    marks = style.marks
    last = dict(declarations)
    lines = " ".join(last.get(key, "") for key in ("text-decoration", "text-decoration-line"))
    # A decoration of an ancestor holds for all that is in it (CSS Text Decoration 2.1).
    marks = replace(
        marks,
        strike=marks.strike or "line-through" in lines,
        underline=marks.underline or "underline" in lines,
    )
    for key, value in last.items():
        if key == "vertical-align" and value in ("super", "sub", "baseline"):
            marks = replace(marks, position=_POSITIONS[value])
        elif key == "text-transform" and value in ("uppercase", "none"):
            marks = replace(marks, capitals="all" if value == "uppercase" else "as written")
        elif key in ("font-variant", "font-variant-caps"):
            marks = replace(marks, capitals="small" if "small-caps" in value else marks.capitals)
        elif key == "font-weight":
            style = replace(style, bold=value in ("bold", "bolder", "600", "700", "800", "900"))
        elif key == "font-style":
            style = replace(style, italic=value in ("italic", "oblique"))
    return style if marks == style.marks else replace(style, marks=marks)


def has_ground(declarations: Declarations) -> bool:
    """Whether a text has a ground of its own colour."""
    return bool(declarations) and _ground(dict(declarations))


def _ground(last: dict[str, str]) -> bool:
    value = last.get("background-color") or last.get("background") or ""
    return bool(value) and _WHITE.match(value) is None and value not in ("none", "inherit", "initial", "unset")
