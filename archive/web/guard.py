"""What every request must pass before a page sees it, and the headers that every answer gets.

The desk listens on loopback only, but any web page that the user visits can send requests there. So: the Host header
must name the desk itself (a foreign name that was rebound to 127.0.0.1 is refused), a request that changes something
must come from a page of the desk (Origin), and all but the opening address needs the session cookie. Forms are checked
for their token by `visit.action`. Rests on RFC 9110, 7.2 (Host), the Fetch standard (Origin), and CSP level 3.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.web.sessions import Sessions

SAFE_METHODS = frozenset({"GET", "HEAD"})
LARGEST_FORM = 1 << 20
"""The most bytes of a request's body, but for uploads, which have a limit of their own."""

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self';"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
OPENING = "/open"
_WITHOUT_SESSION = (OPENING, "/static/")
_ALLOWED_READ_ONLY = frozenset({"/language"})


class TooLargeError(Exception):
    """More bytes came than a request may have."""


class Guard:
    """ASGI middleware around all pages. `uploads` are the paths whose bodies may have `largest_upload` bytes."""

    def __init__(
        self, app: ASGIApp, *, port: int, sessions: Sessions, read_only: bool, uploads: frozenset[str],
        largest_upload: int,
    ) -> None:  # fmt: skip
        self._app = app
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
        self._cookie = cookie_name(port)
        self._sessions = sessions
        self._read_only = read_only
        self._uploads = uploads
        self._largest_upload = largest_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        guarded = _with_headers(send)
        refused = self._refuse(scope)
        if refused is not None:
            await refused(scope, receive, guarded)
            return
        path = scope["path"]
        limit = self._largest_upload if path in self._uploads else LARGEST_FORM
        try:
            await self._app(scope, _limited(receive, limit), guarded)
        except TooLargeError:
            await _refusal(413, "The request is too large.")(scope, receive, guarded)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return _refusal(421, "This address is not that of the desk.")
        method, path = scope["method"], scope["path"]
        if method not in SAFE_METHODS:
            if method != "POST":
                return _refusal(405, "This method is not used here.")
            if headers.getlist("origin") != [f"http://{hosts[0].lower()}"]:
                return _refusal(403, "This request did not come from a page of the desk.")
            if self._read_only and path not in _ALLOWED_READ_ONLY:
                return _refusal(403, "The desk was started with --read-only: nothing can be changed.")
            limit = self._largest_upload if path in self._uploads else LARGEST_FORM
            length = headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > limit:
                return _refusal(413, "The request is too large.")
        if path.startswith(_WITHOUT_SESSION):
            return None
        session = session_of(headers, self._cookie)
        if session is None or not self._sessions.knows(session):
            return _refusal(
                403,
                "No session. Open the address that the terminal shows; it works once. For a new one, run archive desk"
                " again.",
            )
        scope["session"] = session
        return None


def cookie_name(port: int) -> str:
    """The session cookie's name; cookies do not know ports, and two desks must not take each other's."""
    return f"muniment-desk-{port}"


def session_of(headers: Headers, cookie: str) -> str | None:
    """The session's secret from the request's cookies."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(cookie)
    except CookieError:
        return None
    return None if found is None else found.value


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            del headers["server"]
        await send(message)

    return sending


def _limited(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLargeError
        return message

    return receiving


def _refusal(status: int, text: str) -> Response:
    return PlainTextResponse(f"{text}\n", status)
