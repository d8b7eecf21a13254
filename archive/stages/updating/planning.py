"""Which file of the next version comes from where: decided from the list of the old version before anything is made."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from archive.errors import ExistsError, NotFoundError, SourceError, UsageError, from_os_error
from archive.formats.bagpath import to_bytes, unsafe_reason
from archive.model.build import Role
from archive.model.capped_findings import CappedFindings
from archive.model.creation import SourceRoot, WalkPolicy
from archive.model.finding import Finding, Severity
from archive.model.update import Changes
from archive.settings import Settings
from archive.stages.creation.name_checks import check_names
from archive.stages.creation.planning import walk_of
from archive.stages.updating.old_version import OldVersion
from archive.storage.folders import Folder

RENDITIONS = f"data/{Role.PRESERVATION.value}/"
REPORTS = "metadata/preservation/reports/"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file to copy and digest. `followed` says that it is a link which is to be followed."""

    path: str
    followed: bool = False


@dataclass(slots=True)
class UpdatePlan:
    """What becomes of the payload, by bag paths.

    `gone` are files of the old version that the new one does not have under their name, `moved` maps new names to old
    ones, `taken` are files to be copied in. The lists are those of a report. `again` are originals that stay and of
    which a rendition is made again.
    """

    gone: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)
    taken: dict[str, Incoming] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    findings: CappedFindings = field(default_factory=CappedFindings)

    @property
    def touches_payload(self) -> bool:
        return bool(self.gone or self.moved or self.taken)


def plan_update(old: OldVersion, changes: Changes, renditions: Mapping[str, str], settings: Settings) -> UpdatePlan:
    """The plan for these changes. `renditions` maps each rendition of the old version to its original.

    Raises `UsageError`, `NotFoundError`, `ExistsError` and `SourceError` for a change that cannot be made.
    """
    planner = _Planner(old, settings)
    planner.take_edits()
    for path in changes.remove:
        planner.remove(path)
    for before, after in changes.rename:
        planner.rename(before, after)
    for path, file in changes.replace:
        planner.replace(path, file)
    for source, place in changes.add:
        planner.add(source, place)
    planner.follow_with_renditions(renditions, again=changes.render_again)
    planner.check()
    return planner.plan


