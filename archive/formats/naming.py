"""Names as people and JSON readers may safely see them."""

from __future__ import annotations

import base64
import os
import unicodedata

from archive.errors import UsageError

_ESCAPED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def escape(text: str) -> str:
    """`text` for a terminal or a page, with what could mislead as \\xNN or \\uNNNN.

    That is control, format and bidi characters, and bytes that are not UTF-8.

    A backslash stays as it is. Arabic letters and joiners' neighbours are untouched; ZWJ and ZWNJ are kept, for Persian
    and emoji names need them.
    """
    if text.isprintable() and text.isascii():
        return text
    return "".join(_escape_character(character) for character in text)


def _escape_character(character: str) -> str:
    if character in "\u200c\u200d" or unicodedata.category(character) not in _ESCAPED_CATEGORIES:
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def count_of(number: int, noun: str) -> str:
    """ "1 file", "2 files"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def path_fields(path: str, key: str = "path") -> dict[str, str]:
    """The JSON members for a path: `path`, and `path_b64` with the exact bytes where they are not UTF-8."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "surrogateescape")
        return {key: raw.decode("utf-8", "replace"), f"{key}_b64": base64.b64encode(raw).decode("ascii")}
    return {key: path}


_LONGEST = 4095 if os.name == "posix" else 32_767
"""The most bytes that the system takes as one path."""


def path_text(path: str | os.PathLike[str]) -> str:
    """`path` as a text that the system takes as a path, whether or not anything is there.

    Raises `UsageError` for what no file can be called, and `TypeError` for what is neither a text nor such a path.
    """
    text = os.fspath(path)
    if not isinstance(text, str):
        raise TypeError(f"a path is a text or a path object, not {type(text).__name__}")
    try:
        size = len(os.fsencode(text))
    except UnicodeEncodeError:
        raise UsageError("this is not a path: it has characters that stand for no bytes", subject=text) from None
    if "\0" in text:
        raise UsageError("this is not a path: it holds a zero byte", subject=text)
    if size > _LONGEST:
        raise UsageError(f"this is not a path: it is longer than {_LONGEST:,} bytes", subject=f"{text[:60]}...")
    return text
