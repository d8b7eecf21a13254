"""Dates in the Extended Date/Time Format, levels 0 and 1 (EDTF 2019, ISO 8601-2:2019 annex A).

Judged here by a grammar and the calendar rather than by the `edtf` package: that one takes level 2, spaces around a
date and intervals that end before they begin as well, and costs 0.1 s to load. The tests hold both against the same
examples.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

_YEAR = r"-?\d{4}"
_DATE = re.compile(rf"({_YEAR})(?:-(\d\d)(?:-(\d\d))?)?")
_TIME = re.compile(rf"({_YEAR}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:Z|[+-](\d\d):(\d\d))?")
_LONG_YEAR = re.compile(r"Y-?[1-9]\d{4,}")
_UNSPECIFIED = re.compile(r"-?(?:\d{3}X|\d{2}XX)|-?\d{4}-XX(?:-XX)?|-?\d{4}-(?:0[1-9]|1[0-2])-XX")
_SEASON = re.compile(rf"({_YEAR})-2[1-4]")
_W3C_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-](\d\d):(\d\d))")


def is_edtf(text: str) -> bool:
    """True for a date, time, season, interval or uncertain date of level 0 or 1."""
    if not text.isascii() or len(text) > 80:
        return False
    if "/" in text:
        return _is_interval(text)
    return _is_point(text) or _is_time(text)


def is_w3cdtf(text: str) -> bool:
    """True for a date or time that W3CDTF allows too (W3C note Date and Time Formats, 1997): plain and unqualified."""
    if not text.isascii():
        return False
    if _DATE.fullmatch(text):
        return not text.startswith("-") and _is_plain(text)
    match = _W3C_TIME.fullmatch(text)
    return (
        match is not None
        and _is_plain(match[1])
        and _is_clock(match[2], match[3], match[4] or "0", match.groups()[4:6])
    )


def is_day(text: str) -> bool:
    """True for one day of the calendar, as 2024-05-20."""
    return len(text) == 10 and text.isascii() and is_w3cdtf(text)


def parse_day(text: str) -> date | None:
    """The day that `text` names exactly, or None."""
    return date.fromisoformat(text) if is_day(text) and not text.startswith("0000") else None


def _is_plain(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None or text.startswith("-0000"):
        return False
    year, month, day = match.groups()
    if month is not None and not 1 <= int(month) <= 12:
        return False
    # The Gregorian calendar repeats after 400 years, and monthrange knows no year before 1.
    return day is None or 1 <= int(day) <= monthrange(int(year) % 400 + 2000, int(month))[1]


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text)
    return match is not None and _is_plain(match[1]) and _is_clock(match[2], match[3], match[4], match.groups()[4:6])


def _is_clock(hours: str, minutes: str, seconds: str, zone: tuple[str | None, ...]) -> bool:
    if hours == "24":
        return (minutes, int(seconds)) == ("00", 0)
    if not (int(hours) < 24 and int(minutes) < 60 and int(seconds) < 60):
        return False
    return zone[0] is None or (int(zone[0]) <= 14 and int(zone[1] or "0") < 60)


def _is_point(text: str) -> bool:
    bare = text[:-1] if text[-1:] in ("?", "~", "%") else text
    if _is_plain(bare) or _UNSPECIFIED.fullmatch(bare):
        return True
    return bare == text and (_SEASON.fullmatch(text) or _LONG_YEAR.fullmatch(text)) is not None


def _is_interval(text: str) -> bool:
    first, _, last = text.partition("/")
    if first in ("", "..") and last in ("", ".."):
        return False
    if not all(end in ("", "..") or _is_point(end) for end in (first, last)):
        return False
    return _in_order(first, last)


def _in_order(first: str, last: str) -> bool:
    """False only where both ends are plain enough to tell that the last is before the first."""
    ends = [end.rstrip("?~%") for end in (first, last)]
    if not all(_is_plain(end) and not end.startswith("-") for end in ends):
        return True
    shared = min(len(ends[0]), len(ends[1]))
    return ends[0][:shared] <= ends[1][:shared]
