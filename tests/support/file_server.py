"""A web server on the loopback address that serves files with ranges, and misbehaves on request."""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Served:
    """What the server has: files by path, and what it does instead for some paths.

    `asked` are the requests as path and Range header; `headers` those of each. `acts` gets the handler and answers.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    acts: dict[str, Callable[[Handler], None]] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    version: str = "1"
    port: int = 0
    host: str = "127.0.0.1"
    scheme: str = "http"

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def etag(self, content: bytes) -> str:
        return f'"{hashlib.sha256(content + self.version.encode()).hexdigest()[:16]}"'


class Handler(BaseHTTPRequestHandler):
    """Answers GET as `Served` says."""

    protocol_version = "HTTP/1.1"
    served: Served

    def do_GET(self) -> None:
        self.served.asked.append((self.path, self.headers.get("Range")))
        self.served.headers.append(dict(self.headers.items()))
        act = self.served.acts.get(self.path)
        if act is not None:
            act(self)
        elif self.path not in self.served.files:
            self.send_error(404)
        else:
            self.send_content(self.served.files[self.path])

    def send_content(self, content: bytes, *, most: int | None = None, say: bool = True) -> None:
        """The content, or the range that is asked for if it is still the same; cut off after `most` bytes."""
        tag = self.served.etag(content)
        span = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        begin = int(span[1]) if span and self.headers.get("If-Range") == tag else 0
        if span and begin >= len(content):
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = content[begin:]
        self.send_response(206 if begin else 200)
        self.send_header("ETag", tag)
        if say:
            self.send_header("Content-Length", str(len(body)))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body if most is None else body[:most])
            self.wfile.flush()
        if most is not None or not say:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def redirect(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def trickle(self, seconds: float) -> None:
        """A head, then a byte now and then."""
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        end = time.monotonic() + seconds
        with contextlib.suppress(OSError):
            while time.monotonic() < end:
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        del args


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    """With the library's 5, connections of eight workers are dropped now and then."""

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is no failure of the test."""


@contextlib.contextmanager
def serve(host: str = "127.0.0.1", certificate: Path | None = None) -> Iterator[Served]:
    """A server at `host` until the context ends; over TLS where there is a `certificate`, with its key in one file."""
    served = Served(host=host, scheme="http" if certificate is None else "https")
    server = _Server((host, 0), type("OwnHandler", (Handler,), {"served": served}))
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    served.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
