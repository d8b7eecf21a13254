"""The payload: copied and digested in one read, or digested where it stands."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import BinaryIO

from archive.config import Settings
from archive.errors import SourceError, from_os_error
from archive.model.codes import source as codes
from archive.model.finding import Finding, Severity
from archive.model.package import Progress
from archive.model.plan import Plan, SourceRoot
from archive.stages.building import AT_ONCE, TreeBuild
from archive.stages.name_checks import check_names
from archive.stages.planning import walk_of
from archive.storage.copying import Copier
from archive.storage.folders import Folder
from archive.storage.walking import Notice, Visit


def take_payload(
    plan: Plan,
    build: TreeBuild,
    settings: Settings,
    progress: Progress,
    *,
    notice: Notice,
    skip_top: Callable[[str], bool] | None = None,
    visited: BinaryIO | None = None,
) -> None:
    """Copy every file of the plan's sources into the build (with `in_place`, only digest them where they stand).

    `visited` takes down the path of each folder, ended by a NUL. `notice` is told of files that have another name
    elsewhere, where that matters. Raises `SourceError` when the source is not what was planned or changes while it is
    read, and `StorageError`.
    """
    copier = Copier(plan.algorithms, settings.create.copy, progress)
    folders = 0
    progress.begin("payload", plan.size)
    for root in plan.sources:
        place = f"{plan.payload}/{root.name}" if root.name else plan.payload
        if root.is_folder:
            folders += _take_folder(
                root,
                place,
                plan,
                build,
                copier,
                settings=settings,
                skip_top=skip_top,
                notice=notice,
                visited=visited,
            )
        elif skip_top is None or not skip_top(root.name):
            _take_file(root, plan.payload, build, copier)
    progress.end()
    if not plan.in_place:
        build.folder("data").close()
    if (build.files, folders) != (plan.files, plan.folders):
        raise _changed(plan.sources[0].path)


def _changed(subject: str) -> SourceError:
    return SourceError(
        "it changed after it was looked at", subject=subject, remedy="Let nobody write to it and run again"
    )


def _refuse(finding: Finding) -> None:
    """What was not there when the plan was made is a change."""
    if finding.kind is codes.UNREADABLE:
        raise SourceError(f"it cannot be read: {finding.facts['reason']}", subject=finding.subject)
    if finding.severity in (Severity.ERROR, Severity.UNCHECKED):
        raise _changed(finding.subject)


def _take_file(root: SourceRoot, place: str, build: TreeBuild, copier: Copier) -> None:
    front, name = os.path.split(os.path.abspath(root.path))
    try:
        source = Folder.at(front)
    except OSError as error:
        raise SourceError(f"it cannot be read: {error.strerror}", subject=root.path) from error
    with source, build.folder(place) as target:
        taken = copier.copy(source, [name], root.path[: -len(name)], target, frozenset([name]))
        build.record(f"{place}/", taken)


def _take_folder(
    root: SourceRoot,
    place: str,
    plan: Plan,
    build: TreeBuild,
    copier: Copier,
    *,
    settings: Settings,
    skip_top: Callable[[str], bool] | None,
    notice: Notice,
    visited: BinaryIO | None,
) -> int:
    """Take one folder with all below; the number of folders walked."""
    try:
        top = Folder.at(root.path)
    except OSError as error:
        raise SourceError(f"it cannot be read: {error.strerror}", subject=root.path) from error
    folders = 0
    since = os.stat(build.root).st_ctime_ns
    shown = root.path.rstrip("/")
    with top, _Targets(build, place) as targets:
        for visit in walk_of(root, settings, _refuse, skip_top).over(top):
            folders += 1
            if visited is not None:
                visited.write(visit.path.encode("utf-8", "surrogateescape") + b"\0")
            check_names(visit.files, visit.path, shown, _refuse, plan.payload)
            front = f"{shown}/{visit.path}/" if visit.path else f"{shown}/"
            inside = f"{place}/{visit.path}/" if visit.path else f"{place}/"
            targets.enter(visit)
            if visit.files and not plan.in_place:
                target = targets.here()
            for first in range(0, len(visit.files), AT_ONCE):
                names = visit.files[first : first + AT_ONCE]
                if plan.in_place:
                    taken = copier.digest(visit.folder, names, front, since)
                    for name in taken.shared:
                        notice(codes.SHARED_INODE.at(inside + name))
                else:
                    taken = copier.copy(visit.folder, names, front, target, visit.followed)
                build.record(inside, taken)
    return folders


class _Targets:
    """The folders of the copy that belong to the folders being visited, made only when a file needs them."""

    def __init__(self, build: TreeBuild, place: str) -> None:
        self._build = build
        self._place = place
        self._open: list[tuple[str, Folder | None]] = []

    def enter(self, visit: Visit) -> None:
        """Follow the walk into `visit`."""
        while len(self._open) > visit.depth:
            folder = self._open.pop()[1]
            if folder is not None:
                folder.close()
        self._open.append((visit.path.rpartition("/")[2], None))

    def here(self) -> Folder:
        """The folder of the copy for the visit entered last. Raises `StorageError`."""
        for depth, (name, folder) in enumerate(self._open):
            if folder is not None:
                continue
            if not depth:
                made = self._build.folder(self._place)
            else:
                above = self._open[depth - 1][1]
                assert above is not None
                try:
                    made = above.make(name)
                except OSError as error:
                    raise from_os_error(error, os.path.join(above.path, name)) from error
            self._open[depth] = (name, made)
        last = self._open[-1][1]
        assert last is not None
        return last

    def __enter__(self) -> _Targets:
        return self

    def __exit__(self, *_: object) -> None:
        for _name, folder in self._open:
            if folder is not None:
                folder.close()
