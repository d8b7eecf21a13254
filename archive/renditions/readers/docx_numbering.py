"""The automatic numbers of Word: counted as Word counts, written as the list says (ISO/IEC 29500-1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_names import W, is_on, value, walk
from archive.renditions.readers.numbering import spell_number
from archive.renditions.readers.symbols import plain_sign

_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    legal: bool = False
    restart: int | None = None
    width: int = 0
    hidden: bool = False
    struck: bool = False


@dataclass(slots=True)
class _List:
    """The levels of a numbering, the counters that it shares, and the starts that it resets at its first use."""

    levels: dict[int, _Level]
    counters: dict[int, int]
    overrides: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """What precedes an item: `text` None for a plain bullet; `number` is its number at its own level."""

    level: int
    text: str | None
    number: int | None


class Numbering:
    """The lists of a document; `next_label` must be asked for each paragraph in the order of the document."""

    def __init__(self, root: Any, account: Account) -> None:
        self._account = account
        self._lists: dict[str, _List] = {}
        self._levels_of_styles: dict[tuple[str, str], int] = {}
        if root is None:
            return
        abstracts: dict[str, dict[int, _Level]] = {}
        counters: dict[str, dict[int, int]] = {}
        links: dict[str, str] = {}
        linked: dict[str, str] = {}
        for abstract in root.iterfind(f"{W}abstractNum"):
            key = abstract.get(f"{W}abstractNumId") or ""
            abstracts[key] = _read_levels(abstract)
            counters[key] = {}
            if (style := value(abstract, "styleLink")) is not None:
                linked[style] = key
            if (style := value(abstract, "numStyleLink")) is not None:
                links[key] = style
            for level in abstract.iterfind(f"{W}lvl"):
                named = value(level, "pStyle")
                if named is not None:
                    self._levels_of_styles[key, named] = _whole(level.get(f"{W}ilvl"), 0)
        self._abstract_of: dict[str, str] = {}
        for number in root.iterfind(f"{W}num"):
            key = value(number, "abstractNumId") or ""
            key = linked.get(links.get(key, ""), key)
            identifier = number.get(f"{W}numId") or ""
            one = _List(dict(abstracts.get(key, {})), counters.setdefault(key, {}))
            for override in number.iterfind(f"{W}lvlOverride"):
                depth = _whole(override.get(f"{W}ilvl"), 0)
                start = value(override, "startOverride")
                if start is not None:
                    one.overrides[depth] = _whole(start, 1)
                one.levels.update(_read_levels(override))
            self._lists[identifier] = one
            self._abstract_of[identifier] = key

    def level_of_style(self, number: str, style: str) -> int | None:
        """The level that a list gives to the paragraphs of a style."""
        return self._levels_of_styles.get((self._abstract_of.get(number, ""), style)) if self._lists else None

    def next_label(self, number: str, depth: int) -> Label | None:
        """Count one item on, and return what precedes it; None where there is no such list."""
        one = self._lists.get(number)
        if one is None:
            return None
        depth = max(0, min(depth, _LEVELS - 1))
        level = one.levels.get(depth, _Level(form="bullet") if not one.levels else _Level())
        for place, start in one.overrides.items():
            one.counters[place] = start - 1
        one.overrides = {}
        one.counters[depth] = one.counters.get(depth, level.start - 1) + 1
        for deeper in [place for place in one.counters if place > depth]:
            below = one.levels.get(deeper, _Level())
            if below.restart is None or (below.restart and depth < below.restart):
                del one.counters[deeper]
        if level.hidden:
            self._account.leave_out("hidden numbers of a list")
            return Label(depth, "", one.counters[depth])
        if level.struck:
            self._account.leave_out("the line through the numbers of a list")
        if level.form == "bullet":
            return Label(depth, plain_sign(level.text), None)
        return Label(depth, self._write(one, level, depth), one.counters[depth])

    def _write(self, one: _List, level: _Level, depth: int) -> str:
        def count(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            at = one.levels.get(place, _Level())
            number = one.counters.get(place, at.start)
            form = "decimal" if level.legal and place != depth else at.form
            spelt = spell_number(number, "decimal" if level.legal else form)
            if at.width and form == "decimal":
                spelt = f"{number:0{at.width}d}"
            if spelt is None:
                self._account.leave_out(f"the form of list numbers ({form}), which are drawn as 1, 2, 3")
                spelt = str(number)
            return spelt

        return self._account.own(_PLACE.sub(count, level.text))


def _read_levels(holder: Any) -> dict[int, _Level]:
    levels = {}
    for level in holder.iterfind(f"{W}lvl"):
        restart = value(level, "lvlRestart")
        form, width = _form(level)
        look = level.find(f"{W}rPr")
        levels[_whole(level.get(f"{W}ilvl"), 0)] = _Level(
            _whole(value(level, "start"), 1 if value(level, "start") is None else 0),
            form,
            value(level, "lvlText") or "",
            is_on(level.find(f"{W}isLgl")),
            _whole(restart, 0) if restart is not None else None,
            width,
            look is not None and is_on(look.find(f"{W}vanish")),
            look is not None and any(is_on(look.find(f"{W}{name}")) for name in ("strike", "dstrike")),
        )
    return levels


def _form(level: Any) -> tuple[str, int]:
    """The format of the numbers of a level, and how many digits each has where zeros are put before it (17.9.17).

    Word writes a format of the second kind as one of two alternatives.
    """
    own = [one for one in walk(level) if one.tag == f"{W}numFmt"]
    if not own:
        return "decimal", 0
    form, shape = own[0].get(f"{W}val") or "decimal", (own[0].get(f"{W}format") or "").partition(",")[0].strip()
    if form == "custom" and shape.endswith("1") and not shape[:-1].strip("0"):
        return "decimal", len(shape)
    return (f"custom {shape}" if form == "custom" else form), 0


def _whole(text: str | None, otherwise: int) -> int:
    said = text or ""
    digits = said.removeprefix("-")
    return int(said) if digits.isascii() and digits.isdigit() and len(digits) < 10 else otherwise
