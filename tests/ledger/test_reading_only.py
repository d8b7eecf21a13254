"""A ledger that is only read: from a disk or folder that cannot be written to, and without a trace beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.errors import LedgerMissingError, PermissionDeniedError
from archive.ledger.backend import Backend
from archive.ledger.book import create_ledger, open_ledger
from archive.ledger.recording import record_event
from archive.ledger.sqlite import SqliteBackend
from tests.support.audit_projects import CHECKOUT, UNPRIVILEGED
from tests.support.needing import needs

NOW = 1_800_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a ledger of one event that is wholly in its file."""
    place = tmp_path / "disk"
    place.mkdir()
    ledger = create_ledger(str(place / "l.sqlite3"), now=NOW)
    record_event(ledger, "one", None, {}, now=NOW)
    ledger.close()
    yield place
    place.chmod(0o755)


def crashed(folder: Path) -> Path:
    """A copy of the folder as a process leaves it that is killed after a second event."""
    ledger = open_ledger(str(folder / "l.sqlite3"))
    record_event(ledger, "two", None, {}, now=NOW)
    copy = folder.parent / "crashed"
    shutil.copytree(folder, copy)
    ledger.close()
    assert (copy / "l.sqlite3-wal").stat().st_size
    return copy


def crashed_without_index(folder: Path) -> Path:
    copy = crashed(folder)
    (copy / "l.sqlite3-shm").unlink()
    return copy


def kinds(backend: Backend) -> list[str]:
    return [str(kind) for (kind,) in backend.query("SELECT kind FROM events ORDER BY seq")]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".sqlite3-shm"}


READ = """
import sys
from archive.ledger.book import open_ledger
ledger = open_ledger(sys.argv[1], migrating=False)
print(*(kind for (kind,) in ledger.backend.query("SELECT kind FROM events ORDER BY seq")))
ledger.close()
"""


@needs("setpriv")
@pytest.mark.parametrize(
    ("made", "found"),
    [(lambda folder: folder, "one"), (crashed, "one two"), (crashed_without_index, "one two")],
    ids=["closed", "crashed", "crashed without its index"],
)
def test_a_ledger_in_a_folder_that_cannot_be_written_to(folder: Path, made: Callable[[Path], Path], found: str) -> None:
    place = made(folder)
    before = contents(place)
    for path in place.iterdir():
        path.chmod(0o444)
    place.chmod(0o555)
    command = [*UNPRIVILEGED, sys.executable, "-c", READ, str(place / "l.sqlite3")]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    place.chmod(0o755)
    assert (done.stdout.strip(), done.stderr) == (found, "")
    assert contents(place) == before


@pytest.mark.parametrize("made", [lambda folder: folder, crashed_without_index], ids=["closed", "crashed"])
def test_nothing_is_made_beside_it(folder: Path, made: Callable[[Path], Path]) -> None:
    place = made(folder)
    before = {path.name: path.stat().st_mtime_ns for path in [place, *place.iterdir()]}
    ledger = open_ledger(str(place / "l.sqlite3"), migrating=False)
    assert kinds(ledger.backend)[0] == "one"
    assert {path.name for path in place.iterdir()} == before.keys() - {place.name}
    ledger.close()
    assert {path.name: path.stat().st_mtime_ns for path in [place, *place.iterdir()]} == before


def test_what_another_process_writes_meanwhile_is_seen(folder: Path) -> None:
    """Each question is about the ledger as it is then: closed, open with a -wal, and closed again."""
    path = str(folder / "l.sqlite3")
    reader = open_ledger(path, migrating=False)
    assert kinds(reader.backend) == ["one"]
    writer = open_ledger(path)
    record_event(writer, "two", None, {}, now=NOW)
    assert kinds(reader.backend) == ["one", "two"]
    record_event(writer, "three", None, {}, now=NOW)
    assert kinds(reader.backend) == ["one", "two", "three"]
    writer.close()
    assert kinds(reader.backend) == ["one", "two", "three"]
    writer = open_ledger(path)
    record_event(writer, "four", None, {}, now=NOW)
    writer.close()
    assert kinds(reader.backend) == ["one", "two", "three", "four"]
    reader.close()


def test_it_refuses_to_write(folder: Path) -> None:
    ledger = open_ledger(str(folder / "l.sqlite3"), migrating=False)
    for write in (
        lambda: record_event(ledger, "two", None, {}, now=NOW),
        lambda: ledger.backend.run("DELETE FROM meta"),
        lambda: ledger.backend.run_many("DELETE FROM meta", []),
        ledger.backend.writing,
    ):
        with pytest.raises(PermissionDeniedError, match="only to be read"):
            write()
    with pytest.raises(PermissionDeniedError):
        ledger.backend.query("DELETE FROM meta")
    ledger.close()


def test_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissingError):
        open_ledger(str(tmp_path / "l.sqlite3"), migrating=False)
    assert os.listdir(tmp_path) == []
    with pytest.raises(LedgerMissingError):
        SqliteBackend(str(tmp_path / "l.sqlite3"))
