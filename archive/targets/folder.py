"""`dir:PATH`: a folder of bags. Each arrives as a folder, or as one zip or tar, under its own name.

The files go to a working folder `.NAME.KEY.part` beside their place, are synced, and get their place in one rename that
never replaces anything. A file is never readable by more people than the one it was copied from.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator

from archive.errors import ExistsError, NotFoundError, UsageError, from_os_error
from archive.model.codes import deposit as codes
from archive.model.deposit import Delivery, Deposited, DepositState, Item, Package
from archive.model.finding import Finding
from archive.storage.atomic import put_in_place, sync_folder, sync_tree
from archive.storage.removing import remove_tree
from archive.storage.sealed import refuse_sealed
from archive.storage.working_folder import WorkingFolder, is_private, mode_of_copy, require_same
from archive.targets.local import digest_of, read_file, walk_files
from archive.targets.protocol import Context, Notes, read_source
from archive.targets.registry import path_of

OPTIONS = ("form",)


class Directory:
    """A folder that holds bags."""

    needs: tuple[str, ...] = ()
    kind = "dir"
    certain = True

    def __init__(self, root: str, form: Delivery) -> None:
        self._root = root
        self._form = form
        self._working: WorkingFolder | None = None
        self._made: list[str] = []

    @property
    def label(self) -> str:
        return f"dir:{self._root}"

    @property
    def form(self) -> Delivery:
        return self._form

    def check(self, package: Package) -> list[Finding]:
        if os.path.exists(self._root) and not os.path.isdir(self._root):
            raise UsageError(
                "the target is not a folder", subject=self._root, remedy="Name a folder, or a new one to be made"
            )
        refuse_sealed(self._root, remedy="")
        above = self._root
        while not os.path.exists(above):
            above = os.path.dirname(above)
        if shutil.disk_usage(above).free < package.size:
            return [codes.NO_SPACE.at(self.label, words=f"{package.size:,} bytes are needed")]
        return []

    def find(self, package: Package, notes: Notes) -> Deposited | None:
        final = self._final(package)
        if not os.path.lexists(final):
            return None
        mode = os.lstat(final).st_mode
        if self._form is Delivery.FILES:
            same = stat.S_ISDIR(mode) and _same_tree(final, package)
        else:
            same = stat.S_ISREG(mode) and _same_file(final, package)
        if not same:
            raise ExistsError("something else already exists there", subject=final)
        if notes.get("working"):
            remove_tree(self._working_path(package))
        return self._deposited(package)

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        path = self._working_path(package)
        notes.put("working", path)
        self._made = [above for above in _and_above(self._root) if not os.path.lexists(above)]
        try:
            os.makedirs(self._root, exist_ok=True)
        except OSError as error:
            raise from_os_error(error, self._root) from error
        self.close()
        self._working = WorkingFolder(path, mode=mode_of_copy(package.bag, folder=True))
        return []

    def send(self, item: Item, notes: Notes) -> None:
        del notes
        assert self._working is not None
        try:
            self._working.write(item.path, read_source(item), mode=mode_of_copy(item.source), modified=item.modified)
        except OSError as error:
            raise from_os_error(error, item.path) from error

    def sends(self, item: Item) -> bool:
        del item
        return True

    def discard(self, package: Package, notes: Notes) -> None:
        del notes
        self.close()
        try:
            remove_tree(self._working_path(package))
            for folder in self._made:
                with contextlib.suppress(OSError):
                    os.rmdir(folder)
        except OSError as error:
            raise from_os_error(error, self._working_path(package)) from error

    def commit(self, package: Package, notes: Notes) -> Deposited:
        del notes
        working, final = self._working, self._final(package)
        assert working is not None
        packed = "" if self._form is Delivery.FILES else package.items[0].path
        try:
            working.check()
            identity = working.identity(packed)
            sync_tree(working.tree)
            put_in_place(os.path.join(working.tree, packed) if packed else working.tree, final)
            require_same(final, identity)
            sync_folder(self._root)
        except OSError as error:
            raise from_os_error(error, final) from error
        self.close()
        remove_tree(working.path)
        return self._deposited(package)

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes]:
        inside = item.path if self._form is Delivery.FILES else ""
        return read_file(deposited.location, inside, item.path)

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        del deposited
        return DepositState.ACCEPTED, None

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        if not identifier or "/" in identifier or identifier in (".", ".."):
            raise UsageError("not a valid name of a bag in the folder", subject=identifier)
        base = os.path.join(self._root, identifier)
        try:
            mode = os.lstat(base).st_mode
        except OSError:
            raise NotFoundError("the target has no such deposit", subject=identifier) from None
        if not stat.S_ISDIR(mode):
            yield identifier, read_file(base, "", identifier)
            return
        for path, _status in walk_files(base):
            yield path, read_file(base, path, path)

    def is_private(self, identifier: str) -> bool:
        return is_private(os.path.join(self._root, identifier))

    def close(self) -> None:
        if self._working is not None:
            self._working.close()
            self._working = None

    def _final(self, package: Package) -> str:
        if package.format and self._form is not Delivery.FILES:
            return os.path.join(self._root, package.items[0].path)
        return os.path.join(self._root, package.name + ("" if self._form is Delivery.FILES else f".{self._form.value}"))

    def _working_path(self, package: Package) -> str:
        return os.path.join(self._root, f".{package.name}.{package.fingerprint[:16]}.part")

    def _deposited(self, package: Package) -> Deposited:
        final = self._final(package)
        return Deposited(os.path.basename(final), final)


def _and_above(path: str) -> Iterator[str]:
    """`path` and every folder above it, the deepest first."""
    while path:
        yield path
        above = os.path.dirname(path)
        path = "" if above == path else above


def _same_file(final: str, package: Package) -> bool:
    """True when the packed file is the package's; of one that was not packed again for this, only that it is there."""
    if len(package.items) != 1:
        return True
    item = package.items[0]
    return item.size == os.path.getsize(final) and digest_of(final, "", item.strongest) == item.digests[item.strongest]


def _same_tree(final: str, package: Package) -> bool:
    """True when the folder holds the package's files, no more and no less, by size; hashing is the reader's part."""
    sizes = {item.path: item.size for item in package.items}
    for path, status in walk_files(final):
        if not stat.S_ISREG(status.st_mode) or sizes.pop(path, None) != status.st_size:
            return False
    if sizes:
        return False
    tags = [item for item in package.items if "/" not in item.path]
    return all(digest_of(final, item.path, item.strongest) == item.digests[item.strongest] for item in tags)


def open_target(url: str, context: Context) -> Directory:
    """The folder that `dir:PATH` names. Option `form`: "files" (the default), "zip" or "tar"."""
    try:
        form = Delivery(context.options.get("form", "files"))
    except ValueError:
        raise UsageError("form is files, zip or tar", subject=f"places.{context.name}.form") from None
    return Directory(path_of(url), form)
