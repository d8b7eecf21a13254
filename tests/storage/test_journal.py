"""Journals outlive a kill, hold a lock, and secrets are never shown."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from archive.errors import LockedError, NotAuthorisedError, StorageError, UsageError
from archive.storage.credentials import Secret, find_credentials, without_secrets
from archive.storage.journal import Journal
from archive.storage.remote import RefusedError, TransientError, try_again, words_of


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    path = str(tmp_path / "a" / "x.journal")
    with Journal(path) as journal:
        journal.write(do="begin", name="صباح")
        journal.write(sync=True, do="sent", path="a\udcff")
    with Journal(path) as journal:
        assert journal.entries == [{"do": "begin", "name": "صباح"}, {"do": "sent", "path": "a\udcff"}]
        assert journal.last("sent") == {"do": "sent", "path": "a\udcff"}
        assert journal.last("none") is None
        journal.restart()
    assert Path(path).read_bytes() == b""


def test_a_line_cut_off_is_left_out_and_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    path.write_bytes(b'{"do": "begin"}\n{"do": "sent", "pa')
    with Journal(str(path)) as journal:
        assert journal.entries == [{"do": "begin"}]
        journal.write(do="sent", path="a")
    with Journal(str(path)) as journal:
        assert journal.entries == [{"do": "begin"}, {"do": "sent", "path": "a"}]


def test_a_journal_is_held_by_one(tmp_path: Path) -> None:
    path = str(tmp_path / "x.journal")
    with Journal(path), pytest.raises(LockedError):
        Journal(path)
    Journal(path).close()


def test_a_journal_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError):
        Journal(str(tmp_path / "file" / "x.journal"))


def test_a_secret_is_not_shown() -> None:
    secret = Secret("hush")
    assert (str(secret), f"{secret!r}", secret.reveal()) == ("***", "***", "hush")
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_where_credentials_come_from(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text('user = "u"\npassword = "p"\n')
    path.chmod(0o600)
    found = find_credentials("my-one", {"credentials": str(path)}, {}, service="s")
    assert (found.user, found.password and found.password.reveal(), found.origin) == ("u", "p", "a credentials file")
    environ = {"ARCHIVE_TARGET_MY_ONE_PASSWORD": "e", "ARCHIVE_TARGET_MY_ONE_USER": "v"}
    found = find_credentials("my-one", {"credentials": str(path)}, environ, service="s")
    assert (found.user, found.password and found.password.reveal(), found.origin) == ("v", "e", "the environment")
    assert find_credentials("x", {"user": "u"}, {}, service="s").password is None
    path.write_text("password = hush\n")
    with pytest.raises(NotAuthorisedError) as told:
        find_credentials("x", {"credentials": str(path)}, {}, service="s")
    assert "hush" not in str(told.value)
    with pytest.raises(NotAuthorisedError):
        find_credentials("x", {"credentials": str(tmp_path / "none")}, {}, service="s")
    with pytest.raises(UsageError) as refused:
        find_credentials("x", {"password": "hush"}, {}, service="s")
    assert "hush" not in str(refused.value)


def test_addresses_are_shown_without_who_we_are() -> None:
    assert without_secrets("sftp://me@host:22/a b?x=1#y") == "sftp://host:22/a b"
    assert without_secrets("http://[::1]:80/x") == "http://[::1]:80/x"
    with pytest.raises(UsageError) as told:
        without_secrets("http://u:hush@host/")
    assert "hush" not in str(told.value)


def test_trying_again_is_bounded() -> None:
    waits: list[float] = []
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise TransientError("no")

    with pytest.raises(TransientError):
        try_again(fail, retries=8, wait=waits.append)
    assert (len(calls), waits) == (9, [0.5, 1, 2, 4, 8, 16, 30, 30])

    def refuse() -> None:
        calls.append(1)
        raise RefusedError("never")

    with pytest.raises(RefusedError):
        try_again(refuse, retries=8, wait=waits.append)
    assert len(calls) == 10
    assert words_of("a\n b" + "c" * 400) == "a b" + "c" * 294 + "..."
