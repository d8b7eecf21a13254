"""What shaping needs to know of a character: its script, whether it is seen, and whether a line ends with it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
WHITE = frozenset(
    " \t\n\r\x0b\x0c\x85\u2028\u2029\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000"
)
_IGNORABLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SCRIPTS = {
    "ADLAM": "Adlm", "ARABIC": "Arab", "ARMENIAN": "Armn", "BENGALI": "Beng", "BOPOMOFO": "Bopo", "CJK": "Hani",
    "CYRILLIC": "Cyrl", "DEVANAGARI": "Deva", "ETHIOPIC": "Ethi", "GEORGIAN": "Geor", "GREEK": "Grek",
    "GUJARATI": "Gujr", "GURMUKHI": "Guru", "HANGUL": "Hang", "HEBREW": "Hebr", "HIRAGANA": "Hira", "KANNADA": "Knda",
    "KATAKANA": "Kana", "KHMER": "Khmr", "LAO": "Laoo", "LATIN": "Latn", "MALAYALAM": "Mlym", "MONGOLIAN": "Mong",
    "MYANMAR": "Mymr", "NKO": "Nkoo", "ORIYA": "Orya", "SINHALA": "Sinh", "SYRIAC": "Syrc", "TAMIL": "Taml",
    "TELUGU": "Telu", "THAANA": "Thaa", "THAI": "Thai", "TIBETAN": "Tibt",
}  # fmt: skip
_LANGUAGES = {
    **dict.fromkeys(
        ["ar", "arb", "arz", "apc", "acm", "ary", "fa", "ur", "ps", "sd", "ug", "ckb", "pnb", "ks", "azb"], "Arab"
    ),
    **dict.fromkeys(["he", "yi"], "Hebr"),
    **dict.fromkeys(["ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "mn", "tg"], "Cyrl"),
    **dict.fromkeys(["hi", "mr", "ne", "sa"], "Deva"),
    **dict.fromkeys(["zh", "ja", "ko"], "Hani"),
    "am": "Ethi", "bn": "Beng", "dv": "Thaa", "el": "Grek", "gu": "Gujr", "hy": "Armn", "ka": "Geor", "km": "Khmr",
    "kn": "Knda", "lo": "Laoo", "ml": "Mlym", "my": "Mymr", "pa": "Guru", "si": "Sinh", "syr": "Syrc", "ta": "Taml",
    "te": "Telu", "th": "Thai", "ti": "Ethi",
}  # fmt: skip
_MIXED = frozenset({"Hani"})
_CURSIVE = frozenset({"Arab", "Syrc", "Nkoo", "Adlm", "Mong"})


@lru_cache(maxsize=8192)
def script_of(character: str) -> str | None:
    """The ISO 15924 code of a letter's script; None for what belongs to many (digits, punctuation, marks)."""
    if not unicodedata.category(character).startswith("L"):
        return None
    return _SCRIPTS.get(unicodedata.name(character, "").partition(" ")[0].partition("-")[0])


def joins(script: str | None) -> bool:
    """Whether letters of the script change their shape with their neighbours."""
    return script in _CURSIVE


def is_ignorable(character: str) -> bool:
    """Default_Ignorable_Code_Point: nothing is drawn, whether or not a font knows it."""
    return _IGNORABLE.match(character) is not None


@lru_cache(maxsize=8192)
def has_no_glyph(character: str) -> bool:
    """Control characters but tab and line ends, noncharacters and private use: no font can say what they look like."""
    if character in WHITE or is_ignorable(character):
        return False
    code = ord(character)
    kind = unicodedata.category(character)
    return kind in ("Cc", "Co") or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def foreign_language(script: str | None, language: str | None) -> str | None:
    """A tag for text whose script is not its language's: all that is known of it is the script ("und-Arab")."""
    if script is None or not language or language == "und":
        return None
    parts = language.split("-")
    own = next((part.title() for part in parts[1:] if len(part) == 4 and part.isalpha()), None)
    own = own or _LANGUAGES.get(parts[0].lower(), "Latn")
    return None if script == own or own in _MIXED else f"und-{script}"
