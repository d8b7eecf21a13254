"""A ledger for each test, once in SQLite and once in a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.ledger.book import Ledger, create_ledger
from tests.support.postgres import Postgres, start_postgres

NOW = 1_800_000_000


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with start_postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "ledger.sqlite3")
    return str(request.getfixturevalue("server").url())


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    made = create_ledger(address, now=NOW, patience=1)
    yield made
    made.close()
