"""Habits of other systems, as their own records show them: read in full, and not called wrong without need."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.model.record import RecordKind
from archive.model.validation import ValidationReport
from archive.stages.showing.records import read_record, read_record_file
from archive.stages.validation.records.record import validate_record
from tests.support import foreign_records as foreign
from tests.support.record_cases import sample


def judge(text: str, tmp_path: Path) -> ValidationReport:
    path = tmp_path / "record.xml"
    path.write_text(text, "utf-8")
    return validate_record(str(path))


def codes_of(report: ValidationReport) -> set[str]:
    return {finding.code for finding in report.findings}


def test_an_agent_told_again_in_every_section_is_no_orphan(tmp_path: Path) -> None:
    report = judge(foreign.mets_with_two_files(), tmp_path)
    assert "PRM-106" not in codes_of(report)
    assert report.verdict == "valid", [(f.code, f.line, f.message) for f in report.errors]
    unlinked = foreign.mets_with_two_files().replace(
        "linkingAgentIdentifierValue>test<", "linkingAgentIdentifierValue>x<"
    )
    assert "PRM-106" in codes_of(judge(unlinked, tmp_path))


def test_a_rights_statement_by_itself_in_a_mets(tmp_path: Path) -> None:
    first_event = '<mets:digiprovMD ID="digiprovMD_1">'
    text = foreign.archivematica_mets().replace(first_event, foreign.RIGHTS_SECTION + first_event)
    report = judge(text, tmp_path)
    assert report.verdict == "valid", [(f.code, f.line, f.message) for f in report.errors]
    astray = text.replace("IdentifierValue>o1</premis:linkingO", "IdentifierValue>o9</premis:linkingO")
    assert "PRM-102" in codes_of(judge(astray, tmp_path))
    assert "PRM-129" in codes_of(judge(text.replace("licenseInformation", "copyrightInformation"), tmp_path))
    (rights,) = read_record(text.encode()).rights
    assert (rights.basis, rights.objects[0].value, rights.grants[0].act) == ("License", "o1", "disseminate")
    assert rights.grants[0].grant_term == ("2015", "OPEN")


def test_dublin_core_without_a_container_in_a_mets(tmp_path: Path) -> None:
    report = judge(foreign.LOOSE_DC, tmp_path)
    assert codes_of(report) == {"DC-119", "DC-117"}
    assert report.verdict == "valid"
    view = read_record(foreign.LOOSE_DC.encode())
    assert [(one.name, one.value, one.language) for one in view.statements] == [
        ("dcterms:title", "Pisma", "sl"),
        ("dcterms:creator", "", None),
    ]
    assert [(one.href, one.metadata_type) for one in view.files] == [("rep%2FMETS.xml", "METS")]
    assert "DC-121" in codes_of(judge(foreign.LOOSE_DC.replace("dcterms:creator", "dcterms:creators"), tmp_path))


def test_rosetta_writes_mets_in_its_own_namespace(tmp_path: Path) -> None:
    report = judge(foreign.ROSETTA_METS, tmp_path)
    assert report.verdict == "not checked"
    assert "XML-112" in codes_of(report)
    assert read_record(foreign.ROSETTA_METS.encode()).kind is RecordKind.METS


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('href="objects/a.jpg"', 'href="/var/store/a.jpg"', "MET-121"),
        ('href="objects/a.jpg"', 'href="objects/a b.jpg"', "MET-120"),
        ('xlink:href="objects/a.jpg"', 'xmlns:x="http://www.w3.org/TR/xlink" x:href="objects/a.jpg"', "XML-107"),
    ],
)
def test_places_as_systems_write_them(old: str, new: str, code: str, tmp_path: Path) -> None:
    report = judge(foreign.archivematica_mets().replace(old, new), tmp_path)
    assert code in codes_of(report)
    assert "MET-107" not in codes_of(report)
    assert "MET-108" not in codes_of(report)
    assert report.verdict == ("invalid" if code == "XML-107" else "valid")


def test_a_group_left_empty_as_a_whole_is_warned_of(tmp_path: Path) -> None:
    registry = "<formatRegistryName>PRONOM</formatRegistryName><formatRegistryKey>x-fmt/111</formatRegistryKey>"
    empty = foreign.PREMIS_2.replace(registry, "<formatRegistryName/><formatRegistryKey/>")
    assert "PRM-116" not in codes_of(judge(empty, tmp_path))
    assert "PRM-117" in codes_of(judge(empty, tmp_path))
    half = foreign.PREMIS_2.replace("<formatRegistryKey>x-fmt/111</formatRegistryKey>", "<formatRegistryKey/>")
    assert "PRM-116" in codes_of(judge(half, tmp_path))


def test_an_encoding_scheme_of_another_vocabulary(tmp_path: Path) -> None:
    typed = '<dcterms:created xmlns:e="http://id.loc.gov/datatypes/edtf/" xsi:type="e:EDTF-level1">{}</dcterms:created>'
    base = sample("dcterms").replace("<qualifieddc ", "<metadata ").replace("</qualifieddc>", "</metadata>")
    text = base.replace("<dcterms:created>2024-05~</dcterms:created>", typed)
    assert "DC-116" in codes_of(judge(text.format("2024-05~"), tmp_path))
    assert "DC-107" in codes_of(judge(text.format("spring"), tmp_path))


@pytest.mark.parametrize("name", ["fixity", "eventType", "rightsStatement"])
def test_a_part_of_premis_is_no_record(name: str, tmp_path: Path) -> None:
    inside = {
        "fixity": "<messageDigestAlgorithm>SHA-256</messageDigestAlgorithm>"
        f"<messageDigest>{foreign.SHA256}</messageDigest>",
        "eventType": "capture",
        "rightsStatement": "<rightsStatementIdentifier><rightsStatementIdentifierType>x</rightsStatementIdentifierType>"
        "<rightsStatementIdentifierValue>1</rightsStatementIdentifierValue></rightsStatementIdentifier>"
        "<rightsBasis>statute</rightsBasis>",
    }[name]
    report = judge(f'<{name} xmlns="http://www.loc.gov/premis/v3">{inside}</{name}>', tmp_path)
    assert "PRM-122" in codes_of(report)
    assert report.verdict == "invalid"


def test_premis_in_the_namespace_of_the_nordic_archives(tmp_path: Path) -> None:
    text = foreign.PREMIS_2.replace("info:lc/xmlns/premis-v2", "http://arkivverket.no/standarder/PREMIS")
    assert judge(text, tmp_path).verdict == "not checked"
    assert judge(text.replace(foreign.MD5, "0"), tmp_path).verdict == "invalid"
    assert len(read_record(text.encode()).events) == 1


def test_a_record_with_a_mistaken_namespace_around_it_is_not_called_valid(tmp_path: Path) -> None:
    text = foreign.archivematica_mets().replace('mets="http://www.loc.gov/METS/"', 'mets="http://www.loc.gov/METS"')
    report = judge(text, tmp_path)
    assert report.verdict != "valid"
    assert "XML-119" in codes_of(report)


def test_a_root_in_the_namespace_of_oai_dc_that_is_none(tmp_path: Path) -> None:
    assert "XML-107" in codes_of(judge(sample("dc").replace("oai_dc:dc", "oai_dc:record"), tmp_path))


def test_premis_and_dublin_core_that_a_mets_refers_to_are_shown(tmp_path: Path) -> None:
    place = '<METS:mdRef LOCTYPE="URL" MDTYPE="{}" xlink:href="{}"/>'
    sections = "".join(
        f'<METS:dmdSec ID="r{number}">{place.format(kind, href)}</METS:dmdSec>'
        for number, (kind, href) in enumerate(
            (
                ("PREMIS", "metadata%2Fpremis.xml"),
                ("DC", "metadata/dc.xml"),
                ("PREMIS", "../outside.xml"),
                ("DC", "metadata/link.xml"),
                ("DC", "https://example.org/dc.xml"),
                ("PREMIS:EVENT", "metadata/broken.xml"),
            )
        )
    )
    package = tmp_path / "package"
    (package / "metadata").mkdir(parents=True)
    path = package / "METS.xml"
    path.write_text(foreign.LOOSE_DC.replace(" <METS:structMap>", sections + "<METS:structMap>"), "utf-8")
    (package / "metadata" / "premis.xml").write_text(foreign.PREMIS_2, "utf-8")
    (package / "metadata" / "dc.xml").write_text(foreign.SRW_DC, "utf-8")
    (package / "metadata" / "broken.xml").write_text("<!DOCTYPE x><x/>", "utf-8")
    (tmp_path / "outside.xml").write_text(foreign.RODA_EVENT, "utf-8")
    (package / "metadata" / "link.xml").symlink_to(tmp_path / "outside.xml")
    view = read_record_file(str(path))
    assert [len(part) for part in (view.objects, view.events, view.agents)] == [1, 1, 1]
    assert [one.value for one in view.statements] == ["Pisma", "", "A", "1999-05"]
    assert len(view.files) == 7
    assert read_record_file(str(package / "metadata" / "premis.xml")).events == view.events


def test_a_blank_written_as_plus_still_finds_its_file(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "a b.jpg").write_bytes(b"x")
    text = foreign.archivematica_mets().replace('href="objects/a.jpg"', 'href="objects%2Fa+b.jpg"')
    assert not codes_of(judge(text, tmp_path)) & {"MET-104", "MET-106"}
    sized = text.replace('<mets:file ID="file-o1"', '<mets:file ID="file-o1" SIZE="2"')
    assert "MET-105" in codes_of(judge(sized, tmp_path))


def test_both_spellings_of_the_namespace_of_csip(tmp_path: Path) -> None:
    written = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
    text = sample("mets")
    assert written in text
    assert "MET-115" not in codes_of(judge(text.replace(written, written.replace("DILCIS", "dilcis")), tmp_path))
    assert "MET-115" in codes_of(judge(text.replace(written, "urn:x"), tmp_path))


def test_a_term_of_two_systems_is_no_error(tmp_path: Path) -> None:
    text = foreign.RODA_EVENT.replace("ingest start", "format validation")
    assert "PRM-108" not in codes_of(judge(text, tmp_path))
    assert "PRM-108" in codes_of(judge(text.replace("format validation", "format frobnication"), tmp_path))


STRUCTURE_ONLY = (
    '<mets xmlns="http://www.loc.gov/METS/"><structMap><div><fptr FILEID="a.jpg"/><fptr FILEID="b.jpg"/></div>'
    "</structMap></mets>"
)


def test_a_structural_map_by_itself_is_neither_valid_nor_damaged(tmp_path: Path) -> None:
    report = judge(STRUCTURE_ONLY, tmp_path)
    assert (report.verdict, [one.code for one in report.findings]) == ("not checked", ["MET-124"])
    files = '<fileSec><fileGrp><file ID="a.jpg"/></fileGrp></fileSec>'
    report = judge(STRUCTURE_ONLY.replace("<structMap>", f"{files}<structMap>"), tmp_path)
    assert [one.code for one in report.errors] == ["XML-111"]


@pytest.mark.parametrize(("to", "codes"), [("#d2", []), ("d2", []), ("l2", []), ("d3", ["MET-123"])])
def test_links_between_divisions_are_text_by_the_schema(to: str, codes: list[str], tmp_path: Path) -> None:
    text = (
        '<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink"><structMap><div ID="d1">'
        f'<div ID="d2" xlink:label="l2"/></div></structMap><structLink><smLink xlink:from="d1" xlink:to="{to}"/>'
        "</structLink></mets>"
    )
    report = judge(text, tmp_path)
    assert report.errors == ()
    assert [one.code for one in report.warnings if one.code == "MET-123"] == codes


def test_a_structured_value_in_a_container_without_a_schema_is_not_damage(tmp_path: Path) -> None:
    inner = "<dcterms:title>T</dcterms:title><dcterms:creator><s:name xmlns:s='urn:s'>A</s:name></dcterms:creator>"
    for name, verdict in (("metadata", "not checked"), ("qualifieddc", "invalid")):
        report = judge(f'<{name} xmlns:dcterms="http://purl.org/dc/terms/">{inner}</{name}>', tmp_path)
        assert report.verdict == verdict
