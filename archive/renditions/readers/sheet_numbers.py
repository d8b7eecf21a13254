"""Numbers as a workbook shows them: by the format codes of their cells (ISO/IEC 29500-1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
    46: "[h]:mm:ss", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), "hh:mm:ss"), 22: "yyyy-mm-dd hh:mm",
}  # fmt: skip
_PARTS = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]\-]*)[^\]]*\]|(\[[^\]]*\])|(E[+-]0+)|([0#?])|(.)', re.DOTALL)
_COLOUR = re.compile(r"\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d{1,2})\]", re.IGNORECASE)
_DATE = re.compile(r"[dmyhs]", re.IGNORECASE)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_BARE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_DIGITS = 15
_LEAP = datetime(1900, 1, 1)
_MOST = Decimal(10) ** 20


def show_number(stored: str, code: str, epoch: datetime) -> str | None:
    """A stored number as its format shows it, dates as ISO 8601; None where the format is not known here.

    "" is what a format shows that hides its value.
    """
    try:
        number = Decimal(stored)
    except InvalidOperation:
        return stored
    if not number.is_finite():
        return stored
    section = _section(code, number)
    if section is None:
        return None
    if section.lower() == "general" or section == "@":
        return f"{float(number):.{_DIGITS}g}"
    if _ELAPSED.search(section):
        return _elapsed(number)
    if _DATE.search(_BARE.sub("", section)):
        return _date(number, epoch)
    signed = -number if number < 0 and code.count(";") else number
    return _fill(signed, section)


def show_text(text: str, code: str) -> str:
    """A text as its format shows it: a format may put words around it (18.8.31, "Text and spacing")."""
    sections = _sections(code)
    section = sections[3] if len(sections) > 3 else next((one for one in sections if "@" in _BARE.sub("", one)), "@")
    said = []
    for found in _PARTS.finditer(section):
        said.append(text if found[7] == "@" else found[1] or found[2] or found[3] or "")
    return "".join(said)


def _sections(code: str) -> list[str]:
    found = re.findall(r'(?:"[^"]*"|\\.|[^;"\\])+|(?<=;)(?=;|\Z)|\A(?=;)', code)
    return [_COLOUR.sub("", one) for one in found] or [""]


def _section(code: str, number: Decimal) -> str | None:
    """The section for a number; None where a condition of its own decides."""
    sections = _sections(code)
    if re.search(r"\[[<>=]", code):
        return None
    if number > 0 or len(sections) == 1:
        return sections[0]
    if number < 0:
        return sections[1]
    return sections[2] if len(sections) > 2 else sections[0]


def _date(number: Decimal, epoch: datetime) -> str:
    if number < 0:
        # Excel shows no date for it, only signs that there is none.
        return str(number)
    if epoch < _LEAP and 1 <= number < 61:
        # Excel takes 1900 for a leap year: its 60 is a 29 February that never was, what is before it one day later.
        if int(number) == 60:
            return "1900-02-29"
        number += 1
    try:
        moment = epoch + timedelta(seconds=round(float(number) * 86_400))
    except OverflowError:
        return str(number)
    if 0 <= number < 1:
        return moment.strftime("%H:%M:%S")
    form = "%Y-%m-%d" if moment.time().isoformat() == "00:00:00" else "%Y-%m-%d %H:%M:%S"
    return moment.strftime(form)


def _elapsed(number: Decimal) -> str:
    seconds = round(abs(float(number)) * 86_400)
    return f"{'-' if number < 0 else ''}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _fill(number: Decimal, section: str) -> str | None:
    """The places of a section filled with the digits of a number; None for fractions and exponents of other steps."""
    bare = _BARE.sub("", section)
    if "/" in bare or len(bare) > 200:
        return None
    parts = list(_PARTS.finditer(section))
    places = [at for at, found in enumerate(parts) if found[6]]
    if not places:
        return "".join(_literal(found) for found in parts)
    number *= 100 ** bare.count("%")
    last = places[-1]
    tail = 0
    while last + 1 + tail < len(parts) and parts[last + 1 + tail][7] == ",":
        tail += 1
    number /= 1000**tail
    point = next((at for at, found in enumerate(parts) if found[7] == "."), None)
    decimals = sum(point is not None and at > point for at in places)
    exponent = next((found[5] for found in parts if found[5]), None)
    if exponent is not None:
        if sum(point is None or at < point for at in places) > 1:
            return None
        mantissa, _, power = f"{number:.{decimals}E}".partition("E")
        width = len(exponent) - 2
        sign = "-" if power.startswith("-") else "+" if exponent[1] == "+" else ""
        return f"{mantissa}E{sign}{power.lstrip('+-').zfill(width)}"
    if abs(number) >= _MOST:
        return None
    rounded = abs(number).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    whole, _, rest = f"{rounded:f}".partition(".")
    whole = "" if whole == "0" else whole
    grouped = any(found[7] == "," and places[0] < at < last for at, found in enumerate(parts))
    return _sign(number, rounded) + _place_digits(parts, places, point, whole, rest, grouped=grouped)


def _sign(number: Decimal, rounded: Decimal) -> str:
    return "-" if number < 0 and rounded else ""


def _place_digits(
    parts: list[re.Match[str]], places: list[int], point: int | None, whole: str, rest: str, *, grouped: bool
) -> str:
    before = [at for at in places if point is None or at < point]
    after = [at for at in places if at not in before]
    given: dict[int, str] = {}
    left = whole
    for number, at in enumerate(reversed(before)):
        first = number == len(before) - 1
        digit = left if first else left[-1:]
        left = "" if first else left[:-1]
        given[at] = digit or ("0" if parts[at][6] == "0" else "")
    if grouped:
        digits = "".join(given[at] for at in before)
        head = len(digits) % 3
        cut = [digits[:head], *(digits[at : at + 3] for at in range(head, len(digits), 3))]
        given = dict.fromkeys(before, "") | ({before[0]: ",".join(one for one in cut if one)} if before else {})
    kept = rest
    for at, digit in reversed(list(zip(after, rest, strict=False))):
        if digit == "0" and parts[at][6] != "0" and len(kept) > 0 and kept.endswith("0"):
            given[at] = ""
            kept = kept[:-1]
        else:
            break
    for at, digit in zip(after, rest, strict=False):
        given.setdefault(at, digit)
    shown = []
    for at, found in enumerate(parts):
        if at in given:
            shown.append(given[at])
        elif at == point:
            shown.append("." if kept or any(parts[one][6] == "0" for one in after) else "")
        elif found[7] != ",":
            shown.append(_literal(found))
    return "".join(shown)


def _literal(found: re.Match[str]) -> str:
    return found[1] or found[2] or found[3] or (found[7] or "")
