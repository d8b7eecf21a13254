"""A stand-in for an S3 store with object lock and versions: moto's server (PyPI), which keeps all in memory.

No store that really locks can run in the tests. moto is written from the published API by others than us; it does not
give a lock to an object that came in parts.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from tests.support.s3_server import await_port, free_port

KEYS = {"AWS_ACCESS_KEY_ID": "stand-in", "AWS_SECRET_ACCESS_KEY": "stand-in-secret"}


@contextlib.contextmanager
def start_moto() -> Iterator[str]:
    """Serve until the block ends; gives the endpoint. Raises RuntimeError when it does not start."""
    port = free_port()
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env={**os.environ, "PYTHONWARNINGS": "ignore"}, **quiet,
    )  # fmt: skip
    try:
        await_port(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
