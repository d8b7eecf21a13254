"""Cutting a creation off, or making a system call fail, at a chosen call: by strace, on a real process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.support.making import ROOT

CALLS = (
    "openat", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "write", "close", "readv", "newfstatat", "fstat",
    "getdents64", "renameat2", "rename", "symlink", "fsync", "syncfs", "utimensat", "flock", "read", "lseek",
    "readlink", "readlinkat", "ioctl", "linkat",
)  # fmt: skip
"""What touches the file system on its way through a creation."""

_LIMIT = 600
"""Seconds that a run may take, which takes some two on a machine without other work."""

_MARK = "/begin-of-the-sweep"
_RUNNER = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from archive.cli.app import run
warm, *words = sys.argv[1:]
sys.stdout = open(os.devnull, "w")
for number, extra in enumerate(([], ["--serialize", "zip"])):
    assert run(["create", warm, "--to", warm + "-out%d" % number, "--plain", "--quiet", *extra]) == 0
import archive.cli.fetch, archive.cli.join, archive.cli.unpack, archive.reporting.fetching, archive.reporting.placed
import archive.stages.exporting.joining, archive.stages.exporting.unpacking, archive.stages.fetching.completing
import email.parser, archive.bags.tar_reader
"x".encode("idna")
if words[0] == "update":
    bag = os.path.join(warm + "-out0", os.path.basename(warm))
    for extra in (["--add", words[0]], ["--rename", words[0], "renamed"]):
        open(words[0], "w").close()
        assert run(["update", bag, "--keep-old", warm + "-old", "--quiet", *extra]) == 0
sys.stdout = sys.__stdout__
try:
    os.stat({_MARK!r})
except OSError:
    pass
if os.environ.get("SWEEP_AS_COMMAND"):
    from archive.cli import main
    sys.argv = ["archive", *words]
    main()
os._exit(run(words))
"""
_LINE = re.compile(r"^(?:\d+\s+)?(\w+)\(")


@dataclass(frozen=True)
class Point:
    """The `number`-th call of `call` in the life of the process, counted from 1."""

    call: str
    number: int


def _words(folder: Path, arguments: list[str], *, log: Path, inject: str | None) -> list[str]:
    chosen = ",".join(CALLS)
    words = ["strace", "-qq", "-f", "-o", str(log), "-e", f"trace={chosen}"]
    if inject is not None:
        words += ["-e", f"inject={inject}"]
    if inject is None or "signal" not in inject:
        words.append("--seccomp-bpf")
    return [*words, sys.executable, "-c", _RUNNER, str(folder / "warm"), *arguments]


def _run(folder: Path, arguments: list[str], inject: str | None, **variables: str) -> tuple[int, bytes, list[str]]:
    log = folder / "trace.log"
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SOURCE_DATE_EPOCH": "0",
        **variables,
    }
    done = subprocess.run(
        _words(folder, arguments, log=log, inject=inject),
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        timeout=_LIMIT,
    )
    return done.returncode, done.stdout + done.stderr, log.read_text(errors="replace").splitlines()


def list_points(folder: Path, arguments: list[str], *, expected: int = 0) -> list[Point]:
    """Every call from the command's beginning to its end, from one undisturbed run in `folder`."""
    code, output, lines = _run(folder, arguments, None)
    assert code == expected, output
    counts: Counter[str] = Counter()
    points: list[Point] = []
    begun = False
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        counts[match[1]] += 1
        begun = begun or _MARK in line
        if begun and _MARK not in line:
            points.append(Point(match[1], counts[match[1]]))
    assert begun
    return points


def kill_at(folder: Path, arguments: list[str], point: Point, *, expected: int = 0) -> bool:
    """Run and send SIGKILL at this call; False when the process ended before it came."""
    code, output, _ = _run(folder, arguments, f"{point.call}:signal=SIGKILL:when={point.number}")
    if code in (-9, 137):
        return True
    assert code == expected, output
    return False


def fail_at(folder: Path, arguments: list[str], point: Point, error: str) -> tuple[int, bytes]:
    """Run with this one call failing: exit code and all output."""
    code, output, _ = _run(folder, arguments, f"{point.call}:error={error}:when={point.number}")
    return code, output


def spread(points: list[Point], most: int) -> list[Point]:
    """Some of the points: the first and last of each call, and others at equal distances."""
    if len(points) <= most:
        return points
    ends = {point.call: point for point in reversed(points)} | {}
    chosen = {*ends.values(), *{point.call: point for point in points}.values()}
    chosen = set(sorted(chosen, key=points.index)[:: max(1, len(chosen) * 2 // most)])
    step = len(points) / max(1, most - len(chosen))
    chosen.update(points[int(index * step)] for index in range(most - len(chosen)))
    return sorted(chosen, key=points.index)


def interrupt_at(folder: Path, arguments: list[str], point: Point) -> tuple[int, bytes]:
    """Run the command in `folder` with Ctrl-C at this call and again at the next of its kind: exit code, output."""
    inject = f"{point.call}:signal=SIGINT:when={point.number}..{point.number + 1}"
    code, output, _lines = _run(folder, arguments, inject, SWEEP_AS_COMMAND="1")
    return code, output
