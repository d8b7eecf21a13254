"""What the targets over HTTP share: one client with our credential, and the server's answers in our errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archive.errors import ArchiveError, NoSpaceError, NotAuthorisedError, NotFoundError, UsageError
from archive.storage.credentials import Credentials
from archive.storage.remote import RefusedError, TransientError, words_of
from archive.targets.protocol import CHUNK


class HttpClient:
    """Requests to one server. Redirects are followed only within it, so that a credential never goes elsewhere."""

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
        self._client = httpx.Client(headers=headers, auth=authority, timeout=seconds, follow_redirects=False)

    def resolve(self, address: str) -> str:
        """An address that the server gave, absolute. Raises `RefusedError` when it leads to another server."""
        url = self.base.join(address)
        if (url.scheme, url.host, url.port) != (self.base.scheme, self.base.host, self.base.port):
            raise RefusedError("the server sends us to another server", subject=self._label)
        return str(url)

    def ask(
        self,
        method: str,
        address: str,
        *,
        content: bytes | Iterator[bytes] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """One request and its whole answer, an httpx.Response of status 2xx. Raises archive errors."""
        import httpx

        try:
            answer = self._client.request(
                method, self.resolve(address), content=content, json=json, headers=dict(headers or {})
            )
        except httpx.HTTPError as error:
            raise TransientError(f"the connection failed: {type(error).__name__}", subject=self._label) from error
        if not answer.is_success:
            raise self._translate(answer.status_code, answer.text)
        return answer

    def stream(self, address: str) -> Iterator[bytes]:
        """The body of a GET in chunks. A body shorter than announced is a `TransientError`."""
        import httpx

        try:
            with self._client.stream("GET", self.resolve(address)) as answer:
                if not answer.is_success:
                    answer.read()
                    raise self._translate(answer.status_code, answer.text)
                yield from answer.iter_bytes(CHUNK)
        except httpx.HTTPError as error:
            raise TransientError(f"the connection failed: {type(error).__name__}", subject=self._label) from error

    def close(self) -> None:
        self._client.close()

    def _translate(self, status: int, text: str) -> ArchiveError:
        words = words_of(f"the server says {status}: {text}")
        if status in (401, 403):
            return NotAuthorisedError(words, subject=self._label)
        if status in (404, 410):
            return NotFoundError(words, subject=self._label)
        if status in (413, 507):
            return NoSpaceError(words, subject=self._label)
        if status in (408, 425, 429) or status >= 500:
            return TransientError(words, subject=self._label)
        return RefusedError(words, subject=self._label)
