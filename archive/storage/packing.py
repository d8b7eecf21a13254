"""A folder as one file, zip or tar, plain or compressed: the same content becomes the same bytes, on any day.

Members are written in the order of their names' bytes under one top folder, with no owner and one mode, but for
restricted metadata and bags of closed sources, which are for their owner alone. Originals have the time that they came
with, all else has one time. Zip members are stored, not compressed: the bytes do not depend on a compressor's version,
and a damaged spot harms one file. Both are written here member by member, because the library's writers keep every
member in memory.
"""

from __future__ import annotations

import gzip
import os
import stat
import struct
import tarfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, cast

from archive.errors import StorageError, UsageError
from archive.model.build import NO_PROGRESS, Progress
from archive.storage.folders import Folder, read_into
from archive.storage.trail import Trail
from archive.storage.zstd import zstd_library

_CHUNK = 1 << 20
_UTF8 = 0x800
_LIMIT32 = 0xFFFFFFFF
_LIMIT16 = 0xFFFF
_MODE = 0o644
_PRIVATE_MODE = 0o600
_FOLDER_MODE = 0o755
_PRIVATE_FOLDER_MODE = 0o700


def pack(
    root: str,
    top: str,
    target: str,
    kind: str,
    *,
    modified: int,
    originals: str | None = None,
    private: bool = False,
    closed: bool = False,
    progress: Progress = NO_PROGRESS,
) -> None:
    """Write the folder at `root` to the new file `target` as `kind`, under the top folder `top`.

    `kind` is zip, tar, tar.gz or tar.zst.

    `modified` is the time of the members, in seconds since the epoch; files below the folder `originals` of `root` keep
    their own. A `private` archive is for its owner alone; with `closed` what is unpacked from it is, too, beginning
    with the top folder, which is then a member. Raises OSError, `StorageError`, and `UsageError` for a kind that there
    is not.
    """
    make = _writer_of(kind)
    with open_archive(target, private=private) as file, Folder.at(root) as folder:
        writer = make(file, target, modified)
        writer.closed = closed
        front = None if originals is None else f"{originals}/"
        try:
            if closed:
                writer.begin(f"{top}/", 0)
                writer.end()
            for inside, name, holder in _members(folder):
                if name:
                    own_time = front is not None and inside.startswith(front)
                    _add(writer, f"{top}/{inside}", holder, name, progress, own_time=own_time)
                else:
                    writer.begin(f"{top}/{inside}", 0)
                    writer.end()
            writer.finish()
        finally:
            writer.close()


