"""Files of a new bag that stay elsewhere: lines in its manifests and in fetch.txt instead of bytes (RFC 8493 2.2.3)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from archive.errors import NotFoundError, UsageError, from_os_error
from archive.formats.fetch import SUBJECT, write_fetch
from archive.formats.remote_files import RemoteFile, RemoteFiles, read_remote_files
from archive.model.codes.bag import FETCH_PENDING
from archive.model.creation import CreationReport
from archive.model.finding import Severity
from archive.model.validation import ValidationReport
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.stages.creation.builder import AT_ONCE, BagBuilder
from archive.storage.copying import Taken
from archive.storage.hashing import digest_length, is_known, normalise_name

_LARGEST = 1 << 30


def load_remote_files(path: str) -> RemoteFiles:
    """The table at `path`, its digests of known algorithms by their BagIt names.

    Raises `NotFoundError`, `StorageError`, `UsageError`, and `FormatError` for what is wrong in it.
    """
    try:
        with open_regular(path) as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError as error:
        raise NotFoundError("there is no such table", subject=path) from error
    except OSError as error:
        raise from_os_error(error, path) from error
    if len(content) > _LARGEST:
        raise UsageError("this is too large for a table of files", subject=path)
    table = read_remote_files(content, path)
    unknown = [name for name in table.algorithms if not is_known(name)]
    if unknown:
        raise UsageError(f"the column {unknown[0]} is not a digest algorithm", subject=path)
    names = tuple(normalise_name(name) for name in table.algorithms)
    for one in table.files:
        for name, digest in zip(names, one.digests, strict=True):
            if len(digest) != 2 * digest_length(name):
                raise UsageError(f"this is not a {name} digest: {digest[:80]}", subject=f"{path}: {one.path}")
    return RemoteFiles(names, table.files)


def with_table_algorithms(settings: Settings, table: RemoteFiles) -> Settings:
    """The settings with algorithms that the table has a digest of for each file.

    Those that were asked for by name must be in the table; of the default ones those that are in it are taken. Raises
    `UsageError`.
    """
    asked = [normalise_name(name) for name in settings.create.algorithms]
    lacking = [name for name in asked if name not in table.algorithms]
    if not lacking:
        return settings
    if settings.origins.get("create.algorithms", "default") != "default":
        raise UsageError(
            f"the table has no {lacking[0]} digests, and every manifest must list every file",
            remedy=f"Add that column, or use --algorithm {table.algorithms[0]}",
        )
    kept = [name for name in asked if name in table.algorithms] or list(table.algorithms)
    return replace(settings, create=replace(settings.create, algorithms=tuple(kept)))


def record_remote(build: BagBuilder, table: RemoteFiles) -> None:
    """Take the files of the table into the manifests and fetch.txt. Raises `UsageError`, `StorageError`."""
    columns = [table.algorithms.index(name) for name in build.algorithms]
    for folder, group in groupby(table.files, key=lambda one: one.path.rpartition("/")[0]):
        files = list(group)
        for one in files:
            _require_free(build, one.path)
        for start in range(0, len(files), AT_ONCE):
            build.record(f"{folder}/", _as_taken(files[start : start + AT_ONCE], columns))
    build.add_tag(SUBJECT, write_fetch((one.url, one.size, one.path) for one in table.files))


def with_remote(report: CreationReport, table: RemoteFiles, path: str) -> CreationReport:
    """The report of a dry run with the files of the table, which is at `path`."""
    size = (report.size or 0) + sum(one.size for one in table.files)
    return replace(report, files=report.files + len(table.files), size=size, sources=(*report.sources, path))


def is_made(report: ValidationReport) -> bool:
    """True when nothing is wrong with the finished bag but that files are still to be fetched."""
    open_ends = [one for one in report.findings if one.severity in (Severity.ERROR, Severity.UNCHECKED)]
    return all(one.kind is FETCH_PENDING or one.facts.get("code") == FETCH_PENDING.code for one in open_ends)


def _require_free(build: BagBuilder, path: str) -> None:
    place = path
    while place and place != "data":
        here = os.path.join(build.root, place)
        if os.path.lexists(here) and (place == path or not os.path.isdir(here)):
            raise UsageError(
                "a source has a file of the same path as the table", subject=place, remedy="Rename one of the two"
            )
        place = place.rpartition("/")[0]


def _as_taken(files: Iterable[RemoteFile], columns: list[int]) -> Taken:
    chosen = list(files)
    digests = [[one.digests[column] for one in chosen] for column in columns]
    names = [one.path.rpartition("/")[2] for one in chosen]
    return Taken(names, digests, [one.size for one in chosen], [None] * len(chosen))
