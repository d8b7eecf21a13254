"""A list of folders to choose from, one folder at a time: works by links and buttons alone."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from archive.errors import from_os_error
from archive.formats.naming import path_fields
from archive.settings import Settings
from archive.web.folders import MOST_SHOWN, allowed_path, files_in, is_within, roots_of, subfolders
from archive.web.visit import Visit, page

MOST_FILES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or file in the list. `fields` name it in a form, `query` in an address."""

    name: str
    path: str
    size: int | None = None

    @property
    def fields(self) -> dict[str, str]:
        return path_fields(self.path)

    @property
    def query(self) -> str:
        return "&".join(f"{name}={quote(value)}" for name, value in path_fields(self.path).items())


def chosen_path(visit: Visit) -> str:
    """The path that a form or an address names, by `path_b64` where it is not UTF-8; "" where it names none."""
    encoded = visit.text("path_b64")
    if encoded:
        try:
            return os.fsdecode(base64.b64decode(encoded, validate=True))
        except (binascii.Error, ValueError):
            return visit.text("path")
    return visit.text("path")


def show_folders(visit: Visit) -> Response:
    """The roots, or what is in one folder below them. Raises as `allowed_path`."""
    settings = visit.desk.settings
    roots = roots_of(settings)
    path = chosen_path(visit)
    if not path:
        return visit.show("folders.html", here=None, above=(), folders=[Place(one, one) for one in roots], files=())
    real = allowed_path(settings, path)
    if not os.path.isdir(real):
        real = os.path.dirname(real)
    folders = [Place(name, one) for name, one in subfolders(settings, real)]
    above = list(_above(real, roots))
    return visit.show(
        "folders.html", here=Place(os.path.basename(real) or real, real), above=above, folders=folders,
        files=_list_files(settings, real), is_cut=len(folders) == MOST_SHOWN,
    )  # fmt: skip


def _above(path: str, roots: tuple[str, ...]) -> Iterator[Place]:
    """The folders above, from the root on."""
    root = max((one for one in roots if is_within(path, one)), key=len)
    parts = os.path.relpath(path, root).split(os.sep) if path != root else []
    yield Place(root, root)
    for number in range(len(parts) - 1):
        yield Place(parts[number], os.path.join(root, *parts[: number + 1]))


def _list_files(settings: Settings, folder: str) -> list[Place]:
    """The first regular files in a folder by name. Raises `StorageError`."""
    try:
        shown = files_in(settings, folder)[:MOST_FILES_SHOWN]
        return [Place(name, path, os.stat(path).st_size) for name, path in shown]
    except OSError as error:
        raise from_os_error(error, folder) from error


ROUTES = (Route("/folders", page(show_folders)),)
