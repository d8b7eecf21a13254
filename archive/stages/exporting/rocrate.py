"""The format `rocrate`: the bag with one tag file more, which makes its folder an RO-Crate 1.2 too.

The root of the bag is the root of the crate, so the payload and its manifests stay as they are; only the tag manifests
get a line. Clause: RO-Crate Metadata Specification 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from archive import __version__
from archive.errors import UsageError
from archive.formats.bagpath import is_utf8
from archive.formats.crate_marks import ADDED_TO_BAG
from archive.formats.json_text import json_text
from archive.formats.manifest import parse_manifest_name
from archive.model.description import Statement
from archive.model.export import Lost
from archive.stages.exporting.protocol import Package
from archive.stages.exporting.source import PREMIS, STATEMENTS, Source
from archive.stages.exporting.source_files import SourceFile
from archive.stages.exporting.tag_lists import list_tag_file
from archive.storage.hashing import Digests

DESCRIPTOR = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.2/context"
_VERSION = "https://w3id.org/ro/crate/1.2"
_PRONOM = "https://www.nationalarchives.gov.uk/PRONOM/"
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=@/\u00a0-\U0010ffff]")
_SAID = ("title", "description", "abstract", "subject", "language", "created", "creator", "contributor", "publisher",
         "license", "identifier", "format")  # fmt: skip
"""The properties that have a place in the graph."""

_AT_A_TIME = 256
"""Files whose entities are written in one piece."""

Entity = dict[str, Any]


def refuse_name(path: str) -> str | None:
    """JSON holds no bytes that are not UTF-8."""
    return None if is_utf8(path) else "it is not valid UTF-8"


def export(source: Source, package: Package) -> Sequence[Lost]:
    """Copy the bag, but for its seals, and add the graph. Raises `UsageError` for a bag that is a crate already."""
    if source.has(DESCRIPTOR):
        raise UsageError("the bag is an RO-Crate already", subject=DESCRIPTOR, remedy="Export it with --as bag")
    manifests = {one.name: one.algorithm for one in source.reading.of_kind(tag=True)}
    seals = sum(file.is_of_seal for file in source.files)
    lost = _lost(source, seals)
    graph = _Graph(source, lost)
    package.copy((file, file.path) for file in source.files if not file.is_of_seal and file.path not in manifests)
    digests = Digests(tuple(dict.fromkeys(manifests.values())))
    package.write(DESCRIPTOR, _digested(graph.write(), digests))
    found = dict(zip(dict.fromkeys(manifests.values()), digests.hexdigests(), strict=True))
    codec = source.reading.declaration.codec
    for name, algorithm in manifests.items():
        chunks = source.reading.reader.stream_tag(name.encode())
        package.write(name, list_tag_file(chunks, found[algorithm], DESCRIPTOR, codec))
    return lost


def _is_described(file: SourceFile) -> bool:
    """False for what only BagIt itself needs, for seals and for private fields, which the graph leaves out."""
    top = "/" not in file.path
    is_bagit = top and (file.path in ("bagit.txt", "fetch.txt") or parse_manifest_name(file.path) is not None)
    return not is_bagit and not file.restricted and not file.is_of_seal


def _lost(source: Source, seals: int) -> list[Lost]:
    unsaid = sum(one.property not in _SAID or (one.about is not None and one.property not in ("title", "format"))
                 for one in source.statements)  # fmt: skip
    found = [
        Lost("statements without a place in the graph", unsaid, STATEMENTS),
        Lost("certainty and source of the statements", len(source.statements), STATEMENTS),
        Lost("the files that an event concerns, relationships and rights statements", len(source.events), PREMIS),
        Lost("files of seals, which cover tag manifests without the new file", seals),
    ]
    return [one for one in found if one.count]


def encode_id(path: str) -> str:
    """A bag path as an `@id`: ASCII that a relative URI cannot hold is percent-encoded, other scripts stay."""
    return _NOT_PLAIN.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), path)


class _Graph:
    """The entities of one crate: those of files are written one by one, all others are kept, each once."""

    def __init__(self, source: Source, lost: list[Lost]) -> None:
        self._source = source
        self._lost = lost
        self._known: dict[str, Entity] = {}

    def write(self) -> Iterator[bytes]:
        """The document as JSON in UTF-8, an entity a line; of the files one at a time."""
        yield f'{{"@context": {json_text(CONTEXT)}, "@graph": [\n'.encode()
        yield _line(self._descriptor())
        root: Entity = {"@id": "./", "@type": "Dataset"}
        self._describe(root)
        events = [self._add_event(number) for number in range(1, len(self._source.events) + 1)]
        last: Entity = {"mentions": _one_or_many([*events, self._add_export()])}
        yield b",\n" + _line(root)[:-1]
        yield from self._parts()
        yield b", " + _line(last)[1:]
        files = self._files()
        while some := list(islice(files, _AT_A_TIME)):
            yield b"".join(b",\n" + _line(self._file(file)) for file in some)
        for entity in self._known.values():
            yield b",\n" + _line(entity)
        yield b"\n]}\n"

    def _files(self) -> Iterator[SourceFile]:
        return (file for file in self._source.files if _is_described(file))

    def _parts(self) -> Iterator[bytes]:
        """The property hasPart of the root in pieces: a single part without an array, nothing without parts."""
        parts = ({"@id": encode_id(file.path)} for file in self._files())
        first = list(islice(parts, 2))
        if len(first) < 2:
            yield b"".join(b', "hasPart": ' + _line(one) for one in first)
            return
        yield b', "hasPart": [' + b", ".join(map(_line, first))
        while some := list(islice(parts, _AT_A_TIME)):
            yield b"".join(b", " + _line(one) for one in some)
        yield b"]"

    def _descriptor(self) -> Entity:
        unsaid = [f"{one.what} ({one.kept or 'not in the package'})" for one in self._lost]
        bag = {"@id": ADDED_TO_BAG, "@type": "CreativeWork", "name": "The bag without this file"}
        return {
            "@id": DESCRIPTOR, "@type": "CreativeWork", "conformsTo": {"@id": _VERSION}, "about": {"@id": "./"},
            "description": f"Not said in this graph: {'; '.join(unsaid)}." if unsaid else None,
            "isBasedOn": self._add(bag),
        }  # fmt: skip

    def _describe(self, root: Entity) -> None:
        source, titles = self._source, self._source.titles
        root["name"] = titles[0].value
        root["alternateName"] = _one_or_many([_in_language(one) for one in titles[1:]])
        told = source.values("description", "abstract")
        root["description"] = _one_or_many([_in_language(one) for one in told]) if len(told) > 1 else None
        root["description"] = root["description"] or (told[0].value if told else titles[0].value)
        root["datePublished"] = source.published
        root["dateCreated"] = _one_or_many([one.value for one in source.values("created")])
        root["inLanguage"] = _one_or_many([one.value for one in source.values("language")])
        root["keywords"] = _one_or_many([_in_language(one) for one in source.values("subject")])
        for name, kind in (("creator", "Person"), ("contributor", "Person"), ("publisher", "Organization")):
            root[name] = _one_or_many([self._add_party(one, kind) for one in source.values(name)])
        root["license"] = self._license()
        root["identifier"] = _one_or_many([self._add_identifier(one) for one in self._identifiers()])

    def _identifiers(self) -> Iterable[str]:
        return dict.fromkeys([*self._source.info("External-Identifier"), *(
            one.value for one in self._source.values("identifier"))])  # fmt: skip

    def _license(self) -> Any:
        stated = [one.value for one in self._source.values("license")]
        if not stated:
            return "The description of this bag names no license."
        return _one_or_many([self._add_license(one) if _URI.fullmatch(one) else one for one in stated])

    def _add_license(self, uri: str) -> Entity:
        words = "The license that the description of the bag names."
        return self._add({"@id": uri, "@type": "CreativeWork", "name": uri, "description": words})

    def _add_identifier(self, value: str) -> Entity:
        place = value if _URI.fullmatch(value) else f"#identifier-{encode_id(value)}"
        named = {"name": "Identifier of the bag", "value": value}
        if value.startswith("urn:uuid:"):
            named["propertyID"] = "https://www.rfc-editor.org/rfc/rfc9562"
        return self._add({"@id": place, "@type": "PropertyValue", **named})

    def _add_party(self, statement: Statement, kind: str) -> Entity:
        orcid = _ORCID.fullmatch(statement.authority or "")
        place = statement.authority if _URI.fullmatch(statement.authority or "") else None
        if orcid is not None:
            place = f"https://orcid.org/{orcid[1]}"
        if place is None:
            known = sum(one["@id"].startswith(f"#{kind.lower()}-") for one in self._known.values())
            alike = [one for one in self._known.values() if one.get("name") == statement.value and one["@type"] == kind]
            place = alike[0]["@id"] if alike else f"#{kind.lower()}-{known + 1}"
        if "ror.org/" in place:
            kind = "Organization"
        return self._add({"@id": place, "@type": kind, "name": statement.value})

    def _file(self, file: SourceFile) -> Entity:
        source = self._source
        titles = source.values("title", about=file.path)
        entity: Entity = {"@id": encode_id(file.path), "@type": "File", "name": file.path.rpartition("/")[2]}
        entity["alternateName"] = _one_or_many([_in_language(one) for one in titles])
        entity["description"] = _role_of(file.path, source.payload_folder)
        entity["contentSize"] = str(file.size)
        entity["sha256"] = file.digests.get("sha256", "").lower()
        formats: list[Any] = [one.value for one in source.values("format", about=file.path)]
        known = source.format_of(file)
        if known is not None and known.registry == "PRONOM" and known.key:
            words = " ".join(filter(None, (known.name or known.key, known.version)))
            formats.append(self._add({"@id": _PRONOM + known.key, "@type": ["WebPage", "Standard"], "name": words}))
        entity["encodingFormat"] = _one_or_many(formats)
        return entity

    def _add_event(self, number: int) -> Entity:
        event = self._source.events[number - 1]
        entity: Entity = {"@id": f"#event-{number}", "@type": "Action", "name": event.type or "event"}
        entity["endTime"] = event.date
        entity["description"] = "; ".join((*event.details, *event.outcomes, *event.outcome_notes))
        entity["object"] = {"@id": "./"}
        agents = [
            (one.value, self._source.agents[one.value]) for one in event.agents if one.value in self._source.agents
        ]
        programs = [(key, one) for key, one in agents if one.type == "software"]
        entity["instrument"] = _one_or_many([self._add_program(key) for key, _ in programs])
        entity["agent"] = _one_or_many([self._add_agent(key) for key, one in agents if one.type != "software"])
        return self._add(entity)

    def _add_export(self) -> Entity:
        """The making of the crate, without a time: the same bag gives the same crate on any day."""
        program = {"@id": "#program-of-export", "@type": "CreativeWork", "name": "muniment", "version": __version__}
        return self._add({
            "@id": "#export", "@type": "CreateAction", "name": "Export of the bag as an RO-Crate",
            "object": {"@id": ADDED_TO_BAG}, "result": {"@id": "./"}, "instrument": self._add(program),
        })  # fmt: skip

    def _add_program(self, key: str) -> Entity:
        view = self._source.agents[key]
        name = view.names[0] if view.names else key
        # A SoftwareApplication must have an address, which PREMIS does not record.
        place = f"#program-{encode_id(key)}"
        return self._add({"@id": place, "@type": "CreativeWork", "name": name, "version": view.version})

    def _add_agent(self, key: str) -> Entity:
        view = self._source.agents[key]
        kind = "Organization" if view.type == "organization" else "Person"
        return self._add(
            {"@id": f"#agent-{encode_id(key)}", "@type": kind, "name": view.names[0] if view.names else key}
        )

    def _add(self, entity: Entity) -> Entity:
        """The entity goes into the graph unless one with its `@id` is there; what refers to it."""
        self._known.setdefault(entity["@id"], entity)
        return {"@id": entity["@id"]}


def _digested(chunks: Iterable[bytes], digests: Digests) -> Iterator[bytes]:
    for chunk in chunks:
        digests.update(chunk)
        yield chunk


def _line(entity: Entity) -> bytes:
    """An entity without what it does not have."""
    return json_text({key: one for key, one in entity.items() if one}).encode()


def _role_of(path: str, originals: str) -> str:
    if path.startswith(originals):
        return "Original file"
    return "Rendition for preservation" if path.startswith("data/") else "Record of the archival package"


def _in_language(statement: Statement) -> Any:
    if statement.language is None:
        return statement.value
    return {"@value": statement.value, "@language": statement.language}


def _one_or_many(values: list[Any]) -> Any:
    """A value by itself is not written as an array; repeats are left out; no value is None, which is not written."""
    kept = [one for number, one in enumerate(values) if one not in values[:number]] if len(values) < 99 else values
    return None if not kept else kept[0] if len(kept) == 1 else kept
