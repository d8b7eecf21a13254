"""The format `dspace-saf`: items in DSpace's Simple Archive Format, each with every file of its bag.

Originals are in the bundle ORIGINAL, renditions in PRESERVATION, tag files in METADATA. The files at the bag's top are
in bag/, all others keep their paths, so that the bag can be put together again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.formats.dspace_saf import FIELDS, Bitstream, refuse_path, write_contents, write_dublin_core
from archive.model.description import Statement
from archive.model.export import Lost
from archive.stages.exporting.protocol import Package
from archive.stages.exporting.source import STATEMENTS, Source
from archive.stages.exporting.source_files import SourceFile

ITEM = "item_000"
_TOP = "bag/"


def refuse_name(path: str) -> str | None:
    """The names are lines of a text, and the importer cuts and trims them."""
    return refuse_path(_place_of(path))


def export(source: Source, package: Package) -> Sequence[Lost]:
    """Write the one item of the archive. Raises as `Exporter.export`."""
    return export_item(source, package, ITEM)


def export_item(source: Source, package: Package, folder: str) -> Sequence[Lost]:
    """Write the item in this folder; private fields stay out, for a repository would publish them."""

    def files() -> Iterator[SourceFile]:
        return (file for file in source.files if not file.restricted)

    def bitstreams() -> Iterator[Bitstream]:
        primary = next((file.path for file in files() if file.path.startswith(source.payload_folder)), None)
        for payload in (True, False):
            for file in files():
                if file.in_payload is payload:
                    yield _bitstream(source, file, primary=file.path == primary)

    own = [one for one in source.statements if one.about is None]
    if not any(one.property == "title" for one in own):
        own = [*source.titles, *own]
    known = {one.value for one in own if one.property == "identifier"}
    own += [Statement("identifier", one) for one in source.info("External-Identifier") if one not in known]
    package.copy((file, f"{folder}/{_place_of(file.path)}") for file in files())
    package.write(f"{folder}/contents", write_contents(bitstreams()))
    package.write(f"{folder}/dublin_core.xml", write_dublin_core(own))
    about_files = [one for one in source.statements if one.about is not None and one.property != "title"]
    unwritten = [one for one in own if one.property not in FIELDS]
    kept = f"{folder}/{_place_of(STATEMENTS)}"
    found = [
        Lost("private fields", len(source.files) - sum(1 for _ in files())),
        Lost("statements without a field in DSpace's registry", len(unwritten), kept),
        Lost("statements about single files, but for a title", len(about_files), kept),
        Lost("certainty and source of the statements", len(source.statements), kept),
    ]
    return [one for one in found if one.count]


def _place_of(path: str) -> str:
    return path if "/" in path else f"{_TOP}{path}"


def _bitstream(source: Source, file: SourceFile, *, primary: bool) -> Bitstream:
    place = _place_of(file.path)
    if not file.in_payload:
        return Bitstream(place, "METADATA")
    titles = source.values("title", about=file.path)
    title = titles[0].value if titles else None
    if file.path.startswith(source.payload_folder):
        return Bitstream(place, "ORIGINAL", primary, title)
    return Bitstream(place, "PRESERVATION", description=title or "Rendition for preservation")
