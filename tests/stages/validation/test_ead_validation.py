"""EAD is recognised and judged by its own schema; the DTD's form by rules; what only looks like a METS is not one."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.model.validation import ValidationReport
from archive.stages.validation.records.record import validate_record

EAD_3 = """<ead xmlns="http://ead3.archivists.org/schema/">
 <control><recordid>x-1</recordid><filedesc><titlestmt><titleproper>Papers</titleproper></titlestmt></filedesc>
  <maintenancestatus value="new"/><maintenanceagency><agencyname>Archive</agencyname></maintenanceagency>
  <maintenancehistory><maintenanceevent><eventtype value="created"/><eventdatetime>2024</eventdatetime>
   <agenttype value="human"/><agent>A</agent></maintenanceevent></maintenancehistory></control>
 <archdesc level="fonds" id="a"><did><unittitle>Papers</unittitle></did>
  <dsc><c level="item" id="b"><did><unittitle>A letter</unittitle></did></c></dsc></archdesc>
</ead>"""

EAD_2002 = """<ead xmlns="urn:isbn:1-931666-22-9">
 <eadheader><eadid>x-1</eadid><filedesc><titlestmt><titleproper>Papers</titleproper></titlestmt></filedesc></eadheader>
 <archdesc level="fonds"><did><unittitle>Papers</unittitle></did></archdesc>
</ead>"""

DTD = """<!DOCTYPE ead PUBLIC "+//ISBN 1-931666-00-8//DTD ead.dtd (Encoded Archival Description (EAD) Version 2002)//EN"
 "ead.dtd">
"""


def judge(text: str, folder: Path) -> ValidationReport:
    path = folder / "ead.xml"
    path.write_text(text, "utf-8")
    return validate_record(str(path))


@pytest.mark.parametrize("text", [EAD_3, EAD_2002], ids=["EAD3", "EAD 2002"])
def test_a_right_finding_aid_is_valid(text: str, tmp_path: Path) -> None:
    report = judge(text, tmp_path)
    assert (report.verdict, report.findings, report.facts["record"]) == ("valid", (), "EAD")


@pytest.mark.parametrize(
    ("text", "old", "new", "code"),
    [
        (EAD_3, "<recordid>x-1</recordid>", "", "XML-107"),
        (EAD_3, ' level="fonds"', "", "XML-107"),
        (EAD_3, "<dsc>", "<letters/><dsc>", "XML-107"),
        (EAD_3, 'id="b"', 'id="a"', "XML-110"),
        (EAD_3, "A letter<", "A letter<ref target=\"z\">there</ref><", "XML-111"),
        (EAD_2002, "<eadid>x-1</eadid>", "", "XML-107"),
        (EAD_2002, ' level="fonds"', ' level="heap"', "XML-107"),
    ],
)  # fmt: skip
def test_a_wrong_finding_aid_is_invalid(text: str, old: str, new: str, code: str, tmp_path: Path) -> None:
    assert old in text
    report = judge(text.replace(old, new, 1), tmp_path)
    assert report.verdict == "invalid"
    assert code in {finding.code for finding in report.errors}


@pytest.mark.parametrize(
    ("text", "old", "new", "code"),
    [
        (EAD_3, "<unittitle>A letter</unittitle>", "<unitid>1</unitid>", "EAD-103"),
        (EAD_3, "<recordid>x-1<", "<recordid><", "EAD-104"),
        (EAD_2002, "<eadid>x-1<", "<eadid><", "EAD-104"),
    ],
)
def test_advice_on_a_finding_aid_is_a_warning(text: str, old: str, new: str, code: str, tmp_path: Path) -> None:
    assert old in text
    report = judge(text.replace(old, new, 1), tmp_path)
    assert (report.verdict, [finding.code for finding in report.findings]) == ("valid", [code])


def test_the_form_of_the_dtd_is_judged_by_the_schema_and_says_so(tmp_path: Path) -> None:
    plain = EAD_2002.replace(' xmlns="urn:isbn:1-931666-22-9"', "")
    for text in (plain, DTD + plain):
        report = judge(text, tmp_path)
        assert report.verdict == "valid"
        assert {finding.code for finding in report.findings} == {"XML-122"}
        assert judge(text.replace("<did>", "<dad>").replace("</did>", "</dad>"), tmp_path).verdict == "invalid"


LINK = '<dao linktype="simple" href="a.jpg" actuate="onload" show="new" title="A"/>'
GROUP = """<daogrp linktype="extended"><resource linktype="resource" label="start"/>
<daoloc linktype="locator" href="a.jpg" label="end"/><arc linktype="arc" from="start" to="end" actuate="onrequest"/>
</daogrp>"""


@pytest.mark.parametrize(
    ("inside", "verdict", "codes"),
    [
        (LINK, "valid", []),
        (GROUP, "valid", []),
        (LINK.replace("new", "aside"), "invalid", ["XML-107"]),
        (LINK.replace("href", "hrefs"), "invalid", ["XML-107"]),
        ('<unitdate normal="around 1950">1950</unitdate>', "valid", ["XML-123"]),
        ('<unitdate era="c">1950</unitdate><langmaterial><language langcode="en">E</language></langmaterial>', "valid",
         ["XML-123"]),
        ("<unknown/>", "invalid", ["XML-107"]),
    ],
)  # fmt: skip
def test_what_the_dtd_and_the_schema_write_differently(
    inside: str, verdict: str, codes: list[str], tmp_path: Path
) -> None:
    plain = EAD_2002.replace(' xmlns="urn:isbn:1-931666-22-9"', "")
    report = judge(plain.replace("<did>", f"<did>{inside}"), tmp_path)
    found = [finding.code for finding in report.findings if finding.code != "XML-122"]
    assert (report.verdict, found) == (verdict, codes)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE ead [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        '<!DOCTYPE mets SYSTEM "mets.dtd">',
        "<!DOCTYPE ead>",
    ],
)
def test_any_other_document_type_is_refused(doctype: str, tmp_path: Path) -> None:
    report = judge(doctype + EAD_2002, tmp_path)
    assert [finding.code for finding in report.findings] == ["XML-102"]


@pytest.mark.parametrize("namespace", ["http://www.loc.gov/METS_Profile/v2", "http://www.loc.gov/METS_Profile/"])
def test_a_mets_profile_is_not_a_mets(namespace: str, tmp_path: Path) -> None:
    inside = '<mets xmlns="http://www.loc.gov/METS/"><fileSec/></mets>'
    text = f'<METS_Profile xmlns="{namespace}"><Appendix>{inside}</Appendix></METS_Profile>'
    report = judge(text, tmp_path)
    assert report.verdict == "not checked"
    assert [finding.code for finding in report.findings] == ["XML-108"]


@pytest.mark.parametrize(
    "declarations",
    ['<!ENTITY a "b">', '<!NOTATION jpeg PUBLIC "jpeg"> <!ENTITY seal SYSTEM "seal.jpg" NDATA jpeg>', "]><!-- > -->"],
)
def test_a_finding_aid_with_entities_of_its_own_is_neither_read_nor_called_damaged(
    declarations: str, tmp_path: Path
) -> None:
    doctype = f'<!DOCTYPE ead PUBLIC "+//ISBN 1-931666-00-8//DTD ead.dtd (EAD 2002)//EN" "ead.dtd" [{declarations}]>'
    report = judge(doctype + EAD_2002, tmp_path)
    assert (report.verdict, [finding.code for finding in report.findings]) == ("not checked", ["XML-120"])
