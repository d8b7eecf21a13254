"""What the tag manifests of a bag that lies in a package say of it."""

from __future__ import annotations

from collections.abc import Mapping

from archive.bags.packages import PackageReading
from archive.formats.bagpath import decode_path, to_bytes, to_text
from archive.formats.manifest import parse_manifest_name
from archive.storage.hashing import digest_length, is_known, normalise_name
from archive.storage.working_folder import RESTRICTED


def listed_digests(reading: PackageReading, bag: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The digests that the manifests of a bag in a package list, by the paths in the package.

    `bag` gives the bag paths. Lines that cannot be read are left to the validation of the bag. Raises OSError.
    """
    places = {bag_path: place for place, bag_path in bag.items()}
    found: dict[str, dict[str, str]] = {}
    for bag_path, place in places.items():
        name = parse_manifest_name(bag_path)
        if name is None:
            continue
        algorithm = normalise_name(name.algorithm)
        for line in reading.read(place).decode("utf-8", "surrogateescape").split("\n"):
            digest, _, listed = line.partition(" ")
            listed = to_text(decode_path(to_bytes(listed.lstrip(" *")))[0])
            if listed in places and is_known(algorithm) and len(digest) == 2 * digest_length(algorithm):
                found.setdefault(places[listed], {})[algorithm] = digest.lower()
    return found


def lists_private_fields(reading: PackageReading, front: str) -> bool:
    """True when a tag manifest below `front` lists private fields, which no package but a bag holds."""
    for path in reading.below(front):
        name = parse_manifest_name(path.removeprefix(front))
        if name is not None and name.tag and f"  {RESTRICTED}/".encode() in reading.read(path):
            return True
    return False
