"""The format `bag`: the bag itself, every file as it is."""

from __future__ import annotations

from collections.abc import Sequence

from archive.model.export import Lost
from archive.stages.exporting.protocol import Package
from archive.stages.exporting.source import Source


def refuse_name(path: str) -> str | None:
    """Every name that a bag has, a bag can have."""
    del path
    return None


def export(source: Source, package: Package) -> Sequence[Lost]:
    """Copy every file; nothing is lost."""
    package.copy((file, file.path) for file in source.files)
    return ()
