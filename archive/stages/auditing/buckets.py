"""Bags in an S3 bucket: under a prefix, or as one zip or tar object; streamed, with nothing kept on disk."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from archive.errors import ArchiveError, NotFoundError
from archive.model.audit import Form
from archive.model.finding import Finding
from archive.stages.auditing.archives import take_archive
from archive.stages.auditing.bags import Beat, OpenBag, Reading, Request, digest_chunks

if TYPE_CHECKING:
    from archive.storage.objects_s3 import Bucket


SHORT_SKIP = 1 << 20
"""Up to so many bytes are read and left rather than asked for anew."""


def open_remote(address: str, form: Form, options: Mapping[str, Any], beat: Beat) -> OpenBag:
    """The bag at an s3:// address. Raises `NotFoundError` when nothing is there, and what the bucket raises."""
    from archive.storage.objects_s3 import open_bucket

    bucket = open_bucket(address, options)
    if form is Form.FOLDER:
        prefix = bucket.prefix.rstrip("/") + "/" if bucket.prefix else ""
        if next(bucket.list_objects(prefix), None) is None:
            raise NotFoundError("there is no bag here", subject=address)
        return PrefixBag(bucket, prefix)
    info = bucket.head(bucket.prefix)
    if info is None:
        raise NotFoundError("there is no bag here", subject=address)
    raw = cast(BinaryIO, io.BufferedReader(RemoteFile(bucket, info.key, info.size), 1 << 18))
    return take_archive(address, (info.etag, info.size), raw, beat)


class PrefixBag:
    """A bag whose files are the objects under `prefix`."""

    fault: Finding | None = None

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket = bucket
        self._prefix = prefix

    def sizes(self, beat: Beat) -> Iterator[tuple[str, int]]:
        for info in self._bucket.list_objects(self._prefix):
            beat(0)
            if not info.key.endswith("/"):
                yield info.key[len(self._prefix) :], info.size

    def names(self, beat: Beat) -> Iterator[str]:
        return (path for path, _size in self.sizes(beat))

    def read(self, path: str) -> bytes:
        return b"".join(self._bucket.open_stream(self._prefix + path))

    def digest(self, requests: Sequence[Request], beat: Beat) -> Iterator[tuple[Request, Reading]]:
        for request in requests:
            try:
                yield request, digest_chunks(self._bucket.open_stream(self._prefix + request.path), request, beat)
            except NotFoundError:
                yield request, Reading(missing=True)
            except ArchiveError as error:
                yield request, Reading(error=error.problem, away=True)

    def stream(self, path: str) -> Iterator[bytes]:
        yield from self._bucket.open_stream(self._prefix + path)

    def close(self) -> None:
        return None


class RemoteFile(io.RawIOBase):
    """One object as a seekable file: a read that goes on where the last ended, or soon after, uses the same request."""

    def __init__(self, bucket: Bucket, key: str, size: int) -> None:
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
