"""Elements of XML, whatever their standard: their names, lines and texts read, and text escaped for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold: control characters, and bytes that are not UTF-8."""

_PLAIN = re.compile(r"[A-Za-z0-9 ./_-]*")
"""Most texts: nothing in them is escaped."""


@lru_cache(4096)
def _split(tag: str) -> tuple[str, str]:
    namespace, _, local = tag.rpartition("}")
    return namespace[1:], local


def local_name(element: _Element) -> str:
    """The element's name without its namespace; "" for comments and processing instructions."""
    tag = element.tag
    return _split(tag)[1] if isinstance(tag, str) else ""


def namespace_of(element: _Element) -> str:
    """The element's namespace, "" when it has none."""
    tag = element.tag
    return _split(tag)[0] if isinstance(tag, str) else ""


def line_of(element: _Element) -> int:
    """The line the element begins in, 0 when it is not known."""
    line: Any = element.sourceline
    return int(line or 0)


def children(element: _Element, *names: str) -> Iterator[_Element]:
    """The child elements with one of these local names, in order; all of them when no name is given."""
    for child in element:
        if isinstance(child.tag, str) and (not names or local_name(child) in names):
            yield child


def text_of(element: _Element | None) -> str | None:
    """The element's own text without white space around it; None when there is none."""
    if element is None:
        return None
    text = "".join(map(str, element.itertext())).strip() if len(element) else (element.text or "").strip()
    return text or None


def child_text(element: _Element, *names: str) -> str | None:
    """The text of the first such child."""
    return text_of(next(children(element, *names), None))


def texts(elements: Iterable[_Element]) -> tuple[str, ...]:
    """The texts of these elements, without the empty ones."""
    return tuple(text for text in map(text_of, elements) if text is not None)


def let_go(element: _Element) -> None:
    """Free the memory of an element of a stream that was used, and of those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def escape_text(text: str) -> str:
    """`text` for the content of an element.

    What XML 1.0 cannot hold (control characters, bytes that are not UTF-8) becomes the replacement character U+FFFD.
    """
    if text.isalnum() or _PLAIN.fullmatch(text):
        return text
    text = FORBIDDEN.sub("\ufffd", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def attribute_text(text: str) -> str:
    """`text` for the value of an attribute in double quotes, white space kept; as `escape_text` otherwise."""
    return escape_text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
