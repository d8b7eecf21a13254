"""The catalogue of finding texts: complete, current, and true to the placeholders and commands of the English."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

_CATALOGUE = "metadata/translations/ar/LC_MESSAGES/findings.po"
_COMMAND = re.compile(r"(?<=: )archive [ -~]*?(?=[;,]|\.?$|\. )")
_OPTION = re.compile(r"--[a-z][a-z-]+")
_CODE = re.compile(r"`[^`]+`|\b\w+\.(?:txt|toml|json|md|sha512|pem|xml)\b|\b[a-z]+\.[a-z]+_[a-z]+\b")


@pytest.fixture(scope="module")
def messages(checkout: Path) -> list[Message]:
    with (checkout / _CATALOGUE).open("rb") as file:
        return [message for message in read_po(file, locale="ar") if message.id]


def _pairs(messages: list[Message]) -> Iterator[tuple[str, str]]:
    """Each English text with each of its Arabic forms."""
    for message in messages:
        if isinstance(message.id, str):
            yield message.id, str(message.string)
        else:
            yield from ((message.id[-1], form) for form in message.string)


def test_no_text_is_without_a_translation(messages: list[Message]) -> None:
    assert len(messages) > 1500
    assert not [english for english, arabic in _pairs(messages) if not arabic.strip()]


def test_no_translation_is_left_in_english(messages: list[Message]) -> None:
    """A text of placeholders and punctuation alone may be the same in both."""
    bare = re.compile(r"\{[^}]*\}|[\W_]")
    alike = [english for english, arabic in _pairs(messages) if english == arabic and bare.sub("", english)]
    assert not alike
    latin = [arabic for english, arabic in _pairs(messages) if bare.sub("", english) and not re.search("[ء-ي]", arabic)]
    assert not latin


def test_no_translation_is_uncertain(messages: list[Message]) -> None:
    assert not [message.id for message in messages if message.fuzzy]


def _placeholders(text: str) -> list[tuple[str, str | None, str | None]]:
    return sorted((name, form or "", conversion or "") for _, name, form, conversion in Formatter().parse(text) if name)


def test_placeholders_are_the_same(messages: list[Message]) -> None:
    counted = {"ملف واحد", "ملفان"}  # Arabic names one and two by the word's form
    wrong = [
        (english, arabic)
        for english, arabic in _pairs(messages)
        if _placeholders(english) != _placeholders(arabic) and arabic not in counted
    ]
    assert not wrong


@pytest.mark.parametrize("part", [_COMMAND, _OPTION, _CODE])
def test_commands_options_and_file_names_are_kept(messages: list[Message], part: re.Pattern[str]) -> None:
    lost = [
        (found, arabic)
        for english, arabic in _pairs(messages)
        for found in part.findall(english)
        if found not in arabic
    ]
    assert not lost


def test_sentences_end_alike(messages: list[Message]) -> None:
    assert not [pair for pair in _pairs(messages) if pair[0].endswith(".") != pair[1].endswith(".")]


def test_the_catalogues_are_current(checkout: Path) -> None:
    ran = subprocess.run(
        [sys.executable, ".ci/write-translations", "--check"],
        cwd=checkout, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "findings" not in ran.stdout, ran.stdout
    assert not ran.stderr


def test_every_text_for_gettext_in_text_reports_is_in_the_catalogue(messages: list[Message], checkout: Path) -> None:
    """The extraction does not look into f-strings, so a text that is there would be missed."""
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in messages}
    asked = set()
    for path in (*(checkout / "archive" / "reporting").glob("*.py"), checkout / "archive" / "cli" / "explain.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("gettext"):
                asked |= {text.value for text in node.args[:1] if isinstance(text, ast.Constant)}
    assert len(asked) > 20
    assert asked <= known


def _without_articles(text: str) -> str:
    return re.sub(r"\bال", "", text)


def test_the_glossary_has_the_terms_of_the_catalogue(messages: list[Message], checkout: Path) -> None:
    """Rows are in English order, complete in both languages, and their Arabic terms are the ones that are used."""
    lines = (checkout / "docs" / "glossary.md").read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][2:]
    assert len(rows) >= 50
    assert all(len(row) == 4 and all(row) for row in rows)
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    used = _without_articles(" ".join(arabic for _english, arabic in _pairs(messages)))
    of_others = {"working copy", "access"}  # in the catalogue of cover sheets
    assert not [row[1] for row in rows if row[0] not in of_others and _without_articles(row[1]) not in used]
    for english, arabic, meaning, arabic_meaning in rows:
        assert english.isascii(), english
        assert meaning.endswith("."), english
        assert arabic_meaning.endswith("."), english
        assert re.search("[ء-ي]", arabic), english


def _named_places(text: str) -> set[tuple[str, str]]:
    """What is filled into a text: `{name}` or `%(name)s`."""
    return set(re.findall(r"\{(\w+)[^{}]*\}|%\((\w+)\)s", text))


@pytest.mark.parametrize("domain", ["report", "desk"])
def test_the_report_and_the_desk_are_complete_in_arabic(checkout: Path, domain: str) -> None:
    with (checkout / _CATALOGUE.replace("findings", domain)).open("rb") as file:
        pairs = list(_pairs([message for message in read_po(file, locale="ar") if message.id]))
    assert len(pairs) > 100
    assert not [english for english, arabic in pairs if not arabic.strip()]
    wrong = [(english, arabic) for english, arabic in pairs if not _named_places(arabic) <= _named_places(english)]
    assert not wrong
    ran = subprocess.run(
        [sys.executable, ".ci/write-translations", "--check"],
        cwd=checkout, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert domain not in ran.stdout, ran.stdout
