"""Vector drawings as pictures, by the library resvg: the drawing as it is seen, in the fonts that are shipped.

The same drawing gives the same bytes on every machine: fonts of the system are not looked at. Nothing outside of the
drawing is opened: pictures that it names are put into it first, or taken out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from copy import deepcopy
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from archive.resources import metadata_path

_XLINK = "{http://www.w3.org/1999/xlink}href"
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e[+-]?\d{1,2})?)\s*(px|pt|pc|mm|cm|in|q)?\s*", re.IGNORECASE)
_UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "q": 96 / 101.6}
_LONGER_SIDE = 1_800
_STEEPEST = 20.0
_INSIDE = re.compile(r"\s*data:image/(?:png|jpe?g|gif|webp)[;,]", re.IGNORECASE)


def can_paint() -> bool:
    """Whether the library is here."""
    return find_spec("resvg_py") is not None


def paint(root: Any, picture: Callable[[str], bytes | None]) -> bytes | None:
    """The drawing as PNG, its longer side 1,800 pixels; None where its size is not known, or it cannot be painted.

    `picture` gives the bytes of a picture that the drawing names.
    """
    size = _size_of(root)
    if size is None or not 1 / _STEEPEST <= size[0] / size[1] <= _STEEPEST:
        return None
    from lxml import etree

    own = deepcopy(root)
    _close(own, picture)
    own.set("width", f"{size[0]:.3f}")
    own.set("height", f"{size[1]:.3f}")
    longer = {"width" if size[0] >= size[1] else "height": _LONGER_SIDE}
    try:
        made = import_module("resvg_py").svg_to_bytes(
            svg_string=etree.tostring(own, encoding="unicode"),
            background="white",
            skip_system_fonts=True,
            font_dirs=[str(metadata_path("fonts"))],
            font_family="Noto Sans",
            sans_serif_family="Noto Sans",
            serif_family="Noto Sans",
            cursive_family="Noto Sans",
            fantasy_family="Noto Sans",
            monospace_family="Noto Sans Mono",
            **longer,
        )
    except ValueError:
        return None
    return bytes(made)


def _close(root: Any, picture: Callable[[str], bytes | None]) -> None:
    """Take out of the drawing what would open a file: addresses, rules of style with one, scripts."""
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            if element.getparent() is not None:
                _remove(element)
            continue
        kind = element.tag.rpartition("}")[2]
        if kind == "script":
            _remove(element)
            continue
        if kind == "style" and element.text:
            element.text = re.sub(r"@import[^;]*;?", "", element.text)
        for key in ("href", _XLINK):
            address = (element.get(key) or "").strip()
            if kind == "a" or not address or address.startswith("#") or _INSIDE.match(address):
                continue
            content = picture(address) if kind == "image" else None
            del element.attrib[key]
            if content is not None:
                element.set(key, f"data:{_kind_of(content)};base64,{base64.b64encode(content).decode('ascii')}")


def _remove(element: Any) -> None:
    """Take an element out and leave the text after it."""
    parent = element.getparent()
    before = element.getprevious()
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _kind_of(content: bytes) -> str:
    if content.startswith(b"\xff\xd8"):
        return "image/jpeg"
    if content.startswith(b"GIF8"):
        return "image/gif"
    return "image/webp" if content[8:12] == b"WEBP" else "image/png"


def _size_of(root: Any) -> tuple[float, float] | None:
    """Width and height in pixels (SVG 2, 8.2): as stated, else those of the view box."""
    box = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
    sides: list[float] = []
    for place, key in ((2, "width"), (3, "height")):
        found = _LENGTH.fullmatch(root.get(key) or "")
        if found is not None:
            sides.append(float(found[1]) * _UNITS[(found[2] or "").lower()])
        elif len(box) == 4 and _LENGTH.fullmatch(box[place]) is not None:
            sides.append(float(box[place]))
        else:
            return None
    return (sides[0], sides[1]) if min(sides) > 0 and max(sides) < 1e6 else None
