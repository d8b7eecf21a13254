"""What the tag manifests of a bag that lies in a package say of it."""

from __future__ import annotations

from archive.bags.packages import PackageReading
from archive.formats.manifest import parse_manifest_name
from archive.storage.working_folder import RESTRICTED


def lists_private_fields(reading: PackageReading, front: str) -> bool:
    """True when a tag manifest below `front` lists private fields, which no package but a bag holds."""
    for path in reading.below(front):
        name = parse_manifest_name(path.removeprefix(front))
        if name is not None and name.tag and f"  {RESTRICTED}/".encode() in reading.read(path):
            return True
    return False
