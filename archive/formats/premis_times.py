"""Reading from PREMIS when each file was last modified before it was packed (see `premis_writing.LAST_MODIFIED`)."""

from __future__ import annotations

import base64
import binascii
import calendar
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archive.formats.premis_reading import LISTED, PREMIS_3, is_earlier, shorten_list
from archive.formats.premis_writing import LAST_MODIFIED
from archive.formats.xml_elements import let_go
from archive.formats.xml_safety import stream_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_STAMP = "%Y-%m-%dT%H:%M:%SZ"


def modified_of(element: _Element) -> str | None:
    """The modification time among an object's significant properties, as written."""
    namespace = element.tag.rpartition("}")[0] + "}"
    for one in element.iterfind(f"{namespace}significantProperties"):
        if one.findtext(f"{namespace}significantPropertiesType") == LAST_MODIFIED:
            return one.findtext(f"{namespace}significantPropertiesValue")
    return None


def read_times(chunks: Iterable[bytes], subject: str) -> Iterator[tuple[str, int]]:
    """Bag path and modification time (seconds since the epoch) of each file object that has one in a PREMIS 3 record.

    A time that is not an xs:dateTime in UTC to the second is left out. Raises `XmlRefusedError`, and what the chunks
    raise.
    """
    tag = f"{{{PREMIS_3}}}"
    for element in stream_xml(chunks, [f"{tag}{name}" for name in ("object", "event", *LISTED)], subject=subject):
        if shorten_list(element):
            continue
        stamp = modified_of(element)
        location = element.find(f"{tag}storage/{tag}contentLocation")
        if stamp is not None and location is not None:
            kind = location.findtext(f"{tag}contentLocationType") or ""
            path = _decoded(location.findtext(f"{tag}contentLocationValue") or "", kind)
            seconds = None if is_earlier(kind) else _seconds(stamp)
            if seconds is not None and path:
                yield path, seconds
        let_go(element)


def _decoded(value: str, kind: str) -> str:
    if not kind.endswith("base64"):
        return value
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "surrogateescape")
    except binascii.Error:
        return ""


def _seconds(stamp: str) -> int | None:
    try:
        return calendar.timegm(time.strptime(stamp.strip(), _STAMP))
    except (ValueError, OverflowError):
        return None
