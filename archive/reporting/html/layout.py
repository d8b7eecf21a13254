"""Blocks as HTML for a screen: folds can be opened, bars and lines of time are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from archive.reporting.html.blocks import Bars, Block, Fold, Heading, Items, Line, Section, Table, Text
from archive.reporting.html.charts import draw_bars, draw_line
from archive.reporting.html.markup import element, group


def lay_out(section: Section, *, mirrored: bool) -> Markup:
    """A section with its heading. `mirrored`: time runs from right to left."""
    heading = element("h2", section.title, id=f"{section.identity}-h")
    blocks = [_block(one, mirrored=mirrored) for one in section.blocks]
    return element("section", heading, *blocks, id=section.identity, aria_labelledby=f"{section.identity}-h")


def _block(block: Block, *, mirrored: bool) -> Markup:
    match block:
        case Text():
            return element("p", block.content, class_=block.look or None)
        case Heading():
            return element("h3", block.text)
        case Items():
            return element("ul", *(element("li", one) for one in block.items), class_=block.look or None)
        case Bars():
            return group(element("p", block.title, class_="caption"), draw_bars(block))
        case Line():
            return draw_line(block, mirrored=mirrored)
        case Table():
            return lay_out_table(block)
        case Fold():
            inner = [_block(one, mirrored=mirrored) for one in block.blocks]
            return element("details", element("summary", block.summary), *inner)
    return block


def lay_out_table(table: Table) -> Markup:
    """A table in a region of its own that scrolls where it is wider than the page."""
    caption = element("caption", table.caption, id=table.identity or None)
    head = element("tr", *(_cell("th", place, text, table, "col") for place, text in enumerate(table.heads)))
    body = [_row(row, table) for row in table.rows]
    content = element("table", caption, element("thead", head), element("tbody", *body))
    return element("div", content, class_="scroll", tabindex=0, role="region", aria_label=table.caption)


def _row(row: Sequence[object], table: Table) -> Markup:
    cells = [
        _cell("th" if place == 0 else "td", place, cell, table, "row" if place == 0 else None)
        for place, cell in enumerate(row)
    ]
    return element("tr", *cells)


def _cell(tag: str, place: int, content: object, table: Table, scope: str | None) -> Markup:
    shown = content if isinstance(content, Markup) else str(content)
    return element(tag, shown, scope=scope, class_="number" if place in table.numbers else None)
