"""Going through a PREMIS document for its judge: at once when it is small, as a stream when it is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from archive.formats.premis_reading import ENTITIES, RELATED_EVENTS, RELATED_OBJECTS, read_identifier, version_of
from archive.formats.xml_elements import child_text, children, line_of, local_name, namespace_of
from archive.formats.xml_safety import DEFAULT_LIMITS, XmlFeed, XmlLimits, open_feed, stream_xml
from archive.model.codes import xml as xml_codes
from archive.stages.validation.records import schemas as record_schemas
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.premis import LINK_ELEMENTS, PremisJudge
from archive.stages.validation.records.premis_links import key_of
from archive.stages.validation.records.premis_order import EntityOrder, check_version
from archive.stages.validation.records.premis_shapes import KINDS, RUNS, ObjectFacts, Shape, Shapes

if TYPE_CHECKING:
    from lxml.etree import _Element

OnObject = Callable[["_Element"], None]

_KEPT_LINKS = 500
_LARGE = 1 << 16
_PADDING = 1 << 16
MOST_ERRORS = 50_000
"""A record with more errors is not read to its end."""
_ALLOWED_ATTRIBUTES = ("{http://www.w3.org/2001/XMLSchema-instance}", "{http://www.w3.org/XML/1998/namespace}")


def _ignore(element: _Element) -> None:
    del element


def judge_premis(root: _Element, notes: Notes, on_object: OnObject = _ignore) -> None:
    """Judge a whole document; `on_object` is called with each object."""
    version = version_of(namespace_of(root))
    container = local_name(root) == "premis"
    if version == "3":
        record_schemas.check_schema(record_schemas.PREMIS, root, notes)
    judge = PremisJudge(notes, own_schema=False)
    order = EntityOrder(notes)
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
        check_version(root.get("version"), version or "", notes)
        order.end(line_of(root), needs_object=version in ("1", "2"))
    judge.finish(alone=not container)


def stream_premis(
    chunks: Iterable[bytes],
    namespace: str,
    notes: Notes,
    facts: ObjectFacts | None = None,
    limits: XmlLimits = DEFAULT_LIMITS,
    *,
    by_shape: bool = True,
    again: Callable[[], Iterable[bytes]] | None = None,
) -> None:
    """Judge a document of any size whose root is a `premis` container: each entity is let go once it was judged.

    `facts` is told of every object. `by_shape` judges entities that differ only in their free values by these; the
    findings are the same without it. `again` gives the document once more: with it, identifiers need no memory.
    Raises `XmlRefusedError`.
    """
    names = None if again is None else partial(_find_names, again, namespace, limits)
    tags = [f"{{{namespace}}}{name}" for name in (*ENTITIES, *sorted(LINK_ELEMENTS), *RELATED_OBJECTS)]
    feed, pieces = open_feed(chunks, tags, subject=notes.subject, limits=limits)
    version = version_of(namespace) or ""
    stream = _PremisStream(feed, _Window(pieces), PremisJudge(notes, names=names), facts, version=version)
    stream.judge(by_shape=by_shape and version == "3")


_IDENTIFIED = ("objectIdentifier", "eventIdentifier", "agentIdentifier", "rightsStatementIdentifier")


def _find_names(
    again: Callable[[], Iterable[bytes]], namespace: str, limits: XmlLimits, wanted: set[int]
) -> dict[int, tuple[str, str]]:
    """The types and values of identifiers by their numbers, from the document read once more."""
    names = (*_IDENTIFIED, "permissionStatementIdentifier", *sorted(LINK_ELEMENTS), *RELATED_OBJECTS, *RELATED_EVENTS)
    found: dict[int, tuple[str, str]] = {}
    for element in stream_xml(again(), [f"{{{namespace}}}{name}" for name in names], limits=limits):
        identifier = read_identifier(element)
        key = key_of(identifier.type, identifier.value)
        if key in wanted:
            found[key] = identifier.key
            if len(found) == len(wanted):
                break
        parent = element.getparent()
        element.clear()
        while parent is not None and len(parent) > 1:
            del parent[0]
    return found


class _Window:
    """The bytes of a document that are at hand, and where in them the reading is."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.data = b""
        self.at = 0

    def more(self) -> bool:
        """Bring in another piece; False at the end of the document."""
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self.data = self.data[self.at :] + piece
        self.at = 0
        return True

    def take(self, end: int) -> bytes:
        """The bytes up to `end`; the reading goes on behind them."""
        taken = self.data[self.at : end]
        self.at = end
        return taken


