"""Bags kept as one zip or tar file: read as streams, never unpacked."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from lzma import LZMAError
from typing import IO, Any

from archive.errors import ArchiveError, FormatError, NotFoundError
from archive.model.audit import Form
from archive.stages.auditing.bags import MAX_TAG_FILE, Beat, OpenBag, Reading, Request, digest_chunks

CHUNK = 1 << 18
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, LZMAError, EOFError, NotImplementedError, RuntimeError)


def open_archive(address: str, form: Form) -> OpenBag:
    """The bag in a local zip or tar file. Raises `NotFoundError`, `FormatError`, OSError."""
    try:
        file = open(address, "rb")  # noqa: SIM115 - the bag closes it
    except FileNotFoundError:
        raise NotFoundError("there is no bag here", subject=address) from None
    try:
        return ZipBag(file, address) if form is Form.ZIP else TarBag(file, address, streamed=False)
    except BaseException:
        file.close()
        raise


class ZipBag:
    """A bag in a zip file; `file` must be seekable."""

    def __init__(self, file: IO[bytes], address: str) -> None:
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise FormatError(f"the zip file cannot be read: {error}", subject=address) from error
        entries = {}
        for info in self._zip.infolist():
            if info.is_dir():
                continue
            name = _zip_name(info)
            if name in entries:
                raise FormatError("the zip file holds a name twice", subject=name)
            entries[name] = info
        top = _top_of(entries, address)
        self._entries = {name[len(top) :]: info for name, info in entries.items() if name.startswith(top)}

    def sizes(self, beat: Beat) -> Iterator[tuple[str, int]]:
        for name, info in self._entries.items():
            beat(0)
            yield name, info.file_size

    def names(self, beat: Beat) -> Iterator[str]:
        return (path for path, _size in self.sizes(beat))

    def read(self, path: str) -> bytes:
        if path not in self._entries:
            raise NotFoundError("there is no such file in the bag", subject=path)
        try:
            with self._zip.open(self._entries[path]) as member:
                content = member.read(MAX_TAG_FILE + 1)
        except _BROKEN as error:
            raise FormatError(f"this cannot be unpacked: {error}", subject=path) from error
        if len(content) > MAX_TAG_FILE:
            raise FormatError("this tag file is longer than 1 GiB", subject=path)
        return content

    def digest(self, requests: Sequence[Request], beat: Beat) -> Iterator[tuple[Request, Reading]]:
        for request in requests:
            info = self._entries.get(request.path)
            yield request, Reading(missing=True) if info is None else self._digest_one(info, request, beat)

    def stream(self, path: str) -> Iterator[bytes]:
        with self._zip.open(self._entries[path]) as member:
            while chunk := member.read(CHUNK):
                yield chunk

    def close(self) -> None:
        self._zip.close()
        self._file.close()

    def _digest_one(self, info: zipfile.ZipInfo, request: Request, beat: Beat) -> Reading:
        try:
            with self._zip.open(info) as member:
                return digest_chunks(iter(lambda: member.read(CHUNK), b""), request, beat)
        except _BROKEN as error:
            return Reading(broken=f"it cannot be unpacked: {error}")
        except OSError as error:
            return Reading(error=error.strerror or type(error).__name__)
        except ArchiveError as error:
            return Reading(error=error.problem, away=True)


class TarBag:
    """A bag in a tar file, plain or compressed: each question is one pass over it. `streamed` never seeks."""

    def __init__(self, file: IO[bytes], address: str, *, streamed: bool) -> None:
        self._file = file
        self._address = address
        self._streamed = streamed
        names: dict[str, int] = {}
        self._failure = ""
        for member in self._members():
            if member.isdir():
                continue
            if member.name in names:
                raise FormatError("the tar file holds a name twice", subject=member.name)
            names[member.name] = member.size
        if self._failure and not names:
            raise FormatError(f"the tar file cannot be read: {self._failure}", subject=address)
        self._top = _top_of(names, address)
        self._names = {name[len(self._top) :]: size for name, size in names.items() if name.startswith(self._top)}

    def sizes(self, beat: Beat) -> Iterator[tuple[str, int]]:
        for name, size in self._names.items():
            beat(0)
            yield name, size

    def names(self, beat: Beat) -> Iterator[str]:
        return (path for path, _size in self.sizes(beat))

    def read(self, path: str) -> bytes:
        for member in self._members() if path in self._names else ():
            if member.name == self._top + path and member.isreg():
                return b"".join(self._content(member))
        raise NotFoundError("there is no such file in the bag", subject=path)

    def digest(self, requests: Sequence[Request], beat: Beat) -> Iterator[tuple[Request, Reading]]:
        wanted = {self._top + request.path: request for request in requests}
        self._failure = ""
        for member in self._members() if wanted else ():
            beat(0)
            request = wanted.pop(member.name, None)
            if request is not None:
                yield request, self._digest_one(member, request, beat)
            if not wanted:
                break
        for request in wanted.values():
            gone = Reading(missing=True)
            yield request, Reading(broken=f"the tar file breaks off: {self._failure}") if self._failure else gone

    def stream(self, path: str) -> Iterator[bytes]:
        for member in self._members():
            if member.name == self._top + path:
                yield from self._content(member)
                return

    def close(self) -> None:
        self._file.close()

    def _digest_one(self, member: tarfile.TarInfo, request: Request, beat: Beat) -> Reading:
        if not member.isreg():
            return Reading(error="it is no regular file")
        try:
            return digest_chunks(self._content(member), request, beat)
        except _BROKEN as error:
            return Reading(broken=f"it cannot be unpacked: {error}")
        except OSError as error:
            return Reading(error=error.strerror or type(error).__name__)

    def _content(self, member: tarfile.TarInfo) -> Iterator[bytes]:
        stream = self._tar.extractfile(member)
        while stream is not None and (chunk := stream.read(CHUNK)):
            yield chunk

    def _members(self) -> Iterator[tarfile.TarInfo]:
        """Every member from the start. Where the archive breaks off, `_failure` says so and the walk ends."""
        self._file.seek(0)
        arguments: dict[str, Any] = {"fileobj": self._file, "encoding": "utf-8", "errors": "surrogateescape"}
        try:
            with tarfile.open(mode="r|*" if self._streamed else "r:*", **arguments) as self._tar:
                for member in self._tar:
                    yield member
                    self._tar.members = []  # type: ignore[attr-defined]
        except (*_BROKEN, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            self._failure = str(error) or type(error).__name__


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The exact name: zipfile takes what is not marked as UTF-8 for code page 437, which loses nothing."""
    if info.flag_bits & 0x800:
        return info.filename
    return info.filename.encode("cp437", "replace").decode("utf-8", "surrogateescape")


def _top_of(names: dict[str, Any], address: str) -> str:
    """The folder in the archive that is the bag, with its slash. Raises `FormatError` when there is none."""
    tops = sorted(name[: -len("bagit.txt")] for name in names if name.endswith("bagit.txt") and name.count("/") <= 1)
    tops = [top for top in tops if not top or top.endswith("/")]
    if len(tops) != 1:
        raise FormatError("the archive does not hold exactly one bag", subject=address)
    return tops[0]
