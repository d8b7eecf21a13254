"""metadata.csv in Archivematica's form."""

from __future__ import annotations

import pytest

from archive.formats.description_csv import read_table
from archive.model.codes import description as codes
from archive.model.description import Statement
from archive.model.finding import FindingKind

ARCHIVEMATICA = """filename,dc.title,dc.creator,dc.subject,dc.subject,dc.description,dc.publisher,dc.date,dc.type,\
dcterms.isPartOf,Box
objects,The whole,,,,,Example Archive,2011/2013,Text,AIC#1,
objects/a.txt,A title,"Last, First",one,two,"He said ""yes"",
then left",,c. 1990,,,12
"""


def test_a_table_works_unchanged() -> None:
    told, findings = read_table(ARCHIVEMATICA.encode())
    assert told.name == "metadata.csv"
    assert told.statements == (
        Statement("title", "The whole"),
        Statement("publisher", "Example Archive"),
        Statement("date", "2011/2013"),
        Statement("type", "Text"),
        Statement("isPartOf", "AIC#1"),
        Statement("title", "A title", about="a.txt"),
        Statement("creator", "Last, First", about="a.txt"),
        Statement("subject", "one", about="a.txt"),
        Statement("subject", "two", about="a.txt"),
        Statement("description", 'He said "yes",\nthen left', about="a.txt"),
        Statement("date", "c. 1990", about="a.txt"),
        Statement("other.Box", "12", about="a.txt"),
    )
    assert [one.kind for one in findings] == [codes.OTHER_COLUMN, codes.DATE_AS_WRITTEN]
    assert findings[1].line == 4


def test_languages_in_the_heads_of_columns() -> None:
    told, findings = read_table("filename,dc.title[en],dc.title[ar],DC.Title\n,English,عربي,none\n".encode())
    assert findings == []
    assert [(s.value, s.language, s.about) for s in told.statements] == [
        ("English", "en", None), ("عربي", "ar", None), ("none", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", ".", "objects", "objects/", "./objects/", "data/original/"])
def test_the_lines_about_the_whole(name: str) -> None:
    assert read_table(f"filename,dc.title\n{name},T\n".encode())[0].title_text() == "T"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("objects/x/y.txt", "x/y.txt"),
        ("x.txt", "x.txt"),
        ("./x.txt", "x.txt"),
        ("data/original/رسالة.txt", "رسالة.txt"),
    ],
)
def test_the_names_of_files(name: str, path: str) -> None:
    assert read_table(f"filename,dc.title\n{name},T\n".encode())[0].statements[0].about == path


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("", codes.MALFORMED, 1),
        ("name,dc.title\nx,y\n", codes.MALFORMED, 1),
        ("filename,dc.title\nx,y,z\n", codes.MALFORMED, 2),
        ('filename,dc.title\nx,"y\n', codes.MALFORMED, 2),
        ('filename,dc.title\nx,"y"z\n', codes.MALFORMED, 2),
        ("filename,dc.titel\nx,y\n", codes.UNKNOWN_KEY, 1),
        ("filename,dc.title[english]\nx,y\n", codes.BAD_LANGUAGE, 1),
        ("filename,dc.title\nx,y\nx,z\n", codes.DESCRIBED_TWICE, 3),
        ("filename,dc.identifier\nx,isbn 978-3-16-148410-1\n", codes.BAD_IDENTIFIER, 2),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, kind: FindingKind, line: int) -> None:
    findings = read_table(text.encode())[1]
    assert [(one.kind, one.line) for one in findings] == [(kind, line)]


def test_bytes_that_are_no_utf_8_are_a_finding() -> None:
    assert read_table(b"filename,dc.title\nx,\xe9\n")[1][0].kind is codes.MALFORMED


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_spreadsheets_write_is_read(delimiter: str, encoding: str) -> None:
    text = "filename,dc.title,dc.date\r\nobjects/a.txt,\u0628\u064a\u0627\u0646,2023\r\n".replace(",", delimiter)
    description, findings = read_table(text.encode(encoding))
    assert findings == []
    assert [(one.property, one.value) for one in description.statements] == [
        ("title", "\u0628\u064a\u0627\u0646"), ("date", "2023"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["cp1252", "cp1256", "utf-16-le"])
def test_an_encoding_that_cannot_be_known_is_refused_in_the_right_words(encoding: str) -> None:
    name = "\u0628\u064a\u0627\u0646" if encoding == "cp1256" else "caf\u00e9"
    _, findings = read_table(f"filename,dc.title\nobjects/a.txt,{name}\n".encode(encoding))
    assert [one.code for one in findings] == ["DSC-101"]
    assert "save it" in findings[0].message
    assert "UTF-8" in findings[0].message
