"""One file from a server, from a given byte on, within the limits that the user set: which addresses, how slow.

Where a name leads is checked when the connection is made, on the address that was resolved, and again after each
redirection: a name that is public when it is read may lead into a private network when it is used.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from archive.errors import ArchiveError, NotAuthorisedError, NotFoundError
from archive.formats.fetch import is_address, is_public
from archive.regular_files import open_regular
from archive.storage.credentials import Credentials
from archive.storage.remote import RefusedError, TransientError, lost_words, pause_of, words_of

CHUNK = 1 << 18
SCHEMES = ("https", "http", "file")
"""The schemes that there is a reader for."""

_PORTS = {"https": 443, "http": 80}
_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 5
_LEAST = 100
"""The fewest bytes a second that a server has to send, over the time that it may be silent."""
_PAUSE = ("Retry-After", "Date", "X-RateLimit-Reset")
_KEPT = "/?:@!$&'()*+,;=~%-._"
"""What a path or query holds as it is (RFC 3986 3.3, 3.4); the rest is sent percent-encoded in UTF-8."""
_RANGE = re.compile(r"bytes ([0-9]{1,19})-([0-9]{1,19})/([0-9]{1,19}|\*)")


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be asked, and how. `seconds` is how long a server may be silent.

    `private` are host names and networks that may be reached although they are not public. `credentials` gives those
    for an address, empty ones where there are none.
    """

    schemes: tuple[str, ...]
    private: tuple[str, ...]
    seconds: int
    credentials: Callable[[SplitResult], Credentials]

    def check(self, url: str) -> SplitResult:
        """The parts of an address that may be asked. Raises `RefusedError`."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise RefusedError(f"the address cannot be read: {error}") from None
        scheme = parts.scheme.lower()
        if scheme not in self.schemes:
            raise RefusedError(f"the setting fetch.schemes does not allow {scheme}")
        if not is_address(url) or not parts.netloc.isascii() or "\\" in parts.netloc:
            raise RefusedError("the address has characters that a URL cannot hold")
        parts = parts._replace(path=quote(parts.path, safe=_KEPT), query=quote(parts.query, safe=_KEPT))
        if scheme == "file":
            return parts
        if parts.username is not None or parts.password is not None:
            raise RefusedError("the address holds a user name or password, which is not sent")
        if not parts.hostname or port == 0:
            raise RefusedError("the address has no host")
        return parts

    def allows(self, host: str, address: str) -> bool:
        """Whether this resolved address of `host` may be connected to."""
        if is_public(address) or host.lower() in (one.lower() for one in self.private):
            return True
        plain = ipaddress.ip_address(address.partition("%")[0])
        return any(plain in network for network in _networks(self.private) if network.version == plain.version)


@cache
def _networks(named: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    found = []
    for one in named:
        with contextlib.suppress(ValueError):
            found.append(ipaddress.ip_network(one, strict=False))
    return tuple(found)


class Watch:
    """Cuts connections over which too little comes: the time limit of a single read does not see a slow trickle."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lines: set[Line] = set()
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def add(self, line: Line) -> None:
        with self._guard:
            self._lines.add(line)

    def remove(self, line: Line) -> None:
        with self._guard:
            self._lines.discard(line)

    def cut_all(self) -> None:
        """End every connection: who reads from one gets an error."""
        with self._guard:
            for line in self._lines:
                line.cut("stopped")

    def close(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(min(0.25, self._seconds / 4)):
            now = time.monotonic()
            with self._guard:
                for line in self._lines:
                    if now - line.since < self._seconds:
                        continue
                    if line.moved < _LEAST * self._seconds:
                        line.cut(f"too little came in {self._seconds:g} s")
                    line.since, line.moved = now, 0


class Line:
    """A connection under watch: bytes that came since the time `since`, and why it was cut, if it was."""

    def __init__(self) -> None:
        self.since = time.monotonic()
        self.moved = 0
        self.why = ""
        self.socket: socket.socket | None = None

    def cut(self, why: str) -> None:
        self.why = self.why or why
        if self.socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


class _Connection(http.client.HTTPConnection):
    """A connection to the first address of the host that may be reached."""

    def __init__(self, parts: SplitResult, reach: Reach, line: Line) -> None:
        scheme = parts.scheme.lower()
        self.default_port = _PORTS[scheme]
        super().__init__(parts.hostname or "", parts.port or _PORTS[scheme], timeout=reach.seconds)
        self._secure = scheme == "https"
        self._reach = reach
        self._line = line

    def connect(self) -> None:
        plain = _connect(self.host, self.port, self._reach)
        self._line.socket = self.sock = plain
        if self._secure:
            self.sock = _trusted().wrap_socket(plain, server_hostname=self.host)
            self._line.socket = self.sock


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connect(host: str, port: int, reach: Reach) -> socket.socket:
    failed: OSError | None = None
    refused = ""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise RefusedError("the address has a host that no name can be") from None
    for family, kind, protocol, _name, place in found:
        address = str(place[0])
        if not reach.allows(host, address):
            refused = address
            continue
        opened = socket.socket(family, kind, protocol)
        try:
            opened.settimeout(reach.seconds)
            opened.connect(place)
        except OSError as error:
            opened.close()
            failed = error
            continue
        return opened
    if failed is not None:
        raise failed
    raise RefusedError(
        f"{host} leads to the private address {refused}" if refused else f"{host} has no address",
        remedy="If it may be reached, name it in the setting fetch.private",
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sends: the bytes from `start` on, and `size`, the whole file's length in bytes, if it says so.

    `validator` is the strong ETag or the date by which the rest can be asked for (RFC 9110 13.1.5), or empty.
    """

    start: int
    size: int | None
    validator: str
    body: Iterator[bytes]


@contextlib.contextmanager
def open_answer(url: str, reach: Reach, watch: Watch, *, start: int = 0, validator: str = "") -> Iterator[Answer]:
    """Ask for `url`, from the byte `start` on if it is still the same by its `validator`, else from its beginning.

    Raises `RefusedError` for what the settings do not allow or the server does not do, `NotFoundError`,
    `NotAuthorisedError`, and `TransientError`, also from the body.
    """
    asked = {"Accept-Encoding": "identity", "User-Agent": "muniment", "Connection": "close"}
    if start and validator:
        asked |= {"Range": f"bytes={start}-", "If-Range": validator}
    for _ in range(_MAX_REDIRECTS + 1):
        parts = reach.check(url)
        if parts.scheme.lower() == "file":
            with _open_file(parts, start, validator) as found:
                yield found
            return
        line = Line()
        connection = _Connection(parts, reach, line)
        watch.add(line)
        try:
            answer = _ask(connection, parts, {**asked, **_authorise(reach.credentials(parts))})
            location = answer.headers.get("Location")
            if answer.status in _REDIRECTS and location:
                url = _follow(url, location)
                continue
            yield _read_head(answer, line, start if "Range" in asked else 0)
            return
        except (OSError, http.client.HTTPException) as error:
            raise _lost(error, line) from error
        finally:
            watch.remove(line)
            connection.close()
    raise RefusedError("the server redirects more than five times")


def _ask(connection: _Connection, parts: SplitResult, headers: Mapping[str, str]) -> http.client.HTTPResponse:
    target = parts.path or "/"
    connection.request("GET", f"{target}?{parts.query}" if parts.query else target, headers=dict(headers))
    return connection.getresponse()


def _authorise(found: Credentials) -> dict[str, str]:
    if found.token is not None:
        return {"Authorization": f"Bearer {found.token.reveal()}"}
    if found.user and found.password is not None:
        import base64

        pair = f"{found.user}:{found.password.reveal()}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}
    return {}


def _follow(url: str, location: str) -> str:
    target = urljoin(url, location.encode("latin-1", "replace").decode("utf-8", "replace"))
    schemes = urlsplit(url).scheme.lower(), urlsplit(target).scheme.lower()
    if schemes[1] not in _PORTS or schemes == ("https", "http"):
        raise RefusedError("the server redirects to an address without encryption")
    return target


def _lost(error: Exception, line: Line) -> ArchiveError:
    if line.why:
        return TransientError(line.why)
    if isinstance(error, ssl.SSLCertVerificationError):
        return RefusedError(lost_words(error))
    return TransientError(lost_words(error))


def _read_head(answer: http.client.HTTPResponse, line: Line, start: int) -> Answer:
    """The answer to a GET that is not a redirection. Raises as `open_answer`."""
    status, headers = answer.status, answer.headers
    if status == 416 and start:
        raise ChangedError("the file has become shorter on the server")
    if status not in (200, 206):
        raise _translate(answer)
    if headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", ""):
        raise RefusedError("the server sent the file in a different coding than was requested")
    tag = headers.get("ETag", "").strip()
    validator = tag if tag.startswith('"') else headers.get("Last-Modified", "").strip()
    length = headers.get("Content-Length", "")
    size = int(length) if re.fullmatch("[0-9]{1,19}", length) and "Transfer-Encoding" not in headers else None
    begun = 0
    if status == 206:
        span = _RANGE.fullmatch(headers.get("Content-Range", "").strip())
        if not start or span is None or int(span[1]) != start:
            raise ChangedError("the server sent a different part of the file than was requested")
        begun, size = start, None if span[3] == "*" else int(span[3])
    return Answer(begun, size, validator[:1024], _body(answer, line, begun, size))


def _body(answer: http.client.HTTPResponse, line: Line, start: int, size: int | None) -> Iterator[bytes]:
    left = None if size is None else size - start
    while left is None or left > 0:
        chunk = answer.read1(CHUNK)
        if not chunk:
            if line.why:
                raise TransientError(line.why)
            break
        line.moved += len(chunk)
        if left is not None:
            left -= len(chunk)
        yield chunk
    if left:
        raise TransientError(line.why or "the connection was cut before the file's end")


class ChangedError(TransientError):
    """What is on the server is not what a part was taken of: only a new beginning can help."""


def _translate(answer: http.client.HTTPResponse) -> ArchiveError:
    status, headers = answer.status, answer.headers
    words = words_of(f"the server says {status} {answer.reason}")
    if status in (401, 403, 407):
        return NotAuthorisedError(words)
    if status in (404, 410):
        return NotFoundError(words)
    if status in (408, 423, 425, 429) or status >= 500:
        return TransientError(words, pause=pause_of({name: headers.get(name, "") for name in _PAUSE}))
    return RefusedError(words)


@contextlib.contextmanager
def _open_file(parts: SplitResult, start: int, validator: str) -> Iterator[Answer]:
    """The file of a file: address on this machine. Raises as `open_answer`."""
    if parts.netloc.lower() not in ("", "localhost"):
        raise RefusedError("a file: address of another machine is not read")
    try:
        with open_regular(unquote(parts.path, errors="surrogateescape")) as file:
            status = os.fstat(file.fileno())
            known = f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}"
            begun = start if validator == known else 0
            file.seek(begun)
            yield Answer(begun, status.st_size, known, iter(lambda: file.read(CHUNK), b""))
    except FileNotFoundError:
        raise NotFoundError("there is no such file") from None
    except PermissionError:
        raise NotAuthorisedError("permission denied") from None
    except OSError as error:
        raise RefusedError(f"the file cannot be read: {error.strerror}") from error
