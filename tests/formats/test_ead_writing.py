"""Archival description: from description.toml and metadata.csv to an EAD3 file that the judge calls valid."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.formats.authorities import check_authority
from archive.formats.description_csv import read_table
from archive.formats.description_toml import read_description
from archive.formats.description_writing import write_description
from archive.formats.statements import read_statements, write_statements
from archive.model.archival import ARCHIVAL
from archive.model.finding import Severity
from archive.settings import Settings
from archive.stages.creation.workflow import create
from archive.stages.validation import validate
from archive.storage.clock import Clock

FULL = """
title = { en = "Statement", ar = "بيان" }
creator = ["Example Archive", "A. Author"]
created = 2023-11-15
language = "en"

[archival]
reference = "XX 1/2"
repository = "XX-ARCH"
level = "item"
creator_authority = ["https://isni.org/isni/0000000121032683", "orcid:0000-0002-1825-0097"]
custodial_history = "Kept in a cellar.\\n\\nThen in an office."
acquisition = "Gift"
scope = { en = "One statement.", ar = "بيان واحد" }
arrangement = "None"
access_conditions = "Open"
use_conditions = "Ask first"
finding_aid = "A list in the reading room"
archivist_note = "Described by A. Archivist"
rules = "ISAD(G), second edition"
description_date = 2024-05-01
supplied_title = true
"""
EAD = "metadata/descriptive/ead.xml"


def make(tmp_path: Path, description: str, name: str = "description.toml") -> Path:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text("A\n")
    (source / name).write_text(description, "utf-8")
    chosen = Settings().with_flags("render", pdfa="none")
    report = create([str(source)], str(tmp_path), name="bag", settings=chosen, clock=Clock(1_700_000_000))
    assert report.created
    assert report.validation is not None
    assert not [one for one in report.validation.findings if one.severity is Severity.ERROR]
    return Path(report.bag)


def test_every_field_reaches_a_valid_finding_aid(tmp_path: Path) -> None:
    bag = make(tmp_path, FULL)
    text = (bag / EAD).read_text("utf-8")
    for part in (
        '<archdesc level="item">', "<unitid>XX 1/2</unitid>", '<unittitle localtype="supplied" lang="ar">بيان<',
        'identifier="https://isni.org/isni/0000000121032683" source="isni" ', "<custodhist><p>Kept in a cellar.</p><p>",
        "<acqinfo>", '<scopecontent lang="ar">', "<arrangement>", "<accessrestrict>", "<userestrict>", "<otherfindaid>",
        "<processinfo>", "<citation>ISAD(G), second edition</citation>", "<eventdatetime>2024-05-01</eventdatetime>",
        "<corpname><part>XX-ARCH</part></corpname>", "https://orcid.org/0000-0002-1825-0097",
    ):  # fmt: skip
        assert part.strip() in text, part
    report = validate(str(bag / EAD))
    assert report.verdict == "valid"
    assert not report.findings


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<unitid>XX 1/2<", "<unitid>XX 1/3<"),
        (">بيان</unittitle>", ">other</unittitle>"),
        ("<unitid>XX 1/2</unitid>", ""),
    ],
)
def test_a_finding_aid_that_disagrees_is_an_error(old: str, new: str, tmp_path: Path) -> None:
    bag = make(tmp_path, FULL)
    path = bag / EAD
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    report = validate(str(bag))
    assert any(one.subject == EAD and "unit" in one.message for one in report.findings)


def test_without_archival_fields_there_is_none(tmp_path: Path) -> None:
    assert not os.path.exists(make(tmp_path, 'title = "A"\n') / EAD)


def test_a_table_has_the_same_fields(tmp_path: Path) -> None:
    columns = "filename,dc.title,archival.reference,archival.level,archival.scope[ar],archival.supplied_title\n"
    bag = make(tmp_path, columns + "objects,A title,XX 1,file,نص,yes\n", "metadata.csv")
    text = (bag / EAD).read_text("utf-8")
    assert '<unittitle localtype="supplied">A title<' in text
    assert '<scopecontent lang="ar"><p>نص</p>' in text


@pytest.mark.parametrize(
    "wrong",
    ['level = "box"', 'reference_code = "x"', 'supplied_title = "perhaps"', 'creator_authority = "0000000121032684"',
     'description_date = "in May"', 'level = ["item", "series!"]'],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(wrong: str) -> None:
    _, findings = read_description(f'title = "A"\n\n[archival]\n{wrong}\n'.encode())
    assert [one.line for one in findings if one.severity is Severity.ERROR] == [4]


def test_a_table_with_an_unknown_field_is_wrong() -> None:
    _, findings = read_table(b"filename,archival.shelf\nobjects,1\n")
    assert any(one.severity is Severity.ERROR for one in findings)


def test_a_description_reads_back_as_written() -> None:
    first, findings = read_description(FULL.encode())
    assert not [one for one in findings if one.severity is Severity.ERROR]
    assert {one.property for one in first.statements} >= set(ARCHIVAL.values())
    again, _ = read_description(write_description(first.statements).encode())
    assert set(again.statements) == set(first.statements)


@pytest.mark.parametrize(
    ("text", "scheme", "sound"),
    [
        ("0000 0001 2103 2683", "ISNI", True), ("0000000121032684", "ISNI", False),
        ("https://orcid.org/0000-0002-1825-0097", "ORCID", True), ("orcid:0000-0002-1825-0098", "ORCID", False),
        ("https://viaf.org/viaf/113230702/", "VIAF", True), ("viaf:abc", "VIAF", False),
        ("http://www.wikidata.org/entity/Q42", "Wikidata", True), ("wikidata:42", "Wikidata", False),
        ("https://d-nb.info/gnd/118540238", "URI", True), ("somebody", "", False),
    ],
)  # fmt: skip
def test_authority_identifiers(text: str, scheme: str, sound: bool) -> None:
    found = check_authority(text)
    assert (found.scheme, found.problem is None, bool(found.uri)) == (scheme, sound, sound)


FILES = """
title = "Letters"

