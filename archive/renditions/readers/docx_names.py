"""The names of WordprocessingML (ISO/IEC 29500-1) that the readers of Word documents share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
V = "{urn:schemas-microsoft-com:vml}"
O = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 - the prefix that the standard uses
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_OFF = ("0", "false", "off", "none")
_TEXTS = frozenset({f"{W}t", f"{W}delText", f"{M}t", f"{A}t"})


def is_on(element: Any) -> bool:
    """The value of an on-off property that is there (17.17.4)."""
    return element is not None and element.get(f"{W}val", "1").lower() not in _OFF


def is_on_attribute(element: Any, name: str) -> bool:
    """The value of an on-off attribute that may be missing."""
    return element.get(f"{W}{name}", "0").lower() not in _OFF


def value(element: Any, name: str, key: str = "val") -> str | None:
    """The attribute `key` of the child `name` of an element that may be None."""
    child = element.find(f"{W}{name}") if element is not None else None
    return child.get(f"{W}{key}") if child is not None else None


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def texts_of_part(root: Any) -> Iterator[str]:
    """Every text below `root`, except the second form of what is there twice (mc:Fallback)."""
    return (element.text for element in walk(root) if element.tag in _TEXTS and element.text)


def walk(root: Any) -> Iterator[Any]:
    """Every element from `root` down in order, of what is there twice the first form only; without recursion."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        if element.tag == f"{MC}AlternateContent":
            chosen = element.find(f"{MC}Choice")
            fallback = element.find(f"{MC}Fallback")
            waiting += [one for one in (chosen if chosen is not None else fallback,) if one is not None]
        else:
            waiting += [child for child in element if isinstance(child.tag, str)][::-1]
