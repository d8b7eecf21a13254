"""Whether a bag may be given out is decided by all of its records, and the strictest wins."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from archive.cli.app import run
from archive.model.description import Access
from archive.stages.description.recorded_rights import access_word, judge_accesses, read_accesses
from tests.support.deposit_bags import seal, write_bag


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Journals and receipts stand beside the project, or in the folder where the command runs."""
    monkeypatch.chdir(tmp_path)


TODAY = date(2026, 11, 29)
DC = '<dc xmlns="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/">{}</dc>'
PREMIS = (
    '<premis xmlns="http://www.loc.gov/premis/v3" version="3.0"><rights><rightsStatement><rightsStatementIdentifier>'
    "<rightsStatementIdentifierType>local</rightsStatementIdentifierType><rightsStatementIdentifierValue>1"
    "</rightsStatementIdentifierValue></rightsStatementIdentifier><rightsBasis>other</rightsBasis>"
    "<rightsGranted><act>{act}</act><restriction>{restriction}</restriction>{term}</rightsGranted>"
    "</rightsStatement></rights></premis>"
)

EAD = (
    '<ead xmlns="urn:isbn:1-931666-22-9"><archdesc level="fonds"><did/><accessrestrict><head>Restricted or not</head>'
    "<p>{}</p></accessrestrict></archdesc></ead>"
)
EAD3 = EAD.replace("urn:isbn:1-931666-22-9", "http://ead3.archivists.org/schema/")
EU = "http://publications.europa.eu/resource/authority/access-right/"


def premis(restriction: str, *, act: str = "disseminate", end: str = "") -> str:
    term = f"<termOfRestriction><startDate>2020-01-01</startDate><endDate>{end}</endDate></termOfRestriction>"
    return PREMIS.format(act=act, restriction=restriction, term=term if end else "")


def words(*records: str) -> list[str]:
    found = [one for n, text in enumerate(records) for one in read_accesses(f"metadata/{n}.xml", iter([text.encode()]))]
    return [finding.code for finding in judge_accesses(found, None, None, TODAY)]


@pytest.mark.parametrize(
    ("record", "codes"),
    [
        (DC.format("<rights>closed</rights>"), ["DSC-141"]),
        (DC.format("<t:accessRights>Closed Access</t:accessRights>"), ["DSC-141"]),
        (DC.format("<t:accessRights>http://purl.org/coar/access_right/c_16ec</t:accessRights>"), ["DSC-141"]),
        (DC.format("<t:accessRights>info:eu-repo/semantics/closedAccess</t:accessRights>"), ["DSC-141"]),
        (DC.format("<t:accessRights>embargoed</t:accessRights><t:available>2026-11-29</t:available>"), []),
        (DC.format("<t:accessRights>embargoed</t:accessRights><t:available>2026-11-30</t:available>"), ["DSC-140"]),
        (DC.format("<t:accessRights>embargoed</t:accessRights><t:available>soon</t:available>"), ["DSC-140"]),
        (DC.format("<t:accessRights>embargoed</t:accessRights>"), ["DSC-140"]),
        (DC.format("<rights>All rights reserved; closed questions remain</rights>"), []),
        (DC.format("<t:accessRights>open</t:accessRights>"), []),
        (DC.format("<title>closed</title>"), []),
        (DC.format("<t:accessRights>Access is restricted to staff</t:accessRights>"), ["DSC-141"]),
        (DC.format(f"<t:accessRights>{EU}NON_PUBLIC</t:accessRights>"), ["DSC-141"]),
        (DC.format(f"<t:accessRights>{EU}PUBLIC</t:accessRights>"), []),
        (EAD.format("closed"), ["DSC-141"]),
        (EAD.format("This series is\n closed until 2050."), ["DSC-141"]),
        (EAD3.format("Files of living persons are not open to readers."), ["DSC-141"]),
        (EAD3.format("Open for research. Access is not restricted."), []),
        (EAD.format("There are no access restrictions on this material."), []),
        (EAD.format("Unrestricted"), []),
        (premis("closed"), ["DSC-141"]),
        (premis("Disallow"), ["DSC-141"]),
        (premis("only for staff"), ["DSC-141"]),
        (premis("embargo", end="2030-01-01"), ["DSC-140"]),
        (premis("embargo", end="2026-01-01"), []),
        (premis("closed", end="OPEN"), ["DSC-141"]),
        (premis("closed", act="migrate"), []),
        (premis("Allow"), []),
        (f'<mets xmlns="http://www.loc.gov/METS/"><x>{premis("closed")}</x></mets>', ["DSC-141"]),
        (PREMIS.replace("http://www.loc.gov/premis/v3", "info:lc/xmlns/premis-v2").format(
            act="disseminate", restriction="closed", term=""), ["DSC-141"]),
        ("<report>closed</report>", []),
    ],
)  # fmt: skip
def test_one_record_is_enough(record: str, codes: list[str]) -> None:
    assert words(record) == codes


