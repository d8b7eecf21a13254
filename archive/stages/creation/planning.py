"""Planning: everything that can be decided before a byte is written, and every problem, not only the first."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from archive.errors import ExistsError
from archive.formats.checksum_lists import kind_of_list
from archive.model.capped_findings import CappedFindings
from archive.model.codes import source as codes
from archive.model.creation import Plan, SourceRoot, WalkPolicy
from archive.model.finding import Finding
from archive.model.light import light_dataclass
from archive.settings import Settings
from archive.stages.creation.delivery import DeliveryFinder
from archive.stages.creation.destination import Destination
from archive.stages.creation.name_checks import check_names
from archive.stages.creation.requirements import find_missing, gather_requirements
from archive.stages.description.layout import description_files
from archive.storage.folders import Folder
from archive.storage.walking import Exclusions, Notice, Visit, Walk

_LOSES = {codes.EXCLUDED: "it is excluded", codes.SPECIAL_FILE: "it is not a regular file"}
_LINKS = (codes.LINK_REFUSED, codes.LINK_FOLLOWED, codes.LINK_BROKEN, codes.LINK_LOOP)


def plan(
    where: Destination,
    *,
    plain: bool,
    settings: Settings,
    measure: bool = False,
    dry_run: bool = False,
    remote: bool = False,
) -> Plan:
    """The plan for one bag.

    `measure` adds up bytes, at the price of one look at each file. With `remote` there may be no file here. Raises
    `ExistsError` (unless `dry_run`, where it is a finding) and `StorageError`.
    """
    roots, target, in_place = where.roots, where.target, where.in_place
    found = CappedFindings()
    if not in_place and os.path.lexists(target):
        if not dry_run:
            raise ExistsError(
                "the destination already exists, and nothing is overwritten",
                subject=target,
                remedy=codes.TARGET_EXISTS.remedy,
            )
        found.take(codes.TARGET_EXISTS.at(target))
    for path in where.leftovers():
        found.take(codes.LEFTOVER.at(path))
    if not plain:
        roots = tuple(replace(root, beside=description_files(root.path)) for root in roots)
        _note_agents(settings, found)
    policy = walk_policy(settings, in_place=in_place)
    required = gather_requirements(settings)
    for finding in (*required.findings, *(find_missing(required, required.bag_info) if plain else ())):
        found.take(finding)
    payload = payload_folder(plain=plain)
    counted = _Count(policy, measure, payload, DeliveryFinder(roots, payload, found.take))
    take = _take_for_zip(found.take) if settings.create.serialize == "zip" else found.take
    for root in roots:
        counted.look(root, take, in_place=in_place)
    _check_roots(roots, payload, take)
    if not counted.files and not remote and not found.counts.keys() & {codes.UNREADABLE.code, codes.LINK_REFUSED.code}:
        found.take(codes.NO_FILES.at(roots[0].path))
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
        findings=found.all(),
        policy=policy,
        delivery=counted.lists.finish(),
    )


def payload_folder(*, plain: bool) -> str:
    """The bag path of the folder for the originals."""
    return "data" if plain else "data/original"


def walk_policy(settings: Settings, *, in_place: bool = False) -> WalkPolicy:
    """What the walk over a source follows and leaves out."""
    return WalkPolicy(
        follow=settings.create.links == "follow",
        exclude=settings.create.exclude,
        leave_junk=settings.create.junk == "exclude" and not in_place,
    )


def walk_of(root: SourceRoot, policy: WalkPolicy, notice: Notice) -> Walk:
    """The walk over this root: the same for the plan and for the payload."""
    return Walk(
        root.path,
        notice,
        follow=policy.follow,
        excluded=Exclusions(policy.exclude),
        beside=root.beside | root.elsewhere if root.elsewhere else root.beside,
        leave_junk=policy.leave_junk,
    )


def _take_for_zip(take: Notice) -> Notice:
    """Take findings of a bag that becomes a zip: names that some tools unpack as one file cannot be in it."""

    def notice(finding: Finding) -> None:
        if finding.kind is codes.SAME_AFTER_NFC:
            finding = codes.SAME_IN_ZIP.at(finding.subject, names=finding.facts["names"])
        take(finding)

    return notice


def _note_agents(settings: Settings, found: CappedFindings) -> None:
    named = {"operator": settings.create.operator, "organization": settings.create.organization}
    lacking = " or ".join(word for word, value in named.items() if not value)
    if lacking:
        found.take(codes.NO_AGENTS.at("premis.xml", lacking=lacking))


@light_dataclass(slots=True)
class _Count:
    policy: WalkPolicy
    measure: bool
    payload: str
    lists: DeliveryFinder
    files: int = 0
    folders: int = 0
    size: int = 0

    def look(self, root: SourceRoot, take: Notice, *, in_place: bool) -> None:
        """Walk one root: count, read its checksum lists, and take notice of what is wrong."""

        def notice(finding: Finding) -> None:
            if in_place and (finding.kind in _LOSES or finding.kind in _LINKS):
                reason = _LOSES.get(finding.kind, "it is a link")
                finding = codes.NOT_IN_PLACE.at(finding.subject, reason=reason)
            take(finding)

        if os.path.islink(root.path.rstrip("/")):
            notice(codes.LINK_FOLLOWED.at(root.path, target=os.readlink(root.path.rstrip("/"))))
        if not root.is_folder:
            self._look_at_file(root, notice)
            return
        try:
            top = Folder.at(root.path)
        except OSError as error:
            notice(codes.UNREADABLE.at(root.path, reason=error.strerror or "read error"))
            return
        place = f"{self.payload}/{root.name}" if root.name else self.payload
        with top:
            for visit in walk_of(root, self.policy, notice).over(top):
                self.files += len(visit.files)
                self.folders += 1
                check_names(visit.files + visit.folders, visit.path, root.path, notice, place)
                self.lists.look(root, visit.folder, visit.path, visit.files)
                if self.measure:
                    self._weigh_all(visit, root.path, notice)

    def _look_at_file(self, root: SourceRoot, notice: Notice) -> None:
        if root.name in root.beside:
            return
        self.files += 1
        self._weigh(lambda: os.stat(root.path), lambda: os.access(root.path, os.R_OK), root.path, notice)
        front, name = os.path.split(os.path.abspath(root.path))
        if kind_of_list(name) is not None:
            with contextlib.suppress(OSError), Folder.at(front) as folder:
                self.lists.look(root, folder, "", [name])

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
