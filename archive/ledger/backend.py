"""The small interface behind which SQLite and PostgreSQL stand.

Statements are written once, with `?` for parameters, in the SQL that both know. A write transaction is serialised: one
at a time over all processes, in either database, so that the chain of seals has one end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

Row = tuple[Any, ...]
Result = TypeVar("Result")


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
