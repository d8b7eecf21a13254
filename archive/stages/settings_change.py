"""Changing settings for a person who does not edit archive.toml: few settings, checked before they are put in place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace

from archive.config import load_settings
from archive.errors import ExistsError, FormatError, NotFoundError, UsageError, from_os_error
from archive.formats.amounts import parse_age
from archive.formats.toml_editing import set_values
from archive.project_file import NAME, find_project_file, read_settings_file
from archive.settings import Settings
from archive.stages.project import trust_project
from archive.storage.atomic import write_output
from archive.storage.partial import Partial

EDITABLE = ("create.organization", "create.operator", "audit.max_age", "notify.name", "desk.bags")
"""The settings that can be changed this way."""
LONGEST = 500


def mark_of_file(folder: str) -> str:
    """A text that changes with every change of the project's archive.toml. Raises `NotFoundError`, `StorageError`."""
    return hashlib.sha256(_read(folder)).hexdigest()


def change_settings(
    folder: str, changes: Mapping[str, str], environ: Mapping[str, str], *, mark: str = "", dry_run: bool = False
) -> Settings:
    """Write `changes`, by "section.key", into the archive.toml of the project in `folder`; what holds afterwards.

    An empty text takes a setting back to its default. Comments and order of the file stay. With `mark` (see
    `mark_of_file`) a file that was changed since is left alone. A trusted project stays trusted, another one does not
    become so. With `dry_run` all is checked and nothing is written. Raises `UsageError` for a wrong value, and
    `ExistsError`, `NotFoundError`, `FormatError`, `StorageError`.
    """
    for name, value in changes.items():
        _check(name, value)
    content = _read(folder)
    if mark and hashlib.sha256(content).hexdigest() != mark:
        raise ExistsError(
            "the file was changed meanwhile; nothing was written", subject=os.path.join(folder, NAME),
            remedy="Read the settings again, then change them",
        )  # fmt: skip
    project, _passed_over = find_project_file(folder, environ)
    trusted = project is not None and not project.doubt
    try:
        changed = set_values(content, changes)
    except ValueError as error:
        raise FormatError(
            f"the settings cannot be changed by machine: {error}", subject=os.path.join(folder, NAME),
            remedy="Edit the file by hand",
        ) from error  # fmt: skip
    with Partial(folder, NAME) as partial:
        write_output(partial.file(NAME), [changed])
        draft = replace(load_settings(partial.path, environ, trusted=True), folder=folder)
        for name, value in changes.items():
            section, _dot, key = name.partition(".")
            origin = draft.origins.get(name, "")
            if value and origin.startswith("project") and getattr(getattr(draft, section), key) != value:
                raise UsageError("the value does not read back as it was meant", subject=name)
    if dry_run:
        return draft
    write_output(os.path.join(folder, NAME), [changed], replace=True)
    if trusted:
        trust_project(folder, environ)
    return load_settings(folder, environ)


def _check(name: str, value: str) -> None:
    if name not in EDITABLE:
        raise UsageError("this setting is changed in archive.toml itself", subject=name[:60])
    if len(value) > LONGEST:
        raise UsageError(f"at most {LONGEST} characters are allowed", subject=name)
    if any(not one.isprintable() for one in value):
        raise UsageError("the text has characters that cannot be shown", subject=name)
    if name == "audit.max_age" and value:
        parse_age(value)


def _read(folder: str) -> bytes:
    path = os.path.join(folder, NAME)
    if not os.path.isfile(path):
        raise NotFoundError("there is no archive.toml in this folder", subject=folder, remedy="Run: archive init")
    try:
        return read_settings_file(path)
    except OSError as error:
        raise from_os_error(error, path) from error
