"""Judging records: other systems' records, streams, files beside a METS, and what is refused before it is read."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest

from archive.errors import NotFoundError
from archive.formats.xml_safety import XmlLimits
from archive.model.codes import all_kinds
from archive.model.finding import Outcome, Severity
from archive.model.validation import ValidationReport
from archive.stages.validation.records.notes import KEPT, Notes
from archive.stages.validation.records.premis_stream import stream_premis
from archive.stages.validation.records.record import validate_record
from archive.stages.validation.records.sorts import judge_content
from tests.support import foreign_records as foreign
from tests.support.record_cases import WRONG, changed, sample

PREMIS_3 = "http://www.loc.gov/premis/v3"


def judge(text: str | bytes, tmp_path: Path) -> ValidationReport:
    path = tmp_path / "record.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return validate_record(str(path))


def codes_of(report: ValidationReport) -> set[str]:
    assert all(finding.message and finding.remedy for finding in report.findings)
    return {finding.code for finding in report.findings}


def test_premis_2_is_judged_by_rules_and_never_called_valid(tmp_path: Path) -> None:
    report = judge(foreign.PREMIS_2, tmp_path)
    assert codes_of(report) == {"XML-112"}
    assert (report.verdict, report.outcome) == ("not checked", Outcome.NOT_CHECKED)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<compositionLevel>0</compositionLevel>", "", "PRM-120"),
        ("<eventType>virus check</eventType>", "", "PRM-120"),
        ("<agentName>Archivematica 1.4</agentName>", "<agentVersion>1.4</agentVersion>", "PRM-120"),
        ('<object xsi:type="file">', "<object>", "PRM-120"),
        ('<object xsi:type="file">', '<object xsi:type="intellectualEntity">', "PRM-120"),
        ("<size>0</size>", "<size>0</size><size>1</size>", "PRM-120"),
        ("<originalName>objects/a.txt</originalName>", "<originalName/>", "PRM-117"),
        ('version="2.2"', 'version="3.0"', "PRM-139"),
        ("<eventType>virus check", "<eventType>virus cheque", "PRM-108"),
        ("2014-01-14T23:10:45.123456", "14 January 2014", "PRM-111"),
        ("<linkingAgentIdentifierValue>a1<", "<linkingAgentIdentifierValue>a2<", "PRM-102"),
        ("<event>", '<nonsense/><event>', "PRM-122"),
    ],
)  # fmt: skip
def test_wrong_premis_2_is_refused(old: str, new: str, code: str, tmp_path: Path) -> None:
    assert old in foreign.PREMIS_2
    report = judge(foreign.PREMIS_2.replace(old, new, 1), tmp_path)
    assert code in codes_of(report)
    assert report.outcome is not Outcome.INTACT


def test_premis_objects_after_events_are_out_of_order(tmp_path: Path) -> None:
    start, end = foreign.PREMIS_2.index(" <object"), foreign.PREMIS_2.index(" <event>")
    moved = foreign.PREMIS_2[:start] + foreign.PREMIS_2[end:].replace(
        "</premis>", foreign.PREMIS_2[start:end] + "</premis>"
    )
    assert "PRM-122" in codes_of(judge(moved, tmp_path))


def test_links_told_on_one_side_only(tmp_path: Path) -> None:
    text = foreign.PREMIS_2
    start = text.index("  <linkingObjectIdentifier>")
    one_sided = text[:start] + text[text.index("\n", start) + 1 :]
    assert codes_of(judge(one_sided, tmp_path)) == {"XML-112"}
    newer = one_sided.replace("info:lc/xmlns/premis-v2", PREMIS_3).replace('version="2.2"', 'version="3.0"')
    newer = newer.replace("<eventDetail>", "<eventDetailInformation><eventDetail>")
    newer = newer.replace("</eventDetail>", "</eventDetail></eventDetailInformation>")
    assert codes_of(judge(newer, tmp_path)) == {"PRM-103"}


def test_archivematica_mets_is_read_in_depth(tmp_path: Path) -> None:
    report = judge(foreign.archivematica_mets(), tmp_path)
    assert not report.errors, [f.message for f in report.errors]
    assert {"PRM-109", "MET-106"} <= codes_of(report)
    older = judge(foreign.archivematica_mets("info:lc/xmlns/premis-v2", "2.2"), tmp_path)
    assert not older.errors, [f.message for f in older.errors]
    assert (older.verdict, "XML-122" in codes_of(older)) == ("valid", True)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<premis:linkingAgentIdentifierValue>test", "<premis:linkingAgentIdentifierValue>rest", "PRM-102"),
        ('ADMID="amdSec_1"', 'ADMID="amdSec_2"', "XML-111"),
        (foreign.SHA256, foreign.SHA256[2:], "PRM-112"),
        ('MDTYPE="PREMIS:EVENT"', 'MDTYPE="PREMIS:AGENT"', "MET-110"),
        ('MDTYPE="PREMIS:OBJECT"', 'MDTYPE="MODS"', "MET-110"),
        ('MDTYPE="PREMIS:OBJECT"', 'MDTYPE="PREMIS:OBJECT" MDTYPEVERSION="2.2"', "MET-111"),
        ('<mets:mdWrap MDTYPE="DC"><mets:xmlData>', '<mets:mdWrap MDTYPE="MODS"><mets:xmlData>', "MET-110"),
        ("<dcterms:issued>1914/1918<", "<dcterms:issued>1918/1914<", "DC-104"),
        ("<premis:size>158131<", "<premis:size>-1<", "PRM-115"),
        ('DMDID="dmdSec_1"', "", "MET-112"),
        ('<mets:fptr FILEID="file-o1"/>', "", "MET-113"),
    ],
)  # fmt: skip
def test_wrong_archivematica_mets_is_noticed(old: str, new: str, code: str, tmp_path: Path) -> None:
    text = foreign.archivematica_mets()
    assert old in text
    assert code in codes_of(judge(text.replace(old, new, 1), tmp_path))


def test_mixed_versions_in_one_mets(tmp_path: Path) -> None:
    agent = (
        '<mets:digiprovMD ID="d9"><mets:mdWrap MDTYPE="PREMIS:AGENT"><mets:xmlData>'
        '<agent xmlns="info:lc/xmlns/premis-v2"><agentIdentifier><agentIdentifierType>x</agentIdentifierType>'
        "<agentIdentifierValue>y</agentIdentifierValue></agentIdentifier></agent>"
        "</mets:xmlData></mets:mdWrap></mets:digiprovMD>"
    )
    report = judge(foreign.archivematica_mets(extra=agent), tmp_path)
    assert {"PRM-119", "PRM-106"} <= {finding.code for finding in report.warnings}
    assert report.errors == ()


def test_dspace_mets_is_read_and_says_what_was_not_judged(tmp_path: Path) -> None:
    report = judge(foreign.DSPACE_METS, tmp_path)
    assert not report.errors, [f.message for f in report.errors]
    assert {"XML-112", "XML-113"} <= codes_of(report)


def test_a_mets_and_its_premis_tell_the_same_of_a_file(tmp_path: Path) -> None:
    other = "0" * 32
    for old, new in ((f'CHECKSUM="{foreign.MD5}"', f'CHECKSUM="{other}"'), ('SIZE="2"', 'SIZE="3"')):
        assert old in foreign.DSPACE_METS
        assert "MET-117" in {f.code for f in judge(foreign.DSPACE_METS.replace(old, new), tmp_path).errors}


def test_empty_section_of_a_mets(tmp_path: Path) -> None:
    start = foreign.DSPACE_METS.index("<mods:mods"), foreign.DSPACE_METS.index("</mods:mods>") + len("</mods:mods>")
    report = judge(foreign.DSPACE_METS[: start[0]] + foreign.DSPACE_METS[start[1] :], tmp_path)
    assert "MET-116" in codes_of(report)


def test_a_single_entity_is_no_error(tmp_path: Path) -> None:
    report = judge(foreign.RODA_EVENT, tmp_path)
    assert codes_of(report) == {"PRM-109", "PRM-102"}
    assert report.verdict == "valid"


@pytest.mark.parametrize(
    ("text", "expected"),
    [(foreign.OAI_ANSWER, {"XML-113"}), (foreign.SRW_DC, {"DC-112"}), (foreign.DSPACE_DC, {"DC-112"}),
     (foreign.RDF, {"XML-113", "DC-112"}), (foreign.SIMPLE_DC, {"DC-118"}), (foreign.XMP, {"XML-119", "DC-112"})],
)  # fmt: skip
def test_dublin_core_in_the_wild(text: str, expected: set[str], tmp_path: Path) -> None:
    report = judge(text, tmp_path)
    assert codes_of(report) == expected
    assert report.verdict == ("valid" if expected == {"XML-113"} else "not checked")


def test_dublin_core_in_no_namespace_is_none(tmp_path: Path) -> None:
    assert "DC-103" in {f.code for f in judge("<dc><title>A</title></dc>", tmp_path).errors}


def test_a_date_inside_an_oai_answer_is_judged(tmp_path: Path) -> None:
    assert "DC-104" in codes_of(judge(foreign.OAI_ANSWER.replace(">2004<", ">c. 2004<"), tmp_path))


def test_unknown_xml_is_not_checked(tmp_path: Path) -> None:
    report = judge("<note><to>a</to></note>", tmp_path)
    assert (report.verdict, codes_of(report)) == ("not checked", {"XML-108"})


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<dc:type>Text</dc:type>", "<dc:type>text</dc:type>", "DC-108"),
        ("<dc:language>ar</dc:language>", "<dc:language>Arabic</dc:language>", "DC-111"),
        ("<dc:language>ar</dc:language>", "<dc:language>en</dc:language>", "DC-114"),
        ("Press release", "Press \N{RIGHT-TO-LEFT OVERRIDE}release", "XML-115"),
        ("Press release", "Press \N{REPLACEMENT CHARACTER}release", "XML-114"),
        ('xml:lang="en">Statement', 'xml:lang="iw">Statement', "XML-118"),
    ],
)  # fmt: skip
def test_odd_but_allowed_dublin_core_is_warned_of(old: str, new: str, code: str, tmp_path: Path) -> None:
    report = judge(changed("dc", old, new), tmp_path)
    assert code in {finding.code for finding in report.warnings}
    assert not report.errors


def test_a_record_without_title_or_values(tmp_path: Path) -> None:
    head = '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    assert "DC-110" in codes_of(judge(head + "<dc:date>2024</dc:date></oai_dc:dc>", tmp_path))
    assert "DC-101" in {f.code for f in judge(head + "</oai_dc:dc>", tmp_path).warnings}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (' authority="cryptographicHashFunctions" authorityURI="http://id.loc.gov/vocabulary/preservation/'
         'cryptographicHashFunctions">SHA-256<', ' authority="ours">SHA-257<', "PRM-138"),
        (">Received from depositor<", ">Copied from /home/aisha/inbox<", "PRM-125"),
        ("<premis:linkingAgentIdentifier>", '<premis:linkingAgentIdentifier simpleLink="http://x.invalid/">', None),
    ],
)  # fmt: skip
def test_odd_premis_is_warned_of(old: str, new: str, code: str | None, tmp_path: Path) -> None:
    report = judge(changed("premis", old, new), tmp_path)
    assert not report.errors
    assert code is None or code in {finding.code for finding in report.warnings}


def test_an_orphan_rights_statement(tmp_path: Path) -> None:
    text = sample("premis")
    start, end = text.index("  <premis:rights>"), text.index("</premis:rights>")
    rights = text[start:end]
    alone = (
        rights[: rights.index("      <premis:linkingObjectIdentifier>")]
        + "    </premis:rightsStatement>\n  </premis:rights>"
    )
    report = judge(text.replace("</premis:premis>", alone.replace("9d01", "9d02") + "</premis:premis>"), tmp_path)
    assert "PRM-107" in {finding.code for finding in report.warnings}


def test_another_vocabulary_is_respected_when_it_is_named(tmp_path: Path) -> None:
    old = 'authority="eventType" authorityURI="http://id.loc.gov/vocabulary/preservation/eventType">ingestion<'
    new = 'authority="local" authorityURI="http://vocabulary.invalid/events">Bestandsbildung<'
    report = judge(changed("premis", old, new), tmp_path)
    assert not report.errors
    assert "PRM-109" in codes_of(report)


def test_files_beside_a_mets_are_compared(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    image = tmp_path / "objects" / "a.jpg"
    text = foreign.archivematica_mets().replace(
        '<mets:file ID="file-o1"',
        f'<mets:file ID="file-o1" SIZE="0" CHECKSUM="{foreign.SHA256}" CHECKSUMTYPE="SHA-256"',
    )
    text = text.replace("<premis:size>158131<", "<premis:size>0<")
    image.write_bytes(b"")
    assert not judge(text, tmp_path).errors
    image.write_bytes(b"x")
    differing = [f for f in judge(text, tmp_path).errors if f.code == "MET-105"]
    assert {f.facts["what"] for f in differing} == {"size", "sha256"}
    second = (
        '<mets:file ID="file-o2" ADMID="amdSec_1"><mets:FLocat xlink:href="objects/b.jpg" LOCTYPE="URL"/></mets:file>'
    )
    report = judge(text.replace("</mets:fileGrp>", second + "</mets:fileGrp>"), tmp_path)
    assert [f.facts["href"] for f in report.errors if f.code == "MET-104"] == ["objects/b.jpg"]


def test_a_link_beside_a_mets_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    package = tmp_path / "package"
    (package / "objects").mkdir(parents=True)
    os.symlink(secret, package / "objects" / "a.jpg")
    text = foreign.archivematica_mets().replace('<mets:file ID="file-o1"', '<mets:file ID="file-o1" SIZE="1"')
    (package / "record.xml").write_text(text)
    assert "MET-106" in codes_of(validate_record(str(package / "record.xml")))


def test_streamed_and_whole_reading_agree() -> None:
    for name, (base, old, new, _expected) in WRONG.items():
        content = changed(base, old, new).encode() if base == "premis" else b""
        if not content or name.startswith("xml "):
            continue
        whole, streamed = Notes("x"), Notes("x")
        judge_content(content, whole)
        stream_premis((content[at : at + 997] for at in range(0, len(content), 997)), PREMIS_3, streamed)
        found = [{one.code for one in notes.all() if one.severity is Severity.ERROR} for notes in (whole, streamed)]
        assert found[1], name
        assert found[0] - {"XML-107"} <= found[1] | {"XML-107"}, name


def test_a_large_record_in_utf_16_is_read_whole(tmp_path: Path) -> None:
    text = re.sub("encoding=.utf-8.", 'encoding="utf-16"', sample("premis"), count=1, flags=re.IGNORECASE)
    text = text.replace("</premis:premis>", " " * (200 << 10) + "</premis:premis>")
    path = tmp_path / "premis.xml"
    path.write_bytes(text.encode("utf-16"))
    assert validate_record(str(path)).verdict == "valid"
    path.write_text(sample("premis").replace("</premis:premis>", " " * (200 << 10) + "</premis:premis>"), "utf-8")
    assert validate_record(str(path)).verdict == "valid"


def test_long_lists_of_links_are_judged_as_they_arrive() -> None:
    count = 700
    text = sample("premis")
    event = text.index("  <premis:event>")
    link = (
        "<premis:linkingObjectIdentifier><premis:linkingObjectIdentifierType>UUID</premis:linkingObjectIdentifierType>"
        "<premis:linkingObjectIdentifierValue>{}</premis:linkingObjectIdentifierValue></premis:linkingObjectIdentifier>"
    )
    end = text.index("  </premis:event>", event)
    links = "".join(link.format(f"absent-{number}") for number in range(count))
    notes = Notes("x")
    stream_premis([(text[:end] + links + text[end:]).encode()], PREMIS_3, notes)
    dangling = [one for one in notes.all() if one.code == "PRM-101"]
    assert len(dangling) == KEPT
    more = {one.facts["code"]: one.facts["count"] for one in notes.all() if one.code == "XML-116"}
    assert more["PRM-101"] == count - KEPT
    assert {one.code for one in notes.all()} <= {"PRM-101", "PRM-126", "PRM-127", "XML-116"}


def test_a_large_file_is_streamed_when_it_is_premis_and_refused_otherwise(tmp_path: Path) -> None:
    small = XmlLimits(size=1000, part=1 << 20)
    premis, mets = tmp_path / "premis.xml", tmp_path / "mets.xml"
    premis.write_text(sample("premis"))
    mets.write_text(sample("mets"))
    assert validate_record(str(premis), limits=small).verdict == "valid"
    report = validate_record(str(mets), limits=small)
    assert (report.verdict, codes_of(report)) == ("not checked", {"XML-105"})
    premis.write_text(sample("premis").replace("<premis:premis", "<!DOCTYPE x []><premis:premis", 1))
    assert codes_of(validate_record(str(premis), limits=small)) == {"XML-102"}


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        validate_record(str(tmp_path / "none.xml"))
    assert codes_of(validate_record(str(tmp_path))) == {"XML-117"}


def test_no_document_however_broken_raises(tmp_path: Path) -> None:
    rounds = 3000 if os.environ.get("ARCHIVE_LONG_TESTS") else 150
    random_source = random.Random(5)
    bases = [sample(name).encode() for name in ("dc", "dcterms", "mets", "premis")]
    bases += [foreign.PREMIS_2.encode(), foreign.DSPACE_METS.encode(), foreign.archivematica_mets().encode()]
    for number in range(rounds):
        lines = random_source.choice(bases).split(b"\n")
        for _ in range(random_source.randint(1, 3)):
            at = random_source.randrange(len(lines))
            action = random_source.random()
            if action < 0.3:
                del lines[at]
            elif action < 0.6:
                lines.insert(at, lines[random_source.randrange(len(lines))])
            else:
                line = bytearray(lines[at] + b" ")
                line[random_source.randrange(len(line))] = random_source.randrange(256)
                lines[at] = bytes(line)
            lines = lines or [b""]
        report = judge(b"\n".join(lines), tmp_path)
        assert report.verdict in ("valid", "invalid", "not checked"), number
        assert all(finding.message for finding in report.findings)


def test_every_kind_of_finding_about_records_can_be_formatted() -> None:
    kinds = [kind for code, kind in all_kinds().items() if code.startswith(("XML-", "PRM-", "DC-", "MET-"))]
    assert len(kinds) > 90
    for kind in kinds:
        assert kind.explanation.endswith("."), kind.code
        assert kind.remedy, kind.code
