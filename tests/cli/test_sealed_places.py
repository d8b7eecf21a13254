"""Nothing is written into a bag, whatever the command; and what tells of a private source is private, too."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from archive.cli.app import run
from tests.support.deposit_bags import tree_of, write_bag

COMMANDS = {
    "create": ("create", "note.txt", "--to", "{place}"),
    "create, dry": ("create", "note.txt", "--to", "{place}", "--dry-run"),
    "render": ("render", "note.txt", "--to", "{place}", "--language", "en"),
    "describe": ("describe", "note.txt", "--to", "{place}/draft.toml"),
    "retrieve": ("retrieve", "dir:far", "bag", "--to", "{place}"),
    "deposit": ("deposit", "bag", "dir:{place}"),
    "deposit, dry": ("deposit", "bag", "dir:{place}", "--dry-run"),
    "deposit in a new root": ("deposit", "bag", "ocfl:{place}/root"),
    "report": ("report", "--html", "{place}/report.html"),
    "report over a file": ("report", "--csv", "bag/bagit.txt"),
}


@pytest.fixture
def bag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    (tmp_path / "note.txt").write_text("hello\n")
    return write_bag(tmp_path / "bag", {"a.txt": b"x"})


@pytest.mark.parametrize("place", ["bag", "bag/data", "bag/data/further/down", "link/data"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_sealed_bag_stays_as_it_is(bag: Path, name: str, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init"]) == 0
    assert run(["deposit", "bag", "dir:far"]) == 0
    (bag.parent / "link").symlink_to("bag")
    before = tree_of(bag)
    capsys.readouterr()
    assert run([word.format(place=place) for word in COMMANDS[name]]) == 2
    assert "is inside a bag" in "".join(capsys.readouterr())
    assert tree_of(bag) == before
    assert not (bag / "data" / "further").exists()


def test_no_project_begins_in_a_bag(bag: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree_of(bag)
    monkeypatch.chdir(bag / "data")
    assert run(["init"]) == 2
    assert tree_of(bag) == before


@pytest.mark.parametrize("umask", [0o000, 0o022])
@pytest.mark.parametrize("private", ["the file", "its folder"])
def test_what_tells_of_a_private_source_is_private(tmp_path: Path, umask: int, private: str) -> None:
    source = tmp_path / "source"
    source.mkdir()
    letter = source / "letter.txt"
    letter.write_text("A letter\n\nconfidential\n")
    (letter if private == "the file" else source).chmod(0o600 if private == "the file" else 0o700)
    before = os.umask(umask)
    try:
        assert run(["describe", str(source), "--to", str(tmp_path / "draft.toml")]) == 0
        assert run(["render", str(letter), "--to", str(tmp_path / "out"), "--language", "en"]) == 0
    finally:
        os.umask(before)
    made = [tmp_path / "draft.toml", *([tmp_path / "out" / "letter.txt.pdf"] if private == "the file" else [])]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o600] * len(made)
