"""Bytes to text, never by a guess: by the mark at the front, by the encoding that was stated, else strict UTF-8."""

from __future__ import annotations

import codecs

from archive.errors import RenditionError
from archive.formats.encodings import codec_of
from archive.renditions.reasons import WrongEncodingError

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_SAMPLE = 1 << 16
_LEAST = 6


def decode_text(content: bytes, *, name: str, encoding: str | None, keep_line_ends: bool = False) -> str:
    """The text of `content`: by its byte order mark, else in the stated `encoding`, else UTF-8; always strict.

    Line ends become LF, but for `keep_line_ends`. Raises `RenditionError` with the place where the bytes do not fit and
    a likely encoding, which is only suggested.
    """
    marked = mark_of(content)
    codec = marked or ("utf-8" if encoding is None else _known(encoding, name))
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        raise _refuse(content, marked, encoding, error.start, name) from error
    except ValueError as error:
        raise WrongEncodingError(f"its text cannot be decoded as {codec}: {error}", subject=name) from error
    text = text.removeprefix("\ufeff")
    return text if keep_line_ends else text.replace("\r\n", "\n").replace("\r", "\n")


def mark_of(content: bytes) -> str | None:
    """The encoding that a byte order mark at the front of `content` declares, or None."""
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)


def is_utf8(content: bytes) -> bool:
    """Whether `content` is UTF-8, with a byte order mark or without."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def suggest_encoding(content: bytes) -> str | None:
    """The encoding that `content` is likely in, when it is not UTF-8; a suggestion for a person, never more."""
    if mark_of(content) is not None:
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        # The words around the first byte that is not UTF-8 say more than pages of ASCII before it.
        sample = content[max(0, error.start - _SAMPLE // 4) :][:_SAMPLE]
    else:
        return None
    if sum(byte > 0x7F for byte in sample) < _LEAST:
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    codec = best.encoding if best is not None else None
    if codec is None or codec in ("utf_8", "ascii"):
        return None
    return f"windows-{codec[2:]}" if codec.startswith("cp125") else codec.replace("_", "-")


def _known(encoding: str, name: str) -> str:
    codec = codec_of(encoding)
    if codec is None:
        raise WrongEncodingError(
            f"the encoding {encoding[:40]!r} is not known",
            subject=name,
            remedy='State the encoding of this file under another name, such as encoding = "windows-1256"',
        )
    return codec


def _refuse(content: bytes, marked: str | None, encoding: str | None, start: int, name: str) -> RenditionError:
    if marked is not None:
        said = f"its byte order mark says {marked.removesuffix('-sig').upper()}, but byte {start + 1:,} does not fit"
        return RenditionError(said, subject=name, remedy="The file is damaged or was cut off; compare it with a copy")
    likely = suggest_encoding(content)
    if encoding is not None:
        said = f"it is not in the stated encoding {encoding}: byte {start + 1:,} does not fit"
        said += f"; it may be {likely}" if likely is not None and codec_of(likely) != codec_of(encoding) else ""
        return WrongEncodingError(said, subject=name, remedy="Find out which encoding it is in, and state that")
    known = f"it may be {likely}" if likely is not None else "if you know the encoding"
    set_it = f'set encoding = "{likely or "windows-1256"}" for this file'
    return WrongEncodingError(
        f"not valid UTF-8 (byte {start + 1:,}); {known}{': check that, then' if likely else ','} {set_it}",
        subject=name,
        remedy=f'State it in description.toml under [files."{name}"], or with --encoding {likely or "windows-1256"}',
    )
