"""Reading one XML record for `archive show FILE.xml`: everything it says, whatever its origin, valid or not."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from archive.formats import dublin_core_reading, mets_reading, premis_reading
from archive.formats.xml_elements import local_name, namespace_of
from archive.formats.xml_safety import DEFAULT_LIMITS, XmlLimits, XmlRefusedError, parse_xml
from archive.model.record import (
    AgentView,
    EventView,
    ObjectView,
    RecordKind,
    RecordView,
    RightsView,
    StatementView,
)
from archive.regular_files import open_regular
from archive.stages.validation.records.files import open_beside
from archive.stages.validation.records.mets import href_problem
from archive.storage.folders import Folder

if TYPE_CHECKING:
    from lxml.etree import _Element


class _Entities:
    """PREMIS entities as they are met."""

    def __init__(self) -> None:
        self.objects: list[ObjectView] = []
        self.events: list[EventView] = []
        self.agents: list[AgentView] = []
        self.rights: list[RightsView] = []
        self.others: list[_Element] = []

    def read(self, elements: Iterable[_Element]) -> None:
        for element in elements:
            name = local_name(element)
            if name == "object":
                self.objects.append(premis_reading.read_object(element))
            elif name == "event":
                self.events.append(premis_reading.read_event(element))
            elif name == "agent":
                self.agents.append(premis_reading.read_agent(element))
            elif name == "rights" or name in premis_reading.RIGHTS_STATEMENTS:
                self.rights.extend(premis_reading.read_rights(element))
            elif name:
                self.others.append(element)

    def __bool__(self) -> bool:
        return bool(self.objects or self.events or self.agents or self.rights)


def read_record(content: bytes, *, limits: XmlLimits = DEFAULT_LIMITS) -> RecordView:
    """What the XML document in `content` says.

    Tolerant of what is invalid, never of what is unsafe: raises `XmlRefusedError` (a `FormatError`) when it is not
    well-formed, has a DOCTYPE, an unknown encoding, an inclusion, or is larger than `limits`.
    """
    root = parse_xml(content, limits=limits).getroot()
    name = local_name(root)
    if mets_reading.is_mets(root):
        return _read_mets(root)
    if namespace_of(root) in premis_reading.PREMIS_NAMESPACES:
        return _read_premis(root)
    containers = list(dublin_core_reading.find_containers(root))
    if containers:
        return RecordView(
            RecordKind.DUBLIN_CORE,
            None,
            name,
            statements=_statements(containers),
            wrapped_in=None if containers[0] is root else name,
        )
    return _read_other(root)


def read_record_file(path: str, *, limits: XmlLimits = DEFAULT_LIMITS) -> RecordView:
    """What the record at `path` says, and, where it is a METS, what the PREMIS and Dublin Core that it refers to say.

    Only regular files in the folder of the METS and below are opened, no link is followed, and all of them together
    are at most as large as one record may be. One that cannot be read stays a reference. Raises `XmlRefusedError` as
    `read_record` does, and `OSError` where the record itself cannot be read.
    """
    with open_regular(path) as file:
        content = file.read(limits.size + 1)
    view = read_record(content, limits=limits)
    wanted = [one.href for one in view.files if one.href and (one.metadata_type or "").startswith(("PREMIS", "DC"))]
    if view.kind is not RecordKind.METS or not wanted:
        return view
    left = limits.size - len(content)
    with Folder.at(os.path.dirname(path) or ".") as top:
        for href in wanted:
            if href_problem(href) is not None:
                continue
            parts = urlsplit(href)
            descriptor = None if parts.scheme or parts.netloc else open_beside(top, unquote(parts.path))
            if descriptor is None:
                continue
            with os.fdopen(descriptor, "rb") as file:
                inner = file.read(left + 1)
            left -= len(inner)
            if left < 0:
                break
            try:
                view = _joined(view, read_record(inner, limits=limits))
            except XmlRefusedError:
                continue
    return view


def _joined(view: RecordView, inner: RecordView) -> RecordView:
    """A METS with what a record that it refers to says; anything but PREMIS and Dublin Core stays a reference."""
    if inner.kind not in (RecordKind.PREMIS, RecordKind.DUBLIN_CORE):
        return view
    return dataclasses.replace(
        view,
        objects=(*view.objects, *inner.objects),
        events=(*view.events, *inner.events),
        agents=(*view.agents, *inner.agents),
        rights=(*view.rights, *inner.rights),
        statements=(*view.statements, *inner.statements),
        others=(*view.others, *inner.others),
    )


def _read_premis(root: _Element) -> RecordView:
    entities = _Entities()
    container = local_name(root) == "premis"
    entities.read(root if container else (root,))
    major = premis_reading.version_of(namespace_of(root))
    return _view(RecordKind.PREMIS, root.get("version") or major, root, entities)


def _read_mets(root: _Element) -> RecordView:
    entities = _Entities()
    containers, foreign = [], []
    for _section, content in mets_reading.embedded(root):
        if namespace_of(content) in premis_reading.PREMIS_NAMESPACES:
            entities.read(mets_reading.premis_entities(content))
        elif dublin_core_reading.is_container(content):
            containers.append(content)
        else:
            foreign.append(content)
    version = "2" if namespace_of(root) == mets_reading.METS_2 else "1"
    view = _view(RecordKind.METS, version, root, entities)
    return dataclasses.replace(
        view,
        agents=(*mets_reading.read_mets_agents(root), *view.agents),
        statements=_statements(containers),
        files=mets_reading.read_references(root),
        identifier=mets_reading.mets_identifier(root),
        others=(*view.others, *premis_reading.read_fields(foreign)),
    )


def _read_other(root: _Element) -> RecordView:
    """PREMIS or METS inside something else, or nothing that is known: then the root's own children are shown."""
    for element in root.iter("*"):
        inner = None
        if mets_reading.is_mets(element) and local_name(element) == "mets":
            inner = _read_mets(element)
        elif namespace_of(element) in premis_reading.PREMIS_NAMESPACES:
            inner = _read_premis(element)
        if inner is not None:
            return dataclasses.replace(inner, wrapped_in=local_name(root))
    return RecordView(RecordKind.OTHER, None, local_name(root), others=premis_reading.read_fields(root))


def _view(kind: RecordKind, version: str | None, root: _Element, entities: _Entities) -> RecordView:
    return RecordView(
        kind,
        version,
        local_name(root),
        objects=tuple(entities.objects),
        events=tuple(entities.events),
        agents=tuple(entities.agents),
        rights=tuple(entities.rights),
        others=premis_reading.read_fields(entities.others),
    )


def _statements(containers: Iterable[_Element]) -> tuple[StatementView, ...]:
    return tuple(one for container in containers for one in dublin_core_reading.read_statements(container))


def record_fields(view: RecordView) -> dict[str, Any]:
    """`view` as JSON members, `archive.record/1` (metadata/reports/archive.record-1.json), without empty members."""
    return {"schema": "archive.record/1", **_members(view)}


def _members(value: Any) -> dict[str, Any]:
    members = {}
    for entry in dataclasses.fields(value):
        shown = _shown(getattr(value, entry.name))
        if shown is not None and shown != []:
            members[entry.name] = shown
    return members


def _shown(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return _members(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_shown(one) if one is not None else None for one in value]
    return value
