"""Command lines of `archive` in texts: found, and parsed by click without being run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from archive.cli.app import group

_BLOCK = re.compile(r"^(```+)(\w*)\n(.*?)^\1$", re.M | re.S)
_ENDS = ("&&", "||", "|", ";", ">", ">>", "<", "2>")


def lines_in_blocks(text: str) -> Iterator[str]:
    """The command lines in fenced blocks of a page: those that begin with `archive` or `$ archive`."""
    for _fence, language, content in _BLOCK.findall(text):
        if language in ("", "sh", "console", "bash"):
            for line in content.splitlines():
                command = line.removeprefix("$ ")
                if command.startswith("archive ") and (language != "console" or line != command):
                    yield command


def lines_in_words(text: str) -> Iterator[str]:
    """The command lines in code spans of a page; a span that only names a command is none."""
    for span in re.findall(r"`([^`\n]+)`", _BLOCK.sub("", text)):
        if span.startswith("archive ") and "..." not in span:
            yield span


def words_of(line: str) -> list[str]:
    """The words of the first command in a line of the shell, without `archive`."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, "#"
    words: list[str] = []
    for word in lexer:
        if word in _ENDS:
            break
        words.append(word)
    return words[1:]


def find_command(words: list[str]) -> tuple[click.Command, list[str], click.Context]:
    """The command that `words` name, the words that are left for it, and the context around it."""
    command: click.Command = group
    context = click.Context(group, info_name="archive")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(context, words[0])
        if inner is None:
            break
        command, words = inner, words[1:]
    return command, words, context


def parse_words(words: list[str]) -> None:
    """Let the command that `words` name parse them. Raises `click.UsageError`, `LookupError` when there is none."""
    command, rest, context = find_command(words)
    if command is group:
        raise LookupError(f"no such command: {shlex.join(words)}")
    with command.make_context(command.name, list(rest), parent=context):
        pass


def options_of(words: list[str]) -> set[str]:
    """The options among `words` that the command which they name does not have."""
    command, rest, context = find_command(words)
    if command is group and not rest[0].startswith("-"):
        raise LookupError(f"no such command: {shlex.join(words)}")
    known = {name for one in command.get_params(context) for name in (*one.opts, *one.secondary_opts)}
    return {word.partition("=")[0] for word in rest if word.startswith("--")} - known
