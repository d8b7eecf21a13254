"""`sftp://HOST/PATH`: a folder on an SSH server. The host's key must be known, from `known_hosts`.

Each file goes to `NAME.part`, goes on there where it stopped, and is renamed when it is whole; all of them are in a
working folder that gets the bag's name by one rename, which SFTP refuses when the name is taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import posixpath
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from archive.errors import ArchiveError, ExistsError, NoSpaceError, NotFoundError, UsageError
from archive.model.codes import deposit as codes
from archive.model.deposit import Delivery, Deposited, DepositState, Item, Package
from archive.model.finding import Finding
from archive.storage.credentials import Credentials, find_credentials, without_secrets
from archive.storage.hashing import Digests
from archive.storage.remote import NotAFileError, RefusedError, TransientError
from archive.storage.working_folder import is_restricted, mode_of_copy, refuse_working_folder
from archive.targets.protocol import Context, Notes, read_source
from archive.targets.ssh import check_key_file, failures, finish_file, read_known_hosts, translate

OPTIONS = ("form", "known_hosts", "key_file", "port", "seconds")

_BLOCK = 4 << 20
_NOT_FOLLOWED = "a link or a special file is in its place on the target, and is not followed"

Result = TypeVar("Result")

_FOLDER = 2
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
        self._private = False

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
                if not self._has_file(path, item.size) or not (quick or self._digest(path, item)):
                    raise ExistsError("something else already exists there", subject=final)
        if notes.get("working"):
            self._remove_working(package)
        return self._deposited(package)

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        self._part = self._working(package)
        if self._form is not Delivery.FILES:
            notes.put("working", self._part)
        self._made = {self._part}
        self._private = not mode_of_copy(package.bag, folder=True) & 0o077
        self._do(lambda client: client.makedirs(os.fsencode(self._root), exist_ok=True))
        if self._status(self._part) is None:
            self._do(lambda client: client.mkdir(os.fsencode(self._part), _attributes(self._private)))
        else:
            self._require_own(self._part)
        return []

    def send(self, item: Item, notes: Notes) -> None:
        del notes
        final = self._place(self._part, item) if self._form is Delivery.FILES else posixpath.join(self._part, "packed")
        if self._size(final) is not None:
            self._do(lambda client: client.remove(os.fsencode(final)))
        folder = posixpath.dirname(final)
        if folder not in self._made:
            above, attributes = posixpath.dirname(folder), _attributes(is_restricted(item.path))
            self._do(lambda client: client.makedirs(os.fsencode(above), exist_ok=True))
            self._do(lambda client: client.makedirs(os.fsencode(folder), attributes, exist_ok=True))
            self._made.add(folder)
        part = final + ".part"
        offset = self._size(part) or 0
        if offset > item.size:
            self._do(lambda client: client.remove(os.fsencode(part)))
            offset = 0
        mode = "r+b" if offset else "wb"
        attributes = _attributes(self._private or is_restricted(item.path), folder=False)
        handle = self._do(lambda client: client.open(os.fsencode(part), mode, attributes))
        try:
            for chunk in read_source(item, offset):
                self._run(handle.write(chunk, offset))
                offset += len(chunk)
            self._run(finish_file(handle))
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
            raise ExistsError("something was put there in the meantime", subject=final)
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
        for path, _size in self.list_files(identifier):
            yield path or identifier, self.read_from(identifier, path, 0)

    def list_files(self, identifier: str) -> Iterator[tuple[str, int | None]]:
        base = self._base(identifier)
        status = self._status(base)
        if status is None:
            raise NotFoundError("the target has no such deposit", subject=identifier)
        if status.type in _NOT_FILES:
            raise NotAFileError(_NOT_FOLLOWED, subject=base)
        if status.type != _FOLDER:
            yield "", status.size
            return
        stack = [""]
        while stack:
            folder = stack.pop()
            for name, attributes in self._names_in(posixpath.join(base, folder) if folder else base):
                path = posixpath.join(folder, name)
                if attributes.type == _FOLDER:
                    stack.append(path)
                else:
                    yield path, None if attributes.type in _NOT_FILES else attributes.size

    def read_from(self, identifier: str, path: str, offset: int) -> Iterator[bytes]:
        base = self._base(identifier)
        return self._stream(posixpath.join(base, path) if path else base, offset)

    def is_empty(self) -> bool:
        async def look(client: Any) -> bool:
            async for entry in client.scandir(os.fsencode(self._root)):
                if entry.filename not in (b".", b".."):
                    return False
            return True

        try:
            return bool(self._do(look))
        except NotFoundError:
            return True

    def close(self) -> None:
        self._drop()
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def _base(self, identifier: str) -> str:
        if not identifier or "/" in identifier or identifier in (".", ".."):
            raise UsageError("not a valid name of a bag in the folder", subject=identifier)
        return posixpath.join(self._root, identifier)

    def _names_in(self, folder: str) -> list[tuple[str, Any]]:
        """What is in a folder on the server: name and attributes."""
        entries = self._do(lambda client: client.readdir(os.fsencode(folder)))
        found = [(os.fsdecode(entry.filename), entry.attrs) for entry in entries]
        return [(name, attributes) for name, attributes in found if name not in (".", "..")]

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

    def is_private(self, identifier: str) -> bool:
        status = self._status(posixpath.join(self._root, identifier))
        return status is not None and status.permissions is not None and not status.permissions & 0o077

    def _size(self, path: str) -> int | None:
        """The size of the file at `path`, None where nothing is. Raises `NotAFileError` for a link and the like."""
        status = self._status(path)
        if status is not None and status.type in _NOT_FILES:
            raise NotAFileError(_NOT_FOLLOWED, subject=path)
        return None if status is None else int(status.size or 0)

    def _has_file(self, path: str, size: int) -> bool:
        """True when a file of that size is at `path`, and not a link to one."""
        status = self._status(path)
        return status is not None and status.type not in _NOT_FILES and status.size == size

    def _status(self, path: str) -> Any:
        """What the server says of `path`, a link as itself; None where nothing is."""
        try:
            return self._do(lambda client: client.lstat(os.fsencode(path)))
        except NotFoundError:
            return None

    def _require_own(self, path: str) -> None:
        """Raise `PermissionDeniedError` unless `path` is a folder that this account made and no other may write to."""
        probe = f"{path}.probe"
        with contextlib.suppress(RefusedError):
            self._do(lambda client: client.mkdir(os.fsencode(probe)))
        found, made = self._status(path), self._status(probe)
        self._do(lambda client: client.rmdir(os.fsencode(probe)))
        if found.type != _FOLDER:
            raise refuse_working_folder("a link or something else that is not a folder has its name", path)
        if found.uid != made.uid:
            raise refuse_working_folder("it belongs to another user", path)
        if (found.permissions or 0) & 0o022 & ~(made.permissions or 0):
            raise refuse_working_folder("other users may write to it", path)

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

    def _stream(self, path: str, offset: int = 0) -> Iterator[bytes]:
        size = self._size(path)
        handle = self._do(lambda client: client.open(os.fsencode(path), "rb"))
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
        except failures() as error:
            told = translate(error, self._label)
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
        except failures():
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
        known = read_known_hosts(self._known_hosts, self._label)
        self._connection = await asyncssh.connect(
            self._host, self._port, username=self._user or (), known_hosts=known, connect_timeout=self._seconds,
            login_timeout=self._seconds, config=None, keepalive_interval=15, **options,
        )  # fmt: skip
        self._client = await self._connection.start_sftp_client(path_encoding=None)


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
    check_key_file(found)
    if context.options.get("known_hosts") is not None:
        read_known_hosts(context.options["known_hosts"], without_secrets(url))
    return SftpTarget(url, form, found, context)


def _attributes(private: bool, *, folder: bool = True) -> Any:
    """The rights of something new on the server: for its owner only, or as the server gives them."""
    import asyncssh

    mode = 0o700 if folder else 0o600
    return asyncssh.SFTPAttrs(permissions=mode) if private else asyncssh.SFTPAttrs()
