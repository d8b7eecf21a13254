"""Walks a parsed HTML tree and makes blocks of it."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_to_bytes

from archive.errors import RenditionError
from archive.model.blocks import (
    Block,
    BulletList,
    Direction,
    Heading,
    Image,
    ListItem,
    Paragraph,
    Preformatted,
    Quote,
    Span,
)
from archive.renditions.readers.html_table import read_table
from archive.renditions.readers.inline import LINE_BREAK, PLAIN, Style, collapse
from archive.renditions.readers.links import absolute_link
from archive.renditions.readers.pictures import PICTURES, read_picture

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_SILENT = frozenset({"head", "style", "template", "datalist", "title", "meta", "base", "area", "map"})
_LEFT_OUT = frozenset({
    "script", "iframe", "frame", "object", "embed", "applet", "video", "audio", "canvas", "svg", "math", "portal",
})  # fmt: skip
_CONTROLS = frozenset({"input", "select", "textarea", "progress", "meter"})
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr", "button", "output",
})  # fmt: skip
_BOLD = frozenset({"b", "strong", "th", "dt"})
_ITALIC = frozenset({"i", "em", "cite", "dfn", "var"})
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_DEEPEST = 80
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class TreeReader:
    """Reads elements into blocks; `dropped` says what was left out."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dropped: list[str] = []

    def read(self, element: Any, style: Style = PLAIN, depth: int = 0) -> list[Block]:
        """The blocks in `element`'s content."""
        flow = _Flow(_direction_of(element), _language_of(element))
        self._fill(element, style, flow, depth)
        return flow.end()

    def note_head(self, tree: Any) -> None:
        """List what the head would have fetched, and handlers anywhere."""
        for link in tree.iter("link"):
            if link.get("href") and "stylesheet" in (link.get("rel") or "").lower():
                self.dropped.append(f"style sheet {link.get('href')[:200]}")
        for script in tree.iterfind("head/script"):
            self._note(script)
        for meta in tree.iter("meta"):
            if (meta.get("http-equiv") or "").lower() == "refresh":
                self.dropped.append(f"refresh {(meta.get('content') or '')[:200]}")
        handlers = sum(1 for element in tree.iter() for key in element.attrib if str(key).lower().startswith("on"))
        if handlers:
            self.dropped.append(f"{handlers} event handlers")

    def _fill(self, element: Any, style: Style, flow: _Flow, depth: int) -> None:
        flow.add(style, element.text)
        for child in element:
            if isinstance(child.tag, str):
                self._fill_child(child, _change(style, child), flow, depth + 1)
            flow.add(style, child.tail)

    def _fill_child(self, child: Any, style: Style, flow: _Flow, depth: int) -> None:
        tag = child.tag.lower()
        if depth > _DEEPEST:
            flow.add(style, "".join(child.itertext()))
        elif tag in _LEFT_OUT:
            self._note(child)
        elif tag in _SILENT or tag in _CONTROLS:
            return
        elif tag == "br":
            flow.spans.append(style.span(LINE_BREAK))
        elif tag == "img":
            self._add_image(child, style, flow)
        elif tag in _INLINE:
            self._fill(child, style, flow, depth)
        else:
            flow.flush()
            flow.blocks += self._read_block(child, tag, style, depth)

    def _read_block(self, element: Any, tag: str, style: Style, depth: int) -> list[Block]:
        if tag in _HEADINGS:
            return self._read_heading(element, _HEADINGS[tag], style, depth)
        if tag in ("pre", "listing", "xmp"):
            text = "".join(element.itertext()).removeprefix("\n").rstrip("\n")
            return [Preformatted(text, _language_of(element), _direction_of(element))] if text.strip() else []
        if tag == "blockquote":
            inner = self.read(element, style, depth)
            return [Quote(tuple(inner))] if inner else []
        if tag in ("ul", "ol", "menu", "dir"):
            return self._read_list(element, tag, style, depth)
        if tag == "table":
            return read_table(element, lambda cell: self.read(cell, _change(Style(), cell), depth + 1))
        return self.read(element, style, depth)

    def _read_heading(self, element: Any, level: int, style: Style, depth: int) -> list[Block]:
        blocks: list[Block] = []
        for block in self.read(element, style, depth):
            if isinstance(block, Paragraph):
                blocks.append(Heading(level, block.spans, block.language, block.direction))
            else:
                blocks.append(block)
        return blocks

    def _read_list(self, element: Any, tag: str, style: Style, depth: int) -> list[Block]:
        items = self._stray_item(element.text, style)
        for child in element:
            if isinstance(child.tag, str) and child.tag in _LEFT_OUT:
                self._note(child)
            elif isinstance(child.tag, str) and child.tag not in _SILENT:
                blocks = self.read(child, _change(style, child), depth + 1)
                items += [ListItem(tuple(blocks))] if blocks else []
            items += self._stray_item(child.tail, style)
        if not items:
            return []
        start = (element.get("start") or "1").strip()
        first = int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 1
        return [BulletList(tuple(items), first if tag == "ol" else None)]

    def _stray_item(self, text: str | None, style: Style) -> list[ListItem]:
        """Text between the items of a list is wrong HTML, but it is text."""
        spans = collapse([style.span(text)]) if text else ()
        return [ListItem((Paragraph(spans),))] if spans else []

    def _add_image(self, element: Any, style: Style, flow: _Flow) -> None:
        source, said = (element.get("src") or "").strip(), (element.get("alt") or "").strip()
        image = self._own_image(source, said or None)
        if image is not None:
            flow.flush()
            flow.blocks.append(image)
            return
        self.dropped.append(f"picture {source[:200] or 'without address'}")
        flow.add(style, said)

    def _own_image(self, source: str, said: str | None) -> Image | None:
        """The picture in a data: address (RFC 2397), where it is one that we can draw."""
        if not source.lower().startswith("data:image/"):
            return None
        head, _, data = source[5:].partition(",")
        kind, *parameters = head.split(";")
        kind = "image/jpeg" if kind.lower() == "image/jpg" else kind.lower()
        if kind not in PICTURES:
            return None
        try:
            raw = unquote_to_bytes(data)
            content = base64.b64decode(raw) if "base64" in parameters else raw
            shown = read_picture(content, kind, name=self.name, language=None, alternative=said)
        except (binascii.Error, RenditionError):
            return None
        self.dropped += [f"of a picture: {what}" for what in shown.dropped]
        return next((block for block in shown.blocks if isinstance(block, Image)), None)

    def _note(self, element: Any) -> None:
        address = element.get("src") or element.get("data") or ""
        self.dropped.append(f"{element.tag} {address[:200]}".strip())


