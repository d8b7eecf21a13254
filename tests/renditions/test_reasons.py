"""Why there is no rendition: the reason in words, and the remedy that fits it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archive.cli.app import run
from archive.renditions.reasons import reason_of

BROKEN = {
    "cut.pdf": b"%PDF-1.7\n",
    "cut.docx": b"PK\x03\x04broken",
    "cut.xlsx": b"PK\x03\x04",
    "cut.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "cut.png": b"\x89PNG\r\n\x1a\n\x00",
    "cut.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "cut.rtf": b"{\\rt",
    "cut.odt": b"PK\x05\x06" + bytes(18),
    "marked.txt": b"\xff\xfea\x00\x00\xd8",
}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyError("/Root"), "its structure is malformed"),
        (AttributeError("'NoneType' ..."), "its structure is malformed"),
        (RecursionError("maximum recursion depth"), "it is nested too deeply"), (ValueError("a\n b"), "a b"),
        (EOFError(), "its structure is malformed"),
    ],
)  # fmt: skip
def test_a_reason_names_no_class(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason


def test_broken_documents_are_not_told_of_encodings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in BROKEN.items():
        (tmp_path / name).write_bytes(content)
    for name in BROKEN:
        capsys.readouterr()
        assert run(["render", str(tmp_path / name), "--to", str(tmp_path / "out"), "--json"]) in (0, 4)
        out = capsys.readouterr().out
        assert "windows-1256" not in out, name
        assert not re.search(r"\b[A-Z]\w*(?:Error|Exception)\b: ", out), out
        json.loads(out)


@pytest.mark.parametrize("words", [[], ["--encoding", "utf-8"], ["--encoding", "shift_jis"]])
def test_a_text_in_another_encoding_is(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.txt").write_bytes(b"caf\xe9 \xff\n")
    run(["render", str(tmp_path / "old.txt"), "--to", str(tmp_path / "out"), "--json", *words])
    out = capsys.readouterr().out
    assert "REN-115" in out
    assert "REN-102" not in out
