"""A package of another system, as it says it is: its files, what it says of them, and which bag is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from archive.model.description import Statement
from archive.model.finding import Finding
from archive.model.light import light_dataclass
from archive.model.record import AgentView, EventView


class PackageKind(Enum):
    """The kinds of packages that can be read."""

    EARK = "E-ARK package"
    ROCRATE = "RO-Crate"
    DSPACE_SAF = "DSpace item"
    ARCHIVEMATICA = "Archivematica AIP"
    TRANSFER = "Archivematica transfer"
    BAG = "bag"


@light_dataclass(frozen=True)
class PackageFile:
    """What a package says of one of its files. `path` is relative to the package.

    `name` is the path of content below the folder of a new bag's originals, None for what is about the content. `size`
    (bytes) and `digests` (hex by BagIt name) are what the package says; None and empty where it gives none.
    """

    path: str
    name: str | None = None
    size: int | None = None
    digests: Mapping[str, str] = field(default_factory=dict)


@light_dataclass(frozen=True)
class PackageEvent:
    """An event that a package records; `about` is the path of the file in the package, None for the whole package."""

    event: EventView
    about: str | None = None


@light_dataclass(frozen=True)
class PackageContent:
    """What a package says of itself.

    `version` is that of the format, `name` and `identifier` are its own. The `about` of statements and events is a path
    in the package. `bag` is the bag from which muniment made the package: bag paths by the paths in the package, None
    where there is none or where it cannot be put together. `dropped` are lines to be taken out of tag manifests then,
    by the path that they list. `findings` are what is wrong with the package's structure.
    """

    kind: PackageKind
    version: str | None
    name: str
    identifier: str | None = None
    files: tuple[PackageFile, ...] = ()
    statements: tuple[Statement, ...] = ()
    events: tuple[PackageEvent, ...] = ()
    agents: tuple[AgentView, ...] = ()
    bag: Mapping[str, str] | None = None
    dropped: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()

    @property
    def payload(self) -> list[PackageFile]:
        """The files that become the payload of a bag."""
        if self.bag is not None:
            return [one for one in self.files if self.bag.get(one.path, "").startswith("data/")]
        return [one for one in self.files if one.name is not None]
