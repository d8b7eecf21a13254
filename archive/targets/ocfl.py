"""`ocfl:PATH`: an OCFL 1.1 storage root of muniment's own, the embedded default repository.

The whole bag is the state of a version, so that a new version of a bag stores only what changed. Content is addressed
by sha512; the bag's other digests go to `fixity`. A version is staged in the root's `extensions`, synced, and takes its
place in one rename or exchange: a kill at any point leaves the old or the new version.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from threading import Lock

from archive.errors import LockedError, NotFoundError, StorageError, UsageError, from_os_error
from archive.formats.ocfl_inventory import Inventory, write_inventory
from archive.formats.ocfl_packing import Block
from archive.formats.ocfl_versions import Version, version_number
from archive.model.codes import deposit as codes
from archive.model.deposit import Delivery, Deposited, DepositState, Item, Package
from archive.model.finding import Finding
from archive.storage.removing import remove_tree
from archive.storage.sealed import refuse_sealed
from archive.storage.working_folder import WorkingFolder, claim_folder, is_private, mode_of_copy
from archive.targets.local import read_file, read_proven
from archive.targets.ocfl_inventories import (
    KnownInventory,
    NewFiles,
    PlaceOf,
    WrittenVersion,
    load_inventory,
    require_inventory,
    state_is,
)
from archive.targets.ocfl_writing import OcflRoot, put_object, seal_object, take_back
from archive.targets.protocol import Context, Notes, read_source
from archive.targets.registry import path_of

OPTIONS = ("message", "person", "address")

_MESSAGE = "Deposit of the bag "
_AT_VERSION = re.compile(r"(.+)#(v0*[1-9][0-9]*)", re.DOTALL)


class OcflTarget:
    """A storage root. One deposit at a time: `begin` to `commit` keep the version in the making."""

    needs = ("sha512",)
    kind = "ocfl"
    certain = True
    form = Delivery.FILES

    def __init__(self, path: str, context: Context) -> None:
        self._root = OcflRoot(path)
        self._context = context
        self._seconds = context.settings.deposit.seconds
        self._staging = ""
        self._working: WorkingFolder | None = None
        self._known: KnownInventory | None = None
        self._current: KnownInventory | None = None
        self._name = "v1"
        self._new: NewFiles | None = None
        self._written: WrittenVersion | None = None
        self._places: tuple[str, PlaceOf] | None = None
        self._lock = Lock()

    @property
    def label(self) -> str:
        return f"ocfl:{self._root.path}"

    def check(self, package: Package) -> list[Finding]:
        refuse_sealed(self._root.path, ocfl=False, remedy="")
        self._root.look()
        findings = [
            codes.NAME_NOT_STORABLE.at(item.path, reason="an inventory is JSON in UTF-8")
            for item in package.items
            if not _is_utf8(item.path)
        ]
        stored = self._stored(self._load(package.identifier))
        size = sum(item.size for item in package.items if item.digests["sha512"] not in stored)
        if shutil.disk_usage(self._root.nearest()).free < size:
            findings.append(codes.NO_SPACE.at(self.label, words=f"{size:,} bytes are needed"))
        return findings

    def find(self, package: Package, notes: Notes) -> Deposited | None:
        inventory = self._load(package.identifier)
        if inventory is None:
            return None
        for name in sorted(inventory.versions, key=version_number, reverse=True):
            if state_is(inventory.versions[name].state, package):
                if (staging := notes.get("staging")) is not None:
                    remove_tree(self._root.locate(staging))
                    self._root.tidy()
                return self._deposited(package.identifier, name)
        return None

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        self._root.make()
        self._written = self._places = None
        self._load(package.identifier)
        self._current = self._known
        self._name = _next_version(self._known.inventory.head if self._known else None)
        stored = self._stored(self._known.inventory if self._known else None)
        self._new = NewFiles(package.items, stored, f"{self._name}/{self._content()}/")
        staging = self._root.staging(f"{package.fingerprint[:24]}-{self._name}")
        notes.put("staging", staging)
        self._staging = self._root.locate(staging)
        self.close()
        try:
            with self._root.held(self._seconds):
                self._root.make_staging()
                claim_folder(self._staging).close()
            take_back(self._staging, self._root.place_of(package.identifier))
            self._working = WorkingFolder(self._staging, tree="object", mode=self._mode(package))
            self._working.make(self._name)
        except OSError as error:
            raise from_os_error(error, self._staging) from error
        return []

    def send(self, item: Item, notes: Notes) -> None:
        del notes
        if not self.sends(item):
            return
        assert self._working is not None
        inside = f"{self._name}/{self._content()}/{item.path}"
        try:
            self._working.write(inside, read_source(item), mode=mode_of_copy(item.source), modified=item.modified)
        except OSError as error:
            raise from_os_error(error, item.path) from error

    def sends(self, item: Item) -> bool:
        return self._new is not None and self._new.has(item)

    def discard(self, package: Package, notes: Notes) -> None:
        del package, notes
        self.close()
        try:
            remove_tree(self._staging)
        except OSError as error:
            raise from_os_error(error, self._staging) from error
        self._root.tidy()

    def commit(self, package: Package, notes: Notes) -> Deposited:
        del notes
        place = self._root.place_of(package.identifier)
        staged = os.path.join(self._staging, "object")
        with self._root.held(self._seconds):
            before = self._current.digest if self._current else None
            self._load(package.identifier)
            if (self._known.digest if self._known else None) != before:
                raise LockedError(
                    "another version was written meanwhile", subject=package.identifier, remedy="Run the command again"
                )
            try:
                if self._working is not None:
                    self._working.check()
                digest = seal_object(staged, self._name, write_inventory(self._inventory(package)))
                put_object(staged, self._root.locate(place), self._root.path, self._staging)
            except OSError as error:
                raise from_os_error(error, place) from error
        self.close()
        remove_tree(self._staging)
        self._root.tidy()
        deposited = self._deposited(package.identifier, self._name)
        assert self._new is not None
        stored = self._stored(self._current.inventory if self._current else None)
        self._written = WrittenVersion(deposited.identifier, digest, self._new, stored)
        self._known = self._current = self._new = self._places = None
        return deposited

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes]:
        identifier = deposited.identifier.rpartition("#")[0]
        with self._lock:
            if self._places is None or self._places[0] != deposited.identifier:
                self._places = deposited.identifier, self._find_places(deposited.identifier, identifier)
            path = self._places[1](item.digests["sha512"])
        if path is None:
            raise NotFoundError("the inventory does not list it", subject=item.path)
        return read_file(self._root.path, f"{self._root.place_of(identifier)}/{path}", item.path)

    def _find_places(self, version: str, identifier: str) -> PlaceOf:
        """Where the inventory that is there now has each content: the one written here, byte for byte, or another."""
        if self._written is not None and self._written.version == version:
            require_inventory(self._root, identifier, self._written.inventory)
            return self._written.place_of
        manifest = self._stored(self._load(identifier))
        return lambda digest: next(iter(manifest.get(digest, ())), None)

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        del deposited
        return DepositState.ACCEPTED, None

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        inventory, version = self._version(identifier)
        place = self._root.place_of(inventory.id or "")
        for digest, paths in version.state.items():
            source = f"{place}/{inventory.manifest[digest][0]}"
            for path in paths:
                yield path, read_proven(self._root.path, source, path, digest)

    def resolve(self, identifier: str) -> str:
        inventory, version = self._version(identifier)
        return f"{inventory.id}#{next(name for name, one in inventory.versions.items() if one is version)}"

    def name_of(self, identifier: str) -> str | None:
        message = self._version(identifier)[1].message or ""
        return message[len(_MESSAGE) :] if message.startswith(_MESSAGE) else None

    def close(self) -> None:
        if self._working is not None:
            self._working.close()
            self._working = None

    def _version(self, identifier: str) -> tuple[Inventory, Version]:
        """The object's inventory and the version that `identifier` names, else the newest. Raises `NotFoundError`."""
        self._root.look()
        match = _AT_VERSION.fullmatch(identifier)
        inventory = self._load(match[1] if match else identifier)
        if inventory is None or inventory.head is None:
            raise NotFoundError("the root has no such object", subject=identifier)
        version = inventory.versions.get(match[2] if match else inventory.head)
        if version is None:
            raise NotFoundError("the object has no such version", subject=identifier)
        return inventory, version

    def _load(self, identifier: str) -> Inventory | None:
        """The object's current inventory, None when there is no such object; it is read again only where it changed.

        Raises `StorageError` when it is damaged.
        """
        self._known = load_inventory(self._root, identifier, self._known)
        return self._known.inventory if self._known else None

    @staticmethod
    def _stored(inventory: Inventory | None) -> Block:
        """What the object has already: digests and content paths."""
        return inventory.manifest if inventory else {}

    def _inventory(self, package: Package) -> Inventory:
        """The inventory with the new version."""
        options, settings = self._context.options, self._context.settings.create
        current = self._current.inventory if self._current else None
        assert self._new is not None
        user = {
            "name": str(options.get("person") or settings.operator or settings.organization or "archive (muniment)"),
            "address": str(options.get("address") or "urn:muniment:agent:archive"),
        }
        name = package.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        message = str(options.get("message") or _MESSAGE + name)
        version = Version(self._context.clock.stamp(), message, user, self._new.state())
        return Inventory(
            package.identifier, "1.1", "sha512", self._name, current.content_directory if current else None,
            self._new.manifest(self._stored(current)), {**(current.versions if current else {}), self._name: version},
            self._new.fixity(current.fixity if current else {}),
        )  # fmt: skip

    def _mode(self, package: Package) -> int:
        """The rights of the object's folder: never wider than those of the bag, or of the object as it is."""
        place = self._root.locate(self._root.place_of(package.identifier))
        mode = mode_of_copy(package.bag, folder=True)
        return mode & mode_of_copy(place, folder=True) if os.path.isdir(place) else mode

    def is_private(self, identifier: str) -> bool:
        match = _AT_VERSION.fullmatch(identifier)
        return is_private(self._root.locate(self._root.place_of(match[1] if match else identifier)))

    def _content(self) -> str:
        return self._current.inventory.content if self._current else "content"

    def _deposited(self, identifier: str, version: str) -> Deposited:
        location = self._root.locate(self._root.place_of(identifier))
        return Deposited(f"{identifier}#{version}", location, version)


def _next_version(head: str | None) -> str:
    """The name after `head`, numbered in its way."""
    if head is None:
        return "v1"
    number = str(version_number(head) + 1)
    if not head.startswith("v0"):
        return f"v{number}"
    if len(number) >= len(head) - 1:
        raise StorageError("the object's version numbers are used up", subject=head)
    return "v" + number.rjust(len(head) - 1, "0")


def _is_utf8(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def open_target(url: str, context: Context) -> OcflTarget:
    """The storage root `ocfl:PATH`, made when the first bag comes.

    Options: `person` and `address` of who deposits, `message` of the version.
    """
    if not path_of(url):
        raise UsageError("the address has no path", subject=url)
    return OcflTarget(path_of(url), context)
