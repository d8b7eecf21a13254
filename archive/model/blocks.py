"""The block model: what every reader makes of a document and the one PDF renderer draws.

Text is kept exactly as the source has it: the text of a rendition's structure tree must equal it, character for
character. Language is a BCP 47 tag, direction follows UAX 9 ("auto" lets the first strong character decide).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Direction = Literal["auto", "ltr", "rtl"]
Position = Literal["base", "raised", "lowered"]
Capitals = Literal["as written", "all", "small"]


@dataclass(frozen=True, slots=True)
class Marks:
    """What the form of a run says beyond its words; without it the words would mean something else.

    `strike` is a line through the text, `position` tells 10\u2076 from 106, `capitals` draws the letters as capitals
    ("small": those that are not capitals already, in a smaller size). The text itself stays as the source has it.
    """

    strike: bool = False
    underline: bool = False
    highlight: bool = False
    position: Position = "base"
    capitals: Capitals = "as written"


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. `language` None means the block's.

    `link` is an absolute URI. `anchor` names this place, once in a document; `target` is the anchor of the place in the
    same document that the run leads to (a note and its reference). Each of them may be None.
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str | None = None
    language: str | None = None
    marks: Marks = NO_MARKS
    anchor: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """`added` says that the source does not have it: a word of the program before notes or attachments."""

    level: int
    spans: tuple[Span, ...]
    language: str | None = None
    direction: Direction = "auto"
    added: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: tuple[Span, ...]
    language: str | None = None
    direction: Direction = "auto"


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Text whose line ends and spaces are kept as they are. `spans` is the same text in runs where a part has a form of
    its own, else empty.
    """

    text: str
    language: str | None = None
    direction: Direction = "auto"
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ListItem:
    """`label` is what precedes the item, character for character ("Article IV.", "(a)", "\u2610"; "" for nothing).

    None lets the list decide: a bullet, or its number.
    """

    blocks: tuple[Block, ...]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class BulletList:
    """`start` is None for bullets and the first number for an ordered list. The label of an item goes before both."""

    items: tuple[ListItem, ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    blocks: tuple[Block, ...]
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`direction` is the order of the columns: "auto" is the document's, "rtl" puts the first column to the right."""

    rows: tuple[tuple[Cell, ...], ...]
    caption: tuple[Span, ...] = ()
    direction: Direction = "auto"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its own bytes. `alternative` None means that it has no description: no level a then."""

    content: bytes
    media_type: str
    alternative: str | None = None


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The source begins a new page here: a page break of Word, a form feed of a text."""


Block = Heading | Paragraph | Preformatted | Quote | BulletList | Table | Image | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """A document ready to be drawn.

    `title_in_text` says that the first heading is the title, so that no other title is drawn above it. `dropped` names
    what the reader left out (scripts, remote pictures), `creators` whom the document itself names as its authors.
    """

    blocks: tuple[Block, ...]
    language: str | None = None
    direction: Direction = "auto"
    title: str | None = None
    dropped: tuple[str, ...] = ()
    title_in_text: bool = False
    creators: tuple[str, ...] = ()


def anchors_of(blocks: Iterable[Block]) -> frozenset[str]:
    """The names of all places in the blocks that a run may lead to."""
    found: set[str] = set()
    waiting = list(blocks)
    while waiting:
        block = waiting.pop()
        match block:
            case Heading() | Paragraph() | Preformatted():
                found |= {span.anchor for span in block.spans if span.anchor}
            case Quote():
                waiting += block.blocks
            case BulletList():
                waiting += [inner for item in block.items for inner in item.blocks]
            case Table():
                found |= {span.anchor for span in block.caption if span.anchor}
                waiting += [inner for row in block.rows for cell in row for inner in cell.blocks]
            case _:
                pass
    return frozenset(found)


def texts_in_order(blocks: Iterable[Block]) -> Iterator[str]:
    """The texts of the blocks, in order; without recursion, for their depth has no limit here."""
    waiting: list[Block] = list(blocks)[::-1]
    while waiting:
        block = waiting.pop()
        match block:
            case Heading() | Paragraph():
                yield "".join(span.text for span in block.spans)
            case Preformatted():
                yield block.text
            case Quote():
                waiting += block.blocks[::-1]
            case BulletList():
                waiting += [inner for item in reversed(block.items) for inner in reversed(item.blocks)]
            case Table():
                yield "".join(span.text for span in block.caption)
                cells = [cell for row in block.rows for cell in row]
                waiting += [inner for cell in reversed(cells) for inner in reversed(cell.blocks)]
            case Image():
                yield block.alternative or ""
            case PageBreak():
                pass
