"""A bag in a zip: every member compared with its own header and read to its end, nothing unpacked."""

from __future__ import annotations

import bz2
import errno
import os
import stat
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from archive.bags.members import Batcher, Member, MemberReading, MemberTable, Oddity, digest_members, wanted
from archive.bags.reader import (
    LIMITS,
    Batch,
    Beat,
    BrokenArchiveError,
    Limits,
    Reading,
    Request,
    in_payload,
    read_within,
)
from archive.formats.bagpath import to_text
from archive.formats.zip_directory import (
    NO_DIRECTORY,
    BrokenDirectoryError,
    Directory,
    Entry,
    read_directory,
    reads_as_utf8,
)
from archive.formats.zip_records import (
    END64_SIZE,
    END_SIZE,
    LOCAL_SIZE,
    LOCATOR_SIZE,
    MAX_COMMENT,
    MAX_DESCRIPTOR,
    EndRecord,
    LocalHeader,
    is_descriptor,
    is_sound_extra,
    judge_end,
    locator_target,
    other_readings,
    parse_end,
    parse_end64,
    parse_local_header,
    unicode_path,
    zip64_values,
)
from archive.model.build import NO_PROGRESS, Progress
from archive.model.capped_findings import bag_findings
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding
from archive.storage.hashing import Digests

_CHUNK = 1 << 18
_STORED, _DEFLATED, _BZIP2 = 0, 8, 12
_METHODS = {_STORED, _DEFLATED, _BZIP2}
"""LZMA is left out: a member may ask for gigabytes of memory there."""

_UNIX = {3, 19}
"""Systems whose attributes hold a Unix mode: Unix and macOS. A link is looked for on any: some tools make it anyway."""

_DOS_FOLDER = 0x10
_PATCH = 0x20
_FLAGS = 0x2869
"""Bits that change what a reader does: encryption, sizes behind the data, patches, strong encryption, UTF-8, masks."""

_NEWEST = 46
"""The version of the format, times ten, that brought the newest method read here; some tools refuse a later one."""

_IN_ZIP64 = 0xFFFFFFFF
"""Stands for a size that is in the Zip64 field."""

_INPUT = 1 << 16

_BROKEN = (
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)


_LINK = Oddity(codes.LINK)
_ENCRYPTED = Oddity(codes.ENCRYPTED_MEMBER)
_SPECIAL = Oddity(codes.SPECIAL_FILE, "a device, pipe or socket")
_UNUSUAL = Oddity(codes.UNKNOWN_METHOD, "with a feature that many tools do not know")


