"""What of a package goes where in a bag, and as which bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archive.bags.packages import PackageReading
from archive.formats.manifest import parse_manifest_name
from archive.model.package import PackageContent

ORIGINALS = "data/original/"
KEPT = "metadata/imported/"
"""The files of the package that are not its content, by their paths in the package."""


def places_of(content: PackageContent) -> dict[str, str]:
    """Where the files of a package are in a new bag, by their paths in the package."""
    return {one.path: f"{KEPT}{one.path}" if one.name is None else f"{ORIGINALS}{one.name}" for one in content.files}


def restored(reading: PackageReading, content: PackageContent, path: str, bag_path: str) -> Iterator[bytes]:
    """A file of the package as the bag has it: a tag manifest without the lines that the package added."""
    chunks = reading.stream(path)
    manifest = parse_manifest_name(bag_path)
    if content.dropped and content.bag is not None and manifest is not None and manifest.tag:
        return iter([_without(b"".join(chunks), content.dropped)])
    return chunks


def _without(manifest: bytes, paths: Iterable[str]) -> bytes:
    """A tag manifest without the lines that list these paths."""
    gone = {path.encode() for path in paths}
    return b"".join(
        line for line in manifest.splitlines(keepends=True) if line.split(maxsplit=1)[-1].strip() not in gone
    )