class _Planner:
    def __init__(self, old: OldVersion, settings: Settings) -> None:
        self.old = old
        self.plan = UpdatePlan()
        self._settings = settings

    def take_edits(self) -> None:
        """What was changed by hand is in the folder already: it is read from there. A rendition must come from its
        original, so a rendition edited by hand is not taken. Raises `UsageError`."""
        edits, plan = self.old.edits, self.plan
        plan.gone.update(edits.removed)
        for path in (*edits.changed, *edits.added):
            if path.startswith("data/"):
                if not path.startswith(self.old.front):
                    raise UsageError(
                        f"only the originals, below {self.old.front}, can be changed; renditions follow them",
                        subject=path,
                        remedy="Remove this file; --render-again makes the renditions again",
                    )
                plan.taken[path] = Incoming(os.path.join(self.old.path, path))
                if path in edits.changed:
                    plan.gone.add(path)

    def remove(self, text: str) -> None:
        for path in self._these(text):
            self._let_go(path)
            self.plan.removed.append(path)

    def rename(self, before: str, after: str) -> None:
        found = self._these(before)
        old_top, new_top = self._place(before), self._place(after)
        if after.endswith("/"):
            new_top = f"{new_top}/{old_top.rpartition('/')[2]}"
        for path in found:
            new = new_top + path[len(old_top) :]
            if self._has(new):
                raise ExistsError("the bag has a file of this name already", subject=new, remedy="Remove it first")
            incoming = self.plan.taken.get(path)
            source = self.plan.moved.get(path, path)
            self._let_go(path)
            if incoming is not None:
                self.plan.taken[new] = incoming
            else:
                self.plan.moved[new] = source
            self.plan.renamed.append((path, new))

    def replace(self, text: str, file: str) -> None:
        path = self._place(text)
        if not self._has(path):
            raise NotFoundError("the bag has no such file", subject=path, remedy="See archive show BAG for its files")
        if not os.path.isfile(file):
            raise NotFoundError("there is no such file", subject=file)
        self._let_go(path)
        self.plan.taken[path] = Incoming(os.path.abspath(file), followed=os.path.islink(file))
        self.plan.replaced.append(path)

    def add(self, source: str, place: str | None) -> None:
        """Add a file or folder."""
        try:
            is_folder = os.path.isdir(source)
            if not is_folder and not os.path.isfile(source):
                os.stat(source)
                raise UsageError("this is neither a file nor a folder", subject=source)
        except OSError as error:
            raise from_os_error(error, source) from error
        name = os.path.basename(os.path.abspath(source))
        if place is None:
            top = self.old.front + name
        elif place in (".", "./", "/"):
            top = self.old.front.rstrip("/") if is_folder else self.old.front + name
        elif place.endswith("/"):
            top = f"{self._place(place)}/{name}"
        else:
            top = self._place(place)
        _require_safe(top)
        files = list(self._files_of(source, top)) if is_folder else [(top, Incoming(os.path.abspath(source), True))]
        if not files:
            raise UsageError("there is no file in it to add", subject=source)
        for path, incoming in files:
            if self._has(path):
                raise ExistsError(
                    "the bag has a file of this name already", subject=path,
                    remedy="Replace it with --replace PATH FILE, or add the new one under another name with --as",
                )  # fmt: skip
            self.plan.taken[path] = incoming
            self.plan.added.append(path)

    def _files_of(self, source: str, top: str) -> Iterator[tuple[str, Incoming]]:
        create = self._settings.create
        policy = WalkPolicy(create.links == "follow", create.exclude, create.junk == "exclude")
        root = SourceRoot(source, "", True)
        with Folder.at(source) as folder:
            for visit in walk_of(root, policy, self.notice).over(folder):
                for name in visit.files:
                    inside = visit.join(name)
                    yield f"{top}/{inside}", Incoming(os.path.join(source, inside), name in visit.followed)

    def notice(self, finding: Finding) -> None:
        self.plan.findings.take(finding)

    def follow_with_renditions(self, renditions: Mapping[str, str], *, again: bool) -> None:
        """Renditions of what changed are made again, those of what was removed go, those of what moved move along."""
        plan, moves = self.plan, {before: after for after, before in self.plan.moved.items()}
        for rendition, original in renditions.items():
            if rendition in plan.gone:
                continue
            if original in moves:
                if again:
                    plan.gone.add(rendition)
                    continue
                stem = RENDITIONS + original.removeprefix(self.old.front)
                new = RENDITIONS + moves[original].removeprefix(self.old.front) + rendition.removeprefix(stem)
                if rendition.startswith(stem) and not self._has(new):
                    plan.gone.add(rendition)
                    plan.moved[new] = rendition
                else:
                    plan.gone.add(rendition)
                    plan.again.append(moves[original])
            elif original in plan.gone or again:
                plan.gone.add(rendition)
        if again:
            stay = (path for path in self.old.paths() if path.startswith(self.old.front) and path not in plan.gone)
            plan.again = [*stay, *(new for new in plan.moved if new.startswith(self.old.front))]

    def check(self) -> None:
        """Refuse a payload without files, a file where a folder must be, and names that cannot be used together."""
        plan = self.plan
        new = {*plan.moved, *plan.taken}
        left = len(set(self.old.paths()) - plan.gone)
        if not left and not new:
            raise UsageError("no file would be left in the bag", subject=self.old.name)
        folders = {path.rpartition("/")[0] for path in new}
        names: dict[str, list[str]] = {folder: [] for folder in folders}
        parents = {parent for folder in folders for parent in _above(folder)}
        for path in self._final(new):
            if path in parents:
                raise ExistsError("a file of the bag has the name of a folder that is needed", subject=path)
            folder, _, name = path.rpartition("/")
            if folder in names:
                names[folder].append(name)
            for above in _above(folder):
                if above in new:
                    raise ExistsError("a folder of the bag has the name of a file that is added", subject=above)
        for folder, inside in names.items():
            check_names(inside, folder, "", self.notice, "")
        for finding in plan.findings:
            if finding.severity in (Severity.ERROR, Severity.UNCHECKED):
                raise SourceError(finding.message, subject=finding.subject, remedy=finding.remedy)

    def _final(self, new: Iterable[str]) -> Iterator[str]:
        yield from (path for path in self.old.paths() if path not in self.plan.gone and path not in self.plan.taken)
        yield from new

    def _place(self, text: str) -> str:
        """The bag path that a path on the command line means."""
        text = text.strip("/") if text.strip("/") else text
        path = text if text.startswith("data/") else self.old.front + text
        if not f"{path}/".startswith(self.old.front):
            raise UsageError(
                f"only the originals, below {self.old.front}, can be changed; renditions follow them", subject=text
            )
        _require_safe(path)
        return path

    def _these(self, text: str) -> list[str]:
        """The file of this name, or all files in the folder of this name."""
        path = self._place(text)
        if self._has(path):
            return [path]
        inside = f"{path}/"
        found = [one for one in self._present() if one.startswith(inside)]
        if not found:
            raise NotFoundError("the bag has no such file", subject=path, remedy="See archive show BAG for its files")
        return found

    def _present(self) -> Iterator[str]:
        plan = self.plan
        yield from sorted(path for path in self.old.paths() if path not in plan.gone and path not in plan.moved)
        yield from sorted({*plan.moved, *plan.taken})

    def _has(self, path: str) -> bool:
        plan = self.plan
        if path in plan.moved or path in plan.taken:
            return True
        return path not in plan.gone and to_bytes(path) in self.old.table

    def _let_go(self, path: str) -> None:
        """The file has this name no longer."""
        plan = self.plan
        plan.moved.pop(path, None)
        plan.taken.pop(path, None)
        if to_bytes(path) in self.old.table:
            plan.gone.add(path)


def _above(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _require_safe(path: str) -> None:
    why = unsafe_reason(to_bytes(path))
    if why is not None:
        raise UsageError(f"this cannot be the path of a file in a bag: {why}", subject=path)
