"""Which folders the desk may show and read: those below its roots, and no others, whatever a request says."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from archive.errors import NotFoundError, PermissionDeniedError, UsageError, from_os_error
from archive.formats.naming import path_text
from archive.project_file import home_folder
from archive.settings import Settings

MOST_SHOWN = 2_000
"""So many folders are listed at a time."""


def roots_of(settings: Settings) -> tuple[str, ...]:
    """The real paths of the folders from which material may be chosen: [desk] roots, else the project and the home."""
    chosen: Sequence[str] = settings.desk.roots or (settings.folder, home_folder(os.environ))
    found = [os.path.realpath(os.path.join(settings.folder, os.path.expanduser(root))) for root in chosen]
    return tuple(dict.fromkeys(root for root in found if os.path.isdir(root)))


def allowed_path(settings: Settings, text: str) -> str:
    """The real path of an existing file or folder below a root. Links are resolved before it is judged.

    Raises `UsageError` for a path that is not absolute, `PermissionDeniedError` outside of the roots, `NotFoundError`.
    """
    if not os.path.isabs(path_text(text)):
        raise UsageError("not an absolute path", subject=text)
    real = os.path.realpath(text)
    if not any(is_within(real, root) for root in roots_of(settings)):
        raise PermissionDeniedError(
            "this folder is not among those that the desk may read", subject=text,
            remedy="Add its folder to [desk] roots in archive.toml",
        )  # fmt: skip
    if not os.path.exists(real):
        raise NotFoundError("no such file or folder", subject=text)
    return real


def allowed_target(settings: Settings, text: str) -> str:
    """The real path of a folder that may be written to or made: below a root, whether it is there yet or not.

    A relative path belongs to the project's folder. Links are resolved before it is judged. Raises `UsageError`,
    `PermissionDeniedError`.
    """
    real = os.path.realpath(os.path.join(settings.folder, path_text(text)))
    if not any(is_within(real, root) for root in roots_of(settings)):
        raise PermissionDeniedError(
            "this folder is not among those that the desk may use", subject=text,
            remedy="Add its folder to [desk] roots in archive.toml",
        )  # fmt: skip
    if os.path.exists(real) and not os.path.isdir(real):
        raise UsageError("this is not a folder", subject=text)
    return real


def bags_folder(settings: Settings) -> str:
    """The folder for new bags: [desk] bags. Raises `UsageError` where the setting does not count."""
    settings.require("desk.bags")
    return os.path.join(settings.folder, settings.desk.bags)


def is_within(path: str, root: str) -> bool:
    """Whether `path` is `root` or below it; both are real paths."""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def subfolders(settings: Settings, folder: str) -> list[tuple[str, str]]:
    """The first folders in an allowed folder by name, as (name, path): hidden ones and links are left out.

    Raises as `allowed_path`, and `StorageError`.
    """
    return _shown_in(settings, folder, lambda entry: entry.is_dir(follow_symlinks=False))[:MOST_SHOWN]


def files_in(settings: Settings, folder: str, ends: tuple[str, ...] = ("",)) -> list[tuple[str, str]]:
    """The regular files in an allowed folder whose names end with one of `ends` in small letters, as `subfolders`."""
    return _shown_in(
        settings, folder, lambda entry: entry.name.lower().endswith(ends) and entry.is_file(follow_symlinks=False)
    )


def _shown_in(settings: Settings, folder: str, chosen: Callable[[os.DirEntry[str]], bool]) -> list[tuple[str, str]]:
    real = allowed_path(settings, folder)
    try:
        with os.scandir(real) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith(".") and chosen(entry))
    except OSError as error:
        raise from_os_error(error, real) from error
    return [(name, os.path.join(real, name)) for name in names]
