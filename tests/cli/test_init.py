"""`archive init` asks once who is responsible, and writes it where `create` reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.cli.app import run
from archive.config import load_settings
from tests.support.terminal import Terminal


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(
    ("organization", "operator"),
    [("Example Archive", "N. N."), ('The "Quoted" \\ Archive', "أرشيف"), ("", "only the operator"), ("Only", "")],
)
def test_options_name_who_is_responsible(tmp_path: Path, organization: str, operator: str) -> None:
    folder = tmp_path / "project"
    assert run(["init", str(folder), "--organization", organization, "--operator", operator]) == 0
    made = load_settings(str(folder), {"XDG_CONFIG_HOME": str(tmp_path / "home")}, trusted=True)
    assert (made.create.organization, made.create.operator) == (organization, operator)


def test_a_settings_file_that_exists_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / "archive.toml").write_text("# mine\n")
    assert run(["init", str(tmp_path), "--organization", "Example"]) == 2
    assert (tmp_path / "archive.toml").read_text() == "# mine\n"
    assert run(["init", str(tmp_path)]) == 0
    assert (tmp_path / "archive.toml").read_text() == "# mine\n"


def test_without_a_terminal_nothing_is_asked(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path / "project")]) == 0
    assert '# organization = ""' in (tmp_path / "project" / "archive.toml").read_text()


def test_on_a_terminal_both_names_are_asked_for(tmp_path: Path) -> None:
    terminal = Terminal("init", "project", cwd=tmp_path)
    terminal.answer("Organization", "  Example   Archive ")
    terminal.answer("Person who makes the bags", "أمل")
    terminal.expect("wrote project/archive.toml")
    assert terminal.end() == 0
    made = load_settings(str(tmp_path / "project"), {"XDG_CONFIG_HOME": str(tmp_path / "home")}, trusted=True)
    assert (made.create.organization, made.create.operator) == ("Example Archive", "أمل")


def test_an_option_given_is_not_asked_for_and_enter_names_no_one(tmp_path: Path) -> None:
    terminal = Terminal("init", "project", "--organization", "Given", cwd=tmp_path)
    terminal.answer("Person who makes the bags", "")
    terminal.expect("wrote project/archive.toml")
    assert terminal.end() == 0
    made = load_settings(str(tmp_path / "project"), {"XDG_CONFIG_HOME": str(tmp_path / "home")}, trusted=True)
    assert (made.create.organization, made.create.operator) == ("Given", "")


def test_a_conversation_that_is_interrupted_starts_no_project(tmp_path: Path) -> None:
    terminal = Terminal("init", "project", cwd=tmp_path)
    terminal.expect("Organization")
    terminal.interrupt()
    assert terminal.end() == 130
    assert not (tmp_path / "project").exists()
