"""Signs of the symbol fonts of Windows (Symbol, Wingdings) and boxes to tick, as text that fonts have."""

from __future__ import annotations

_GREEK = dict(zip(
    "ABGDEZHQIKLMNXOPRSTUFCYWabgdezhqiklmnxoprstufcyw",
    "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψω",
    strict=True,
))  # fmt: skip
_SYMBOL = {
    0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≥",
    0xB4: "×", 0xB6: "∂", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC5: "⊕", 0xC6: "∅",
    0xC7: "∩", 0xC8: "∪", 0xCE: "∈", 0xD0: "∠", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xD5: "∏", 0xD6: "√", 0xD8: "¬",
    0xD9: "∧", 0xDA: "∨", 0xDE: "⇒", 0xE5: "∑", 0xF2: "∫",
}  # fmt: skip
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "[ ]", 0x71: "[ ]", 0xA7: "▪", 0xA8: "[ ]", 0xD8: "►", 0xE0: "→",
    0xFB: "[x]",
    0xFC: "[x]", 0xFD: "[x]", 0xFE: "[x]",
    0x78: "[x]", 0x4A: "(smiling face)", 0x4B: "(neutral face)", 0x4C: "(frowning face)",
}  # fmt: skip
_WINGDINGS_2 = {0x50: "[x]", 0x4F: "[x]", 0x51: "[x]", 0x52: "[x]", 0x53: "[x]", 0xA3: "[ ]", 0x2A: "[ ]"}
_BOXES = {
    "☐": "[ ]", "☑": "[x]", "☒": "[x]", "✓": "[x]", "✔": "[x]", "✗": "[x]", "✘": "[x]", "❏": "[ ]", "❑": "[ ]",
}  # fmt: skip
_BULLETS = frozenset("•●○◦■□▪▫·‣–—-*o§ØüvØ➢►◆◇")


SYMBOL_FONTS = frozenset({"symbol", "wingdings", "wingdings 2", "wingdings 3", "webdings", "zapf dingbats"})
"""Fonts whose letters are signs, in small letters."""


def symbol_text(font: str, code: str) -> str | None:
    """The text for a sign of a symbol font, its code in hexadecimal (17.3.3.30); None where it is not known."""
    try:
        number = int(code, 16)
    except ValueError:
        return None
    place = number & 0xFF if 0xF000 <= number <= 0xF0FF else number
    name = font.strip().lower()
    if name == "symbol":
        return _SYMBOL.get(place) or _GREEK.get(chr(place)) or (chr(place) if 0x20 <= place < 0x40 else None)
    if name == "wingdings":
        return _WINGDINGS.get(place)
    if name == "wingdings 2":
        return _WINGDINGS_2.get(place)
    if 0xE000 <= number <= 0xF8FF or not 0x20 <= number < 0x110000 or 0xD800 <= number < 0xE000:
        return None
    return chr(number)


def plain_sign(text: str) -> str | None:
    """The label for a bullet of Word: None for one of the usual ones, [ ] and [x] for boxes, else as it is."""
    sign = text.strip()
    if not sign or sign in _BULLETS or 0xE000 <= ord(sign[0]) <= 0xF8FF:
        return None
    return _BOXES.get(sign, sign)
