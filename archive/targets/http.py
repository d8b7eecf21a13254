"""What the targets over HTTP share: one client with the credential, and the server's answers as archive errors."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from archive.errors import ArchiveError, FormatError, NoSpaceError, NotAuthorisedError, NotFoundError, UsageError
from archive.storage.credentials import Credentials, find_credentials, without_secrets
from archive.storage.remote import RefusedError, TransientError, lost_words, pause_of, words_of
from archive.targets.protocol import CHUNK, Context

OPTIONS = ("seconds", "plain_http")
"""The options of every target over HTTP."""

Document = TypeVar("Document")

_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 5
_PARTIAL = 206


@cache
def _trusted() -> Any:
    """The authorities trusted to vouch for a server: read once, for it takes a while."""
    import httpx

    return httpx.create_ssl_context()


class HttpClient:
    """Requests to one server. The credential goes there and nowhere else."""

    def __init__(self, base: str, credentials: Credentials, *, seconds: int, label: str) -> None:
        try:
            import httpx
        except ImportError:
            raise UsageError("this target needs the extra `web`", remedy="Run: pip install 'muniment[web]'") from None
        headers = {"User-Agent": "muniment"}
        authority = None
        if credentials.token is not None:
            headers["Authorization"] = f"Bearer {credentials.token.reveal()}"
        elif credentials.user and credentials.password is not None:
            authority = httpx.BasicAuth(credentials.user, credentials.password.reveal())
        self.base = httpx.URL(base)
        self._label = label
        plain: dict[str, Any] = {"timeout": seconds, "follow_redirects": False, "verify": _trusted()}
        self._client = httpx.Client(headers=headers, auth=authority, **plain)
        self._stranger = httpx.Client(headers={"User-Agent": "muniment"}, **plain)

    def resolve(self, address: str) -> str:
        """An address that the server gave, absolute. Raises `RefusedError` when it leads to another server."""
        url = self.base.join(address)
        if not self._is_ours(url):
            raise RefusedError("the server redirects to another server", subject=self._label)
        return str(url)

    def ask(
        self,
        method: str,
        address: str,
        *,
        content: bytes | Iterator[bytes] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        allow: tuple[int, ...] = (),
    ) -> Any:
        """One request and its whole answer, an httpx.Response of status 2xx or of one in `allow`.

        Raises archive errors. A redirection is refused: what changes something is not sent to an unnamed address.
        """
        import httpx

        try:
            answer = self._client.request(
                method, self.resolve(address), content=content, json=json, headers=dict(headers or {})
            )
        except httpx.HTTPError as error:
            raise self._lost(error) from error
        if not answer.is_success and answer.status_code not in allow:
            raise self._translate(answer)
        return answer

    def stream(
        self,
        address: str,
        headers: Mapping[str, str] | None = None,
        check: Callable[[Any], None] | None = None,
    ) -> Iterator[bytes]:
        """The body of a GET in chunks, as it is stored: no content coding is asked for and none undone.

        A redirection is followed, within the server with the credential, to another one (a store behind a repository)
        without it and never from https to http. `check` sees the answer before its body and may raise. A body shorter
        than announced is a `TransientError`.
        """
        import httpx

        url = httpx.URL(self.resolve(address))
        asked = {"Accept-Encoding": "identity", **(headers or {})}
        try:
            for _ in range(_MAX_REDIRECTS):
                client = self._client if self._is_ours(url) else self._stranger
                with client.stream("GET", url, headers=asked) as answer:
                    if answer.status_code in _REDIRECTS and "Location" in answer.headers:
                        url = self._follow(url, answer.headers["Location"])
                        continue
                    if not answer.is_success:
                        answer.read()
                        raise self._translate(answer)
                    if check is not None:
                        check(answer)
                    yield from answer.iter_raw(CHUNK)
                    return
        except httpx.HTTPError as error:
            raise self._lost(error) from error
        raise RefusedError("the server redirects in a loop", subject=self._label)

    def stream_from(self, address: str, offset: int) -> Iterator[bytes]:
        """The body of a GET from `offset` on. What a server sends before it, one that knows no ranges, is left out."""
        if not offset:
            yield from self.stream(address)
            return
        ahead = offset

        def check(answer: Any) -> None:
            nonlocal ahead
            if answer.status_code == _PARTIAL:
                if not answer.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
                    raise RefusedError("the server sent a different part than was requested", subject=self._label)
                ahead = 0

        for chunk in self.stream(address, {"Range": f"bytes={offset}-"}, check):
            rest, ahead = chunk[ahead:], max(0, ahead - len(chunk))
            if rest:
                yield rest

    def close(self) -> None:
        self._client.close()
        self._stranger.close()

    def _is_ours(self, url: Any) -> bool:
        return (url.scheme, url.host, url.port) == (self.base.scheme, self.base.host, self.base.port)

    def _follow(self, url: Any, location: str) -> Any:
        target = url.join(location)
        if target.scheme not in ("http", "https") or (url.scheme == "https" and target.scheme != "https"):
            raise RefusedError("the server redirects to an address without encryption", subject=self._label)
        return target

    def _lost(self, error: Exception) -> TransientError:
        return TransientError(lost_words(error), subject=self._label)

    def _translate(self, answer: Any) -> ArchiveError:
        status = answer.status_code
        words = words_of(f"the server says {status}: {answer.text}")
        if status in (401, 403):
            return NotAuthorisedError(words, subject=self._label)
        if status in (404, 410):
            return NotFoundError(words, subject=self._label)
        if status in (413, 507):
            return NoSpaceError(words, subject=self._label)
        if status in (408, 423, 425, 429) or status >= 500:
            return TransientError(words, subject=self._label, pause=pause_of(answer.headers))
        return RefusedError(words, subject=self._label)


def read_answer(reader: Callable[[bytes], Document], answer: Any, label: str) -> Document:
    """What `reader` makes of an answer's XML. Raises `RefusedError` when it is none."""
    try:
        return reader(answer.content)
    except FormatError as error:
        raise RefusedError(f"the server's answer is not XML: {error.problem}", subject=label) from error


def open_client(url: str, context: Context) -> tuple[str, HttpClient]:
    """The address behind `KIND+http[s]://...`, and a client for its server with the target's credential.

    A credential goes over plain HTTP to this machine only, unless the option `plain_http` allows more. Raises
    `UsageError` and `NotAuthorisedError`.
    """
    plain = url.partition("+")[2]
    shown = without_secrets(plain)
    parts = urlsplit(plain)
    if not parts.hostname:
        raise UsageError("the address has no host", subject=url[:80])
    options = context.options
    found = find_credentials(context.name, options, context.environ, service=f"muniment {parts.hostname}")
    secret = found.token is not None or found.password is not None
    if secret and parts.scheme.lower() == "http" and not _is_loopback(parts.hostname) and not options.get("plain_http"):
        raise UsageError(
            "the credential would be sent over the network without encryption", subject=shown,
            remedy="Use https, or set `plain_http = true` where the connection is secured in another way",
        )  # fmt: skip
    seconds = int(options.get("seconds", context.settings.deposit.seconds))
    return plain, HttpClient(plain, found, seconds=seconds, label=shown)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
