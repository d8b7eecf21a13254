"""Planning: everything that can be decided before a byte is written, and every problem, not only the first."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from archive.config import Settings
from archive.errors import ExistsError
from archive.model.codes import source as codes
from archive.model.finding import Finding
from archive.model.plan import Plan, SourceRoot
from archive.stages.destination import Place
from archive.stages.name_checks import check_names
from archive.stages.requirements import find_missing, gather_requirements
from archive.storage.folders import Folder
from archive.storage.walking import Exclusions, Notice, Visit, Walk

LISTED = 1000
"""How many findings of one kind a report lists."""

_LOSES = {codes.EXCLUDED: "it is excluded", codes.SPECIAL_FILE: "it is no regular file"}
_LINKS = (codes.LINK_REFUSED, codes.LINK_FOLLOWED, codes.LINK_BROKEN, codes.LINK_LOOP)


@dataclass(slots=True)
class Notices:
    """Findings as they come, the first of each kind listed and the rest counted."""

    listed: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, finding: Finding) -> None:
        self.counts[finding.code] += 1
        if self.counts[finding.code] <= LISTED:
            self.listed.append(finding)

    def all(self) -> tuple[Finding, ...]:
        """What is listed, and one finding a kind for what is not."""
        more = [codes.MORE.at("", code=code, count=n - LISTED) for code, n in self.counts.items() if n > LISTED]
        return (*self.listed, *more)


def plan(
    where: Place,
    *,
    plain: bool,
    settings: Settings,
    skip_top: Callable[[str], bool] | None = None,
    measure: bool = False,
    dry_run: bool = False,
) -> Plan:
    """The plan for one bag. `skip_top` names files at a source's top that describe it and are no payload.

    `measure` adds up bytes, at the price of one look at each file. Raises `ExistsError` (unless `dry_run`, where it is
    a finding) and `StorageError`.
    """
    roots, target, in_place = where.roots, where.target, where.in_place
    notices = Notices()
    if not in_place and os.path.lexists(target):
        if not dry_run:
            raise ExistsError(
                "it is already there, and nothing is ever overwritten",
                subject=target,
                remedy=codes.TARGET_EXISTS.remedy,
            )
        notices.take(codes.TARGET_EXISTS.at(target))
    for path in where.leftovers():
        notices.take(codes.LEFTOVER.at(path))
    required = gather_requirements(settings)
    for finding in (*required.findings, *(find_missing(required, required.bag_info) if plain else ())):
        notices.take(finding)
    payload = "data" if plain else "data/original"
    counted = _Count(measure)
    for root in roots:
        counted.look(root, settings, notices, in_place=in_place, skip_top=skip_top, payload=payload)
    _check_roots(roots, payload, notices.take)
    if not counted.files and not notices.counts.keys() & {codes.UNREADABLE.code, codes.LINK_REFUSED.code}:
        notices.take(codes.NO_FILES.at(roots[0].path))
    return Plan(
        sources=roots,
        target=target,
        name=where.name,
        payload=payload,
        algorithms=required.algorithms,
        tag_algorithms=required.tag_algorithms,
        bag_info=required.bag_info,
        files=counted.files,
        folders=counted.folders,
        size=counted.size if counted.measure else None,
        plain=plain,
        in_place=in_place,
        serialize=settings.create.serialize,
        profile=settings.create.profile,
        findings=notices.all(),
    )


def walk_of(root: SourceRoot, settings: Settings, notice: Notice, skip_top: Callable[[str], bool] | None) -> Walk:
    """How this root is walked: the same for the plan and for the payload."""
    return Walk(
        root.path,
        notice,
        follow=settings.create.links == "follow",
        excluded=Exclusions(settings.create.exclude),
        skip_top=skip_top,
    )


@dataclass(slots=True)
class _Count:
    measure: bool
    files: int = 0
    folders: int = 0
    size: int = 0

    def look(
        self,
        root: SourceRoot,
        settings: Settings,
        notices: Notices,
        *,
        in_place: bool,
        skip_top: Callable[[str], bool] | None,
        payload: str,
    ) -> None:
        """Walk one root: count, and take notice of what is wrong."""

        def notice(finding: Finding) -> None:
            if in_place and (finding.kind in _LOSES or finding.kind in _LINKS):
                reason = _LOSES.get(finding.kind, "it is a link")
                finding = codes.NOT_IN_PLACE.at(finding.subject, reason=reason)
            notices.take(finding)

        if os.path.islink(root.path.rstrip("/")):
            notice(codes.LINK_FOLLOWED.at(root.path, target=os.readlink(root.path.rstrip("/"))))
        if not root.is_folder:
            if skip_top is None or not skip_top(root.name):
                self.files += 1
                self._weigh(lambda: os.stat(root.path), lambda: os.access(root.path, os.R_OK), root.path, notice)
            return
        try:
            top = Folder.at(root.path)
        except OSError as error:
            notice(codes.UNREADABLE.at(root.path, reason=error.strerror or "read error"))
            return
        with top:
            for visit in walk_of(root, settings, notice, skip_top).over(top):
                self.files += len(visit.files)
                self.folders += 1
                check_names(visit.files + visit.folders, visit.path, root.path, notice, payload)
                if self.measure:
                    self._weigh_all(visit, root.path, notice)

    def _weigh_all(self, visit: Visit, shown: str, notice: Notice) -> None:
        folder = visit.folder
        for name in visit.files:
            path = os.path.join(folder.path, name) if folder.fd is None else name
            where = None if folder.fd is None else folder.fd
            self._weigh(
                lambda name=name: folder.stat(name, follow=name in visit.followed),  # type: ignore[misc]
                lambda path=path, where=where: os.access(path, os.R_OK, dir_fd=where),  # type: ignore[misc]
                f"{shown.rstrip('/')}/{visit.join(name)}",
                notice,
            )

    def _weigh(
        self, look: Callable[[], os.stat_result], may_read: Callable[[], bool], shown: str, notice: Notice
    ) -> None:
        if not self.measure:
            return
        try:
            self.size += look().st_size
        except OSError as error:
            notice(codes.UNREADABLE.at(shown, reason=error.strerror or "read error"))
            return
        if not may_read():
            notice(codes.UNREADABLE.at(shown, reason="permission denied"))


def _check_roots(roots: tuple[SourceRoot, ...], payload: str, notice: Notice) -> None:
    names = [root.name for root in roots if root.name]
    for name, count in Counter(names).items():
        if count > 1:
            notice(codes.SAME_NAME.at(name, name=name))
    check_names(sorted(set(names)), "", "", notice, payload)
