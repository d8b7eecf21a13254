"""Planning: everything that can be decided before a byte is written, and every problem, not only the first."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from archive.config import Settings
from archive.errors import ExistsError, UsageError, from_os_error
from archive.formats.bagpath import unsafe_reason
from archive.model.codes import source as codes
from archive.model.finding import Finding
from archive.model.plan import Plan, SourceRoot
from archive.stages.requirements import find_missing, gather_requirements
from archive.storage.atomic import find_leftovers
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
    sources: Sequence[str],
    to: str,
    *,
    name: str | None,
    plain: bool,
    in_place: bool,
    settings: Settings,
    skip_top: Callable[[str], bool] | None = None,
    measure: bool = False,
    dry_run: bool = False,
) -> Plan:
    """The plan for one bag. `skip_top` names files at a source's top that describe it and are no payload.

    `measure` adds up bytes, at the price of one look at each file. Raises `UsageError`, `NotFoundError`,
    `ExistsError` (unless `dry_run`, where it is a finding) and `StorageError`.
    """
    plain = plain or in_place
    roots = _find_roots(sources)
    serialize = settings.create.serialize
    if in_place:
        _check_in_place(roots, to, name, serialize)
        to = os.path.dirname(os.path.abspath(roots[0].path))
    elif not to:
        raise UsageError("no destination is given", remedy="Give the folder for the bag with --to")
    chosen = _choose_name(roots, name)
    suffix = f".{serialize}" if serialize else ""
    target = roots[0].path.rstrip("/") if in_place else os.path.join(to, chosen + suffix)
    _check_apart(roots, to, target, in_place=in_place)
    notices = Notices()
    if not in_place and os.path.lexists(target):
        if not dry_run:
            raise ExistsError(
                "it is already there, and nothing is ever overwritten",
                subject=target,
                remedy=codes.TARGET_EXISTS.remedy,
            )
        notices.take(codes.TARGET_EXISTS.at(target))
    leftovers = find_leftovers(to, chosen)
    for path in leftovers:
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
        name=chosen,
        payload=payload,
        algorithms=required.algorithms,
        tag_algorithms=required.tag_algorithms,
        bag_info=required.bag_info,
        files=counted.files,
        folders=counted.folders,
        size=counted.size if counted.measure else None,
        plain=plain,
        in_place=in_place,
        serialize=serialize,
        profile=settings.create.profile,
        findings=notices.all(),
        leftovers=leftovers,
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


def _find_roots(sources: Sequence[str]) -> tuple[SourceRoot, ...]:
    if not sources:
        raise UsageError("no source is given", remedy="Name at least one file or folder")
    roots = []
    for path in sources:
        if not path or "\0" in path:
            raise UsageError("this is no path", subject=path)
        try:
            is_folder = stat.S_ISDIR(os.stat(path).st_mode)
        except OSError as error:
            raise from_os_error(error, path) from error
        whole = len(sources) == 1 and is_folder
        roots.append(SourceRoot(path, "" if whole else os.path.basename(os.path.abspath(path)), is_folder))
    return tuple(roots)


def _check_in_place(roots: tuple[SourceRoot, ...], to: str, name: str | None, serialize: str) -> None:
    root = roots[0]
    if len(roots) > 1 or not root.is_folder:
        raise UsageError("--in-place takes exactly one folder")
    if serialize:
        raise UsageError("--in-place makes a folder, not an archive", remedy="Leave out --serialize or --in-place")
    own = os.path.abspath(root.path)
    if os.path.islink(own):
        raise UsageError("--in-place takes a folder itself, not a link to one", subject=root.path)
    if _is_bag(own):
        raise UsageError(
            "it is a bag already, and would be wrapped in another",
            subject=root.path,
            remedy=f"archive validate {root.path}",
        )
    if os.path.ismount(own):
        raise UsageError("--in-place cannot exchange the root of a file system", subject=root.path)
    if name is not None and name != os.path.basename(own):
        raise UsageError("--in-place keeps the folder's name", subject=name, remedy="Leave out --name")
    if to and os.path.realpath(to) != os.path.realpath(os.path.dirname(own)):
        raise UsageError("--in-place makes the bag where the source is", subject=to, remedy="Leave out --to")


def _is_bag(folder: str) -> bool:
    """True when the folder has all that makes a bag: its declaration, a manifest and a payload."""
    try:
        names = set(os.listdir(folder))
    except OSError:
        return False
    return {"bagit.txt", "data"} <= names and any(name.startswith("manifest-") for name in names)


def _choose_name(roots: tuple[SourceRoot, ...], name: str | None) -> str:
    if name is None:
        if len(roots) > 1:
            raise UsageError("several sources need a name for the bag", remedy="Give it with --name")
        name = os.path.basename(os.path.abspath(roots[0].path))
        if not roots[0].is_folder:
            name = os.path.splitext(name)[0]
    try:
        name.encode("utf-8")
        sound = name not in ("", ".", "..") and not set(name) & set("/\\\0\r\n")
    except UnicodeEncodeError:
        sound = False
    if not sound:
        raise UsageError("this cannot be the name of a bag", subject=name, remedy="Give another with --name")
    return name


def _check_apart(roots: tuple[SourceRoot, ...], to: str, target: str, *, in_place: bool) -> None:
    if os.path.lexists(to):
        try:
            is_folder = stat.S_ISDIR(os.stat(to).st_mode)
        except FileNotFoundError:
            is_folder = False
        except OSError as error:
            raise from_os_error(error, to) from error
        if not is_folder:
            raise UsageError("the destination is not a folder", subject=to)
    if in_place:
        return
    place = os.path.realpath(to)
    for root in roots:
        own = os.path.realpath(root.path)
        if root.is_folder and os.path.commonpath([own, place]) == own:
            raise UsageError(
                "the destination lies inside the source", subject=target, remedy="Choose a folder outside with --to"
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


def check_names(names: list[str], path: str, shown: str, notice: Notice, payload: str = "data") -> None:
    """Take notice of names in one folder that a manifest cannot hold or that some systems would make one.

    Names in ASCII without capitals, the most usual, cost one look at all of them together.
    """
    joined = "/".join(names)
    plain = joined.isascii()
    if plain and "\\" not in joined and joined == (lowered := joined.lower()):
        return
    if plain and "\\" not in joined and len(set(lowered.split("/"))) == len(names):
        return
    front = "/".join(part for part in (shown.rstrip("/"), path) if part)
    sound = []
    for name in names:
        subject = f"{front}/{name}" if front else name
        try:
            name.encode("utf-8")
        except UnicodeEncodeError:
            notice(codes.NAME_NOT_UTF8.at(subject))
            continue
        if "\\" in name and unsafe_reason("/".join(part for part in (payload, path, name) if part).encode()):
            notice(codes.UNSAFE_NAME.at(subject))
        sound.append(name)
    normal = _group(sound, lambda name: unicodedata.normalize("NFC", name))
    for twins in normal.values():
        if len(twins) > 1:
            notice(codes.SAME_AFTER_NFC.at(front or twins[0], names=tuple(twins)))
    for twins in _group(normal, lambda name: unicodedata.normalize("NFC", name.casefold())).values():
        if len(twins) > 1:
            notice(codes.SAME_BUT_CASE.at(front or twins[0], names=tuple(twins)))


def _group(names: Iterable[str], key: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(key(name), []).append(name)
    return groups
