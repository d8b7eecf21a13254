"""A ledger in one SQLite file: WAL, so that reports read while an audit writes."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from archive.errors import (
    ArchiveError,
    LedgerError,
    LedgerLockedError,
    LedgerMissingError,
    NoSpaceError,
    PermissionDeniedError,
    from_os_error,
)
from archive.ledger.backend import Result, Row
from archive.storage.folders import NOFOLLOW

_CHECKPOINT = 16384
"""Pages, 64 MiB: a batch touches the same pages twice, when it is given out and when it is recorded."""

_FULL = (sqlite3.SQLITE_FULL,)
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class SqliteBackend:
    """One connection to the file `path`. `patience` is how long to wait for another writer, in seconds.

    With `create` a missing file is made for its owner only, whatever the umask; SQLite gives the files beside it (-wal,
    -shm) the same rights.
    """

    kind = "sqlite"

    def __init__(self, path: str, *, create: bool = False, patience: float = 30.0) -> None:
        self.path = path
        if not create and not os.path.exists(path):
            raise LedgerMissingError("there is no ledger here", subject=path, remedy="Start one: archive init")
        if create:
            _make_private(path)
        with self._translated():
            self._connection = sqlite3.connect(
                f"file:{_quoted(os.path.abspath(path))}?mode=rw", uri=True, isolation_level=None, timeout=patience,
                cached_statements=256,
            )  # fmt: skip
        try:
            with self._translated():
                self._connection.execute("PRAGMA journal_mode=WAL").fetchall()
                self._connection.execute("PRAGMA synchronous=FULL")
                self._durable = True
                self._connection.execute("PRAGMA foreign_keys=ON")
                self._connection.execute("PRAGMA cache_size=-65536")
                self._connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT}")
        except ArchiveError:
            self._connection.close()
            raise

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        with self._translated():
            return self._connection.execute(statement, parameters).fetchall()

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        with self._translated():
            return self._connection.execute(statement, parameters).rowcount

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._translated():
            self._connection.executemany(statement, rows)

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[None]:
        with self._translated():
            if durable is not self._durable:
                self._connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
                self._durable = durable
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._translated():
                self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def write(self, work: Callable[[], Result], *, durable: bool = True) -> Result:
        with self.writing(durable=durable):
            return work()

    def has_tables(self) -> bool:
        return bool(self.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'"))

    def examine(self) -> str | None:
        """What SQLite itself finds wrong with the file, or None. Reads all of it."""
        rows = self.query("PRAGMA quick_check(1)")
        return None if rows == [("ok",)] else str(rows[0][0])

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._tell(error) from error

    def _tell(self, error: sqlite3.Error) -> ArchiveError:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code in _FULL or (code == sqlite3.SQLITE_IOERR and self._is_full()):
            return NoSpaceError(
                "no space left for the ledger", subject=self.path,
                remedy="Free some space and run again; every finished batch is kept",
            )  # fmt: skip
        if code in _LOCKED:
            return LedgerLockedError(
                "another process holds the ledger", subject=self.path, remedy="Wait for it to end, then run again"
            )
        if code in _BROKEN:
            return LedgerError(
                "this file is damaged or is not a ledger", subject=self.path, remedy="Restore it from a backup"
            )
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            return PermissionDeniedError(
                "the ledger cannot be opened for writing", subject=self.path,
                remedy="Check the permissions of the file and of its folder: every command on it may write",
            )  # fmt: skip
        return LedgerError(f"the database refused: {error}", subject=self.path)

    def _is_full(self) -> bool:
        import shutil

        return shutil.disk_usage(os.path.dirname(os.path.abspath(self.path))).free < 1 << 20


def _quoted(path: str) -> str:
    """The path as it is written in a URI that SQLite opens: clause, SQLite, "Uniform Resource Identifiers", 3.1."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _make_private(path: str) -> None:
    """Make the empty file `path`, unless it is there. Raises `PermissionDeniedError` and its kinds."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | NOFOLLOW, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise from_os_error(error, path) from error
