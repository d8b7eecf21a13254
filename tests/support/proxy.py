"""A TCP proxy that misbehaves on purpose: it cuts, it is slow, it goes away and comes back."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator


class Proxy:
    """Between a client and `target` (host, port). Change its fields while it runs.

    `cut_after` ends a connection once the server has sent that many bytes over it; `rate` is bytes a second from the
    client on, 0 for no limit; `cuts` is how many connections may still be cut.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.cut_after = 0
        self.cut_upload_after = 0
        self.cuts = 0
        self.done = 0
        self.rate = 0
        self.spoil_upload_at = 0
        self.sent_up = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._open = True
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while self._open:
            try:
                near, _ = self._socket.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self.target, 5)
            except OSError:
                near.close()
                continue
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, sink, up in ((near, far, True), (far, near, False)):
                thread = threading.Thread(target=self._pump, args=(source, sink, up), daemon=True)
                thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 15):
                limit = self.cut_upload_after if up else self.cut_after
                if limit and self.cuts and passed + len(data) > limit:
                    self.cuts -= 1
                    self.done += 1
                    break
                place = self.spoil_upload_at - passed
                if up and self.spoil_upload_at and 0 <= place < len(data):
                    data = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]
                    self.done += 1
                if up and self.rate:
                    time.sleep(len(data) / self.rate)
                sink.sendall(data)
                passed += len(data)
                self.sent_up += len(data) if up else 0
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self) -> None:
        self._open = False
        self._socket.close()


@contextlib.contextmanager
def start_proxy(host: str, port: int) -> Iterator[Proxy]:
    """A proxy before host:port until the block ends."""
    proxy = Proxy((host, port))
    try:
        yield proxy
    finally:
        proxy.close()
