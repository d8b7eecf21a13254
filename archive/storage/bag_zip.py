"""A bag in a zip: every member compared with its own header and read to its end, nothing unpacked."""

from __future__ import annotations

import errno
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from archive.formats.bagpath import to_text
from archive.formats.zip_records import (
    END_SIZE,
    LOCAL_SIZE,
    MAX_COMMENT,
    MAX_DESCRIPTOR,
    LocalHeader,
    is_descriptor,
    parse_end,
    parse_local_header,
    unicode_path,
)
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding
from archive.model.package import NO_PROGRESS, Progress
from archive.storage.bag_medium import (
    LIMITS,
    Batch,
    BrokenArchiveError,
    Limits,
    Member,
    MemberReading,
    in_payload,
    read_within,
)
from archive.storage.bag_members import Batcher, MemberTable, wanted
from archive.storage.hashing import Digests

_CHUNK = 1 << 18
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}
"""LZMA is left out: a member may ask for gigabytes of memory there."""

_UNIX = {3, 19}
"""Systems whose attributes hold a Unix mode: Unix and macOS. A link is looked for on any: some tools make it anyway."""

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


class ZipMedium:
    """See `ArchiveMedium`. Raises OSError when the file cannot be opened.

    `file`, seekable, is read instead of the one at `path` where it is given; it is closed as well.
    """

    def __init__(
        self, path: str, *, file: BinaryIO | None = None, progress: Progress = NO_PROGRESS, limits: Limits = LIMITS
    ) -> None:
        self.findings: list[Finding] = []
        self.blind: set[bytes] = set()
        self._name = os.path.basename(path)
        self._progress = progress
        self._limits = limits
        self._file: BinaryIO = file or open(path, "rb")  # noqa: SIM115 - closed by close()
        self._zip: zipfile.ZipFile | None = None
        self._infos: list[zipfile.ZipInfo] = []
        self._table = MemberTable(path)
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
    def root(self) -> bytes:
        return self._table.root

    @property
    def members(self) -> Sequence[Member]:
        return self._table.members

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
            self._stop(codes.BROKEN_ARCHIVE.at(self._name, why=str(error) or "its directory cannot be read"))
            return
        if end is not None and end.after:
            self.findings.append(codes.FOREIGN_BYTES.at(self._name, why=f"{end.after} bytes follow its end"))
        if end is not None and b"PK\x05\x06" in end.comment:
            self.findings.append(codes.HEADERS_DIFFER.at(self._name, why="its comment holds a second end record"))
        if end is not None and end.entries not in (len(self._infos), 0xFFFF):
            why = f"its end says {end.entries} members, its directory lists {len(self._infos)}"
            self.findings.append(codes.HEADERS_DIFFER.at(self._name, why=why))
        if len(self._infos) > self._limits.members:
            self._stop(codes.ARCHIVE_LIMIT.at(self._name, why=f"it holds more than {self._limits.members} members"))
            return
        total = sum(info.file_size for info in self._infos)
        if total > max(self._limits.floor, self._limits.ratio * size):
            why = f"it says that it unpacks to {total} bytes from {size}"
            self._stop(codes.ARCHIVE_LIMIT.at(self._name, why=why))
            return
        self._judge_layout()
        for place, info in enumerate(self._infos):
            self._take(place, info)
        self._table.finish()
        self.findings += self._table.findings
        self.blind.update(self._table.unseen)
        self._tag_files = self._table.tag_files()
        self._places = {member.path: member for member in self._table.members}

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
        elif info.compress_type not in _METHODS:
            odd = codes.UNKNOWN_METHOD.at(shown, what=f"compression method {info.compress_type}")
        folder = name.endswith(b"/")
        if folder and info.file_size:
            self.findings.append(codes.HEADERS_DIFFER.at(shown, why="a folder that has bytes of its own"))
        self._table.add(name, folder=folder, size=info.file_size, place=place, odd=odd)

    def _judge_layout(self) -> None:
        """Members follow each other without overlap or gap, and each says of itself what the directory says."""
        assert self._zip is not None
        end: int = 0
        last: zipfile.ZipInfo | None = None
        for info in sorted(self._infos, key=lambda one: one.header_offset):
            shown = to_text(_raw_name(info))
            self._file.seek(max(0, info.header_offset))
            local = parse_local_header(self._file.read(LOCAL_SIZE)) if info.header_offset >= 0 else None
            if local is None:
                self.findings.append(codes.HEADERS_DIFFER.at(shown, why="its own header is missing"))
                continue
            name = self._file.read(local.name_length)
            extra = self._file.read(local.tail - local.name_length)
            why = _difference(local, name, extra, info)
            if why is not None:
                self.findings.append(codes.HEADERS_DIFFER.at(shown, why=why))
            if info.header_offset < end:
                self.findings.append(codes.HEADERS_DIFFER.at(shown, why="it overlaps another member"))
            else:
                self._judge_gap(last, end, info.header_offset, shown)
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
        self.findings.append(codes.FOREIGN_BYTES.at(self._name, why=f"{what} before {before}"))

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
        assert self._zip is not None
        try:
            with self._zip.open(self._infos[member.place]) as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except _BROKEN as error:
            raise BrokenArchiveError(str(error) or "its bytes are corrupt") from error

    def walk(
        self,
        payload: Sequence[str],
        tags: Sequence[str],
        *,
        share: tuple[int, int] = (0, 1),
        only_payload: bool = False,
    ) -> Iterator[Batch]:
        del share
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
                self.findings.append(codes.BROKEN_ARCHIVE.at(self._name, why=why))
            elif reading.size != member.size:
                why = f"it holds {reading.size} bytes where the directory says {member.size}"
                self.findings.append(codes.HEADERS_DIFFER.at(to_text(member.path), why=why))
            yield from batcher.add(member.path, member.size, reading.digest)
        yield from batcher.rest()


def _difference(local: LocalHeader, name: bytes, extra: bytes, info: zipfile.ZipInfo) -> str | None:
    """What a member's own header says otherwise than the directory."""
    stored = _stored_name(info)
    if name != stored:
        return "the names differ"
    path, sound = unicode_path(info.extra, stored)
    own, own_sound = unicode_path(extra, stored)
    if path != own and None not in (path, own):
        return "the Unicode names differ"
    other = own if path is None else path
    if not (sound and own_sound) or (other is not None and other != _raw_name(info) and _is_utf8(stored)):
        return "its Unicode name is not that of its name"
    if (local.method, local.flags & 1) != (info.compress_type, info.flag_bits & 1):
        return "the methods differ"
    if not local.described_later and 0xFFFFFFFF not in (local.size, local.compressed):
        stated = (info.CRC, info.compress_size, info.file_size)
        return None if (local.crc, local.compressed, local.size) == stated else "sizes or checksum differ"
    return None


def _stored_name(info: zipfile.ZipInfo) -> bytes:
    """The name's bytes as they stand in the directory."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "surrogateescape")


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The name as a path: UTF-8 when it reads so, as Unix tools write it, else the Unicode path, else CP437."""
    stored = _stored_name(info)
    if _is_utf8(stored):
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
