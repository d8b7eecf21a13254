"""The Bidi_Class of a character, as DerivedBidiClass.txt has it, defaults included."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_RIGHT_DEFAULTS = (
    (0x0590, 0x05FF), (0x07C0, 0x085F), (0xFB1D, 0xFB4F), (0x10800, 0x10CFF), (0x10D40, 0x10EBF), (0x10F00, 0x10F2F),
    (0x10F70, 0x10FFF), (0x1E800, 0x1EC6F), (0x1ECC0, 0x1ECFF), (0x1ED50, 0x1EDFF), (0x1EF00, 0x1EFFF),
)  # fmt: skip
_ARABIC_DEFAULTS = (
    (0x0600, 0x07BF), (0x0860, 0x08FF), (0xFB50, 0xFDCF), (0xFDF0, 0xFDFF), (0xFE70, 0xFEFF), (0x10D00, 0x10D3F),
    (0x10EC0, 0x10EFF), (0x10F30, 0x10F6F), (0x1EC70, 0x1ECBF), (0x1ED00, 0x1ED4F), (0x1EE00, 0x1EEFF),
)  # fmt: skip


@lru_cache(maxsize=8192)
def classify(character: str) -> str:
    """The Bidi_Class of a character, with the defaults of DerivedBidiClass.txt for what is not assigned."""
    known = unicodedata.bidirectional(character)
    if known:
        return known
    code = ord(character)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or 0xE0000 <= code <= 0xE0FFF or 0xFFF0 <= code <= 0xFFF8:
        return "BN"
    if code == 0x2065:
        return "BN"
    if 0x20A0 <= code <= 0x20CF:
        return "ET"
    if any(first <= code <= last for first, last in _RIGHT_DEFAULTS):
        return "R"
    if any(first <= code <= last for first, last in _ARABIC_DEFAULTS):
        return "AL"
    return "L"