class ZipReader:
    """See `BagReader`. Raises OSError when the file cannot be opened.

    `file`, seekable, is read instead of the one at `path` where it is given; it is closed as well. A `flat` archive is
    one without a top folder, which is not a serialized bag.
    """

    def __init__(
        self,
        path: str,
        *,
        file: BinaryIO | None = None,
        progress: Progress = NO_PROGRESS,
        limits: Limits = LIMITS,
        flat: bool = False,
    ) -> None:
        self.findings = bag_findings()
        self.blind: set[bytes] = set()
        self._archive = os.path.basename(path)
        self._progress = progress
        self._limits = limits
        self._file: BinaryIO = file or open(path, "rb")  # noqa: SIM115 - closed by close()
        self._directory = NO_DIRECTORY
        self._table = MemberTable(path, flat=flat)
        self._places: dict[bytes, Member] = {}
        self._tag_files: Sequence[bytes] = ()
        self._index()

    @property
    def serialization(self) -> str:
        return "application/zip"

    @property
    def has_payload_folder(self) -> bool:
        return self._table.has_payload_folder

    def close(self) -> None:
        self._file.close()

    def tag_files(self) -> Sequence[bytes]:
        return self._tag_files

    @property
    def name(self) -> str:
        return to_text(self._table.root)

    @property
    def places(self) -> Mapping[bytes, Member]:
        return self._places

    @property
    def unseen(self) -> Mapping[bytes, Oddity]:
        return self._table.unseen

    def _index(self) -> None:
        size = self._file.seek(0, os.SEEK_END)
        tail = max(0, size - END_SIZE - MAX_COMMENT)
        self._file.seek(tail)
        end = parse_end(self._file.read())
        try:
            if end is None:
                raise BrokenDirectoryError("not a zip file: it has no end record")
            self._directory = self._find_directory(end, tail + end.place)
        except (BrokenDirectoryError, OSError) as error:
            self._stop(codes.BROKEN_ARCHIVE.at(self._archive, why=str(error)))
            return
        if len(self._directory) > self._limits.members:
            self._stop(codes.ARCHIVE_LIMIT.at(self._archive, why=f"it holds more than {self._limits.members} members"))
            return
        total = self._directory.unpacked
        if total > max(self._limits.floor, self._limits.ratio * size):
            why = f"it says that it unpacks to {total} bytes from {size}"
            self._stop(codes.ARCHIVE_LIMIT.at(self._archive, why=why))
            return
        self._judge_layout()
        for place, entry in enumerate(self._directory):
            self._take(place, entry)
        self._table.finish()
        self.findings += self._table.findings
        self.blind.update(self._table.unseen)
        self._tag_files = self._table.tag_files()
        self._places = self._table.by_path()

    def _find_directory(self, end: EndRecord, place: int) -> Directory:
        """The directory; its end records, the first of which begins at `place`, say alike whatever they say twice.

        Raises `BrokenDirectoryError`.
        """
        if end.after > 0:
            self.findings.append(codes.FOREIGN_BYTES.at(self._archive, why=f"{end.after} bytes follow its end"))
        elif end.after < 0:
            self.findings.append(codes.HEADERS_DIFFER.at(self._archive, why="its comment is shorter than its end says"))
        if b"PK\x05\x06" in end.comment:
            self.findings.append(codes.HEADERS_DIFFER.at(self._archive, why="its comment holds a second end record"))
        self._file.seek(max(0, place - LOCATOR_SIZE))
        locator = self._file.read(min(LOCATOR_SIZE, place))
        end64 = None
        where = locator_target(locator)
        if where is not None:
            last = place - LOCATOR_SIZE - END64_SIZE
            self._file.seek(max(0, last))
            end64 = parse_end64(locator, self._file.read(END64_SIZE))
            if end64 is None or where != last:
                self.findings.append(codes.HEADERS_DIFFER.at(self._archive, why="its Zip64 end is not where it says"))
        directory = read_directory(self._file, end, place, end64, self._limits.members)
        for why in judge_end(end, end64, len(directory), len(directory.content)):
            self.findings.append(codes.HEADERS_DIFFER.at(self._archive, why=why))
        if directory.shift:
            self.findings.append(codes.HEADERS_DIFFER.at(self._archive, why="its directory is not where its end says"))
        return directory

    def _stop(self, finding: Finding) -> None:
        self.findings.append(finding)
        self.blind.add(b"")

    def _take(self, place: int, entry: Entry) -> None:
        name = entry.path
        kind = stat.S_IFMT(entry.attributes >> 16)
        odd: Oddity | None = None
        if entry.flags & 0x41:
            odd = _ENCRYPTED
        elif kind == stat.S_IFLNK:
            odd = _LINK
        elif kind not in (0, stat.S_IFREG, stat.S_IFDIR) and entry.system in _UNIX:
            odd = _SPECIAL
        elif entry.flags & _PATCH or entry.version > _NEWEST:
            odd = _UNUSUAL
        elif entry.method not in _METHODS:
            odd = Oddity(codes.UNKNOWN_METHOD, f"compression method {entry.method}")
        folder = name.endswith(b"/")
        why = _kind_difference(entry, kind, folder=folder)
        if why is not None:
            self.findings.note(codes.HEADERS_DIFFER, to_text(name), why=why)
        self._table.add(name, folder=folder, size=entry.size, place=place, odd=odd)
        others = other_readings(name, entry.name, utf8=entry.is_utf8)
        if others:
            self._table.also_read_as(name, others)

    def _judge_layout(self) -> None:
        """Members follow each other without overlap or gap, and each says of itself what the directory says."""
        end: int = 0
        described: Entry | None = None
        directory = self._directory
        for number in directory.in_file_order():
            span = directory.plain_span(number, self._file)
            if span is not None and described is None and span[0] == end:
                end = span[1]
                continue
            entry = directory.entry(number)
            self._file.seek(max(0, entry.offset))
            local = parse_local_header(self._file.read(LOCAL_SIZE)) if entry.offset >= 0 else None
            if local is None:
                self.findings.append(codes.HEADERS_DIFFER.at(to_text(entry.path), why="its own header is missing"))
                continue
            own = self._file.read(local.tail)
            why = _difference(local, own[: local.name_length], own[local.name_length :], entry)
            if why is not None:
                self.findings.append(codes.HEADERS_DIFFER.at(to_text(entry.path), why=why))
            if entry.offset < end:
                self.findings.append(codes.HEADERS_DIFFER.at(to_text(entry.path), why="it overlaps another member"))
            elif described is not None or entry.offset != end:
                self._judge_gap(described, end, entry.offset, to_text(entry.path))
            end = entry.offset + LOCAL_SIZE + local.tail + entry.compressed
            described = entry if local.described_later else None
        if len(directory):
            self._judge_gap(described, end, directory.start, "its directory")

    def _judge_gap(self, described: Entry | None, start: int, end: int, before: str) -> None:
        """Nothing may lie between two members but the data descriptor of the first, where it has one."""
        if start == end and (described is None or described.is_folder):
            return
        if described is not None and 0 < end - start <= MAX_DESCRIPTOR:
            self._file.seek(start)
            found = self._file.read(end - start)
            if not is_descriptor(found, described.crc, described.compressed, described.size):
                why = "its data descriptor says something else"
                self.findings.append(codes.HEADERS_DIFFER.at(to_text(described.path), why=why))
            return
        what = f"{end - start} bytes lie" if end != start else "a data descriptor is missing"
        self.findings.append(codes.FOREIGN_BYTES.at(self._archive, why=f"{what} before {before}"))

    def read_tag(self, path: bytes, limit: int) -> bytes:
        return read_within(self.stream_tag(path), limit)

    def stream_tag(self, path: bytes) -> Iterator[bytes]:
        try:
            yield from self.stream(path)
        except BrokenArchiveError as error:
            raise OSError(errno.EIO, str(error), to_text(path)) from error

    def stream(self, path: bytes) -> Iterator[bytes]:
        member = self._places.get(path)
        if member is None:
            raise FileNotFoundError(errno.ENOENT, "no such file", to_text(path))
        yield from self.content(member)

    def read_member(self, member: Member, algorithms: Sequence[str]) -> MemberReading:
        digests = Digests(algorithms)
        try:
            for chunk in self.content(member):
                digests.update(chunk)
                if in_payload(member.path):
                    self._progress.advance(len(chunk))
        except (BrokenArchiveError, OSError) as error:
            return MemberReading(digests.size, None, error)
        return MemberReading(digests.size, digests.packed())

    def content(self, member: Member) -> Iterator[bytes]:
        try:
            yield from self._decoded(self._directory.entry(member.place))
        except _BROKEN as error:
            raise BrokenArchiveError(str(error) or "its bytes are corrupt") from error

    def _decoded(self, entry: Entry) -> Iterator[bytes]:
        """The member's bytes, of which the directory's size and CRC must be true to the last one.

        Nothing may be left over behind the end of the compressed data: tools that trust the sizes and tools that trust
        the data would read two different files.
        """
        self._file.seek(entry.offset)
        local = parse_local_header(self._file.read(LOCAL_SIZE))
        if local is None:
            raise BrokenArchiveError("its own header is missing")
        place = entry.offset + LOCAL_SIZE + local.tail
        left, size, crc = entry.compressed, 0, 0
        inflate = _new_inflater(entry.method)
        while left or (inflate is not None and not inflate.eof):
            self._file.seek(place)
            data = self._file.read(min(_INPUT, left))
            if not data:
                raise BrokenArchiveError("its compressed data ends too early")
            place, left = place + len(data), left - len(data)
            for chunk in [data] if inflate is None else inflate.pieces(data):
                size, crc = size + len(chunk), zlib.crc32(chunk, crc)
                if size > entry.size:
                    raise BrokenArchiveError(f"it unpacks to more than the {entry.size} bytes that are declared")
                yield chunk
            if inflate is not None and inflate.eof and (left or inflate.unused_data):
                raise BrokenArchiveError("bytes follow the end of its compressed data")
        if size != entry.size:
            raise BrokenArchiveError(f"it has {size} bytes; {entry.size} are declared")
        if crc != entry.crc:
            raise BrokenArchiveError("its CRC-32 does not match the declared one")

    def digest(self, requests: Sequence[Request], beat: Beat) -> Iterator[tuple[Request, Reading]]:
        del beat  # the file below tells of every read
        yield from digest_members(self, requests)

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
        del share, open_files, sizes
        batcher = Batcher()
        for member in self._table.members:
            if only_payload and not in_payload(member.path):
                continue
            algorithms = wanted(member, payload, tags)
            if not algorithms:
                yield from batcher.add(member.path, member.size, b"")
                continue
            reading = self.read_member(member, algorithms)
            if isinstance(reading.error, OSError):
                why = reading.error.strerror or str(reading.error)
                self.findings.append(codes.UNREADABLE_FILE.at(to_text(member.path), why=why))
            elif reading.error is not None:
                why = f"{to_text(member.path)}: {reading.error}"
                self.findings.append(codes.BROKEN_ARCHIVE.at(self._archive, why=why))
            yield from batcher.add(member.path, member.size, reading.digest)
        yield from batcher.rest()


