"""Several bags of one source, when one would be too large: a group with one identifier (RFC 8493 2.2.2).

No file is cut, and what is made of an original is in the original's bag, because each bag is made like any other. All
bags take their place together, in one folder.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from archive.errors import ExistsError, SourceError, UsageError, from_os_error
from archive.model.build import NO_PROGRESS, Progress
from archive.model.creation import CreationReport, SourceRoot, WalkPolicy
from archive.model.finding import Finding
from archive.settings import Settings
from archive.stages.creation.destination import Destination, find_destination
from archive.stages.creation.group_part import GroupPart
from archive.stages.creation.leftovers import clean_leftovers
from archive.stages.creation.planning import walk_of
from archive.stages.creation.workflow import create
from archive.stages.description.layout import description_files
from archive.storage.atomic import put_in_place, sync_folder, sync_tree
from archive.storage.clock import Clock
from archive.storage.folders import Folder
from archive.storage.partial import Partial
from archive.storage.removing import remove_tree

GROUP, COUNT = "Bag-Group-Identifier", "Bag-Count"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a bag may become: bytes and files of its payload, renditions included; None for no limit."""

    size: int | None = None
    files: int | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    """A file of a source: number of the source, path in it ("" for a source that is a file), bytes."""

    root: int
    path: str
    size: int


def create_group(
    sources: Sequence[str],
    to: str,
    *,
    bounds: Bounds,
    name: str | None = None,
    description: str | None = None,
    replace_description: bool = False,
    plain: bool = False,
    settings: Settings,
    clock: Clock,
    dry_run: bool = False,
    clean_partial: bool = False,
    wrap_bag: bool = False,
    accept_damaged: bool = False,
    progress: Progress = NO_PROGRESS,
) -> tuple[CreationReport, ...]:
    """Make as many bags of `sources` as `bounds` asks for; one, as `create` does, where that is enough.

    Several are called NAME-1, NAME-2 and so on, in the new folder NAME of `to`. Either all of them take their place or
    none does: then the last report says why. Raises as `create`, and `UsageError` where one file alone is too large.
    """
    where = find_destination(sources, to, name=name, in_place=False, settings=settings, wrap_bag=wrap_bag)
    listed = list(_list_files(where, settings, plain=plain))
    renders = not plain and (settings.render.pdfa != "none" or settings.render.normalise != "none")
    shares = _share_out(listed, bounds, a_file=2 if renders else 1, where=where)
    make = partial(
        create, sources, description=description, replace_description=replace_description, plain=plain, clock=clock,
        dry_run=dry_run, wrap_bag=wrap_bag, accept_damaged=accept_damaged, progress=progress,
    )  # fmt: skip
    if len(shares) <= 1 and not renders:
        return (make(to, name=name, settings=settings, clean_partial=clean_partial),)
    shown = os.path.join(to, where.name)
    target = os.path.abspath(shown)
    if os.path.lexists(target):
        raise ExistsError("the destination already exists, and nothing is overwritten", subject=target)
    if clean_partial and not dry_run:
        clean_leftovers(where.leftovers())
    work = _Work(make, where, listed, settings, "data" if plain else "data/original", clock)
    if dry_run:
        return tuple(replace(one, bag=_final(shown, one.bag)) for one in work.make(shares, os.path.dirname(target)))
    try:
        with Partial(os.path.dirname(target), where.name) as working:
            inner = working.file("group")
            budget = bounds
            while True:
                os.mkdir(inner)
                reports = tuple(work.make(shares, inner))
                if not all(one.created for one in reports):
                    return tuple(_as_not_made(one, shown) for one in reports)
                if list(_list_files(where, settings, plain=plain)) != listed:
                    raise SourceError(
                        "it changed after the plan was made",
                        subject=where.roots[0].path,
                        remedy="Make sure nothing writes to it, then run again",
                    )
                shrunk = _shrink(reports, bounds, budget)
                if shrunk is None:
                    break
                remove_tree(inner)
                budget = shrunk
                shares = _share_out(listed, budget, a_file=2 if renders else 1, where=where, limit=bounds)
            if len(shares) == 1:
                _place(reports[0].bag, working, os.path.abspath(where.target))
                return (_moved(reports[0], where.target),)
            _place(inner, working, target)
    except OSError as error:
        raise from_os_error(error, target) from error
    return tuple(_moved(one, _final(shown, one.bag)) for one in reports)


