"""Walking a source: one folder at a time, sorted, by descriptors, with nothing passed over in silence.

A folder's names are in memory while it is visited, never the whole tree. The order is the same on every system: the
files of a folder by name, then its folders by name.
"""

from __future__ import annotations

import fnmatch
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field

from archive.formats.junk import junk_sort
from archive.model.codes import source as codes
from archive.model.finding import Finding
from archive.model.light import light_dataclass
from archive.storage.folders import Folder
from archive.storage.trail import Trail

Notice = Callable[[Finding], None]

_SORTS = (
    (stat.S_ISFIFO, "named pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISBLK, "block device"),
    (stat.S_ISCHR, "character device"),
)


@light_dataclass(frozen=True, slots=True)
class Visit:
    """One folder. `path` is relative to the root, "" for the root itself; `depth` counts from 0.

    `files` and `folders` are names, sorted; `followed` are those among them that are links to follow.
    """

    folder: Folder
    path: str
    depth: int
    files: list[str]
    folders: list[str]
    followed: frozenset[str] = frozenset()

    def join(self, name: str) -> str:
        """The path of `name` in this folder, relative to the root."""
        return f"{self.path}/{name}" if self.path else name


class Exclusions:
    """Patterns of names to leave out, as the shell writes them.

    One without "/" is matched against the name alone, one with "/" against the path in the source; one that ends in "/"
    matches folders only.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._rules = tuple(
            (
                pattern,
                re.compile(fnmatch.translate(pattern.strip("/"))),
                "/" in pattern.rstrip("/"),
                pattern[-1:] == "/",
            )
            for pattern in patterns
            if pattern.strip("/")
        )

    def __bool__(self) -> bool:
        return bool(self._rules)

    def match(self, path: str, name: str, *, is_folder: bool) -> str | None:
        """The pattern that leaves this one out, or None."""
        for pattern, rule, whole, folders_only in self._rules:
            if (is_folder or not folders_only) and rule.match(path if whole else name):
                return pattern
        return None


@light_dataclass(frozen=True, slots=True)
class Walk:
    """How to walk. `shown` is the root as the user wrote it, for findings.

    `beside` are the paths, relative to the root, of files that are not payload; with `leave_junk` what
    `archive.formats.junk` names is left out, too.
    """

    shown: str
    notice: Notice
    follow: bool = False
    excluded: Exclusions = field(default_factory=lambda: Exclusions(()))
    beside: frozenset[str] = frozenset()
    leave_junk: bool = False

    def over(self, root: Folder) -> Iterator[Visit]:
        """Every folder under `root`, parents first. A visit's folder is open until the next visit is asked for.

        Raises OSError when a folder cannot be gone back to.
        """
        trail = Trail(root)
        visit = self._list(root, "", 0)
        frames: list[tuple[Visit, Iterator[str]]] = []
        try:
            yield visit
            frames.append((visit, iter(visit.folders)))
            while frames:
                parent, names = frames[-1]
                name = next(names, None)
                if name is None:
                    frames.pop()
                    if parent.depth:
                        trail.leave()
                    continue
                path = parent.join(name)
                try:
                    child = trail.present.enter(name, follow=name in parent.followed)
                except OSError as error:
                    self._tell_unreadable(path, error)
                    continue
                if name in parent.followed and trail.passes(child):
                    self.notice(codes.LINK_LOOP.at(self._show(path), target=_target(trail.present, name)))
                    child.close()
                    continue
                trail.take(name, child, follow=name in parent.followed)
                visit = self._list(child, path, parent.depth + 1)
                frames.append((visit, iter(visit.folders)))
                yield visit
        finally:
            trail.close()

    def _show(self, path: str) -> str:
        return f"{self.shown.rstrip('/')}/{path}" if path else self.shown

    def _tell_unreadable(self, path: str, error: OSError) -> None:
        self.notice(codes.UNREADABLE.at(self._show(path), reason=error.strerror or "read error"))

    def _list(self, folder: Folder, path: str, depth: int) -> Visit:
        files: list[str] = []
        folders: list[str] = []
        others: list[tuple[str, bool]] = []
        empty = False
        try:
            with folder.scan() as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        files.append(entry.name)
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    else:
                        others.append((entry.name, entry.is_symlink()))
            empty = not (files or folders or others)
        except OSError as error:
            self._tell_unreadable(path, error)
        followed: set[str] = set()
        visit = Visit(folder, path, depth, files, folders)
        if self.excluded:
            files[:] = [name for name in files if not self._leave_out(visit, name, is_folder=False)]
            folders[:] = [name for name in folders if not self._leave_out(visit, name, is_folder=True)]
            others = [one for one in others if not self._leave_out(visit, one[0], is_folder=False)]
        if self.leave_junk:
            files[:] = [name for name in files if not self._is_junk(visit, name)]
        if self.beside:
            files[:] = [name for name in files if visit.join(name) not in self.beside]
        for name, is_link in sorted(others):
            (self._meet_link if is_link else self._meet_special)(visit, name, followed)
        files.sort()
        folders.sort()
        if empty and depth:
            self.notice(codes.EMPTY_FOLDER.at(self._show(path)))
        return Visit(folder, path, depth, files, folders, frozenset(followed)) if followed else visit

    def _leave_out(self, visit: Visit, name: str, *, is_folder: bool) -> bool:
        path = visit.join(name)
        pattern = self.excluded.match(path, name, is_folder=is_folder)
        if pattern is not None:
            self.notice(codes.EXCLUDED.at(self._show(path), pattern=pattern))
        return pattern is not None

    def _is_junk(self, visit: Visit, name: str) -> bool:
        sort = junk_sort(name)
        if sort is not None:
            self.notice(codes.JUNK.at(self._show(visit.join(name)), sort=sort))
        return sort is not None

    def _meet_special(self, visit: Visit, name: str, followed: set[str]) -> None:
        del followed
        sort = "special file"
        try:
            mode = visit.folder.stat(name).st_mode
        except OSError as error:
            self._tell_unreadable(visit.join(name), error)
            return
        if stat.S_ISREG(mode):
            visit.files.append(name)
        elif stat.S_ISDIR(mode):
            visit.folders.append(name)
        else:
            sort = next((word for test, word in _SORTS if test(mode)), sort)
            self.notice(codes.SPECIAL_FILE.at(self._show(visit.join(name)), sort=sort))

    def _meet_link(self, visit: Visit, name: str, followed: set[str]) -> None:
        subject, target = self._show(visit.join(name)), _target(visit.folder, name)
        if not self.follow:
            self.notice(codes.LINK_REFUSED.at(subject, target=target))
            return
        try:
            mode = visit.folder.stat(name, follow=True).st_mode
        except OSError:
            mode = 0
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            self.notice(codes.LINK_BROKEN.at(subject, target=target))
            return
        (visit.files if stat.S_ISREG(mode) else visit.folders).append(name)
        followed.add(name)
        self.notice(codes.LINK_FOLLOWED.at(subject, target=target))


def _target(folder: Folder, name: str) -> str:
    try:
        return folder.read_link(name)
    except OSError as error:
        return f"({error.strerror})"
