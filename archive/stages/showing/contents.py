"""Looking into a finished bag: its description, files, formats, events, renditions and rights, as its records say.

This reads what is there and judges nothing; whether it is true is what validation tells.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from archive.bags.contents import BagReading, open_bag
from archive.bags.opening import NO_OPTIONS
from archive.bags.reader import BagReader, TooLargeError
from archive.errors import FormatError, StorageError, from_os_error
from archive.formats import premis_reading
from archive.formats.bagpath import to_text
from archive.formats.premis_times import modified_of
from archive.formats.statements import read_statements
from archive.formats.xml_elements import local_name
from archive.formats.xml_safety import XmlRefusedError, stream_xml
from archive.model.capped_findings import bag_findings
from archive.model.codes.fetching import STILL_TO_FETCH
from archive.model.description import Statement
from archive.model.finding import Finding
from archive.model.record import AgentView, EventView, ObjectView, RightsView
from archive.settings import Settings
from archive.stages.description.rights import STATEMENTS
from archive.stages.showing.seals import ShownSeals, read_seals

_PREMIS = "metadata/preservation/premis.xml"
_TAGS = ("object", "event", "agent", "rights")


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One payload file. `format`, `puid`, `digests` and `modified`, when it was last modified before it was packed, are
    what PREMIS says; `source` and `rendition` are bag paths; `name` is what
    another system's package says that the file was called before it was renamed."""

    path: str
    size: int
    format: str | None = None
    puid: str | None = None
    digests: tuple[tuple[str, str], ...] = ()
    source: str | None = None
    rendition: str | None = None
    modified: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """An event, its agents by name, and how many objects it is linked to."""

    view: EventView
    agents: tuple[str, ...]
    objects: int


@dataclass(slots=True)
class Contents:
    """What a bag holds and says. `findings` tell what could not be read; `seals` is None for a bag without a seal.

    `package` is the kind of a package of another system, None for a bag; paths are then those in the package.
    """

    path: str
    serialization: str
    bag_info: list[tuple[str, str]] = field(default_factory=list)
    statements: tuple[Statement, ...] = ()
    restricted: bool = False
    files: list[ShownFile] = field(default_factory=list)
    events: list[ShownEvent] = field(default_factory=list)
    agents: list[AgentView] = field(default_factory=list)
    rights: list[RightsView] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    seals: ShownSeals | None = None
    package: str | None = None

    @property
    def formats(self) -> list[tuple[str, str | None, int]]:
        """Format name, PRONOM key and number of files, the most frequent first."""
        counted = Counter((one.format, one.puid) for one in self.files if one.format is not None)
        return [(name or "", puid, number) for (name, puid), number in counted.most_common()]

    @property
    def size(self) -> int:
        """Bytes of the payload."""
        return sum(one.size for one in self.files)


def read_contents(
    path: str,
    *,
    options: Mapping[str, Any] = NO_OPTIONS,
    settings: Settings | None = None,
    at: datetime | None = None,
) -> Contents:
    """What the bag at `path` (folder, zip or tar, or an s3:// address with the bucket's `options`) holds.

    Its seals are judged by the trust folder of `settings`, as if it were `at`, by default now. Raises `NotFoundError`
    where there is no bag, `FormatError` and `StorageError` where its records cannot be read.
    """
    with open_bag(path, options=options) as reading:
        try:
            contents = _read(path, reading)
            contents.seals = read_seals(reading, settings or Settings(), at or datetime.now(UTC))
            return contents
        except FormatError as error:
            subject = f"{path}, {error.subject}"
            raise FormatError(error.problem, subject=subject, remedy="archive validate BAG") from error
        except TooLargeError as error:
            raise StorageError("a tag file is longer than this program ever writes", subject=path) from error
        except OSError as error:
            raise from_os_error(error, path) from error


