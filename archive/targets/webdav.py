"""`webdav+https://HOST/PATH`: a collection on a WebDAV server (RFC 4918).

The files go into a working collection `.NAME.KEY.partial` beside their place (Nextcloud takes no name that ends with
`.part`). Once it holds every file at its size it gets the bag's name by one MOVE with `Overwrite: F`. Whether the
server honours that is tried once, with two small files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes, urlsplit

from archive.errors import ExistsError, NotFoundError, UsageError
from archive.formats.webdav import PROPERTIES, Resource, read_multistatus
from archive.model.codes import deposit as codes
from archive.model.deposit import Delivery, Deposited, DepositState, Item, Package
from archive.model.finding import Finding
from archive.storage.credentials import without_secrets
from archive.storage.hashing import Digests
from archive.storage.remote import RefusedError, words_of
from archive.targets.http import OPTIONS as HTTP_OPTIONS
from archive.targets.http import HttpClient, open_client, read_answer
from archive.targets.protocol import Context, Notes, read_source

OPTIONS = ("form", *HTTP_OPTIONS)

_MULTI_STATUS, _IS_THERE, _NO_PARENT, _NOT_REPLACED = 207, 405, 409, 412


class WebdavTarget:
    """A collection on a server. Paths here are below it, with slashes and surrogateescape."""

    needs: tuple[str, ...] = ()
    kind = "webdav"
    certain = True

    def __init__(self, url: str, client: HttpClient, form: Delivery) -> None:
        self._label = "webdav+" + without_secrets(url).rstrip("/")
        self._root = os.fsdecode(unquote_to_bytes(urlsplit(url).path)).rstrip("/")
        self._client = client
        self._form = form
        self._part = ""
        self._folders: set[str] = set()
        self._there: dict[str, int | None] = {}

    @property
    def label(self) -> str:
        return self._label

    @property
    def form(self) -> Delivery:
        return self._form

    def check(self, package: Package) -> list[Finding]:
        findings = []
        for item in package.items if self._form is Delivery.FILES else ():
            try:
                if any(len(part.encode("utf-8")) > 255 for part in item.path.split("/")):
                    findings.append(codes.NAME_NOT_STORABLE.at(item.path, reason="a part is longer than 255 bytes"))
            except UnicodeEncodeError:
                findings.append(codes.NAME_NOT_STORABLE.at(item.path, reason="names go to WebDAV servers as UTF-8"))
        root = self._look("")
        free = root.free if root is not None else None
        if free is not None and 0 <= free < package.size:
            words = f"{package.size:,} bytes are needed, {free:,} are free"
            findings.append(codes.NO_SPACE.at(self.label, words=words))
        return findings

    def find(self, package: Package, notes: Notes) -> Deposited | None:
        final = self._final(package)
        known = self._look(final)
        if known is None:
            return None
        if self._form is Delivery.FILES:
            same = known.collection and self._holds(final, package)
        else:
            same = len(package.items) != 1 or self._proves(final, package.items[0])
        if not same:
            raise ExistsError("something else already exists there", subject=f"{self.label}/{final}")
        if notes.get("working"):
            self._remove(self._working(package), collection=True)
        return self._deposited(package)

    def begin(self, package: Package, notes: Notes) -> list[Finding]:
        self._part = self._working(package)
        if self._form is not Delivery.FILES:
            notes.put("working", self._part)
        self._folders.clear()
        self._make_collection(f"{self._root}/{self._part}")
        self._there = dict(self._list_files(self._part))
        told = notes.get("overwrite")
        if told is None:
            told = "honoured" if self._honours_overwrite() else "ignored"
            notes.put("overwrite", told)
        return [] if told == "honoured" else [codes.IGNORES_OVERWRITE.at(self.label)]

    def send(self, item: Item, notes: Notes) -> None:
        """Send one file, unless an earlier run brought it there whole: reading it back shows that."""
        del notes
        path = f"{self._part}/{item.path}"
        if self._there.pop(item.path, None) == item.size and self._proves(path, item):
            return
        self._make_collection(f"{self._root}/{path}".rpartition("/")[0])
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(item.size)}
        self._client.ask("PUT", self._address(path), content=read_source(item), headers=headers)

    def commit(self, package: Package, notes: Notes) -> Deposited:
        """Move it to its place, once the server tells every file at its size; what it lost goes there again."""
        if self._look(self._part) is None:
            self._folders.clear()
            self._make_collection(f"{self._root}/{self._part}")
        there = dict(self._list_files(self._part))
        for item in package.items:
            if there.pop(item.path, None) != item.size:
                self.send(item, notes)
                known = self._look(f"{self._part}/{item.path}")
                if known is None or known.size != item.size:
                    raise RefusedError("the server accepted the file but does not have all of it", subject=item.path)
        for path in there:
            self._remove(f"{self._part}/{path}")
        final, whole = self._final(package), self._form is Delivery.FILES
        source = self._part if whole else f"{self._part}/{package.items[0].path}"
        if self._look(final) is not None or not self._move(source, final, collection=whole):
            raise ExistsError("something was put there in the meantime", subject=f"{self.label}/{final}")
        if not whole:
            self._remove(self._part, collection=True)
        return self._deposited(package)

    def read(self, deposited: Deposited, item: Item) -> Iterator[bytes]:
        path = deposited.identifier
        return self._client.stream(self._address(f"{path}/{item.path}" if self._form is Delivery.FILES else path))

    def poll(self, deposited: Deposited) -> tuple[DepositState, str | None]:
        del deposited
        return DepositState.ACCEPTED, None

    def retrieve(self, identifier: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        for path, _size in self.list_files(identifier):
            yield path or identifier, self.read_from(identifier, path, 0)

    def list_files(self, identifier: str) -> Iterator[tuple[str, int | None]]:
        _require_name(identifier)
        known = self._look(identifier)
        if known is None:
            raise NotFoundError("the target has no such deposit", subject=identifier)
        if not known.collection:
            yield "", known.size
            return
        yield from self._list_files(identifier)

    def read_from(self, identifier: str, path: str, offset: int) -> Iterator[bytes]:
        _require_name(identifier)
        address = self._address(f"{identifier}/{path}" if path else identifier)
        return self._client.stream_from(address, offset)

    def is_empty(self) -> bool:
        try:
            return len(self._ask_properties("", "1")) < 2
        except NotFoundError:
            return True

    def close(self) -> None:
        self._client.close()

    def _final(self, package: Package) -> str:
        return package.name + ("" if self._form is Delivery.FILES else f".{self._form.value}")

    def _working(self, package: Package) -> str:
        return f".{package.name}.{package.fingerprint[:16]}.partial"

    def _deposited(self, package: Package) -> Deposited:
        final = self._final(package)
        return Deposited(final, self._client.resolve(self._address(final, collection=self._form is Delivery.FILES)))

    def _address(self, path: str, *, collection: bool = False) -> str:
        return _encode(f"{self._root}/{path}", collection=collection)

    def _holds(self, folder: str, package: Package) -> bool:
        """True when the collection holds the package's files, no more and no less; of those at its top, every byte."""
        return dict(self._list_files(folder)) == {item.path: item.size for item in package.items} and all(
            self._proves(f"{folder}/{item.path}", item) for item in package.items if "/" not in item.path
        )

    def _proves(self, path: str, item: Item) -> bool:
        """True when the file there is the item, byte for byte."""
        digests = Digests((item.strongest,))
        for chunk in self._client.stream(self._address(path)):
            digests.update(chunk)
        return digests.hexdigests()[0] == item.digests[item.strongest]

    def _make_collection(self, whole: str) -> None:
        """See to it that there is a collection at this path of the server, and those above it."""
        if whole in self._folders or not whole:
            return
        address = _encode(whole, collection=True)
        answer = self._client.ask("MKCOL", address, allow=(_IS_THERE, _NO_PARENT))
        if answer.status_code == _NO_PARENT:
            self._make_collection(whole.rpartition("/")[0])
            self._client.ask("MKCOL", address, allow=(_IS_THERE,))
        self._folders.add(whole)

    def _honours_overwrite(self) -> bool:
        """Whether a MOVE with `Overwrite: F` leaves what is there (RFC 4918 10.6), tried in the working place."""
        one, other = (f"{self._part}/.muniment-probe-{number}" for number in (1, 2))
        for path in (one, other):
            self._client.ask("PUT", self._address(path), content=path.encode("utf-8", "surrogateescape"))
        honours = not self._move(one, other)
        for path in (one, other):
            self._remove(path)
        return honours

    def _move(self, source: str, target: str, *, collection: bool = False) -> bool:
        """Move without replacing; False when the server says that something is there."""
        there = self._client.resolve(self._address(target, collection=collection))
        answer = self._client.ask(
            "MOVE", self._address(source, collection=collection), headers={"Destination": there, "Overwrite": "F"},
            allow=(_NOT_REPLACED,),
        )  # fmt: skip
        if answer.status_code == _MULTI_STATUS:
            raise RefusedError(words_of(f"the server moved a part only: {answer.text}"), subject=self._label)
        return bool(answer.status_code != _NOT_REPLACED)

    def _remove(self, path: str, *, collection: bool = False) -> None:
        self._client.ask("DELETE", self._address(path, collection=collection), allow=(404,))

    def _look(self, path: str) -> Resource | None:
        """What is at `path`, None when there is nothing."""
        try:
            return self._ask_properties(path, "0")[0]
        except NotFoundError:
            return None

    def _list_files(self, folder: str) -> Iterator[tuple[str, int | None]]:
        """Every file below `folder`: its path from there and its size. One request a collection, for many servers
        refuse to list a whole tree at once (RFC 4918 9.1)."""
        stack = [""]
        while stack:
            below = stack.pop()
            own, *others = self._ask_properties(f"{folder}/{below}" if below else folder, "1")
            for one in others:
                name = one.path.removeprefix(own.path + "/")
                if "/" in name or name in ("", ".", "..") or not one.path.startswith(own.path + "/"):
                    raise RefusedError("the server lists entries that were not requested", subject=self._label)
                path = f"{below}/{name}" if below else name
                if one.collection:
                    stack.append(path)
                else:
                    yield path, one.size

    def _ask_properties(self, path: str, depth: str) -> list[Resource]:
        """The resource at `path` and, with depth 1, those in it. Raises `NotFoundError`, and `RefusedError` for a
        server that does not speak WebDAV.

        Addresses are compared with that of the resource itself, not with the one used here: a server behind another may
        have its own idea of its address.
        """
        headers = {"Depth": depth, "Content-Type": "application/xml; charset=utf-8"}
        answer = self._client.ask("PROPFIND", self._address(path), content=PROPERTIES, headers=headers)
        if answer.status_code != _MULTI_STATUS:
            raise RefusedError(
                f"the server does not support WebDAV: it answered {answer.status_code}", subject=self.label
            )
        found = read_answer(read_multistatus, answer, self._label)
        name = f"{self._root}/{path}".rstrip("/").rpartition("/")[2]
        if not found or (len(found) > 1 and depth == "0") or found[0].path.rpartition("/")[2] != name:
            raise RefusedError("the server lists entries that were not requested", subject=self._label)
        return found


def _require_name(identifier: str) -> None:
    if not identifier or "/" in identifier or identifier in (".", ".."):
        raise UsageError("not a valid name of a bag in the collection", subject=identifier)


def _encode(whole: str, *, collection: bool = False) -> str:
    """A path of the server as it is written in a request; that of a collection ends with a slash (RFC 4918 5.2)."""
    return quote(os.fsencode(whole)) + ("/" if collection and not whole.endswith("/") else "")


def open_target(url: str, context: Context) -> WebdavTarget:
    """The collection at `webdav+https://HOST/PATH`; it is made when it is not there.

    Options: `form` ("files", "zip" or "tar"), `seconds`, `plain_http`.
    """
    try:
        form = Delivery(context.options.get("form", "files"))
    except ValueError:
        raise UsageError("form is files, zip or tar", subject=f"places.{context.name}.form") from None
    plain, client = open_client(url, context)
    return WebdavTarget(plain, client, form)