class _Inflater:
    """Deflate or bzip2, in bounded pieces."""

    def __init__(self, kind: int) -> None:
        self._codec: Any = zlib.decompressobj(-15) if kind == _DEFLATED else bz2.BZ2Decompressor()
        self._deflate = kind == _DEFLATED

    @property
    def eof(self) -> bool:
        return bool(self._codec.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._codec.unused_data)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What `data` becomes, at most so much at a time that a bomb costs no memory."""
        out = self._codec.decompress(data, _CHUNK)
        while out:
            yield out
            if self._codec.eof:
                return
            rest = self._codec.unconsumed_tail if self._deflate else b""
            out = self._codec.decompress(rest, _CHUNK)


def _new_inflater(kind: int) -> _Inflater | None:
    return None if kind == _STORED else _Inflater(kind)


def _kind_difference(entry: Entry, kind: int, *, folder: bool) -> str | None:
    """What makes one tool take the member for a folder and another one for a file."""
    if folder and entry.size:
        return "a folder that has bytes of its own"
    if not folder and kind == stat.S_IFDIR:
        return "its mode is that of a folder, its name that of a file"
    if not folder and entry.attributes & _DOS_FOLDER:
        return "it is marked as a folder, but its name is that of a file"
    return None


def _difference(local: LocalHeader, name: bytes, extra: bytes, entry: Entry) -> str | None:
    """What a member's own header says otherwise than the directory."""
    stored = entry.name
    if name != stored:
        return "the names differ"
    if (entry.extra or extra) and (why := _extra_difference(stored, extra, entry)) is not None:
        return why
    if entry.disk:
        return "it is said to be on another disk"
    if local.method != entry.method:
        return "the methods differ"
    if (local.flags ^ entry.flags) & _FLAGS:
        return "the flags differ"
    if entry.method == _STORED and entry.compressed != entry.size and not entry.flags & 1:
        return "it is stored as it is, but its two sizes differ"
    same = (local.crc, local.compressed, local.size) == (entry.crc, entry.compressed, entry.size)
    if same and not extra and _IN_ZIP64 not in (local.size, local.compressed):
        return None
    return _size_difference(local, extra, entry)


