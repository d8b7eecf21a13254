"""Is the bag that would be made there already? Asked before a bag of a table is made, so that a run can be repeated.

The files are found by the plan's own walk and the description as creation loads it: what creation would leave out, take
from elsewhere or refuse is treated so here, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from archive.bags.contents import open_bag
from archive.errors import ArchiveError, from_os_error
from archive.formats import description_csv, description_toml
from archive.formats.bagpath import to_text
from archive.model.creation import Plan
from archive.model.description import Description
from archive.model.finding import Finding
from archive.settings import Settings
from archive.stages.creation.builder import RESTRICTED
from archive.stages.creation.destination import Destination
from archive.stages.creation.planning import plan, walk_of
from archive.stages.description.loading import load_description
from archive.storage.folders import Folder
from archive.storage.hashing import digest_descriptor

_LARGEST = 64 << 20
_FOLDERS = ("metadata/descriptive", RESTRICTED)
_NAMES = (description_toml.NAME, description_csv.NAME)


def is_already_made(where: Destination, settings: Settings, description: str | None) -> bool:
    """True where the destination holds a bag with this description and exactly these files, by digest.

    A bag that cannot be read is not the one. Raises `ArchiveError` when the source or its description cannot be read.
    """
    if not os.path.lexists(where.target):
        return False
    planned = plan(where, plain=False, settings=settings, dry_run=True)
    described = load_description([root.path for root in where.roots], description)
    try:
        with open_bag(where.target) as bag:
            recorded = {
                f"{folder}/{name}": bag.reader.read_tag(f"{folder}/{name}".encode(), _LARGEST)
                for folder in _FOLDERS
                for name in _NAMES
                if bag.has(f"{folder}/{name}")
            }
            listed = {to_text(path): digests for path, digests in bag.listed()[0].items()}
    except (ArchiveError, OSError):
        return False
    if not _is_described_so(recorded, described):
        return False
    front = f"{planned.payload}/"
    originals = {path: digests for path, digests in listed.items() if path.startswith(front)}
    files = dict(_files(planned))
    if files.keys() != originals.keys():
        return False
    return all(_has_digest(path, originals[name]) for name, path in files.items())


def _is_described_so(recorded: dict[str, bytes], described: Description | None) -> bool:
    if described is None or not described.content:
        return not recorded
    place = f"{RESTRICTED if described.has_private else _FOLDERS[0]}/{described.name}"
    return recorded.get(place) == described.content


def _files(planned: Plan) -> Iterator[tuple[str, str]]:
    """Every file that would be taken: its bag path and where it is."""
    for root in planned.sources:
        place = f"{planned.payload}/{root.name}" if root.name else planned.payload
        if not root.is_folder:
            if root.name not in root.beside:
                yield place, root.path
            continue
        with Folder.at(root.path) as top:
            for visit in walk_of(root, planned.policy, _ignore).over(top):
                for name in visit.files:
                    inside = visit.join(name)
                    yield f"{place}/{inside}", os.path.join(root.path, inside)


def _ignore(finding: Finding) -> None:
    del finding


def _has_digest(path: str, recorded: Mapping[str, str]) -> bool:
    algorithm = next(iter(recorded))
    try:
        with open(path, "rb", buffering=0) as stream:
            return digest_descriptor(stream.fileno(), (algorithm,))[1][0] == recorded[algorithm]
    except OSError as error:
        raise from_os_error(error, path) from error