def test_records_that_contradict_each_other_are_told_and_the_strictest_wins() -> None:
    opened, closed = (DC.format(f"<t:accessRights>{word}</t:accessRights>") for word in ("open", "closed"))
    assert words(opened, closed) == ["DSC-141", "DSC-144"]
    assert words(opened, opened) == []
    assert words(closed, premis("Allow")) == ["DSC-141", "DSC-144"]
    assert words(opened, premis("closed")) == ["DSC-141"], "one file may be closed in a package that is open"
    found = read_accesses("metadata/premis.xml", iter([premis("closed").encode()]))
    assert [one.code for one in judge_accesses(found, Access.OPEN, Access.OPEN, TODAY)] == ["DSC-141", "DSC-144"]


def test_an_embargo_without_an_end_ends_with_that_of_the_other_record() -> None:
    end = DC.format("<t:accessRights>embargoed</t:accessRights><t:available>2026-01-01</t:available>")
    assert words(end, DC.format("<rights>embargoed</rights>")) == []


def test_words_that_name_an_access() -> None:
    for text, access in {
        "open": Access.OPEN, " Open Access ": Access.OPEN, "embargoedAccess": Access.EMBARGOED,
        "restricted-access": Access.RESTRICTED, "https://purl.org/coar/access_right/c_14cb/": Access.CLOSED,
        "": None, "access": None, "open to question": None,
    }.items():  # fmt: skip
        assert access_word(text) is access, text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("metadata/descriptive/dcterms.xml", DC.format("<t:accessRights>closed</t:accessRights>")),
        ("metadata/dc.xml", DC.format("<rights>closed</rights>")),
        ("metadata/preservation/premis.xml", premis("closed")),
        ("metadata/deep/er/rights.XML", premis("closed")),
        ("metadata/descriptive/description.toml", 'title = "T"\n[rights]\naccess = "closed"\n'),
        ("metadata/descriptive/dcterms.xml", DC.format("<t:accessRights>closed")),
    ],
)
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_bag_from_elsewhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    bag = write_bag(tmp_path / "bag", {"a.txt": b"a\n"})
    (bag / name).parent.mkdir(parents=True)
    (bag / name).write_text(text)
    seal(bag)
    subject = "bag"
    if form == "zip":
        from archive.model.build import NO_PROGRESS
        from archive.storage.packing import pack

        subject = "bag.zip"
        pack(str(bag), "bag", str(tmp_path / subject), "zip", modified=315532800, progress=NO_PROGRESS)
    assert run(["deposit", subject, "dir:far", "--json"]) in (1, 5)
    assert json.loads(capsys.readouterr().out)["deposits"][0]["state"] == "refused"
    assert not (tmp_path / "far").exists()


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("bag-info.txt", "Bagging-Date: 2026-11-29\nAccess: Closed\n"),
        ("bag-info.txt", "Bagging-Date: 2026-11-29\nACCESS-RIGHTS: restricted\n"),
        ("premis.xml", premis("closed")),
        ("submission/ead.XML", EAD.format("closed")),
    ],
)
def test_a_record_outside_of_metadata_counts_too(tmp_path: Path, path: str, content: str) -> None:
    bag = write_bag(tmp_path / "bag", {"a.txt": b"x"})
    (bag / path).parent.mkdir(exist_ok=True)
    (bag / path).write_text(content)
    seal(bag)
    assert run(["deposit", str(bag), f"dir:{tmp_path}/far"]) == 5
    assert not (tmp_path / "far" / "bag").exists()


def test_the_visibility_that_aptrust_asks_for_is_no_restriction_of_the_deposit(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", {"a.txt": b"x"})
    (bag / "aptrust-info.txt").write_text("Title: T\nAccess: Restricted\n")
    seal(bag)
    assert run(["deposit", str(bag), f"dir:{tmp_path}/far"]) == 0
