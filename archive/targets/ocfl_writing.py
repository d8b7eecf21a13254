"""Writes OCFL on disk: a storage root, an object's inventories, and the one step in which a version becomes current."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence

from archive.errors import FormatError, LockedError, StorageError, UsageError, from_os_error
from archive.formats.ocfl_layouts import HASHED_N_TUPLE, Layout, hashed_n_tuple_configuration, layout_of
from archive.storage.atomic import exchange, exchange_works, put_in_place, sync_folder, sync_tree
from archive.storage.folders import Folder
from archive.storage.locks import try_lock
from archive.storage.partial import Partial
from archive.storage.removing import remove_tree
from archive.storage.trail import Trail, walk_folders

_STAGING = "muniment-staging"
_LOOK_SECONDS = 0.05
"""How often is seen whether another writer has let go of the root, in seconds."""

_DESCRIPTION = "Objects are stored at the hash of their id, three folders deep, each named by three digits"


class OcflRoot:
    """A storage root on disk. Paths are relative to it, with slashes."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._layout: Layout | None = None

    def locate(self, path: str) -> str:
        return os.path.join(self.path, *path.split("/"))

    def nearest(self) -> str:
        """The root, or the folder above it that is there."""
        above = self.path
        while not os.path.exists(above):
            above = os.path.dirname(above)
        return above

    def look(self) -> None:
        """See that the path is free, empty or a storage root that can be written to. Raises `UsageError`."""
        if not os.path.lexists(self.path) or (os.path.isdir(self.path) and not os.listdir(self.path)):
            return
        if not any(os.path.isfile(os.path.join(self.path, f"0=ocfl_{one}")) for one in ("1.0", "1.1")):
            raise UsageError("this is neither an OCFL storage root nor an empty folder", subject=self.path)
        if not os.path.isfile(os.path.join(self.path, "0=ocfl_1.1")):
            raise UsageError("this storage root follows OCFL 1.0; it cannot contain objects of 1.1", subject=self.path)
        self._read_layout()

    def make(self) -> None:
        """Make the root with layout 0004, unless it is there. It appears whole. Raises `StorageError`."""
        if os.path.isdir(self.path) and os.listdir(self.path):
            return
        folder, name = os.path.split(self.path)
        with Partial(folder, name) as partial:
            tree = partial.file("root")
            try:
                _write_root(tree)
                sync_tree(tree)
                if os.path.isdir(self.path):
                    os.rename(tree, self.path)
                else:
                    put_in_place(tree, self.path)
                sync_folder(folder)
                partial.made.clear()
            except OSError as error:
                raise from_os_error(error, self.path) from error

    def place_of(self, identifier: str) -> str:
        """Where the layout puts an object. Raises `StorageError` when it cannot."""
        try:
            return self._read_layout().path_of(identifier)
        except FormatError as error:
            raise StorageError(f"the layout cannot place this id: {error.problem}", subject=identifier) from error

    def staging(self, name: str) -> str:
        return f"extensions/{_STAGING}/{name}"

    def make_staging(self) -> None:
        """Make the folder that holds what is in the making; no part of it may be a link. Raises OSError."""
        with contextlib.ExitStack() as stack:
            at = stack.enter_context(Folder.at(self.path))
            for name in ("extensions", _STAGING):
                with contextlib.suppress(FileExistsError):
                    stack.enter_context(at.make(name))
                at = stack.enter_context(at.enter(name))

    def tidy(self) -> None:
        """Remove the staging folder when nothing is in the making any more, nor about to be."""
        with contextlib.suppress(OSError, LockedError), self.held():
            os.rmdir(self.locate(f"extensions/{_STAGING}"))

    @contextlib.contextmanager
    def held(self, seconds: float = 0) -> Iterator[None]:
        """Hold the root against another writer of muniment. Raises `LockedError` when one holds it for so long."""
        if os.name != "posix":
            yield
            return
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            until = time.monotonic() + seconds
            while not (got := try_lock(descriptor)) and time.monotonic() < until:
                time.sleep(_LOOK_SECONDS)
            if not got:
                raise LockedError("another process writes to this storage root", subject=self.path)
            yield
        finally:
            os.close(descriptor)

    def _read_layout(self) -> Layout:
        if self._layout is None:
            self._layout = self._find_layout()
        return self._layout

    def _find_layout(self) -> Layout:
        if not os.path.isdir(self.path) or not os.listdir(self.path):
            return layout_of(HASHED_N_TUPLE, hashed_n_tuple_configuration())
        try:
            with open(os.path.join(self.path, "ocfl_layout.json"), "rb") as stream:
                name = json.loads(stream.read(1 << 16))["extension"]
            configuration = {}
            path = os.path.join(self.path, "extensions", str(name), "config.json")
            if os.path.exists(path):
                with open(path, "rb") as stream:
                    configuration = json.loads(stream.read(1 << 16))
            return layout_of(str(name), configuration)
        except FileNotFoundError as error:
            raise UsageError("this storage root does not say its layout", subject=self.path) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError("this storage root's layout cannot be read", subject=self.path) from error
        except FormatError as error:
            raise UsageError(f"this storage root's layout cannot be used: {error}", subject=self.path) from error


