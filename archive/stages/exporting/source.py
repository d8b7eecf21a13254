"""The validated bag as exporters see it: its files with their digests, what it says of itself, and its formats."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from archive.bags.contents import BagReading
from archive.bags.reader import Request, no_beat
from archive.errors import FormatError, SourceError, StorageError, UsageError
from archive.formats.bagpath import to_bytes, to_text
from archive.formats.edtf import is_day
from archive.formats.premis_reading import (
    ENTITIES,
    LISTED,
    PREMIS_NAMESPACES,
    linked_events,
    read_agent,
    read_event,
    read_file_format,
    shorten_list,
)
from archive.formats.premis_scanning import ViewedFile, view_record, wrap_pieces
from archive.formats.statements import read_statements
from archive.formats.tagfile import values_of
from archive.formats.xml_elements import let_go, local_name
from archive.formats.xml_safety import XmlRefusedError, stream_xml
from archive.model.build import Role
from archive.model.description import Statement
from archive.model.record import AgentView, EventView, FormatView
from archive.stages.exporting.source_files import SourceFile, SourceFiles

if TYPE_CHECKING:
    from lxml.etree import _Element

PREMIS = "metadata/preservation/premis.xml"
STATEMENTS = "metadata/descriptive/statements.json"
ORIGINALS = "data/original/"


class Source:
    """A bag that was found valid and may be given out."""

    def __init__(self, reading: BagReading) -> None:
        self.reading = reading
        self.name = reading.reader.name

    @cached_property
    def files(self) -> SourceFiles:
        """Every file, by the bytes of its path. Raises OSError."""
        return SourceFiles(self.reading)

    def release(self) -> None:
        """Let go of what was read of the files; who asks for it again has it read again."""
        for name in ("files", "_record"):
            self.__dict__.pop(name, None)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What the bag's description asserts; empty without one. Raises `FormatError`, `StorageError`."""
        content = self.read(STATEMENTS)
        return () if content is None else tuple(one for one in read_statements(content)[0] if one.asserted)

    def values(self, *properties: str, about: str | None = None) -> tuple[Statement, ...]:
        """The statements with these properties about the package, or about one file, in the order of the properties."""
        own = self._by_subject.get(about, ())
        return tuple(one for name in properties for one in own if one.property == name)

    @cached_property
    def described(self) -> tuple[str, ...]:
        """The paths of the files that statements are about, in the order of the statements."""
        return tuple(about for about in self._by_subject if about is not None)

    def info(self, label: str) -> tuple[str, ...]:
        """The values of a label in bag-info.txt."""
        return tuple(value.strip() for value in values_of(self.reading.info, label) if value.strip())

    @property
    def identifier(self) -> str:
        """The bag's External-Identifier; its name without one."""
        return next(iter(self.info("External-Identifier")), self.name)

    @property
    def titles(self) -> tuple[Statement, ...]:
        """The titles, never empty: without a description the External-Description, else the bag's name, is one."""
        return self.values("title") or (Statement("title", next(iter(self.info("External-Description")), self.name)),)

    @property
    def published(self) -> str:
        """The day of publication, for formats that demand one: that of the bagging, else one of the description.

        Raises `UsageError` where the bag names none.
        """
        if self.day is None:
            raise UsageError(
                "the format needs a day of publication, and the bag has no Bagging-Date", subject=self.name,
                remedy="Make a new version with a Bagging-Date: archive update",
            )  # fmt: skip
        return self.day

    @cached_property
    def day(self) -> str | None:
        """The day of the bagging, else the first full date of the description; None where the bag names none."""
        stated = self.values("issued", "modified", "created", "date")
        return next(filter(is_day, (*self.info("Bagging-Date"), *(one.value for one in stated))), None)

    @cached_property
    def payload_folder(self) -> str:
        """The folder of the files as they were received: data/original/ where renditions are apart from them."""
        return ORIGINALS if any(one.path.startswith(ORIGINALS) for one in self.files) and self.has(PREMIS) else "data/"

    def has(self, path: str) -> bool:
        """True when the bag holds this tag file."""
        return self.reading.has(path)

    def read(self, path: str) -> bytes | None:
        """A tag file; None where there is none. Raises `StorageError` for one that is too large or cannot be read."""
        if not self.has(path):
            return None
        content = self.reading.read(path, self.reading.limits.record)
        if content is None:
            raise StorageError("it cannot be read", subject=path, remedy="Run archive validate on the bag")
        return content

    def read_unlisted(self, files: Iterable[SourceFile], known: Sequence[str]) -> dict[str, str]:
        """The digest, by the first of `known`, of each file for which no manifest lists one of `known`: hex by path.

        These files are read. Raises OSError, `SourceError`.
        """
        unlisted = [
            Request(to_bytes(file.path), file.size, tuple(known[:1]))
            for file in files
            if not any(one in file.digests for one in known)
        ]
        found = {}
        for request, read in self.reading.reader.digest(unlisted, no_beat):
            path = to_text(request.path)
            if read.packed is None:
                raise SourceError(
                    "it changed or cannot be read", subject=path, remedy="Run archive validate on the bag"
                )
            found[path] = read.packed.hex()
        return found

    def format_of(self, file: SourceFile) -> FormatView | None:
        """The format of a file, as the PREMIS record of the bag names it."""
        return self._record.format_of(file.number)

    def events_of(self, file: SourceFile) -> tuple[str, ...]:
        """The identifiers of the events that the PREMIS record of the bag links a file to."""
        return self._record.events_of(file.number)

    @property
    def package_object(self) -> str | None:
        """The identifier of the package in the PREMIS record; None without one that this program can continue."""
        return self._record.package if self._record.originals else None

    @property
    def events(self) -> list[EventView]:
        """The events of the bag's PREMIS record in their order; of the objects that one links to, at most the last."""
        return self._record.events

    @property
    def agents(self) -> dict[str, AgentView]:
        """The agents of the bag's PREMIS record, by the values of their identifiers."""
        return self._record.agents

    @cached_property
    def _record(self) -> _Record:
        found = _Record(self.files)
        if not self.has(PREMIS):
            return found
        chunks: Iterable[bytes] = self.reading.reader.stream_tag(PREMIS.encode())
        try:
            pieces = []
            for one in view_record(chunks):
                if isinstance(one, bytes):
                    pieces.append(one)
                elif isinstance(one, ViewedFile):
                    found.enter(*one)
                elif one.is_package:
                    found.package = one.id
                else:
                    found.originals = found.originals or one.name == Role.ORIGINAL.value
            chunks = [wrap_pieces(pieces)]
        except FormatError:
            found = _Record(self.files)
            chunks = self.reading.reader.stream_tag(PREMIS.encode())
        tags = [f"{{{namespace}}}{one}" for namespace in PREMIS_NAMESPACES for one in (*ENTITIES, *LISTED)]
        try:
            for element in stream_xml(chunks, tags, subject=PREMIS):
                if not shorten_list(element):
                    found.take(element)
                    let_go(element)
        except XmlRefusedError as error:
            remedy = "Run archive validate on the bag"
            raise FormatError(error.finding.message, subject=PREMIS, remedy=remedy) from error
        return found

    @cached_property
    def _by_subject(self) -> dict[str | None, list[Statement]]:
        found: dict[str | None, list[Statement]] = {None: []}
        for one in self.statements:
            found.setdefault(one.about, []).append(one)
        return found


