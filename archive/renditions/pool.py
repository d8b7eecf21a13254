"""Drawing processes: started when there is something to draw, kept from document to document, ended with this process.

A document that crashes its process, hangs in it or takes more than it may costs its own rendition, and the answer
names the limit. Nothing a drawing process says is trusted beyond its form.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import pickle
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from archive.errors import RenditionError, StorageError
from archive.model.build import Tool
from archive.model.codes import all_kinds
from archive.model.finding import Fact, Finding
from archive.plugins import Group, plugin_folders
from archive.renditions.confinement import surroundings, told_to_halt
from archive.renditions.originals import LENGTH, Draft, Original, Task
from archive.renditions.reasons import WrongEncodingError
from archive.renditions.typesetting.system_fonts import font_folders
from archive.settings import Settings
from archive.storage.clock import Clock
from archive.storage.concurrency import count_processors

_WORKER = "archive.renditions.worker"
_ROOT = str(Path(__file__).resolve().parents[2])
_PATIENCE = 20
_LONGEST_ANSWER = 16 << 20
_LOOK = 0.25
_MOST_DOCUMENTS = 2000


@dataclass(slots=True, eq=False)
class _Process:
    """A drawing process and the folder that is its home."""

    process: subprocess.Popen[bytes]
    folder: str
    memory_mb: int
    documents: int = 0
    pending: bytearray = field(default_factory=bytearray)

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Pool:
    """The processes that wait for work, the same for all who draw in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._owner = 0

    def take(self, memory_mb: int) -> _Process:
        """A process with this limit of memory. Raises `StorageError` when the system has no room for one."""
        with self._lock:
            if self._owner != os.getpid():
                # After a fork they are the parent's.
                self._idle, self._owner = [], os.getpid()
                atexit.register(self.close)
            for waiting in self._idle:
                if waiting.memory_mb == memory_mb and waiting.process.poll() is None:
                    self._idle.remove(waiting)
                    return waiting
        return _start(memory_mb)

    def give_back(self, process: _Process) -> None:
        process.documents += 1
        if process.documents >= _MOST_DOCUMENTS:
            process.end()
            return
        with self._lock:
            surplus = len(self._idle) >= count_processors()
            if not surplus:
                self._idle.append(process)
        if surplus:
            process.end()

    def close(self) -> None:
        with self._lock:
            if self._owner != os.getpid():
                return
            ended, self._idle = self._idle, []
        for process in ended:
            process.end()


_POOL = _Pool()


def draw_confined(original: Original, target: str, *, settings: Settings, clock: Clock) -> Draft:
    """Draw `original` in a process of its own kind, its rendition's bytes in the new file `target`.

    Limits: `render.drawing_seconds` of processor time, whatever its size; `render.memory_mb`; 1 GiB of output. Raises
    `RenditionError` when it cannot be drawn or takes more than that, and `StorageError` when there is no room for a
    process.
    """
    seconds = settings.render.drawing_seconds
    folders = font_folders() if settings.render.system_fonts == "auto" else ()
    render = replace(settings.render, fonts=tuple(os.path.abspath(path) for path in settings.render.fonts))
    task = Task(_locate(original), os.path.abspath(target), render, int(clock.now().timestamp()), seconds, folders)
    process = _POOL.take(settings.render.memory_mb)
    try:
        answer = _ask(process, task)
    except BaseException:
        process.end()
        raise
    if isinstance(answer, str):
        process.end()
        raise RenditionError(answer, subject=original.subject)
    if "limit" in answer:
        process.end()
        what = f"more than {settings.render.memory_mb:,} MiB of memory" if answer["limit"] == "memory" else "more disk"
        raise RenditionError(f"drawing it takes {what}, which is the limit", subject=original.subject)
    _POOL.give_back(process)
    return _read_answer(answer, original.subject)


