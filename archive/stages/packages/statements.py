"""Dublin Core of packages as muniment's statements: the terms of DCMI, each with the document that says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archive.errors import UsageError
from archive.formats.dspace_saf import FIELDS
from archive.formats.dublin_core_reading import find_containers, read_statements
from archive.formats.language import require_language
from archive.model.description import TERMS, Origin, Statement

if TYPE_CHECKING:
    from lxml.etree import _Element

_OF_DSPACE = {
    f"dc.{element}" if qualifier is None else f"dc.{element}.{qualifier}": term
    for term, (element, qualifier) in reversed(FIELDS.items())
}
"""The property of each field of DSpace; where several properties share one, the first."""


def statement(
    term: str, value: object, by: str, language: str | None = None, about: str | None = None
) -> Statement | None:
    """What a document says; None for what is empty or no text, or has no such property."""
    if not isinstance(value, str) or not value.strip() or term not in TERMS:
        return None
    try:
        tag = require_language(language)
    except UsageError:
        tag = None
    return Statement(term, value.strip(), tag, source=Origin.DOCUMENT, by=by, about=about)


def read_dublin_core(root: _Element, by: str, about: str | None = None) -> Iterator[Statement]:
    """The statements of every Dublin Core record in a document, in the terms of DCMI; others are left out."""
    for container in find_containers(root):
        for view in read_statements(container):
            name = _OF_DSPACE.get(view.name) or view.name.removeprefix("dcterms:").removeprefix("dc:")
            found = statement(name, view.value, by, view.language, about)
            if found is not None:
                yield found


def each_once(statements: Iterable[Statement | None]) -> tuple[Statement, ...]:
    """The statements without those that repeat an earlier one in the same words."""
    seen: dict[tuple[str, str, str | None, str | None], Statement] = {}
    for one in statements:
        if one is not None:
            seen.setdefault((one.property, one.value, one.language, one.about), one)
    return tuple(seen.values())
