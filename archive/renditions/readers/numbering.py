"""Numbers as they are written before the items of a list: 4, iv, IV, d, D, (1), أ, א and so on."""

from __future__ import annotations

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_ABJAD = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
_ALIF_BA = "أبتثجحخدذرزسشصضطظعغفقكلمنهوي"
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_HEBREW = (
    (400, "ת"), (300, "ש"), (200, "ר"), (100, "ק"), (90, "צ"), (80, "פ"), (70, "ע"), (60, "ס"), (50, "נ"),
    (40, "מ"), (30, "ל"), (20, "כ"), (10, "י"), (9, "ט"), (8, "ח"), (7, "ז"), (6, "ו"), (5, "ה"), (4, "ד"),
    (3, "ג"), (2, "ב"), (1, "א"),
)  # fmt: skip
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
             "twelve": "twelfth"}  # fmt: skip
_CHICAGO = "*†‡§"
_DIGITS = {"arabicIndic": 0x660, "persian": 0x6F0, "hindiNumbers": 0x966, "thaiNumbers": 0xE50, "fullWidth": 0xFF10}


def spell_number(number: int, form: str) -> str | None:
    """`number` in a format of Word (ISO/IEC 29500-1, 17.18.59); None for a format that is not known here."""
    lettered = {"lowerLetter": "abcdefghijklmnopqrstuvwxyz", "lowerGreek": _GREEK, "russianLower": _RUSSIAN,
                "arabicAlpha": _ALIF_BA}.get(form)  # fmt: skip
    if lettered is not None:
        return _repeat_letter(number, lettered)
    if form in ("upperLetter", "upperGreek", "russianUpper"):
        return _repeat_letter(number, {"upperGreek": _GREEK, "russianUpper": _RUSSIAN}.get(
            form, "abcdefghijklmnopqrstuvwxyz")).upper()  # fmt: skip
    if form == "arabicAbjad":
        return _repeat_letter(number, _ABJAD)
    if form in ("lowerRoman", "upperRoman"):
        roman = _add_up(number, _ROMAN) if 0 < number < 5000 else str(number)
        return roman.upper() if form == "upperRoman" else roman
    if form in ("hebrew1", "hebrew2"):
        return _hebrew(number)
    if form in ("decimalZero", "decimal-leading-zero"):
        return f"{number:02d}"
    if form in _DIGITS:
        return "".join(chr(_DIGITS[form] + int(c)) if c.isdigit() else c for c in str(number))
    if form in ("decimalEnclosedCircle", "decimalEnclosedParen", "decimalEnclosedCircleChinese"):
        return f"({number})"
    if form == "decimalEnclosedFullstop":
        return f"{number}."
    if form == "numberInDash":
        return f"- {number} -"
    if form == "ordinal":
        return f"{number}{_suffix(number)}"
    if form == "cardinalText":
        return _words(number).capitalize()
    if form == "ordinalText":
        return _ordinal_words(number).capitalize()
    if form == "hex":
        return f"{number:X}"
    if form == "chicago":
        return _CHICAGO[(number - 1) % 4] * ((number - 1) // 4 + 1) if number > 0 else str(number)
    return {"decimal": str(number), "none": "", "bullet": ""}.get(form)


def _repeat_letter(number: int, letters: str) -> str:
    """a to z, then aa, bb and so on, as Word counts."""
    if number < 1:
        return str(number)
    times, place = divmod(number - 1, len(letters))
    return letters[place] * min(times + 1, 20)


def alphabetic(number: int, letters: str = "abcdefghijklmnopqrstuvwxyz") -> str:
    """a to z, then aa, ab and so on, as HTML counts."""
    if number < 1:
        return str(number)
    word = ""
    while number:
        number, place = divmod(number - 1, len(letters))
        word = letters[place] + word
    return word


def _add_up(number: int, signs: tuple[tuple[int, str], ...]) -> str:
    word = ""
    for value, sign in signs:
        times, number = divmod(number, value)
        word += sign * times
    return word


def _hebrew(number: int) -> str:
    if not 0 < number < 1000:
        return str(number)
    return _add_up(number, _HEBREW).replace("יה", "טו").replace("יו", "טז")


def _suffix(number: int) -> str:
    return "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _words(number: int) -> str:
    if not 0 <= number < 1000:
        return str(number)
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    rest = f" {_words(number % 100)}" if number % 100 else ""
    return f"{_ONES[number // 100]} hundred{rest}"


def _ordinal_words(number: int) -> str:
    words = _words(number)
    front, dash, last = words.rpartition("-" if "-" in words else " ")
    if last in _ORDINALS:
        return f"{front}{dash}{_ORDINALS[last]}"
    return f"{words[:-1]}ieth" if words.endswith("y") else f"{words}th"
