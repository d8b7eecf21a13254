"""The block model: what every reader makes of a document and the one PDF renderer draws.

Text is kept exactly as the source has it: the text of a rendition's structure tree must equal it, character for
character. Language is a BCP 47 tag, direction follows UAX 9 ("auto" lets the first strong character decide).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["auto", "ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. `link` is an absolute URI or None; `language` None means the block's."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    spans: tuple[Span, ...]
    language: str | None = None
    direction: Direction = "auto"


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: tuple[Span, ...]
    language: str | None = None
    direction: Direction = "auto"


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Text whose line ends and spaces stand as they are."""

    text: str
    language: str | None = None
    direction: Direction = "auto"


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ListItem:
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class BulletList:
    """`start` is None for bullets and the first number for an ordered list."""

    items: tuple[ListItem, ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    blocks: tuple[Block, ...]
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[tuple[Cell, ...], ...]
    caption: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its own bytes. `alternative` None means that nobody described it: no level a then."""

    content: bytes
    media_type: str
    alternative: str | None = None


Block = Heading | Paragraph | Preformatted | Quote | BulletList | Table | Image


@dataclass(frozen=True, slots=True)
class Document:
    """A document ready to be drawn. `dropped` names what the reader left out (scripts, remote pictures)."""

    blocks: tuple[Block, ...]
    language: str | None = None
    direction: Direction = "auto"
    title: str | None = None
    dropped: tuple[str, ...] = ()
