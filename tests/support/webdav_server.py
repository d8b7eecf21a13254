"""A real WebDAV server for tests: `rclone serve webdav` over a folder, on a free port of the loopback interface."""

from __future__ import annotations

import contextlib
import os
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from tests.support.needing import need
from tests.support.s3_server import CACHE_SECONDS, await_port, free_port

USER, PASSWORD = "depositor", "webdav-fixture-password"


@dataclass(slots=True)
class WebdavServer:
    """A running server: its port, the folder that it serves, and how to stop and start it again at the same address.

    It believes for a second what it listed before: what a test changes it changes with `put` and `delete`.
    """

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        secret = {"RCLONE_CONFIG": os.devnull, "RCLONE_USER": USER, "RCLONE_PASS": PASSWORD}
        self.process = subprocess.Popen(
            [need("rclone"), "serve", "webdav", "--addr", f"127.0.0.1:{self.port}", "--vfs-cache-mode", "off",
             "--dir-cache-time", f"{CACHE_SECONDS}s", str(self.folder)],
            env={**os.environ, **secret}, **quiet,
        )  # fmt: skip
        await_port(self.port, self.process)

    def stop(self) -> None:
        """Kill it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def put(self, path: str, content: bytes) -> None:
        """Store a file as another client would; the folder it is in is made."""
        for folder in reversed(PurePosixPath(path).parents[:-1]):
            self._ask("MKCOL", f"{folder}/")
        assert self._ask("PUT", path, content) in (200, 201, 204)

    def delete(self, path: str) -> None:
        assert self._ask("DELETE", path) in (200, 204)

    def _ask(self, method: str, path: str, content: bytes = b"") -> int:
        request = Request(self.url + quote(path), content or None, method=method)  # noqa: S310 - our own server
        request.add_header("Authorization", "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode())
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
                return int(answer.status)
        except HTTPError as error:
            with error:
                return error.code


@contextlib.contextmanager
def start_webdav(folder: Path) -> Iterator[WebdavServer]:
    """Serve `folder`, which is made, until the block ends. Raises RuntimeError when it does not start."""
    folder.mkdir(parents=True, exist_ok=True)
    server = WebdavServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
