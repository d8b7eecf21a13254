"""The formats that a bag can be exported to, by name: those of the program, and those of plugins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from typing import cast

from archive.errors import ArchiveError, UsageError
from archive.plugins import Group, load_plugin, plugin_names
from archive.stages.exporting.protocol import Exporter

FORMATS = {
    "archivematica": "archive.stages.exporting.archivematica",
    "bag": "archive.stages.exporting.bag",
    "datacite": "archive.stages.exporting.datacite",
    "dspace-saf": "archive.stages.exporting.dspace_saf",
    "eark-aip": "archive.stages.exporting.eark_aip",
    "eark-sip": "archive.stages.exporting.eark_sip",
    "rocrate": "archive.stages.exporting.rocrate",
}
"""The modules of the program's own exporters."""


def open_exporter(name: str) -> Exporter:
    """The exporter of this format; those of the program come first. Raises `UsageError`."""
    if name in FORMATS:
        return cast(Exporter, import_module(FORMATS[name]))
    found = load_plugin(Group.EXPORTER, name)
    if found is None:
        known = sorted({*FORMATS, *plugin_names(Group.EXPORTER)})
        near = get_close_matches(name, known, 1)
        raise UsageError(
            f"unknown format{f'; did you mean {near[0]}?' if near else ''}", subject=name,
            remedy=f"Choose one of {', '.join(known)}",
        )  # fmt: skip
    if not all(callable(getattr(found, word, None)) for word in ("refuse_name", "export")):
        raise UsageError(
            "the plugin is not an exporter: refuse_name or export is missing", subject=name,
            remedy="Report this to the authors of the plugin",
        )  # fmt: skip
    return cast(Exporter, found)


@contextmanager
def own_errors(name: str) -> Iterator[None]:
    """Whatever else the plugin `name` raises becomes a `UsageError`; a fault in the program's own format stays one."""
    try:
        yield
    except (ArchiveError, OSError):
        raise
    except Exception as error:
        if name in FORMATS:
            raise
        raise UsageError(
            f"the plugin that writes {name} failed: {type(error).__name__}: {error}"[:300],
            remedy="Report this to the authors of the plugin",
        ) from error