def _locate(original: Original) -> Original:
    """The original by absolute paths: the process has a folder of its own."""
    near = original.neighbours
    return replace(
        original,
        location=os.path.abspath(original.location),
        neighbours=None if near is None else replace(near, root=os.path.abspath(near.root)),
    )


def _start(memory_mb: int) -> _Process:
    folder = tempfile.mkdtemp(prefix="muniment-")
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", _WORKER, str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={
                **surroundings(folder),
                "PYTHONPATH": os.pathsep.join((_ROOT, *plugin_folders(Group.READER))),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONHASHSEED": "0",
            },
            start_new_session=True,
            bufsize=0,
        )
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StorageError(f"no drawing process could be started: {error.strerror}") from error
    return _Process(process, folder, memory_mb)


def _ask(process: _Process, task: Task) -> dict[str, Any] | str:
    """The answer to a task, or in words why there is none. Wall time is limited too: a hang uses no processor."""
    patience = _PATIENCE + 4 * task.seconds
    deadline = time.monotonic() + patience
    body = pickle.dumps(task)
    assert process.process.stdin is not None
    try:
        process.process.stdin.write(LENGTH.pack(len(body)) + body)
    except OSError:
        return _name_ending(process, task)
    line = _receive_line(process, deadline)
    if line is None:
        if time.monotonic() >= deadline or told_to_halt():
            return f"drawing it did not end within {patience} seconds, which is the limit"
        return _name_ending(process, task)
    try:
        answer = json.loads(line)
    except ValueError:
        answer = None
    return answer if isinstance(answer, dict) else "the drawing process returned an answer that cannot be read"


def _receive_line(process: _Process, deadline: float) -> bytes | None:
    """One line from the process; None when it ends, says too much, or the time is over."""
    assert process.process.stdout is not None
    source = process.process.stdout.fileno()
    pending = process.pending
    while (end := pending.find(b"\n")) < 0:
        if told_to_halt() or time.monotonic() >= deadline or len(pending) > _LONGEST_ANSWER:
            return None
        ready, _, _ = select.select([source], [], [], _LOOK) if source < 1024 else ([source], [], [])
        if ready:
            piece = os.read(source, 1 << 16)
            if not piece:
                return None
            pending += piece
    line = bytes(pending[:end])
    del pending[: end + 1]
    return line


def _name_ending(process: _Process, task: Task) -> str:
    try:
        code = process.process.wait(5)
    except subprocess.TimeoutExpired:
        return "the drawing process gave no answer"
    if code == -signal.SIGXCPU:
        limit = f"{task.seconds} seconds of processor time"
        return f"drawing it takes more than {limit}, which is the limit (render.drawing_seconds)"
    if code == -signal.SIGXFSZ:
        return "drawing it takes more disk, which is the limit"
    if code < 0:
        return f"the drawing process was ended by signal {-code}, as for want of memory"
    return f"the drawing process ended with code {code}"


def _read_answer(answer: dict[str, Any], subject: str) -> Draft:
    """The draft that an answer tells of, without its bytes. Raises `RenditionError` when there is none."""
    try:
        if "problem" in answer:
            remedy = answer.get("remedy")
            kind = WrongEncodingError if answer.get("wrong_encoding") else RenditionError
            raise kind(str(answer["problem"]), subject=subject, remedy=None if remedy is None else str(remedy))
        made = answer["made"]
        kinds = all_kinds()
        name, version, note = made["maker"]
        return Draft(
            b"",
            _texts(made["claims"]),
            int(made["pages"]),
            Tool(str(name), str(version), None if note is None else str(note)),
            tuple(
                Finding(kinds[code], subject, facts={str(key): _fact(value) for key, value in facts.items()})
                for code, facts in made["findings"]
            ),
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise RenditionError("the drawing process returned an answer that cannot be read", subject=subject) from error


def _fact(value: Any) -> Fact:
    if isinstance(value, list):
        return _texts(value)
    return value if isinstance(value, int | bool) else str(value)


def _texts(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
