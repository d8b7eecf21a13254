"""A cluster of our own ends with the program that started it, whatever its workers are doing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os
import signal

from archive.storage.dask_cluster import DaskCluster


def main():
    cluster = DaskCluster(None, 2)
    worker = next(iter(cluster._own.workers.values())).pid
    os.kill(worker, signal.SIGSTOP)
    close = cluster._own.close
    cluster._own.close = lambda timeout: close(timeout=timeout * SHARE)
    cluster.close()
    print(worker)


if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("share", ["1", "0.001"], ids=["in time", "out of time"])
def test_a_worker_that_is_stopped_keeps_nobody_waiting(share: str, tmp_path: Path, checkout: Path) -> None:
    pytest.importorskip("distributed")
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.replace("SHARE", share))
    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, timeout=120, check=True,
        env={"PYTHONPATH": str(checkout), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert not Path(f"/proc/{done.stdout.strip()}").exists(), done.stdout
