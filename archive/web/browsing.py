"""What a page shows of one allowed folder, for choosing something in it: links and buttons, no script."""

from __future__ import annotations

import os
from dataclasses import dataclass

from archive.errors import ArchiveError
from archive.settings import Settings
from archive.web.folders import allowed_path, files_in, is_within, roots_of, subfolders
from archive.web.visit import Visit

MOST_FILES = 500
"""So many files of a folder are listed."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One folder: the one above it ("" for the list of roots), its folders and files as (name, path).

    `folder` is empty for the list of roots. `error` says why the folder that was asked for cannot be shown.
    """

    folder: str
    above: str
    folders: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    error: ArchiveError | None = None


def browse(visit: Visit, *, ends: tuple[str, ...] = ()) -> Listing:
    """The folder that the field `folder` names, or the roots. Files are those whose names end with one of `ends`."""
    settings = visit.desk.settings
    asked = visit.text("folder")
    try:
        if asked:
            return _list(settings, asked, ends)
    except ArchiveError as error:
        return _list_roots(settings, error)
    return _list_roots(settings, None)


def _list(settings: Settings, asked: str, ends: tuple[str, ...]) -> Listing:
    folder = allowed_path(settings, asked)
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    above = os.path.dirname(folder)
    inside = any(is_within(above, root) for root in roots_of(settings))
    files = files_in(settings, folder, ends)[:MOST_FILES] if ends else []
    return Listing(folder, above if inside else "", tuple(subfolders(settings, folder)), tuple(files))


def _list_roots(settings: Settings, error: ArchiveError | None) -> Listing:
    return Listing("", "", tuple((root, root) for root in roots_of(settings)), (), error)
