"""What the judges of our own metadata may see of a bag."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archive.formats.bagpath import to_text
from archive.model.package import FileRecord
from archive.storage.bag_medium import in_payload

if TYPE_CHECKING:
    from archive.stages.validation.bag_reading import BagReading


class BagView:
    """A bag as its manifests and files stand: nothing here reads a payload byte again."""

    def __init__(self, reading: BagReading) -> None:
        self._reading = reading

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The algorithms of the payload manifests, in the order of each record's digests."""
        return tuple(one.algorithm for one in self._reading.of_kind(tag=False))

    def has(self, path: str) -> bool:
        """True when the bag holds this tag file."""
        return self._reading.has(path)

    def tag_files(self) -> Iterator[str]:
        """Every tag file, bag-relative, sorted."""
        return map(to_text, self._reading.medium.tag_files())

    def tag_bytes(self, path: str) -> bytes | None:
        """A tag file within the size limit; None where it is not there or cannot be read (a finding says why)."""
        return self._reading.read(path, self._reading.limits.record) if self.has(path) else None

    def tag_chunks(self, path: str) -> Iterator[bytes] | None:
        """A tag file of any size as a stream; None where it is not there. The stream raises OSError."""
        return self._reading.medium.stream_tag(os.fsencode(path)) if self.has(path) else None

    def bag_info(self) -> tuple[tuple[str, str], ...]:
        """The labels and values of bag-info.txt, in their order."""
        return tuple((tag.label, tag.value) for tag in self._reading.info)

    def payload(self) -> Iterator[FileRecord]:
        """Every payload file that is there and listed: its digests as the manifests give them, and its size.

        A digest that a manifest does not give is an empty text.
        """
        inventory = self._reading.inventory(tag=False)
        medium = self._reading.medium
        kept, blind = list(medium.findings), set(medium.blind)
        try:
            for batch in medium.walk((), (), only_payload=True):
                if not in_payload(batch.folder):
                    continue
                for name, size, digest in zip(batch.names, batch.sizes, batch.digests, strict=True):
                    entry = inventory.take(batch.folder + b"/" + name)
                    if entry is not None and digest is not None:
                        digests = tuple("" if one is None else one.hex() for one in entry)
                        yield FileRecord(to_text(batch.folder + b"/" + name), size, digests)
        finally:
            medium.findings[:] = kept
            medium.blind.clear()
            medium.blind.update(blind)
