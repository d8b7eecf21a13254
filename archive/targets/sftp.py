"""`sftp://HOST/PATH`: a folder on an SSH server. The host's key must be known, from `known_hosts`.

Each file goes to `NAME.part`, goes on there where it stopped, and is renamed when it is whole; all of them stand in a
working folder that gets the bag's name by one rename, which SFTP refuses when the name is taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import posixpath
from collections.abc import Coroutine, Iterator
from functools import cache
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from archive.errors import ArchiveError, ExistsError, NoSpaceError, NotAuthorisedError, NotFoundError, UsageError
from archive.model.codes import deposit as codes
from archive.model.deposit import Delivery, Deposited, DepositState, Item, Package
from archive.model.finding import Finding
from archive.storage.credentials import Credentials, find_credentials, without_secrets
from archive.storage.hashing import Digests
from archive.storage.remote import NotAFileError, RefusedError, TransientError, lost_words, words_of
from archive.targets.protocol import Context, Notes, read_source

OPTIONS = ("form", "known_hosts", "key_file", "port", "seconds")

_BLOCK = 4 << 20
_LARGEST_LIST = 16 << 20
"""How much of a list of known hosts is read, in characters."""

Result = TypeVar("Result")


_NOT_FILES = (3, 4, 6, 7, 8, 9)
"""Links, special files, sockets, devices and pipes, by their numbers in SFTP (draft-ietf-secsh-filexfer-13, 7.1)."""


class SftpTarget:
    """A folder on a server. The connection is made when it is needed, and again after it was lost."""

    needs: tuple[str, ...] = ()
    kind = "sftp"
    certain = True

    def __init__(self, url: str, form: Delivery, credentials: Credentials, context: Context) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", int(context.options.get("port", parts.port or 22))
        self._user = unquote(parts.username) if parts.username else credentials.user
        self._root = unquote(parts.path).removeprefix("/~/").rstrip("/") or "."
        self._label = without_secrets(url)
        self._form = form
        self._credentials = credentials
        self._known_hosts = context.options.get("known_hosts")
        self._seconds = int(context.options.get("seconds", context.settings.deposit.seconds))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: Any = None
        self._client: Any = None
        self._part = ""
        self._made: set[str] = set()

    @property
    def label(self) -> str:
        return self._label

    @property
    def form(self) -> Delivery:
        return self._form

    def check(self, package: Package) -> list[Finding]:
        findings = [
            codes.NAME_NOT_STORABLE.at(item.path, reason="a part is longer than 255 bytes")
            for item in package.items
            if any(len(os.fsencode(part)) > 250 for part in item.path.split("/"))
        ]
        free = self._free()
        if free is not None and free < package.size:
            findings.append(
                codes.NO_SPACE.at(self.label, words=f"{package.size:,} bytes are needed, {free:,} are free")
            )
        return findings

    def find(self, package: Package, notes: Notes) -> Deposited | None:
        final = self._final(package)
        if self._size(final) is None:
            return None
        if self._form is Delivery.FILES or len(package.items) == 1:
            for item in package.items:
                path = self._place(final, item)
                quick = self._form is Delivery.FILES and "/" in item.path
                if self._size(path) != item.size or not (quick or self._digest(path, item)):
                    raise ExistsError("other content stands there", subject=final)
        if notes.get("working"):
            self._remove_working(package)
        return self._deposited(package)

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        self._part = self._working(package)
        if self._form is not Delivery.FILES:
            notes.put("working", self._part)
        self._made = {self._part}
        self._do(lambda client: client.makedirs(os.fsencode(self._part), exist_ok=True))
        return []

    def send(self, item: Item, notes: Notes) -> None:
        del notes
        final = self._place(self._part, item) if self._form is Delivery.FILES else posixpath.join(self._part, "packed")
        if self._size(final) is not None:
            self._do(lambda client: client.remove(os.fsencode(final)))
        folder = posixpath.dirname(final)
        if folder not in self._made:
            self._do(lambda client: client.makedirs(os.fsencode(folder), exist_ok=True))
            self._made.add(folder)
        part = final + ".part"
        offset = self._size(part) or 0
        if offset > item.size:
            self._do(lambda client: client.remove(os.fsencode(part)))
            offset = 0
        handle = self._do(lambda client: client.open(os.fsencode(part), "r+b" if offset else "wb"))
        try:
            for chunk in read_source(item, offset):
                self._run(handle.write(chunk, offset))
                offset += len(chunk)
            self._run(_finish(handle))
        finally:
            self._quietly(handle.close())
        stored = self._size(part)
        if stored != item.size:
            raise TransientError(f"the server confirmed {item.size:,} bytes and has {stored or 0:,}", subject=item.path)
        self._do(lambda client: client.rename(os.fsencode(part), os.fsencode(final)))

    def commit(self, package: Package, notes: Notes) -> Deposited:
        del notes
        final = self._final(package)
        if self._size(final) is not None:
            raise ExistsError("something stands there by now", subject=final)
        source = self._part if self._form is Delivery.FILES else posixpath.join(self._part, "packed")
        self._do(lambda client: client.rename(os.fsencode(source), os.fsencode(final)))
        if self._form is not Delivery.FILES:
            self._remove_working(package)
        return self._deposited(package)

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes]:
        return self._stream(self._place(deposited.location, item))

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        del deposited
        return DepositState.ACCEPTED, None

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        if not identifier or "/" in identifier or identifier in (".", ".."):
            raise UsageError("this is no name of a bag in the folder", subject=identifier)
        base = posixpath.join(self._root, identifier)
        if self._size(base) is None:
            raise NotFoundError("the target has no such deposit", subject=identifier)
        if self._do(lambda client: client.isfile(os.fsencode(base))):
            yield identifier, self._stream(base)
            return
        stack = [""]
        while stack:
            folder = stack.pop()
            where = posixpath.join(base, folder) if folder else base
            for entry in self._do(lambda client, where=where: client.readdir(os.fsencode(where))):
                name = os.fsdecode(entry.filename)
                if name in (".", ".."):
                    continue
                path = posixpath.join(folder, name)
                if entry.attrs.type == 2:
                    stack.append(path)
                elif entry.attrs.type in _NOT_FILES:
                    yield path, _refuse(path)
                else:
                    yield path, self._stream(posixpath.join(base, path))

    def close(self) -> None:
        self._drop()
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def _working(self, package: Package) -> str:
        return posixpath.join(self._root, f".{package.name}.{package.fingerprint[:16]}.part")

    def _remove_working(self, package: Package) -> None:
        """Remove the working folder that the packed file has left, now or in a run that was killed just then."""
        with contextlib.suppress(NotFoundError, RefusedError, NoSpaceError):
            self._do(lambda client: client.rmdir(os.fsencode(self._working(package))))

    def _final(self, package: Package) -> str:
        suffix = "" if self._form is Delivery.FILES else f".{self._form.value}"
        return posixpath.join(self._root, package.name + suffix)

    def _place(self, base: str, item: Item) -> str:
        return posixpath.join(base, item.path) if self._form is Delivery.FILES else base

    def _deposited(self, package: Package) -> Deposited:
        final = self._final(package)
        return Deposited(posixpath.basename(final), final)

    def _size(self, path: str) -> int | None:
        try:
            return int(self._do(lambda client: client.lstat(os.fsencode(path))).size or 0)
        except NotFoundError:
            return None

    def _free(self) -> int | None:
        """Bytes that are free there, None where the server does not tell."""
        try:
            status = self._do(lambda client: client.statvfs(os.fsencode(self._root)))
        except (RefusedError, NotFoundError):
            return None
        return int(status.bavail * status.frsize)

    def _digest(self, path: str, item: Item) -> bool:
        digests = Digests((item.strongest,))
        for chunk in self._stream(path):
            digests.update(chunk)
        return digests.hexdigests()[0] == item.digests[item.strongest]

    def _stream(self, path: str) -> Iterator[bytes]:
        size = self._size(path)
        handle = self._do(lambda client: client.open(os.fsencode(path), "rb"))
        offset = 0
        try:
            while chunk := self._run(handle.read(_BLOCK, offset)):
                offset += len(chunk)
                yield chunk
        finally:
            self._quietly(handle.close())
        if size is not None and offset < size:
            raise TransientError(f"the file ended after {offset:,} of {size:,} bytes", subject=path)

    def _do(self, action: Any) -> Any:
        """What `action` makes of the client. Raises archive errors with the server's words."""
        if self._client is None:
            self._run(self._connect())
        return self._run(action(self._client))

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        try:
            return self._loop.run_until_complete(asyncio.wait_for(work, self._seconds))
        except _failures() as error:
            told = _translate(error, self._label)
            if isinstance(told, TransientError):
                self._drop()
            if isinstance(told, RefusedError) and self._connection is not None and "ailure" in told.problem:
                raise self._look_for_space(told) from error
            raise told from error

    def _look_for_space(self, told: RefusedError) -> ArchiveError:
        """SFTP has one word for many failures: was it a full disk?"""
        work = self._client.statvfs(os.fsencode(self._root))
        try:
            assert self._loop is not None
            status = self._loop.run_until_complete(asyncio.wait_for(work, self._seconds))
        except _failures():
            return told
        return (
            NoSpaceError("the server's disk is full", subject=self._label)
            if status.bavail * status.frsize < _BLOCK
            else told
        )

    def _quietly(self, work: Coroutine[Any, Any, object]) -> None:
        if self._client is None:
            work.close()
            return
        try:
            self._run(work)
        except ArchiveError:
            return

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.abort()
            if self._loop is not None:
                self._loop.run_until_complete(self._connection.wait_closed())
        self._connection = self._client = None

    async def _connect(self) -> None:
        import asyncssh

        found = self._credentials
        options: dict[str, Any] = {"password": found.password.reveal()} if found.password else {}
        if found.key_file:
            options["client_keys"] = [os.path.expanduser(found.key_file)]
            options["agent_path"] = None
        known = _read_known_hosts(self._known_hosts, self._label)
        self._connection = await asyncssh.connect(
            self._host, self._port, username=self._user or (), known_hosts=known, connect_timeout=self._seconds,
            login_timeout=self._seconds, config=None, keepalive_interval=15, **options,
        )  # fmt: skip
        self._client = await self._connection.start_sftp_client(path_encoding=None)


