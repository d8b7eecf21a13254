"""The way from an open folder down to a deeper one, however deep that is.

Only the last few folders of the way stay open, so that thousands of nested folders need no more descriptors than a
handful. One that was let go is opened again from the folder below it, and must be the one that it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from archive.model.light import light_dataclass
from archive.storage.folders import Folder

_OPEN = 64


@light_dataclass(slots=True)
class _Step:
    """A folder of the way. `identity` is known for one that was let go, whose `folder` is None then."""

    name: str
    follow: bool
    folder: Folder | None
    identity: tuple[int, int] | None = None


class Trail:
    """The way below the folder `root`, which is the caller's to close. All methods raise OSError."""

    def __init__(self, root: Folder) -> None:
        self._root = root
        self._steps: list[_Step] = []

    @property
    def depth(self) -> int:
        """How many folders below the root the present one is."""
        return len(self._steps)

    @property
    def present(self) -> Folder:
        """The folder at the end of the way, open."""
        if not self._steps:
            return self._root
        folder = self._steps[-1].folder
        assert folder is not None
        return folder

    def enter(self, name: str, *, follow: bool = False) -> Folder:
        """Go into the folder `name` of the present one; a link is followed only when asked."""
        return self.take(name, self.present.enter(name, follow=follow), follow=follow)

    def make(self, name: str, mode: int = 0o777) -> Folder:
        """Make the folder `name` in the present one and go into it; it is an error where there is one already."""
        return self.take(name, self.present.make(name, mode))

    def leave(self, to: int | None = None) -> Folder:
        """Go back to the folder above, or to the one at depth `to`."""
        goal = self.depth - 1 if to is None else to
        below: Folder | None = None
        while self.depth > goal:
            if below is not None:
                below.close()
            below = self._steps.pop().folder
        try:
            if self._steps and self._steps[-1].folder is None:
                self._steps[-1].folder = self._open_again(below if to is None else None)
        finally:
            if below is not None:
                below.close()
        return self.present

    def go(self, names: Sequence[str], enter: Callable[[Folder, Sequence[str]], Folder]) -> Folder:
        """Go to the folder of these names below the root, by way of what is common to the present way and the new one.

        `enter` opens, or makes, the last of the names it is given in the folder that it is given.
        """
        known = 0
        while known < min(self.depth, len(names)) and self._steps[known].name == names[known]:
            known += 1
        if self.depth > known:
            self.leave(known)
        for depth in range(known, len(names)):
            self.take(names[depth], enter(self.present, names[: depth + 1]))
        return self.present

    def passes(self, folder: Folder) -> bool:
        """True when `folder` is the root or on the way: then it would lead round in a circle."""
        own = folder.identity()
        return own == self._root.identity() or any(
            own == (step.identity if step.folder is None else step.folder.identity()) for step in self._steps
        )

    def close(self) -> None:
        """Let go of everything but the root."""
        for step in self._steps:
            if step.folder is not None:
                step.folder.close()
        self._steps.clear()

    def take(self, name: str, folder: Folder, *, follow: bool = False) -> Folder:
        """Go into the open `folder`, which has that name in the present one; it is closed on the way back."""
        self._steps.append(_Step(name, follow, folder))
        if self.depth > _OPEN:
            far = self._steps[-1 - _OPEN]
            if far.folder is not None and far.folder.fd is not None:
                far.identity = far.folder.identity()
                far.folder.close()
                far.folder = None
        return folder

    def _open_again(self, below: Folder | None) -> Folder:
        """The last folder of the way: what is above `below` if that is it still, else from the root."""
        wanted = self._steps[-1].identity
        if below is not None:
            above = below.above()
            if above.identity() == wanted:
                return above
            above.close()
        at = self._root
        for step in self._steps:
            try:
                deeper = at.enter(step.name, follow=step.follow)
            finally:
                if at is not self._root:
                    at.close()
            at = deeper
        return at


def walk_folders(root: Folder) -> Iterator[tuple[str, Folder, list[str]]]:
    """Every folder from `root` on, parents first, links not followed: its path with a slash at its end ("" for the
    root), the folder, open until the next is asked for, and the sorted names of what in it is not a folder.

    Raises OSError.
    """
    trail = Trail(root)
    pending: list[list[str]] = []
    path = ""
    try:
        while True:
            names, folders = _list(trail.present)
            yield path, trail.present, names
            pending.append(folders[::-1])
            while not pending[-1]:
                pending.pop()
                if not pending:
                    return
                path = path[: path.rindex("/", 0, -1) + 1] if "/" in path[:-1] else ""
                trail.leave()
            name = pending[-1].pop()
            trail.enter(name)
            path += name + "/"
    finally:
        trail.close()


def _list(folder: Folder) -> tuple[list[str], list[str]]:
    """The names of what is not a folder, and of the folders, each sorted by their bytes."""
    names: list[str] = []
    folders: list[str] = []
    with folder.scan() as entries:
        for entry in entries:
            (folders if entry.is_dir(follow_symlinks=False) else names).append(entry.name)
    return sorted(names, key=_bytes), sorted(folders, key=_bytes)


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
