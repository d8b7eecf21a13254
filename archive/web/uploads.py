"""Files that a browser sends, written to a private folder while they come: never a whole file in memory.

The form is multipart/form-data as browsers write it (RFC 7578; HTML Standard, "Multipart form data"): UTF-8 names in
which a quotation mark, CR and LF are percent-encoded. Its first part is the form token, which is compared before
anything is written. A file's relative path is its filename, or the field `path` before it; the field `modified` before
it has the time of its last change, in milliseconds since the epoch.

An upload is there whole or not at all: its folder is locked while it grows and removed with it when it breaks off; one
whose process was killed is removed by the next upload.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from archive.errors import LockedError, PermissionDeniedError, UsageError, from_os_error
from archive.formats.bagpath import unsafe_reason
from archive.storage.folders import Folder, write_all
from archive.storage.locks import take_lock, try_lock
from archive.storage.removing import remove_tree
from archive.web.visit import FORM_TOKEN

MOST_UPLOADS = 4
"""So many uploads are taken at a time; further ones are refused."""
MOST_FILES = 20_000
LONGEST_NAME = 255
LONGEST_PATH = 2_000
DEEPEST = 64
"""The most files, the bytes of the longest file name and relative path, and the folders above a file."""
_LARGEST_FIELD = 8_192
_AT_A_TIME = 1 << 20
_LATEST = 253_402_300_799_000
_PARAMETER = re.compile(rb';[ \t]*(name|filename)="([^"]*)"', re.IGNORECASE)
_ENCODED = re.compile(rb"%(22|0[aAdD])")
_BOUNDARY = re.compile(r'multipart/form-data;.*?\bboundary="?([^";,\s]{1,70})"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Received:
    """What came: the names at the top of the upload in their order, and how many files with how many bytes."""

    tops: tuple[str, ...]
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Staging:
    """A private folder for one upload. The files are in its folder `files`; the rest of it is for who keeps it."""

    folder: str

    @property
    def files(self) -> str:
        return os.path.join(self.folder, "files")

    def move(self, target: str) -> None:
        """Keep the folder under another name, in one step. Raises OSError."""
        os.rename(self.folder, target)


@contextlib.contextmanager
def open_staging(uploads: str) -> Iterator[Staging]:
    """A new staging folder in the folder `uploads`, removed at the end unless it was moved.

    Raises `StorageError`.
    """
    try:
        with _locked(uploads):
            _remove_killed(uploads)
            staging = Staging(os.path.join(uploads, secrets.token_hex(8)))
            os.mkdir(staging.folder, 0o700)
            lock = open(os.path.join(staging.folder, "lock"), "wb")  # noqa: SIM115 - held until the end
            take_lock(lock.fileno())
        with lock:
            os.mkdir(staging.files, 0o755)
            try:
                yield staging
            finally:
                if os.path.isdir(staging.folder):
                    remove_tree(staging.folder)
    except OSError as error:
        raise from_os_error(error, uploads) from error


def clear_uploads(uploads: str) -> None:
    """Remove what uploads left whose process was killed. Raises `StorageError` and OSError."""
    if os.path.isdir(uploads):
        with _locked(uploads):
            _remove_killed(uploads)


@contextlib.contextmanager
def _locked(uploads: str) -> Iterator[None]:
    os.makedirs(uploads, mode=0o700, exist_ok=True)
    with open(os.path.join(uploads, "lock"), "ab") as lock:
        take_lock(lock.fileno())
        yield


def _remove_killed(uploads: str) -> None:
    for name in os.listdir(uploads):
        folder = os.path.join(uploads, name)
        if not os.path.isdir(folder):
            continue
        try:
            with open(os.path.join(folder, "lock"), "rb") as lock:
                if not try_lock(lock.fileno()):
                    continue
        except FileNotFoundError:
            pass
        remove_tree(folder)


class Upload:
    """One form as it comes: `take` its bytes, then `finish`. `is_own` judges the form token; `folder` gets the files.

    Its methods raise `UsageError` for a form or a file name that cannot be taken, `PermissionDeniedError` for a wrong
    token, and OSError.
    """

    def __init__(self, folder: str, boundary: str, is_own: Callable[[str], bool]) -> None:
        self._root = Folder.at(folder)
        self._is_own = is_own
        self._allowed = self._ended = False
        self._headers: list[tuple[bytes, bytes]] = []
        self._header = [b"", b""]
        self._field = ""
        self._value = bytearray()
        self._file: BinaryIO | None = None
        self._path = ""
        self._modified: int | None = None
        self._tops: dict[str, None] = {}
        self._files = self._size = 0
        self._parser = MultipartParser(
            boundary.encode("latin-1"),
            {
                "on_part_begin": self._begin_part, "on_header_field": self._take_name,
                "on_header_value": self._take_value, "on_header_end": self._end_header,
                "on_headers_finished": self._begin_data, "on_part_data": self._take_data, "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )  # fmt: skip

    def take(self, content: bytes) -> None:
        """The next bytes of the form's body."""
        try:
            self._parser.write(content)
        except MultipartParseError as error:
            raise UsageError(f"the form cannot be read: {error}") from error

    def finish(self) -> Received:
        """What came, once the whole body was taken."""
        if not self._ended:
            raise UsageError("the upload broke off before its end", remedy="Send the files again")
        if not self._files:
            raise UsageError("no file was sent", remedy="Choose files or a folder first")
        return Received(tuple(self._tops), self._files, self._size)

    def close(self) -> None:
        """Let go of what is open."""
        if self._file is not None:
            self._file.close()
        self._root.close()

    def _begin_part(self) -> None:
        self._headers = []
        self._value = bytearray()

    def _take_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0] += data[start:end]

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1] += data[start:end]

    def _end_header(self) -> None:
        self._headers.append((self._header[0].lower(), self._header[1]))
        self._header = [b"", b""]

    def _begin_data(self) -> None:
        disposition = next((value for name, value in self._headers if name == b"content-disposition"), b"")
        given = {name.lower(): value for name, value in _PARAMETER.findall(disposition)}
        self._field = given.get(b"name", b"").decode("utf-8", "replace")
        if not self._allowed:
            if self._field != FORM_TOKEN or b"filename" in given:
                raise _not_own()
            return
        name = given.get(b"filename")
        if name is not None and (name or self._path):
            self._open(self._path or _text_of(_ENCODED.sub(lambda match: bytes.fromhex(match[1].decode()), name)))

    def _open(self, path: str) -> None:
        check_upload_name(path)
        if self._files == MOST_FILES:
            raise UsageError(
                f"more than {MOST_FILES:,} files were sent at a time", remedy="Put them in a folder that the desk may"
                " read, and choose that folder",
            )  # fmt: skip
        *above, name = path.split("/")
        folder = self._root
        try:
            for one in above:
                deeper = _enter(folder, one)
                if folder is not self._root:
                    folder.close()
                folder = deeper
            self._file = os.fdopen(folder.open_new(name), "wb", buffering=0)
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise UsageError("two files were sent with this name", subject=path) from error
        finally:
            if folder is not self._root:
                folder.close()
        self._files += 1
        self._tops.setdefault(path.partition("/")[0])

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            write_all(self._file.fileno(), memoryview(data)[start:end])
            self._size += end - start
            return
        self._value += data[start:end]
        if len(self._value) > _LARGEST_FIELD:
            raise UsageError("a field of the form is too long")

    def _end_part(self) -> None:
        if self._file is not None:
            if self._modified is not None:
                os.utime(self._file.fileno(), ns=(self._modified * 1_000_000,) * 2)
            self._file.close()
            self._file, self._path, self._modified = None, "", None
        elif not self._allowed:
            if not self._is_own(self._value.decode("utf-8", "replace")):
                raise _not_own()
            self._allowed = True
        elif self._field == "path":
            self._path = _text_of(bytes(self._value))
        elif self._field == "modified" and self._value.isdigit():
            self._modified = min(int(self._value), _LATEST)

    def _end(self) -> None:
        self._ended = True


