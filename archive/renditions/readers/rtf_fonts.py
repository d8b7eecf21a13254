"""The fonts that an RTF names: which code page each one's letters are in, and what the signs of symbol fonts are."""

from __future__ import annotations

from dataclasses import dataclass

from archive.renditions.readers.accounting import Account
from archive.renditions.readers.rtf_tokens import SYMBOLS, codec_of_charset
from archive.renditions.readers.symbols import SYMBOL_FONTS, symbol_text


@dataclass(slots=True)
class Font:
    """A font by its name and the number of its character set (`\\fcharset`)."""

    name: str = ""
    charset: int | None = None

    @property
    def tidy(self) -> str:
        """The name without the sign that ends it."""
        return self.name.strip(" ;")

    @property
    def is_symbol(self) -> bool:
        """Whether its letters are signs."""
        return self.charset == SYMBOLS or self.tidy.lower() in SYMBOL_FONTS

    @property
    def codec(self) -> str | None:
        """Python's name for its code page; None where that of the document holds."""
        return codec_of_charset(self.charset)


class Fonts:
    """The font table. `default` is the number of the font that holds where none is named."""

    def __init__(self) -> None:
        self.default = 0
        self._fonts: dict[int, Font] = {}

    def entry(self, number: int) -> Font:
        """The entry of the table with this number, new where there is none yet."""
        return self._fonts.setdefault(number, Font())

    def find(self, number: int) -> Font:
        """The font that a text is in; a negative number is the default."""
        return self._fonts.get(number if number >= 0 else self.default, Font())


def read_symbol(font: Font, byte: int, account: Account) -> str:
    """The character that a sign of a symbol font stands for; a replacement character, and named, if unknown."""
    code = f"F0{byte:02X}"
    # The label of a list may have its sign and not the font that the sign is of.
    fonts = (font.tidy,) if font.is_symbol else ("symbol", "wingdings")
    known = {said for name in fonts if (said := symbol_text(name, code)) is not None}
    text = " " if byte == 0x20 else known.pop() if len(known) == 1 else None
    if text is None:
        account.leave_out(f"a sign of the font {font.tidy or 'that is not named'}: 0x{byte:02X}")
    return text or "\N{REPLACEMENT CHARACTER}"
