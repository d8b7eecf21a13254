"""A real S3 server for tests: `rclone serve s3` over a folder, on a free port of the loopback interface.

Its folder cache lives for a second: with none at all rclone forgets and lists its folders without end once there are
nested ones, and hardly answers. So what a test changes behind the server's back is seen after `forget_folders`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.needing import need

CACHE_SECONDS = 1


@dataclass(slots=True)
class S3Server:
    """A running server: the folder that it serves, its port, the one key pair it accepts, how to stop and start it."""

    folder: Path
    port: int
    key: str = field(default_factory=lambda: "TESTKEY" + secrets.token_hex(4))
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve, at the same address as before. Raises RuntimeError when it does not start."""
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "RCLONE_CONFIG": os.devnull, "RCLONE_AUTH_KEY": f'"{self.key},{self.secret}"'}
        self.process = subprocess.Popen(
            [need("rclone"), "serve", "s3", "--addr", f"127.0.0.1:{self.port}", "--vfs-cache-mode", "off",
             "--dir-cache-time", f"{CACHE_SECONDS}s", "--no-checksum", str(self.folder)],
            env=environment, **quiet,
        )  # fmt: skip
        await_port(self.port, self.process)

    def stop(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def start_rclone_s3(folder: str | Path, port: int = 0) -> Iterator[S3Server]:
    """Serve `folder` (each folder in it is a bucket) until the block ends. Raises RuntimeError when it does not start.

    `port` 0 takes a free one; give the port of an earlier server to come back at the same address.
    """
    server = S3Server(Path(folder), port or free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def forget_folders() -> None:
    """Wait until the server no longer believes what it listed before."""
    time.sleep(CACHE_SECONDS + 0.2)


def free_port() -> int:
    """A port of the loopback interface that is free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_port(port: int, process: subprocess.Popen[bytes], seconds: float = 20.0) -> None:
    """Wait until `process` listens there. Raises RuntimeError when it ends or takes too long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"rclone ended with {process.returncode} instead of serving")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.05)
    raise RuntimeError("rclone did not answer in time")
