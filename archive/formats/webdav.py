"""The documents of WebDAV: what is asked of a resource, and the multistatus that tells it. Clause: RFC 4918 9.1, 14."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from archive.formats.xml_safety import parse_xml

PROPERTIES = (
    b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop>'
    b"<resourcetype/><getcontentlength/><quota-available-bytes/></prop></propfind>"
)
"""The body of a PROPFIND for what `read_multistatus` tells."""

_DAV = "{DAV:}"
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/]*")


@dataclass(frozen=True, slots=True)
class Resource:
    """What a server tells of one resource; `size` and `free` (RFC 4331) in bytes, None where it does not tell.

    `path` is decoded from its address, without host and last slash, with surrogateescape.
    """

    path: str
    collection: bool
    size: int | None
    free: int | None


def read_multistatus(content: bytes) -> list[Resource]:
    """The resources of a multistatus, the one that holds the others first. Raises `FormatError` when it is not XML."""
    found = [_read_resource(one) for one in parse_xml(content).iter(f"{_DAV}response")]
    return sorted(found, key=lambda one: len(one.path))


def _read_resource(response: Any) -> Resource:
    """One `response`; properties that are listed under another status than 200 are not there."""
    address = _ORIGIN.sub("", (response.findtext(f"{_DAV}href") or "").strip(), count=1)
    told: dict[str, Any] = {}
    for group in response.iter(f"{_DAV}propstat"):
        if " 200" in (group.findtext(f"{_DAV}status") or " 200"):
            for properties in group.iter(f"{_DAV}prop"):
                told.update((one.tag, one) for one in properties)
    kind = told.get(f"{_DAV}resourcetype")
    return Resource(
        os.fsdecode(unquote_to_bytes(address)).rstrip("/"),
        kind is not None and kind.find(f"{_DAV}collection") is not None,
        _number(told.get(f"{_DAV}getcontentlength")),
        _number(told.get(f"{_DAV}quota-available-bytes")),
    )


def _number(element: Any) -> int | None:
    text = ((element.text if element is not None else None) or "").strip()
    return int(text) if text.isascii() and text.isdecimal() else None
