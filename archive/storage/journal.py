"""Journals: what a deposit has done so far, on disk before it goes on, so that a killed run can be taken up again.

Journals and receipts are readable by their owner only, in a folder that only the owner may enter.

One JSON object a line, appended. A line cut off by a kill is ignored when read. The journal is held by a lock while a
run lasts; it never holds a secret.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from archive.errors import LockedError, StorageError, from_os_error
from archive.storage.folders import CREATE, NOFOLLOW
from archive.storage.locks import try_lock


class Journal:
    """An open journal. `entries` are what earlier runs and this one wrote. Use it as a context; it is locked meanwhile.

    Raises `LockedError` when another process holds it, and `StorageError`.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | NOFOLLOW, 0o600)
        except OSError as error:
            raise from_os_error(error, path) from error
        try:
            _require_file(self._descriptor, path)
            _lock(self._descriptor, path)
            self.entries = list(_read(path))
            self._mend()
        except BaseException:
            os.close(self._descriptor)
            raise
        self._synced = time.monotonic()

    def write(self, *, sync: bool = False, kept: bool = True, **entry: Any) -> None:
        """Append one entry. With `sync` it is on the disk when this returns, else within a second of later ones.

        One that is not `kept` is for a later run alone, and not among the `entries` of this one.
        """
        if kept:
            self.entries.append(entry)
        line = json.dumps(entry, ensure_ascii=True, sort_keys=True).encode("ascii") + b"\n"
        try:
            os.write(self._descriptor, line)
            now = time.monotonic()
            if sync or now - self._synced > 1:
                os.fsync(self._descriptor)
                self._synced = now
        except OSError as error:
            raise from_os_error(error, self.path) from error

    def last(self, do: str) -> dict[str, Any] | None:
        """The newest entry whose `do` is this, or None."""
        return next((entry for entry in reversed(self.entries) if entry.get("do") == do), None)

    def restart(self) -> None:
        """Forget everything: the next entry is the first."""
        os.ftruncate(self._descriptor, 0)
        self.entries.clear()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.fsync(self._descriptor)
        os.close(self._descriptor)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _mend(self) -> None:
        """End a line that a kill cut off, so that the next one stands alone."""
        size = os.fstat(self._descriptor).st_size
        if size and os.pread(self._descriptor, 1, size - 1) != b"\n":
            os.write(self._descriptor, b"\n")


def write_private(path: str, content: bytes) -> None:
    """Write a whole file that only its owner may read, durable before it takes its name. Raises OSError."""
    part = f"{path}.part"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(part)
    with open(os.open(part, CREATE, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(part, path)


def _require_file(descriptor: int, path: str) -> None:
    """Refuse a pipe or device, which would never end. Raises `StorageError`."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise StorageError("not a regular file", subject=path, remedy="Remove it, then run again")


def _lock(descriptor: int, path: str) -> None:
    if not try_lock(descriptor):
        raise LockedError(
            "another process is running this deposit", subject=path, remedy="Wait for it to end and run again"
        )


def _read(path: str) -> Iterator[dict[str, Any]]:
    with open(path, "rb") as stream:
        for line in stream:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                yield entry
