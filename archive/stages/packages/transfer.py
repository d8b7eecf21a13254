"""Reading an Archivematica standard transfer: objects/, and metadata/ with checksum lists and a table about them.

Clause: Archivematica user manual, "Transfer" (standard transfers, checksums) and "Import metadata".
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import replace

from archive.bags.packages import PackageReading
from archive.errors import FormatError
from archive.formats.checksum_lists import kind_of_list, read_list, spellings
from archive.formats.description_csv import read_table
from archive.formats.premis_reading import read_agent, read_event
from archive.formats.xml_elements import local_name
from archive.formats.xml_safety import parse_xml
from archive.model.codes import packages as codes
from archive.model.description import Statement
from archive.model.finding import Severity
from archive.model.package import PackageContent, PackageEvent, PackageKind
from archive.model.record import AgentView
from archive.stages.packages.entries import Entries
from archive.stages.packages.manifests import listed_digests
from archive.stages.packages.statements import each_once

OBJECTS, METADATA, TABLE, RECORD = "objects/", "metadata/", "metadata/metadata.csv", "metadata/premis.xml"
DOCUMENTATION = "metadata/submissionDocumentation/bag/"
_OWN = (OBJECTS, METADATA, "logs/")
_FILES = ("processingMCP.xml",)


def is_transfer(reading: PackageReading) -> bool:
    """True for a package with objects/ and metadata/ as a transfer has them, and nothing beside that it cannot have."""
    paths = reading.files
    return (
        any(path.startswith(OBJECTS) for path in paths)
        and any(path == TABLE or _is_list(path) for path in paths)
        and all(path.startswith(_OWN) or path in _FILES for path in paths)
    )


def may_be_transfer(folder: str, names: Iterable[str]) -> bool:
    """Whether the folder with these names at its top is a transfer, by them and those in metadata/."""
    tops = {f"{name}/" for name in names}
    if not {OBJECTS, METADATA} <= tops or tops - {*_OWN, *(f"{name}/" for name in _FILES)}:
        return False
    try:
        return any(
            f"{METADATA}{name}" == TABLE or _is_list(METADATA + name) for name in os.listdir(f"{folder}/{METADATA}")
        )
    except OSError:
        return False


def _is_list(path: str) -> bool:
    """True for metadata/checksum.md5 and the like, which Archivematica verifies."""
    name = path.removeprefix(METADATA)
    return path != name and name.startswith("checksum.") and kind_of_list(name) is not None


def read_transfer(reading: PackageReading) -> PackageContent:
    """What the transfer says of itself. Raises `FormatError` for metadata that cannot be read, and OSError."""
    entries = Entries(reading)
    for path in reading.files:
        if _is_list(path):
            _take_list(entries, path)
    bag = {path: path.removeprefix(DOCUMENTATION) for path in reading.below(DOCUMENTATION)}
    for path, digests in listed_digests(reading, bag).items():
        entries.add(path, None, digests)
    statements = _read_table(entries) if TABLE in reading.files else []
    events, agents = _read_record(reading) if RECORD in reading.files else ([], [])
    names = {path: path.removeprefix(OBJECTS) for path in reading.below(OBJECTS)}
    return PackageContent(
        PackageKind.TRANSFER, None, reading.name, None, entries.finish(names), each_once(statements), tuple(events),
        tuple(agents), findings=tuple(entries.findings),
    )  # fmt: skip


def _take_list(entries: Entries, place: str) -> None:
    kind = kind_of_list(place.removeprefix(METADATA))
    assert kind is not None
    lines, wrong = read_list(entries.reading.read(place), kind)
    for number in wrong[:1]:
        raise FormatError(f"line {number} is not a digest and a path", subject=place)
    for line in lines:
        found = _find(entries.reading.files, line.path) or entries.place(line.path, METADATA.rstrip("/"))
        if found is not None:
            entries.add(found, None, {line.algorithm: line.digest})


def _find(files: Mapping[str, int], path: str) -> str | None:
    """The file that `path` in a list stands for; its path begins at the objects, the transfer or the list's folder."""
    for one in spellings(path):
        for base in (OBJECTS, "", METADATA):
            place = posixpath.normpath(posixpath.join(base, one))
            if place in files:
                return place
    return None


def _read_table(entries: Entries) -> list[Statement]:
    """What metadata.csv says; each line must be about an object, a folder of them, or another file of the transfer."""
    places: set[str | None] = set()
    description, findings = read_table(entries.reading.read(TABLE), TABLE, places)
    for finding in findings:
        if finding.severity is Severity.ERROR:
            raise FormatError(finding.message, subject=TABLE)
    there = _with_folders(entries.reading.files)
    named = {about: next((one for one in (OBJECTS + about, about) if one in there), None) for about in places if about}
    entries.findings += [codes.MISSING.at(OBJECTS + about) for about, place in sorted(named.items()) if place is None]
    return [one if one.about is None else replace(one, about=named[one.about]) for one in description.statements]


def _with_folders(paths: Iterable[str]) -> set[str]:
    """The paths, and the folders that hold them."""
    found = set(paths)
    for path in paths:
        while "/" in path and (path := path.rpartition("/")[0]) not in found:
            found.add(path)
    return found


def _read_record(reading: PackageReading) -> tuple[list[PackageEvent], list[AgentView]]:
    events: list[PackageEvent] = []
    agents: list[AgentView] = []
    for entity in parse_xml(reading.read(RECORD), subject=RECORD).getroot():
        if local_name(entity) == "event":
            events.append(PackageEvent(read_event(entity)))
        elif local_name(entity) == "agent":
            agents.append(read_agent(entity))
    return events, agents
