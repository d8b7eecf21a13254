"""Deposits in a place with `as`: the bag goes as one zip, a package in the format that the place wants.

The zip is made beside the journal, once, by a name that says the content, as a bag that is packed for its way.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

from archive.bags.contents import BagReading
from archive.errors import from_os_error
from archive.model.audience import Recipient
from archive.model.build import Progress
from archive.model.deposit import Delivery, Item, Package
from archive.model.export import Lost
from archive.model.finding import Finding
from archive.places import audience_of, states_audience
from archive.settings import Settings
from archive.stages.depositing.admission import judge_rights
from archive.stages.depositing.packaging import describe_bag, hash_file
from archive.stages.exporting.making import Making
from archive.stages.exporting.packages import CountedPackage
from archive.stages.exporting.source import Source
from archive.storage.clock import Clock

_BAG = "bag"


def format_of(settings: Settings, place: str) -> str | None:
    """The format of the packages that the place `place` wants; None for bags, and for what is not a place."""
    named = settings.places.get(place, {}).get("as")
    return str(named) if named and named != _BAG else None


@dataclass(slots=True)
class Packaged:
    """A bag that is deposited as a package in the format `format`."""

    source: BagReading
    format: str
    settings: Settings
    clock: Clock
    progress: Progress

    def judge(self, at: str) -> list[Finding]:
        """What forbids it: names that the format cannot hold, and the rights of what the package would hold.

        `at` is the name of the place.
        """
        making = self._making
        recipient = Recipient(audience_of(self.settings, at))
        counted = CountedPackage(making.name())
        found = making.judge_names()
        if not found:
            making.fill(counted)
        private = states_audience(self.settings, at) and counted.holds_private
        return [*judge_rights(self.source, self.clock, recipient, private_fields=private), *found]

    def pack(self, folder: str, *, identifier: str | None) -> tuple[Package, tuple[Lost, ...]]:
        """The package as one zip in `folder`, made unless it is there, and what of the bag it does not say.

        Raises `UsageError`, `SourceError`, `StorageError`.
        """
        making = self._making
        bag = describe_bag(self.source, Delivery.FILES, identifier=identifier)
        name = making.name()
        key = hashlib.sha256(f"{self.format}\n{name}\n{bag.fingerprint}".encode()).hexdigest()[:32]
        target = os.path.join(folder, key, f"{name}.zip")
        try:
            if os.path.exists(target):
                lost = making.fill(CountedPackage(name))
            else:
                os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
                _, lost = making.make(target, name=name, zipped=True, settings=self.settings, progress=self.progress)
            item: Item = hash_file(target, f"{name}.zip", self.progress)
        except OSError as error:
            raise from_os_error(error, target) from error
        package = Package(
            bag.name, bag.identifier, item.digests["sha512"], bag.bag, (item,), item.size, bag.description, bag.tags,
            self.format,
        )  # fmt: skip
        return package, lost

    @property
    def _making(self) -> Making:
        return Making(Source(self.source), self.format)
