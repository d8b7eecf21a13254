"""A bag with ever so many faults: the first of each kind are listed, the rest are counted, the outcome is the same."""

from __future__ import annotations

from pathlib import Path

from archive.model.capped_findings import LISTED, CappedFindings, bag_findings
from archive.model.codes import bag as codes
from archive.reporting.validation import report_fields
from archive.stages.validation import validate
from tests.support.bag_drafts import draft, write_folder

MANY = 3 * LISTED


def test_malformed_lines_are_counted(tmp_path: Path) -> None:
    files = draft(algorithms=("sha256",), tag_manifests=False)
    files[b"manifest-sha256.txt"] += b"x\n" * MANY
    report = validate(str(write_folder(files, tmp_path / "bag")))
    fields = report_fields(report)
    assert report.verdict == "invalid"
    assert len(report.findings) < LISTED + 10
    assert fields["counts"]["error"] == MANY
    more = next(one for one in report.findings if one.kind is codes.MORE)
    assert (more.code, more.facts["code"], more.facts["count"]) == ("BAG-222", "BAG-204", MANY - LISTED)


def test_counts_pass_from_one_list_to_the_next() -> None:
    first, second = CappedFindings(limit=2, more=codes.MORE), bag_findings()
    first += [codes.UNLISTED_FILE.at(f"data/{number}") for number in range(7)]
    second += first
    second += first
    assert second.counts["BAG-202"] == len(second) == 14
    assert [one.facts["count"] for one in second if one.kind is codes.MORE] == [10]