def _write_root(tree: str) -> None:
    layout = os.path.join(tree, "extensions", HASHED_N_TUPLE)
    os.makedirs(layout)
    _write(os.path.join(tree, "0=ocfl_1.1"), b"ocfl_1.1\n")
    _write(os.path.join(tree, "ocfl_layout.json"), _json({"extension": HASHED_N_TUPLE, "description": _DESCRIPTION}))
    _write(os.path.join(layout, "config.json"), _json(hashed_n_tuple_configuration()))


def _json(table: dict[str, object]) -> bytes:
    return json.dumps(table, indent=2).encode("ascii") + b"\n"


def _write(path: str, content: bytes) -> None:
    with open(path, "wb") as stream:
        stream.write(content)


def seal_object(staged: str, version: str, inventory: Iterable[bytes]) -> str:
    """Write the inventory of a staged object, with its sidecars, into the version and into the object's root.

    Gives the inventory's sha512 (hex).
    """
    digest = hashlib.sha512()
    folders = (os.path.join(staged, version), staged)
    with contextlib.ExitStack() as stack:
        copies = [stack.enter_context(open(os.path.join(folder, "inventory.json"), "wb")) for folder in folders]
        for piece in inventory:
            digest.update(piece)
            for one in copies:
                one.write(piece)
    for folder in folders:
        _write(os.path.join(folder, "inventory.json.sha512"), f"{digest.hexdigest()} inventory.json\n".encode("ascii"))
    _write(os.path.join(staged, "0=ocfl_object_1.1"), b"ocfl_object_1.1\n")
    return digest.hexdigest()


def put_object(staged: str, final: str, root: str, staging: str) -> None:
    """Give the staged object its place in one step: a rename for a new object, an exchange for a new version.

    A new object brings the folders above it along, so that none is ever empty. For a new version the earlier ones are
    linked into the staged tree first; after the exchange the old tree goes away, and with it the second links. Raises
    OSError and `StorageError`.
    """
    if os.path.isdir(final):
        if not exchange_works(staging):
            raise StorageError("this file system cannot exchange two folders in one step", subject=root)
        _bring_along(final, staged)
        sync_tree(staged)
        exchange(staged, final)
        sync_folder(os.path.dirname(final))
        return
    above = os.path.dirname(final)
    parts = [os.path.basename(final)]
    while not os.path.isdir(above):
        parts.insert(0, os.path.basename(above))
        above = os.path.dirname(above)
    top = staged
    if len(parts) > 1:
        top = os.path.join(staging, "place", parts[0])
        remove_tree(os.path.join(staging, "place"))
        os.makedirs(os.path.join(staging, "place", *parts[:-1]))
        os.rename(staged, os.path.join(staging, "place", *parts))
    sync_tree(top)
    put_in_place(top, os.path.join(above, parts[0]))
    sync_folder(above)


def take_back(staging: str, place_of_object: str) -> None:
    """Undo what a killed run did between staging and placing: the staged object is at `staging`/object again.

    Raises OSError.
    """
    moved, parts = os.path.join(staging, "place"), place_of_object.split("/")
    for start in range(len(parts)):
        found = os.path.join(moved, *parts[start:])
        if os.path.isdir(found) and not os.path.isdir(os.path.join(staging, "object")):
            os.rename(found, os.path.join(staging, "object"))
            break


def _bring_along(old: str, staged: str) -> None:
    """Link every file of the old object that the new one does not write itself; copy where there are no links."""
    with Folder.at(old) as source, Folder.at(staged) as top:
        trail = Trail(top)
        try:
            for path, folder, names in walk_folders(source):
                there = trail.go(path.split("/")[:-1], _enter_or_make)
                for name in names:
                    if path or not name.startswith(("inventory.json", "0=")):
                        _link_or_copy(folder, name, there)
        finally:
            trail.close()


def _enter_or_make(above: Folder, way: Sequence[str]) -> Folder:
    try:
        return above.make(way[-1])
    except FileExistsError:
        return above.enter(way[-1])


def _link_or_copy(folder: Folder, name: str, there: Folder) -> None:
    """Give the file of the old object its name in the new one, in the place of whatever has it."""
    with contextlib.suppress(FileNotFoundError):
        if os.path.samestat(folder.stat(name), there.stat(name)):
            return
        there.remove(name, is_folder=False)
    try:
        if folder.fd is None or there.fd is None:
            os.link(os.path.join(folder.path, name), os.path.join(there.path, name), follow_symlinks=False)
        else:
            os.link(name, name, src_dir_fd=folder.fd, dst_dir_fd=there.fd, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS):
            raise
        with os.fdopen(folder.open(name), "rb") as old, there.create(name) as new:
            shutil.copyfileobj(old, new)
            state = os.fstat(old.fileno())
            if os.utime in os.supports_fd:
                os.utime(new.fileno(), ns=(state.st_atime_ns, state.st_mtime_ns))
