"""The digests that the files of an OCFL object must have, as its inventories say, in memory that hardly grows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archive.formats.ocfl_inventory import Inventory
from archive.formats.ocfl_packing import PackedBlock, packed
from archive.formats.packed_texts import PackedTexts
from archive.model.codes import ocfl as codes
from archive.model.finding import FindingKind


class Check(NamedTuple):
    """A digest that a file must have, the kind of finding when it has not, and the inventory that says so."""

    algorithm: str
    digest: str
    kind: FindingKind
    where: str


class WantedDigests:
    """What the inventories say of content files. Only what the root's inventory does not say is kept apart from it.

    All inventories share their texts.
    """

    def __init__(self, root: Inventory) -> None:
        self._root = root
        self._more: dict[str, list[Check]] = {}

    def add(self, inventory: Inventory, where: str) -> None:
        """Add what the inventory at `where` says; what the root's says in the same words is not kept twice."""
        root = self._root
        known = packed(root.manifest) if root.algorithm == inventory.algorithm else None
        if inventory.algorithm is not None:
            self._add(packed(inventory.manifest), known, inventory.algorithm, codes.E092, where)
        for algorithm, block in inventory.fixity.items():
            other = root.fixity.get(algorithm)
            self._add(packed(block), None if other is None else packed(other), algorithm, codes.E093, where)

    def _add(
        self, block: PackedBlock, known: PackedBlock | None, algorithm: str, kind: FindingKind, where: str
    ) -> None:
        for number, reference in block.pairs():
            if known is None or number not in known.by_path.of(reference):
                path, digest = block.texts.path(reference), block.texts.digest(number)
                self._more.setdefault(path, []).append(Check(algorithm, digest, kind, where))

    def files(self) -> Iterator[tuple[str, list[Check]]]:
        """Each file with what is wanted of it, in the order in which the inventories name them."""
        root, where = self._root, "inventory.json"
        blocks = [] if root.algorithm is None else [(root.algorithm, packed(root.manifest), codes.E092)]
        blocks += [(algorithm, packed(block), codes.E093) for algorithm, block in root.fixity.items()]
        told: set[int] = set()
        for place, (_, block, _kind) in enumerate(blocks):
            known, texts = block.by_path, block.texts
            earlier = [one.by_path for _, one, _ in blocks[:place]]
            for number, reference in block.pairs():
                if number != known.of(reference)[0] or any(one.of(reference) for one in earlier):
                    continue
                if known.repeats and reference in told:
                    continue
                told |= {reference} if known.repeats else set()
                path = texts.path(reference)
                checks = [
                    Check(algorithm, texts.digest(one), kind, where)
                    for algorithm, other, kind in blocks[place:]
                    for one in other.by_path.of(reference)
                ]
                yield path, checks + self._more.pop(path, [])
        yield from self._more.items()


class ContentFiles:
    """The content files that are there, by their paths, in the order in which they were found."""

    def __init__(self) -> None:
        self._paths = PackedTexts()

    def add(self, path: str) -> None:
        self._paths.number(path.encode("utf-8", "surrogatepass"))

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._paths.find(path.encode("utf-8", "surrogatepass")) >= 0

    def __iter__(self) -> Iterator[str]:
        return (self._paths[number].decode("utf-8", "surrogatepass") for number in range(len(self._paths)))

    def __len__(self) -> int:
        return len(self._paths)

    def beyond(self, inventory: Inventory) -> Iterator[str]:
        """The files that the manifest of `inventory` does not list."""
        manifest = packed(inventory.manifest)
        return (path for path in self if not manifest.by_path.of(manifest.texts.find_path(path)))
