"""One line a finding: word, place, message, code; the remedy with its facts."""

from __future__ import annotations

from string import Formatter

import pytest

from archive.model.codes import all_kinds
from archive.model.finding import Finding
from archive.reporting.finding import ORDER, finding_line, severity_word

KINDS = all_kinds()


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (KINDS["BAG-201"].at("data/a"), "error: data/a: the file is listed in a manifest but is missing [BAG-201]"),
        (
            KINDS["BAG-204"].at("manifest-md5.txt", line=3, why="it is short"),
            "error: manifest-md5.txt, line 3: a line of the manifest is malformed: it is short [BAG-204]",
        ),
        (
            KINDS["BAG-304"].at(".", why="no."),
            "not checked: .: the folder could not be listed, so its files were not checked: no. [BAG-304]",
        ),
        (KINDS["OCFL-E090"].at("v1/x"), "error: v1/x is a link [OCFL-E090]"),
        (
            KINDS["DSC-130"].at("", basis="file name", title="t"),
            "warning: no title given; using the file name: t [DSC-130]",
        ),
        (KINDS["OCFL-E090"].at("a\u202eb"), "error: a\\u202eb is a link [OCFL-E090]"),
    ],
)  # fmt: skip
def test_a_line_names_word_place_message_and_code(finding: Finding, line: str) -> None:
    assert finding_line(finding) == line


def test_the_place_may_be_left_to_the_report() -> None:
    finding = KINDS["DSC-104"].at("description.toml", line=2, key="title")
    assert finding_line(finding, place=False) == "warning: line 2: title is empty and was left out [DSC-104]"


def test_every_severity_has_its_word() -> None:
    assert {kind.severity for kind in KINDS.values()} == set(ORDER)
    assert len({severity_word(severity) for severity in ORDER}) == len(ORDER)


def test_a_remedy_names_the_facts() -> None:
    finding = KINDS["DC-108"].at("dc.xml", found="text", expected="Text")
    assert finding.remedy == "Write Text"


def test_braces_in_titles_and_remedies_hold_names_of_facts_only() -> None:
    for kind in KINDS.values():
        for text in (kind.title, kind.remedy):
            names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
            assert all(name.isidentifier() for name in names), kind.code