def open_archive(target: str, *, private: bool) -> BinaryIO:
    """The new file `target`; with `private` for its owner alone. Raises OSError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    return os.fdopen(os.open(target, flags, 0o600 if private else 0o666), "wb")


def pack_files(
    files: Iterable[tuple[str, int, Iterator[bytes]]],
    target: str,
    kind: str,
    *,
    modified: int,
    times: Callable[[str], int | None] = lambda path: None,
) -> None:
    """Write files to the new file `target` as `pack` does, in their order: path in the archive, size, bytes.

    `times` gives the time of a member by its path, None for one that has `modified`. Raises as `pack`, and
    `StorageError` for bytes that are not as many as was said.
    """
    with open(target, "xb") as file:
        writer = _writer_of(kind)(file, target, modified)
        try:
            for path, size, content in files:
                writer.begin(path, size, times(path))
                left = size
                for chunk in content:
                    writer.write(memoryview(chunk))
                    left -= len(chunk)
                if left:
                    raise StorageError("its size changed while it was packed", subject=path)
                writer.end()
            writer.finish()
        finally:
            writer.close()


def _writer_of(kind: str) -> Callable[[BinaryIO, str, int], _Writer]:
    writers: dict[str, Callable[[BinaryIO, str, int], _Writer]] = {
        "zip": _ZipWriter, "tar": _TarWriter, "tar.gz": _GzipTarWriter, "tar.zst": _ZstdTarWriter,
    }  # fmt: skip
    if kind not in writers:
        raise UsageError("a bag can be packed as zip, tar, tar.gz or tar.zst", subject=kind)
    return writers[kind]


def _members(root: Folder) -> Iterator[tuple[str, str, Folder]]:
    """Every file below, by the bytes of its path; one folder's names at a time. (Path, name, open folder.)

    A folder without entries comes by itself: its path ends in "/" and its name is empty.
    """
    trail = Trail(root)
    frames: list[tuple[str, Iterator[tuple[bytes, str, bool]]]] = [("", iter(_entries(root)))]
    try:
        while frames:
            path, entries = frames[-1]
            entry = next(entries, None)
            if entry is None:
                frames.pop()
                if frames:
                    trail.leave()
                continue
            _key, name, is_folder = entry
            if is_folder:
                entries_below = _entries(trail.enter(name))
                frames.append((f"{path}{name}/", iter(entries_below)))
                if not entries_below:
                    yield f"{path}{name}/", "", trail.present
            else:
                yield f"{path}{name}", name, trail.present
    finally:
        trail.close()


def _entries(folder: Folder) -> list[tuple[bytes, str, bool]]:
    found = []
    with folder.scan() as entries:
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not entry.is_file(follow_symlinks=False):
                raise StorageError("a bag holds files and folders only", subject=entry.name)
            found.append((os.fsencode(entry.name) + (b"/" if is_folder else b""), entry.name, is_folder))
    return sorted(found)


def _add(writer: _Writer, path: str, folder: Folder, name: str, progress: Progress, *, own_time: bool = False) -> None:
    descriptor = folder.open(name)
    try:
        state = os.fstat(descriptor)
        size = state.st_size
        writer.begin(path, size, state.st_mtime_ns // 1_000_000_000 if own_time else None)
        left = size
        while left:
            count = read_into(descriptor, writer.buffer[: min(left, _CHUNK)])
            if not count:
                raise StorageError("it became shorter while it was packed", subject=path)
            writer.write(writer.buffer[:count])
            progress.advance(count)
            left -= count
        writer.end()
    finally:
        os.close(descriptor)


def _mode_of(path: str, *, closed: bool) -> int:
    """A member's permission bits by its path, so that they do not depend on who packs."""
    private = closed or path.partition("/")[2].startswith("metadata/restricted/")
    if path.endswith("/"):
        return _PRIVATE_FOLDER_MODE if private else _FOLDER_MODE
    return _PRIVATE_MODE if private else _MODE


def _dos_time(modified: int) -> tuple[int, int]:
    """Time and date as a zip member's header has them, in UTC; what they cannot hold becomes the nearest they can."""
    year, month, day, hour, minute, second = time.gmtime(min(max(modified, 315532800), 4354819198))[:6]
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day


