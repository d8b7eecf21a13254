"""The fields of an RTF text: links, boxes to tick, choices, signs of symbol fonts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from archive.renditions.readers.symbols import symbol_text

_ADDRESS = re.compile(r"\s*HYPERLINK\b(?:\s+\\[a-z])*\s+\"?([^\"]*?)\"?(?:\s+\\.*)?\s*", re.IGNORECASE | re.DOTALL)
_SYMBOL = re.compile(r"\s*SYMBOL\s+(0x[0-9A-Fa-f]+|\d{1,5})\b(?:.*?\\f\s+\"?([^\"\\]+)\"?)?", re.IGNORECASE | re.DOTALL)


@dataclass(slots=True)
class Field:
    """A field on the way: its instruction, and what a form says of it."""

    instruction: str = ""
    link: str | None = None
    choices: list[str] = field(default_factory=list)
    said: dict[str, int] = field(default_factory=dict)

    def say(self, word: str, number: int | None) -> None:
        """A word of the description of a form field."""
        if word.startswith("ff") and number is not None:
            self.said[word] = number

    @property
    def kind(self) -> str:
        return self.instruction.split(maxsplit=1)[0].upper() if self.instruction.split() else ""

    @property
    def address(self) -> str | None:
        """Where a link leads; a place in the same file is none."""
        found = _ADDRESS.fullmatch(self.instruction)
        return found[1].strip() or None if found is not None and "\\l" not in self.instruction else None

    @property
    def is_formula(self) -> bool:
        return self.kind == "EQ"


def checkbox_or_choice(one: Field) -> str | None:
    """What a box or a list of choices of a form shows: the value that was set, else the one it has at first."""
    value = one.said.get("ffres", 25)
    value = one.said.get("ffdefres", 0) if value == 25 else value
    if one.kind == "FORMCHECKBOX":
        return "[x]" if value == 1 else "[ ]"
    if one.kind == "FORMDROPDOWN":
        return one.choices[value] if 0 <= value < len(one.choices) else None
    return None


def symbol_of(one: Field) -> str | None:
    """The sign that a SYMBOL field shows."""
    found = _SYMBOL.match(one.instruction)
    if found is None:
        return None
    number = int(found[1], 16) if found[1].startswith("0x") else int(found[1])
    font = (found[2] or "").strip()
    return symbol_text(font, f"{number:X}" if number > 0xFF else f"F0{number:02X}" if font else f"{number:X}")
