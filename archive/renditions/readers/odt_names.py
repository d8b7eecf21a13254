"""The names of OpenDocument (ISO/IEC 26300) that its readers share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_BASE = "{urn:oasis:names:tc:opendocument:xmlns:"
OFFICE = f"{_BASE}office:1.0}}"
TEXT = f"{_BASE}text:1.0}}"
TABLE = f"{_BASE}table:1.0}}"
STYLE = f"{_BASE}style:1.0}}"
DRAW = f"{_BASE}drawing:1.0}}"
SVG = f"{_BASE}svg-compatible:1.0}}"
FO = f"{_BASE}xsl-fo-compatible:1.0}}"
FORM = f"{_BASE}form:1.0}}"
PRESENTATION = f"{_BASE}presentation:1.0}}"
XLINK = "{http://www.w3.org/1999/xlink}"
DC = "{http://purl.org/dc/elements/1.1/}"


def local(element: Any) -> str:
    """The name of an element without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def texts_of(element: Any) -> Iterator[str]:
    """Every text below `element`, in order; without recursion."""
    yield from element.itertext()
