"""Vector drawings (SVG 2): a picture of them where resvg is here, and their words as text below it.

Without it their words and pictures are drawn, and the drawing itself is named as left out.
"""

from __future__ import annotations

import zlib
from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import Block, Document, Heading, Image, Paragraph, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_drawings import parse_part
from archive.renditions.readers.docx_names import local
from archive.renditions.readers.drawn_pictures import can_paint, paint
from archive.renditions.readers.html_pictures import content_of, read_own_picture
from archive.renditions.readers.source import Source

_XLINK = "{http://www.w3.org/1999/xlink}href"
_MOST_BYTES = 64 << 20
_WORDS = "Words in the drawing"
_MOVING = ("animate", "animateMotion", "animateTransform", "set")
_HIDDEN = frozenset({"defs", "symbol", "script", "style", "metadata", "clipPath", "mask"})


def read_drawing(source: Source) -> Document:
    """The document of an .svg or .svgz. Raises `RenditionError` when it is not well-formed or unpacks to too much."""
    content = source.content
    if content.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(wbits=31)
        content = unpacker.decompress(content, _MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise RenditionError(f"it unpacks to more than {_MOST_BYTES:,} bytes", subject=source.name)
    root = parse_part(content)
    if local(root) != "svg":
        raise RenditionError("not readable as SVG: its first element is not svg", subject=source.name)
    account = Account()
    painted = paint(root, lambda address: content_of(address, source)) if can_paint() else None
    if painted is None:
        account.leave_out("the drawing itself; its words are drawn as text")
    for kind in _MOVING:
        if next(root.iter(f"{{*}}{kind}"), None) is not None:
            account.leave_out("what moves in the drawing, or changes on pointing at it")
            break
    reader = _Words(source, account, painted=painted is not None)
    blocks = reader.read(root)
    if painted is not None:
        said = source.alternative or reader.description or reader.title
        words = [Heading(2, (Span(account.own(_WORDS), language="en"),), "en", "ltr", added=True)] if blocks else []
        blocks = [Image(painted, "image/png", said), *words, *blocks]
    return Document(tuple(blocks), language=source.language, title=reader.title, dropped=account.settle(blocks))


class _Words:
    """Reads what a drawing says, in the order of its elements."""

    def __init__(self, source: Source, account: Account, *, painted: bool) -> None:
        self.source, self.account, self.painted = source, account, painted
        self.title: str | None = None
        self.description: str | None = None

    def read(self, root: Any) -> list[Block]:
        """The blocks for the words and pictures; what is not shown is named."""
        blocks: list[Block] = []
        waiting = [root]
        while waiting:
            element = waiting.pop()
            kind = local(element)
            text = " ".join("".join(element.itertext()).split()) if kind in _WHOLE or kind in _HIDDEN else ""
            if kind in _HIDDEN:
                if text and kind not in ("style", "script"):
                    self.account.meet(text)
                    self.account.leave_out(f"a part of the drawing that is not shown by itself ({kind})", text)
                elif kind == "script":
                    self.account.leave_out("script")
                continue
            if kind == "title" and element.getparent() is root:
                self.title = text or None
            if kind == "desc" and element.getparent() is root:
                self.description = text or None
            if kind in _WHOLE:
                self.account.meet(text)
                if _is_unseen(element):
                    self.account.leave_out("hidden text", text)
                elif text:
                    blocks.append(Paragraph((Span(text),)))
                continue
            address = (element.get(_XLINK) or element.get("href") or "").strip() if kind == "a" else ""
            if address:
                self.account.leave_out(f"link {address[:200]}")
            if kind == "image":
                blocks += self._picture(element)
            waiting += [one for one in element if isinstance(one.tag, str)][::-1]
        return blocks

    def _picture(self, element: Any) -> list[Block]:
        address = element.get(_XLINK) or element.get("href") or ""
        image = read_own_picture(address, None, self.source, self.account)
        if image is not None and self.painted:
            return []
        if image is None:
            shown = address.partition(",")[0] if address.startswith("data:") else address
            self.account.leave_out(f"picture {shown[:200] or 'without address'}")
        return [image] if image is not None else []


_WHOLE = frozenset({"text", "title", "desc", "foreignObject"})


def _is_unseen(element: Any) -> bool:
    """Whether an element or one around it is not displayed."""
    for one in (element, *element.iterancestors()):
        style = "".join((one.get("style") or "").lower().split())
        if one.get("display") == "none" or one.get("visibility") == "hidden" or "display:none" in style:
            return True
        if "visibility:hidden" in style:
            return True
    return False
