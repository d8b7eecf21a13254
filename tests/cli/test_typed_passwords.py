"""A password that somebody types into an address is never shown again, whatever the command and whatever went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.cli.app import run
from archive.errors import without_users

ADDRESSES = [
    "sftp://anna:geheim@127.0.0.1/in/bag", "s3://anna:geheim@bucket/bag", "webdav+https://anna:geheim@127.0.0.1/bag",
    "https://anna:geheim@127.0.0.1/bag",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "words",
    [("validate",), ("validate", "--json"), ("validate", "other"), ("verify", "--json"), ("verify", "other"), ("show",),
     ("show", "--json"), ("audit",), ("holdings", "add"), ("holdings", "list"), ("events",),
     ("repair", "bag", "--from"),
     ("deposit", "bag"), ("deposit", "--json", "bag"), ("retrieve", "--to", "out", "x"), ("status",), ("seal",),
     ("export", "--as", "bag", "--to", "out"), ("update", "--discard-old"), ("fetch",), ("unpack", "--to", "out"),
     ("import", "--to", "out"), ("join", "--to", "out"), ("create", "--to", "out")],
    ids=" ".join,
)  # fmt: skip
def test_no_command_repeats_it(
    address: str,
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "."]) == 0
    capfd.readouterr()
    given = ["x", address] if words[0] == "retrieve" else [address]
    code = run([*words[:-1], *given[::-1]] if words[0] == "retrieve" else [*words, *given])
    said = "".join(capfd.readouterr())
    assert code not in (0, 70), said
    assert "geheim" not in said


def test_user_names_and_passwords_are_left_out() -> None:
    assert without_users("sftp://anna:a@b@host:22/in/bag@2") == "sftp://host:22/in/bag@2"
    assert without_users("s3://bucket/a@b") == "s3://bucket/a@b"
    assert without_users("a:b@c/d") == "a:b@c/d"
    assert without_users("Got (s3://a:b@c/d, ftp://e@f)") == "Got (s3://c/d, ftp://f)"
