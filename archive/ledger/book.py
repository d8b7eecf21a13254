"""Opening and starting a ledger."""

from __future__ import annotations

import os
import uuid

from archive.errors import ExistsError, LedgerError, LedgerMissingError, LedgerVersionError
from archive.ledger.backend import Backend
from archive.ledger.schema import OLDEST_READ, migrate, version_of
from archive.model.light import light_dataclass
from archive.settings import Settings

BASE_AGE = 90 * 86400
"""Due dates are written this long after a check, in seconds. Another `max_age` only shifts what a query asks for."""

FUTURE_SLACK = 86400
"""A check that lies further in the future than this is not believed: its file is due."""


@light_dataclass(frozen=True)
class Ledger:
    """An open ledger. `id` names it for ever, also in witness lines."""

    backend: Backend
    id: str
    address: str

    def close(self) -> None:
        self.backend.close()


def ledger_address(settings: Settings) -> str:
    """Where the settings say the ledger is: a file path, relative to archive.toml's folder, or a postgresql:// URL."""
    url = settings.ledger.url
    return url if _is_postgres(url) else os.path.join(settings.folder, url.removeprefix("sqlite:///"))


def create_ledger(address: str, *, now: int, patience: float = 30.0) -> Ledger:
    """Start an empty ledger. Raises `ExistsError` when one is there, and `LedgerError`."""
    if not _is_postgres(address) and os.path.exists(address):
        raise _there_already(address)
    backend = _connect(address, create=True, patience=patience)
    if version_of(backend):
        backend.close()
        raise _there_already(address)

    def start() -> None:
        backend.run_many(
            "INSERT INTO meta (name, value) VALUES (?, ?)", [("ledger", str(uuid.uuid4())), ("started", str(now))]
        )

    migrate(backend)
    backend.write(start)
    return _identify(backend, address)


def _there_already(address: str) -> ExistsError:
    return ExistsError(
        "there is a ledger already", subject=address,
        remedy="Use it: archive audit status; or start another: archive init --ledger FILE",
    )  # fmt: skip


def open_ledger(address: str, *, patience: float = 30.0, migrating: bool = True) -> Ledger:
    """Open a ledger and bring its tables up to date; with `migrating` False, only to read it, as it is.

    An SQLite file that is only read may be on a read-only disk; nothing is made beside it.

    Raises `LedgerMissingError`, `LedgerLockedError`, `LedgerVersionError` and `LedgerError`.
    """
    backend = _connect(address, create=False, patience=patience, reading=not migrating)
    try:
        if not version_of(backend):
            if _is_postgres(address):
                raise LedgerMissingError(
                    "there is no ledger in this database", subject=address, remedy="Start one: archive init"
                )
            raise LedgerError("this file is not a ledger", subject=address, remedy="Restore it from a backup")
        if migrating:
            migrate(backend)
        elif version_of(backend) < OLDEST_READ:
            raise LedgerVersionError(
                "the ledger is of an older version", subject=address,
                remedy="Bring it up to date: archive audit status",
            )  # fmt: skip
        return _identify(backend, address)
    except BaseException:
        backend.close()
        raise


def _connect(address: str, *, create: bool, patience: float, reading: bool = False) -> Backend:
    if _is_postgres(address):
        from archive.ledger.postgres import PostgresBackend

        return PostgresBackend(address, patience=max(patience, 1.0))
    if reading:
        from archive.ledger.sqlite_reading import SqliteReader

        return SqliteReader(address, patience=patience)
    from archive.ledger.sqlite import SqliteBackend

    return SqliteBackend(address, create=create, patience=patience)


def _identify(backend: Backend, address: str) -> Ledger:
    rows = backend.query("SELECT value FROM meta WHERE name = 'ledger'")
    if not rows:
        raise LedgerError("this ledger was never completely created", subject=address, remedy="Remove it: archive init")
    return Ledger(backend, str(rows[0][0]), address)


def _is_postgres(address: str) -> bool:
    return address.startswith(("postgresql://", "postgres://"))
