"""Runs a program over untrusted input: limited memory, CPU, time and file size, no network, no inherited secrets."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_LAUNCHER = str(Path(__file__).with_name("launcher.py"))
_OUTPUT_LIMIT = 64 << 20
_LOOK = 0.25
_thread = threading.local()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may take. `memory_mb` 0 sets no limit of address space (Java reserves more than it uses).

    `seconds` is wall time; `cpu_seconds` is processor time, by default twice as much.
    """

    seconds: float
    memory_mb: int
    file_mb: int = 4096
    cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended. `code` is None when it was stopped at its time limit, negative for a signal."""

    code: int | None
    output: bytes
    errors: bytes

    @property
    def ended_well(self) -> bool:
        return self.code == 0

    @property
    def ending(self) -> str:
        """The ending in words, for a reason."""
        if self.code is None:
            return "it did not end within its time limit"
        if self.code in (-signal.SIGXCPU, -signal.SIGKILL):
            return "it was stopped at its limit of time or memory"
        if self.code == -signal.SIGXFSZ:
            return "it wrote more than it may"
        if self.code < 0:
            return f"it was ended by signal {-self.code}"
        return f"it ended with code {self.code}"


def run_confined(
    command: Sequence[str],
    *,
    limits: Limits,
    folder: str,
    stdin: BinaryIO | int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run `command` in `folder` and wait for its end, at most `limits.seconds`; its whole process group ends then.

    The environment holds only PATH, a UTF-8 locale, `folder` as home and temporary folder, and what `environment`
    adds. A program that cannot be started ends with code 127. Raises OSError when the system has no room for a process.
    """
    if told_to_halt():
        return Finished(None, b"", b"")
    cpu = str(int(limits.seconds * 2 if limits.cpu_seconds is None else limits.cpu_seconds) + 2)
    launch = [
        sys.executable, "-I", "-S", _LAUNCHER, str(limits.memory_mb), cpu, str(limits.file_mb), "closed", *command
    ]  # fmt: skip
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            launch,
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=output,
            stderr=errors,
            cwd=folder,
            env={**surroundings(folder), **(environment or {})},
            start_new_session=True,
        )
        try:
            code = _wait(process, limits.seconds)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return Finished(code, _read_back(output), _read_back(errors))


def surroundings(folder: str) -> dict[str, str]:
    """The environment of a confined process: PATH, a UTF-8 locale, and `folder` as its home and temporary folder."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": folder, "TMPDIR": folder}


def heed(halt: threading.Event) -> None:
    """From now on, what this thread runs confined ends when `halt` is set: in its own session it hears no Ctrl-C."""
    _thread.halt = halt


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The code of a process that ends within its time, and before this thread is told to halt; else None."""
    deadline = time.monotonic() + seconds
    while not told_to_halt():
        try:
            return process.wait(min(max(deadline - time.monotonic(), 0.0), _LOOK))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= deadline:
                break
    return None


def told_to_halt() -> bool:
    """Whether the event that this thread heeds is set."""
    halt: threading.Event | None = getattr(_thread, "halt", None)
    return halt is not None and halt.is_set()


def _read_back(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(_OUTPUT_LIMIT)
