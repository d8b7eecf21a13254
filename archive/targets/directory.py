"""`dir:PATH`: a folder of bags. Each arrives as a folder, or as one zip or tar, under its own name.

The files go to a working folder `.NAME.KEY.part` beside their place, are synced, and get their place in one rename that
never replaces anything.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from archive.errors import ExistsError, NotFoundError, UsageError, from_os_error
from archive.model.codes import deposit as codes
from archive.model.deposit import Deposited, DepositState, Form, Item, Package
from archive.model.finding import Finding
from archive.storage.atomic import place, sync_folder, sync_tree
from archive.storage.hashing import Digests
from archive.storage.removing import remove_tree
from archive.targets.protocol import CHUNK, Context, Notes, read_source
from archive.targets.registry import path_of

OPTIONS = ("form",)


class Directory:
    """A folder that holds bags."""

    needs: tuple[str, ...] = ()
    certain = True

    def __init__(self, root: str, form: Form) -> None:
        self._root = root
        self._form = form
        self._part = ""

    @property
    def label(self) -> str:
        return f"dir:{self._root}"

    @property
    def form(self) -> Form:
        return self._form

    def check(self, package: Package) -> list[Finding]:
        if os.path.exists(self._root) and not os.path.isdir(self._root):
            raise UsageError(
                "the target is not a folder", subject=self._root, remedy="Name a folder, or a new one to be made"
            )
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
        if self._form is Form.FILES:
            same = os.path.isdir(final) and _same_tree(final, package)
        else:
            same = os.path.isfile(final) and _same_file(final, package)
        if not same:
            raise ExistsError("other content stands there", subject=final)
        if notes.get("working"):
            remove_tree(self._working(package))
        return self._deposited(package)

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        self._part = self._working(package)
        if self._form is not Form.FILES:
            notes.put("working", self._part)
        try:
            os.makedirs(self._part, exist_ok=True)
        except OSError as error:
            raise from_os_error(error, self._part) from error
        return []

    def send(self, item: Item, notes: Notes) -> None:
        del notes
        path = self._inside(item)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as stream:
                for chunk in read_source(item):
                    stream.write(chunk)
        except OSError as error:
            raise from_os_error(error, path) from error

    def commit(self, package: Package, notes: Notes) -> Deposited:
        del notes
        final = self._final(package)
        try:
            sync_tree(self._part)
            if self._form is Form.FILES:
                place(self._part, final)
            else:
                place(os.path.join(self._part, package.items[0].path), final)
                remove_tree(self._part)
            sync_folder(self._root)
        except OSError as error:
            raise from_os_error(error, final) from error
        return self._deposited(package)

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes]:
        base = deposited.location
        return read_file(os.path.join(base, item.path) if self._form is Form.FILES else base, item.path)

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        del deposited
        return DepositState.ACCEPTED, None

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        if not identifier or "/" in identifier or identifier in (".", ".."):
            raise UsageError("this is no name of a bag in the folder", subject=identifier)
        base = os.path.join(self._root, identifier)
        if not os.path.exists(base):
            raise NotFoundError("the target has no such deposit", subject=identifier)
        if os.path.isfile(base):
            yield identifier, read_file(base, identifier)
            return
        for folder, _, names in os.walk(base):
            for name in sorted(names):
                path = os.path.join(folder, name)
                yield os.path.relpath(path, base), read_file(path, os.path.relpath(path, base))

    def close(self) -> None:
        return None

    def _final(self, package: Package) -> str:
        return os.path.join(self._root, package.name + ("" if self._form is Form.FILES else f".{self._form.value}"))

    def _working(self, package: Package) -> str:
        return os.path.join(self._root, f".{package.name}.{package.fingerprint[:16]}.part")

    def _inside(self, item: Item) -> str:
        return os.path.join(self._part, item.path)

    def _deposited(self, package: Package) -> Deposited:
        final = self._final(package)
        return Deposited(os.path.basename(final), final)


def _same_file(final: str, package: Package) -> bool:
    """True when the packed file is the package's; of one that was not packed anew for this, only that it is there."""
    if len(package.items) != 1:
        return True
    item = package.items[0]
    return item.size == os.path.getsize(final) and _digest_of(final, item.strongest) == item.digests[item.strongest]


def _same_tree(final: str, package: Package) -> bool:
    """True when the folder holds the package's files, no more and no less, by size; hashing is the reader's part."""
    sizes = {item.path: item.size for item in package.items}
    for folder, _, names in os.walk(final):
        for name in names:
            path = os.path.join(folder, name)
            if sizes.pop(os.path.relpath(path, final), None) != os.lstat(path).st_size:
                return False
    if sizes:
        return False
    tags = [item for item in package.items if "/" not in item.path]
    return all(
        _digest_of(os.path.join(final, item.path), item.strongest) == item.digests[item.strongest] for item in tags
    )


def _digest_of(path: str, algorithm: str) -> str:
    digests = Digests((algorithm,))
    for chunk in read_file(path, path):
        digests.update(chunk)
    return digests.hexdigests()[0]


def read_file(path: str, subject: str) -> Iterator[bytes]:
    """A local file's bytes in chunks. Raises `StorageError`, `NotFoundError` when it is not there."""
    try:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb", buffering=0) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except OSError as error:
        raise from_os_error(error, subject) from error


def open_target(url: str, context: Context) -> Directory:
    """The folder that `dir:PATH` names. Option `form`: "files" (the default), "zip" or "tar"."""
    try:
        form = Form(context.options.get("form", "files"))
    except ValueError:
        raise UsageError("form is files, zip or tar", subject=f"targets.{context.name}.form") from None
    return Directory(path_of(url), form)
