"""A command, option, setting or finding code that is not documented fails here."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from archive.cli.app import COMMANDS, group
from archive.config import describe_settings
from archive.model.codes import all_kinds


def _command(name: str) -> click.Command:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    return command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str, checkout: Path) -> None:
    text = (checkout / "docs" / "commands.md").read_text("utf-8")
    heading = re.search(rf"^## archive {name}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert heading, f"docs/commands.md has no section for archive {name}"
    commands = [_command(name)]
    if isinstance(commands[0], click.Group):
        commands += list(commands[0].commands.values())
    for command in commands:
        assert command.help
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"archive {command.name} {parameter.opts[0]} has no help"
                assert parameter.opts[0] in heading[1], (
                    f"{parameter.opts[0]} of archive {command.name} is not documented"
                )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_s_help_has_an_example(name: str) -> None:
    command = _command(name)
    commands = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    for each in commands:
        assert "archive " in (each.help or "").partition("Example:")[2], f"archive {each.name}"


def test_every_setting_is_documented(checkout: Path) -> None:
    text = (checkout / "docs" / "settings.md").read_text("utf-8")
    for name, variable, _help, _choices, _default in describe_settings():
        assert f"`{name}`" in text, name
        assert f"`{variable}`" in text, variable


def test_every_finding_code_is_documented(checkout: Path) -> None:
    text = (checkout / "docs" / "findings.md").read_text("utf-8")
    for code, kind in all_kinds().items():
        assert f"## {code}" in text, f"docs/findings.md has no section {code}"
        assert kind.clause in text
        assert kind.remedy
        assert kind.explanation


def test_the_modules_of_the_commands_are_the_commands(checkout: Path) -> None:
    frame = {
        "app", "batches", "console", "create_many", "exits", "foreign_options", "interrupting", "name_lists", "options",
        "__init__",
    }  # fmt: skip
    assert {path.stem for path in (checkout / "archive" / "cli").glob("*.py")} - frame == set(COMMANDS)
