"""Where a bag goes and what it is called: decided before the source is walked."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Sequence

from archive.errors import ArchiveError, UsageError, from_os_error
from archive.model.creation import SourceRoot
from archive.model.light import light_dataclass
from archive.settings import Settings
from archive.storage.partial import find_leftovers
from archive.storage.sealed import is_bag, refuse_sealed

_PACKED = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst")


@light_dataclass(frozen=True)
class Destination:
    """What one bag is made of, and where it goes: `to` is the folder, `target` the path of the bag in it."""

    roots: tuple[SourceRoot, ...]
    to: str
    name: str
    target: str
    in_place: bool

    def leftovers(self) -> tuple[str, ...]:
        """Working folders that earlier runs for this bag left behind. Raises `StorageError`."""
        return find_leftovers(self.to, self.name)


def find_destination(
    sources: Sequence[str],
    to: str,
    *,
    name: str | None,
    in_place: bool,
    settings: Settings,
    wrap_bag: bool = False,
    remote: bool = False,
) -> Destination:
    """Where the bag of `sources` goes; with `wrap_bag` a source may be a bag itself, with `remote` there may be none.

    Raises `UsageError`, `NotFoundError` and `StorageError`.
    """
    roots = () if remote and not sources else _find_roots(sources)
    if in_place or not wrap_bag:
        _refuse_bags(roots, in_place=in_place)
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
    return Destination(roots, to, chosen, target, in_place)


def name_alone(source: str) -> str:
    """The name of a bag of this source alone. Raises `UsageError`, `NotFoundError` and `StorageError`."""
    return _choose_name(_find_roots([source]), None)


def _find_roots(sources: Sequence[str]) -> tuple[SourceRoot, ...]:
    if not sources:
        raise UsageError("no source is given", remedy="Name at least one file or folder")
    roots = []
    for path in sources:
        if not path or "\0" in path:
            raise UsageError("this is not a path", subject=path)
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            raise from_os_error(error, path) from error
        is_folder = stat.S_ISDIR(mode)
        if not (is_folder or stat.S_ISREG(mode)):  # a pipe would make its reader wait for ever
            raise UsageError("this is neither a file nor a folder", subject=path)
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
    if os.path.ismount(own):
        raise UsageError("--in-place cannot exchange the root of a file system", subject=root.path)
    if name is not None and name != os.path.basename(own):
        raise UsageError("--in-place keeps the folder's name", subject=name, remedy="Leave out --name")
    if to and os.path.realpath(to) != os.path.realpath(os.path.dirname(own)):
        raise UsageError("--in-place makes the bag where the source is", subject=to, remedy="Leave out --to")


def _refuse_bags(roots: tuple[SourceRoot, ...], *, in_place: bool) -> None:
    for root in roots:
        if not (is_bag(root.path) if root.is_folder else is_packed_bag(root.path)):
            continue
        shown = shlex.quote(root.path)
        wrap = "" if in_place else "; to wrap it in another bag on purpose, add --wrap-bag"
        raise UsageError(
            "the source is a bag already, and would be wrapped in another",
            subject=root.path,
            remedy=f"To check it: archive validate {shown}; to deposit it: archive deposit {shown} PLACE{wrap}",
        )


def is_packed_bag(path: str) -> bool:
    """True for a zip or tar file whose one top folder has a bag's declaration; one that cannot be read is none."""
    if not path.lower().endswith(_PACKED):
        return False
    from archive.bags.opening import open_reader

    try:
        reader = open_reader(path)
        try:
            return b"bagit.txt" in set(reader.tag_files())
        finally:
            reader.close()
    except ArchiveError:
        return False


def _choose_name(roots: tuple[SourceRoot, ...], name: str | None) -> str:
    if name is None:
        if not roots:
            raise UsageError("a bag without a local source needs a name", remedy="Give it with --name")
        if len(roots) > 1:
            raise UsageError("several sources need a name for the bag", remedy="Give it with --name")
        name = os.path.basename(os.path.abspath(roots[0].path))
        if not roots[0].is_folder:
            name = os.path.splitext(name)[0]
    check_bag_name(name)
    return name


def check_bag_name(name: str) -> None:
    """Raises `UsageError` for what cannot be the name of a bag."""
    try:
        name.encode("utf-8")
        sound = name not in ("", ".", "..") and not set(name) & set("/\\\0\r\n")
    except UnicodeEncodeError:
        sound = False
    if not sound:
        raise UsageError("this cannot be the name of a bag", subject=name, remedy="Choose another with --name")


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
    place = os.path.realpath(to)
    refuse_sealed(place, shown=target)
    if in_place:
        return
    for root in roots:
        own = os.path.realpath(root.path)
        if root.is_folder and os.path.commonpath([own, place]) == own:
            raise UsageError(
                "the destination is inside the source", subject=target, remedy="Choose a folder outside with --to"
            )
