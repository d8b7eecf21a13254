"""The table of right and wrong records: no wrong one passes, and each is refused for its own reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.model.finding import Outcome
from archive.stages.validation.records.record import validate_record
from tests.support.record_cases import ADVISED, RIGHT, WRONG, changed, sample


@pytest.mark.parametrize("name", ["premis", "mets", "dc", "dcterms"])
def test_good_records_are_valid(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.xml"
    path.write_text(sample(name), "utf-8")
    report = validate_record(str(path))
    assert report.verdict == "valid", [(f.code, f.message) for f in report.findings]
    assert report.outcome is Outcome.INTACT


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_right_variants_are_valid(name: str, tmp_path: Path) -> None:
    path = tmp_path / "record.xml"
    path.write_text(changed(*RIGHT[name]), "utf-8")
    report = validate_record(str(path))
    assert report.verdict == "valid", [(f.code, f.line, f.message) for f in report.findings]


@pytest.mark.parametrize("name", sorted(WRONG))
def test_wrong_records_are_refused(name: str, tmp_path: Path) -> None:
    base, old, new, expected = WRONG[name]
    path = tmp_path / "record.xml"
    path.write_text(changed(base, old, new), "utf-8")
    report = validate_record(str(path))
    found = {finding.code for finding in report.errors}
    assert found >= set(expected), [(f.code, f.line, f.message) for f in report.findings]
    assert report.verdict == "invalid"
    for finding in report.errors:
        assert finding.message
        assert finding.kind.clause
        assert finding.kind.remedy


@pytest.mark.parametrize("name", sorted(ADVISED))
def test_advice_is_a_warning_and_the_record_stays_valid(name: str, tmp_path: Path) -> None:
    base, old, new, expected = ADVISED[name]
    path = tmp_path / "record.xml"
    path.write_text(changed(base, old, new), "utf-8")
    report = validate_record(str(path))
    assert {finding.code for finding in report.warnings} >= set(expected)
    assert (report.verdict, report.errors) == ("valid", ())


def test_the_table_is_broad() -> None:
    assert len(WRONG) + len(ADVISED) >= 60
    bases = {base for base, _old, _new, _codes in WRONG.values()}
    assert bases == {"premis", "mets", "dc", "dcterms"}


def test_findings_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "record.xml"
    path.write_text(changed("dc", "2024-05-20", "2024-05-32"), "utf-8")
    (finding,) = validate_record(str(path)).warnings
    line = sample("dc").split("2024-05-20")[0].count("\n") + 1
    assert (finding.code, finding.line, finding.subject) == ("DC-104", line, str(path))
