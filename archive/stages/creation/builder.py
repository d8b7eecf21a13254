"""The bag under construction: files are digested as they are written, and manifests grow on disk, not in memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from archive.errors import StorageError, from_os_error
from archive.formats.bagpath import decode_path, encode_path, to_bytes, to_text
from archive.model.build import FileRecord
from archive.storage.copying import Taken
from archive.storage.folders import Folder
from archive.storage.hashing import Digests

AT_ONCE = 500
"""Files between two writings of manifest lines: enough to make the writing cheap, too few to be felt in memory."""

_NO_PARTS = frozenset(("", ".", ".."))

RESTRICTED = "metadata/restricted"
"""The folder for private fields."""


class GrowingFile:
    """A tag file that is digested while it grows."""

    def __init__(self, folder: Folder, name: str, algorithms: Sequence[str]) -> None:
        self.name = name
        self.digests = Digests(algorithms)
        self._file = folder.create(name)

    def write(self, content: bytes) -> None:
        self.digests.update(content)
        self._file.write(content)

    def close(self) -> None:
        self._file.close()


class BagBuilder:
    """The `Build` that creation hands from stage to stage (see `archive.model.build.Build`).

    `root` is the tree that becomes the bag, `spool` a file outside of it for what `records` gives back; without `spool`
    there are no records to give. `mode` are the permission bits of the bag's folder; metadata/restricted/ is always for
    its owner alone. Not for use by two threads at a time.
    """

    def __init__(
        self,
        root: str,
        name: str,
        *,
        algorithms: tuple[str, ...],
        tag_algorithms: tuple[str, ...],
        spool: str | None = None,
        mode: int = 0o777,
    ) -> None:
        self.root = root
        self._name = name
        self._algorithms = algorithms
        self.tag_algorithms = tag_algorithms
        self.files = 0
        self.size = 0
        os.mkdir(root, mode)
        self.tree = Folder.at(root)
        self._manifests = [GrowingFile(self.tree, f"manifest-{one}.txt", tag_algorithms) for one in algorithms]
        self._spool_path = spool
        self._spool: BinaryIO | None = open(spool, "xb") if spool is not None else None  # noqa: SIM115 - closed in close()
        self.tags: list[tuple[str, tuple[str, ...]]] = []

    @property
    def name(self) -> str:
        return self._name

    @property
    def algorithms(self) -> tuple[str, ...]:
        return self._algorithms

    def record(self, front: str, taken: Taken) -> None:
        """Take payload files, already in their place, into the manifests; `front` is their folder with "/" at its end.

        Raises `StorageError`.
        """
        self.files += len(taken.names)
        self.size += sum(taken.sizes)
        try:
            for lines, manifest in zip(manifest_lines(front, taken), self._manifests, strict=True):
                manifest.write(lines)
            if self._spool is not None:
                self._spool.writelines(_spool_lines(front, taken))
        except OSError as error:
            raise from_os_error(error, self.root) from error

    def flush(self) -> None:
        """Let `records` see all that was recorded. Raises `StorageError`."""
        if self._spool is not None:
            try:
                self._spool.flush()
            except OSError as error:
                raise from_os_error(error, self.root) from error

    def records(self) -> Iterator[FileRecord]:
        """Every payload file so far, in the order of the manifests, from disk. Raises `StorageError`."""
        if self._spool_path is None:
            return
        self.flush()
        with open(self._spool_path, "rb") as spool:
            for line in spool:
                yield self._read_record(line)

    def follow(self) -> Iterator[FileRecord | None]:
        """Every payload file as it is recorded; None where there is no further one yet. Raises `StorageError`."""
        if self._spool_path is None:
            return
        with open(self._spool_path, "rb") as spool:
            line = b""
            while True:
                line += spool.readline()
                if not line.endswith(b"\n"):
                    self.flush()
                    line += spool.readline()
                if line.endswith(b"\n"):
                    yield self._read_record(line)
                    line = b""
                else:
                    yield None

    def _read_record(self, line: bytes) -> FileRecord:
        size, modified, *digests, path = to_text(line[:-1]).split(" ", len(self._algorithms) + 2)
        if "%" in path:
            path = to_text(decode_path(to_bytes(path))[0])
        return FileRecord(path, int(size), tuple(digests), int(modified) / 1e9 if modified else None)

    def open(self, path: str) -> BinaryIO:
        """The file at the bag path `path`, to read, however deep it lies. Raises `StorageError`."""
        *folders, name = _parts(path)
        try:
            at = self.tree.reach(folders)
            try:
                return os.fdopen(at.open(name), "rb")
            finally:
                if at is not self.tree:
                    at.close()
        except OSError as error:
            raise from_os_error(error, path) from error

    def locate(self, path: str) -> bytes:
        """The file's path in the file system; it must never reach a record or report."""
        return os.fsencode(os.path.join(self.root, *_parts(path)))

    def folder(self, path: str) -> Folder:
        """The folder at the bag path `path`, made where it lacks, open. Raises `StorageError`."""
        at, place = self.tree, ""
        try:
            for part in _parts(path):
                place = f"{place}/{part}" if place else part
                try:
                    below = at.make(part, 0o700 if _is_restricted(place) else 0o777)
                except FileExistsError:
                    below = at.enter(part)
                if at is not self.tree:
                    at.close()
                at = below
        except OSError as error:
            raise from_os_error(error, path) from error
        return at

    def add_payload(self, path: str, chunks: Iterable[bytes]) -> FileRecord:
        """Write a payload file and record it. Raises `StorageError`, also when there is one already."""
        if _parts(path)[0] != "data":
            raise StorageError("payload belongs under data/", subject=path)
        size, digests = self._write(path, chunks, self._algorithms)
        front, slash, name = path.rpartition("/")
        self.record(front + slash, Taken.of_one(name, size, digests))
        return FileRecord(path, size, digests)

    def add_tag(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write a tag file and note its digests. Raises `StorageError`, also when there is one already."""
        if _parts(path)[0] == "data":
            raise StorageError("tag files do not belong under data/", subject=path)
        self.tags.append((path, self._write(path, chunks, self.tag_algorithms)[1]))

    def _write(self, path: str, chunks: Iterable[bytes], algorithms: Sequence[str]) -> tuple[int, tuple[str, ...]]:
        front, _, name = path.rpartition("/")
        folder = self.folder(front) if front else self.tree
        digests = Digests(algorithms)
        try:
            with folder.create(name, 0o600 if _is_restricted(path) else 0o666) as file:
                for chunk in chunks:
                    digests.update(chunk)
                    file.write(chunk)
        except OSError as error:
            raise from_os_error(error, path) from error
        finally:
            if folder is not self.tree:
                folder.close()
        return digests.size, digests.hexdigests()

    def finish_manifests(self) -> None:
        """End the payload manifests and take them among the tag files. Raises `StorageError`."""
        try:
            for manifest in self._manifests:
                manifest.close()
        except OSError as error:
            raise from_os_error(error, self.root) from error
        self.tags.extend((one.name, one.digests.hexdigests()) for one in self._manifests)

    def close(self) -> None:
        """Let go of all files; nothing is removed."""
        for file in (*self._manifests, self._spool):
            if file is not None:
                try:
                    file.close()
                except OSError:
                    continue
        self.tree.close()

    def __enter__(self) -> BagBuilder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def manifest_lines(front: str, taken: Taken) -> Iterator[bytes]:
    """The lines of these files for one manifest after the other; `front` is their folder with "/" at its end."""
    front, names = _encode_all(front, taken.names)
    for digests in taken.digests:
        lines = [f"{digest}  {front}{name}\n" for digest, name in zip(digests, names, strict=True)]
        yield "".join(lines).encode("utf-8")


def _spool_lines(front: str, taken: Taken) -> Iterator[bytes]:
    front, names = _encode_all(front, taken.names)
    for size, modified, name, *digests in zip(taken.sizes, taken.modified, names, *taken.digests, strict=True):
        time = "" if modified is None else modified
        yield f"{size} {time} {' '.join(digests)} {front}{name}\n".encode()


def _encode_all(front: str, names: list[str]) -> tuple[str, list[str]]:
    joined = front + "/".join(names)
    if "%" in joined or "\n" in joined or "\r" in joined:
        return _encode(front), [_encode(name) for name in names]
    return front, names


def _encode(text: str) -> str:
    return encode_path(text).decode("utf-8", "surrogateescape")


def _is_restricted(path: str) -> bool:
    return path == RESTRICTED or path.startswith(f"{RESTRICTED}/")


def _parts(path: str) -> list[str]:
    parts = path.split("/")
    if not _NO_PARTS.isdisjoint(parts):
        raise StorageError("this is not a path in a bag", subject=path)
    return parts
