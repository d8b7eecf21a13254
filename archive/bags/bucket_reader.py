"""A bag in an S3 bucket: under a prefix, or as one zip or tar object; streamed, with nothing kept on disk.

What else lists its files and gives each from any offset on is read in the same way: see `Store`.
"""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from archive.bags.digesting import digest_chunks
from archive.bags.members import Batcher
from archive.bags.reader import Batch, Beat, Reading, Request, in_payload, no_beat, read_within
from archive.errors import ArchiveError, NotFoundError
from archive.formats.bagpath import to_text, unsafe_reason
from archive.model.build import NO_PROGRESS, Progress
from archive.model.capped_findings import bag_findings
from archive.model.codes import bag_files as codes
from archive.storage.remote import NotAFileError

SHORT_SKIP = 1 << 20
"""Up to so many bytes are read and left rather than asked for again."""


class Listed(Protocol):
    """One file of a store: its key, and its size in bytes."""

    @property
    def key(self) -> str: ...
    @property
    def size(self) -> int: ...


class Store(Protocol):
    """What keeps the files of a bag: a bucket, or a deposit. Its methods raise archive errors."""

    @property
    def name(self) -> str: ...
    def list_objects(self, prefix: str = "") -> Iterator[Listed]: ...
    def open_stream(self, key: str, offset: int = 0) -> Iterator[bytes]: ...


class PrefixReader:
    """See `BagReader`: the bag's files are the objects under `prefix`, which ends in a slash or is empty.

    A listing that fails raises what the bucket raises: then nothing is known of the bag.
    """

    def __init__(self, bucket: Store, prefix: str, *, progress: Progress = NO_PROGRESS) -> None:
        self.findings = bag_findings()
        self.blind: set[bytes] = set()
        self._bucket = bucket
        self._prefix = prefix
        self._progress = progress
        self._tag_files: list[bytes] | None = None
        self._has_payload = False

    @property
    def serialization(self) -> str:
        return "folder"

    @property
    def name(self) -> str:
        return self._prefix.rstrip("/").rpartition("/")[2] or self._bucket.name

    @property
    def has_payload_folder(self) -> bool:
        self.tag_files()
        return self._has_payload

    def close(self) -> None:
        return None

    def tag_files(self) -> Sequence[bytes]:
        if self._tag_files is None:
            found = []
            for path, _size in self._list():
                if path.startswith(b"data/"):
                    self._has_payload = True
                elif not path.endswith(b"/") and unsafe_reason(path) is None:
                    found.append(path)
            self._tag_files = sorted(found)
        return self._tag_files

    def read_tag(self, path: bytes, limit: int) -> bytes:
        return read_within(self.stream(path), limit)

    def stream_tag(self, path: bytes) -> Iterator[bytes]:
        return self.stream(path)

    def stream(self, path: bytes) -> Iterator[bytes]:
        try:
            yield from self._open(path)
        except NotFoundError as error:
            raise FileNotFoundError(errno.ENOENT, "no such object", to_text(path)) from error
        except ArchiveError as error:
            raise OSError(errno.ENOTCONN, error.problem, to_text(path)) from error

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
        for path, size in self._list():
            if path.endswith(b"/") or (only_payload and not in_payload(path)):
                continue
            reason = unsafe_reason(path)
            if reason is not None:
                self.findings.append(codes.UNSAFE_OBJECT.at(to_text(path), why=reason))
                continue
            algorithms = tuple(payload if in_payload(path) else tags)
            if not algorithms:
                yield from batcher.add(path, size, b"")
                continue
            reading = self._digest_one(Request(path, None, algorithms), no_beat)
            if in_payload(path):
                self._progress.advance(reading.size or 0)
            if reading.packed is None:
                why = reading.error or "it is gone since it was listed"
                self.findings.append(codes.UNREADABLE_FILE.at(to_text(path), why=why))
            yield from batcher.add(path, size if reading.size is None else reading.size, reading.packed)
        yield from batcher.rest()

    def digest(self, requests: Sequence[Request], beat: Beat) -> Iterator[tuple[Request, Reading]]:
        for request in requests:
            yield request, self._digest_one(request, beat)

    def _digest_one(self, request: Request, beat: Beat) -> Reading:
        try:
            return digest_chunks(self._open(request.path), request, beat)
        except NotFoundError:
            return Reading(missing=True)
        except NotAFileError as error:
            return Reading(broken=error.problem)
        except ArchiveError as error:
            return Reading(error=error.problem, away=True)

    def _open(self, path: bytes) -> Iterator[bytes]:
        return self._bucket.open_stream(self._prefix + to_text(path))

    def _list(self) -> Iterator[tuple[bytes, int]]:
        """Every object under the prefix but the one that marks it: bag-relative path, size in bytes."""
        for info in self._bucket.list_objects(self._prefix):
            path = info.key[len(self._prefix) :].encode("utf-8", "surrogateescape")
            if path:
                yield path, info.size


class RemoteFile(io.RawIOBase):
    """One object as a seekable file: a read that goes on where the last ended, or soon after, uses the same request."""

    def __init__(self, bucket: Store, key: str, size: int) -> None:
        self._bucket = bucket
        self._key = key
        self._size = size
        self._at = 0
        self._stream: Iterator[bytes] | None = None
        self._stream_at = 0
        self._rest = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        if self._at >= self._size:
            return 0
        if self._stream is None or not 0 <= self._at - self._stream_at <= SHORT_SKIP:
            self._stream, self._stream_at, self._rest = self._bucket.open_stream(self._key, self._at), self._at, b""
        while (ahead := self._at - self._stream_at) and (chunk := self._rest or next(self._stream, b"")):
            self._rest = chunk[ahead:]
            self._stream_at += min(ahead, len(chunk))
        chunk = self._rest or next(self._stream, b"")
        count = min(len(chunk), len(buffer))
        buffer[:count] = chunk[:count]
        self._rest = chunk[count:]
        self._at += count
        self._stream_at += count
        return count
