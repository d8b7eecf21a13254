"""The payload: copied and digested in one read, or digested where it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import BinaryIO

from archive.errors import SourceError, from_os_error
from archive.model.build import Progress
from archive.model.codes import source as codes
from archive.model.creation import Plan, SourceRoot
from archive.model.finding import Finding, Severity
from archive.settings import Settings
from archive.stages.creation.builder import AT_ONCE, BagBuilder
from archive.stages.creation.delivery import DeliveryCheck
from archive.stages.creation.name_checks import check_names
from archive.stages.creation.planning import walk_of
from archive.storage.copying import Copier
from archive.storage.folders import Folder
from archive.storage.trail import Trail
from archive.storage.walking import Notice, Visit


def take_payload(
    plan: Plan,
    build: BagBuilder,
    settings: Settings,
    progress: Progress,
    *,
    notice: Notice,
    delivery: DeliveryCheck,
    visited: BinaryIO | None = None,
    recorded: Callable[[], None] | None = None,
) -> None:
    """Copy every file of the plan's sources into the build (with `in_place`, only digest them where they are).

    `delivery` compares the files with the checksums that came with them. `visited` takes down the path of each folder,
    ended by a NUL. `recorded` is called whenever some files more are recorded. `notice` receives files that have
    another name elsewhere, where that matters. Raises `SourceError` when the source is not what was planned or changes
    while it is read, and `StorageError`.
    """
    copier = Copier(delivery.algorithms, settings.create.copy, progress)
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
                delivery=delivery,
                notice=notice,
                visited=visited,
                recorded=recorded,
            )
        elif root.name not in root.beside:
            _take_file(root, plan.payload, build, copier, delivery)
    progress.end()
    if not plan.in_place:
        build.folder("data").close()
    if (build.files, folders) != (plan.files, plan.folders):
        raise _changed(plan.sources[0].path)


def _changed(subject: str) -> SourceError:
    return SourceError(
        "it changed after the plan was made",
        subject=subject,
        remedy="Make sure nothing writes to it, then run again",
    )


def _refuse(finding: Finding) -> None:
    """What was not there when the plan was made is a change."""
    if finding.kind is codes.UNREADABLE:
        raise SourceError(f"it cannot be read: {finding.facts['reason']}", subject=finding.subject)
    if finding.severity in (Severity.ERROR, Severity.UNCHECKED):
        raise _changed(finding.subject)


def _take_file(root: SourceRoot, place: str, build: BagBuilder, copier: Copier, delivery: DeliveryCheck) -> None:
    front, name = os.path.split(os.path.abspath(root.path))
    try:
        source = Folder.at(front)
    except OSError as error:
        raise SourceError(f"it cannot be read: {error.strerror}", subject=root.path) from error
    with source, build.folder(place) as target:
        taken = copier.copy(source, [name], root.path[: -len(name)], target, frozenset([name]))
        build.record(f"{place}/", delivery.take(f"{place}/", taken))


def _take_folder(
    root: SourceRoot,
    place: str,
    plan: Plan,
    build: BagBuilder,
    copier: Copier,
    *,
    delivery: DeliveryCheck,
    notice: Notice,
    visited: BinaryIO | None,
    recorded: Callable[[], None] | None,
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
        for visit in walk_of(root, plan.policy, _refuse).over(top):
            folders += 1
            if visited is not None:
                visited.write(visit.path.encode("utf-8", "surrogateescape") + b"\0")
            check_names(visit.files, visit.path, shown, _refuse, place)
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
                build.record(inside, delivery.take(inside, taken))
                if recorded is not None:
                    recorded()
    return folders


class _Targets:
    """The folders of the copy that belong to the folders being visited, made only when a file needs them.

    None is open to more people than its source.
    """

    def __init__(self, build: BagBuilder, place: str) -> None:
        self._build = build
        self._place = place
        self._ways: list[tuple[str, int]] = []
        self._trail: Trail | None = None
        self._top: Folder | None = None

    def enter(self, visit: Visit) -> None:
        """Follow the walk into `visit`."""
        del self._ways[visit.depth :]
        self._ways.append((visit.path.rpartition("/")[2], visit.folder.mode()))
        if self._trail is not None and self._trail.depth >= visit.depth > 0:
            self._trail.leave(visit.depth - 1)

    def here(self) -> Folder:
        """The folder of the copy for the visit entered last. Raises `StorageError`."""
        if self._trail is None:
            self._top = self._build.folder(self._place)
            self._trail = Trail(self._top)
        for name, mode in self._ways[self._trail.depth + 1 :]:
            try:
                self._trail.make(name, 0o700 | mode & 0o077)
            except OSError as error:
                raise from_os_error(error, os.path.join(self._trail.present.path, name)) from error
        return self._trail.present

    def __enter__(self) -> _Targets:
        return self

    def __exit__(self, *_: object) -> None:
        if self._trail is not None:
            self._trail.close()
        if self._top is not None:
            self._top.close()
