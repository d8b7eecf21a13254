"""Every command line in the documentation is one that the program takes, with options that it has."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from tests.support.command_lines import lines_in_blocks, lines_in_words, options_of, parse_words, words_of

CHECKOUT = Path(__file__).resolve().parents[2]
TUTORIALS = CHECKOUT / "docs" / "tutorials"
"""Their lines are run, those that fail on purpose too: tests/tutorials."""
PAGES = [*sorted((CHECKOUT / "docs").rglob("*.md")), CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md"]


def named(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


@pytest.mark.parametrize("path", [path for path in PAGES if path.parent != TUTORIALS], ids=named)
def test_the_command_lines_of_a_page_parse(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    faults = []
    for line in lines_in_blocks(path.read_text("utf-8")):
        words = words_of(line)
        for name in (word[1:] for word in words if word.startswith("@")):
            (tmp_path / name).write_text("a\n")
        try:
            parse_words(words)
        except (click.UsageError, LookupError) as error:
            faults.append(f"{line}: {error}")
    assert faults == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_the_commands_in_the_text_of_a_page_exist(path: Path) -> None:
    faults = []
    for line in lines_in_words(path.read_text("utf-8")):
        try:
            unknown = options_of(words_of(line))
        except LookupError as error:
            faults.append(str(error))
        else:
            faults += [f"{line}: no option {name}" for name in sorted(unknown)]
    assert faults == []


def test_a_line_that_does_not_parse_is_found() -> None:
    (line,) = lines_in_blocks("```console\n$ archive validate --deep bag | cat  # why\n# archive none\n```\n")
    with pytest.raises(click.UsageError):
        parse_words(words_of(line))
    (span,) = lines_in_words("Run `archive validate BAG --deep`, or `archive`.")
    assert options_of(words_of(span)) == {"--deep"}
