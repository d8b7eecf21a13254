"""A compressed file as a stream of what is in it, in bounded memory and within a limit on its size."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import BinaryIO, Protocol

from archive.storage.bag_medium import ArchiveLimitError, BrokenArchiveError

_INPUT = 1 << 16
_OUTPUT = 1 << 20
_XZ_MEMORY = 256 << 20


class ByteStream(Protocol):
    """What the tar reader reads from."""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer only at the end. Raises `BrokenArchiveError`, `ArchiveLimitError`, OSError."""
        ...

    def skip(self, size: int) -> int:
        """Pass over `size` bytes; gives how many there were."""
        ...


class PlainStream:
    """An uncompressed file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size

    def read(self, size: int) -> bytes:
        return self._file.read(size)

    def skip(self, size: int) -> int:
        place = self._file.tell()
        there = max(0, min(size, self._size - place))
        self._file.seek(place + there)
        return there


class _Codec(Protocol):
    """What the three libraries have in common, after `_Zlib` has filled the gap."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Zlib:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)
        self._tail = b""
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._inner.decompress(self._tail + data, max_length)
        self._tail = self._inner.unconsumed_tail
        self.needs_input = not self._tail and len(out) < max_length
        return out


def _new_codec(kind: str) -> _Codec:
    if kind == "gz":
        return _Zlib()
    if kind == "bz2":
        return bz2.BZ2Decompressor()
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


class CompressedStream:
    """A gz, bz2 or xz file, several streams one after the other included. `limit` bounds what comes out of it."""

    def __init__(self, file: BinaryIO, kind: str, limit: int) -> None:
        self._file = file
        self._kind = kind
        self._limit = limit
        self._codec = _new_codec(kind)
        self._pending = b""
        self._ready = bytearray()
        self._place = 0
        self._given = 0
        self._ended = False
        self._begun = False

    def read(self, size: int) -> bytes:
        while len(self._ready) - self._place < size and not self._ended:
            self._fill()
        out = bytes(memoryview(self._ready)[self._place : self._place + size])
        self._pass(len(out))
        return out

    def skip(self, size: int) -> int:
        passed = 0
        while passed < size:
            there = min(size - passed, len(self._ready) - self._place)
            if not there and self._ended:
                break
            self._pass(there)
            passed += there
            if not there:
                self._fill()
        return passed

    def _pass(self, size: int) -> None:
        self._place += size
        if self._place == len(self._ready):
            self._ready.clear()
            self._place = 0
        elif self._place >= _OUTPUT:
            del self._ready[: self._place]
            self._place = 0

    def _fill(self) -> None:
        data = b""
        if self._codec.needs_input:
            data = self._pending or self._file.read(_INPUT)
            self._pending = b""
            if not data:
                if self._begun:
                    raise BrokenArchiveError("the compressed data ends too early")
                self._ended = True
                return
        try:
            out = self._codec.decompress(data, _OUTPUT)
        except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError) as error:
            raise BrokenArchiveError(f"the compressed data is corrupt ({error})") from error
        self._begun = True
        self._ready += out
        self._given += len(out)
        if self._given > self._limit:
            raise ArchiveLimitError(f"it unpacks to more than {self._limit} bytes")
        if self._codec.eof:
            self._next_stream()

    def _next_stream(self) -> None:
        rest = self._codec.unused_data or self._file.read(_INPUT)
        while rest and not rest.strip(b"\x00"):
            rest = self._file.read(_INPUT)
        rest = rest.lstrip(b"\x00") if self._kind != "bz2" else rest
        if not rest:
            self._ended = True
            return
        magic = {"gz": b"\x1f\x8b", "bz2": b"BZh", "xz": b"\xfd7zXZ\x00"}[self._kind]
        if not rest.startswith(magic):
            raise BrokenArchiveError("something that is no compressed data follows its end")
        self._codec = _new_codec(self._kind)
        self._pending = rest
        self._begun = True
