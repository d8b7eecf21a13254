"""A source described in a real tree under construction, without rendering or sealing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from archive.model.build import RenditionResult, VirusCheck
from archive.resources import metadata_path
from archive.settings import Settings
from archive.stages.creation.builder import BagBuilder
from archive.stages.creation.metadata import BagFacts, describe
from archive.stages.description.layout import description_files
from archive.stages.description.loading import load_description
from archive.stages.scanning.identification import identify
from archive.storage.clock import Clock
from archive.storage.copying import Taken

CLOCK = Clock(1_700_000_000)
MODIFIED = 1_600_000_000
"""When every file was last modified, in seconds since the epoch."""
PREMIS = {"p": "http://www.loc.gov/premis/v3"}


@dataclass(frozen=True, slots=True)
class Described:
    """What describing wrote, by bag path, and what it told."""

    tags: dict[str, bytes]
    facts: BagFacts

    def xml(self, path: str) -> etree._Element:
        return etree.fromstring(self.tags[path])

    @property
    def premis(self) -> etree._Element:
        return self.xml("metadata/preservation/premis.xml")


def describe_folder(
    source: Path,
    work: Path,
    *,
    settings: Settings | None = None,
    explicit: str | None = None,
    renditions: tuple[RenditionResult, ...] = (),
    made: dict[str, bytes] | None = None,
    virus: VirusCheck | None = None,
    clock: Clock = CLOCK,
    algorithms: tuple[str, ...] = ("sha256", "sha512"),
) -> Described:
    """Take the files of `source` as payload, add the renditions `made`, and describe it all."""
    settings = settings or Settings()
    told = load_description([str(source)], explicit)
    tree, spool = work / "tree", work / "spool"
    with BagBuilder(
        str(tree), source.name, algorithms=algorithms, tag_algorithms=algorithms, spool=str(spool)
    ) as build:
        for relative, content in _files(source):
            front, _, name = f"data/original/{relative}".rpartition("/")
            size, digests = build._write(f"{front}/{name}", [content], algorithms)
            build.record(f"{front}/", Taken([name], [[one] for one in digests], [size], [MODIFIED * 1_000_000_000]))
        for path, content in (made or {}).items():
            build.add_payload(path, [content])
        with identify(build, settings) as identifications:
            facts = describe(
                build,
                description=told,
                identifications=identifications,
                renditions=renditions,
                virus=virus,
                settings=settings,
                clock=clock,
            )
        tags = {path: (tree / path).read_bytes() for path, _ in build.tags}
    return Described(tags, facts)


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    for folder, folders, names in os.walk(source):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            relative = os.path.relpath(path, source)
            if relative not in description_files(str(source)):
                yield relative, path.read_bytes()


def schema(name: str) -> etree.XMLSchema:
    """One of our schemas: "premis.xsd", "oai_dc.xsd", "qualifieddc.xsd"."""
    return etree.XMLSchema(etree.parse(str(metadata_path("schemas", name))))