class _Open:
    """How many uploads come in now."""

    def __init__(self) -> None:
        self.count = 0


_open = _Open()


async def receive_upload(request: Request, staging: Staging, is_own: Callable[[str], bool]) -> Received:
    """Write the files of a request's form into `staging`.

    Raises `UsageError`, `PermissionDeniedError`, `LockedError` when too many uploads come at a time, `StorageError`
    such as `NoSpaceError`, and starlette's `ClientDisconnect`.
    """
    boundary = _BOUNDARY.match(request.headers.get("content-type", ""))
    if boundary is None:
        raise UsageError("this is not a form with files")
    if _open.count >= MOST_UPLOADS:
        raise LockedError(
            f"{MOST_UPLOADS} uploads are coming in already", remedy="Wait until one of them has ended, then try again"
        )
    _open.count += 1
    upload = Upload(staging.files, boundary[1], is_own)
    try:
        waiting = bytearray()
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= _AT_A_TIME:
                await run_in_threadpool(upload.take, bytes(waiting))
                waiting.clear()
        await run_in_threadpool(upload.take, bytes(waiting))
        return upload.finish()
    except OSError as error:
        raise from_os_error(error, "upload") from error
    finally:
        _open.count -= 1
        upload.close()


def check_upload_name(path: str) -> None:
    """Raises `UsageError` for a relative path that cannot be stored: judged by its components, as a path in a bag."""
    raw = path.encode("utf-8", "surrogatepass")
    parts = raw.split(b"/")
    reason = unsafe_reason(raw)
    if reason is None and max(map(len, parts)) > LONGEST_NAME:
        reason = f"a name in it is longer than {LONGEST_NAME} bytes"
    if reason is None and (len(raw) > LONGEST_PATH or len(parts) > DEEPEST):
        reason = f"it is longer than {LONGEST_PATH:,} bytes, or deeper than {DEEPEST} folders"
    if reason is not None:
        raise UsageError(
            f"a file with this name cannot be taken: {reason}", subject=path[:200], remedy="Rename it, then send again"
        )


def _text_of(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("a file name is not valid UTF-8", subject=raw[:200].decode("utf-8", "replace")) from None


def _enter(folder: Folder, name: str) -> Folder:
    try:
        return folder.make(name)
    except FileExistsError:
        return folder.enter(name)


def _not_own() -> PermissionDeniedError:
    return PermissionDeniedError("the form's token is missing or wrong", remedy="Reload the page and send it again")
