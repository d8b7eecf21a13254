"""HTML that Outlook has packed into RTF (MS-OXRTFEX): the page itself, as it was before."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace

from archive.renditions.readers.rtf_tokens import ESCAPES, SIGNS, Letters, codec_of_charset, codec_of_page, read_tokens

_PACKED = re.compile(rb"\\fromhtml1?(?![0-9a-z])")
_HEAD = 1_000
_SKIPPED = frozenset({"fonttbl", "colortbl", "stylesheet", "info", "pntext", "pict", "mhtmltag", "generator"})


def holds_html(content: bytes) -> bool:
    """Whether an RTF text says in its head that it holds a page of HTML."""
    return _PACKED.search(content[:_HEAD]) is not None


@dataclass(frozen=True, slots=True)
class _Group:
    skipped: bool = False
    tag: bool = False
    in_rtf: bool = False
    uc: int = 1
    font: int = 0
    fonts: bool = False


def unpack_html(content: bytes) -> str:
    """The page in an RTF text. What only RTF needs (\\htmlrtf) is left; it repeats what the tags say."""
    reader = _Unpacker()
    for token in read_tokens(content):
        match token.kind:
            case "open":
                reader.open()
            case "close":
                reader.close()
            case "word":
                reader.word(token.word, token.number)
            case "sign":
                reader.sign(token.word)
            case "text":
                reader.text(token.content)
            case _:
                pass
    reader.letters.flush()
    return "".join(reader.made)


class _Unpacker:
    def __init__(self) -> None:
        self.made: list[str] = []
        self.letters = Letters(self._put)
        self._group = _Group()
        self._outer: list[_Group] = []
        self._page = "cp1252"
        self._fonts: dict[int, int] = {}
        self._starred = False

    def open(self) -> None:
        self.letters.flush()
        self._outer.append(self._group)

    def close(self) -> None:
        self.letters.end_group()
        self._starred = False
        if self._outer:
            self._group = self._outer.pop()

    def word(self, word: str, number: int | None) -> None:
        if word == "u" and number is not None:
            self.letters.add_unicode(number & 0xFFFF, self._group.uc)
            return
        self.letters.flush()
        if word == "htmlrtf":
            self._group = replace(self._group, in_rtf=number != 0)
        elif self._starred:
            self._starred = False
            self._group = replace(self._group, tag=word == "htmltag", skipped=self._group.skipped or word != "htmltag")
        elif word == "fonttbl":
            self._group = replace(self._group, fonts=True)
        elif word in _SKIPPED:
            self._group = replace(self._group, skipped=True)
        elif word == "f":
            self._group = replace(self._group, font=number or 0)
        elif word == "fcharset" and self._group.fonts:
            self._fonts[self._group.font] = number or 0
        elif word == "ansicpg":
            self._page = codec_of_page(number) or self._page
        elif word == "uc":
            self._group = replace(self._group, uc=max(0, min(number or 0, 8)))
        elif word in ("par", "line"):
            self._put("\r\n")
        elif word in SIGNS:
            self.letters.add_sign(SIGNS[word])

    def sign(self, sign: str) -> None:
        if sign == "*":
            self._starred = True
        elif sign in ESCAPES:
            self.letters.add_sign(ESCAPES[sign])

    def text(self, content: bytes) -> None:
        own = codec_of_charset(self._fonts.get(self._group.font)) if not self._group.tag else None
        self.letters.add(content, own or self._page)

    def _put(self, text: str) -> None:
        group = self._group
        if group.skipped or group.fonts or (group.in_rtf and not group.tag):
            return
        self.made.append(text if group.tag else html.escape(text, quote=False))
