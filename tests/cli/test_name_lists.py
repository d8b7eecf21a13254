"""@FILE stands for the names in a file, in every command that takes several."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.cli.app import run
from archive.errors import FormatError
from archive.formats.name_list import parse_names
from tests.support.audit_projects import write_bag


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"a\nb c \n", ["a", "b c "]),
        (b"\xef\xbb\xbfa\r\n\r\nb", ["a", "b"]),
        ("ملف\n".encode(), ["ملف"]),
        (b"a\0b\nc\0", ["a", "b\nc"]),
        (b"\xff\0", ["\udcff"]),
        (b"@a\n#b\n", ["@a", "#b"]),
        (b"\n\n", []),
    ],
)
def test_names_are_one_a_line_or_end_at_nul(content: bytes, names: list[str]) -> None:
    assert parse_names(content) == names


def test_a_line_that_is_not_utf_8_is_named() -> None:
    with pytest.raises(FormatError, match="line 2 is not valid UTF-8"):
        parse_names(b"a\n\xff\n")


@pytest.fixture
def bags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    names = [f"bag {number}" for number in range(3)]
    for name in names:
        write_bag(tmp_path / name, {"a.txt": name.encode()})
    (tmp_path / "list.txt").write_text("".join(f"{name}\n" for name in names))
    return names


def test_validate_takes_a_list(bags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "@list.txt"]) == 0
    assert capsys.readouterr().out.count("intact: ") == len(bags)


def test_deposit_takes_a_list(bags: list[str], tmp_path: Path) -> None:
    assert run(["deposit", "@list.txt", "dir:far", "--quiet"]) == 0
    assert len([name for name in os.listdir(tmp_path / "far") if not name.startswith(".")]) == len(bags)
    assert run(["deposit", "@list.txt", "dir:far", "--quiet"]) == 0


def test_a_useless_list_is_told(tmp_path: Path, bags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "latin").write_bytes(b"\xe9\n")
    assert run(["validate", "@empty"]) == 2
    assert run(["validate", "@latin"]) == 2
    assert run(["validate", "@none"]) == 10
    assert "write ./@none" in capsys.readouterr().err
    os.mkfifo(tmp_path / "pipe")
    assert run(["validate", "@pipe"]) == 4


def test_a_name_that_begins_with_the_sign_is_given_with_its_folder(tmp_path: Path, bags: list[str]) -> None:
    (tmp_path / bags[0]).rename(tmp_path / "@bag")
    assert run(["validate", "./@bag"]) == 0
