"""The tables of a ledger, as migrations from version 1 on; the same for both databases.

A migration once released never changes. `{key}` is a generated 64-bit primary key, `{blob}` a byte string,
`{tail}` the primary key at the end of an index, which SQLite adds by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.errors import LedgerError, LedgerVersionError
from archive.ledger.appending import append_event, read_head
from archive.ledger.backend import Backend
from archive.ledger.inventory import ITEMS_DIGEST, SEAL_FILES, inventory_digest
from archive.ledger.item_ranges import claim_of, write_claim
from archive.ledger.old_sentences import split_sentence

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
_VERSION_3 = ("ALTER TABLE checks ADD COLUMN cause INTEGER",)
_VERSION_4 = ("ALTER TABLE holdings ADD COLUMN identity TEXT",)
_VERSION_5 = (
    "CREATE TABLE intact_checks (first_seq BIGINT PRIMARY KEY, last_seq BIGINT NOT NULL, batch BIGINT NOT NULL,"
    " holding BIGINT NOT NULL, checked BIGINT NOT NULL, items TEXT NOT NULL)",
    "CREATE INDEX intact_checks_holding ON intact_checks (holding, first_seq)",
    "ALTER TABLE batches ADD COLUMN items TEXT NOT NULL DEFAULT ''",
)
_VERSION_5_AT_LAST = (
    "DROP INDEX items_batch",
    "DROP INDEX items_due",
    "ALTER TABLE items DROP COLUMN batch",
    "CREATE INDEX items_due ON items (location, due{tail}) WHERE due IS NOT NULL",
)
_VERSION_6 = ("CREATE INDEX items_seals ON items (holding{tail}) WHERE {seal_files}",)
"""From here on files may be entered after their bag, which earlier programs take for tampering: they refuse."""

_VERSION_7: tuple[str, ...] = ()
"""From here on a holding may be a version of an OCFL object, which earlier programs would call missing: they refuse."""

_APPEND_ONLY = ("checks", "events", "seals")

MIGRATIONS = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4, _VERSION_5, _VERSION_6, _VERSION_7)
NEWEST = len(MIGRATIONS)
OLDEST_READ = 5
"""The oldest version that can be read without being migrated."""
_PAGE = 10_000


_REFUSE = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'what was recorded is never changed or deleted'; END $$"
)


def _triggers(kind: str, tables: Sequence[str]) -> list[str]:
    """Triggers with which the database itself refuses to change or delete what was recorded."""
    statements = []
    for table in tables:
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

    Raises `LedgerVersionError` when they are newer than this program knows, `LedgerError` when they are not a ledger.
    """
    if version_of(backend) == up_to:
        return
    backend.write(lambda: _migrate(backend, up_to))


def _migrate(backend: Backend, up_to: int) -> None:
    dialect = (
        {"key": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "blob": "BYTEA", "tail": ", id"}
        if backend.kind == "postgresql"
        else {"key": "INTEGER PRIMARY KEY", "blob": "BLOB", "tail": ""}
    ) | {"seal_files": SEAL_FILES[backend.kind]}
    current = version_of(backend)
    for number in range(current + 1, up_to + 1):
        for statement in MIGRATIONS[number - 1]:
            backend.run(statement.format(**dialect))
        if number == 1:
            for statement in ([_REFUSE] if backend.kind == "postgresql" else []) + _triggers(
                backend.kind, _APPEND_ONLY
            ):
                backend.run(statement)
            backend.run("INSERT INTO meta (name, value) VALUES ('version', '1')")
        if number == 3:
            _read_causes(backend)
        if number == 5:
            for statement in _triggers(backend.kind, ("intact_checks",)):
                backend.run(statement)
            _move_claims(backend)
            for statement in _VERSION_5_AT_LAST:
                backend.run(statement.format(**dialect))
            _seal_inventories(backend)
        backend.run("UPDATE meta SET value = ? WHERE name = 'version'", (str(number),))


def _read_causes(backend: Backend) -> None:
    """Fill the column `cause` from the sentences of older checks. The trigger against changes is lifted meanwhile."""
    trigger = next(
        statement for statement in _triggers(backend.kind, _APPEND_ONLY) if " checks_no_update " in statement
    )
    backend.run("DROP TRIGGER checks_no_update" + (" ON checks" if backend.kind == "postgresql" else ""))
    seq = 0
    while rows := backend.query(
        "SELECT seq, outcome, note FROM checks WHERE seq > ? AND outcome > 1 AND note IS NOT NULL ORDER BY seq LIMIT ?",
        (seq, _PAGE),
    ):
        seq = rows[-1][0]
        causes = [(split_sentence(outcome, bytes(note))[0], number) for number, outcome, note in rows]
        changes = [(int(cause), number) for cause, number in causes if cause is not None]
        if changes:
            backend.run_many("UPDATE checks SET cause = ? WHERE seq = ?", changes)
    backend.run(trigger)


def _move_claims(backend: Backend) -> None:
    """From version 5 on, a batch itself records which items it holds while it is live."""
    for (number,) in backend.query("SELECT id FROM batches WHERE live = 1 ORDER BY id"):
        held = backend.query("SELECT id, holding FROM items WHERE batch = ? ORDER BY id", (number,))
        backend.run("UPDATE batches SET items = ? WHERE id = ?", (write_claim(claim_of(held)), number))


def _seal_inventories(backend: Backend) -> None:
    """Seal what is known of the files of each holding: until version 4 each check sealed that of its own file.

    The events bear the time of the last seal, for a migration has no clock.
    """
    for holding, files in backend.query("SELECT id, files FROM holdings ORDER BY id"):
        detail = {"files": files, ITEMS_DIGEST: inventory_digest(backend, holding)}
        append_event(backend, "message digest calculation", holding, read_head(backend).sealed, "success", detail)


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
