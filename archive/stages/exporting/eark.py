"""What the formats `eark-sip` and `eark-aip` have in common: an E-ARK package of a bag, from which it can be rebuilt.

`data/original/` and `data/preservation/` become a representation each, the payload of any other bag one called data.
The files in metadata/descriptive are the descriptive metadata, all other tag files documentation, verbatim. Clause:
E-ARK CSIP, SIP and AIP 2.2.0.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archive import __version__
from archive.formats.bagpath import is_utf8
from archive.formats.eark_layout import BAG, REPRESENTATIONS, WHOLE, place_of
from archive.formats.mets_writing import (
    ANY_TYPE,
    CHECKSUM_TYPES,
    MetsAgent,
    MetsFile,
    MetsFormat,
    MetsHeader,
    PackageFiles,
    write_package_mets,
    write_representation_mets,
)
from archive.formats.premis_editing import PremisEdits, edit_record
from archive.formats.premis_writing import write_premis
from archive.model.export import Lost
from archive.model.premis import Link, Links
from archive.resources import metadata_path
from archive.stages.exporting.package_event import identifiers_of, package_event, program_agent, record_of_package
from archive.stages.exporting.protocol import Package
from archive.stages.exporting.source import PREMIS, STATEMENTS, Source
from archive.stages.exporting.source_files import SourceFile
from archive.storage.clock import Identifiers
from archive.storage.hashing import Digests
from archive.storage.working_folder import is_restricted

_SCHEMAS = (
    "DILCISExtensionMETS.xsd", "dc.xsd", "dcmitype.xsd", "dcterms.xsd", "mets.xsd", "oai_dc.xsd", "premis.xsd",
    "qualifieddc.xsd", "xlink.xsd", "xml.xsd",
)  # fmt: skip
_SIP_SCHEMA = "DILCISExtensionSIPMETS.xsd"
_KINDS = {
    "dc.xml": ("DC", None), "dcterms.xml": ("OTHER", "DCTERMS"), "ead.xml": ("EAD", None),
}  # fmt: skip
_CATEGORIES = {
    "Collection": "Collection", "Dataset": "Datasets", "Event": "Event", "Image": "Image",
    "InteractiveResource": "Interactive resource", "MovingImage": "Moving image", "PhysicalObject": "Physical object",
    "Service": "Service", "Software": "Software", "Sound": "Sound", "StillImage": "Still image", "Text": "Text",
}  # fmt: skip
"""DCMI types and the E-ARK vocabulary of content categories."""

MEDIA_TYPES = frozenset({
    "application/atom+xml", "application/dicom", "application/epub+zip", "application/geo+json", "application/gzip",
    "application/javascript", "application/json", "application/ld+json", "application/mbox", "application/msword",
    "application/ogg", "application/pdf", "application/pkcs7-mime", "application/rtf", "application/sql",
    "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.sqlite3",
    "application/xhtml+xml", "application/xml", "application/zip", "application/zstd", "audio/mpeg", "image/avif",
    "image/bmp", "image/gif", "image/heic", "image/heif", "image/jp2", "image/jpeg", "image/jpx", "image/png",
    "image/svg+xml", "image/tiff", "text/calendar", "text/css", "text/csv", "text/html", "text/javascript",
    "text/markdown", "text/plain", "text/rtf", "text/tab-separated-values", "text/vcard", "text/vtt", "text/xml",
    "video/mp4", "video/x-matroska",
})  # fmt: skip
"""Media types that E-ARK's validators have in their lists, which are shorter than IANA's (CSIP68)."""

_OF_TAG_FILES = {".xml": "application/xml", ".json": "application/json", ".txt": "text/plain"}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,100}")
_UUID = "urn:uuid:"
_VERSION = "2.2.0"
_LOST = "documentation/lost.txt"
_PREMIS_COPY = "metadata/preservation/premis.xml"


def refuse_name(path: str) -> str | None:
    """METS names files by URIs, which a validator decodes as UTF-8."""
    return None if is_utf8(path) else "it is not valid UTF-8"


def package_name(source: Source) -> str:
    """The identifier of the bag as the name of a folder: `uuid-X` of `urn:uuid:X` (CSIP1, CSIPSTR1)."""
    identifier = source.identifier
    if identifier.startswith(_UUID) and _NAME.fullmatch(found := f"uuid-{identifier.removeprefix(_UUID)}"):
        return found
    if _NAME.fullmatch(identifier):
        return identifier
    return f"uuid-{uuid.uuid5(uuid.NAMESPACE_URL, identifier)}"


def export(source: Source, package: Package, kind: str) -> Sequence[Lost]:
    """Write the package of this kind, SIP or AIP; private fields stay out. Raises as `Exporter.export`."""
    return _Writing(source, package, kind).make()


class _Writing:
    """One package under construction."""

    def __init__(self, source: Source, package: Package, kind: str) -> None:
        self._source = source
        self._package = package
        self._kind = kind
        self._roles = representation_names(file.path for file in self._files())
        self._unlisted = source.read_unlisted(self._files(), tuple(CHECKSUM_TYPES))
        self._unlisted_types = 0

    def _files(self) -> Iterator[SourceFile]:
        return (file for file in self._source.files if not file.restricted)

    def _place_of(self, path: str) -> str:
        return place_of(path, split=WHOLE not in self._roles)

    def _new_place(self, path: str) -> str | None:
        return None if is_restricted(path) else self._place_of(path)

    def make(self) -> Sequence[Lost]:
        package, source = self._package, self._source
        package.copy((file, self._place_of(file.path)) for file in self._files())
        package.make_folder("metadata")  # The structural map names it even where it stays empty (CSIP107).
        tags = [(self._place_of(file.path), file) for file in self._files() if not file.in_payload]
        descriptive = [self._tag_file(file, place) for place, file in tags if not place.startswith(BAG)]
        documentation = [self._tag_file(file, place) for place, file in tags if place.startswith(BAG)]
        record, is_continued = self._write_record()
        header = self._header()
        representations = [(name, self._write_representation(header, name)) for name in self._roles]
        schemas = [*_SCHEMAS, *([_SIP_SCHEMA] if self._kind == "SIP" else ())]
        written = [self._write(f"schemas/{name}", [metadata_path("schemas", name).read_bytes()]) for name in schemas]
        lost = self._lost(is_known=is_continued or not source.has(PREMIS))
        if lost:
            documentation.append(self._write(_LOST, [_list_of(lost)]))
        files = PackageFiles(descriptive, [record], documentation, written, representations)
        package.write("METS.xml", write_package_mets(header, files))
        return lost

    def _header(self) -> MetsHeader:
        source = self._source
        agents = [MetsAgent("OTHER", "muniment", ("SOFTWARE VERSION", __version__))]
        if self._kind == "SIP":
            parties = (*source.info("Source-Organization"), *(one.value for one in source.values("publisher")))
            # SIP15 demands the submitting organization, which a bag need not name.
            agents.append(MetsAgent("ORGANIZATION", next(iter(parties), "not named in the bag")))
        types = {_CATEGORIES.get(one.value) for one in source.values("type")}
        category = types.pop() if len(types) == 1 else None
        return MetsHeader(
            self._package.name, self._kind, category or "Mixed", source.published, tuple(agents),
            source.name if source.name != self._package.name else None,
        )  # fmt: skip

    def _write_representation(self, header: MetsHeader, name: str) -> MetsFile:
        folder = f"{REPRESENTATIONS}{name}/"
        self._package.make_folder(f"{folder}metadata")
        files = (
            self._payload_file(file, place.removeprefix(folder))
            for file in self._files()
            if (place := self._place_of(file.path)).startswith(folder)
        )
        return self._write(f"{folder}METS.xml", write_representation_mets(header, name, files))

    def _payload_file(self, file: SourceFile, place: str) -> MetsFile:
        view = self._source.format_of(file)
        named = next((one.value for one in self._source.values("format", about=file.path)), ANY_TYPE)
        if named not in MEDIA_TYPES:
            self._unlisted_types += named != ANY_TYPE
            named = ANY_TYPE
        known = None
        if view is not None:
            known = MetsFormat(view.key if view.registry == "PRONOM" else None, view.name, view.version)
        return MetsFile(place, file.size, self._checksum(file), named, known)

    def _tag_file(self, file: SourceFile, place: str) -> MetsFile:
        name = file.path.rpartition("/")[2]
        is_record = "descriptive/files/" in file.path and name.endswith(".xml")
        kind = ("DC", None) if is_record else _KINDS.get(name, ("OTHER", "MUNIMENT"))
        return MetsFile(place, file.size, self._checksum(file), _type_of(name), kind=kind)

    def _checksum(self, file: SourceFile) -> tuple[str, str]:
        for algorithm, name in CHECKSUM_TYPES.items():
            if algorithm in file.digests:
                return name, file.digests[algorithm]
        return next(iter(CHECKSUM_TYPES.values())), self._unlisted[file.path]

    def _write_record(self) -> tuple[MetsFile, bool]:
        """The PREMIS record with the paths of the package and the event of its making, and whether it continues that of
        the bag. Without one that can be continued it has the event alone."""
        source, identifiers = self._source, identifiers_of(self._source, f"eark-{self._kind.lower()}")
        named = f"an E-ARK {self._kind} {_VERSION}"
        if (entity := source.package_object) is not None:
            edits = self._edits(entity, identifiers, named)
            return self._write(_PREMIS_COPY, edit_record(self._record(), edits), ("PREMIS", None)), True
        record = record_of_package(source, identifiers, named)
        return self._write(_PREMIS_COPY, write_premis(record), ("PREMIS", None)), False

    def _edits(self, entity: str, identifiers: Identifiers, named: str) -> PremisEdits:
        program = program_agent(identifiers)
        same = (program.type, (program.name,), program.version)
        agents = self._source.agents.items()
        listed = [f"urn:uuid:{key}" for key, one in agents if (one.type, one.names[:1], one.version) == same]
        event = package_event(self._source, identifiers, named, listed[-1] if listed else program.id, _link_to(entity))
        return PremisEdits(
            place_of=self._new_place, place="package path", links={entity: [event.id]}, events=(event,),
            agents=() if listed else (program,),
        )  # fmt: skip

    def _record(self) -> Iterator[bytes]:
        return self._source.reading.reader.stream_tag(PREMIS.encode())

    def _write(self, path: str, chunks: Iterable[bytes], kind: tuple[str, str | None] | None = None) -> MetsFile:
        digests, size = Digests(("sha256",)), 0

        def counted() -> Iterator[bytes]:
            nonlocal size
            for chunk in chunks:
                digests.update(chunk)
                size += len(chunk)
                yield chunk

        self._package.write(path, counted())
        return MetsFile(path, size, ("SHA-256", digests.hexdigests()[0]), _type_of(path), kind=kind)

    def _place_in(self, path: str) -> str | None:
        return self._place_of(path) if self._source.has(path) else None

    def _lost(self, *, is_known: bool) -> list[Lost]:
        source = self._source
        statements = self._place_in(STATEMENTS)
        further = kept = 0
        for file in self._files():
            further += len(file.digests) > 1
            kept += 1
        found = [
            Lost("private fields", len(source.files) - kept),
            Lost("statements: METS names the files that hold them", len(source.statements), statements),
            Lost("digests by further algorithms: METS gives one a file", further, BAG.rstrip("/")),
            Lost("media types that E-ARK's list does not have", self._unlisted_types, statements),
            Lost("PREMIS record: not written by this program, so its paths are still those of the bag",
                 int(not is_known), self._place_in(PREMIS)),
        ]  # fmt: skip
        return [one for one in found if one.count]


def representation_names(paths: Iterable[str]) -> tuple[str, ...]:
    """The representations of a payload with these paths: by role where every file has one, else one for all."""
    roles: Mapping[str, None] = dict.fromkeys(_role_of(path) for path in paths if path.startswith("data/"))
    return (WHOLE,) if WHOLE in roles else tuple(sorted(roles))


def _link_to(package: str) -> Links:
    return lambda: iter([Link(package)])


def _role_of(path: str) -> str:
    role, slash, _ = path.removeprefix("data/").partition("/")
    return role if slash and role in ("original", "preservation") else WHOLE


def _type_of(name: str) -> str:
    return _OF_TAG_FILES.get(name[name.rfind(".") :], ANY_TYPE)


def _list_of(lost: Iterable[Lost]) -> bytes:
    lines = [f"{one.what} ({one.count}): kept in {one.kept or 'nothing of this package'}\n" for one in lost]
    return ("What the METS of this package does not say of the bag that it was made from:\n" + "".join(lines)).encode()
