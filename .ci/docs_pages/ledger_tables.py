"""The page of the ledger's tables, from a new ledger in SQLite."""

from __future__ import annotations

import re
import sqlite3
import tempfile
from pathlib import Path

from archive.ledger.book import create_ledger
from archive.ledger.schema import NEWEST, OLDEST_READ

_TABLES = {
    "meta": "What the ledger is: its version and its identifier.",
    "locations": "Where holdings are: a place of the settings (`named` is 1) or a folder.",
    "holdings": "Bags that audits check. `whole` is the item that stands for the bag itself.",
    "items": "The files of a holding with the digests that are expected, when each is due, and the outcome of its last check.",
    "formats": "How many files of each format a holding has.",
    "runs": "Audits.",
    "batches": "Shares of a run's work, leased by a worker until `lease_until`.",
    "checks": "Every check whose outcome was not *intact*, and checks of older versions. Can only be added to.",
    "intact_checks": "Checks that found files intact: one row for a batch and holding. Can only be added to.",
    "events": "What has happened to a holding: [events](events.md). Can only be added to.",
    "seals": "The chain: a SHA-256 over the lines of a batch or event and the link before. Can only be added to.",
}
_HEAD = f"""\
# Tables of the ledger

Written by `.ci/write-docs` from a new ledger. The tables are the same in SQLite and PostgreSQL, but for the names of types:
`BLOB` is `BYTEA`, and a primary key `INTEGER` is a generated `BIGINT`. This is version {NEWEST}. Older ledgers are migrated when
they are opened for writing; from version {OLDEST_READ} on they can be read as they are. A program refuses a ledger that is newer
than it knows.

Times are seconds of Unix time. Paths and digests are bytes. Read the ledger with `archive report --csv`, `archive events`
or the [library](library.md): the tables are not a promise and can change with any version. Triggers refuse to change or
delete what was recorded.

`outcome` is 0 not checked yet, 1 intact, and larger for everything that needs attention.
"""


def write_ledger() -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite3"
        create_ledger(str(path), now=0).close()
        connection = sqlite3.connect(path)
        try:
            rows = connection.execute(
                "SELECT name, type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
            ).fetchall()
            columns = {
                name: connection.execute(f"PRAGMA table_info({name})").fetchall()
                for name, kind, *_ in rows
                if kind == "table"
            }
        finally:
            connection.close()
    lacking = columns.keys() ^ _TABLES.keys()
    if lacking:
        raise ValueError(f"tables without a description, or descriptions without a table: {sorted(lacking)}")
    parts = [_HEAD]
    for name, what in _TABLES.items():
        parts += [f"## {name}", "", what, "", "| column | type | may be empty |", "| --- | --- | --- |"]
        parts += [
            f"| `{column}` | {kind} | {'no' if required or key else 'yes'} |"
            for _number, column, kind, required, _default, key in columns[name]
        ]
        indexes = [sql for _name, kind, table, sql in rows if kind == "index" and table == name]
        if indexes:
            parts += ["", "```sql", *(re.sub(r"\s+", " ", sql) + ";" for sql in indexes), "```"]
        parts.append("")
    return "\n".join(parts)
