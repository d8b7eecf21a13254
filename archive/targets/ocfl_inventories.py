"""The inventory of an OCFL object that a bag is deposited in: the one that is there, and what a new version adds to it.

Of a bag's files nothing is kept here but some 20 bytes each: what is written is made from the package's own list.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from archive.errors import FormatError, StorageError
from archive.formats.ocfl_inventory import Inventory, read_inventory
from archive.formats.ocfl_packing import Block, OrderedBlock, merged_pairs, ordered_pairs, packed
from archive.formats.packed_texts import NumberIndex, in_order
from archive.model.deposit import Item, Package
from archive.model.finding import Severity
from archive.model.light import light_dataclass
from archive.targets.local import read_file
from archive.targets.ocfl_writing import OcflRoot

_FIXITY = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "blake2b": "blake2b-512"}
"""The digests of a bag that go to the fixity block, with their OCFL names."""


@light_dataclass(frozen=True)
class KnownInventory:
    """An inventory, and the sha512 (hex) of the file that it was read from."""

    digest: str
    inventory: Inventory


def load_inventory(root: OcflRoot, identifier: str, known: KnownInventory | None = None) -> KnownInventory | None:
    """The current inventory of an object, None when there is none; `known` where the file is still that one.

    Raises `FormatError` where the digest beside it is different, `StorageError` when it cannot be added to.
    """
    if not os.path.isdir(root.path):
        return None
    place = root.place_of(identifier)
    base = root.locate(place)
    if not os.path.isdir(base):
        return None
    path = f"{place}/inventory.json"
    if known is not None and known.digest == _digest_there(root, path) and known.inventory.id == identifier:
        return known
    digest = hashlib.sha512()

    def pieces() -> Iterator[bytes]:
        for piece in read_file(root.path, path, "inventory.json"):
            digest.update(piece)
            yield piece

    inventory, findings = read_inventory(pieces(), "inventory.json", None)
    bad = next((finding for finding in findings if finding.severity is Severity.ERROR), None)
    if inventory is None or bad is not None or inventory.algorithm != "sha512":
        why = bad.message if bad is not None else "its digests are not sha512"
        raise StorageError(
            f"the object cannot be added to: {why}", subject=identifier, remedy=f"archive validate {base}"
        )
    if inventory.id != identifier:
        raise StorageError("a different object is in the place of this one", subject=identifier)
    require_inventory(root, identifier, digest.hexdigest())
    return KnownInventory(digest.hexdigest(), inventory)


def require_inventory(root: OcflRoot, identifier: str, digest: str) -> None:
    """See that the object's inventory has this sha512 (hex), and that the file beside it records it.

    Raises `FormatError`.
    """
    path = f"{root.place_of(identifier)}/inventory.json"
    sidecar = b"".join(read_file(root.path, f"{path}.sha512", "inventory.json.sha512"))
    if _digest_there(root, path) != digest or sidecar.split()[:1] != [digest.encode("ascii")]:
        raise FormatError(
            "the inventory does not have the digest that inventory.json.sha512 records", subject=path,
            remedy=f"archive validate {shlex.quote(root.path)}",
        )  # fmt: skip


def _digest_there(root: OcflRoot, path: str) -> str:
    """The sha512 (hex) of an inventory. Raises as `read_file`."""
    digest = hashlib.sha512()
    for piece in read_file(root.path, path, "inventory.json"):
        digest.update(piece)
    return digest.hexdigest()


def state_is(state: Block, package: Package) -> bool:
    """Whether a version's state is the package's files: the same paths with the same content, no more and no less."""
    own = packed(state)
    if len(package.items) != own.path_count:
        return False
    texts = own.texts
    for item in package.items:
        numbers = own.by_path.of(texts.find_path(item.path))
        if not numbers or texts.digest(numbers[-1]).lower() != item.digests["sha512"]:
            return False
    return True


PlaceOf = Callable[[str], str | None]
"""The content path of a sha512 (hex), None for a content that the object does not have."""


class NewFiles:
    """What of `items` an object that has `stored` does not have yet; it goes below `content`, each content once."""

    def __init__(self, items: Sequence[Item], stored: Block, content: str) -> None:
        self._items = items
        self._content = content
        self._index = NumberIndex()
        self._numbers = array("I")
        for number, item in enumerate(items):
            digest = item.digests["sha512"]
            if digest not in stored and self._find(digest) is None:
                self._index.add(hash(digest), number)
                self._numbers.append(number)

    def has(self, item: Item) -> bool:
        """Whether this file is the one of its content that is stored."""
        first = self._find(item.digests["sha512"])
        return first is not None and first.path == item.path

    def place_of(self, digest: str) -> str | None:
        """The content path of a content that is new."""
        first = self._find(digest)
        return None if first is None else self._content + first.path

    def _find(self, digest: str) -> Item | None:
        """The first item with a content that is new."""
        found: list[Item] = []

        def is_same(number: int) -> bool:
            item = self._items[number]
            if item.digests["sha512"] != digest:
                return False
            found.append(item)
            return True

        self._index.find(hash(digest), is_same)
        return found[0] if found else None

    def state(self) -> OrderedBlock:
        """The state of the new version."""
        every = range(len(self._items))
        return OrderedBlock(lambda: self._by_digest(every, "sha512", ""))

    def manifest(self, stored: Block) -> OrderedBlock:
        """The manifest with the new files."""
        return OrderedBlock(
            lambda: merged_pairs(ordered_pairs(stored), self._by_digest(self._numbers, "sha512", self._content))
        )

    def fixity(self, known: Mapping[str, Block]) -> dict[str, Block]:
        """The fixity block with the other digests of the new files."""
        names = {name for number in self._numbers for name in self._items[number].digests if name in _FIXITY}
        blocks = dict(known)
        for name in sorted(names):
            blocks[_FIXITY[name]] = self._fixity_of(name, known.get(_FIXITY[name], {}))
        return blocks

    def _fixity_of(self, name: str, known: Block) -> OrderedBlock:
        numbers = array("I", (number for number in self._numbers if name in self._items[number].digests))
        return OrderedBlock(lambda: merged_pairs(ordered_pairs(known), self._by_digest(numbers, name, self._content)))

    def _by_digest(self, numbers: Sequence[int], algorithm: str, before: str) -> Iterator[tuple[str, Sequence[str]]]:
        """The paths of these items, behind `before`, by their digests and in the order of these."""
        items = self._items
        ordered = in_order(numbers, lambda number: bytes.fromhex(items[number].digests[algorithm]))
        for digest, alike in groupby(map(items.__getitem__, ordered), lambda item: item.digests[algorithm]):
            yield digest, [before + item.path for item in alike]


@light_dataclass(frozen=True)
class WrittenVersion:
    """A version that this process wrote. `inventory` is the sha512 (hex) of its inventory.

    `before` is the manifest that the object had until then.
    """

    version: str
    inventory: str
    new: NewFiles
    before: Block

    def place_of(self, digest: str) -> str | None:
        """As `PlaceOf`."""
        return self.new.place_of(digest) or next(iter(self.before.get(digest, ())), None)
