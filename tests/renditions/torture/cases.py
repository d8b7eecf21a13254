"""What a torture document must come to: what is drawn, what is named as left out, and what must not be drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from archive.model.blocks import (
    Block,
    BulletList,
    Heading,
    Image,
    PageBreak,
    Paragraph,
    Preformatted,
    Quote,
    Span,
    Table,
)


@dataclass(frozen=True, slots=True)
class Case:
    """A document by its bytes. `drawn` are parts of `shown`, `omitted` parts of the names of what is left out, `absent`
    must not be drawn. Without `omitted` nothing may be left out.
    """

    name: str
    kind: str
    content: bytes
    drawn: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    encoding: str | None = None


def shown(blocks: Iterable[Block]) -> str:
    """Blocks as lines: struck text as ~x~, underlined as _x_, highlighted as =x=, raised as ^x^, lowered as ,x,."""
    return "\n".join(line for block in blocks for line in _lines(block))


def _lines(block: Block) -> list[str]:
    match block:
        case Heading():
            return [f"{'#' * block.level} {_spans(block.spans)}"]
        case Paragraph():
            return [_spans(block.spans)]
        case Preformatted():
            return [_spans(block.spans) if block.spans else block.text]
        case Quote():
            return [f"> {line}" for inner in block.blocks for line in _lines(inner)]
        case BulletList():
            lines = []
            for number, item in enumerate(block.items):
                bullet = "-" if block.start is None else f"{block.start + number}."
                label = bullet if item.label is None else item.label
                inner = [line for one in item.blocks for line in _lines(one)] or [""]
                lines += [f"{label} {inner[0]}", *(f"  {line}" for line in inner[1:])]
            return lines
        case Table():
            rows = [
                " | ".join(" ".join(line for one in cell.blocks for line in _lines(one)) for cell in row)
                for row in block.rows
            ]
            return [_spans(block.caption), *rows] if block.caption else rows
        case Image():
            return [f"<{block.alternative}>"]
        case PageBreak():
            return ["====="]


def _spans(spans: Iterable[Span]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    text, marks = span.text, span.marks
    for holds, sign in (
        (marks.strike, "~"), (marks.underline, "_"), (marks.highlight, "="), (marks.position == "raised", "^"),
        (marks.position == "lowered", ","), (marks.capitals == "all", "!"), (marks.capitals == "small", "?"),
    ):  # fmt: skip
        text = f"{sign}{text}{sign}" if holds else text
    return text
