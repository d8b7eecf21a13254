"""Amounts as people write them: 90d, 2h, 500GB, 50MB/s, 10%."""

from __future__ import annotations

import re
from contextlib import suppress

from archive.errors import UsageError

_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_AGE_WORDS = {"s": "second", "m": "minute", "min": "minute", "h": "hour", "d": "day", "w": "week", "y": "year"}
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_NUMBER = r"(\d{1,12}(?:\.\d{1,6})?)"


def parse_age(text: str) -> int:
    """A time in seconds, from "90d", "12h", "2w". Raises `UsageError`."""
    match = re.fullmatch(_NUMBER + r"\s*(s|m|min|h|d|w|y)", text.strip().lower())
    if match is None:
        raise UsageError("not a valid duration; write it like 90d, 12h or 30m", subject=text[:40])
    return int(float(match[1]) * _SECONDS[match[2]])


def age_parts(text: str) -> tuple[str, str]:
    """The number and the unit of an age: "90d" is ("90", "day"). Raises `UsageError`."""
    parse_age(text)
    match = re.fullmatch(_NUMBER + r"\s*([a-z]+)", text.strip().lower())
    assert match is not None
    return match[1], _AGE_WORDS[match[2]]


def age_words(text: str) -> str:
    """An age as people read it: "90d" is "90 days". Raises `UsageError`."""
    number, word = age_parts(text)
    return f"{number} {word if number == '1' else word + 's'}"


def parse_size(text: str) -> int:
    """Bytes, from "500GB" (1000) or "500GiB" (1024). Raises `UsageError`."""
    match = re.fullmatch(_NUMBER + r"\s*([kmgtp]?)(i?)b?", text.strip().lower())
    if match is None or (match[3] and not match[2]):
        raise UsageError("not a valid size; write it like 500GB or 20GiB", subject=text[:40])
    size = int(float(match[1]) * (1024 if match[3] else 1000) ** _POWERS[match[2]])
    if not size:
        raise UsageError("a size must be greater than 0", subject=text[:40])
    return size


def parse_budget(text: str) -> tuple[float | None, int | None]:
    """Seconds and bytes, one of them None, from "2h" or "500GB". Raises `UsageError`."""
    if not text:
        return None, None
    seconds: float | None = None
    with suppress(UsageError):
        seconds = float(parse_age(text))
    if seconds == 0:
        raise UsageError("a budget must be greater than 0", subject=text[:40], remedy="Leave it out for no limit")
    if seconds is not None:
        return seconds, None
    try:
        return None, parse_size(text)
    except UsageError:
        raise UsageError("a budget is a time or a size, as 2h or 500GB", subject=text[:40]) from None


def parse_rate(text: str) -> float:
    """Bytes a second, from "50MB/s"; empty for as fast as it goes, 0. Raises `UsageError`."""
    return float(parse_size(text.strip().removesuffix("/s"))) if text else 0.0


def parse_share(text: str) -> float:
    """A share between 0 and 1, from "10%". Raises `UsageError`."""
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,6})?)\s*%", text.strip())
    share = float(match[1]) / 100 if match else 0
    if not 0 < share <= 1:
        raise UsageError("a sample is a share such as 10%", subject=text[:40])
    return share