class _PremisStream:
    """One document while it is judged.

    The parser gets all bytes but those of entities and links whose shape is known. Where it is in the document is known
    exactly after an end tag, as long as no comment, instruction or CDATA section came with it: from there on bytes are
    compared, and what was compared is replaced by white space, so that lines stay as they are.
    """

    def __init__(
        self, feed: XmlFeed, window: _Window, judge: PremisJudge, facts: ObjectFacts | None, *, version: str
    ) -> None:
        self._feed = feed
        self._window = window
        self._judge = judge
        self._notes = notes = judge.notes
        self._facts = facts
        self._version = version
        self._by_shape = False
        self._order = EntityOrder(notes)
        self._shapes: Shapes | None = None
        self._boundary = re.compile(rb"</[^<>]{1,80}>")
        self._entity = re.compile(rb"(?!)")
        self._root: _Element | None = None
        self._prefix = ""
        self._line = 1
        self._padding = 0
        self._last = ""
        self._top = False
        self._link: _Element | None = None
        self._written = b""
        self._opened: dict[_Element, int] = {}
        self._kept: dict[_Element, int] = {}

    def judge(self, *, by_shape: bool) -> None:
        """Go through the document, then judge what only the whole of it shows; not of one with very many errors."""
        self._by_shape = by_shape
        window = self._window
        while window.at < len(window.data) or window.more():
            if self._notes.errors > MOST_ERRORS:
                self._notes.add(xml_codes.TOO_MANY_FAULTS, self._line, limit=MOST_ERRORS)
                return
            if not ((self._top and self._take_shape()) or (self._link is not None and self._take_run())):
                self._parse_on()
        self._pad()
        self._feed.close()
        if self._root is not None:
            self._check_text(self._root.text, self._root)
            for left in self._root:
                if isinstance(left.tag, str):
                    self._order.meet(local_name(left), line_of(left))
                self._check_text(left.tail, left)
        self._order.end(0, needs_object=True)
        self._judge.finish()

    def _take_shape(self) -> bool:
        """Judge the next entity by its shape, or at least have it whole for the parser. False where it is too large."""
        window, shapes = self._window, self._shapes
        if shapes is None:
            return False
        kind = KINDS[self._last] if self._order.last == self._last and self._last in KINDS else -1
        if (found := shapes.take_like_last(kind, window.data, window.at, self._line)) is not None:
            self._pass_over(*found)
            return True
        while True:
            start = self._entity.match(window.data, window.at)
            name = "" if start is None else start[1].decode()
            closing = f"</{self._prefix}{name}>".encode()
            end = -1 if start is None else window.data.find(closing, start.end(), window.at + _LARGE)
            if end >= 0 or len(window.data) - window.at >= _LARGE or not window.more():
                break
        if end < 0:
            self._top = False
            return False
        end += len(closing)
        chunk = window.data[window.at : end]
        parts, values = shapes.split(chunk)
        if name == self._last == self._order.last and (shape := shapes.take(parts, values, self._line)) is not None:
            self._pass_over(shape, end)
            return True
        window.at = end
        self._parse(chunk, (parts, values))
        return True

    def _pass_over(self, shape: Shape, end: int) -> None:
        """Go on behind an entity that was judged by its shape."""
        self._window.at = end
        self._line += shape.lines
        self._padding += shape.lines
        if self._padding > _PADDING:
            self._pad()

    def _take_run(self) -> bool:
        """Take the links that follow the last one and are written as it is. False where there are none."""
        link, window = self._link, self._window
        self._link = None
        parent = None if link is None else link.getparent()
        if link is None or self._shapes is None or parent is None:
            return False
        run, entity = self._shapes.run_of(link, self._written), self._entity_of(link, parent)
        if run is None or entity is None:
            return False
        while len(window.data) - window.at < _LARGE and window.more():
            pass
        values, end = run.take(window.data, window.at)
        if not values:
            return False
        graph, lines = self._judge.graph, run.between.count(b"\n")
        kind = child_text(link, f"{local_name(link)}Type") or ""
        subtype = child_text(parent, "relationshipSubType") or "" if local_name(link) in RELATED_OBJECTS else None
        first = self._line + run.before.count(b"\n", 0, run.before.index(b">"))
        keys = [key_of(kind, value) for value in values]
        graph.link_keys(self._number_of(entity), graph.sort_of(local_name(link), subtype), keys, first, lines)
        self._line += lines * len(values)
        self._padding += lines * len(values)
        window.at = end
        return True

    def _parse_on(self) -> None:
        """Give the parser the bytes up to the next end tag that may let bytes be compared again."""
        window = self._window
        found = self._boundary.search(window.data, window.at) if self._by_shape else None
        self._parse(window.take(len(window.data) if found is None else found.end()), None)

    def _parse(self, piece: bytes, split: tuple[tuple[bytes, ...], list[bytes]] | None) -> None:
        self._pad()
        elements = self._feed.take(piece)
        plain = b"<!" not in piece and b"<?" not in piece
        self._line += piece.count(b"\n")
        self._top = False
        for element in elements:
            self._meet(element, split if plain and element is elements[-1] else None)
        if not self._by_shape or not elements or not plain:
            return
        last = elements[-1]
        name = local_name(last)
        if not piece.endswith(f"</{self._prefix}{name}>".encode()):
            return
        if name in KINDS and last.getparent() is self._root:
            self._top = True
        elif name in RUNS and last.getparent() is not None:
            tag = f"<{self._prefix}{name}>".encode()
            start = piece.rfind(tag)
            before = piece[:start].rstrip()
            if start >= 0 and (not before or before.endswith(b">")):
                self._link, self._written = last, piece[len(before) :]

    def _meet(self, element: _Element, split: tuple[tuple[bytes, ...], list[bytes]] | None) -> None:
        """An entity or a link has ended."""
        parent = element.getparent()
        if parent is None:
            return
        name = local_name(element)
        if name in ENTITIES:
            if parent.getparent() is not None:
                return
            if self._root is None:
                self._begin(parent, element)
            self._order.meet(name, line_of(element))
            before = self._notes.total
            self._judge.take(element, opened=self._opened.get(element))
            if split is not None and self._shapes is not None and name in KINDS and self._notes.total == before:
                self._shapes.learn(element, *split)
            if name == "object" and self._facts is not None:
                self._facts.take(element)
            self._last = name
            self._opened.clear()
            self._kept.clear()
            self._let_go(element, parent)
            return
        entity = self._entity_of(element, parent)
        if entity is None:
            return
        self._kept[parent] = self._kept.get(parent, 0) + 1
        if self._kept[parent] > _KEPT_LINKS:
            self._judge.take_link(self._number_of(entity), element)
            parent.remove(element)

    @staticmethod
    def _entity_of(element: _Element, parent: _Element) -> _Element | None:
        entity = parent.getparent() if local_name(element) in RELATED_OBJECTS else parent
        return entity if entity is not None and local_name(entity) in ("object", "event") else None

    def _number_of(self, entity: _Element) -> int:
        if entity not in self._opened:
            self._opened[entity] = self._judge.open(entity)
        return self._opened[entity]

    def _begin(self, root: _Element, entity: _Element) -> None:
        """The first entity has ended: the root is known, and with it the prefix that entities have, if any."""
        self._root = root
        check_version(root.get("version"), self._version, self._notes)
        for attribute in root.attrib:
            name = str(attribute)
            if name != "version" and not name.startswith(_ALLOWED_ATTRIBUTES):
                self._notes.add(xml_codes.SCHEMA, line_of(root), problem=f"The attribute '{name}' is not allowed")
        self._prefix = f"{entity.prefix}:" if entity.prefix else ""
        if self._by_shape:
            tag = re.escape(self._prefix.encode())
            self._shapes = Shapes(self._prefix, self._judge, self._facts)
            self._boundary = re.compile(rb"</" + tag + rb"(?:" + "|".join((*RUNS, *KINDS)).encode() + rb")>")
            self._entity = re.compile(rb"\s*<" + tag + rb"(" + "|".join(KINDS).encode() + rb")(?=[\s>])")

    def _pad(self) -> None:
        """Give the parser as many lines as were compared without it, as a comment, which can be let go."""
        if self._padding:
            padding, self._padding = self._padding, 0
            self._feed.take(b"<!--" + b"\n" * padding + b"-->", counted=False)
            if self._root is not None and self._opened == {}:
                for child in list(self._root)[:-1]:
                    self._check_text(child.tail, child)
                    self._root.remove(child)

    def _let_go(self, element: _Element, parent: _Element) -> None:
        """Free an entity that was judged, and all that is before it."""
        ended: Any = element
        ended.clear(keep_tail=True)
        while len(parent) > 1 and parent[0] is not element:
            before = parent[0]
            if isinstance(before.tag, str) and local_name(before) not in ENTITIES:
                self._order.meet(local_name(before), line_of(before))
            self._check_text(before.tail, before)
            del parent[0]

    def _check_text(self, text: str | None, near: _Element) -> None:
        """Between entities there is white space only."""
        if text is not None and text.strip():
            self._notes.add(xml_codes.SCHEMA, line_of(near), problem=f"text between the entities: {text.strip()[:80]}")
