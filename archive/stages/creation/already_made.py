"""Is the bag that would be made there already? Asked before a bag of a batch is made, so that a run can be repeated.

The files are found by the plan's own walk and the description as creation loads it: what creation would leave out, take
from elsewhere or refuse is treated so here, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace

from archive.bags.contents import open_bag
from archive.errors import ArchiveError, ExistsError, from_os_error
from archive.formats import description_csv, description_toml
from archive.formats.bagpath import to_text
from archive.model.creation import SourceRoot, WalkPolicy
from archive.model.description import Description
from archive.model.finding import Finding
from archive.settings import Settings
from archive.stages.creation.builder import RESTRICTED
from archive.stages.creation.destination import Destination
from archive.stages.creation.planning import payload_folder, walk_of, walk_policy
from archive.stages.description.layout import description_files
from archive.stages.description.loading import load_description
from archive.storage.folders import Folder
from archive.storage.hashing import digest_descriptor, digest_length

_LARGEST = 64 << 20
_FOLDERS = ("metadata/descriptive", RESTRICTED)
_NAMES = (description_toml.NAME, description_csv.NAME)
_NAMED = 3
"""So many files of each sort are named."""


def find_difference(where: Destination, settings: Settings, description: str | None, *, plain: bool = False) -> str:
    """How the bag at the destination differs from the one that would be made; "" for the same files and description.

    Files are compared by digest. Raises `ExistsError` where what is there cannot be read as a bag, and `ArchiveError`
    when the source or its description cannot be read.
    """
    described = None if plain else load_description([root.path for root in where.roots], description)
    try:
        with open_bag(where.target) as bag:
            recorded = {
                f"{folder}/{name}": bag.reader.read_tag(f"{folder}/{name}".encode(), _LARGEST)
                for folder in _FOLDERS
                for name in _NAMES
                if bag.has(f"{folder}/{name}")
            }
            listed = {to_text(path): digests for path, digests in bag.listed()[0].items()}
    except (ArchiveError, OSError) as error:
        raise ExistsError(
            "the destination already exists, and it cannot be read as a bag", subject=where.target,
            remedy="Examine it; move it away, or choose another name for the new bag",
        ) from error  # fmt: skip
    front = f"{payload_folder(plain=plain)}/"
    originals = {path: digests for path, digests in listed.items() if path.startswith(front)}
    files = dict(source_files(where, settings, plain=plain))
    parts = [] if _is_described_so(recorded, described) else ["another description"]
    parts += _named("new", [name for name in files if name not in originals], front)
    parts += _named("gone", [name for name in originals if name not in files], front)
    common = (name for name in files if name in originals)
    changed = (name for name in common if not _has_digest(files[name], originals[name]))
    parts += _named("changed", [name for name, _ in zip(changed, range(_NAMED + 1), strict=False)], front)
    return "; ".join(parts)


def _named(word: str, names: list[str], front: str) -> list[str]:
    shown = ", ".join(name.removeprefix(front) for name in names[:_NAMED])
    return [f"{word}: {shown}{', ...' if len(names) > _NAMED else ''}"] if names else []


def _is_described_so(recorded: dict[str, bytes], described: Description | None) -> bool:
    if described is None or not described.content:
        return not recorded
    place = f"{RESTRICTED if described.has_private else _FOLDERS[0]}/{described.name}"
    return recorded.get(place) == described.content


def described_roots(where: Destination, *, plain: bool) -> tuple[SourceRoot, ...]:
    """The sources, each with the names of the files that describe it and are not payload."""
    if plain:
        return where.roots
    return tuple(replace(root, beside=description_files(root.path)) for root in where.roots)


def source_files(where: Destination, settings: Settings, *, plain: bool) -> Iterator[tuple[str, str]]:
    """Every file that would be taken: its bag path and where it is."""
    payload, policy = payload_folder(plain=plain), walk_policy(settings)
    for root in described_roots(where, plain=plain):
        yield from _files_of(root, payload, policy)


def _files_of(root: SourceRoot, payload: str, policy: WalkPolicy) -> Iterator[tuple[str, str]]:
    place = f"{payload}/{root.name}" if root.name else payload
    if not root.is_folder:
        if root.name not in root.beside:
            yield place, root.path
        return
    with Folder.at(root.path) as top:
        for visit in walk_of(root, policy, _ignore).over(top):
            for name in visit.files:
                inside = visit.join(name)
                yield f"{place}/{inside}", os.path.join(root.path, inside)


def _ignore(finding: Finding) -> None:
    del finding


def _has_digest(path: str, recorded: Mapping[str, str]) -> bool:
    algorithm = max(recorded, key=digest_length)
    try:
        with open(path, "rb", buffering=0) as stream:
            return digest_descriptor(stream.fileno(), (algorithm,))[1][0] == recorded[algorithm]
    except OSError as error:
        raise from_os_error(error, path) from error
