"""A bag in a tar, plain or compressed: read as a stream, never unpacked.

The first pass reads every header and keeps the tag files that are small enough; the walk is the second pass.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from archive.bags.decompression import ByteStream, CompressedStream, PlainStream
from archive.bags.members import Batcher, Member, MemberReading, MemberTable, Oddity, digest_members, wanted
from archive.bags.reader import (
    LIMITS,
    ArchiveLimitError,
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
from archive.formats.tar_header import BLOCK, FOLDER, REGULAR, Extensions, TarError, check_extension, parse_header
from archive.model.build import NO_PROGRESS, Progress
from archive.model.capped_findings import CappedFindings, bag_findings
from archive.model.codes import bag_files as codes
from archive.storage.hashing import Digests

_TYPES = {
    "": "application/tar", "gz": "application/tar+gzip", "bz2": "application/x-bzip2", "xz": "application/x-xz",
    "zst": "application/zstd",
}  # fmt: skip
_CHUNK = 1 << 20
_WITHOUT_CONTENT = (b"1", b"2", b"3", b"4", b"6")
_KINDS = {b"3": "a character device", b"4": "a block device", b"6": "a named pipe"}


class NoClosingBlocksError(Exception):
    """The tar ends cleanly after a member, but without the two blocks of zeros that close it."""


class TarReader:
    """See `BagReader`. `compression` is "", "gz", "bz2", "xz" or "zst". Raises OSError when the file cannot be opened.

    `file`, seekable, is read instead of the one at `path` where it is given; it is closed as well.
    """

    def __init__(
        self, path: str, compression: str, *, file: BinaryIO | None = None, progress: Progress = NO_PROGRESS,
        limits: Limits = LIMITS,
    ) -> None:  # fmt: skip
        self.findings = bag_findings()
        self.blind: set[bytes] = set()
        self._path = path
        self._archive = os.path.basename(path)
        self._compression = compression
        self._progress = progress
        self._limits = limits
        self._file: BinaryIO = file or open(path, "rb")  # noqa: SIM115 - closed by close()
        self._held: dict[bytes, bytes] = {}
        self._open: tuple[ByteStream, int] | None = None
        self._end: tuple[int, Exception] | None = None
        self._table = MemberTable(path)
        self._places: dict[bytes, Member] = {}
        self._tag_files: Sequence[bytes] = ()
        self._index()

    @property
    def serialization(self) -> str:
        return _TYPES[self._compression]

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

    def _stream(self) -> ByteStream:
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(0)
        if not self._compression:
            return PlainStream(self._file, size)
        return CompressedStream(self._file, self._compression, max(self._limits.floor, self._limits.ratio * size))

    def _index(self) -> None:
        """The first pass: judge every header, hold what tag files fit."""
        stream = self._stream()
        room = self._limits.held if self._compression else 0
        closed = True
        try:
            for member, name, odd, folder in _members(stream, self._limits, self.findings):
                self._table.add(name, folder=folder, size=member.size, place=member.place, odd=odd)
                found = self._table.members[-1] if self._table.members else None
                fresh = found is not None and found.place == member.place and not folder and odd is None
                if fresh and found is not None and not in_payload(found.path) and found.size <= room:
                    self._held[found.path] = _read_exactly(stream, found.size)
                    room -= found.size
                    _skip(stream, _padding(found.size))
                else:
                    _skip(stream, member.size + _padding(member.size))
            _judge_end(stream, self._archive, self.findings)
            if isinstance(stream, CompressedStream) and stream.padding:
                self.findings.append(codes.ZEROS_AFTER.at(self._archive, count=stream.padding))
        except NoClosingBlocksError:
            closed = False
        except (BrokenArchiveError, ArchiveLimitError, TarError, OSError) as error:
            self._stop(error)
        self._table.finish()
        self.findings += self._table.findings
        self.blind.update(self._table.unseen)
        self._tag_files = self._table.tag_files()
        self._places = self._table.by_path()
        if not closed:
            self._judge_missing_end()

    def _judge_missing_end(self) -> None:
        """Whether the tar lacks only its closing blocks, or may have been cut off between two members.

        Tag manifests come last in a bag and nothing lists them, so each payload manifest must have its own.
        """
        present = set(self._tag_files)
        manifests = [path for path in self._tag_files if path.startswith(b"manifest-")] or [b"manifest-*.txt"]
        lost = next((b"tag" + path for path in manifests if b"tag" + path not in present), None)
        if lost is None:
            self.findings.append(codes.NO_CLOSING_BLOCKS.at(self._archive))
        else:
            self.findings.append(codes.MAYBE_CUT_OFF.at(self._archive, name=to_text(lost)))
            self.blind.add(b"")

    def _stop(self, error: Exception) -> None:
        """Nothing behind this point can be seen: what is listed and not found is not called missing."""
        self.blind.add(b"")
        if isinstance(error, OSError):
            self.findings.append(codes.UNREADABLE_FILE.at(self._archive, why=error.strerror or str(error)))
        elif isinstance(error, ArchiveLimitError):
            self.findings.append(codes.ARCHIVE_LIMIT.at(self._archive, why=str(error)))
        else:
            self.findings.append(codes.BROKEN_ARCHIVE.at(self._archive, why=str(error)))

    def read_tag(self, path: bytes, limit: int) -> bytes:
        return read_within(self.stream_tag(path), limit)

    def stream_tag(self, path: bytes) -> Iterator[bytes]:
        try:
            yield from self.stream(path)
        except (BrokenArchiveError, ArchiveLimitError) as error:
            raise OSError(errno.EIO, str(error), to_text(path)) from error

    def stream(self, path: bytes) -> Iterator[bytes]:
        if path in self._held:
            yield self._held[path]
            return
        member = self._places.get(path)
        if member is None:
            raise FileNotFoundError(errno.ENOENT, "no such file", to_text(path))
        yield from self.content(member)

    def content(self, member: Member) -> Iterator[bytes]:
        if member.path in self._held:
            yield self._held[member.path]
            return
        stream = self._stream_at(member.place)
        yield from _content(stream, member.size)
        self._open = stream, member.place + member.size

    def read_member(self, member: Member, algorithms: Sequence[str]) -> MemberReading:
        if self._end is not None and member.place >= self._end[0]:
            return MemberReading(0, None, self._end[1])
        digests = Digests(algorithms)
        try:
            stream = self._stream_at(member.place)
            for chunk in _content(stream, member.size):
                digests.update(chunk)
                if in_payload(member.path):
                    self._progress.advance(len(chunk))
        except (BrokenArchiveError, ArchiveLimitError, OSError) as error:
            if self._compression:
                self._end = member.place, error
            return MemberReading(digests.size, None, error)
        self._open = stream, member.place + member.size
        return MemberReading(digests.size, digests.packed())

    def _stream_at(self, place: int) -> ByteStream:
        """The stream where the last member left it, or a new one, passed on to `place`. Who reads on puts it back."""
        stream, at = self._open if self._open is not None and self._open[1] <= place else (self._stream(), 0)
        self._open = None
        _skip(stream, place - at)
        return stream

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
        members = [one for one in self._table.members if not (only_payload and not in_payload(one.path))]
        batcher = Batcher()
        for member in members:
            algorithms = wanted(member, payload, tags)
            if not algorithms:
                yield from batcher.add(member.path, member.size, b"")
                continue
            reading = self.read_member(member, algorithms)
            if reading.error is not None:
                if b"" not in self.blind:
                    self._stop(reading.error)
                break
            yield from batcher.add(member.path, member.size, reading.digest)
        yield from batcher.rest()


def _members(
    stream: ByteStream, limits: Limits, findings: CappedFindings
) -> Iterator[tuple[Member, bytes, Oddity | None, bool]]:
    """Every member in order, with its name and its finding if it is neither file nor folder.

    The caller that takes a member must pass over its bytes and their padding before asking for the next. What only some
    tools would read as this one does goes to `findings`. Raises `TarError`, `NoClosingBlocksError`.
    """
    place, count = 0, 0
    extensions = Extensions()
    while True:
        block = stream.read(BLOCK)
        if not block and not extensions.pending and count:
            raise NoClosingBlocksError
        if len(block) < BLOCK:
            raise BrokenArchiveError("it ends within a header" if block or count else "it holds nothing")
        place += BLOCK
        header = parse_header(block)
        if header is None:
            if extensions.pending:
                raise TarError("an extended header belongs to no member")
            return
        count += 1
        if count > limits.members:
            raise ArchiveLimitError(f"it holds more than {limits.members} members")
        if header.odd is not None:
            why = f"the {header.odd} in its header is not a number, which only some tools pass over"
            findings.append(codes.HEADERS_DIFFER.at(to_text(header.name), why=why))
        if header.kind in (b"x", b"g", b"L", b"K"):
            check_extension(header.size)
            data = _read_exactly(stream, header.size)
            _skip(stream, _padding(header.size))
            place += header.size + _padding(header.size)
            extensions.take(header.kind, data)
            continue
        name, size, facts, contradictions = extensions.resolve(header)
        folder = header.kind == FOLDER or (header.kind in REGULAR and name.endswith(b"/"))
        odd = _oddity(header.kind, facts)
        if size and (folder or header.kind in _WITHOUT_CONTENT):
            contradictions.append("it has bytes of its own, which only some tools pass over")
            size = size if header.kind == b"1" else 0
        if folder and header.kind != FOLDER and header.posix:
            contradictions.append("its name is that of a folder, its type that of a file")
        if b"\x00" in name:
            contradictions.append("its name goes on after its end")
        for why in contradictions:
            findings.append(codes.HEADERS_DIFFER.at(to_text(name), why=why))
        yield Member(b"", size, place), name, odd, folder
        place += size + _padding(size)


def _oddity(kind: bytes, facts: dict[bytes, bytes]) -> Oddity | None:
    sparse = kind == b"S" or (bool(facts) and any(key.startswith(b"GNU.sparse.") for key in facts))
    if sparse:
        return Oddity(codes.UNKNOWN_METHOD, "as a sparse file")
    if kind in REGULAR or kind == FOLDER:
        return None
    if kind in (b"1", b"2"):
        return Oddity(codes.LINK) if kind == b"2" else Oddity(codes.SPECIAL_FILE, "a hard link")
    if kind in _KINDS:
        return Oddity(codes.SPECIAL_FILE, _KINDS[kind])
    return Oddity(codes.UNKNOWN_METHOD, f"with the type {kind!r}")


def _judge_end(stream: ByteStream, name: str, findings: CappedFindings) -> None:
    """After the closing blocks there may only be zeros."""
    closing = stream.read(BLOCK)
    if len(closing) < BLOCK and not closing.strip(b"\x00"):
        raise NoClosingBlocksError
    chunk = closing
    while chunk:
        if chunk.strip(b"\x00"):
            findings.append(codes.FOREIGN_BYTES.at(name, why="something follows its end"))
            return
        chunk = stream.read(_CHUNK)


def _padding(size: int) -> int:
    return -size % BLOCK


def _skip(stream: ByteStream, size: int) -> None:
    if size and stream.skip(size) < size:
        raise BrokenArchiveError("it ends within a member")


def _read_exactly(stream: ByteStream, size: int) -> bytes:
    return b"".join(_content(stream, size))


def _content(stream: ByteStream, size: int) -> Iterator[bytes]:
    left = size
    while left:
        chunk = stream.read(min(_CHUNK, left))
        if not chunk:
            raise BrokenArchiveError("it ends within a member")
        left -= len(chunk)
        yield chunk
