"""Was the bag that is there already made of this very package? Then an import that is given again has nothing to do.

The bag is validated, every byte, before it is asked here; then each file that an import takes from the package must be
in it with the same bytes, and no other file where an import puts them. A seal may have been added since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from archive.bags.contents import open_bag
from archive.bags.packages import PackageReading
from archive.errors import FormatError, NotABagError, NotFoundError
from archive.formats.bagpath import to_bytes
from archive.model.build import Progress
from archive.model.package import PackageContent
from archive.model.validation import Kind
from archive.settings import Settings
from archive.stages.exporting.placing import obstacles, prove
from archive.stages.exporting.source_files import SourceFile, SourceFiles
from archive.stages.importing.contents import KEPT, ORIGINALS, places_of, restored
from archive.storage.hashing import Digests, digest_length

_CHECK = "sha256"
_SEALS = "seal/"


def verdict_on_existing(
    target: str, reading: PackageReading, content: PackageContent, settings: Settings, progress: Progress
) -> str | None:
    """The judgement on the bag at `target` where it was made of this package and is whole; else None."""
    places = content.bag if content.bag is not None else places_of(content)
    taken = ("",) if content.bag is not None else (ORIGINALS, KEPT)

    def chunks_of(path: str, bag_path: str) -> Iterator[bytes]:
        return restored(reading, content, path, bag_path)

    try:
        proven = prove(target, settings, progress)
        if proven.kind is not Kind.BAG or obstacles(proven):
            return None
        is_same = _is_made_of(target, {one: path for path, one in places.items()}, chunks_of, taken)
        return proven.verdict if is_same else None
    except (NotABagError, NotFoundError, FormatError):
        return None


def _is_made_of(
    bag: str, wanted: Mapping[str, str], chunks_of: Callable[[str, str], Iterable[bytes]], taken: tuple[str, ...]
) -> bool:  # fmt: skip
    """True when the bag has the files of the package at their bag paths.

    `wanted` are the paths in the package by bag path, `chunks_of` gives by both what an import writes there. Below
    `taken` the bag has no other file. Raises `ArchiveError`, OSError and what the reader raises.
    """
    found = 0
    with open_bag(bag) as opened:
        for file in SourceFiles(opened):
            path = wanted.get(file.path)
            if path is None:
                if file.path.startswith(taken) and not file.path.startswith(_SEALS):
                    return False
                continue
            algorithm, digest = _digest_in_bag(file, opened.reader.stream_tag)
            if _digest_of(chunks_of(path, file.path), algorithm) != digest:
                return False
            found += 1
    return found == len(wanted)


def _digest_in_bag(file: SourceFile, stream: Callable[[bytes], Iterable[bytes]]) -> tuple[str, str]:
    """The strongest digest that the manifests list; of a file that none lists, that of its bytes."""
    strongest = max(file.digests, key=digest_length, default=None)
    if strongest is not None:
        return strongest, file.digests[strongest].lower()
    return _CHECK, _digest_of(stream(to_bytes(file.path)), _CHECK)


def _digest_of(chunks: Iterable[bytes], algorithm: str) -> str:
    digests = Digests((algorithm,))
    for chunk in chunks:
        digests.update(chunk)
    return digests.hexdigests()[0]
