"""The forms that one text of a message has: plain text with soft line ends (RFC 3676), and HTML beside plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archive.model.blocks import Block, BulletList, Heading, Paragraph, Preformatted, Quote, Span, Table

_ADDRESS = re.compile(r"(?:https?://|mailto:|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"\w+|[-+\u2212\u2264\u2265=%\u20ac$\u00a3\u00a5\u00d7\u00f7\u00b1\u2260]")
_QUOTED = re.compile(r"(>*)(.*)", re.DOTALL)


def join_flowed(text: str, *, delete_space: bool) -> str:
    """Plain text with its soft line ends undone (RFC 3676 4.1-4.5): a line that ends in a space goes on in the next one
    of the same depth of quotation, but for the line before a signature.
    """
    lines: list[str] = []
    depth_before, flows = -1, False
    for line in text.split("\n"):
        found = _QUOTED.match(line)
        marks, rest = (found[1], found[2]) if found is not None else ("", line)
        rest = rest.removeprefix(" ")
        if flows and len(marks) == depth_before and rest != "-- ":
            lines[-1] = (lines[-1].removesuffix(" ") if delete_space else lines[-1]) + rest
        else:
            lines.append(f"{marks} {rest}" if marks else rest)
        flows = rest.endswith(" ") and rest != "-- "
        depth_before = len(marks)
    return "\n".join(lines)


def says_more(rich: list[Block], plain: list[Block]) -> bool:
    """Whether the HTML form says something that the plain text does not: a word, a number, another order of words, or
    a mark that changes what words mean (struck, raised or lowered text). Addresses are not compared.
    """
    if any(span.marks.strike or span.marks.position != "base" for span in _spans_in(rich)):
        return True
    words = iter(list(_words(plain)))
    return not all(word in words for word in _words(rich))


def links_beyond(rich: list[Block], plain: list[Block]) -> tuple[str, ...]:
    """The addresses that the HTML form links to and that are not in the plain text."""
    said = "\n".join(_texts(plain))
    return tuple(dict.fromkeys(span.link for span in _spans_in(rich) if span.link and span.link not in said))


def _words(blocks: Iterable[Block]) -> Iterator[str]:
    for text in _texts(blocks):
        yield from _WORD.findall(_ADDRESS.sub(" ", text).casefold())


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    """The texts in order, with the labels of lists; pictures apart, for they are drawn with either form."""
    for text in _pieces(blocks):
        yield text if isinstance(text, str) else "".join(span.text for span in text)


def _spans_in(blocks: Iterable[Block]) -> Iterator[Span]:
    return (span for piece in _pieces(blocks) if not isinstance(piece, str) for span in piece)


def _pieces(blocks: Iterable[Block]) -> Iterator[str | tuple[Span, ...]]:
    waiting: list[Block | str] = []
    waiting += list(blocks)[::-1]
    while waiting:
        block = waiting.pop()
        match block:
            case str():
                yield block
            case Heading() | Paragraph():
                yield block.spans
            case Preformatted():
                yield block.spans or block.text
            case Quote():
                waiting += block.blocks[::-1]
            case BulletList():
                numbers = range(block.start, block.start + len(block.items)) if block.start is not None else ()
                for place in range(len(block.items) - 1, -1, -1):
                    item = block.items[place]
                    waiting += item.blocks[::-1]
                    waiting.append(item.label if item.label is not None else f"{numbers[place]}." if numbers else "")
            case Table():
                waiting += [one for row in block.rows[::-1] for cell in row[::-1] for one in cell.blocks[::-1]]
                yield block.caption
            case _:
                pass
