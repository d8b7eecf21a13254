"""What earlier runs remember of a folder of bags: for each bag the mark of its source. In the user's cache folder.

It only saves work: where it is missing, cut off or cannot be written, the files are compared by digest instead.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from types import TracebackType
from typing import BinaryIO

from archive.project_file import cache_folder
from archive.regular_files import open_regular

_LARGEST = 256 << 20


class MadeList:
    """The marks of the bags in the folder `to`, by the bags' names. Use it as a context: it is written as it grows."""

    def __init__(self, to: str, environ: Mapping[str, str] = os.environ) -> None:
        name = hashlib.sha256(os.fsencode(os.path.realpath(to))).hexdigest()[:32]
        self._path = os.path.join(cache_folder(environ), "made", f"{name}.jsonl")
        self._marks: dict[str, str] = {}
        self._file: BinaryIO | None = None

    def find(self, name: str) -> str | None:
        """The mark of the bag with this name."""
        return self._marks.get(name)

    def keep(self, name: str, mark: str) -> None:
        """Remember a mark, now and for later runs."""
        if self._marks.get(name) == mark or self._file is None:
            return
        self._marks[name] = mark
        with contextlib.suppress(OSError):
            self._file.write(json.dumps({"bag": name, "mark": mark}).encode("ascii") + b"\n")
            self._file.flush()

    def __enter__(self) -> MadeList:
        lines = self._read()
        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
            if lines > 2 * len(self._marks) + 100:
                self._rewrite()
            self._file = open(self._path, "ab")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()

    def _read(self) -> int:
        """Read what is there; how many lines there are. One that was cut off is passed over."""
        lines = 0
        with contextlib.suppress(OSError), open_regular(self._path) as file:
            for line in file.read(_LARGEST).splitlines():
                lines += 1
                with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
                    entry = json.loads(line)
                    self._marks[str(entry["bag"])] = str(entry["mark"])
        return lines

    def _rewrite(self) -> None:
        """Drop what newer lines have replaced."""
        fresh = f"{self._path}.{os.getpid()}"
        with open(fresh, "wb") as file:
            for name, mark in self._marks.items():
                file.write(json.dumps({"bag": name, "mark": mark}).encode("ascii") + b"\n")
        os.replace(fresh, self._path)
