"""Bytes to text, never by a guess: strict UTF-8, or the encoding that somebody declared."""

from __future__ import annotations

import codecs

from archive.errors import RenditionError

_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


def decode_text(content: bytes, *, name: str, encoding: str | None, keep_line_ends: bool = False) -> str:
    """The text of `content`: UTF-8 with or without a mark, or the declared `encoding`, always strict.

    Line ends become LF, but for `keep_line_ends`. Raises `RenditionError` with the place where the bytes do not fit.
    """
    declared = "utf-8-sig" if encoding is None else _known(encoding, name)
    try:
        text = content.decode(declared)
    except UnicodeDecodeError as error:
        raise RenditionError(
            f"its text is not {_shown(encoding)}: byte {error.start + 1} does not fit",
            subject=name,
            remedy=_remedy(content, encoding),
        ) from error
    if text.startswith("\ufeff"):
        text = text[1:]
    return text if keep_line_ends else text.replace("\r\n", "\n").replace("\r", "\n")


def _known(encoding: str, name: str) -> str:
    try:
        found = codecs.lookup(encoding)
        "".encode(found.name)
    except (LookupError, ValueError) as error:
        raise RenditionError(
            f"nobody knows the encoding {encoding[:40]!r}", subject=name, remedy="Name one that Python knows"
        ) from error
    return "utf-8-sig" if found.name == "utf-8" else found.name


def _shown(encoding: str | None) -> str:
    return "UTF-8" if encoding is None else f"in the declared encoding {encoding}"


def _remedy(content: bytes, encoding: str | None) -> str:
    if encoding is None:
        for mark, likely in _MARKS:
            if content.startswith(mark):
                return f"It begins with the mark of {likely}: declare it with --encoding {likely}"
    return "Find out which encoding it is in and declare it, for example --encoding windows-1256"
