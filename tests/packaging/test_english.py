"""Phrases that a reader of English as a second language stumbles over, area by area.

`PENDING` names the phrases that an area still contains because it has not been rewritten yet; whoever rewrites an area
takes its entries out. An area without an entry is held to all of `BANNED`.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from archive.cli.app import COMMANDS, group
from archive.config import describe_settings
from archive.model.codes import all_kinds, seal

BANNED: Mapping[str, tuple[str, str]] = {
    "stands": (r"\b[Ss]tands?\b(?! (?:for|by|alone)\b)", "is stored, is, is written"),
    "is no": (r"(?<!\b[Tt]here )\b(?:is|are|was|were) no (?!longer\b|more than\b|later than\b)", "is not a"),
    "is another": (r"\b(?:is|are|was) another\b", "is different"),
    "nobody": (r"\b(?:[Nn]o|[Ss]ome|[Ee]very)body\b", "no one, someone, everyone; or the passive"),
    "whoever": (r"\b[Ww]hoever\b", "anyone who, the person who"),
    "anew": (r"\banew\b", "again"),
    "mend": (r"\b[Mm]end(?:s|ed|ing)?\b", "fix"),
    "we": (r"(?<!-)\b(?:[Ww]e|us|[Oo]urs?|[Oo]urselves)\b", "the program, muniment; or the passive"),
    "from where it came": (r"\bfrom where it came\b", "obtain it again"),
    "slip of the pen": (r"\bslip of the pen\b", "typo"),
    "wants": (r"\b[Ww]ants (?:a|an|the|it|its|to|each|no)\b", "requires"),
    "the judge": (r"\b(?:[Tt]he|[Aa]) judges?\b", "veraPDF, the validator"),
    "says nothing": (r"\bsays? nothing\b", "has no meaning, is empty"),
    "at this moment": (r"\bat this moment\b", "now"),
    "see to it": (r"\bsee to it\b", "make sure"),
    "tell the ledger": (r"\b[Tt]ell the ledger\b", "record in the ledger"),
    "the far side": (r"\bthe far side\b", "the target"),
    "blanks": (r"\bblanks\b", "spaces"),
    "no attempt succeeded": (r"\bno attempt succeeded\b", "failed"),
    "prove it again": (r"\b[Pp]rove it again\b", "check it again"),
    "falls due": (r"\b[Ff]alls due\b", "is coming up"),
    "last look": (r"\b(?:last|quick) look\b", "last check, quick check"),
    "with any sign": (r"\bwith any sign\b", "with any character"),
    "where it must go": (r"\bit must go\b", "you choose"),
}
"""By name: a regular expression of what is not written, and what is written instead."""

PENDING: Mapping[str, frozenset[str]] = {}
"""Names in `BANNED` that an area still contains."""

_ROOT = Path(__file__).parent.parent.parent
_QUOTED = re.compile(r"`[^`]*`|\{[^}]*\}")
"""Code and the names of facts, which are not prose."""

_OLD_TEXTS = {"archive/ledger/old_sentences.py"}
"""Sources that quote what older versions wrote."""

Texts = Iterator[tuple[str, str]]


def _finding_texts() -> Texts:
    for kind in (*all_kinds().values(), *seal.NOT_COMPLETE, *seal.REVOKED_SPARE):
        for text in (kind.title, kind.explanation, kind.remedy):
            yield kind.code, text


def _help_texts(command: click.Command | None = None, name: str = "archive") -> Texts:
    command = group if command is None else command
    yield name, " ".join(text for text in (command.help, command.short_help, command.epilog) if text)
    for parameter in command.params:
        yield f"{name} {parameter.name}", getattr(parameter, "help", None) or ""
    if command is group:
        for one in COMMANDS:
            found = group.get_command(click.Context(group), one)
            assert found is not None
            yield from _help_texts(found, f"{name} {one}")
    elif isinstance(command, click.Group):
        for one, below in command.commands.items():
            yield from _help_texts(below, f"{name} {one}")


def _setting_texts() -> Texts:
    for name, _variable, text, _choices, _default in describe_settings():
        yield name, text


def _page_texts() -> Texts:
    pages = sorted((_ROOT / "docs").rglob("*.md"))
    for path in (*pages, _ROOT / "README.md", _ROOT / "CHANGELOG.md"):
        if path.name == "findings.md":
            continue  # written from the findings, which are an area
        for number, paragraph in enumerate(path.read_text("utf-8").split("\n\n"), 1):
            yield f"{path.relative_to(_ROOT)}, paragraph {number}", paragraph


def _source_texts() -> Texts:
    for path in sorted((_ROOT / "archive").rglob("*.py")):
        where = path.relative_to(_ROOT).as_posix()
        if where in _OLD_TEXTS or where.startswith("archive/model/codes/"):
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                yield f"{where}:{node.lineno}", node.value
        yield from _comments(path, where)


def _comments(path: Path, where: str) -> Texts:
    """The comments of a source; those on lines that follow each other at the same indent are one text."""
    first, last, indent, text = 0, 0, -1, ""
    with path.open("rb") as stream:
        for token in tokenize.tokenize(stream.readline):
            if token.type != tokenize.COMMENT:
                continue
            line, column = token.start
            words = token.string.lstrip("# ")
            if text and (line, column) == (last + 1, indent):
                last, text = line, f"{text} {words}"
                continue
            if text:
                yield f"{where}:{first}", text
            first, last, indent, text = line, line, column, words
    if text:
        yield f"{where}:{first}", text


AREAS = {
    "findings": _finding_texts,
    "help": _help_texts,
    "settings": _setting_texts,
    "pages": _page_texts,
    "sources": _source_texts,
}


@pytest.mark.parametrize("area", AREAS)
def test_texts_are_plain_english(area: str) -> None:
    banned = [pair for name, pair in BANNED.items() if name not in PENDING.get(area, ())]
    found = [
        f"{where}: {hit.group()!r} (write: {instead}) in: {prose}"
        for where, text in AREAS[area]()
        for prose in [_QUOTED.sub("", " ".join(text.split()))]
        for pattern, instead in banned
        for hit in re.finditer(pattern, prose)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the bag is no bag", "is no"), ("it stands in the ledger", "stands"), ("a fault of ours", "we"),
        ("its content is another", "is another"), ("nobody gave a title", "nobody"), ("make the bag anew", "anew"),
    ],
)  # fmt: skip
def test_a_banned_phrase_is_found(text: str, name: str) -> None:
    assert re.search(BANNED[name][0], text)


@pytest.mark.parametrize(
    "text", ["there is no bag", "it is no longer here", "oem-us", "X stands for Y", "the focus, the US"]
)
def test_what_resembles_a_banned_phrase_is_not_found(text: str) -> None:
    assert not [name for name, (pattern, _instead) in BANNED.items() if re.search(pattern, text)]
