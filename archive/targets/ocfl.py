"""`ocfl:PATH`: an OCFL 1.1 storage root of our own, the embedded default repository.

The whole bag is the state of a version, so that a new version of a bag stores only what changed. Content is addressed
by sha512; the bag's other digests go to `fixity`. A version is staged in the root's `extensions`, synced, and takes its
place in one rename or exchange: a kill at any point leaves the old or the new version.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock

from archive.errors import FormatError, LockedError, NotFoundError, StorageError, UsageError, from_os_error
from archive.formats.ocfl_inventory import Inventory, parse_inventory, write_inventory
from archive.formats.ocfl_versions import Version, version_number
from archive.model.codes import deposit as codes
from archive.model.deposit import Delivery, Deposited, DepositState, Item, Package
from archive.model.finding import Finding, Severity
from archive.storage.removing import remove_tree
from archive.storage.sealed import refuse_sealed
from archive.storage.working_folder import WorkingFolder, claim_folder, is_private, mode_of_copy
from archive.targets.local import digest_of, read_file, read_proven
from archive.targets.ocfl_writing import OcflRoot, put_object, seal_object, take_back
from archive.targets.protocol import Context, Notes, read_source
from archive.targets.registry import path_of

OPTIONS = ("message", "person", "address")

_FIXITY = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "blake2b": "blake2b-512"}
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
        self._staging = ""
        self._working: WorkingFolder | None = None
        self._current: Inventory | None = None
        self._name = "v1"
        self._fresh: dict[str, str] = {}
        self._judged: tuple[Deposited, Mapping[str, Sequence[str]]] | None = None
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
        known = self._load(package.identifier)
        stored = known.manifest if known else {}
        size = sum(item.size for item in package.items if item.digests["sha512"] not in stored)
        if shutil.disk_usage(self._root.nearest()).free < size:
            findings.append(codes.NO_SPACE.at(self.label, words=f"{size:,} bytes are needed"))
        return findings

    def find(self, package: Package, notes: Notes) -> Deposited | None:
        inventory = self._load(package.identifier)
        if inventory is None:
            return None
        state = _state_of(package)
        for name in sorted(inventory.versions, key=version_number, reverse=True):
            own = {path: digest.lower() for digest, paths in inventory.versions[name].state.items() for path in paths}
            if own == state:
                if (staging := notes.get("staging")) is not None:
                    remove_tree(self._root.locate(staging))
                    self._root.tidy()
                return self._deposited(package.identifier, name)
        return None

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        self._root.make()
        self._current = self._load(package.identifier)
        head = self._current.head if self._current else None
        self._name = _next_version(head)
        stored = self._current.manifest if self._current else {}
        self._fresh = {}
        for item in package.items:
            digest = item.digests["sha512"]
            if digest not in stored:
                self._fresh.setdefault(digest, item.path)
        staging = self._root.staging(f"{package.fingerprint[:24]}-{self._name}")
        notes.put("staging", staging)
        self._staging = self._root.locate(staging)
        self.close()
        try:
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
        return self._fresh.get(item.digests["sha512"]) == item.path

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
        with self._root.held():
            now = self._load(package.identifier)
            if (now.head if now else None) != (self._current.head if self._current else None):
                raise LockedError(
                    "another version was written meanwhile", subject=package.identifier, remedy="Run the command again"
                )
            try:
                if self._working is not None:
                    self._working.check()
                seal_object(staged, self._name, write_inventory(self._inventory(package)))
                put_object(staged, self._root.locate(place), self._root.path, self._staging)
            except OSError as error:
                raise from_os_error(error, place) from error
        self.close()
        self._current, self._fresh = None, {}
        remove_tree(self._staging)
        self._root.tidy()
        return self._deposited(package.identifier, self._name)

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes]:
        paths = self._listed(deposited).get(item.digests["sha512"], ())
        if not paths:
            raise NotFoundError("the inventory does not list it", subject=item.path)
        place = self._root.place_of(deposited.identifier.rpartition("#")[0])
        return read_file(self._root.path, f"{place}/{paths[0]}", item.path)

    def _listed(self, deposited: Deposited) -> Mapping[str, Sequence[str]]:
        """The manifest of the object, read back once, for all threads that read its files."""
        with self._lock:
            if self._judged is None or self._judged[0] != deposited:
                inventory = self._load(deposited.identifier.rpartition("#")[0])
                self._judged = (deposited, inventory.manifest if inventory else {})
            return self._judged[1]

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        del deposited
        return DepositState.ACCEPTED, None

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        inventory, version = self._version(identifier)
        place = self._root.place_of(inventory.id or "")
        self._require_sidecar(place)
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

    def _require_sidecar(self, place: str) -> None:
        """Raise `FormatError` unless the inventory has the digest that the file beside it records."""
        name = f"{place}/inventory.json"
        sidecar = b"".join(read_file(self._root.path, f"{name}.sha512", "inventory.json.sha512"))
        if sidecar.split()[:1] != [digest_of(self._root.path, name, "sha512").encode("ascii")]:
            raise FormatError(
                "the inventory does not have the digest that inventory.json.sha512 records", subject=name,
                remedy=f"archive validate {shlex.quote(self._root.path)}",
            )  # fmt: skip

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
        """The object's current inventory, None when there is no such object. Raises `StorageError` when damaged."""
        if not os.path.isdir(self._root.path):
            return None
        base = self._root.locate(self._root.place_of(identifier))
        if not os.path.isdir(base):
            return None
        place = self._root.place_of(identifier)
        content = b"".join(read_file(self._root.path, f"{place}/inventory.json", "inventory.json"))
        inventory, findings = parse_inventory(content, "inventory.json", None)
        bad = next((finding for finding in findings if finding.severity is Severity.ERROR), None)
        if inventory is None or bad is not None or inventory.algorithm != "sha512":
            why = bad.message if bad is not None else "its digests are not sha512"
            raise StorageError(
                f"the object cannot be added to: {why}", subject=identifier, remedy=f"archive validate {base}"
            )
        if inventory.id != identifier:
            raise StorageError("another object stands at the place of this one", subject=identifier)
        return inventory

    def _inventory(self, package: Package) -> Inventory:
        """The inventory with the new version."""
        options, settings = self._context.options, self._context.settings.create
        manifest = {digest: list(paths) for digest, paths in (self._current.manifest if self._current else {}).items()}
        for digest, path in self._fresh.items():
            manifest[digest] = [f"{self._name}/{self._content()}/{path}"]
        state: dict[str, list[str]] = {}
        fixity = {name: dict(block) for name, block in (self._current.fixity if self._current else {}).items()}
        for item in package.items:
            digest = item.digests["sha512"]
            state.setdefault(digest, []).append(item.path)
            if self._fresh.get(digest) == item.path:
                for algorithm, value in item.digests.items():
                    if algorithm in _FIXITY:
                        listed = fixity.setdefault(_FIXITY[algorithm], {}).setdefault(value, [])
                        listed.append(manifest[digest][0])
        user = {
            "name": str(options.get("person") or settings.operator or settings.organization or "archive (muniment)"),
            "address": str(options.get("address") or "urn:muniment:agent:archive"),
        }
        name = package.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        message = str(options.get("message") or _MESSAGE + name)
        version = Version(self._context.clock.stamp(), message, user, state)
        versions = {**(self._current.versions if self._current else {}), self._name: version}
        directory = self._current.content_directory if self._current else None
        return Inventory(
            package.identifier, "1.1", "sha512", self._name, directory, manifest, versions, fixity,
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
        return self._current.content if self._current else "content"

    def _deposited(self, identifier: str, version: str) -> Deposited:
        location = self._root.locate(self._root.place_of(identifier))
        return Deposited(f"{identifier}#{version}", location, version)


def _state_of(package: Package) -> dict[str, str]:
    return {item.path: item.digests["sha512"] for item in package.items}


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
