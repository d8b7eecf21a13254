"""A ledger in PostgreSQL, reached by a URL without a password (the password comes from the environment or pgpass)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from archive.errors import ArchiveError, LedgerError, LedgerLockedError, LedgerMissingError, NoSpaceError, UsageError
from archive.ledger.backend import Result, Row

_WRITER_LOCK = 0x6D756E69
"""The advisory lock that serialises writers: "muni"."""


class ConnectionLostError(LedgerError):
    """The server went away in the middle; what was in the open transaction is unknown or undone."""


class PostgresBackend:
    """One connection, opened again when the server comes back within `patience` seconds."""

    kind = "postgresql"

    def __init__(self, url: str, *, patience: float = 60.0) -> None:
        if urlsplit(url).password is not None:
            raise UsageError(
                "the ledger's URL holds a password", remedy="Take it out and use PGPASSWORD or a .pgpass file"
            )
        try:
            import psycopg
        except ImportError as error:
            raise UsageError(
                "a PostgreSQL ledger needs the extra postgres", remedy="Run: pip install 'muniment[postgres]'"
            ) from error
        self._psycopg = psycopg
        self.path = url
        self._patience = patience
        self._within = False
        self._connection: psycopg.Connection[Row] = self._connect()

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        return self._again(lambda: self._execute(statement, parameters).fetchall())

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        return self._again(lambda: int(self._execute(statement, parameters).rowcount))

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._translated(), self._connection.cursor() as cursor:
            cursor.executemany(_adapt(statement), [tuple(row) for row in rows])

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[None]:
        del durable  # the server may lose power while its callers live on, and count on what it told them
        with self._translated():
            self._connection.execute("BEGIN")
        self._within = True
        try:
            with self._translated():
                self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (_WRITER_LOCK,))
            yield
            with self._translated():
                self._connection.execute("COMMIT")
        except BaseException:
            if not self._connection.closed:
                try:
                    self._connection.execute("ROLLBACK")
                except self._psycopg.Error:
                    self._connection.close()
            raise
        finally:
            self._within = False

    def write(self, work: Callable[[], Result], *, durable: bool = True) -> Result:
        def whole() -> Result:
            with self.writing(durable=durable):
                return work()

        return self._again(whole)

    def has_tables(self) -> bool:
        return self.query("SELECT to_regclass('meta') IS NOT NULL")[0][0] is True

    def close(self) -> None:
        self._connection.close()

    def _connect(self) -> Any:
        with self._translated():
            return self._psycopg.connect(self.path, autocommit=True, connect_timeout=10)

    def _execute(self, statement: str, parameters: Sequence[Any]) -> Any:
        with self._translated():
            return self._connection.execute(_adapt(statement), tuple(parameters), binary=True)

    def _again(self, work: Callable[[], Result]) -> Result:
        """`work`, once more after each lost connection, until the patience ends. Inside a transaction never."""
        if self._within:
            return work()
        until = time.monotonic() + self._patience
        while True:
            try:
                if self._connection.closed:
                    self._connection = self._connect()
                return work()
            except ConnectionLostError:
                self._connection.close()
                if time.monotonic() >= until:
                    raise
                time.sleep(0.25)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self._psycopg.Error as error:
            raise self._tell(error) from error

    def _tell(self, error: Any) -> ArchiveError:
        errors, address = self._psycopg.errors, self.path
        if isinstance(error, errors.DiskFull):
            return NoSpaceError("no space left for the ledger", subject=address, remedy="Free some space")
        if isinstance(error, (errors.LockNotAvailable, errors.DeadlockDetected)):
            return LedgerLockedError("another process holds the ledger", subject=address)
        words = " ".join(str(error).split())
        if isinstance(error, errors.InvalidCatalogName) or ("database" in words and "does not exist" in words):
            return LedgerMissingError("there is no such database", subject=address, remedy="Create it: createdb")
        if "authentication failed" in words or "no password supplied" in words:
            return LedgerError("access denied by the server", subject=address, remedy="Set PGPASSWORD or .pgpass")
        if isinstance(error, (self._psycopg.OperationalError, self._psycopg.InterfaceError)):
            return ConnectionLostError(
                "the ledger's server cannot be reached", subject=address,
                remedy="Start it or fix the connection, then run again; every finished batch is kept",
            )  # fmt: skip
        return LedgerError(f"the database refused: {words}", subject=address)


def _adapt(statement: str) -> Any:
    """The statement with psycopg's placeholders. Statements hold no text from outside, only parameters do."""
    return statement.replace("%", "%%").replace("?", "%s")
