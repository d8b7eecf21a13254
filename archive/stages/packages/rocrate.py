"""Reading RO-Crates: the graph of ro-crate-metadata.json. Clause: RO-Crate Metadata Specification 1.1 and 1.2."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from archive.bags.packages import CRATE_METADATA, PackageReading
from archive.errors import FormatError
from archive.formats.crate_marks import ADDED_TO_BAG
from archive.model.codes import packages as codes
from archive.model.description import Statement
from archive.model.package import PackageContent, PackageKind
from archive.stages.packages.entries import Entries, number_of
from archive.stages.packages.statements import each_once, statement

_LENGTHS = {"sha512": 128, "sha256": 64, "sha1": 40, "md5": 32}
_PROPERTIES = (
    ("title", "name"), ("alternative", "alternateName"), ("description", "description"), ("issued", "datePublished"),
    ("created", "dateCreated"), ("modified", "dateModified"), ("creator", "creator"), ("creator", "author"),
    ("contributor", "contributor"), ("publisher", "publisher"), ("license", "license"), ("subject", "keywords"),
    ("language", "inLanguage"), ("identifier", "identifier"), ("rightsHolder", "copyrightHolder"),
)  # fmt: skip
_VERSION = re.compile(r"ro/crate/(\d+\.\d+)")

Entity = dict[str, Any]


def read_rocrate(reading: PackageReading) -> PackageContent:
    """What the crate says of itself. Raises `FormatError` for a graph that cannot be read, and OSError."""
    return _Crate(reading).read()


class _Crate:
    """One crate while it is read."""

    def __init__(self, reading: PackageReading) -> None:
        self._reading = reading
        self._entries = Entries(reading)
        self._graph = _read_graph(reading)

    def read(self) -> PackageContent:
        reading, entries = self._reading, self._entries
        descriptor, root = self._roots()
        files = list(self._files())
        for path, entity in files:
            written = {name: str(entity.get(name)).lower() for name in _LENGTHS}
            digests = {name: one for name, one in written.items() if re.fullmatch(f"[0-9a-f]{{{_LENGTHS[name]}}}", one)}
            entries.add(path, number_of(entity.get("contentSize")), digests)
        is_bag = "bagit.txt" in reading.files
        own = {CRATE_METADATA, *(path for path in reading.files if _is_preview(path))}
        if is_bag:
            own |= {path for path in reading.files if not path.startswith("data/")}
        unlisted = entries.unlisted(*own)
        if unlisted:
            entries.findings.append(codes.UNDESCRIBED.at(CRATE_METADATA, count=len(unlisted), first=unlisted[0]))
        is_ours = is_bag and _reference(descriptor.get("isBasedOn")) == ADDED_TO_BAG
        bag = {path: path for path in reading.files if path != CRATE_METADATA} if is_ours else None
        front = "data/" if is_bag else ""
        names = {path: path.removeprefix(front) for path in reading.files if path not in own}
        said = [*self._statements(root), *(one for path, entity in files for one in _of_file(entity, path))]
        statements = each_once(said)
        identifier = next((one.value for one in statements if one.property == "identifier"), None)
        version = _VERSION.search(_reference(_first(descriptor.get("conformsTo"))) or "")
        return PackageContent(
            PackageKind.ROCRATE, None if version is None else version[1], reading.name, identifier,
            entries.finish(names), statements, bag=bag, dropped=frozenset([CRATE_METADATA]),
            findings=tuple(entries.findings),
        )  # fmt: skip

    def _roots(self) -> tuple[Entity, Entity]:
        """The descriptor and the entity of the crate itself."""
        named = (one for key, one in self._graph.items() if key.rpartition("/")[2] == CRATE_METADATA)
        descriptor = next(named, None)
        root = self._graph.get(_reference(descriptor.get("about")) or "") if descriptor is not None else None
        if descriptor is None or root is None:
            raise FormatError("its graph does not say what the crate is", subject=CRATE_METADATA)
        return descriptor, root

    def _files(self) -> Iterator[tuple[str, Entity]]:
        for key, entity in self._graph.items():
            kinds = entity.get("@type")
            if "File" not in (kinds if isinstance(kinds, list) else [kinds]) or key.startswith("#"):
                continue
            path = self._entries.resolve(key)
            if path is not None and path != CRATE_METADATA:
                yield path, entity

    def _statements(self, root: Entity) -> Iterator[Statement | None]:
        for term, key in _PROPERTIES:
            for value in _many(root.get(key)):
                text, language = self._text_of(value, by_address=key == "license")
                yield statement(term, text, CRATE_METADATA, language)

    def _text_of(self, value: object, *, by_address: bool) -> tuple[str | None, str | None]:
        """The text of a value, or the name of the entity that it refers to, and its language."""
        if isinstance(value, str):
            return value, None
        if not isinstance(value, dict):
            return None, None
        if "@value" in value:
            language = value.get("@language")
            return str(value["@value"]), language if isinstance(language, str) else None
        key = _reference(value)
        entity = self._graph.get(key or "", {})
        if by_address and key and "://" in key:
            return key, None
        for word in ("value", "name"):
            if isinstance(entity.get(word), str):
                return entity[word], None
        return key, None


def _read_graph(reading: PackageReading) -> dict[str, Entity]:
    try:
        document = json.loads(reading.read(CRATE_METADATA).decode("utf-8"))
        graph = document["@graph"]
        return {one["@id"]: one for one in graph if isinstance(one, dict) and isinstance(one.get("@id"), str)}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError(f"it is not a graph in JSON-LD ({type(error).__name__})", subject=CRATE_METADATA) from error


def _of_file(entity: Entity, path: str) -> Iterator[Statement | None]:
    name = entity.get("name")
    if name != path.rpartition("/")[2]:
        yield statement("title", name, CRATE_METADATA, about=path)
    yield statement("description", entity.get("description"), CRATE_METADATA, about=path)


def _is_preview(path: str) -> bool:
    return path == "ro-crate-preview.html" or path.startswith("ro-crate-preview_files/")


def _many(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: object) -> object:
    return next(iter(_many(value)), None)


def _reference(value: object) -> str | None:
    found = value.get("@id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None