class _Record:
    """What exporters need of a PREMIS record, read in one pass. Of each file there are two numbers."""

    def __init__(self, files: SourceFiles) -> None:
        self.events: list[EventView] = []
        self.agents: dict[str, AgentView] = {}
        self.package: str | None = None
        self.originals = False
        self._files = files
        self._formats: dict[FormatView | None, int] = {None: 0}
        self._links: dict[tuple[str, ...], int] = {(): 0}
        self._format_of = array("L", bytes(array("L").itemsize * len(files)))
        self._links_of = self._format_of[:]

    def format_of(self, number: int) -> FormatView | None:
        """The format of the file with this number."""
        return self._known_formats[self._format_of[number]]

    def events_of(self, number: int) -> tuple[str, ...]:
        """The identifiers of the events of the file with this number."""
        return self._known_links[self._links_of[number]]

    def enter(self, path: str, view: FormatView, events: tuple[str, ...]) -> None:
        """Keep what the record says of one file of the bag."""
        number = self._files.find(path)
        if number is not None:
            self._format_of[number] = self._formats.setdefault(view, len(self._formats))
            self._links_of[number] = self._links.setdefault(events, len(self._links))

    def take(self, element: _Element) -> None:
        """Read one entity."""
        match local_name(element):
            case "object":
                if (found := read_file_format(element)) is not None:
                    self.enter(*found, linked_events(element))
            case "event":
                self.events.append(read_event(element))
            case "agent":
                agent = read_agent(element)
                self.agents.update((one.value, agent) for one in agent.identifiers)

    @cached_property
    def _known_formats(self) -> list[FormatView | None]:
        return list(self._formats)

    @cached_property
    def _known_links(self) -> list[tuple[str, ...]]:
        return list(self._links)
