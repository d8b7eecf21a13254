"""A bag that is the state of one version of an OCFL object: read where its content is stored, nothing is copied.

The inventory says where the bytes of each file are (OCFL 1.1, 3.5); each file that is read must also have the digest by
which the inventory knows it.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice

from archive.bags.digesting import FolderFiles
from archive.bags.members import Batcher
from archive.bags.reader import Batch, Beat, Reading, Request, in_payload, no_beat, read_within
from archive.errors import FormatError, NotFoundError
from archive.formats.bagpath import to_text, unsafe_reason
from archive.formats.ocfl_inventory import Inventory, read_inventory
from archive.formats.ocfl_packing import PackedBlock, packed
from archive.formats.packed_texts import in_order
from archive.model.build import NO_PROGRESS, Progress
from archive.model.capped_findings import CappedFindings, bag_findings
from archive.model.codes import bag_files as codes
from archive.model.finding import Severity
from archive.storage.folders import Folder

_LARGEST = 1 << 30


class OcflVersionReader:
    """See `BagReader`. The object is in `folder`; `version` None is its newest.

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
            self._content = _VersionFiles(*self._blocks(inventory, folder, version), self.findings)
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
        paths = (path for path in self._content if in_payload(path) or not only_payload)
        for path in islice(paths, part, None, parts):
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
        """The file's size in bytes; None, with a finding, where it cannot be seen or is not a regular file.

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
        self.findings.append(codes.SPECIAL_FILE.at(to_text(path), what="something that is not a file of the object"))
        return None

    def _place_of(self, path: bytes) -> tuple[bytes, bytes]:
        found = self._content.get(path)
        if found is None:
            raise FileNotFoundError(errno.ENOENT, "no such file", to_text(path))
        return found

    def _read_inventory(self, folder: str) -> Inventory:
        remedy = f"Run: archive validate {folder}"
        size = 0

        def pieces() -> Iterator[bytes]:
            nonlocal size
            for piece in self._files.stream(b"inventory.json"):
                size += len(piece)
                if size > _LARGEST:
                    raise FormatError("the inventory is too large to be read", subject=folder, remedy=remedy)
                yield piece

        inventory, findings = read_inventory(pieces(), "inventory.json", None)
        fault = next((one for one in findings if one.severity is Severity.ERROR), None)
        if inventory is None or fault is not None:
            why = fault.message if fault is not None else "it cannot be read"
            raise FormatError(f"the inventory breaks a rule of OCFL: {why}", subject=folder, remedy=remedy)
        return inventory

    def _blocks(self, inventory: Inventory, folder: str, name: str | None) -> tuple[PackedBlock, PackedBlock]:
        """The state of the version, and the manifest. Raises `NotFoundError`."""
        version = inventory.versions.get(self.version)
        if version is None:
            there = ", ".join(inventory.versions)
            raise NotFoundError(f"the object has no such version; it has {there}", subject=f"{folder}#{name}")
        return packed(version.state), packed(inventory.manifest)


class _VersionFiles:
    """The files of a version by bag path, in sorted order: where the bytes of each are, and their packed digest.

    What could lead out of the object is a finding, and not among them.
    """

    def __init__(self, state: PackedBlock, manifest: PackedBlock, findings: CappedFindings) -> None:
        self._state, self._manifest = state, manifest
        self._references = array("Q")
        self._odd: dict[bytes, tuple[bytes, bytes]] = {}
        self._unsafe: set[bytes] = set()
        for number, reference in state.pairs():
            name = state.texts.path(reference)
            try:
                path, found = os.fsencode(name), self._found(number)
            except UnicodeEncodeError:
                shown = name.encode("utf-8", "replace").decode("utf-8")
                findings.append(codes.UNSAFE_MEMBER.at(shown, why="no file can have this name"))
                continue
            reason = unsafe_reason(path) or unsafe_reason(found[0])
            if reason is not None:
                findings.append(codes.UNSAFE_MEMBER.at(to_text(path), why=reason))
                self._unsafe.add(path)
            elif os.fsdecode(path) != name:
                self._odd[path] = found
            else:
                self._references.append(reference)
        self._order = in_order(range(len(self._references)), self._path)

    def _path(self, place: int) -> bytes:
        return os.fsencode(self._state.texts.path(self._references[place]))

    def _found(self, number: int) -> tuple[bytes, bytes]:
        place = self._manifest.value_of(number)[0]
        return os.fsencode(place), bytes.fromhex(self._state.texts.digest(number))

    def __iter__(self) -> Iterator[bytes]:
        own = map(self._path, self._order)
        return own if not self._odd else iter(sorted({*own, *self._odd}))

    def get(self, path: bytes) -> tuple[bytes, bytes] | None:
        """The file's place in the object and its packed digest; None for what the version does not have."""
        if path in self._odd or path in self._unsafe:
            return self._odd.get(path)
        numbers = self._state.by_path.of(self._state.texts.find_path(os.fsdecode(path)))
        return self._found(numbers[-1]) if numbers else None
