"""Every rule of RFC 8493, kept and broken, in a folder, a zip and a tar: exactly the findings that belong to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.model.codes import all_kinds
from archive.model.finding import Severity
from archive.model.validation import ValidationReport
from archive.stages.validation import validate
from tests.support.bag_cases import CASES, Case
from tests.support.bag_drafts import write_folder, write_tar, write_zip

FORMS = {
    "folder": lambda files, place: write_folder(files, place / "bag"),
    "zip": lambda files, place: write_zip(files, place / "bag.zip"),
    "tar": lambda files, place: write_tar(files, place / "bag.tar"),
    "tar.xz": lambda files, place: write_tar(files, place / "bag.tar.xz", compression="xz"),
}


def found(report: ValidationReport) -> set[str]:
    return {finding.code for finding in report.findings if finding.severity is not Severity.NOTE}


def expected_verdict(codes: frozenset[str]) -> str:
    severities = {all_kinds()[code].severity for code in codes}
    if Severity.ERROR in severities:
        return "invalid"
    return "not checked" if Severity.UNCHECKED in severities else "valid"


def test_the_table_is_as_large_as_promised() -> None:
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exactly_what_belongs_to_it_is_found(case: Case, form: str, tmp_path: Path) -> None:
    files = case.make()
    if form == "zip" and not all(_is_utf8(path) for path in files):
        form = "tar"
    report = validate(str(FORMS[form](files, tmp_path)))
    folded = {"BAG-518"} if form == "zip" and case.name in FOLDED_IN_ZIP else set()
    assert found(report) == case.codes | folded, [(f.code, f.subject, f.line, f.message) for f in report.findings]
    assert report.verdict == ("invalid" if folded else expected_verdict(case.codes))
    for finding in report.findings:
        assert finding.message
        assert finding.kind.remedy


FOLDED_IN_ZIP = {"names-a-form-a-manifest-both-there", "path-newlines", "names-normal-form-twins"}
"""Names that some tools write as one when they unpack a zip."""


def _is_utf8(path: bytes) -> bool:
    return os.fsdecode(path).isprintable() or path.decode("utf-8", "replace").encode() == path
