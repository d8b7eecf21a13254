"""A bag in a deposit that only its target can read: file by file where the target reads in place, else brought here.

What is brought here goes into one temporary file without a name, which the system removes with the process that has it
open, however that ends. So no copy of a deposit is left, and none is ever whole in memory.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple, Protocol, cast, runtime_checkable

from archive.bags.bucket_reader import PrefixReader, RemoteFile
from archive.bags.reader import LIMITS, BagReader, Limits, NotServedError
from archive.errors import ArchiveError, NoSpaceError, NotFoundError, from_os_error
from archive.formats.bagpath import unsafe_reason
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import bag_files as codes
from archive.model.deposit import Deposited, DepositState, Package
from archive.model.finding import Finding
from archive.storage.remote import DifferentContentError, NotAFileError, RefusedError, try_again

LEFT_FREE = 64 << 20
"""So many bytes stay free on the disk with the temporary folder."""
_ASK_SPACE = 16 << 20
_CHUNK = 1 << 20


class Gives(Protocol):
    """What is asked here of a target; see `archive.targets.protocol.Target`."""

    def check(self, package: Package) -> list[Finding]: ...
    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]: ...
    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]: ...
    def close(self) -> None: ...


@runtime_checkable
class ReadsInPlace(Protocol):
    """A target that gives any part of a deposit without giving the whole, and whose place may be an empty mount."""

    def list_files(self, identifier: str) -> Iterable[tuple[str, int | None]]:
        """Every file of a deposit: its path and its size in bytes, None where that is not told.

        The one file of a packed deposit has the path "". Raises `NotFoundError`.
        """
        ...

    def read_from(self, identifier: str, path: str, offset: int) -> Iterator[bytes]:
        """The bytes of such a file from `offset` on. Raises `NotFoundError`, `NotAFileError`."""
        ...

    def is_empty(self) -> bool:
        """Whether the place that holds all deposits is not there or has nothing in it."""
        ...


class FarPlace(Protocol):
    """A place of archive.toml as the options of a reader hold it: its root, and how its target is opened.

    What is known of a deposit by one `token` is not true for the next."""

    @property
    def root(self) -> str: ...
    @property
    def token(self) -> str: ...
    def open(self) -> Gives: ...


class _Listed(NamedTuple):
    key: str
    size: int


class _InPlace:
    """The files of one deposit, as `PrefixReader` and `RemoteFile` read them."""

    def __init__(self, target: ReadsInPlace, identifier: str) -> None:
        self.name = identifier.rstrip("/").rpartition("/")[2]
        self._target = target
        self._identifier = identifier

    def list_objects(self, prefix: str = "") -> Iterator[_Listed]:
        del prefix
        for path, size in self._target.list_files(self._identifier):
            yield _Listed(path, size or 0)

    def open_stream(self, key: str, offset: int = 0) -> Iterator[bytes]:
        if key and unsafe_reason(os.fsencode(key)) is not None:
            raise NotFoundError("not a valid name for a file of a deposit", subject=key)
        return self._target.read_from(self._identifier, key, offset)


_Index = dict[str, tuple[int, int, ArchiveError | None]]
"""By path: where a file begins, its size in bytes, and why it could not be had."""


class _Spooled:
    """The files of one deposit one after the other in a temporary file."""

    def __init__(self, identifier: str, file: BinaryIO, index: _Index) -> None:
        self.name = identifier.rstrip("/").rpartition("/")[2]
        self._file = file
        self._index = index

    def list_objects(self, prefix: str = "") -> Iterator[_Listed]:
        del prefix
        for path, (_start, size, _error) in self._index.items():
            yield _Listed(path, size)

    def open_stream(self, key: str, offset: int = 0) -> Iterator[bytes]:
        if key not in self._index:
            raise NotFoundError("the deposit has no such file", subject=key)
        start, size, error = self._index[key]
        if error is not None:
            raise error
        while offset < size:
            self._file.seek(start + offset)
            chunk = self._file.read(min(_CHUNK, size - offset))
            offset += len(chunk)
            yield chunk


class DepositReader(PrefixReader):
    """A deposit that is not a package. Closing it ends the connection and removes what was brought here."""

    def __init__(self, store: _InPlace | _Spooled, close: Callable[[], object], progress: Progress) -> None:
        super().__init__(store, "", progress=progress)
        self._close = close

    def close(self) -> None:
        self._close()


class _PackedFile(RemoteFile):
    """The one file of a packed deposit; closing it ends the connection."""

    def __init__(self, store: _InPlace, size: int, close: Callable[[], object]) -> None:
        super().__init__(store, "", size)
        self._end = close

    def close(self) -> None:
        if not self.closed:
            self._end()
        super().close()


class _Wanted(NamedTuple):
    """The deposit that is opened, and how; `unpack` opens the bag in an archive."""

    address: str
    identifier: str
    unpack: Callable[[BinaryIO], BagReader]
    progress: Progress
    limits: Limits


def open_deposit(
    address: str, place: FarPlace, unpack: Callable[[BinaryIO], BagReader], *, progress: Progress = NO_PROGRESS,
    limits: Limits = LIMITS,
) -> BagReader:  # fmt: skip
    """The bag in the deposit at ROOT/IDENTIFIER; `unpack` opens one in an archive, and closes the file with it.

    `progress` is told while the deposit is brought here, of no bytes: they are counted when they are read.

    Raises `NotFoundError` when the target has no such deposit, `NotServedError` while it gives it to no one,
    `NotABagError` for a package that is not an archive, and other `ArchiveError` when the target cannot be reached.
    """
    wanted = _Wanted(address, address[len(place.root) :].removeprefix("/"), unpack, progress, limits)
    target = place.open()
    try:
        if isinstance(target, ReadsInPlace):
            return _open_in_place(wanted, target, target.close)
        return _bring(wanted, target)
    except BaseException:
        target.close()
        raise


def _open_in_place(wanted: _Wanted, target: ReadsInPlace, close: Callable[[], object]) -> BagReader:
    store = _InPlace(target, wanted.identifier)
    first = next(store.list_objects(), None)
    if first is None:
        raise NotFoundError("the deposit holds no file", subject=wanted.identifier)
    if first.key:
        return DepositReader(store, close, wanted.progress)
    return wanted.unpack(cast(BinaryIO, io.BufferedReader(_PackedFile(store, first.size, close), 1 << 18)))


def _bring(wanted: _Wanted, target: Gives) -> BagReader:
    identifier = wanted.identifier
    try:
        state, words = target.poll(Deposited(identifier, identifier))
        if state is DepositState.PENDING:
            why = f"the repository has not accepted it yet{f': {words}' if words else ''}"
            raise NotServedError(why, subject=wanted.address)
        file, index = try_again(
            lambda: _spool(target, wanted), retries=1, wait=lambda seconds: _wait(seconds, wanted.progress)
        )
    except RefusedError as error:
        raise NotServedError(error.problem, subject=wanted.address) from error
    target.close()
    if len(index) > 1 or "bagit.txt" in index:
        return DepositReader(_Spooled(identifier, file, index), file.close, wanted.progress)
    ((_start, _size, why_not),) = index.values()
    if why_not is not None:
        file.close()
        raise why_not
    file.seek(0)
    reader = wanted.unpack(file)
    known = [one for one in reader.findings if one.kind is not codes.OTHER_ROOT_NAME]
    reader.findings.clear()
    reader.findings += known  # an identifier is not a file name that could differ from the folder's
    return reader


def _wait(seconds: float, progress: Progress) -> None:
    while seconds > 0:
        time.sleep(min(seconds, 1.0))
        seconds -= 1.0
        progress.advance(0)


def _spool(target: Gives, wanted: _Wanted) -> tuple[BinaryIO, _Index]:
    """Every file of the deposit in one temporary file, and where each of them is in it."""
    identifier = wanted.identifier
    try:
        file = cast(BinaryIO, tempfile.TemporaryFile(prefix="muniment-"))  # noqa: SIM115 - closed with the reader
    except OSError as error:
        raise from_os_error(error, tempfile.gettempdir()) from error
    index: _Index = {}
    try:
        for path, chunks in target.retrieve(identifier):
            if len(index) >= wanted.limits.members:
                raise RefusedError(f"it has more than {wanted.limits.members:,} files", subject=identifier)
            start = file.tell()
            why: ArchiveError | None = None
            try:
                _write(file, chunks, wanted.progress)
            except NotAFileError as error:
                why = error
            except DifferentContentError:
                pass  # every byte came: their digests say what is wrong
            index[path] = start, file.tell() - start, why
        if not index:
            raise NotFoundError("the deposit holds no file", subject=identifier)
        file.flush()
    except OSError as error:
        file.close()
        told = from_os_error(error, tempfile.gettempdir())
        if isinstance(told, NoSpaceError):
            raise told from error
        raise NotServedError(f"it cannot be brought here: {error.strerror}", subject=identifier) from error
    except BaseException:
        file.close()
        raise
    return file, index


def _write(file: BinaryIO, chunks: Iterator[bytes], progress: Progress) -> None:
    asked = 0
    for chunk in chunks:
        if file.tell() >= asked:
            if shutil.disk_usage(tempfile.gettempdir()).free < LEFT_FREE:
                raise NoSpaceError("there is no space to bring it here", subject=tempfile.gettempdir())
            asked = file.tell() + _ASK_SPACE
        file.write(chunk)
        progress.advance(0)
