"""What the program keeps beside the bags is for its owner only, whatever the umask."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.app import run
from tests.support.deposit_bags import seal, write_bag


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


CLOSED = "Source-Organization: Example\nAccess: closed\n"


@pytest.mark.parametrize("kind", ["dir", "ocfl"])
def test_a_private_bag_is_private_there_and_when_it_comes_back(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    before = os.umask(0o022)
    try:
        for name, mode in (("closed", 0o700), ("shared", 0o755)):
            write_bag(tmp_path / name).chmod(mode)
            assert run(["deposit", name, f"{kind}:far", "--json"]) == 0
        receipts = [json.loads(path.read_bytes()) for path in (tmp_path / "deposits").glob("*.receipt.json")]
        assert len(receipts) == 2
        for receipt in receipts:
            mode = 0o700 if "closed" in receipt["bag"] else 0o755
            assert mode_of(Path(receipt["location"])) == mode
            assert run(["retrieve", f"{kind}:far", receipt["identifier"], "--to", "back"]) == 0
            assert mode_of(next((tmp_path / "back").glob(receipt["bag"]))) == mode
    finally:
        os.umask(before)


@pytest.mark.parametrize("form", ["files", "zip"])
def test_what_its_records_close_comes_back_closed(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The far side shows it to everybody; the bag's own record says that it must not be."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    before = os.umask(0o022)
    try:
        for name, text in (("closed", CLOSED), ("shared", CLOSED.replace("closed", "open"))):
            bag = write_bag(tmp_path / "far" / name)
            (bag / "bag-info.txt").write_text(text)
            seal(bag)
            if form == "zip":
                shutil.make_archive(str(bag), "zip", tmp_path / "far", name)
                (tmp_path / "far" / f"{name}.zip").chmod(0o644)
            identifier = name if form == "files" else f"{name}.zip"
            assert run(["retrieve", "dir:far", identifier, "--to", "back"]) == 0
            came = tmp_path / "back" / identifier
            assert mode_of(came) & 0o077 == (0 if name == "closed" else 0o044 | (0o011 if form == "files" else 0))
    finally:
        os.umask(before)
