"""One bounded HTTP exchange with an authority: so many bytes, so many seconds, by the standard library alone."""

from __future__ import annotations

import base64
import contextlib
import http.client
import ipaddress
import ssl
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

SECONDS = 20.0
"""How long one exchange may take from beginning to end."""
_MAX_REDIRECTS = 3
_CHUNK = 1 << 16


class ExchangeError(Exception):
    """There was no answer that can be used; the text says why, with the other side's words unescaped.

    `passing` says that another try may succeed.
    """

    def __init__(self, words: str, *, passing: bool) -> None:
        super().__init__(words)
        self.passing = passing


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    headers: dict[str, str]
    body: bytes | None
    limit: int


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    reason: str
    location: str | None
    body: bytes


def post(url: str, body: bytes, *, kind: str, accept: str, limit: int, seconds: float = SECONDS) -> bytes:
    """The answer to `body`, at most `limit` bytes. A redirection is not followed. Raises `ExchangeError`."""
    headers = {"Content-Type": kind, "Accept": accept}
    answer = _exchange(url, _Question("POST", headers, body, limit), seconds)
    return _content(answer)


def get(url: str, *, accept: str, limit: int, seconds: float = SECONDS) -> bytes:
    """What is published at `url`, at most `limit` bytes. Raises `ExchangeError`."""
    for _ in range(_MAX_REDIRECTS + 1):
        answer = _exchange(url, _Question("GET", {"Accept": accept}, None, limit), seconds)
        if answer.location is None or answer.status not in (301, 302, 303, 307, 308):
            return _content(answer)
        url = urljoin(url, answer.location)
    raise ExchangeError("the server redirects in a loop", passing=False)


def _content(answer: _Answer) -> bytes:
    if answer.status != 200:
        passing = answer.status >= 500 or answer.status in (408, 429)
        raise ExchangeError(f"the server answered {answer.status} {answer.reason[:200]}".rstrip(), passing=passing)
    return answer.body


def _exchange(url: str, question: _Question, seconds: float) -> _Answer:
    """One exchange in a thread of its own: only so the whole of it, name look-up included, ends after `seconds`."""
    try:
        connection, target, more = _connection(url, seconds)
    except ValueError as error:
        raise ExchangeError(f"not an address that can be asked: {error}", passing=False) from error
    results: list[_Answer | Exception] = []

    def run() -> None:
        try:
            results.append(_converse(connection, target, more, question))
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if not results:
        _cut(connection)
        raise ExchangeError(f"no answer within {seconds:g} s", passing=True)
    result = results[0]
    if isinstance(result, _Answer):
        return result
    if isinstance(result, ExchangeError):
        raise result
    raise ExchangeError(_words_of(result, seconds), passing=True) from result


def _cut(connection: http.client.HTTPConnection) -> None:
    """End the connection under the thread that still waits for it."""
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(2)


def _converse(
    connection: http.client.HTTPConnection, target: str, more: dict[str, str], question: _Question
) -> _Answer:
    headers = {"User-Agent": "muniment", "Connection": "close", **more, **question.headers}
    connection.request(question.method, target, body=question.body, headers=headers)
    with connection.getresponse() as response:
        content = bytearray()
        while chunk := response.read1(_CHUNK):
            content += chunk
            if len(content) > question.limit:
                raise ExchangeError(f"the answer is longer than {question.limit:,} bytes", passing=False)
        if response.length:
            raise ExchangeError("the connection was lost in the middle of the answer", passing=True)
        return _Answer(response.status, response.reason, response.headers.get("Location"), bytes(content))


def _words_of(error: Exception, seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {seconds:g} s"
    if isinstance(error, ssl.SSLError):
        return f"no secure connection: {error.reason or error}"
    if isinstance(error, OSError):
        return f"cannot connect: {error.strerror or error}"
    return f"not an answer in HTTP: {type(error).__name__}"


def _connection(url: str, seconds: float) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
    """The connection for `url`, by a proxy where the environment names one, with the target and the proxy's headers.

    Raises ValueError for what is not an http or https address.
    """
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or any(c <= " " for c in url):
        raise ValueError("it must begin with http:// or https://")
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    proxy = None if _is_loopback(host) or urllib.request.proxy_bypass(host) else _proxies().get(parts.scheme)
    make: Callable[..., http.client.HTTPConnection] = http.client.HTTPConnection
    if secure:
        make = _secure
    if not proxy:
        return make(host, parts.port, timeout=seconds), path, {}
    through = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if not through.hostname:
        raise ValueError("the proxy of the environment cannot be used")
    allowed: dict[str, str] = {}
    if through.username:
        secret = f"{unquote(through.username)}:{unquote(through.password or '')}".encode()
        allowed["Proxy-Authorization"] = "Basic " + base64.b64encode(secret).decode("ascii")
    connection = make(through.hostname, through.port or 80, timeout=seconds)
    if secure:
        connection.set_tunnel(host, parts.port or 443, headers=allowed)
        return connection, path, {}
    return connection, f"http://{parts.netloc.rpartition('@')[2]}{path}", allowed


def _secure(host: str, port: int | None, *, timeout: float) -> http.client.HTTPConnection:
    return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())


def _proxies() -> dict[str, str]:
    return urllib.request.getproxies()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
