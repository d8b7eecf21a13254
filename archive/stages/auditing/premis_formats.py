"""The formats of a bag's files, counted from its PREMIS record as it streams by."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

from archive.stages.auditing.entering import FormatRow

_PREMIS = "{http://www.loc.gov/premis/v3}"


def count_formats(record: bytes) -> tuple[FormatRow, ...]:
    """(PRONOM key or "", format name, files, bytes) of the payload, most files first. A broken record gives nothing."""
    from lxml import etree

    files: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str]] = Counter()
    try:
        for _event, element in etree.iterparse(
            BytesIO(record), tag=f"{_PREMIS}object", resolve_entities=False, no_network=True, load_dtd=False
        ):
            key = element.findtext(f".//{_PREMIS}formatRegistryKey") or ""
            name = element.findtext(f".//{_PREMIS}formatName")
            if name is not None:
                size = element.findtext(f".//{_PREMIS}size") or "0"
                row = (_clean(key), _clean(name))
                files[row] += 1
                sizes[row] += int(size) if size.isascii() and size.isdigit() else 0
            element.clear()
    except etree.XMLSyntaxError:
        return ()
    return tuple((*row, count, sizes[row]) for row, count in files.most_common())


def _clean(text: str) -> str:
    return " ".join(text.split())[:200]
