"""A bag made as a DART job asks for it: its files, its package, its profile and its tags."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from archive.errors import FormatError, from_os_error
from archive.formats.dart import DartJob, DartSettings, read_job, read_settings
from archive.model.codes import source as codes
from archive.model.finding import Finding
from archive.model.light import light_dataclass
from archive.regular_files import open_regular
from archive.settings import Settings

_LARGEST = 8 << 20


@light_dataclass(frozen=True)
class JobOrder:
    """What creation is given: sources, the bag's name, and settings; `findings` name what of the job is not done."""

    sources: tuple[str, ...]
    name: str
    settings: Settings
    findings: tuple[Finding, ...]


def order_of_job(path: str, settings: Settings) -> JobOrder:
    """The job in the file `path`, over `settings`. Relative sources are looked for beside the file.

    Raises `FormatError` for a file that is not a DART job that makes a bag, `NotFoundError` and `StorageError`.
    """
    job = read_job(_read(path), path)
    beside = os.path.dirname(os.path.abspath(path))
    sources = tuple(os.path.join(beside, os.path.expanduser(one)) for one in job.sources)
    findings = tuple(codes.NOT_OF_THE_JOB.at(path, what=what) for what in job.left_out)
    return JobOrder(sources, job.name, _settings_of(job, path, settings), findings)


def _settings_of(job: DartJob, path: str, settings: Settings) -> Settings:
    known = {label.lower() for label in job.fields}
    kept: Mapping[str, Any] = {k: v for k, v in settings.create.bag_info.items() if k.lower() not in known}
    return settings.with_flags(
        "create",
        bag_info={**kept, **{label: list(values) for label, values in job.fields.items()}} if job.fields else None,
        profile=path if job.has_profile else None,
        serialize=job.serialize or None,
    )


def read_dart_settings(path: str) -> DartSettings:
    """A workflow, exported settings or a BagIt profile of DART.

    Raises `FormatError`, `NotFoundError` and `StorageError`.
    """
    return read_settings(_read(path), path)


def _read(path: str) -> bytes:
    try:
        with open_regular(path) as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise from_os_error(error, path) from error
    if len(content) > _LARGEST:
        raise FormatError(f"it is larger than {_LARGEST:,} bytes", subject=path)
    return content