def _read_known_hosts(chosen: object, label: str) -> Any:
    """The host keys to accept: those of the file that the option `known_hosts` names, else the account's own.

    asyncssh takes empty bytes for "none given" and reads the account's file. So the list is always read here, and when
    the file that was named cannot be read, no connection is made. Raises `NotAuthorisedError`.
    """
    import asyncssh

    path = os.path.expanduser("~/.ssh/known_hosts" if chosen is None else str(chosen))
    if chosen is None and not os.path.lexists(path):
        return asyncssh.import_known_hosts("")
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            content = file.read(_LARGEST_LIST)
    except OSError as error:
        raise NotAuthorisedError(
            f"the list of known host keys cannot be read, so nothing was sent to {label}: {error.strerror}",
            subject=path, remedy="Put the server's key into it, once you have made sure that it is the server's",
        ) from error  # fmt: skip
    try:
        return asyncssh.import_known_hosts(content)
    except ValueError as error:
        words = f"the list of known host keys is not readable, so nothing was sent to {label}"
        raise NotAuthorisedError(words, subject=path) from error


def _check_key_file(credentials: Credentials) -> None:
    """Raise `NotAuthorisedError` when the key that the settings name is not there: no other is tried instead."""
    if credentials.key_file and not os.path.isfile(os.path.expanduser(credentials.key_file)):
        raise NotAuthorisedError("there is no such key file", subject=credentials.key_file)


