"""Deposits with read-back, against `rclone copy --checksum` and plain `cp` with sha512sum, on one bag in one run.

    python benchmarks/deposit.py [--megabytes 200] [--files 2000] [--scaling]

Prints wall and CPU seconds of each, children included. `--scaling` deposits bags of 1, 2, 4 and 8 times the files and
shows the cost of a file, which should not grow.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.deposit_bags import write_bag


def measure(action: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of `action`, with the processes it starts."""

    def used() -> float:
        own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime

    wall, cpu = time.perf_counter(), used()
    action()
    return time.perf_counter() - wall, used() - cpu


def run(*command: str, cwd: Path, **environment: str) -> None:
    subprocess.run(
        command,
        cwd=cwd,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )


def make_bag(folder: Path, megabytes: int, files: int) -> Path:
    """A bag with `files` small files and one of `megabytes` MB."""
    content = {f"part{n // 200}/file {n}.txt": hashlib.sha512(str(n).encode()).digest() * 32 for n in range(files)}
    return write_bag(folder, content, large=megabytes * 1_000_000 if megabytes else 0)


def deposit(bag: Path, target: str, folder: Path) -> None:
    root = str(Path(__file__).resolve().parent.parent)
    run(sys.executable, "-m", "archive", "deposit", str(bag), target, "-q", cwd=folder, PYTHONPATH=root)


def copy_and_hash(bag: Path, target: Path) -> None:
    """What a careful person does: copy, then hash both sides."""
    shutil.copytree(bag, target)
    for side in (bag, target):
        subprocess.run(
            ["sh", "-c", "find . -type f -print0 | sort -z | xargs -0 sha512sum > /dev/null"], cwd=side, check=True
        )


def compare(megabytes: int, files: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        bag = make_bag(folder / "bag", megabytes, files)
        size = sum(path.stat().st_size for path in bag.rglob("*") if path.is_file())
        print(f"{files} files and one of {megabytes} MB: {size / 1e6:.0f} MB")
        rclone = str(Path(sys.executable).parent / "rclone")
        rows = {
            "cp, sha512sum on both sides": lambda: copy_and_hash(bag, folder / "cp"),
            "rclone copy --checksum": lambda: run(
                rclone, "copy", "--checksum", str(bag), str(folder / "rclone"), cwd=folder, RCLONE_CONFIG=os.devnull
            ),
            "archive validate": lambda: run(
                sys.executable, "-m", "archive", "validate", str(bag), "-q", cwd=folder,
                PYTHONPATH=str(Path(__file__).resolve().parent.parent),
            ),
            "archive deposit dir: (validate, send, read back)": lambda: deposit(bag, f"dir:{folder}/dir", folder),
            "archive deposit ocfl: (validate, send, read back)": lambda: deposit(bag, f"ocfl:{folder}/ocfl", folder),
        }  # fmt: skip
        for name, action in rows.items():
            wall, cpu = measure(action)
            print(f"{name:<52} {wall:7.2f} s wall  {cpu:7.2f} s CPU  {size / 1e6 / wall:7.0f} MB/s")


def scale() -> None:
    for factor in (1, 2, 4, 8):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            bag = make_bag(folder / "bag", 0, 1000 * factor)
            for target in ("dir", "ocfl"):
                wall, cpu = measure(partial(deposit, bag, f"{target}:{folder}/{target}", folder))
                each = cpu * 1e6 / (1000 * factor)
                print(
                    f"{target:<5} {1000 * factor:6} files {wall:7.2f} s wall {cpu:7.2f} s CPU {each:7.0f} µs CPU/file"
                )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--scaling", action="store_true")
    given = parser.parse_args()
    compare(given.megabytes, given.files)
    if given.scaling:
        scale()
