"""What the program keeps beside the bags is for its owner only, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.app import run
from tests.support.deposit_bags import write_bag


@pytest.fixture(params=[0o000, 0o022, 0o027])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
def test_ledger_journals_and_receipts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    write_bag(tmp_path / "bag")
    assert run(["init"]) == 0
    assert run(["holdings", "add", "bag"]) == 0
    from archive.config import load_settings
    from archive.ledger.book import ledger_address, open_ledger

    ledger = open_ledger(ledger_address(load_settings()))
    files = [path for path in tmp_path.iterdir() if ".sqlite3" in path.name]
    assert len(files) == 3, "the ledger, and its -wal and -shm while it is open"
    assert {mode_of(path) for path in files} == {0o600}
    ledger.close()
    assert run(["deposit", "bag", "dir:far"]) == 0
    kept = list((tmp_path / "deposits").iterdir())
    assert {path.suffix for path in kept} >= {".journal", ".json"}
    assert {mode_of(path) for path in kept if path.is_file()} == {0o600}
    assert mode_of(tmp_path / "deposits") == 0o700


def test_a_planted_link_is_not_written_through(tmp_path: Path) -> None:
    from archive.errors import StorageError
    from archive.storage.journal import Journal, write_private

    trap = tmp_path / "trap"
    trap.write_text("mine\n")
    (tmp_path / "a.journal").symlink_to(trap)
    with pytest.raises(StorageError):
        Journal(str(tmp_path / "a.journal"))
    (tmp_path / "r.part").symlink_to(trap)
    (tmp_path / "r").symlink_to(trap)
    write_private(str(tmp_path / "r"), b"receipt\n")
    assert trap.read_text() == "mine\n"
    assert (tmp_path / "r").read_text() == "receipt\n"
    assert not (tmp_path / "r").is_symlink()
