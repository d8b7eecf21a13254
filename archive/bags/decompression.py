"""A compressed file as a stream of what is in it, in bounded memory and within a limit on its size."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import BinaryIO, Protocol

from archive.bags.reader import ArchiveLimitError, BrokenArchiveError
from archive.storage.zstd import zstd_library

_INPUT = 1 << 16
_OUTPUT = 1 << 20
_XZ_MEMORY = 256 << 20
_ZSTD_WINDOW = 27
"""The most memory for what a frame refers back to, as a power of two: what the zstd program takes without asking."""


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
    if kind == "zst":
        library = zstd_library()
        largest = {library.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
        decompressor: _Codec = library.ZstdDecompressor(options=largest)
        return decompressor
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


def _faults(kind: str) -> tuple[type[Exception], ...]:
    """What the library raises for data that it cannot read."""
    usual = (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError)
    return (*usual, zstd_library().ZstdError) if kind == "zst" else usual


class CompressedStream:
    """A gz, bz2, xz or zst file, several streams one after the other included. `limit` bounds what comes out of it.

    `padding` are the zeros that were found behind the last stream, in bytes, where some tools complain of them.
    """

    def __init__(self, file: BinaryIO, kind: str, limit: int) -> None:
        self._file = file
        self._kind = kind
        self.padding = 0
        self._limit = limit
        self._codec = _new_codec(kind)
        self._pending = b""
        self._ready = bytearray()
        self._place = 0
        self._given = 0
        self._ended = False
        self._begun = False
        self._fault: BrokenArchiveError | None = None

    def read(self, size: int) -> bytes:
        while len(self._ready) - self._place < size and not self._ended:
            self._fill()
        out = bytes(memoryview(self._ready)[self._place : self._place + size])
        if len(out) < size and self._fault is not None:
            raise self._fault
        self._pass(len(out))
        return out

    def skip(self, size: int) -> int:
        passed = 0
        while passed < size:
            there = min(size - passed, len(self._ready) - self._place)
            if not there and self._ended:
                if self._fault is not None:
                    raise self._fault
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
        except _faults(self._kind) as error:
            raise BrokenArchiveError(f"the compressed data is corrupt ({error})") from error
        self._begun = True
        self._ready += out
        self._given += len(out)
        if self._given > self._limit:
            raise ArchiveLimitError(f"it unpacks to more than {self._limit} bytes")
        if self._codec.eof:
            self._next_stream()

    def _next_stream(self) -> None:
        """What follows a stream: another one at once, or nothing. What came before a fault can still be read.

        The end of an xz file may be padded with zeros in fours (XZ 2.2); otherwise xz refuses the file, as
        zstd does for any zeros. The end of the
        others is padded by tapes: gzip, bzip2, GNU tar, bsdtar and Python pass over the zeros, and 7-Zip unpacks the
        same bytes and reports an error. Between two streams some end there and leave out what follows.
        """
        rest = self._codec.unused_data or self._file.read(_INPUT)
        zeros = 0
        while rest and not rest.strip(b"\x00"):
            zeros, rest = zeros + len(rest), self._file.read(_INPUT)
        allowed = {"xz": zeros % 4 == 0, "zst": zeros == 0}.get(self._kind, True)
        if not rest and allowed:
            self._ended = True
            self.padding = zeros if self._kind != "xz" else 0
            return
        magic = {"gz": b"\x1f\x8b", "bz2": b"BZh", "xz": b"\xfd7zXZ\x00", "zst": b"\x28\xb5\x2f\xfd"}[self._kind]
        if zeros or not rest.startswith(magic):
            what = "zeros" if zeros else "something"
            self._ended = True
            self._fault = BrokenArchiveError(f"{what} that is not compressed data follows its end")
            return
        self._codec = _new_codec(self._kind)
        self._pending = rest
        self._begun = True
