"""Reading E-ARK packages (SIP, AIP, DIP): the METS of the package, and those of its representations.

Clause: E-ARK CSIP 2.0 to 2.2.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archive.bags.packages import PackageReading
from archive.errors import FormatError
from archive.formats.eark_layout import BAG, REPRESENTATIONS, path_of
from archive.formats.mets_reading import METS, href_of, mets_identifier, read_mets_agents
from archive.formats.mets_writing import CHECKSUM_TYPES, CSIP, FORMER_NAME
from archive.formats.premis_reading import read_agent, read_event
from archive.formats.xml_elements import children, local_name, text_of
from archive.formats.xml_safety import parse_xml
from archive.model.codes import packages as codes
from archive.model.description import Statement
from archive.model.package import PackageContent, PackageEvent, PackageKind
from archive.model.record import AgentView
from archive.stages.packages.entries import Entries, number_of
from archive.stages.packages.manifests import lists_private_fields
from archive.stages.packages.statements import each_once, read_dublin_core, statement

if TYPE_CHECKING:
    from lxml.etree import _Element

TOP = "METS.xml"
_ALGORITHMS = {name.replace("-", "").lower(): ours for ours, name in CHECKSUM_TYPES.items()}
_VERSION = re.compile(r"v(\d+)-(\d+)-(\d+)")


def is_eark(reading: PackageReading) -> bool:
    """True for a package with a METS.xml at its top that claims a profile of E-ARK, or is divided as they are."""
    if TOP not in reading.files:
        return False
    head = b"".join(chunk for chunk, _ in zip(reading.stream(TOP), range(4), strict=False))[: 1 << 16]
    return CSIP.encode() in head or b"dilcis.eu/" in head or bool(reading.below(REPRESENTATIONS))


def read_eark(reading: PackageReading) -> PackageContent:
    """What the package says of itself. Raises `FormatError` for a METS that cannot be read, and OSError."""
    return _Package(reading).read()


class _Package:
    """One package while it is read."""

    def __init__(self, reading: PackageReading) -> None:
        self._reading = reading
        self._entries = Entries(reading)
        self._statements: list[Statement | None] = []
        self._events: list[PackageEvent] = []
        self._agents: list[AgentView] = []
        self._read: set[str] = set()

    def read(self) -> PackageContent:
        root = self._root(TOP)
        identifier = mets_identifier(root)
        entries, reading = self._entries, self._reading
        if identifier is not None and identifier != reading.name:
            entries.findings.append(codes.OTHER_NAME.at(TOP, expected=identifier, found=reading.name))
        listed = self._take_files(root, "")
        names = sorted({path.split("/")[1] for path in reading.below(REPRESENTATIONS)})
        inside = [(root, "")]
        for name in names:
            place = f"{REPRESENTATIONS}{name}/{TOP}"
            if place in listed and place in reading.files:
                inner = self._root(place)
                self._take_files(inner, f"{REPRESENTATIONS}{name}")
                inside.append((inner, f"{REPRESENTATIONS}{name}"))
            else:
                entries.findings.append(codes.NO_REPRESENTATION_METS.at(f"{REPRESENTATIONS}{name}"))
        entries.findings += [codes.UNLISTED.at(path) for path in entries.unlisted(TOP)]
        for mets, folder in inside:
            self._take_agents(mets, f"{folder}/{TOP}" if folder else TOP)
            self._take_records(mets, folder)
        bag = self._bag()
        files = entries.finish(self._contents(names))
        former = next((text_of(one) for header in children(root, "metsHdr") for one in children(header, "altRecordID")
                       if one.get("TYPE") == FORMER_NAME), None)  # fmt: skip
        return PackageContent(
            PackageKind.EARK, _version_of(root), (former if bag else None) or identifier or reading.name, identifier,
            files, each_once(self._statements), tuple(self._events), tuple(self._agents), bag,
            findings=tuple(entries.findings),
        )  # fmt: skip

    def _root(self, path: str) -> _Element:
        root = parse_xml(self._reading.read(path), subject=path).getroot()
        if local_name(root) != "mets":
            raise FormatError("this is not METS", subject=path)
        return root

    def _take_files(self, root: _Element, folder: str) -> set[str]:
        """The paths of all files that a METS names."""
        found = set()
        for element, href in _references(root):
            path = self._entries.resolve(href, folder)
            if path is None:
                continue
            found.add(path)
            checksum, kind = element.get("CHECKSUM"), element.get("CHECKSUMTYPE") or ""
            digests = {}
            if checksum:
                ours = _ALGORITHMS.get(kind.replace("-", "").lower())
                if ours is None:
                    self._entries.findings.append(codes.UNKNOWN_ALGORITHM.at(path, algorithm=kind or "no algorithm"))
                else:
                    digests[ours] = checksum.strip()
            self._entries.add(path, number_of(element.get("SIZE")), digests)
        return found

    def _take_agents(self, root: _Element, by: str) -> None:
        """Who made, submitted or holds the package, by the header of a METS. The program that wrote it is left out."""
        for agent in read_mets_agents(root):
            words = ", ".join(filter(None, (agent.role, agent.type))).lower()
            for name in agent.names if agent.type != "SOFTWARE" else ():
                notes = "".join(f"; {one}" for one in agent.notes)
                self._statements.append(statement("provenance", f"{name} ({words} of the package{notes})", by))

    def _take_records(self, root: _Element, folder: str) -> None:
        """Dublin Core and PREMIS that a METS refers to, each record once: seen from `folder`."""
        for element in root.iter(f"{{{METS}}}mdRef"):
            path = self._entries.resolve(href_of(element) or "", folder)
            if path is None or path not in self._reading.files or path in self._read:
                continue
            self._read.add(path)
            kind = (element.get("MDTYPE"), (element.get("OTHERMDTYPE") or "").upper())
            try:
                if kind[0] == "DC" or kind == ("OTHER", "DCTERMS"):
                    self._statements += read_dublin_core(self._parsed(path), path)
                elif (kind[0] or "").startswith("PREMIS"):
                    self._take_premis(self._parsed(path), folder)
            except FormatError as error:
                self._entries.findings.append(codes.UNREADABLE_METADATA.at(path, why=str(error)))

    def _parsed(self, path: str) -> _Element:
        return parse_xml(self._reading.read(path), subject=path).getroot()

    def _take_premis(self, root: _Element, folder: str) -> None:
        """Agents and events; an event of one file, which the record can place in the package, is about that file."""
        places: dict[str, str] = {}
        for element in root.iter():
            match local_name(element):
                case "object":
                    places |= self._place_object(element, folder)
                case "event":
                    view = read_event(element)
                    linked = {places.get(one.value) for one in view.objects}
                    self._events.append(PackageEvent(view, linked.pop() if len(linked) == 1 else None))
                case "agent":
                    self._agents.append(read_agent(element))

    def _place_object(self, element: _Element, folder: str) -> dict[str, str]:
        """The path in the package of a file object, by each of its identifiers; nothing where the record has none."""
        for named in element.iter("{*}contentLocationValue"):
            value = (text_of(named) or "").removeprefix("file://").removeprefix("./")
            for front in ("", f"{folder}/", f"{folder}/data/"):
                if (path := front + value) in self._reading.files:
                    return {text_of(one) or "": path for one in element.iter("{*}objectIdentifierValue")}
        return {}

    def _bag(self) -> dict[str, str] | None:
        """The bag that the package was made from, where all of it is here."""
        if f"{BAG}bagit.txt" not in self._reading.files or lists_private_fields(self._reading, BAG):
            return None
        placed = ((path, path_of(path)) for path in self._reading.files)
        return {place: path for place, path in placed if path is not None}

    def _contents(self, names: list[str]) -> dict[str, str]:
        """The files in the representations' data, by the names that they get: below the representation's where there
        are several."""
        found = {}
        for name in names:
            front = f"{REPRESENTATIONS}{name}/data/"
            for path in self._reading.below(front):
                inside = path.removeprefix(front)
                found[path] = f"{name}/{inside}" if len(names) > 1 else inside
        return found


def _references(root: _Element) -> Iterator[tuple[_Element, str]]:
    """Each element with the facts of a file, or that leads to the METS of a representation, and the address."""
    for element in root.iter(f"{{{METS}}}mdRef", f"{{{METS}}}file", f"{{{METS}}}mptr"):
        places = list(children(element, "FLocat")) if local_name(element) == "file" else [element]
        for place in places:
            href = href_of(place)
            if href is not None and (local_name(element) != "mptr" or href.endswith(TOP)):
                yield element, href


def _version_of(root: _Element) -> str | None:
    found = _VERSION.search(root.get("PROFILE") or "")
    return None if found is None else ".".join(found.groups())
