"""PREMIS entities of one shape: the first is judged in full, the others by what differs in them.

A shape is the bytes of an entity without its free values: identifiers, digests, sizes, names, dates and notes. An
entity whose remaining bytes were met before, in an entity in which nothing was wrong, is well-formed, valid by the
schema and keeps the rules for single values, as long as each free value is of a form that all of these accept. Any
other value, and any new combination of the rest, goes to the parser and is judged in full.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from archive.formats.premis_reading import category_of, read_relationship
from archive.formats.xml_elements import child_text, children, line_of, local_name, namespace_of, text_of
from archive.model.light import light_dataclass
from archive.stages.validation.records.premis import LINK_ELEMENTS, PremisJudge
from archive.stages.validation.records.premis_links import AGENT, EVENT, OBJECT, LinkGraph, key_of
from archive.stages.validation.records.values import is_date, normal_algorithm

if TYPE_CHECKING:
    from lxml.etree import _Element

KINDS = {"object": OBJECT, "event": EVENT, "agent": AGENT}
"""Entities that are judged by shape. Rights are few."""

RUNS = ("relatedObjectIdentifier", "linkingObjectIdentifier", "linkingEventIdentifier")
"""Elements of which one entity may hold as many as the record has files."""

_MOST_SHAPES = 4096
_PARENTS = {OBJECT: "objectIdentifier", EVENT: "eventIdentifier", AGENT: "agentIdentifier"}
_LINKS = frozenset({
    "linkingObjectIdentifier", "linkingEventIdentifier", "linkingAgentIdentifier", "linkingRightsStatementIdentifier",
    "relatedObjectIdentifier", "relatedEventIdentifier",
})  # fmt: skip
_IDENTIFIERS = tuple(f"{name}Value" for name in (*_PARENTS.values(), *sorted(_LINKS)))
_DATES = ("eventDateTime", "dateCreatedByApplication")
_NAMES = ("originalName", "contentLocationValue")
_TEXTS = ("formatNote", "significantPropertiesValue", "eventDetail", "eventOutcomeDetailNote")
_FREE = frozenset({*_IDENTIFIERS, *_DATES, *_NAMES, *_TEXTS, "messageDigest", "size"})
_XML_ID = re.compile(r"xmlID|\w+XmlID")
_UUID = rb"(?:urn:uuid:)?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_WORD = rb"[!-%'-;=?-~]{1,200}"
_NAME = rb"[^\x00-\x1f<>&]*[^\x00- <>&][^\x00-\x1f<>&]*"
_TEXT = rb"[ -%'-;=?-~]*[!-%'-;=?-~][ -%'-;=?-~]*"
_SUSPICIOUS = (
    b"://", b"file:", b":\\", b"\\\\", b"/home/", b"/Users/", b"/root/", b"/tmp/", b"/mnt/", b"/media/", b"/var/",
    b"/srv/", b"/opt/",
)  # fmt: skip
"""What a web address, which is a link that leads elsewhere, or a path of some computer has in it."""


class ObjectFacts(Protocol):
    """Who is told of every object: in full, or of a file object of a known shape only what is compared."""

    def take(self, element: _Element) -> None: ...
    def order_of(self, algorithms: Sequence[str]) -> tuple[int, ...] | None:
        """Which of the digests of a file object are compared, in this order; None when some are not among them."""
        ...

    def take_file(self, path: bytes, line: int, size: int, digests: bytes) -> None: ...


class _Link(NamedTuple):
    """A link in an entity of a shape: which value is its target, of which type, which sort, how many lines on."""

    value: int
    type: str
    sort: int
    lines: int


@light_dataclass(frozen=True, slots=True)
class _File:
    """Where in the values of a file object its path, its size and its digests are."""

    path: int
    size: int
    digests: tuple[int, ...]


@light_dataclass(frozen=True, slots=True)
class Shape:
    """What entities of one shape have in common. `lines` is how many lines one has, `start` where its tag ends."""

    parts: tuple[bytes, ...]
    kind: int
    whole: bool
    values: re.Pattern[bytes]
    dates: tuple[int, ...]
    loose: tuple[int, ...]
    type: str
    links: tuple[_Link, ...]
    file: _File | None
    lines: int
    start: int

    def match(self, data: bytes, at: int) -> tuple[list[bytes], int] | None:
        """The free values of the entity at `at` and where it ends; None when it is of another shape."""
        values = []
        for part in self.parts[:-1]:
            if not data.startswith(part, at):
                return None
            at += len(part)
            end = data.find(b"<", at)
            if end < 0:
                return None
            values.append(data[at:end])
            at = end
        last = self.parts[-1]
        return (values, at + len(last)) if data.startswith(last, at) else None

    def take(self, values: list[bytes], line: int, graph: LinkGraph, facts: ObjectFacts | None) -> bool:
        """Judge one more entity; False when a value in it is of a form that only a full judgement can decide on."""
        joined = b"\n".join(values)
        if not self.values.fullmatch(joined):
            return False
        loose = b"\n".join([values[index] for index in self.loose])
        if any(map(loose.__contains__, _SUSPICIOUS)):
            return False
        for index in self.dates:
            if not is_date(values[index].decode()):
                return False
        if not loose.isascii() and not _is_text(loose):
            return False
        begins = line + self.start
        number = graph.enter_key(self.kind, key_of(self.type, values[0].decode()), begins, whole=self.whole)
        for value, kind, sort, lines in self.links:
            graph.link_key(number, sort, key_of(kind, values[value].decode()), begins + lines)
        if self.file is not None and facts is not None:
            digests = bytes.fromhex(b"".join([values[index] for index in self.file.digests]).decode())
            facts.take_file(values[self.file.path], begins, int(values[self.file.size]), digests)
        return True


def _is_text(value: bytes) -> bool:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\ufffe" not in text and "\uffff" not in text


@light_dataclass(frozen=True, slots=True)
class Run:
    """How elements follow each other that differ in one value: what is before the first and between two values."""

    before: bytes
    between: bytes
    forms: re.Pattern[bytes]

    def take(self, data: bytes, at: int) -> tuple[list[str], int]:
        """The values of all but the last of the elements that begin at `at`, and where that last one begins."""
        if not data.startswith(self.before, at):
            return [], at
        *values, _rest = data[at + len(self.before) :].split(self.between)
        joined = b"".join([value + b"\n" for value in values])
        found = self.forms.match(joined)
        joined = b"" if found is None else joined[: found.end()]
        if b"://" in joined:
            return [], at
        taken = joined.decode().splitlines()
        return taken, at + len(joined) + len(taken) * (len(self.between) - 1)


class Shapes:
    """The shapes met in one record whose elements have the prefix `prefix` (with its colon, or empty)."""

    def __init__(self, prefix: str, judge: PremisJudge, facts: ObjectFacts | None) -> None:
        names = b"|".join(name.encode() for name in sorted(_FREE, key=len, reverse=True))
        tag = re.escape(prefix.encode())
        self._prefix = prefix
        self._free = re.compile(rb"(<" + tag + rb"(?:" + names + rb")>)([^<]*)")
        self._judge = judge
        self._facts = facts
        self._known: dict[tuple[bytes, ...], Shape] = {}
        self._recent: Shape | None = None
        self._runs: dict[bytes, Run | None] = {}

    def split(self, chunk: bytes) -> tuple[tuple[bytes, ...], list[bytes]]:
        """The bytes of an entity between its free values, and these values."""
        pieces = self._free.split(chunk)
        parts = [before + tag for before, tag in zip(pieces[0:-1:3], pieces[1::3], strict=True)]
        return (*parts, pieces[-1]), pieces[2::3]

    def take_like_last(self, kind: int, data: bytes, at: int, line: int) -> tuple[Shape, int] | None:
        """The shape and the end of an entity of the same shape as the one before; None when it is of another."""
        shape = self._recent
        found = None if shape is None or shape.kind != kind else shape.match(data, at)
        if shape is None or found is None or not shape.take(found[0], line, self._judge.graph, self._facts):
            return None
        return shape, found[1]

    def take(self, parts: tuple[bytes, ...], values: list[bytes], line: int) -> Shape | None:
        """The shape of an entity that it was judged by; None when it must be judged in full."""
        shape = self._known.get(parts)
        if shape is None or not shape.take(values, line, self._judge.graph, self._facts):
            return None
        self._recent = shape
        return shape

    def learn(self, element: _Element, parts: tuple[bytes, ...], values: list[bytes]) -> None:
        """Remember the shape of an entity that was judged in full with nothing wrong in it."""
        if len(self._known) >= _MOST_SHAPES:
            return
        shape = self._read(element, parts, values)
        if shape is not None:
            self._recent = self._known[parts] = shape

    def run_of(self, element: _Element, written: bytes) -> Run | None:
        """How more elements are written that differ from this link only in their value; None if it is not a model."""
        model = self._free.sub(rb"\1", written)
        if model not in self._runs:
            if len(self._runs) >= _MOST_SHAPES:
                return None
            self._runs[model] = self._read_run(element, written)
        return self._runs[model]

    def _read_run(self, element: _Element, written: bytes) -> Run | None:
        parts, values = self.split(written)
        name = f"<{self._prefix}{local_name(element)}>".encode()
        if len(values) != 1 or not parts[0].lstrip().startswith(name) or not self._judge.is_right(element):
            return None
        form = self._form_of(element, f"{local_name(element)}Type")
        return Run(parts[0], parts[1] + parts[0], re.compile(rb"(?:" + form + rb"\n)*"))

    @staticmethod
    def _form_of(element: _Element, name: str) -> bytes:
        return _UUID if (child_text(element, name) or "").upper() == "UUID" else _WORD

    def _read(self, element: _Element, parts: tuple[bytes, ...], values: list[bytes]) -> Shape | None:
        kind = KINDS[local_name(element)]
        leaves: list[_Element] = []
        own = namespace_of(element)
        for one in element.iter():
            name = local_name(one)
            if namespace_of(one) != own or name.endswith("Extension") or _holds_xml_id(one):
                return None
            if name in _FREE:
                if one.attrib or len(one) or (one.prefix or "") != self._prefix.rstrip(":"):
                    return None
                leaves.append(one)
        if [text_of(leaf) for leaf in leaves] != [value.decode("utf-8", "replace").strip() for value in values]:
            return None
        return self._shape_of(element, kind, leaves, parts)

    def _shape_of(self, element: _Element, kind: int, leaves: list[_Element], parts: tuple[bytes, ...]) -> Shape | None:
        names = [local_name(leaf) for leaf in leaves]
        identifiers = list(children(element, _PARENTS[kind]))
        if len(identifiers) != 1 or not names or names[0] != f"{_PARENTS[kind]}Value":
            return None
        file = None
        if self._facts is not None and category_of(element) == "file":
            file = self._file_of(element, leaves, names)
            if file is None:
                return None
        links = self._links_of(element, leaves, names)
        if links is None:
            return None
        rest = b"".join(parts)
        return Shape(
            parts=parts,
            kind=kind,
            whole=category_of(element) in ("representation", "intellectualEntity"),
            values=re.compile(b"\n".join(map(self._pattern_of, leaves))),
            dates=tuple(index for index, name in enumerate(names) if name in _DATES),
            loose=tuple(index for index, leaf in enumerate(leaves) if self._pattern_of(leaf) in (_NAME, _TEXT, _WORD)),
            type=child_text(identifiers[0], f"{_PARENTS[kind]}Type") or "",
            links=links,
            file=file,
            lines=rest.count(b"\n"),
            start=rest.count(b"\n", 0, rest.index(b">")),
        )

    def _pattern_of(self, leaf: _Element) -> bytes:
        name = local_name(leaf)
        around = leaf.getparent()
        if name in _IDENTIFIERS and around is not None:
            return self._form_of(around, f"{name.removesuffix('Value')}Type")
        if name == "messageDigest":
            return b"[0-9a-fA-F]{%d}" % len(text_of(leaf) or "")
        if name == "size":
            return b"[0-9]{1,18}"
        return _NAME if name in _NAMES else _TEXT

    def _links_of(self, element: _Element, leaves: list[_Element], names: list[str]) -> tuple[_Link, ...] | None:
        """The links of an entity in the order of the document; None where one is written in no common way."""
        links, graph = [], self._judge.graph
        for index, (leaf, name) in enumerate(zip(leaves, names, strict=True)):
            holder = leaf.getparent()
            if holder is None or local_name(holder) not in _LINKS:
                continue
            if holder.attrib:
                return None
            subtype = None
            lines = line_of(holder) - line_of(element)
            around = holder.getparent()
            if name == "relatedObjectIdentifierValue" and around is not None:
                subtype = read_relationship(around).subtype
            kind = child_text(holder, f"{local_name(holder)}Type") or ""
            links.append(_Link(index, kind, graph.sort_of(local_name(holder), subtype), lines))
        count = sum(1 for one in element.iter() if local_name(one) in LINK_ELEMENTS or local_name(one) in _LINKS)
        return tuple(links) if count == len(links) else None

    def _file_of(self, element: _Element, leaves: list[_Element], names: list[str]) -> _File | None:
        assert self._facts is not None
        places = [one for one in element.iter() if local_name(one) == "contentLocation"]
        if names.count("size") != 1 or names.count("contentLocationValue") != 1 or len(places) != 1:
            return None
        if child_text(places[0], "contentLocationType") != "bag path":
            return None
        digests = [index for index, name in enumerate(names) if name == "messageDigest"]
        holders = [leaves[index].getparent() for index in digests]
        algorithms = [
            normal_algorithm("" if holder is None else child_text(holder, "messageDigestAlgorithm") or "")
            for holder in holders
        ]
        order = self._facts.order_of(algorithms)
        if order is None or len(set(algorithms)) != len(algorithms):
            return None
        return _File(names.index("contentLocationValue"), names.index("size"), tuple(digests[index] for index in order))


def _holds_xml_id(element: _Element) -> bool:
    return any(_XML_ID.fullmatch(str(name)) for name in element.attrib)
