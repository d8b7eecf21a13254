"""rclone serving S3 for deposit tests: like `s3_server`, but with a folder cache that lives for a moment.

With none at all rclone forgets and lists its folders without end once there are nested ones, and hardly answers.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.s3_server import S3Server, find_rclone


@contextlib.contextmanager
def start_store(folder: Path, port: int = 0) -> Iterator[S3Server]:
    """Serve `folder`, each folder in it a bucket, until the block ends; `port` to come back at an earlier address."""
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
    key, secret = "TESTKEY" + secrets.token_hex(4), secrets.token_hex(16)
    environment = {**os.environ, "RCLONE_CONFIG": os.devnull, "RCLONE_AUTH_KEY": f'"{key},{secret}"'}
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(
        [find_rclone(), "serve", "s3", "--addr", f"127.0.0.1:{port}", "--vfs-cache-mode", "off",
         "--dir-cache-time", "1s", "--no-checksum", str(folder)],
        env=environment, **quiet,
    )  # fmt: skip
    try:
        _await(port, process)
        yield S3Server(f"http://127.0.0.1:{port}", key, secret, process)
    finally:
        process.kill()
        process.wait()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"rclone ended with {process.returncode} instead of serving")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.05)
    raise RuntimeError("rclone did not answer in time")
