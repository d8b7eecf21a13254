"""A ledger in one SQLite file that is only read: from a read-only disk too, and without a trace beside it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn
from urllib.parse import quote

from archive.errors import ArchiveError, LedgerLockedError, LedgerMissingError, PermissionDeniedError
from archive.ledger.backend import Row
from archive.ledger.sqlite import SqliteBackend

_TRIES = 100
_State = tuple[tuple[int, int, int] | None, ...]


class SqliteReader(SqliteBackend):
    """One file, opened for each state that it is met in. It is never written to, and no file is made beside it.

    SQLite reads a file in WAL mode under locks that it keeps in files beside it, and makes these where they are
    missing. So the file is read as one that does not change where nothing waits in its -wal, and is read again where it
    changed meanwhile.
    """

    def __init__(self, path: str, *, patience: float = 30.0) -> None:
        if not os.path.exists(path):
            raise LedgerMissingError("there is no ledger here", subject=path, remedy="Start one: archive init")
        self.path = path
        self._patience = patience
        self._met: _State = ()
        self._is_locking = False
        self._open()

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        for _ in range(_TRIES):
            if not self._is_locking and self._state() != self._met:
                self._connection.close()
                self._open()
            try:
                rows = super().query(statement, parameters)
            except ArchiveError:
                if self._is_locking or self._state() == self._met:
                    raise
                continue
            if self._is_locking or self._state() == self._met:
                return rows
        raise LedgerLockedError(
            "another process keeps writing to the ledger",
            subject=self.path,
            remedy="Wait for it to end, then run again",
        )

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> NoReturn:
        raise self._refusal()

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> NoReturn:
        raise self._refusal()

    def writing(self, *, durable: bool = True) -> NoReturn:
        raise self._refusal()

    def write(self, work: Callable[[], object], *, durable: bool = True) -> NoReturn:
        raise self._refusal()

    def _open(self) -> None:
        """Connect in the way that the files of now allow."""
        self._met = self._state()
        waiting = self._met[1] is not None and self._met[1][1] > 0
        index = f"{self.path}-shm"
        self._is_locking = waiting and (os.access(index, os.R_OK | os.W_OK) or os.name != "posix")
        way = "mode=ro" if self._is_locking else "mode=ro&vfs=unix-none" if waiting else "mode=ro&immutable=1"
        with self._translated():
            self._connection = sqlite3.connect(
                f"file:{quote(os.path.abspath(self.path))}?{way}", uri=True, isolation_level=None,
                timeout=self._patience,
            )  # fmt: skip
            if waiting and not self._is_locking:
                # The index of the -wal is then kept in memory and not in the file -shm, which cannot be made here.
                self._connection.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()

    def _state(self) -> _State:
        """What tells whether the file or its -wal was written to: inode, size, time of the last change."""
        found: list[tuple[int, int, int] | None] = []
        for path in (self.path, f"{self.path}-wal"):
            try:
                status = os.stat(path)
            except FileNotFoundError:
                found.append(None)
            else:
                found.append((status.st_ino, status.st_size, status.st_mtime_ns))
        return tuple(found)

    def _refusal(self) -> PermissionDeniedError:
        return PermissionDeniedError("this ledger was opened only to be read", subject=self.path)
