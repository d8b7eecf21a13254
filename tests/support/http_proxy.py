"""An HTTP proxy that misbehaves on purpose, request by request: a body cut short, an answer lost."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

_LONG = 1 << 17
"""Bodies from this size on are taken for a bag's content; what is smaller is talk between client and server."""


@dataclass(slots=True)
class Head:
    """The head of a request or an answer."""

    first: str
    fields: list[tuple[str, str]]

    def value(self, name: str) -> str:
        return next((value for key, value in self.fields if key.lower() == name), "")

    def put(self, name: str, value: str | None) -> None:
        self.fields = [one for one in self.fields if one[0].lower() != name]
        if value is not None:
            self.fields.append((name, value))

    def encode(self) -> bytes:
        lines = [self.first, *(f"{key}: {value}" for key, value in self.fields), "", ""]
        return "\r\n".join(lines).encode("latin-1")


@dataclass(slots=True)
class HttpProxy:
    """Between a client and `target`. Change its fields while it runs; `done` counts what it has spoilt.

    `cut_request` and `cut_answer` take a third of every long body away, with a Content-Length that fits, so that each
    side takes what it gets for whole. `lose` says of a request, by method and path, whether its answer is lost: then
    the link is `down` until it is put up again. `after` is called between a request's answer and its way back.
    """

    target: tuple[str, int]
    port: int = 0
    cut_request: bool = False
    cut_answer: bool = False
    down: bool = False
    lose: Callable[[str, str], bool] | None = None
    after: Callable[[str, str], None] | None = None
    done: int = 0

    def serve(self, near: socket.socket) -> None:
        """Carry one connection's requests until either side ends it."""
        with near, contextlib.suppress(OSError, ValueError):
            far = socket.create_connection(self.target, 5)
            far.settimeout(120)
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with far, near.makefile("rb") as asked, far.makefile("rb") as answered:
                while not self.down and self._exchange(asked, near, answered, far):
                    pass

    def _exchange(self, asked: BinaryIO, near: socket.socket, answered: BinaryIO, far: socket.socket) -> bool:
        request = _read_head(asked)
        if request is None:
            return False
        method, path = request.first.split(" ")[:2]
        if request.value("expect"):
            near.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.put("expect", None)
        body = _read_body(asked, request, whole=False)
        self._send(far, request, self._cut(body) if self.cut_request else body, had_body=bool(body))
        answer = _read_head(answered)
        while answer is not None and answer.first.split(" ")[1].startswith("1"):
            answer = _read_head(answered)
        if answer is None:
            return False
        bodiless = method == "HEAD" or answer.first.split(" ")[1] in ("204", "304")
        content = b"" if bodiless else _read_body(answered, answer, whole=True)
        if self.lose is not None and self.lose(method, path):
            self.done += 1
            self.down = True
            return False
        if self.after is not None:
            self.after(method, path)
        self._send(near, answer, self._cut(content) if self.cut_answer else content, had_body=not bodiless)
        return answer.value("connection").lower() != "close"

    def _cut(self, body: bytes) -> bytes:
        if len(body) < _LONG:
            return body
        self.done += 1
        return body[: len(body) * 2 // 3]

    @staticmethod
    def _send(sink: socket.socket, head: Head, body: bytes, *, had_body: bool) -> None:
        if had_body:
            head.put("transfer-encoding", None)
            head.put("content-length", str(len(body)))
        sink.sendall(head.encode() + body)


def _read_head(source: BinaryIO) -> Head | None:
    first = source.readline().decode("latin-1").strip()
    if not first:
        return None
    fields = []
    while line := source.readline().decode("latin-1").strip():
        key, _, value = line.partition(":")
        fields.append((key, value.strip()))
    return Head(first, fields)


def _read_body(source: BinaryIO, head: Head, *, whole: bool) -> bytes:
    """The body; with `whole` one without a length lasts until the connection ends."""
    if head.value("transfer-encoding").lower() == "chunked":
        body = b""
        while size := int(source.readline().split(b";")[0], 16):
            body += source.read(size)
            source.readline()
        while source.readline().strip():
            pass
        return body
    if head.value("content-length"):
        return source.read(int(head.value("content-length")))
    if whole:
        head.put("connection", "close")
        return source.read()
    return b""


@contextlib.contextmanager
def start_http_proxy(host: str, port: int) -> Iterator[HttpProxy]:
    """A proxy before host:port until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = HttpProxy((host, port), int(listener.getsockname()[1]))
        threading.Thread(target=_accept, args=(listener, proxy), daemon=True).start()
        yield proxy
        proxy.down = True


def _accept(listener: socket.socket, proxy: HttpProxy) -> None:
    with contextlib.suppress(OSError):
        while True:
            near, _ = listener.accept()
            if proxy.down:
                near.close()
                continue
            near.settimeout(120)
            threading.Thread(target=proxy.serve, args=(near,), daemon=True).start()
