"""A large document with very many schema faults, judged in time that grows with its length only.

The schema processor names the place of each fault by a path, and counts the siblings of every element on the way to it:
thousands of faults among thousands of siblings take minutes. Where the document is read as a stream it has no path to
write. So a large document is first counted through as a stream, and only one with few faults is left to the tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from archive.formats import mets_reading, premis_reading
from archive.formats.xml_elements import line_of, namespace_of
from archive.model.light import light_dataclass
from archive.stages.validation.records.notes import KEPT

if TYPE_CHECKING:
    from lxml.etree import _Element

_LARGE = 5000
"""A document with fewer elements and attributes than this is judged as a tree, whatever is wrong with it."""

_MANY = 1000
"""So many faults are still for the tree."""

_COUNTED = 100_000
"""Counting ends here: the document is invalid, and each fault that the processor remembers takes memory."""

_CHUNK = 1 << 16
_IDS = {
    mets_reading.METS: "ID", premis_reading.PREMIS_3: "xmlID",
    "urn:isbn:1-931666-22-9": "id", "http://ead3.archivists.org/schema/": "id",
}  # fmt: skip
"""The attribute of type xs:ID in the namespaces of the shipped schemas: a stream does not compare its values."""


@light_dataclass(frozen=True, slots=True)
class ManyFaults:
    """How many faults were counted, and the first of them: line and problem."""

    count: int
    listed: list[tuple[int, str]]


def find_many_faults(schema: Any, element: _Element) -> ManyFaults | None:
    """The faults of a large document that has too many for the tree; None where it has not."""
    if sum(1 + len(one.attrib) for one in islice(element.iter("*"), _LARGE)) < _LARGE:
        return None
    repeated, first = _find_repeated(element)
    content = _text_of(element)
    count, start = _count(schema, content)
    if count <= _MANY and repeated <= _MANY:
        return None
    listed = first[:KEPT]
    if count > _MANY:
        listed = sorted([*_locate(schema, content, start, element), *first])[:KEPT]
    return ManyFaults(count + repeated, listed)


def _find_repeated(element: _Element) -> tuple[int, list[tuple[int, str]]]:
    """How many elements have an ID that another has, and the first."""
    seen: set[str] = set()
    count, first = 0, []
    for one in element.iter("*"):
        value = one.get(_IDS.get(namespace_of(one), "ID"))
        if value is None or namespace_of(one) not in _IDS:
            continue
        if value in seen:
            count += 1
            if count <= KEPT:
                first.append((line_of(one) or 0, f"The ID '{value}' is used by another element, too."))
        seen.add(value)
    return count, first


def _text_of(element: _Element) -> bytes:
    from lxml import etree

    return etree.tostring(element, encoding="utf-8", with_tail=False)


class _Nothing:
    """Takes what is parsed: nothing is kept."""

    def close(self) -> None:
        """The document is over."""


def _parser(schema: Any) -> Any:
    from lxml import etree

    target: Any = _Nothing()
    return etree.XMLParser(target=target, schema=schema, huge_tree=True, resolve_entities=False, no_network=True)


def _count(schema: Any, content: bytes) -> tuple[int, int]:
    """The faults, up to about `_COUNTED`, and where the piece begins in which the first one is."""
    parser = _parser(schema)
    count, first = 0, len(content)
    for start in range(0, len(content), _CHUNK):
        parser.feed(content[start : start + _CHUNK])
        count = len(parser.feed_error_log)
        if count and first > start:
            first = start
        if count > _COUNTED:
            break
    return count, first


def _locate(schema: Any, content: bytes, start: int, element: _Element) -> Iterator[tuple[int, str]]:
    """The first faults with their lines. They are in `content` from `start` on, where it is fed tag by tag."""
    parser = _parser(schema)
    parser.feed(content[:start])
    elements = element.iter("*")
    here: Any = element
    for _ in range(_count_elements(content[:start])):
        here = next(elements, here)
    known = 0
    while known < KEPT and start < len(content):
        end = content.find(b">", start) + 1 or len(content)
        piece = content[start:end]
        parser.feed(piece)
        for _ in range(_count_elements(piece)):
            here = next(elements, here)
        start = end
        faults = parser.feed_error_log
        for fault in faults[known:] if len(faults) > known else ():
            yield line_of(here) or 0, fault.message
        known = len(faults)


def _count_elements(content: bytes) -> int:
    """The start tags that begin in `content`, which has no CDATA; a tag in a comment counts as one, too."""
    return content.count(b"<") - content.count(b"</") - content.count(b"<!") - content.count(b"<?")
