"""A bag in a zip: every member compared with its own header and read to its end, nothing unpacked."""

from __future__ import annotations

import bz2
import errno
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, BinaryIO

from archive.bags.members import Batcher, Member, MemberReading, MemberTable, digest_members, wanted
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
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}
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
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)


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
        self._zip: zipfile.ZipFile | None = None
        self._infos: list[zipfile.ZipInfo] = []
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
        if self._zip is not None:
            self._zip.close()
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
    def unseen(self) -> Mapping[bytes, Finding]:
        return self._table.unseen

    def _index(self) -> None:
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(max(0, size - END_SIZE - MAX_COMMENT))
        end = parse_end(self._file.read())
        try:
            self._zip = zipfile.ZipFile(self._file)
            self._infos = self._zip.infolist()
        except (*_BROKEN, OSError) as error:
            self._stop(codes.BROKEN_ARCHIVE.at(self._archive, why=str(error) or "its directory cannot be read"))
            return
        if end is None:
            self.findings.append(codes.HEADERS_DIFFER.at(self._archive, why="its comment is shorter than its end says"))
        else:
            self._judge_end(end, max(0, size - END_SIZE - MAX_COMMENT) + end.place)
        if len(self._infos) > self._limits.members:
            self._stop(codes.ARCHIVE_LIMIT.at(self._archive, why=f"it holds more than {self._limits.members} members"))
            return
        total = sum(info.file_size for info in self._infos)
        if total > max(self._limits.floor, self._limits.ratio * size):
            why = f"it says that it unpacks to {total} bytes from {size}"
            self._stop(codes.ARCHIVE_LIMIT.at(self._archive, why=why))
            return
        self._judge_layout()
        for place, info in enumerate(self._infos):
            self._take(place, info)
        self._table.finish()
        self.findings += self._table.findings
        self.blind.update(self._table.unseen)
        self._tag_files = self._table.tag_files()
        self._places = self._table.by_path()

    def _judge_end(self, end: EndRecord, place: int) -> None:
        """The end records, wherever they say something twice: `place` is where the end record begins."""
        assert self._zip is not None
        if end.after:
            self.findings.append(codes.FOREIGN_BYTES.at(self._archive, why=f"{end.after} bytes follow its end"))
        if b"PK\x05\x06" in end.comment:
            self.findings.append(codes.HEADERS_DIFFER.at(self._archive, why="its comment holds a second end record"))
        self._file.seek(max(0, place - LOCATOR_SIZE))
        locator = self._file.read(min(LOCATOR_SIZE, place))
        end64, last = None, place
        where = locator_target(locator)
        if where is not None:
            last = place - LOCATOR_SIZE - END64_SIZE
            self._file.seek(max(0, min(where, place)))
            end64 = parse_end64(locator, self._file.read(END64_SIZE))
            if end64 is None or where != last:
                self.findings.append(codes.HEADERS_DIFFER.at(self._archive, why="its Zip64 end is not where it says"))
        size = last - self._zip.start_dir
        for why in judge_end(end, end64, len(self._infos), size):
            self.findings.append(codes.HEADERS_DIFFER.at(self._archive, why=why))
        start = end.directory_start if end64 is None else end64.directory_start
        if start != self._zip.start_dir:
            self.findings.append(codes.HEADERS_DIFFER.at(self._archive, why="its directory is not where its end says"))

    def _stop(self, finding: Finding) -> None:
        self.findings.append(finding)
        self.blind.add(b"")

    def _take(self, place: int, info: zipfile.ZipInfo) -> None:
        name = _raw_name(info)
        shown = to_text(name)
        kind = stat.S_IFMT(info.external_attr >> 16)
        odd = None
        if info.flag_bits & 0x41:
            odd = codes.ENCRYPTED_MEMBER.at(shown)
        elif kind == stat.S_IFLNK:
            odd = codes.LINK.at(shown)
        elif kind not in (0, stat.S_IFREG, stat.S_IFDIR) and info.create_system in _UNIX:
            odd = codes.SPECIAL_FILE.at(shown, what="a device, pipe or socket")
        elif info.flag_bits & _PATCH or info.extract_version > _NEWEST:
            odd = codes.UNKNOWN_METHOD.at(shown, what="with a feature that many tools do not know")
        elif info.compress_type not in _METHODS:
            odd = codes.UNKNOWN_METHOD.at(shown, what=f"compression method {info.compress_type}")
        folder = name.endswith(b"/")
        why = _kind_difference(info, kind, folder=folder)
        if why is not None:
            self.findings.append(codes.HEADERS_DIFFER.at(shown, why=why))
        self._table.add(name, folder=folder, size=info.file_size, place=place, odd=odd)
        others = other_readings(name, _stored_name(info), utf8=bool(info.flag_bits & 0x800))
        if others:
            self._table.also_read_as(name, others)

    def _judge_layout(self) -> None:
        """Members follow each other without overlap or gap, and each says of itself what the directory says."""
        assert self._zip is not None
        end: int = 0
        last: zipfile.ZipInfo | None = None
        for info in sorted(self._infos, key=attrgetter("header_offset")):
            self._file.seek(max(0, info.header_offset))
            local = parse_local_header(self._file.read(LOCAL_SIZE)) if info.header_offset >= 0 else None
            if local is None:
                shown = to_text(_raw_name(info))
                self.findings.append(codes.HEADERS_DIFFER.at(shown, why="its own header is missing"))
                continue
            own = self._file.read(local.tail)
            why = _difference(local, own[: local.name_length], own[local.name_length :], info)
            if why is not None:
                shown = to_text(_raw_name(info))
                self.findings.append(codes.HEADERS_DIFFER.at(shown, why=why))
            if info.header_offset < end:
                shown = to_text(_raw_name(info))
                self.findings.append(codes.HEADERS_DIFFER.at(shown, why="it overlaps another member"))
            elif last is not None or info.header_offset != end:
                self._judge_gap(last, end, info.header_offset, to_text(_raw_name(info)))
            end = info.header_offset + LOCAL_SIZE + local.tail + info.compress_size
            last = info if local.described_later else None
        if self._infos:
            self._judge_gap(last, end, self._zip.start_dir, "its directory")

    def _judge_gap(self, described: zipfile.ZipInfo | None, start: int, end: int, before: str) -> None:
        """Nothing stands between two members but the data descriptor of the first, where it has one."""
        if start == end and (described is None or described.is_dir()):
            return
        if described is not None and 0 < end - start <= MAX_DESCRIPTOR:
            self._file.seek(start)
            found = self._file.read(end - start)
            if not is_descriptor(found, described.CRC, described.compress_size, described.file_size):
                why = "its data descriptor says something else"
                self.findings.append(codes.HEADERS_DIFFER.at(to_text(_raw_name(described)), why=why))
            return
        what = f"{end - start} bytes stand" if end != start else "a data descriptor is missing"
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
        info = self._infos[member.place]
        try:
            yield from self._decoded(info)
        except _BROKEN as error:
            raise BrokenArchiveError(str(error) or "its bytes are corrupt") from error

    def _decoded(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The member's bytes, of which the directory's size and CRC must be true to the last one.

        Nothing may be left over behind the end of the compressed data: tools that trust the sizes and tools that trust
        the data would read two different files.
        """
        self._file.seek(info.header_offset)
        local = parse_local_header(self._file.read(LOCAL_SIZE))
        if local is None:
            raise BrokenArchiveError("its own header is missing")
        place = info.header_offset + LOCAL_SIZE + local.tail
        left, size, crc = info.compress_size, 0, 0
        inflate = _new_inflater(info.compress_type)
        while left or (inflate is not None and not inflate.eof):
            self._file.seek(place)
            data = self._file.read(min(_INPUT, left))
            if not data:
                raise BrokenArchiveError("its compressed data ends too early")
            place, left = place + len(data), left - len(data)
            for chunk in [data] if inflate is None else inflate.pieces(data):
                size, crc = size + len(chunk), zlib.crc32(chunk, crc)
                if size > info.file_size:
                    raise BrokenArchiveError(f"it unpacks to more than the {info.file_size} bytes that are stated")
                yield chunk
            if inflate is not None and inflate.eof and (left or inflate.unused_data):
                raise BrokenArchiveError("bytes follow the end of its compressed data")
        if size != info.file_size:
            raise BrokenArchiveError(f"it holds {size} bytes where {info.file_size} are stated")
        if crc != info.CRC:
            raise BrokenArchiveError("its CRC-32 is not the one that is stated")

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
        self._codec: Any = zlib.decompressobj(-15) if kind == zipfile.ZIP_DEFLATED else bz2.BZ2Decompressor()
        self._deflate = kind == zipfile.ZIP_DEFLATED

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
    return None if kind == zipfile.ZIP_STORED else _Inflater(kind)


def _kind_difference(info: zipfile.ZipInfo, kind: int, *, folder: bool) -> str | None:
    """What makes one tool take the member for a folder and another one for a file."""
    if folder and info.file_size:
        return "a folder that has bytes of its own"
    if not folder and kind == stat.S_IFDIR:
        return "its mode is that of a folder, its name that of a file"
    if not folder and info.external_attr & _DOS_FOLDER:
        return "it is marked as a folder, but its name is that of a file"
    return None


def _difference(local: LocalHeader, name: bytes, extra: bytes, info: zipfile.ZipInfo) -> str | None:
    """What a member's own header says otherwise than the directory."""
    stored = _stored_name(info)
    if name != stored:
        return "the names differ"
    if (info.extra or extra) and (why := _extra_difference(stored, extra, info)) is not None:
        return why
    if info.volume:
        return "it is said to be on another disk"
    if local.method != info.compress_type:
        return "the methods differ"
    if (local.flags ^ info.flag_bits) & _FLAGS:
        return "the flags differ"
    if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size and not info.flag_bits & 1:
        return "it is stored as it is, but its two sizes differ"
    return _size_difference(local, extra, info)


def _extra_difference(stored: bytes, extra: bytes, info: zipfile.ZipInfo) -> str | None:
    """What the extra fields of the member's own header and of the directory say that some tools read otherwise."""
    path, sound = unicode_path(info.extra, stored)
    own, own_sound = unicode_path(extra, stored)
    if path != own and None not in (path, own):
        return "the Unicode names differ"
    other = own if path is None else path
    if not (sound and own_sound) or (other is not None and other != _raw_name(info) and _is_utf8(stored)):
        return "its Unicode name is not that of its name"
    if not (is_sound_extra(info.extra) and is_sound_extra(extra)):
        return "its extra field is not whole, or says something twice"
    return None


def _size_difference(local: LocalHeader, extra: bytes, info: zipfile.ZipInfo) -> str | None:
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
        stated = (info.file_size, info.compress_size)[: len(long)]
        if tuple(long[:2]) != stated:
            return "its Zip64 sizes differ"
    found, stated3 = (local.crc, compressed, size), (info.CRC, info.compress_size, info.file_size)
    if local.described_later:
        return None if all(one in (0, other) for one, other in zip(found, stated3, strict=True)) else "sizes differ"
    return None if found == stated3 else "sizes or checksum differ"


def _stored_name(info: zipfile.ZipInfo) -> bytes:
    """The name's bytes as they stand in the directory."""
    if info.orig_filename.isascii():
        return info.orig_filename.encode()
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "surrogateescape")


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The name as a path: UTF-8 when it reads so, as Unix tools write it, else the Unicode path, else CP437."""
    stored = _stored_name(info)
    if stored.isascii() or _is_utf8(stored):
        return stored
    path, sound = unicode_path(info.extra, stored)
    if path is not None and sound and _is_utf8(path):
        return path
    return info.orig_filename.encode("utf-8", "surrogateescape")


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
