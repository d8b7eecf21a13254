"""The drawing process: takes one document after the other, draws each within limits, and ends with its parent.

Run by `archive.renditions.pool`. It has no network and no secrets, and may not use more memory, processor time or disk
than it was given. Tasks come on standard input, answers go to what was standard output, as one line of JSON each.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import os
import pickle
import queue
import signal
import stat
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError
from archive.renditions.from_documents import draft_rendition
from archive.renditions.launcher import deny_sockets, leave_network, limit_resources
from archive.renditions.originals import LENGTH, Draft, Original, Task
from archive.renditions.reasons import WrongEncodingError
from archive.settings import Settings
from archive.storage.clock import Clock

_FILE_MB = 1024


def main(arguments: list[str]) -> int:
    """Answer tasks until standard input ends. The argument is the memory limit in MiB."""
    memory_mb = int(arguments[0])
    if not leave_network():
        deny_sockets()
    limit_resources(memory_mb, 0, _FILE_MB)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.dup(1)
    os.dup2(2, 1)
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(tasks,), daemon=True).start()
    gc.disable()
    while True:
        answer = carry_out(tasks.get())
        # A search for garbage in the middle of a long document finds none, time and again: a third of its cost.
        gc.collect(0)
        _send(answers, json.dumps(answer, ensure_ascii=True).encode("ascii") + b"\n")
        if "limit" in answer:
            # What ran out of memory may be in any state.
            return 1


def carry_out(task: Task) -> dict[str, Any]:
    """The answer to one task: `made`, a `problem`, or the `limit` that was met ("memory" or "output")."""
    _limit_time(task.seconds)
    try:
        draft = draft_rendition(
            task.original,
            _read(task.original),
            settings=Settings(render=task.render),
            clock=Clock(task.created),
            font_folders=task.font_folders,
        )
        with open(task.target, "xb") as file:
            file.write(draft.content)
    except ArchiveError as error:
        wrong_encoding = isinstance(error, WrongEncodingError)
        return {"problem": error.problem, "remedy": error.remedy, "wrong_encoding": wrong_encoding}
    except MemoryError:
        return {"limit": "memory"}
    except OSError as error:
        if error.errno == errno.EFBIG:
            return {"limit": "output"}
        return {"problem": f"it cannot be read: {error.strerror}"}
    except RecursionError:
        return {"problem": "it is nested too deeply"}
    except Exception as error:  # noqa: BLE001 - whatever one document brings about costs that one rendition
        return {"problem": f"internal error: {type(error).__name__} at {_place_of(error)}: {str(error)[:200]}"}
    return {"made": _describe(draft)}


def _describe(draft: Draft) -> Mapping[str, Any]:
    return {
        "claims": draft.claims,
        "pages": draft.pages,
        "maker": [draft.maker.name, draft.maker.version, draft.maker.note],
        "findings": [[finding.code, dict(finding.facts)] for finding in draft.findings],
    }


def _read(original: Original) -> bytes:
    """The bytes of a regular file, not more of them than it had when it was listed, and one."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(original.location, flags)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return file.read(original.size + 1)


def _limit_time(seconds: int) -> None:
    """End this process when it has used `seconds` of processor time from now on."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, hard))


def _place_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"


def _receive(tasks: queue.SimpleQueue[Task]) -> None:
    """Hand on what the parent sends. Without a parent this process ends at once, whatever it is doing."""
    stream = sys.stdin.buffer
    while True:
        head = stream.read(LENGTH.size)
        body = stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
        if not body:
            os._exit(0)
        tasks.put(pickle.loads(body))  # noqa: S301 - it comes from the process that started this one


def _send(descriptor: int, answer: bytes) -> None:
    view = memoryview(answer)
    while view:
        view = view[os.write(descriptor, view) :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
