"""Where a line may break: the essentials of UAX 14, and the inside of long addresses.

Kept: LB4-LB9 (line ends, spaces, ZWSP, marks), LB11-LB13 (WJ, NBSP, closing marks), LB14 and LB19 (opening and
quotation marks), LB21-LB22 (hyphens, ellipsis), LB23-LB25 (numbers with their signs), LB28 (letters), LB30b (emoji with
modifiers) and LB31. Scripts that need a dictionary (Thai, Khmer, Lao) break at spaces, and a stretch of them that is
longer than a line between grapheme clusters (UAX 29), as every long word does.

Own, because the library at hand (uniseg 0.10, MIT) meets UAX 14 in full but takes 240 microseconds a character, 150
times as long: 4 minutes for a text of 1 MB. A test holds the share of LineBreakTest.txt that is met.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from archive.renditions.typesetting.scripts import WHITE

_ADDRESS = re.compile(r"(?<![a-z0-9+.-])(?:[a-z][a-z0-9+.-]{0,30}://|www\.)[^\s<>\"]{12,}", re.IGNORECASE)
_ADDRESS_BREAK = re.compile(r"(?<=[/?&=#_%.,;:~+-])(?=[^\W_]{2})")
_GLUE = frozenset("\xa0\u202f\u2007\u180e\u2060\ufeff\u2011\u034f\u0f0c")
_CLOSING = frozenset("!?,.:;/،؛؟۔…‥%‰°′″、。」』）】》!？，．：；")
_AFTER = frozenset("-\xad\u2010\u2012\u2013\u058a\u1400|\u2027")
_HOLDS = re.compile(
    "[\u200d\u0e40-\u0e44\u0ec0-\u0ec4\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd]"
)
"""What belongs to the letter after it: joiners, vowels of Thai and Lao that are written first, and Arabic signs."""
_HOLDS_ON = re.compile("[\u0e33\u0eb3\u1160-\u11ff\ud7b0-\ud7fb\uff9e\uff9f\U0001f3fb-\U0001f3ff]")
_HANGUL_LEADING = re.compile("[\u1100-\u115f\ua960-\ua97c]")
_HANGUL = re.compile("[\u1100-\u11ff\ua960-\ua97c\uac00-\ud7a3]")
_VIRAMA = 9
_WIDE = "\u1100"
"""Letters before it are neither wide nor Hangul."""
_WORD = re.compile(f"[^{''.join(sorted(WHITE))}]+")
_PREFIX = frozenset("$£¥€₪+\\№±")


@lru_cache(maxsize=8192)
def _class(character: str) -> str:
    if character in WHITE:
        return "SP"
    if character == "\u200b":
        return "ZW"
    if character in _GLUE:
        return "GL"
    if character == "\u200d":
        return "ZWJ"
    if character == "\u2014":
        return "B2"
    if character in _AFTER:
        return "HY" if character == "-" else "BA"
    if character in _CLOSING:
        return "IS" if character in ".,:;،" else ("SY" if character == "/" else "CL")
    if character in _PREFIX:
        return "PR"
    kind = unicodedata.category(character)
    if kind in ("Mn", "Me", "Mc", "Cf"):
        return "CM"
    if kind == "Ps":
        return "OP"
    if kind == "Pe":
        return "CP" if character in ")]" else "CL"
    if kind in ("Pi", "Pf") or character in "\"'":
        return "QU"
    if kind == "Nd":
        return "NU"
    if kind == "Sc":
        return "PR"
    if 0x1F3FB <= ord(character) <= 0x1F3FF:
        return "EM"
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return "ID"
    return "AL"


def find_breaks(text: str) -> bytearray:
    """One byte for each character: 1 where a line may begin with it. The first is always 0.

    Found word by word, since most words come again: what precedes white space decides only on the break after it.
    """
    allowed = bytearray(len(text))
    base = ""
    for found in _WORD.finditer(text):
        start, end = found.span()
        inside, first, last = _breaks_of(found.group())
        if inside is not None:
            allowed[start:end] = inside
        if start:
            allowed[start] = _may_break("SP", base, first)
        base = last
    return allowed


@lru_cache(maxsize=32768)
def _breaks_of(word: str) -> tuple[bytes | None, str, str]:
    """The breaks inside a word (None: there are none), the class of its first character and what a break after it
    depends on.
    """
    if word.isalpha() and max(word) < _WIDE:
        return None, "AL", "AL"
    allowed = bytearray(len(word))
    before = base = first = ""
    for index, character in enumerate(word):
        kind = _class(character)
        first = first or kind
        if index and before:
            allowed[index] = _may_break(before, base, kind) and (before != "ID" or is_cluster_start(word, index))
        if kind in ("CM", "ZWJ") and before not in ("", "SP", "ZW"):
            before = "ZWJ" if kind == "ZWJ" else before
            continue
        before = "AL" if kind == "CM" else kind
        if kind != "SP":
            base = before
    for address in _ADDRESS.finditer(word):
        for place in _ADDRESS_BREAK.finditer(address.group(), 8):
            allowed[address.start() + place.start()] = 1
    return (bytes(allowed) if any(allowed) else None), first, base


def is_cluster_start(text: str, at: int) -> bool:
    """Whether a grapheme cluster of UAX 29 begins at `at`, and no reader of Thai or Lao would miss its vowel there."""
    if not 0 < at < len(text):
        return True
    before, after = text[at - 1], text[at]
    if _HOLDS_ON.match(after) or unicodedata.category(after) in ("Mn", "Me", "Mc", "Cf"):
        return False
    if _HOLDS.match(before) or unicodedata.combining(before) == _VIRAMA:
        return False
    if _HANGUL_LEADING.match(before):
        return not _HANGUL.match(after)
    if _is_flag(before) and _is_flag(after):
        return _count_flags(text, at) % 2 == 0
    return text[at - 1 : at + 1] != "\r\n"


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _count_flags(text: str, end: int) -> int:
    start = end
    while start and _is_flag(text[start - 1]):
        start -= 1
    return end - start


def _may_break(before: str, base: str, after: str) -> bool:
    if before == "SP" and after in ("CM", "ZWJ"):
        return True
    if after in ("SP", "ZW", "CM", "ZWJ", "EM") or before == "ZWJ":
        return False
    if before == "ZW":
        return True
    if after in ("CL", "CP", "IS", "SY"):
        return before == "SP" and after == "IS" and base not in ("OP", "")
    if base == "OP":
        return False
    if before == "SP":
        return not (base == "B2" and after == "B2")
    if before == "GL" or after in ("GL", "QU", "HY", "BA") or before == "QU":
        return False
    if before == "B2" or after == "B2":
        return not (before == "B2" and after == "B2")
    if before == "ID" or after == "ID":
        return before not in ("PR",)
    if before in ("HY", "SY"):
        return after != "NU"
    return before == "BA"
