"""A TCP proxy that misbehaves on purpose: it cuts, it is slow, it goes away and comes back."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator


class Proxy:
    """Between a client and `target` (host, port). Change its fields while it runs.

    `cut_after` ends a connection once the server has sent that many bytes over it; `rate` is bytes a second from the
    client on, 0 for no limit; `cuts` is how many connections may still be cut. `swap` is what is replaced in what the
    client sends, by bytes of the same length. Once `sent_up` has reached `call_at`, `call` is done, once. While
    `stalled`, which begins with the byte `stall_at`, connections stay open and nothing passes;
    while `down`, there are none.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.cut_after = 0
        self.cut_upload_after = 0
        self.cuts = 0
        self.done = 0
        self.rate = 0
        self.spoil_upload_at = 0
        self.swap: tuple[bytes, bytes] | None = None
        self.sent_up = 0
        self.down = False
        self.stalled = False
        self.stall_at = 0
        self.call_at = 0
        self.call: Callable[[], None] | None = None
        self.called = threading.Event()
        self._calling = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 15)
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
            with self._calling:  # what `call` stops and starts is back before anybody is let through
                pass
            if self.down:
                near.close()
                continue
            try:
                far = socket.create_connection(self.target, 5)
            except OSError:
                near.close()
                continue
            self._connections |= {near, far}
            for one in (near, far):
                one.settimeout(None)
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, sink, up in ((near, far, True), (far, near, False)):
                thread = threading.Thread(target=self._pump, args=(source, sink, up), daemon=True)
                thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while not self.down and (data := source.recv(1 << 15)):
                limit = self.cut_upload_after if up else self.cut_after
                if limit and self.cuts and passed + len(data) > limit:
                    self.cuts -= 1
                    self.done += 1
                    break
                place = self.spoil_upload_at - passed
                if up and self.spoil_upload_at and 0 <= place < len(data):
                    data = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]
                    self.done += 1
                if up and self.swap:
                    data = data.replace(*self.swap)
                if up and self.rate:
                    time.sleep(len(data) / self.rate)
                self.stalled = self.stalled or bool(self.stall_at and self.sent_up + len(data) > self.stall_at)
                while self.stalled and self._open:
                    time.sleep(0.02)
                sink.sendall(data)
                passed += len(data)
                self.sent_up += len(data) if up else 0
                self._call_once()
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            self._connections.discard(one)
            one.close()

    def drop(self) -> None:
        """End every connection that there is."""
        for one in list(self._connections):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _call_once(self) -> None:
        with self._calling:
            if self.call is not None and self.sent_up >= self.call_at:
                call, self.call = self.call, None
                call()
                self.called.set()

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
