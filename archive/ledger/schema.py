"""The tables of a ledger, as migrations from version 1 on; the same for both databases.

A migration once released never changes. `{key}` is a generated 64-bit primary key, `{blob}` a byte string,
`{tail}` the primary key at the end of an index, which SQLite adds by itself.
"""

from __future__ import annotations

from archive.errors import LedgerError, LedgerVersionError
from archive.ledger.backend import Backend

_VERSION_1 = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE locations (id {key}, name TEXT NOT NULL UNIQUE, root TEXT NOT NULL, named INTEGER NOT NULL,"
    " identity TEXT NOT NULL, unreachable_since BIGINT, reason TEXT)",
    "CREATE TABLE holdings (id {key}, location BIGINT NOT NULL REFERENCES locations(id), place {blob} NOT NULL,"
    " name {blob} NOT NULL, form TEXT NOT NULL, tag_digest TEXT NOT NULL, external_id TEXT, files BIGINT NOT NULL,"
    " bytes BIGINT NOT NULL, added_at BIGINT NOT NULL, retired_at BIGINT, whole BIGINT)",
    "CREATE UNIQUE INDEX holdings_place ON holdings (location, place) WHERE retired_at IS NULL",
    "CREATE INDEX holdings_copies ON holdings (tag_digest)",
    "CREATE TABLE items (id {key}, holding BIGINT NOT NULL REFERENCES holdings(id), location BIGINT NOT NULL,"
    " path {blob} NOT NULL, size BIGINT NOT NULL, digests {blob} NOT NULL, due BIGINT, checked BIGINT NOT NULL,"
    " outcome INTEGER NOT NULL, batch BIGINT)",
    "CREATE INDEX items_due ON items (location, due{tail}) WHERE batch IS NULL AND due IS NOT NULL",
    "CREATE INDEX items_holding ON items (holding{tail})",
    "CREATE INDEX items_batch ON items (batch) WHERE batch IS NOT NULL",
    "CREATE INDEX items_attention ON items (location{tail}) WHERE outcome > 1",
    "CREATE TABLE runs (id {key}, started BIGINT NOT NULL, ended BIGINT, owner TEXT NOT NULL, options TEXT NOT NULL,"
    " verdict TEXT, files BIGINT NOT NULL, bytes BIGINT NOT NULL, intact BIGINT NOT NULL, attention BIGINT NOT NULL)",
    "CREATE TABLE batches (id {key}, run BIGINT NOT NULL, location BIGINT NOT NULL, state TEXT NOT NULL,"
    " live INTEGER NOT NULL, fence BIGINT NOT NULL, lease_until BIGINT NOT NULL, owner TEXT NOT NULL,"
    " kills INTEGER NOT NULL, files BIGINT NOT NULL, bytes BIGINT NOT NULL)",
    "CREATE INDEX batches_live ON batches (id) WHERE live = 1",
    "CREATE TABLE checks (seq BIGINT PRIMARY KEY, batch BIGINT NOT NULL, item BIGINT NOT NULL,"
    " outcome INTEGER NOT NULL, checked BIGINT NOT NULL, size BIGINT, found {blob}, note {blob})",
    "CREATE INDEX checks_item ON checks (item, seq)",
    "CREATE TABLE events (seq BIGINT PRIMARY KEY, holding BIGINT, kind TEXT NOT NULL, happened BIGINT NOT NULL,"
    " outcome TEXT NOT NULL, detail {blob} NOT NULL)",
    "CREATE INDEX events_holding ON events (holding, seq)",
    "CREATE TABLE seals (number BIGINT PRIMARY KEY, kind TEXT NOT NULL, subject BIGINT NOT NULL,"
    " first_seq BIGINT NOT NULL, last_seq BIGINT NOT NULL, sealed BIGINT NOT NULL, previous TEXT NOT NULL,"
    " hash TEXT NOT NULL)",
)
_VERSION_2 = (
    "CREATE TABLE formats (holding BIGINT NOT NULL REFERENCES holdings(id), puid TEXT NOT NULL, name TEXT NOT NULL,"
    " files BIGINT NOT NULL, bytes BIGINT NOT NULL, PRIMARY KEY (holding, puid, name))",
)
_APPEND_ONLY = ("checks", "events", "seals")

MIGRATIONS = (_VERSION_1, _VERSION_2)
NEWEST = len(MIGRATIONS)


def _triggers(kind: str) -> list[str]:
    """Triggers with which the database itself refuses to change or delete what was recorded."""
    statements = []
    if kind == "postgresql":
        statements.append(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'what was recorded is never changed or deleted'; END $$"
        )
    for table in _APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            name = f"{table}_no_{action.lower()}"
            if kind == "postgresql":
                statements.append(
                    f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                )
            else:
                statements.append(
                    f"CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN"
                    " SELECT RAISE(ABORT, 'what was recorded is never changed or deleted'); END"
                )
        if kind == "postgresql":
            statements.append(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
            )
    return statements


def migrate(backend: Backend, *, up_to: int = NEWEST) -> None:
    """Bring the tables from the version they have to `up_to`, all in one transaction. An empty database is version 0.

    Raises `LedgerVersionError` when they are newer than this program knows, `LedgerError` when they are no ledger.
    """
    if version_of(backend) == up_to:
        return
    backend.write(lambda: _migrate(backend, up_to))


def _migrate(backend: Backend, up_to: int) -> None:
    dialect = (
        {"key": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "blob": "BYTEA", "tail": ", id"}
        if backend.kind == "postgresql"
        else {"key": "INTEGER PRIMARY KEY", "blob": "BLOB", "tail": ""}
    )
    current = version_of(backend)
    for number in range(current + 1, up_to + 1):
        for statement in MIGRATIONS[number - 1]:
            backend.run(statement.format(**dialect))
        if number == 1:
            for statement in _triggers(backend.kind):
                backend.run(statement)
            backend.run("INSERT INTO meta (name, value) VALUES ('version', '1')")
        backend.run("UPDATE meta SET value = ? WHERE name = 'version'", (str(number),))


def version_of(backend: Backend) -> int:
    """The version of the tables, 0 when there are none. Raises `LedgerVersionError`, `LedgerError`."""
    if not backend.has_tables():
        return 0
    rows = backend.query("SELECT value FROM meta WHERE name = 'version'")
    if not rows or not str(rows[0][0]).isdigit():
        raise LedgerError("this database holds other tables, not a ledger")
    version = int(rows[0][0])
    if version > NEWEST:
        raise LedgerVersionError(
            f"the ledger has version {version}, this program knows up to {NEWEST}", remedy="Install a newer muniment"
        )
    return version
