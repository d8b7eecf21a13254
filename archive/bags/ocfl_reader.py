"""A bag that is the state of one version of an OCFL object: read where its content stands, nothing is copied.

The inventory says where the bytes of each file are (OCFL 1.1, 3.5); each file that is read must also have the digest by
which the inventory knows it.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence

from archive.bags.digesting import FolderFiles
from archive.bags.members import Batcher
from archive.bags.reader import Batch, Beat, Reading, Request, TooLargeError, in_payload, no_beat, read_within
from archive.errors import FormatError, NotFoundError
from archive.formats.bagpath import to_text, unsafe_reason
from archive.formats.ocfl_inventory import Inventory, parse_inventory
from archive.model.build import NO_PROGRESS, Progress
from archive.model.capped_findings import bag_findings
from archive.model.codes import bag_files as codes
from archive.model.finding import Severity
from archive.storage.folders import Folder

_LARGEST = 1 << 30


class OcflVersionReader:
    """See `BagReader`. The object stands in `folder`; `version` None is its newest.

    Raises OSError, `NotFoundError` for a version that is not there, and `FormatError` for an inventory that breaks a
    rule of OCFL, because then nothing is sure of what the version holds.
    """

    def __init__(self, folder: str, version: str | None, *, progress: Progress = NO_PROGRESS) -> None:
        self.findings = bag_findings()
        self.blind: set[bytes] = set()
        self._progress = progress
        self._top = Folder.at(folder)
        self._files = FolderFiles(self._top)
        try:
            inventory = self._read_inventory(folder)
            self._algorithm = inventory.algorithm or "sha512"
            self.version = version or inventory.head or ""
            self._content = self._list(inventory, folder, version)
        except BaseException:
            self.close()
            raise
        self._name = re.split(r"[/:]", (inventory.id or "").rstrip("/"))[-1] or os.path.basename(folder)

    @property
    def serialization(self) -> str:
        return "OCFL version"

    @property
    def name(self) -> str:
        return self._name

    @property
    def has_payload_folder(self) -> bool:
        return any(in_payload(path) for path in self._content)

    def close(self) -> None:
        self._files.close()
        self._top.close()

    def tag_files(self) -> Sequence[bytes]:
        return [path for path in self._content if not in_payload(path)]

    def read_tag(self, path: bytes, limit: int) -> bytes:
        return read_within(self.stream(path), limit)

    def stream_tag(self, path: bytes) -> Iterator[bytes]:
        return self.stream(path)

    def stream(self, path: bytes) -> Iterator[bytes]:
        return self._files.stream(self._place_of(path)[0])

    def walk(
        self,
        payload: Sequence[str],
        tags: Sequence[str],
        *,
        share: tuple[int, int] = (0, 1),
        only_payload: bool = False,
        open_files: bool = True,
        sizes: bool = True,
    ) -> Iterator[Batch]:
        del sizes
        part, parts = share
        batcher = Batcher()
        paths = [path for path in self._content if in_payload(path) or not only_payload]
        for path in paths[part::parts]:
            try:
                size = self._size_of(path)
            except FileNotFoundError:
                continue
            if size is None:
                yield from batcher.add(path, 0, None)
                continue
            algorithms = tuple(payload if in_payload(path) else tags) if open_files else ()
            if not algorithms:
                yield from batcher.add(path, size, b"")
                continue
            reading = self._digest_one(Request(path, None, algorithms), no_beat)
            if in_payload(path):
                self._progress.advance(reading.size or 0)
            if reading.broken is not None:
                self.findings.append(codes.BROKEN_ARCHIVE.at(to_text(path), why=reading.broken))
            elif reading.error is not None:
                self.findings.append(codes.UNREADABLE_FILE.at(to_text(path), why=reading.error))
            yield from batcher.add(path, size if reading.size is None else reading.size, reading.packed)
        yield from batcher.rest()

    def digest(self, requests: Sequence[Request], beat: Beat) -> Iterator[tuple[Request, Reading]]:
        for request in requests:
            yield request, self._digest_one(request, beat)

    def _digest_one(self, request: Request, beat: Beat) -> Reading:
        """The digests asked for, of bytes that have the inventory's digest too."""
        found = self._content.get(request.path)
        if found is None:
            return Reading(missing=True)
        place, expected = found
        algorithms = (*request.algorithms, self._algorithm)
        reading = self._files.digest(Request(place, request.size, algorithms), beat)
        if reading.packed is None:
            return reading
        cut = len(reading.packed) - len(expected)
        if reading.packed[cut:] != expected:
            why = f"its content does not have the {self._algorithm} that the inventory records"
            return Reading(reading.size, broken=why)
        return Reading(reading.size, reading.packed[:cut])

    def _size_of(self, path: bytes) -> int | None:
        """The file's size in bytes; None, with a finding, where it cannot be seen or is no regular file.

        Raises FileNotFoundError.
        """
        try:
            status = self._files.stat(self._place_of(path)[0])
        except FileNotFoundError:
            raise
        except OSError as error:
            self.findings.append(codes.UNREADABLE_FILE.at(to_text(path), why=error.strerror or str(error)))
            return None
        if stat.S_ISREG(status.st_mode):
            return status.st_size
        self.findings.append(codes.SPECIAL_FILE.at(to_text(path), what="something that is no file of the object"))
        return None

    def _place_of(self, path: bytes) -> tuple[bytes, bytes]:
        found = self._content.get(path)
        if found is None:
            raise FileNotFoundError(errno.ENOENT, "no such file", to_text(path))
        return found

    def _read_inventory(self, folder: str) -> Inventory:
        remedy = f"Run: archive validate {folder}"
        try:
            content = read_within(self._files.stream(b"inventory.json"), _LARGEST)
        except TooLargeError as error:
            raise FormatError("the inventory is too large to be read", subject=folder, remedy=remedy) from error
        inventory, findings = parse_inventory(content, "inventory.json", None)
        fault = next((one for one in findings if one.severity is Severity.ERROR), None)
        if inventory is None or fault is not None:
            why = fault.message if fault is not None else "it cannot be read"
            raise FormatError(f"the inventory breaks a rule of OCFL: {why}", subject=folder, remedy=remedy)
        return inventory

    def _list(self, inventory: Inventory, folder: str, name: str | None) -> dict[bytes, tuple[bytes, bytes]]:
        """Where the bytes of each file of the version are, and their packed digest, by bag path in sorted order."""
        version = inventory.versions.get(self.version)
        if version is None:
            there = ", ".join(inventory.versions)
            raise NotFoundError(f"the object has no such version; it has {there}", subject=f"{folder}#{name}")
        content: dict[bytes, tuple[bytes, bytes]] = {}
        for digest, paths in version.state.items():
            place = os.fsencode(inventory.manifest[digest][0])
            for path in map(os.fsencode, paths):
                reason = unsafe_reason(path) or unsafe_reason(place)
                if reason is not None:
                    self.findings.append(codes.UNSAFE_MEMBER.at(to_text(path), why=reason))
                    continue
                content[path] = place, bytes.fromhex(digest)
        return dict(sorted(content.items()))