@dataclass(slots=True)
class _Work:
    """One group under way."""

    bag: Callable[..., CreationReport]
    where: Destination
    listed: list[_Source]
    settings: Settings
    payload: str
    clock: Clock

    def make(self, shares: list[list[_Source]], to: str) -> Iterator[CreationReport]:
        """The bags of the shares, in the folder `to`; ends after the first that was not made."""
        total, width = len(shares), len(str(len(shares)))
        identifier = self.identifier()
        everything = frozenset(self._bag_path(one) for one in self.listed)
        for number, share in enumerate(shares, 1):
            settings = self.settings
            bag_name = self.where.name
            if total > 1:
                bag_name = f"{self.where.name}-{number:0{width}}"
                given = settings.create.bag_info.items()
                info = {label: value for label, value in given if label.lower() not in (GROUP.lower(), COUNT.lower())}
                info |= {GROUP: identifier, COUNT: f"{number} of {total}"}
                settings = settings.with_flags("create", bag_info=info)
            report = self.bag(to, name=bag_name, settings=settings, part=self._part(share, everything))
            yield report
            if not report.created and not report.dry_run:
                return

    def identifier(self) -> str:
        """The group's identifier: the one that the settings give, else a UUID that the files and the time decide."""
        for label, value in self.settings.create.bag_info.items():
            if label.lower() == GROUP.lower():
                return value if isinstance(value, str) else str(value[0])
        digest = hashlib.sha256(f"{self.where.name}\0{self.clock.stamp()}".encode("utf-8", "surrogateescape"))
        for one in self.listed:
            digest.update(f"\0{one.root} {one.size} {one.path}".encode("utf-8", "surrogateescape"))
        return uuid.uuid5(uuid.NAMESPACE_OID, digest.hexdigest()).urn

    def _part(self, share: list[_Source], everything: frozenset[str]) -> GroupPart:
        own = {(one.root, one.path) for one in share}
        elsewhere: dict[str, set[str]] = {}
        left_out = set()
        for one in self.listed:
            if (one.root, one.path) in own:
                continue
            root = self.where.roots[one.root]
            if root.is_folder:
                elsewhere.setdefault(root.path, set()).add(one.path)
            else:
                left_out.add(root.path)
        return GroupPart(
            {path: frozenset(names) for path, names in elsewhere.items()}, frozenset(left_out), everything
        )  # fmt: skip

    def _bag_path(self, one: _Source) -> str:
        return "/".join(part for part in (self.payload, self.where.roots[one.root].name, one.path) if part)


def _list_files(where: Destination, settings: Settings, *, plain: bool) -> Iterator[_Source]:
    """Every file that goes into the bags, in the order of the walk. Raises `SourceError`."""
    policy = WalkPolicy(
        follow=settings.create.links == "follow",
        exclude=settings.create.exclude,
        leave_junk=settings.create.junk == "exclude",
    )
    for number, root in enumerate(where.roots):
        chosen = root if plain else replace(root, beside=description_files(root.path))
        if not root.is_folder:
            if root.name not in chosen.beside:
                yield _Source(number, "", os.stat(root.path).st_size)
            continue
        yield from _walk(number, chosen, policy)


def _walk(number: int, root: SourceRoot, policy: WalkPolicy) -> Iterator[_Source]:
    try:
        with Folder.at(root.path) as top:
            for visit in walk_of(root, policy, _pass_over).over(top):
                for name in visit.files:
                    status = visit.folder.stat(name, follow=name in visit.followed)
                    yield _Source(number, visit.join(name), status.st_size)
    except OSError as error:
        raise SourceError(f"it cannot be read: {error.strerror}", subject=root.path) from error


def _pass_over(_: Finding) -> None:
    """What is wrong with a source is told by the plan of the bag."""


def _share_out(
    listed: list[_Source], bounds: Bounds, *, a_file: int, where: Destination, limit: Bounds | None = None
) -> list[list[_Source]]:
    """The files of each bag, in their order, so that those of a folder stay together. `a_file` is what a file counts.

    Raises `UsageError` for a file that fits no bag by itself; `limit` is what the user asked for.
    """
    asked = limit or bounds
    if asked.files is not None and asked.files < a_file:
        raise UsageError("with renditions a bag needs at least 2 files", subject="--max-files")
    shares: list[list[_Source]] = [[]]
    size = 0
    for one in listed:
        if asked.size is not None and one.size > asked.size:
            root = where.roots[one.root].path
            raise UsageError(
                f"the file has {one.size:,} bytes, and no file is cut",
                subject=os.path.join(root, one.path) if one.path else root,
                remedy="Choose a larger --max-size",
            )
        full = bounds.files is not None and (len(shares[-1]) + 1) * a_file > bounds.files
        heavy = bounds.size is not None and size + one.size > bounds.size
        if shares[-1] and (full or heavy):
            shares.append([])
            size = 0
        shares[-1].append(one)
        size += one.size
    return shares


def _shrink(reports: tuple[CreationReport, ...], bounds: Bounds, budget: Bounds) -> Bounds | None:
    """A smaller budget for the originals where their renditions made a bag too large; None when every bag fits.

    Raises `UsageError` when the largest bag holds a single original.
    """
    if bounds.size is None or budget.size is None:
        return None
    largest = max(reports, key=lambda one: one.size or 0)
    if (largest.size or 0) <= bounds.size:
        return None
    smaller = min(budget.size - 1, int(budget.size * bounds.size / (largest.size or 1) * 0.98))
    if smaller < 1 or len([one for one in largest.renditions if one.path]) >= largest.files - 1:
        raise UsageError(
            f"an original and its rendition have {largest.size:,} bytes together, and they stay in one bag",
            subject=largest.name,
            remedy="Choose a larger --max-size, or --pdfa 2a",
        )
    return Bounds(smaller, budget.files)


def _final(target: str, bag: str) -> str:
    return os.path.join(target, os.path.basename(bag))


def _moved(report: CreationReport, bag: str) -> CreationReport:
    judged = report.validation
    return replace(report, bag=bag, validation=None if judged is None else replace(judged, subject=bag))


def _as_not_made(report: CreationReport, target: str) -> CreationReport:
    return replace(_moved(report, _final(target, report.bag)), created=False)


def _place(finished: str, working: Partial, target: str) -> None:
    sync_tree(working.path)
    put_in_place(finished, target)
    for path in (target, *working.made):
        sync_folder(os.path.dirname(path))
    working.made.clear()
