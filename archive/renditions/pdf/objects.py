"""Python values in the syntax of PDF (ISO 32000-1, 7.3), as ASCII text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

_IRREGULAR = re.compile(rb"[^!-~]|[()<>\[\]{}/%#]")
_ESCAPED = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


class Pdf(str):
    """A value that is in the syntax of PDF already."""

    __slots__ = ()


NULL = Pdf("null")


def to_pdf(value: Any) -> str:
    """A str becomes a text string, bytes a byte string, mappings and other iterables their like; `Pdf` stays."""
    kind = type(value)
    if kind is Pdf:
        return str(value)
    if kind is int:
        return f"{value}"
    if kind is str:
        return text_string(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is float:
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if kind is bytes:
        return f"<{value.hex()}>"
    if isinstance(value, Mapping):
        return dictionary(value)
    return array(value)


@lru_cache(maxsize=512)
def name(value: str) -> Pdf:
    """A name object, from its text without the slash."""
    return Pdf("/" + _IRREGULAR.sub(lambda found: b"#%02X" % found[0][0], value.encode("utf-8")).decode("ascii"))


def dictionary(entries: Mapping[str, Any]) -> Pdf:
    """A dictionary object; keys without the slash, None left out."""
    return Pdf(f"<<{' '.join([f'/{key} {to_pdf(value)}' for key, value in entries.items() if value is not None])}>>")


def array(values: Iterable[Any]) -> Pdf:
    """An array object."""
    return Pdf(f"[{' '.join([to_pdf(value) for value in values])}]")


def text_string(value: str) -> Pdf:
    """A text string: ASCII as it is, all else in UTF-16BE with its mark (ISO 32000-1, 7.9.2.2)."""
    if value.isascii() and value.isprintable():
        return Pdf(f"({value.translate(_ESCAPED)})")
    return Pdf(f"<FEFF{value.encode('utf-16-be', 'surrogatepass').hex().upper()}>")


def date(instant: datetime) -> str:
    """An instant in the form of ISO 32000-1, 7.9.4."""
    offset = instant.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else 0
    zone = "Z" if minutes == 0 else f"{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02}'{abs(minutes) % 60:02}'"
    return f"D:{instant:%Y%m%d%H%M%S}{zone}"
