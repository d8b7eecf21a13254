"""The structure tree, its parent tree and the link annotations (ISO 32000-1, 14.7; ISO 14289-1, 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.renditions.pdf.file import PdfFile
from archive.renditions.pdf.objects import NULL, Pdf, array, dictionary, name
from archive.renditions.pdf.painting import Place
from archive.renditions.typesetting.structure import Area, Element, Mark

_PRINT = 4


@dataclass(frozen=True, slots=True)
class _Places:
    """What the kids of elements point to: the pages, and the annotation of each area."""

    pages: Sequence[Pdf]
    annotations: Mapping[Area, Pdf]


def tag(
    file: PdfFile,
    root: Element,
    marks: Sequence[Sequence[Element]],
    links: Sequence[tuple[Element, Area]],
    places: Mapping[Element, Place],
) -> None:
    """Write the tree of `root` into `file`, whose pages have the marked sequences of `marks`."""
    pages = file.pages
    tree = file.reserve()
    references = _write(file, root, tree, _Places(pages, _annotate(file, pages, links, places)))
    numbers: list[Any] = []
    for page, elements in enumerate(marks):
        numbers += [page, file.add(array([references[element] for element in elements]))]
    for number, (element, _) in enumerate(links):
        numbers += [len(pages) + number, references[element]]
    entries = {
        "Type": name("StructTreeRoot"),
        "K": references[root],
        "ParentTree": file.add(dictionary({"Nums": numbers})),
        "ParentTreeNextKey": len(pages) + len(links),
    }
    file.put(tree, dictionary(entries))
    file.catalog["StructTreeRoot"] = tree


def _annotate(
    file: PdfFile, pages: Sequence[Pdf], links: Sequence[tuple[Element, Area]], places: Mapping[Element, Place]
) -> dict[Area, Pdf]:
    anchors = {element.anchor: place for element, place in places.items() if element.anchor}
    made = {}
    lists: dict[int, list[Pdf]] = {}
    for number, (element, area) in enumerate(links):
        annotation = dictionary(
            {
                "Type": name("Annot"),
                "Subtype": name("Link"),
                "Rect": area.box,
                "Border": [0, 0, 0],
                "F": _PRINT,
                "Contents": element.link or element.title or element.target,
                "StructParent": len(pages) + number,
                "P": pages[area.page],
                "A": _action(element, pages, anchors),
            }
        )
        made[area] = file.add(annotation)
        lists.setdefault(area.page, []).append(made[area])
    for page, listed in lists.items():
        file.annotate(page, listed)
    return made


def _action(element: Element, pages: Sequence[Pdf], anchors: Mapping[str, Place]) -> Pdf:
    if element.link:
        return dictionary({"S": name("URI"), "URI": _address(element.link)})
    place = anchors.get(element.target or "", Place(0, 0.0, 0.0))
    return dictionary({"S": name("GoTo"), "D": destination(pages, place)})


def destination(pages: Sequence[Pdf], place: Place) -> Pdf:
    """A place of the file, at the zoom that the reader has (ISO 32000-1, 12.3.2.2)."""
    return array((pages[place.page], name("XYZ"), place.left, place.top, NULL))


def _address(link: str) -> str:
    """A URI in ASCII (ISO 32000-1, 12.6.4.7): what is not ASCII is percent-encoded as UTF-8."""
    return "".join(chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}" for byte in link.encode("utf-8", "replace"))


def _write(file: PdfFile, root: Element, parent: Pdf, places: _Places) -> dict[Element, Pdf]:
    """Every element as an object, without recursion: lists may be nested deeper than Python's stack."""
    references: dict[Element, Pdf] = {}
    stack: list[tuple[Element, Pdf]] = [(root, parent)]
    order = []
    while stack:
        element, above = stack.pop()
        references[element] = file.reserve()
        order.append((element, above))
        stack += [(kid, references[element]) for kid in reversed(element.kids) if isinstance(kid, Element)]
    for element, above in order:
        first = next((kid.page for kid in element.kids if isinstance(kid, Mark | Area)), None)
        kids = [_kid(kid, first, places, references) for kid in element.kids]
        entries = {
            "Type": name("StructElem"),
            "S": name(element.kind),
            "P": above,
            "Lang": element.language,
            "Alt": element.alternative,
            "A": _attributes(element.attributes) if element.attributes else None,
            "Pg": None if first is None else places.pages[first],
            "K": (kids[0] if len(kids) == 1 else kids) if kids else None,
        }
        file.put(references[element], dictionary(entries))
    return references


def _kid(kid: Element | Mark | Area, page: int | None, places: _Places, references: Mapping[Element, Pdf]) -> Any:
    if isinstance(kid, Element):
        return references[kid]
    if isinstance(kid, Area):
        return dictionary({"Type": name("OBJR"), "Obj": places.annotations[kid], "Pg": places.pages[kid.page]})
    if kid.page == page:
        return kid.number
    return dictionary({"Type": name("MCR"), "Pg": places.pages[kid.page], "MCID": kid.number})


def _attributes(attributes: Mapping[str, Mapping[str, str | float | tuple[float, ...]]]) -> Pdf:
    made = [
        dictionary(
            {
                "O": name(owner),
                **{key: name(value) if isinstance(value, str) else value for key, value in values.items()},
            }
        )
        for owner, values in attributes.items()
    ]
    return made[0] if len(made) == 1 else array(made)
