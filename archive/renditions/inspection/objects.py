"""Walks a PDF's objects: each once, however they point at each other, and not without end."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, IndirectObject, PdfObject

UNREADABLE = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
MOST_OBJECTS = 400_000
MOST_CONTENT_BYTES = 24 << 20
DEEPEST = 60


def resolve(value: Any) -> Any:
    """What `value` stands for; None where it leads nowhere or in a circle."""
    for _ in range(32):
        if not isinstance(value, IndirectObject):
            return value
        try:
            value = value.get_object()
        except UNREADABLE:
            return None
    return None


def member(holder: Any, key: str) -> Any:
    """The resolved member `key` of a dictionary; None where there is none."""
    return resolve(holder.raw_get(key)) if isinstance(holder, DictionaryObject) and key in holder else None


def dictionary(holder: Any, key: str) -> DictionaryObject:
    """The member `key` where it is a dictionary, else an empty one."""
    found = member(holder, key)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def array(holder: Any, key: str) -> list[Any]:
    """The resolved elements of the member `key` where it is an array, else none."""
    found = member(holder, key)
    return [resolve(item) for item in found] if isinstance(found, ArrayObject) else []


def is_true(holder: Any, key: str) -> bool:
    """Whether the member `key` is the boolean true."""
    found = member(holder, key)
    return isinstance(found, BooleanObject) and found.value is True


def walk_dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary and stream that the trailer leads to, each once, at most `MOST_OBJECTS` objects."""
    seen: set[Any] = set()
    pending: list[Any] = [reader.trailer]
    looked = 0
    while pending and looked < MOST_OBJECTS:
        value = pending.pop()
        looked += 1
        if isinstance(value, IndirectObject):
            key = (value.idnum, value.generation)
            if key in seen:
                continue
            seen.add(key)
            value = resolve(value)
        if isinstance(value, DictionaryObject):
            yield value
            pending.extend(part for part in value.values() if _leads_on(part))
        elif isinstance(value, ArrayObject):
            pending.extend(part for part in value if _leads_on(part))


def _leads_on(value: PdfObject) -> bool:
    return isinstance(value, IndirectObject | DictionaryObject | ArrayObject)


def walk_pages(reader: PdfReader) -> tuple[list[DictionaryObject], str | None]:
    """The pages in order, and what is wrong with their tree or None. Circles and great depth end the walk."""
    root = dictionary(reader.trailer, "/Root")
    seen: set[int] = set()
    pages: list[DictionaryObject] = []
    problem = None
    pending: list[tuple[Any, int]] = [(member(root, "/Pages"), 0)]
    while pending:
        node, depth = pending.pop()
        if not isinstance(node, DictionaryObject):
            problem = problem or "a node is not a dictionary"
            continue
        if id(node) in seen:
            problem = problem or "it contains a node twice"
            continue
        seen.add(id(node))
        if len(seen) > MOST_OBJECTS or depth > 500:
            return pages, "it is too large or too deep"
        if "/Kids" in node:
            pending.extend((kid, depth + 1) for kid in reversed(array(node, "/Kids")))
        else:
            pages.append(node)
    count = member(dictionary(root, "/Pages"), "/Count")
    if problem is None and isinstance(count, int) and count != len(pages):
        problem = f"it says {int(count)} pages and has {len(pages)}"
    return pages, problem
