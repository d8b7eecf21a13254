"""How files are to be read, as a description states it: per file and per pattern."""

from __future__ import annotations

import pytest

from archive.formats.description_csv import read_table
from archive.formats.description_toml import read_description
from archive.formats.description_writing import write_description
from archive.model.description import ReadingHint, at_places
from archive.model.finding import Severity

_TEXT = """
title = "Papers"
[files."*.txt"]
encoding = "dos-720"
language = "ar"
[files."letters/*.txt"]
direction = "rtl"
[files."letters/old.txt"]
encoding = "windows-1256"
"""


def test_hints_hold_for_files_and_patterns_and_become_no_statements() -> None:
    description, findings = read_description(_TEXT.encode())
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []
    assert all(statement.about is None for statement in description.statements)
    placed = at_places(description, "data/original/")
    old = placed.reading("data/original/letters/old.txt")
    assert (old.encoding, old.language, old.direction) == ("windows-1256", "ar", "rtl")
    other = placed.reading("data/original/more/deep/x.txt")
    assert (other.encoding, other.direction) == ("dos-720", None)
    assert placed.reading("data/original/x.md").encoding is None
    assert placed.reading("data/preservation/x.txt").encoding is None


def test_a_name_in_another_normal_form_is_the_same() -> None:
    assert ReadingHint("caf\u00e9.txt", "cp1252").holds_for("cafe\u0301.txt")


@pytest.mark.parametrize(
    "line", ['encoding = "klingon"', 'direction = "up"', "encoding = 5", 'language = "klingonese-x"']
)
def test_what_is_not_known_is_an_error(line: str) -> None:
    _, findings = read_description(f'title = "x"\n[files."*.txt"]\n{line}\n'.encode())
    assert any(finding.severity is Severity.ERROR for finding in findings)


def test_a_pattern_describes_nothing_else() -> None:
    _, findings = read_description(b'title = "x"\n[files."*.txt"]\ntitle = "y"\n')
    assert findings


def test_a_table_states_them_in_columns() -> None:
    content = b"filename,dc.title,encoding,direction\nold.txt,Old,windows-1256,rtl\n*.log,,dos-720,\n"
    description, findings = read_table(content)
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []
    assert description.reading("old.txt").encoding == "windows-1256"
    assert description.reading("old.txt").direction == "rtl"
    assert description.reading("a/b.log").encoding == "dos-720"
    assert [statement.property for statement in description.statements] == ["title"]
    _, wrong = read_table(b"filename,encoding\nold.txt,klingon\n")
    assert any(finding.severity is Severity.ERROR for finding in wrong)


def test_hints_are_written_and_read_back() -> None:
    text = (
        'title = "A"\n[files."a.txt"]\nencoding = "windows-1256"\ntitle = "B"\nlanguage = "ar"\n'
        '[files."*.log"]\nencoding = "dos-720"\nlanguage = "ar"\n[files."b\\"c.txt"]\ndirection = "rtl"\n'
    )
    first, problems = read_description(text.encode())
    assert problems == []
    again, problems = read_description(write_description(first.statements, hints=first.hints).encode())
    assert problems == []
    assert (again.statements, again.hints) == (first.statements, first.hints)
