"""The formats of a bag's files, counted from its PREMIS record as it streams by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from archive.formats.premis_reading import LISTED, is_earlier, shorten_list
from archive.formats.xml_elements import let_go

FormatRow = tuple[str, str, int, int]

_PREMIS = "{http://www.loc.gov/premis/v3}"


def count_formats(chunks: Iterable[bytes], limit: int) -> tuple[FormatRow, ...]:
    """(PRONOM key or "", format name, files, bytes) of the payload, most files first.

    Nothing for a record that is broken or longer than `limit` bytes. Objects are let go of as they are counted. Raises
    OSError where the record cannot be read.
    """
    from lxml import etree

    files: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str]] = Counter()
    parser: Any = etree.XMLPullParser(
        ("end",), tag=[f"{_PREMIS}{name}" for name in ("object", "event", *LISTED)], resolve_entities=False,
        no_network=True, load_dtd=False,
    )  # fmt: skip
    try:
        for chunk in chunks:
            limit -= len(chunk)
            if limit < 0:
                return ()
            parser.feed(chunk)
            for _event, element in parser.read_events():
                if not shorten_list(element):
                    _count(element, files, sizes)
                    let_go(element)
        parser.close()
    except etree.XMLSyntaxError:
        return ()
    return tuple((*row, count, sizes[row]) for row, count in files.most_common())


def _count(element: Any, files: Counter[tuple[str, str]], sizes: Counter[tuple[str, str]]) -> None:
    key = element.findtext(f".//{_PREMIS}formatRegistryKey") or ""
    name = element.findtext(f".//{_PREMIS}formatName")
    place = element.findtext(f".//{_PREMIS}contentLocationType") or ""
    if name is not None and not is_earlier(place):
        size = element.findtext(f".//{_PREMIS}size") or "0"
        row = (_clean(key), _clean(name))
        files[row] += 1
        sizes[row] += int(size) if size.isascii() and size.isdigit() else 0


def _clean(text: str) -> str:
    return " ".join(text.split())[:200]
