"""Markdown (CommonMark 0.31 with pipe tables): HTML in it is read as HTML; pictures are named, not fetched."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from archive.model.blocks import (
    Block,
    BulletList,
    Cell,
    Document,
    Heading,
    ListItem,
    Paragraph,
    Preformatted,
    Quote,
    Span,
    Table,
)
from archive.renditions.readers.decoding import decode_text
from archive.renditions.readers.html import parse_page
from archive.renditions.readers.html_tree import TreeReader
from archive.renditions.readers.inline import LINE_BREAK, Style, join
from archive.renditions.readers.links import absolute_link

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_markdown(content: bytes, *, name: str, language: str | None, encoding: str | None) -> Document:
    """The document in a Markdown file. Raises `RenditionError` when its bytes are not in the encoding."""
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    text = decode_text(content, name=name, encoding=encoding)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    reader = _Reader(name)
    blocks = tuple(reader.read(SyntaxTreeNode(tokens).children))
    first = next((block for block in blocks if isinstance(block, Heading)), None)
    title = "".join(span.text for span in first.spans) if first is not None else None
    return Document(blocks, language=language, title=title or None, dropped=tuple(dict.fromkeys(reader.dropped)))


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.dropped: list[str] = []

    def read(self, nodes: list[SyntaxTreeNode]) -> list[Block]:
        blocks: list[Block] = []
        for node in nodes:
            blocks += self._read_block(node)
        return blocks

    def _read_block(self, node: SyntaxTreeNode) -> list[Block]:
        kind = node.type
        if kind == "heading":
            return [Heading(int(node.tag[1]), self._spans(node))]
        if kind == "paragraph":
            spans = self._spans(node)
            return [Paragraph(spans)] if spans else []
        if kind in ("fence", "code_block"):
            return [Preformatted(node.content.removesuffix("\n"))] if node.content.strip() else []
        if kind == "blockquote":
            return [Quote(tuple(self.read(node.children)))]
        if kind in ("bullet_list", "ordered_list"):
            items = tuple(ListItem(tuple(self.read(item.children))) for item in node.children)
            start = int(node.attrGet("start") or 1) if kind == "ordered_list" else None
            return [BulletList(items, start)]
        if kind == "table":
            return [self._read_table(node)]
        return self._read_html(node.content) if kind == "html_block" else []

    def _read_table(self, node: SyntaxTreeNode) -> Table:
        rows = []
        for part in node.children:
            for row in part.children:
                cells = []
                for cell in row.children:
                    spans = self._spans(cell)
                    cells.append(Cell((Paragraph(spans),) if spans else (), cell.type == "th"))
                rows.append(tuple(cells))
        return Table(tuple(rows))

    def _read_html(self, fragment: str) -> list[Block]:
        tree = parse_page(fragment, self.name)
        if tree is None:
            return []
        reader = TreeReader(self.name)
        body = tree.find("body")
        blocks = reader.read(tree if body is None else body)
        reader.note_head(tree)
        self.dropped += reader.dropped
        return blocks

    def _spans(self, node: SyntaxTreeNode) -> tuple[Span, ...]:
        spans: list[Span] = []
        for child in node.children:
            self._gather(child, Style(), spans)
        while spans and spans[-1].text == LINE_BREAK:
            spans.pop()
        return join(spans)

    def _gather(self, node: SyntaxTreeNode, style: Style, spans: list[Span]) -> None:
        kind = node.type
        if kind == "text":
            spans.append(style.span(node.content))
        elif kind == "code_inline":
            spans.append(replace(style, code=True).span(node.content))
        elif kind == "softbreak":
            spans.append(style.span(" "))
        elif kind == "hardbreak":
            spans.append(style.span(LINE_BREAK))
        elif kind == "image":
            self.dropped.append(f"picture {str(node.attrGet('src') or '')[:200]}")
            spans.append(style.span(node.content))
        elif kind == "html_inline":
            if _BREAK.fullmatch(node.content):
                spans.append(style.span(LINE_BREAK))
            else:
                self.dropped.append(f"HTML {node.content[:200]}")
        else:
            inner = _change(style, node)
            for child in node.children:
                self._gather(child, inner, spans)


def _change(style: Style, node: SyntaxTreeNode) -> Style:
    if node.type == "link":
        return replace(style, link=absolute_link(str(node.attrGet("href") or "")))
    return replace(style, bold=style.bold or node.type == "strong", italic=style.italic or node.type == "em")
