"""RTF (Rich Text Format 1.9.1) as tokens, and the code pages in which its letters are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.formats.encodings import codec_of

_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,40})(-?\d{1,10})?[ ]?|\\'([0-9A-Fa-f]{2})|\\(\r\n|[^A-Za-z])|([{}])|[\r\n\0]+"
    rb"|([^\\{}\r\n\0]+)|(\\)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of RTF: "open" or "close" of a group, a "word" with its number, a "sign" such as \\~, "text" in bytes,
    or "data" after \\bin.
    """

    kind: str
    word: str = ""
    number: int | None = None
    content: bytes = b""


def read_tokens(content: bytes) -> Iterator[Token]:
    """The tokens of an RTF text, in linear time; line ends between them have no meaning and are not tokens."""
    at, last = 0, len(content)
    while at < last:
        found = _TOKEN.match(content, at)
        if found is None:
            at += 1
            continue
        at = found.end()
        if found[1] is not None:
            word = found[1].decode("ascii")
            number = int(found[2]) if found[2] is not None else None
            if word == "bin" and number and number > 0:
                yield Token("data", content=content[at : at + number])
                at += number
            else:
                yield Token("word", word, number)
        elif found[3] is not None:
            yield Token("text", content=bytes((int(found[3], 16),)))
        elif found[4] is not None:
            yield Token("sign", found[4].decode("latin-1"))
        elif found[5] is not None:
            yield Token("open" if found[5] == b"{" else "close")
        elif found[6] is not None:
            yield Token("text", content=found[6])


_CHARSETS = {
    0: "cp1252", 77: "macintosh", 128: "cp932", 129: "cp949", 130: "cp1361", 134: "gbk", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
SYMBOLS = 2
"""The charset of fonts whose letters are signs."""


def codec_of_charset(charset: int | None) -> str | None:
    """The codec for a font's \\fcharset; None for the default one, and for those that are not known."""
    label = _CHARSETS.get(charset) if charset is not None and charset != 1 else None
    return codec_of(label) if label is not None else None


def codec_of_page(code_page: int | None) -> str | None:
    """The codec for \\ansicpg."""
    if code_page is None or code_page <= 0:
        return None
    return codec_of("utf-8" if code_page == 65001 else f"cp{code_page}") or codec_of(
        {10000: "macintosh"}.get(code_page, "")
    )


SIGNS = {
    "emdash": "\u2014", "endash": "\u2013", "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005",
    "bullet": "\u2022", "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d",
    "tab": "\t", "line": "\n", "lbr": "\n", "softline": "", "ltrmark": "\u200e", "rtlmark": "\u200f", "zwj": "\u200d",
    "zwnj": "\u200c", "zwbo": "\u200b", "zwnbo": "\u2060",
}  # fmt: skip
"""Words that are a character."""
ESCAPES = {"~": "\u00a0", "_": "\u2011", "-": "\u00ad", "\\": "\\", "{": "{", "}": "}"}


class Letters:
    """The letters of an RTF text: bytes in the code page that holds, and code points, which old programs do not know.

    `put` is called with each piece of text, before anything else is said of it.
    """

    def __init__(self, put: Callable[[str], None]) -> None:
        self._put = put
        self._bytes = bytearray()
        self._codec = "cp1252"
        self._to_skip = 0
        self._high: int | None = None

    def add(self, content: bytes, codec: str) -> None:
        """Bytes of text; a letter of two bytes may come as two pieces."""
        if self._to_skip:
            skipped = min(self._to_skip, len(content))
            content, self._to_skip = content[skipped:], self._to_skip - skipped
        if codec != self._codec:
            self.flush()
            self._codec = codec
        self._bytes += content

    def add_unicode(self, number: int, instead: int) -> None:
        """A unit of UTF-16, and how many of the bytes after it are only for programs that do not know it."""
        self.flush()
        self._to_skip = instead
        if 0xD800 <= number < 0xDC00:
            self._high = number
            return
        if 0xDC00 <= number < 0xE000:
            number = 0xFFFD if self._high is None else 0x10000 + ((self._high - 0xD800) << 10) + (number - 0xDC00)
        self._high = None
        self._put(chr(number))

    def add_instead(self, text: str, instead: int) -> None:
        """A text for a code point that only a symbol font has."""
        self.flush()
        self._to_skip = instead
        self._put(text)

    def add_sign(self, text: str) -> None:
        """A character that has a sign or a word of its own."""
        self.flush()
        if self._to_skip:
            self._to_skip -= 1
        else:
            self._put(text)

    def flush(self) -> None:
        """Put the bytes that wait."""
        if self._bytes:
            text = self._bytes.decode(self._codec, "replace")
            self._bytes.clear()
            self._put(text)

    def end_group(self) -> None:
        """A group has ended, and with it what was to be passed over."""
        self.flush()
        self._to_skip = 0
