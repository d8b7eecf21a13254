"""Bookmarks: one for each heading, nested as the headings are (ISO 32000-1, 12.3.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.renditions.pdf.file import PdfFile
from archive.renditions.pdf.objects import Pdf, dictionary, name
from archive.renditions.pdf.painting import Place
from archive.renditions.pdf.tagging import destination
from archive.renditions.typesetting.structure import Element

_LONGEST = 200


@dataclass(slots=True, eq=False)
class _Bookmark:
    title: str
    place: Place
    level: int
    below: list[_Bookmark] = field(default_factory=list)

    def count(self) -> int:
        return sum(1 + one.count() for one in self.below)


def add_outline(file: PdfFile, places: Mapping[Element, Place]) -> None:
    """Write a bookmark for every heading in `places`, which are in the order of the text."""
    top = _Bookmark("", Place(0, 0.0, 0.0), 0)
    open_ones = [top]
    for element, place in places.items():
        if element.title is None or element.kind[0] != "H":
            continue
        bookmark = _Bookmark(element.title[:_LONGEST], place, int(element.kind[1:]))
        while open_ones[-1].level >= bookmark.level:
            open_ones.pop()
        open_ones[-1].below.append(bookmark)
        open_ones.append(bookmark)
    if top.below:
        pages = file.pages
        root: dict[str, Any] = {"Type": name("Outlines")}
        reference = file.reserve()
        _write(file, root, reference, top, pages)
        file.put(reference, dictionary(root))
        file.catalog["Outlines"] = reference


def _write(
    file: PdfFile, above: dict[str, Any], above_reference: Pdf, bookmark: _Bookmark, pages: Sequence[Pdf]
) -> None:
    references = [file.reserve() for _ in bookmark.below]
    for number, one in enumerate(bookmark.below):
        entry = {
            "Title": one.title,
            "Parent": above_reference,
            "Dest": destination(pages, one.place),
            "Prev": references[number - 1] if number else None,
            "Next": references[number + 1] if number + 1 < len(references) else None,
        }
        if one.below:
            _write(file, entry, references[number], one, pages)
        file.put(references[number], dictionary(entry))
    above["First"], above["Last"] = references[0], references[-1]
    above["Count"] = bookmark.count()
