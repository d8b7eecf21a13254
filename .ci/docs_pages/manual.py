"""Manual pages, from the help texts of the commands: `archive(1)`, `archive-create(1)`, `archive-holdings-add(1)`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from archive import __version__
from archive.cli.app import COMMANDS, group
from archive.model.exits import MEANINGS

_INDENTED = re.compile(r"^ {2,}")


def manual_pages() -> dict[str, str]:
    """The text of each page by the name of its file."""
    pages = {"archive.1": _page("archive", group, list(COMMANDS.items()))}
    for name, sentence in COMMANDS.items():
        command = group.get_command(click.Context(group), name)
        assert command is not None
        members = getattr(command, "commands", {})
        told = [(inner, member.get_short_help_str(200)) for inner, member in members.items()]
        pages[f"archive-{name}.1"] = _page(f"archive {name}", command, told, sentence)
        for inner, member in members.items():
            pages[f"archive-{name}-{inner}.1"] = _page(f"archive {name} {inner}", member, [])
    return pages


def _page(path: str, command: click.Command, members: list[tuple[str, str]], sentence: str = "") -> str:
    name = path.replace(" ", "-")
    context = click.Context(command, info_name=path)
    first, *rest = _paragraphs(command.help or "")
    sentence = sentence or " ".join(first)
    lines = [
        f'.\\" Written by .ci/write-man from the help of {path}.',
        f'.TH {_escaped(name.upper())} 1 "" "muniment {__version__}" "muniment"',
        ".SH NAME",
        f"{_escaped(name)} \\- {_escaped(sentence.rstrip('.'))}",
        ".SH SYNOPSIS",
        f".B {_escaped(path)}",
        _escaped(" ".join(command.collect_usage_pieces(context))),
        ".SH DESCRIPTION",
        _escaped(" ".join(first)),
    ]
    examples: list[str] = []
    for paragraph in rest:
        if paragraph[0].strip() == "Example:":
            examples = paragraph[1:]
        elif paragraph[0].strip() != "Exit codes:":
            lines += [".PP", *_text(paragraph)]
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    lines += [".SH OPTIONS", *(line for option in options for line in _option(option, context))]
    if members:
        lines.append(".SH COMMANDS")
        for member, told in members:
            lines += [".TP", f"\\fB{_escaped(f'{name}-{member}')}\\fR(1)", _escaped(told)]
    lines += [".SH EXIT STATUS"]
    for code, text in MEANINGS.items():
        lines += [".TP", f".B {int(code)}", _escaped(text)]
    if examples:
        lines += [".SH EXAMPLES", ".nf", *(_escaped(_INDENTED.sub("", line)) for line in examples), ".fi"]
    lines += [".SH SEE ALSO", _see_also(path)]
    return "\n".join(lines) + "\n"


def _paragraphs(text: str) -> list[list[str]]:
    """The paragraphs of a help text, each as its lines; the marks of click are dropped."""
    parts = re.split(r"\n\s*\n", inspect.cleandoc(text.replace("\b", "").replace("\f", "")))
    return [[line for line in part.splitlines() if line.strip()] for part in parts]


def _text(paragraph: list[str]) -> Iterator[str]:
    """A paragraph, line by line where it is indented."""
    if any(_INDENTED.match(line) for line in paragraph):
        yield from (".nf", *(_escaped(line) for line in paragraph), ".fi")
    else:
        yield _escaped(" ".join(line.strip() for line in paragraph))


def _option(option: click.Option, context: click.Context) -> Iterator[str]:
    record = option.get_help_record(context)
    if record is not None:
        yield from (".TP", f".B {_escaped(record[0])}", _escaped(" ".join(record[1].split())))


def _see_also(path: str) -> str:
    words = path.split(" ")
    above = ["archive"] if len(words) < 3 else ["archive", "-".join(words[:2])]
    return ", ".join(f"\\fB{_escaped(name)}\\fR(1)" for name in (above if len(words) > 1 else ["archive-create"]))


def _escaped(text: str) -> str:
    """`text` for troff: hyphens that can be copied, backslashes as they are, no line that begins with a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text