class _Writer:
    """One archive being written, member by member; those of a `closed` one are for their owner alone."""

    def __init__(self, file: BinaryIO, target: str, modified: int) -> None:
        self.file = file
        self.target = target
        self.modified = modified
        self.closed = False
        self.buffer = memoryview(bytearray(_CHUNK))

    def begin(self, path: str, size: int, modified: int | None = None) -> None:
        raise NotImplementedError

    def write(self, content: memoryview) -> None:
        self.file.write(content)

    def end(self) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what is beside the archive itself."""


class _TarWriter(_Writer):
    """POSIX pax: long names and large sizes in extended headers, plain ustar otherwise."""

    def begin(self, path: str, size: int, modified: int | None = None) -> None:
        member = tarfile.TarInfo(path)
        member.size, member.mtime = size, self.modified if modified is None else modified
        member.mode = _mode_of(path, closed=self.closed)
        if path.endswith("/"):
            member.type = tarfile.DIRTYPE
        self._size = size
        self.file.write(member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))

    def end(self) -> None:
        self.file.write(bytes(-self._size % tarfile.BLOCKSIZE))

    def finish(self) -> None:
        self.file.write(bytes(2 * tarfile.BLOCKSIZE))
        self.file.write(bytes(-self.file.tell() % tarfile.RECORDSIZE))


class _GzipTarWriter(_TarWriter):
    """A tar in one gzip member without name and time (RFC 1952 2.3.1): the bytes depend on the content and on zlib."""

    def __init__(self, file: BinaryIO, target: str, modified: int) -> None:
        self._packed = gzip.GzipFile("", "wb", 6, file, 0)
        super().__init__(cast(BinaryIO, self._packed), target, modified)

    def close(self) -> None:
        self._packed.close()


class _ZstdTarWriter(_TarWriter):
    """A tar in one Zstandard frame with a checksum (RFC 8878); the bytes depend on the content and on the library."""

    def __init__(self, file: BinaryIO, target: str, modified: int) -> None:
        library = zstd_library()
        chosen = library.CompressionParameter
        options = {chosen.compression_level: 10, chosen.checksum_flag: 1}
        self._packed = library.ZstdFile(file, "wb", options=options)
        super().__init__(self._packed, target, modified)

    def close(self) -> None:
        self._packed.close()


class _ZipWriter(_Writer):
    """Stored members, UTF-8 names, zip64 where a size, an offset or the count asks for it (APPNOTE 4.3, 4.5.3).

    The central directory waits in a file beside the archive, so that memory does not grow with the members.
    """

    def __init__(self, file: BinaryIO, target: str, modified: int) -> None:
        super().__init__(file, target, modified)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        self._central = os.fdopen(os.open(f"{target}.central", flags, 0o600), "w+b")
        self._count = 0
        self._stamp, self._time = _dos_time(modified), b""
        self._start, self._size, self._crc, self._name = 0, 0, 0, b""

    def begin(self, path: str, size: int, modified: int | None = None) -> None:
        self._name = path.encode("utf-8")
        self._stamp, self._time = _dos_time(self.modified if modified is None else modified), b""
        if modified is not None and -(1 << 31) <= modified < 1 << 31:
            # The extended timestamp of Info-ZIP: seconds in UTC, where the old field has two seconds and no time zone.
            self._time = struct.pack("<HHBl", 0x5455, 5, 1, modified)
        if len(self._name) > _LIMIT16:
            raise StorageError("the path is too long for a zip file", subject=path, remedy="Use --serialize tar")
        self._start, self._size, self._crc = self.file.tell(), size, 0
        self.file.write(self._local())

    def _local(self) -> bytes:
        large = self._size >= _LIMIT32
        extra = (struct.pack("<HHQQ", 1, 16, self._size, self._size) if large else b"") + self._time
        shown = _LIMIT32 if large else self._size
        return (
            struct.pack(
                "<4s5H3L2H", b"PK\x03\x04", 45 if large else 20, _UTF8, 0, *self._stamp, self._crc, shown, shown,
                len(self._name), len(extra),
            )
            + self._name
            + extra
        )  # fmt: skip

    def write(self, content: memoryview) -> None:
        self._crc = zlib.crc32(content, self._crc)
        self.file.write(content)

    def end(self) -> None:
        after = self.file.tell()
        self.file.seek(self._start)
        self.file.write(self._local())
        self.file.seek(after)
        self._central.write(self._entry())
        self._count += 1

    def _entry(self) -> bytes:
        size, start = self._size, self._start
        wide = [size, size] if size >= _LIMIT32 else []
        if start >= _LIMIT32:
            wide.append(start)
        extra = (struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b"") + self._time
        shown = min(size, _LIMIT32)
        need = 45 if wide else 20
        return (
            struct.pack(
                "<4s6H3L5H2L", b"PK\x01\x02", 3 << 8 | need, need, _UTF8, 0, *self._stamp, self._crc, shown, shown,
                len(self._name), len(extra), 0, 0, 0, self._attributes(), min(start, _LIMIT32),
            )
            + self._name
            + extra
        )  # fmt: skip

    def _attributes(self) -> int:
        """Type and mode as Unix has them; for a folder also the old bit of MS-DOS."""
        mode = _mode_of(self._name.decode("utf-8"), closed=self.closed)
        if self._name.endswith(b"/"):
            return (stat.S_IFDIR | mode) << 16 | 0x10
        return (stat.S_IFREG | mode) << 16

    def finish(self) -> None:
        start = self.file.tell()
        self._central.seek(0)
        while chunk := self._central.read(_CHUNK):
            self.file.write(chunk)
        end = self.file.tell()
        count = self._count
        if count >= _LIMIT16 or start >= _LIMIT32 or end - start >= _LIMIT32:
            record = struct.pack(
                "<4sQ2H2L4Q", b"PK\x06\x06", 44, 3 << 8 | 45, 45, 0, 0, count, count, end - start, start
            )
            self.file.write(record + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1))
        self.file.write(
            struct.pack(
                "<4s4H2LH", b"PK\x05\x06", 0, 0, min(count, _LIMIT16), min(count, _LIMIT16),
                min(end - start, _LIMIT32), min(start, _LIMIT32), 0,
            )
        )  # fmt: skip

    def close(self) -> None:
        self._central.close()
        os.unlink(f"{self.target}.central")