def _extra_difference(stored: bytes, extra: bytes, entry: Entry) -> str | None:
    """What the extra fields of the member's own header and of the directory say that some tools read otherwise."""
    path, sound = unicode_path(entry.extra, stored)
    own, own_sound = unicode_path(extra, stored)
    if path != own and None not in (path, own):
        return "the Unicode names differ"
    other = own if path is None else path
    if not (sound and own_sound) or (other is not None and other != entry.path and reads_as_utf8(stored)):
        return "its Unicode name is not that of its name"
    if not (is_sound_extra(entry.extra) and is_sound_extra(extra)):
        return "its extra field is not whole, or says something twice"
    return None


def _size_difference(local: LocalHeader, extra: bytes, entry: Entry) -> str | None:
    """Sizes and checksum of the member's own header, its Zip64 field included, against the directory's."""
    long = zip64_values(extra)
    size, compressed = local.size, local.compressed
    if _IN_ZIP64 in (size, compressed):
        if long is None or len(long) < (size == _IN_ZIP64) + (compressed == _IN_ZIP64):
            return "its Zip64 sizes are missing"
        numbers = iter(long)
        size = next(numbers) if size == _IN_ZIP64 else size
        compressed = next(numbers) if compressed == _IN_ZIP64 else compressed
    elif long and tuple(long[:2]) not in ((size, compressed)[: len(long)], (0, 0)[: len(long)]):
        stated = (entry.size, entry.compressed)[: len(long)]
        if tuple(long[:2]) != stated:
            return "its Zip64 sizes differ"
    found, stated3 = (local.crc, compressed, size), (entry.crc, entry.compressed, entry.size)
    if local.described_later:
        return None if all(one in (0, other) for one, other in zip(found, stated3, strict=True)) else "sizes differ"
    return None if found == stated3 else "sizes or checksum differ"
