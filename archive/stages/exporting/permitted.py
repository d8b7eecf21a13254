"""What of a bag may be given to a person: the bag as it is, or a smaller bag without what is restricted.

Without restricted files the copy is a new bag. It has only what cannot speak of them: the other payload files, their
manifests, bag-info.txt and the Dublin Core of the package. Where only private fields are restricted, the copy is the
bag without `metadata/restricted/`, with tag manifests of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from archive.formats.bagit_txt import SUBJECT as DECLARATION
from archive.formats.manifest import manifest_line, manifest_name, parse_manifest_name
from archive.formats.tagfile import Tag, write_tags
from archive.model.light import light_dataclass
from archive.stages.description.rights import restricted_subjects
from archive.stages.exporting.protocol import Package
from archive.stages.exporting.source import STATEMENTS, Source
from archive.stages.exporting.source_files import SourceFile
from archive.storage.hashing import Digests

_DUBLIN_CORE = ("metadata/descriptive/dc.xml", "metadata/descriptive/dcterms.xml")
_INFO = "bag-info.txt"
_OF_THE_WHOLE = ("payload-oxum", "bag-size", "bag-group-identifier", "bag-count", "external-description")
_LONG = 200
"""Longer names of originals are shortened in those of their renditions."""


@light_dataclass(frozen=True)
class Selection:
    """The files of the copy, and those that stay out. `whole` is False when payload files are left out."""

    files: Sequence[SourceFile]
    left_out: Sequence[SourceFile]

    @property
    def whole(self) -> bool:
        return not any(one.in_payload for one in self.left_out)


def select_permitted(source: Source, today: date) -> Selection | None:
    """What of the bag is not restricted on `today`; None where the package as a whole is. Raises `StorageError`."""
    restricted = restricted_subjects(source.read(STATEMENTS), today)
    if None in restricted:
        return None
    closed = [path for path in restricted if path is not None]
    left = {one.path for one in source.files if one.restricted or _belongs_to(one.path, closed)}
    if closed:
        left |= {one.path for one in source.files if not one.in_payload and not _speaks_of_the_package(one.path)}
    kept = tuple(one for one in source.files if one.path not in left)
    return Selection(kept, tuple(one for one in source.files if one.path in left))


def write_selection(source: Source, selection: Selection, package: Package, top: str) -> None:
    """Write the smaller bag below `top` in the package. Raises OSError, and as `package` does."""
    fresh = dict(_fresh_files(source, selection))
    kept = [one for one in selection.files if one.path not in fresh and parse_manifest_name(one.path) is None]
    package.copy((one, f"{top}/{one.path}") for one in kept)
    listed = [(one.path, one.digests) for one in kept if one.in_payload]
    payload = [one.algorithm for one in source.reading.of_kind(tag=False)]
    for algorithm in payload:
        lines = [manifest_line(digests[algorithm].lower(), path) for path, digests in listed if algorithm in digests]
        fresh[manifest_name(algorithm)] = b"".join(lines)
    for path, content in fresh.items():
        package.write(f"{top}/{path}", content)
    copied = {one.path: one for one in kept if not one.in_payload}
    for algorithm in [one.algorithm for one in source.reading.of_kind(tag=True)] or payload:
        digests = {path: _digest([content], algorithm) for path, content in fresh.items()}
        digests |= {path: _digest_of(source, one, algorithm) for path, one in copied.items()}
        lines = [manifest_line(digests[path], path) for path in sorted(digests)]
        package.write(f"{top}/{manifest_name(algorithm, tag=True)}", b"".join(lines))


def _fresh_files(source: Source, selection: Selection) -> Iterator[tuple[str, bytes]]:
    """Files that are written again: they count or name what is left out."""
    yield DECLARATION, b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    payload = [one for one in selection.files if one.in_payload]
    tags = [tag for tag in source.reading.info if selection.whole or tag.label.lower() not in _OF_THE_WHOLE]
    if not selection.whole:
        tags.append(Tag("Payload-Oxum", f"{sum(one.size for one in payload)}.{len(payload)}"))
        tags.append(Tag("Internal-Sender-Description", "A part of the bag: restricted files are left out"))
    yield _INFO, write_tags(tags)


def _digest_of(source: Source, file: SourceFile, algorithm: str) -> str:
    """The digest of a tag file of the bag, as its tag manifest has it, else of its bytes."""
    listed = file.digests.get(algorithm)
    return listed.lower() if listed else _digest(source.reading.reader.stream_tag(os.fsencode(file.path)), algorithm)


def _digest(chunks: Iterable[bytes], algorithm: str) -> str:
    digests = Digests((algorithm,))
    for chunk in chunks:
        digests.update(chunk)
    return digests.hexdigests()[0]


def _speaks_of_the_package(path: str) -> bool:
    """Whether a tag file does not mention single files, or is written again."""
    return path in (DECLARATION, _INFO, *_DUBLIN_CORE) or parse_manifest_name(path) is not None


def _belongs_to(path: str, closed: list[str]) -> bool:
    """Whether a file is one of those that are closed, or a rendition of one."""
    return any(path == one or path.startswith(_beginnings(one)) for one in closed)


def _beginnings(original: str) -> tuple[str, ...]:
    inside = original.removeprefix("data/original/")
    if inside == original:
        return ("\0",)
    front, slash, name = inside.rpartition("/")
    raw = name.encode("utf-8", "surrogateescape")
    short = raw[:_LONG].decode("utf-8", "ignore")
    base = f"data/preservation/{front}{slash}"
    return (f"{base}{name}.", f"{base}{name}~") if len(raw) <= _LONG else (f"{base}{short}",)
