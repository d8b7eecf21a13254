"""The format `eark-sip`: an E-ARK submission information package 2.2.0."""

from __future__ import annotations

from collections.abc import Sequence

from archive.model.export import Lost
from archive.stages.exporting import eark
from archive.stages.exporting.eark import package_name, refuse_name
from archive.stages.exporting.protocol import Package
from archive.stages.exporting.source import Source

__all__ = ["export", "package_name", "refuse_name"]


def export(source: Source, package: Package) -> Sequence[Lost]:
    """Write the SIP; private fields stay out. Raises as `Exporter.export`."""
    return eark.export(source, package, "SIP")