def _read(path: str, reading: BagReading) -> Contents:
    reader = reading.reader
    contents = Contents(path, reader.serialization, findings=list(reader.findings))
    contents.bag_info = [(tag.label, tag.value) for tag in reading.info]
    contents.findings += [one for one in reading.findings if one.subject == reading.info_name]
    if reading.fetches:
        contents.findings += _still_to_be_fetched(reading)
    if reading.has(STATEMENTS):
        raw = reader.read_tag(STATEMENTS.encode(), reading.limits.tag_file)
        contents.statements, contents.restricted = read_statements(raw)
    if reading.has(_PREMIS):
        _read_premis(reader, contents)
    else:
        contents.files = sorted(_walk(reader), key=lambda one: one.path)
    return contents


def _still_to_be_fetched(reading: BagReading) -> list[Finding]:
    """The files that fetch.txt names and that are not in the bag."""
    missing = dict.fromkeys(entry.path for entry in reading.fetches)
    for batch in reading.reader.walk((), (), only_payload=True, open_files=False):
        for path in batch.paths():
            missing.pop(path, None)
    found = bag_findings()
    found.note_paths(STILL_TO_FETCH, list(missing))
    return list(found)


def _walk(reader: BagReader) -> Iterator[ShownFile]:
    for batch in reader.walk((), (), only_payload=True, open_files=False):
        yield from map(ShownFile, map(to_text, batch.paths()), batch.sizes)


def _read_premis(reader: BagReader, contents: Contents) -> None:
    """PREMIS as a stream, each entity let go of as soon as what is shown of it is taken."""
    names: dict[str, str] = {}
    places: dict[str, str] = {}
    links: list[tuple[str, str, str]] = []
    tags = [f"{{{namespace}}}{name}" for namespace in premis_reading.PREMIS_NAMESPACES for name in _TAGS]
    events: list[EventView] = []
    try:
        for element in stream_xml(reader.stream_tag(_PREMIS.encode()), tags, subject=_PREMIS):
            name = local_name(element)
            if name == "object":
                view = premis_reading.read_object(element)
                if view.category == "file" and view.locations and not premis_reading.is_earlier(view.locations[0].type):
                    file = replace(_shown(view), modified=modified_of(element))
                    contents.files.append(file)
                    places.update((one.value, file.path) for one in view.identifiers)
                    links.extend(_derivations(view, file.path))
            elif name == "event":
                events.append(premis_reading.read_event(element))
            elif name == "agent":
                agent = premis_reading.read_agent(element)
                contents.agents.append(agent)
                names.update({one.value: " ".join((*agent.names, agent.version or "")).strip()
                              for one in agent.identifiers})  # fmt: skip
            else:
                contents.rights.extend(premis_reading.read_rights(element))
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except XmlRefusedError as error:
        contents.findings.append(error.finding)
    for event in events:
        acting = tuple(names.get(one.value, one.value) for one in event.agents)
        contents.events.append(ShownEvent(event, acting, len(event.objects)))
    _link(contents, links, places)


def _shown(view: ObjectView) -> ShownFile:
    location = view.locations[0]
    path = location.value
    if location.type.endswith("base64"):
        try:
            path = base64.b64decode(path, validate=True).decode("utf-8", "surrogateescape")
        except ValueError:
            path = location.value
    first = view.formats[0] if view.formats else None
    name = (
        None if first is None else " ".join(part for part in (first.name, _version(first.name, first.version)) if part)
    )
    return ShownFile(
        path,
        view.size or 0,
        format=name,
        puid=first.key if first else None,
        digests=tuple((one.algorithm, one.digest) for one in view.fixity),
    )


def _version(name: str | None, version: str | None) -> str | None:
    """The version, unless the format's name has it already, as PRONOM's names often do."""
    return None if not version or (name and version in name) else version


def _derivations(view: ObjectView, path: str) -> Iterator[tuple[str, str, str]]:
    for relationship in view.relationships:
        if relationship.type == "derivation":
            for target in relationship.objects:
                yield path, relationship.subtype, target.value


def _link(contents: Contents, links: list[tuple[str, str, str]], places: dict[str, str]) -> None:
    sources = {path: places[target] for path, how, target in links if how == "has source" and target in places}
    made = {path: places[target] for path, how, target in links if how == "is source of" and target in places}
    if sources or made:
        contents.files = [
            replace(one, source=sources.get(one.path), rendition=made.get(one.path)) for one in contents.files
        ]
