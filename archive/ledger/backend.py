"""The small interface that SQLite and PostgreSQL implement.

Statements are written once, with `?` for parameters, in the SQL that both know. A write transaction is serialised: one
at a time over all processes, in either database, so that the chain of seals has one end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from archive.errors import LedgerError

Row = tuple[Any, ...]
Result = TypeVar("Result")
Value = TypeVar("Value")


PARAMETERS = 500
"""How many parameters a statement has at most."""


def stored_json(raw: Any) -> dict[str, Any]:
    """The object that `raw`, a value of the database, holds as JSON. Raises `LedgerError` where it holds none."""
    try:
        found = json.loads(raw if isinstance(raw, str) else bytes(raw))
    except (TypeError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise LedgerError("a record in the ledger is damaged", remedy="Restore the ledger from a backup")
    return found


def batched(values: Sequence[Value], size: int = PARAMETERS) -> Iterator[Sequence[Value]]:
    """`values` in parts that fit one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


class Backend(Protocol):
    """A connection to one database. `kind` is "sqlite" or "postgresql"."""

    kind: str

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows. Raises `LedgerError` and its kinds."""
        ...

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        """Do it; gives how many rows it touched."""
        ...

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None: ...

    def writing(self, *, durable: bool = True) -> AbstractContextManager[None]:
        """A serialised write transaction: kept whole when the block ends, undone whole when it raises.

        Without `durable` it may be gone, as a whole, after a loss of power, until a durable one follows, if the caller
        is gone with it: enough for what costs nothing to do again, such as giving out work.
        """
        ...

    def write(self, work: Callable[[], Result], *, durable: bool = True) -> Result:
        """`work` in one write transaction; done again from its start when the database went away meanwhile.

        So `work` must give the same when an earlier try was kept after all.
        """
        ...

    def has_tables(self) -> bool:
        """True when the ledger's own table `meta` is there."""
        ...

    def close(self) -> None: ...
