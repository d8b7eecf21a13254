"""The library: what the command line does, for programs. What `__all__` lists here is to be had from `archive` itself.

>>> import archive
>>> from archive.resources import seeds_path
>>> report = archive.create([str(seeds_path("press-release"))], to="bags", pdfa="none")
>>> report.created, report.validation.verdict
(True, 'valid')
>>> bag = archive.Bag("bags/press-release")
>>> [file.path for file in bag.files()]
['data/original/000_1203110e2d219dcc.txt']
>>> bag.algorithms()
('sha256', 'sha512')
>>> dict(bag.info())["Payload-Oxum"]
'2081.1'
>>> bag.validate().ok
True
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from archive.config import Settings, load_settings
from archive.errors import NotFoundError
from archive.model.finding import Finding, FindingKind, Outcome, Severity
from archive.model.package import NO_PROGRESS, FileRecord, Progress
from archive.model.plan import CreationReport
from archive.model.report import Depth, ValidationReport

__all__ = [
    "Bag",
    "CreationReport",
    "Depth",
    "FileRecord",
    "Finding",
    "FindingKind",
    "Outcome",
    "Settings",
    "Severity",
    "ValidationReport",
    "create",
    "load_settings",
    "validate",
]

_CREATE_FLAGS = (
    "algorithms",
    "profile",
    "serialize",
    "links",
    "exclude",
    "copy",
    "operator",
    "organization",
    "keep_infected",
    "bag_info",
)


def create(
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    to: str | os.PathLike[str],
    *,
    name: str | None = None,
    description: str | os.PathLike[str] | None = None,
    plain: bool = False,
    in_place: bool = False,
    dry_run: bool = False,
    settings: Settings | None = None,
    progress: Progress = NO_PROGRESS,
    pdfa: str | None = None,
    **flags: Any,
) -> CreationReport:
    """Wrap `sources` in a bag in the folder `to`: what `archive create` does, with the same settings and safety.

    `flags` are settings of `[create]` by their names (`algorithms=("sha512",)`, `serialize="zip"`, ...); `pdfa` is the
    rendition's level or "none". Without `settings` those of the working folder hold. The report's `created` is True
    only when the bag stands in its place and was validated. Raises `UsageError`, `SourceError`, `StorageError` and
    their kinds; then nothing is at the destination and the source is as it was.
    """
    from archive.stages import creation
    from archive.storage.clock import system_clock

    unknown = set(flags) - set(_CREATE_FLAGS)
    if unknown:
        raise TypeError(f"create() has no setting {sorted(unknown)[0]!r}")
    chosen = (settings or load_settings()).with_flags("create", **flags).with_flags("render", pdfa=pdfa)
    given = [sources] if isinstance(sources, (str, os.PathLike)) else sources
    return creation.create(
        [os.fspath(source) for source in given],
        os.fspath(to),
        name=name,
        description=None if description is None else os.fspath(description),
        plain=plain,
        in_place=in_place,
        settings=chosen,
        clock=system_clock(),
        dry_run=dry_run,
        progress=progress,
    )


def validate(
    subject: str | os.PathLike[str],
    *,
    depth: Depth = Depth.FULL,
    profile: str | None = None,
    cross_check: bool = False,
    settings: Settings | None = None,
    progress: Progress = NO_PROGRESS,
) -> ValidationReport:
    """Judge a bag (folder, zip, tar), an XML record, a PDF or an OCFL object or root; nothing is ever written.

    What is wrong stands in the report's `findings`. Raises `NotFoundError` when there is no such thing, and other
    `ArchiveError` when the question could not be put.
    """
    from archive.stages import validation

    return validation.validate(
        os.fspath(subject),
        depth=depth,
        profile=profile,
        cross_check=cross_check,
        settings=settings or load_settings(),
        progress=progress,
    )


class Bag:
    """A finished bag, to look into. It is never written to: a bag is not edited once it is made."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """`path` is the bag's folder, zip or tar. Raises `NotFoundError` when nothing is there."""
        self.path = os.fspath(path)
        if not os.path.lexists(self.path):
            raise NotFoundError("there is no such bag", subject=self.path)

    def __repr__(self) -> str:
        return f"Bag({self.path!r})"

    def validate(self, *, depth: Depth = Depth.FULL, profile: str | None = None) -> ValidationReport:
        """As `archive.validate`."""
        return validate(self.path, depth=depth, profile=profile)

    def info(self) -> tuple[tuple[str, str], ...]:
        """The labels and values of bag-info.txt, in their order, repeats kept."""
        from archive.stages.validation.bags import view_bag

        with view_bag(self.path) as view:
            return view.bag_info()

    def files(self) -> Iterator[FileRecord]:
        """Every payload file that is there and listed: bag path, size in bytes, and its digests as the manifests say.

        The digests are lower-case hex in the order of `algorithms`. Whether they are true is what `validate` tells.
        """
        from archive.stages.validation.bags import view_bag

        with view_bag(self.path) as view:
            yield from view.payload()

    def algorithms(self) -> tuple[str, ...]:
        """The digest algorithms of the payload manifests, by their BagIt names."""
        from archive.stages.validation.bags import view_bag

        with view_bag(self.path) as view:
            return view.algorithms

    def read_tag(self, path: str) -> bytes | None:
        """A tag file's bytes, such as "metadata/descriptive/dc.xml"; None where it is not there or too large."""
        from archive.stages.validation.bags import view_bag

        with view_bag(self.path) as view:
            return view.tag_bytes(path)
