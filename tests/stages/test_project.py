"""Starting a project: whole or not at all, and never with a secret on the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.config import load_settings
from archive.errors import ArchiveError, ExistsError, StorageError, UsageError
from archive.ledger.book import open_ledger
from archive.reporting.settings import setting_rows
from archive.settings import LedgerSettings, Settings
from archive.stages import project as module
from archive.stages.project import start_project
from archive.storage.clock import Clock


def begin(folder: Path, url: str | None = None) -> module.StartedProject:
    return start_project(str(folder), url, clock=Clock(), environ=os.environ)


def test_settings_ledger_and_trust_are_made(tmp_path: Path) -> None:
    started = begin(tmp_path / "new" / "project")
    assert sorted(os.listdir(tmp_path / "new" / "project")) == ["archive.toml", "ledger.sqlite3"]
    assert started.settings_written
    assert started.untrusted == ""
    open_ledger(started.ledger).close()
    with pytest.raises(ExistsError, match="archive audit status"):
        begin(tmp_path / "new" / "project")


def test_a_project_inside_another_has_its_own_ledger(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").write_text('[ledger]\nurl = "above.sqlite3"\n')
    started = begin(tmp_path / "below")
    assert started.ledger == str(tmp_path / "below" / "ledger.sqlite3")
    assert not (tmp_path / "above.sqlite3").exists()


def test_an_older_settings_file_is_kept_and_followed(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").write_text('[ledger]\nurl = "sub/fixity.sqlite3"\n')
    started = begin(tmp_path)
    assert not started.settings_written
    assert (tmp_path / "archive.toml").read_text().startswith("[ledger]")
    assert (tmp_path / "sub" / "fixity.sqlite3").is_file()
    assert load_settings(str(tmp_path)).refused == {}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://archivist:private-word@127.0.0.1:9/fixity",
        "postgres://archivist:private-word@127.0.0.1:9/fixity",
        "postgresql://127.0.0.1:9/fixity?user=a&password=private-word",
        "postgresql://127.0.0.1:9/fixity?PASSWORD=private-word",
        "postgresql://:private-word@127.0.0.1:9/fixity",
        "postgresql://[private-word@/fixity",
    ],
)
def test_a_password_is_never_written(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError) as caught:
        begin(tmp_path / "project", url)
    assert "private-word" not in str(caught.value)
    assert not (tmp_path / "project").exists()
    (tmp_path / "archive.toml").write_text(f'[ledger]\nurl = "{url}"\n')
    with pytest.raises(UsageError) as caught:
        begin(tmp_path)
    assert "private-word" not in str(caught.value)
    assert os.listdir(tmp_path) == ["archive.toml"]


def test_a_server_that_cannot_be_reached_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError):
        begin(tmp_path / "project", "postgresql://archivist@127.0.0.1:9/fixity")
    assert not (tmp_path / "project").exists()


@pytest.mark.parametrize("step", ["create_ledger", "write_output", "put_in_place"])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing_and_the_next_run_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, failure: BaseException
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    with monkeypatch.context() as patched:
        patched.setattr(module, step, fail)
        with pytest.raises((StorageError, KeyboardInterrupt)):
            begin(tmp_path / "project")
    assert os.listdir(tmp_path) == []
    begin(tmp_path / "project")


def test_a_failure_at_the_last_step_takes_the_settings_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = module.put_in_place

    def fail(source: str, target: str) -> None:
        if target.endswith("ledger.sqlite3"):
            raise OSError(28, "No space left on device")
        place(source, target)

    monkeypatch.setattr(module, "put_in_place", fail)
    with pytest.raises(StorageError):
        begin(tmp_path)
    assert os.listdir(tmp_path) == []


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".archive.toml.0123abcd.partial").mkdir()
    (tmp_path / ".ledger.sqlite3.0123abcd.partial").mkdir()
    begin(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["archive.toml", "ledger.sqlite3"]


def test_a_home_that_cannot_be_written_to_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file" / "config"))
    started = begin(tmp_path / "project")
    assert started.untrusted
    open_ledger(started.ledger).close()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:private-word@host:5432/x", "postgresql://u:***@host:5432/x"),
        ("postgresql://host/x?password=private-word&a=1", "postgresql://host/x?password=***&a=1"),
        ("postgresql://host:5432/x", "postgresql://host:5432/x"),
        ("ledger.sqlite3", "ledger.sqlite3"),
    ],
)
def test_settings_show_no_password(url: str, shown: str) -> None:
    settings = Settings(ledger=LedgerSettings(url=url))
    assert next(row["value"] for row in setting_rows(settings) if row["name"] == "ledger.url") == shown


def test_a_connection_string_is_refused_with_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="list of keywords") as caught:
        start_project(
            str(tmp_path / "p"), "host=127.0.0.1 password=private-word", clock=Clock(),
            environ={"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "c")},
        )  # fmt: skip
    assert "private-word" not in str(caught.value)
    assert not list(tmp_path.rglob("*.toml"))
