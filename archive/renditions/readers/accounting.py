"""What a reader met in a document and what became of it: every part is drawn, listed or left out by name.

A reader says `meet` for the text that it finds and `leave_out` for what it does not draw. At the end `settle` compares
what was met with what is in the blocks and in the names of what was left out. A text that a reader loses by mistake is
therefore named as well: nothing falls through. Capitals and small letters count as the same, for a style may
set one as the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from archive.model.blocks import (
    Block,
    BulletList,
    Cell,
    Heading,
    Image,
    ListItem,
    PageBreak,
    Paragraph,
    Preformatted,
    Quote,
    Span,
    Table,
)

_LONGEST_NAME = 240
_MOST_NAMES = 400
_SHOWN = 80


class Account:
    """The account of one document. A part of it that has a reader of its own (the page in a message) shares it."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._met: Counter[str] = Counter()
        self._placed: Counter[str] = Counter()

    def meet(self, text: str | None) -> None:
        """Text of the source that must be drawn or be left out by name."""
        if text:
            self._met.update(text.upper())

    def place(self, text: str | None) -> None:
        """Text that was met and is kept outside of the blocks: in a title, a link, or in another form."""
        if text:
            self._placed.update(text.upper())

    def meet_again(self, text: str, other: str) -> None:
        """Text that was met and is in the blocks in another form: what is only in that form is met as well."""
        more = Counter(other.upper())
        more.subtract(text.upper())
        self._met.update({character: count for character, count in more.items() if count > 0})

    def own(self, text: str) -> str:
        """A text that the source does not have, for use in the blocks: the word before a list of attachments."""
        self.meet(text)
        return text

    def leave_out(self, what: str, text: str = "") -> None:
        """Name something that is not drawn; `text` is what it says, met before and shown as far as there is room."""
        shown = " ".join(text.split())
        self.place(text)
        name = f"{what}: {shown[:_SHOWN]}{'…' if len(shown) > _SHOWN else ''}" if shown else what
        name = " ".join(name.split())[:_LONGEST_NAME]
        if name in self._names or len(self._names) < _MOST_NAMES:
            self._names[name] = self._names.get(name, 0) + 1
        else:
            self._names["more"] = self._names.get("more", 0) + 1

    @property
    def omitted(self) -> tuple[str, ...]:
        """The names of what is left out, in the order in which it was met, each once with its number."""
        return tuple(name if count == 1 else f"{name} ({count} times)" for name, count in self._names.items())

    def settle(self, blocks: Iterable[Block]) -> tuple[str, ...]:
        """`omitted`, and a name for text that was met and is in neither place. White space is not counted."""
        lost = self.lost(blocks)
        if lost:
            number = sum(lost.values())
            word = "1 character" if number == 1 else f"{number:,} characters"
            self.leave_out(f"{word} of its text that could not be placed", " ".join(sorted(lost)))
        return self.omitted

    def lost(self, blocks: Iterable[Block]) -> Counter[str]:
        """The characters that were met and are neither in `blocks` nor left out by name."""
        drawn = Counter(self._placed)
        for text in texts_in(blocks):
            drawn.update(text.upper())
        return Counter(
            {
                character: count - drawn[character]
                for character, count in self._met.items()
                if count > drawn[character] and not character.isspace() and character.isprintable()
            }
        )


def texts_in(blocks: Iterable[Block]) -> Iterator[str]:
    """Every text of the blocks, with the labels of lists and the descriptions of pictures."""
    waiting: list[Block | ListItem | Cell] = list(blocks)
    while waiting:
        block = waiting.pop()
        match block:
            case Heading() | Paragraph():
                yield from (span.text for span in block.spans)
            case Preformatted():
                yield block.text
            case Quote():
                waiting += block.blocks
            case BulletList():
                waiting += block.items
            case ListItem():
                yield block.label or ""
                waiting += block.blocks
            case Table():
                yield from (span.text for span in block.caption)
                waiting += (cell for row in block.rows for cell in row)
            case Cell():
                waiting += block.blocks
            case Image():
                yield block.alternative or ""
            case PageBreak():
                pass


def closing_blocks(omitted: tuple[str, ...]) -> tuple[Block, ...]:
    """The last page of a rendition: what it leaves out. Nothing where nothing is left out."""
    if not omitted:
        return ()
    said = "These parts of the original are not in this rendition. The original has them."
    items = tuple(ListItem((Paragraph((Span(name, language="en"),), "en", "ltr"),)) for name in omitted)
    return (
        PageBreak(),
        Heading(1, (Span("What this rendition leaves out", language="en"),), "en", "ltr"),
        Paragraph((Span(said, language="en"),), "en", "ltr"),
        BulletList(items),
    )
