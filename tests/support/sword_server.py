"""A SWORDv2 server for tests, after the published Profile 2.0 (sections 6 to 11): one collection, zips in memory.

It checks what the profile says a server checks: the credential, Content-MD5, Packaging, In-Progress. Faults are set
from outside.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USER, PASSWORD = "depositor", "sword-fixture-password"
BAGIT = "http://purl.org/net/sword/package/BagIt"


@dataclass(slots=True)
class SwordServer:
    """The server's content and its faults. `spoil` stores another byte.

    `lose_answer` stores and then hangs up, `lose_completion` completes and then hangs up, once. A deposit that is
    complete takes nothing more.
    """

    port: int = 0
    deposits: dict[str, bytes] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)
    polls: int = 0
    verdict: str = "archived"
    pending: int = 1
    full: bool = False
    lose_answer: bool = False
    lose_completion: bool = False
    spoil: bool = False
    gives_back: bool = True
    packaging: str = BAGIT

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/servicedocument"


def _handler(state: SwordServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return None

        def _allowed(self) -> bool:
            wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            if self.headers.get("Authorization") == wanted:
                return True
            self._read()
            self._answer(401, b"who are you?")
            return False

        def _read(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _in_progress(self) -> bool:
            return self.headers.get("In-Progress", "false").lower() == "true"

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.close()

        def _answer(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _entry(self, name: str) -> bytes:
            base = f"http://127.0.0.1:{state.port}"
            media = f'<link rel="edit-media" href="{base}/media/{name}"/>' if state.gives_back else ""
            return (
                '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:sword="http://purl.org/net/sword/terms/">'
                f'<id>urn:{name}</id><link rel="edit" href="{base}/edit/{name}"/>{media}'
                f'<link rel="http://purl.org/net/sword/terms/add" href="{base}/edit/{name}"/>'
                f'<link rel="http://purl.org/net/sword/terms/statement" href="{base}/statement/{name}"/>'
                "<sword:treatment>stored as it came</sword:treatment></entry>"
            ).encode()

        def do_GET(self) -> None:
            if not self._allowed():
                return
            kind, _, name = self.path.strip("/").partition("/")
            if kind == "servicedocument":
                self._answer(
                    200,
                    b'<service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom">'
                    b"<workspace><atom:title>W</atom:title>"
                    b'<collection href="/collection"><atom:title>Theses</atom:title></collection>'
                    b"</workspace></service>",
                )
            elif name not in state.deposits:
                self._answer(404, b"no such deposit")
            elif kind == "edit":
                self._answer(200, self._entry(name))
            elif kind == "media" and state.gives_back:
                self._answer(200, state.deposits[name])
            elif kind == "statement":
                state.polls += 1
                word = state.verdict if state.polls > state.pending else "processing"
                word = word if name in state.complete else "inprogress"
                self._answer(
                    200,
                    '<feed xmlns="http://www.w3.org/2005/Atom"><category '
                    'scheme="http://purl.org/net/sword/terms/state" '
                    f'term="http://example.org/state/{word}">in words</category></feed>'.encode(),
                )
            else:
                self._answer(405, b"not here")

        def do_POST(self) -> None:
            if not self._allowed():
                return
            body = self._read()
            kind, _, name = self.path.strip("/").partition("/")
            if kind == "collection":
                self._create(body)
            elif kind == "edit" and name in set(state.deposits) - state.complete and not self._in_progress():
                state.complete.add(name)
                if state.lose_completion:
                    state.lose_completion = False
                    self._hang_up()
                else:
                    self._answer(200, self._entry(name))
            else:
                self._answer(400, b"not so")

        def _create(self, body: bytes) -> None:
            if state.full:
                self._answer(507, b"no room left")
            elif self.headers.get("Packaging") != state.packaging:
                self._answer(415, b"http://purl.org/net/sword/error/ErrorContent")
            elif self.headers.get("Content-MD5") != hashlib.md5(body).hexdigest():
                self._answer(412, b"http://purl.org/net/sword/error/ErrorChecksumMismatch")
            else:
                name = f"d{len(state.deposits) + 1}"
                state.deposits[name] = body[:-1] + b"?" if state.spoil else body
                if not self._in_progress():
                    state.complete.add(name)
                if state.lose_answer:
                    self._hang_up()
                    return
                self._answer(201, self._entry(name), Location=f"/edit/{name}")

    return Handler


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Quiet about clients that were killed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextlib.contextmanager
def start_sword() -> Iterator[SwordServer]:
    """Serve until the block ends."""
    state = SwordServer()
    server = _Server(("127.0.0.1", 0), _handler(state))
    state.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
