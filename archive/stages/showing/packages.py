"""What a package of another system holds and says, without importing it."""

from __future__ import annotations

import os

from archive.bags.packages import PackageReading, open_package
from archive.errors import from_os_error
from archive.model.package import PackageContent, PackageEvent, PackageFile
from archive.stages.packages.recognizing import looks_like_aip, looks_like_package, read_package
from archive.stages.showing.contents import Contents, ShownEvent, ShownFile


def is_package(folder: str) -> bool:
    """True for a folder that is shown as a package: one that is not a bag, or an Archivematica AIP."""
    return os.path.isdir(folder) and (looks_like_package(folder) or looks_like_aip(folder))


def read_package_contents(path: str) -> Contents:
    """What the package at this path holds. Raises `NotFoundError`, `NotABagError`, `UsageError`, `StorageError`."""
    try:
        with open_package(path) as reading:
            content = read_package(reading)
            return Contents(
                path,
                reading.reader.serialization,
                statements=content.statements,
                files=[_file(reading, one) for one in content.payload],
                events=[_event(content, one) for one in content.events],
                agents=list(content.agents),
                findings=[*reading.problems(), *content.findings],
                package=" ".join(filter(None, (content.kind.value, content.version))),
            )
    except OSError as error:
        raise from_os_error(error, path) from error


def _file(reading: PackageReading, entry: PackageFile) -> ShownFile:
    name = entry.name if entry.name is not None and not entry.path.endswith(entry.name) else None
    return ShownFile(entry.path, reading.files[entry.path], digests=tuple(entry.digests.items()), name=name)


def _event(content: PackageContent, one: PackageEvent) -> ShownEvent:
    names = {key.value: agent.names[0] for agent in content.agents if agent.names for key in agent.identifiers}
    agents = tuple(names.get(key.value, key.value) for key in one.event.agents)
    return ShownEvent(one.event, agents, len(one.event.objects))