[files."a.txt"]
title = { en = "First & only" }
creator = { value = "A. Author", authority = "orcid:0000-0002-1825-0097" }
[files."a.txt".archival]
reference = "XX 1/2/1"
level = "item"
scope = "One page."
rules = "ISAD(G)"

[files."not there.txt"]
title = "Lost"
"""


def test_described_files_are_components_that_agree(tmp_path: Path) -> None:
    bag = make(tmp_path, FILES)
    text = (bag / EAD).read_text("utf-8")
    for part in (
        '<archdesc level="otherlevel" otherlevel="package">', '<c level="item">', "<unitid>XX 1/2/1</unitid>",
        '<unittitle lang="en">First &amp; only</unittitle>', 'href="../../data/original/a.txt"',
        'identifier="https://orcid.org/0000-0002-1825-0097" source="orcid"', "<scopecontent><p>One page.</p>",
        "<processinfo><p>Rules or conventions: ISAD(G)</p>", "<unittitle>Lost</unittitle>",
    ):  # fmt: skip
        assert part in text, part
    assert text.count("<dao ") == 1
    report = validate(str(bag / EAD))
    assert (report.verdict, report.findings) == ("valid", ())
    for old, new in (("XX 1/2/1<", "XX 1/2/2<"), (">Lost<", "> Found<"), ("<unitid>XX 1/2/1</unitid>", "")):
        (bag / EAD).write_text(text.replace(old, new), "utf-8")
        assert any(one.subject == EAD and "unit" in one.message for one in validate(str(bag)).findings), old


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_an_authority_in_a_table_belongs_to_the_creator_of_its_column(delimiter: str) -> None:
    table = (
        "filename,dc.creator,dc.creator,archival.creator_authority,archival.creator_authority\n"
        "objects,A,B,,viaf:113230702\nobjects/a.txt,,C,,wikidata:Q42\n"
    )
    described, findings = read_table(table.replace(",", delimiter).encode())
    assert findings == []
    assert [(one.value, one.authority) for one in described.statements] == [
        ("A", None), ("B", "viaf:113230702"), ("C", "wikidata:Q42"),
    ]  # fmt: skip
    _, findings = read_table(b"filename,dc.creator,archival.creator_authority\nobjects,,viaf:113230702\n")
    assert [one.code for one in findings] == ["DSC-145"]
    _, findings = read_table(b"filename,dc.creator,archival.creator_authority\nobjects,A,viaf:x\n")
    assert [one.code for one in findings] == ["DSC-116"]


def test_every_value_can_have_an_authority_that_is_kept_and_judged() -> None:
    text = 'title = "T"\nsubject = { value = "Town", authority = "https://d-nb.info/gnd/118540238" }\n'
    described, findings = read_description(text.encode())
    assert findings == []
    again, _ = read_description(write_description(described.statements).encode())
    assert again.statements == described.statements
    assert read_statements(b"".join(write_statements(described.statements, identifier="x", restricted=False)))[0] == (
        described.statements
    )
    _, findings = read_description(text.replace("https://d-nb.info/gnd/118540238", "somebody").encode())
    assert [(one.line, one.severity) for one in findings] == [(2, Severity.ERROR)]
