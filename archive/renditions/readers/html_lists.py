"""The numbers of an HTML list: its type, start and direction, and the values of its items (HTML 4.4.5 and 4.4.8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.model.blocks import Block, BulletList, ListItem
from archive.renditions.readers.html_style import Declarations
from archive.renditions.readers.numbering import alphabetic, spell_number

_TYPES = {"a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman", "1": "decimal"}
_FORMS = {
    "lower-roman": "lowerRoman", "upper-roman": "upperRoman", "decimal-leading-zero": "decimalZero",
    "arabic-indic": "arabicIndic", "persian": "persian", "hebrew": "hebrew1", "devanagari": "hindiNumbers",
    "thai": "thaiNumbers",
}  # fmt: skip
_OTHERS = ("lower-latin", "upper-latin", "lower-greek", "none")
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"


def make_list(element: Any, items: Sequence[tuple[Any, list[Block]]], declarations: Declarations) -> BulletList:
    """The list of an `ol` or another list element. Each item comes with its element, or None for stray text."""
    said = dict(declarations)
    words = " ".join(said.get(key, "") for key in ("list-style", "list-style-type")).split()
    style = next((word for word in reversed(words) if word in (*_FORMS, *_OTHERS, *_TYPES.values())), None)
    form = style or _TYPES.get((element.get("type") or "").strip(), "decimal")
    if element.tag != "ol" and style in (None, "none"):
        return BulletList(tuple(ListItem(tuple(blocks)) for _, blocks in items))
    count = sum(1 for item, _ in items if item is not None)
    backwards = element.get("reversed") is not None
    given = _whole(element.get("start"))
    first = given if given is not None else count if backwards else 1
    numbers: list[int | None] = []
    step, number = (-1 if backwards else 1), first
    for item, _ in items:
        if item is None:
            numbers.append(None)
            continue
        value = _whole(item.get("value"))
        number = number if value is None else value
        numbers.append(number)
        number += step
    end = element.get("data-label-end") or "."
    if form in ("decimal", "disc") and end == "." and first >= 0 and numbers == list(range(first, first + len(items))):
        return BulletList(tuple(ListItem(tuple(blocks)) for _, blocks in items), first)
    labelled = (
        ListItem(tuple(blocks), "" if number is None else _label(number, form, end))
        for number, (_, blocks) in zip(numbers, items, strict=True)
    )
    return BulletList(tuple(labelled), first)


def _label(number: int, form: str, end: str) -> str:
    if form in ("lower-alpha", "lower-latin"):
        return f"{alphabetic(number)}{end}"
    if form in ("upper-alpha", "upper-latin"):
        return f"{alphabetic(number).upper()}{end}"
    if form == "lower-greek":
        return f"{alphabetic(number, _GREEK)}{end}"
    if form == "none":
        return ""
    spelt = spell_number(number, _FORMS.get(form, "decimal"))
    return f"{number if spelt is None else spelt}{end}"


def _whole(text: str | None) -> int | None:
    said = (text or "").strip()
    return (
        int(said) if said.removeprefix("-").isascii() and said.removeprefix("-").isdigit() and len(said) < 10 else None
    )
