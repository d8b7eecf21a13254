"""Going through a PREMIS document for its judge: at once when it is small, as a stream when it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from archive.formats.premis_reading import ENTITIES, version_of
from archive.formats.xml_elements import children, line_of, local_name, namespace_of
from archive.formats.xml_safety import DEFAULT_LIMITS, XmlLimits, stream_xml
from archive.model.codes import premis as codes
from archive.stages.validation import record_schemas
from archive.stages.validation.record_notes import Notes
from archive.stages.validation.records_premis import LINK_ELEMENTS, PremisJudge
from archive.stages.validation.records_premis_structure import STRUCTURE

if TYPE_CHECKING:
    from lxml.etree import _Element

OnObject = Callable[["_Element"], None]

_KEPT_LINKS = 500
_RELATED = ("relatedObjectIdentifier", "relatedObjectIdentification")
_VERSIONS = {"3": ("3.0",), "2": ("2.0", "2.1", "2.2", "2.3"), "1": ("1.0", "1.1")}


def _ignore(element: _Element) -> None:
    del element


def judge_premis(root: _Element, notes: Notes, on_object: OnObject = _ignore) -> None:
    """Judge a whole document; `on_object` is called with each object."""
    version = version_of(namespace_of(root))
    container = local_name(root) == "premis"
    if version == "3":
        record_schemas.check_schema(record_schemas.PREMIS, root, notes)
    judge = PremisJudge(notes, own_schema=False)
    order = _Order(notes)
    for entity in children(root) if container else (root,):
        name = local_name(entity)
        if version != "3" or not container:
            order.meet(name, line_of(entity))
        if name not in ENTITIES:
            continue
        judge.take(entity)
        if name == "object":
            on_object(entity)
    if container and version != "3":
        _check_version(root.get("version"), version or "", notes)
        order.end(line_of(root), needs_object=version in ("1", "2"))
    judge.finish(alone=not container)


def stream_premis(
    chunks: Iterable[bytes],
    namespace: str,
    notes: Notes,
    on_object: OnObject = _ignore,
    limits: XmlLimits = DEFAULT_LIMITS,
) -> None:
    """Judge a document of any size whose root is a `premis` container: each entity is let go once it was judged.

    Raises `XmlRefusedError`.
    """
    tags = [f"{{{namespace}}}{name}" for name in (*ENTITIES, *sorted(LINK_ELEMENTS), *_RELATED)]
    judge, order = PremisJudge(notes), _Order(notes)
    opened: dict[_Element, int] = {}
    kept: dict[_Element, int] = {}
    root: _Element | None = None
    version = version_of(namespace) or ""
    for element in stream_xml(chunks, tags, subject=notes.subject, limits=limits):
        parent = element.getparent()
        if parent is None:
            continue
        name = local_name(element)
        if name in ENTITIES:
            if parent.getparent() is not None:
                continue
            if root is None:
                root = parent
                _check_version(root.get("version"), version, notes)
            order.meet(name, line_of(element))
            judge.take(element, opened=opened.get(element))
            if name == "object":
                on_object(element)
            opened.clear()
            kept.clear()
            _let_go(element, parent, order)
            continue
        entity = parent.getparent() if name in _RELATED else parent
        if entity is None or local_name(entity) not in ("object", "event"):
            continue
        kept[parent] = kept.get(parent, 0) + 1
        if kept[parent] > _KEPT_LINKS:
            if entity not in opened:
                opened[entity] = judge.open(entity)
            judge.take_link(opened[entity], element)
            parent.remove(element)
    if root is not None:
        for left in children(root):
            order.meet(local_name(left), line_of(left))
    order.end(0, needs_object=True)
    judge.finish()


def _let_go(element: _Element, parent: _Element, order: _Order) -> None:
    """Free an entity that was judged, and all that stands before it."""
    element.clear()
    while len(parent) > 1 and parent[0] is not element:
        if isinstance(parent[0].tag, str) and local_name(parent[0]) not in ENTITIES:
            order.meet(local_name(parent[0]), line_of(parent[0]))
        del parent[0]


class _Order:
    """Objects, then events, agents and rights; nothing else beside them."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._last = 0
        self._objects = 0

    def meet(self, name: str, line: int) -> None:
        if name not in ENTITIES:
            if name not in STRUCTURE["premis"]:
                self._notes.add(codes.NO_OBJECT, line, problem=f"<{name}> is not allowed here")
            return
        place = ENTITIES.index(name)
        self._objects += place == 0
        if place < self._last:
            self._notes.add(codes.NO_OBJECT, line, problem=f"<{name}> comes after <{ENTITIES[self._last]}>")
        self._last = max(self._last, place)

    def end(self, line: int, *, needs_object: bool) -> None:
        if needs_object and not self._objects:
            self._notes.add(codes.NO_OBJECT, line, problem="there is no object")


def _check_version(written: str | None, version: str, notes: Notes) -> None:
    if version == "1":
        return
    allowed = _VERSIONS[version]
    if written not in allowed:
        found = f'version="{written}"' if written else "no version"
        notes.add(codes.MIXED_VERSIONS, None, found=f"the namespace of version {version} and {found} on the root")