async def _finish(handle: Any) -> None:
    """Ask the server to bring the file to its disk, where it knows how."""
    import asyncssh

    try:
        await handle.fsync()
    except asyncssh.SFTPOpUnsupported:
        return


@cache
def _failures() -> tuple[type[Exception], ...]:
    import asyncssh

    return (asyncssh.Error, OSError, asyncio.TimeoutError, asyncssh.KeyImportError)


def _translate(error: Exception, label: str) -> ArchiveError:
    """The archive error for what asyncssh raised; its words never hold a secret."""
    import asyncssh

    words = words_of(f"the server says: {error}")
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return NotAuthorisedError(
            "the server's host key is not known", subject=label,
            remedy="Make sure that the key is the server's, then add it to known_hosts",
        )  # fmt: skip
    if isinstance(error, (asyncssh.PermissionDenied, asyncssh.KeyImportError)):
        return NotAuthorisedError("the server does not accept our credential", subject=label)
    if isinstance(error, asyncssh.SFTPNoSuchFile):
        return NotFoundError(words, subject=label)
    if isinstance(error, asyncssh.SFTPPermissionDenied):
        return NotAuthorisedError(words, subject=label)
    lost = isinstance(error, (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection))
    if isinstance(error, asyncssh.SFTPError) and not lost:
        full = isinstance(error, (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded))
        return (NoSpaceError if full else RefusedError)(words, subject=label)
    return TransientError(lost_words(error), subject=label)


def open_target(url: str, context: Context) -> SftpTarget:
    """The folder `sftp://[USER@]HOST[:PORT]/PATH`; `/~/PATH` is relative to the user's home.

    Options: `form`, `known_hosts`, `key_file`, `port`, `seconds`.
    """
    without_secrets(url)
    parts = urlsplit(url)
    if not parts.hostname:
        raise UsageError("the address has no host", subject="sftp://")
    try:
        form = Delivery(context.options.get("form", "files"))
    except ValueError:
        raise UsageError("form is files, zip or tar", subject=f"places.{context.name}.form") from None
    try:
        import asyncssh as _  # noqa: F401
    except ImportError:
        raise UsageError("SFTP needs the extra `sftp`", remedy="Run: pip install 'muniment[sftp]'") from None
    found = find_credentials(context.name, context.options, context.environ, service=f"muniment {parts.hostname}")
    _check_key_file(found)
    if context.options.get("known_hosts") is not None:
        _read_known_hosts(context.options["known_hosts"], without_secrets(url))
    return SftpTarget(url, form, found, context)


def _refuse(path: str) -> Iterator[bytes]:
    yield from ()
    raise NotAFileError("a link or a special file is in its place on the far side, and is not followed", subject=path)
