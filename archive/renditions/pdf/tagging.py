"""The structure tree, its parent tree and the link annotations (ISO 32000-1, 14.7; ISO 14289-1, 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.renditions.pdf.objects import dictionary, name, to_pdf
from archive.renditions.typesetting.structure import Area, Element, Mark

_PRINT = 4


@dataclass(frozen=True, slots=True)
class _Places:
    """What the kids of elements point to: the pages, and the annotation of each area."""

    pages: Sequence[Any]
    annotations: Mapping[Area, Any]


def tag(writer: Any, root: Element, marks: Sequence[Sequence[Element]], links: Sequence[tuple[Element, Area]]) -> None:
    """Write the tree of `root` into the pypdf `writer`, whose pages have the marked sequences of `marks`."""
    pages = [page.indirect_reference for page in writer.pages]
    tree = dictionary({"Type": name("StructTreeRoot")})
    tree_reference = writer._add_object(tree)
    references = _write(writer, root, tree_reference, _Places(pages, _annotate(writer, pages, links)))
    numbers: list[Any] = []
    for page, elements in enumerate(marks):
        numbers += [page, writer._add_object(to_pdf([references[element] for element in elements]))]
        writer.pages[page][name("StructParents")] = to_pdf(page)
        writer.pages[page][name("Tabs")] = name("S")
    for number, (element, _) in enumerate(links):
        numbers += [len(pages) + number, references[element]]
    tree.update(
        dictionary(
            {
                "K": references[root],
                "ParentTree": writer._add_object(dictionary({"Nums": numbers})),
                "ParentTreeNextKey": len(pages) + len(links),
            }
        )
    )
    writer.root_object[name("StructTreeRoot")] = tree_reference


def _annotate(writer: Any, pages: Sequence[Any], links: Sequence[tuple[Element, Area]]) -> dict[Area, Any]:
    made = {}
    lists: dict[int, list[Any]] = {}
    for number, (element, area) in enumerate(links):
        annotation = dictionary(
            {
                "Type": name("Annot"),
                "Subtype": name("Link"),
                "Rect": area.box,
                "Border": [0, 0, 0],
                "F": _PRINT,
                "Contents": element.link,
                "StructParent": len(pages) + number,
                "P": pages[area.page],
                "A": dictionary({"S": name("URI"), "URI": _address(element.link or "")}),
            }
        )
        made[area] = writer._add_object(annotation)
        lists.setdefault(area.page, []).append(made[area])
    for page, listed in lists.items():
        writer.pages[page][name("Annots")] = to_pdf(listed)
    return made


def _address(link: str) -> bytes:
    """A URI in ASCII (ISO 32000-1, 12.6.4.7): what is not ASCII is percent-encoded as UTF-8."""
    return b"".join(
        chr(byte).encode() if 0x20 < byte < 0x7F else f"%{byte:02X}".encode()
        for byte in link.encode("utf-8", "replace")
    )


def _write(writer: Any, root: Element, parent: Any, places: _Places) -> dict[Element, Any]:
    """Every element as an object, without recursion: lists may be nested deeper than Python's stack."""
    references: dict[Element, Any] = {}
    stack: list[tuple[Element, Any]] = [(root, parent)]
    order = []
    while stack:
        element, above = stack.pop()
        entries = dictionary(
            {
                "Type": name("StructElem"),
                "S": name(element.kind),
                "P": above,
                "Lang": element.language,
                "Alt": element.alternative,
                "A": _attributes(element.attributes) if element.attributes else None,
            }
        )
        references[element] = writer._add_object(entries)
        order.append((element, entries))
        stack += [(kid, references[element]) for kid in reversed(element.kids) if isinstance(kid, Element)]
    for element, entries in order:
        first = next((kid.page for kid in element.kids if isinstance(kid, Mark | Area)), None)
        if first is not None:
            entries[name("Pg")] = places.pages[first]
        kids = [_kid(kid, first, places, references) for kid in element.kids]
        if kids:
            entries[name("K")] = to_pdf(kids[0] if len(kids) == 1 else kids)
    return references


def _kid(kid: Element | Mark | Area, page: int | None, places: _Places, references: Mapping[Element, Any]) -> Any:
    if isinstance(kid, Element):
        return references[kid]
    if isinstance(kid, Area):
        return dictionary({"Type": name("OBJR"), "Obj": places.annotations[kid], "Pg": places.pages[kid.page]})
    if kid.page == page:
        return kid.number
    return dictionary({"Type": name("MCR"), "Pg": places.pages[kid.page], "MCID": kid.number})


def _attributes(attributes: Mapping[str, Mapping[str, str | float | tuple[float, ...]]]) -> Any:
    made = [
        dictionary(
            {
                "O": name(owner),
                **{key: name(value) if isinstance(value, str) else value for key, value in values.items()},
            }
        )
        for owner, values in attributes.items()
    ]
    return made[0] if len(made) == 1 else to_pdf(made)