class _Flow:
    """Blocks in the making: inline text gathers until a block or the end makes a paragraph of it."""

    def __init__(self, direction: Direction, language: str | None) -> None:
        self.blocks: list[Block] = []
        self.spans: list[Span] = []
        self.direction, self.language = direction, language

    def add(self, style: Style, text: str | None) -> None:
        if text == LINE_BREAK:
            text = " "
        if text:
            self.spans.append(style.span(text))

    def flush(self) -> None:
        spans = collapse(self.spans)
        self.spans = []
        if spans:
            self.blocks.append(Paragraph(spans, self.language, self.direction))

    def end(self) -> list[Block]:
        self.flush()
        return self.blocks


def _change(style: Style, element: Any) -> Style:
    """The style inside of `element`."""
    tag = element.tag.lower()
    return replace(
        style,
        bold=style.bold or tag in _BOLD,
        italic=style.italic or tag in _ITALIC,
        code=style.code or tag in _CODE,
        link=absolute_link(element.get("href")) if tag == "a" else style.link,
        language=_language_of(element) or style.language,
    )


def _language_of(element: Any) -> str | None:
    return element.get("lang") or element.get(_XML_LANG) or None


def _direction_of(element: Any) -> Direction:
    said = (element.get("dir") or "").lower()
    return "rtl" if said == "rtl" else "ltr" if said == "ltr" else "auto"
