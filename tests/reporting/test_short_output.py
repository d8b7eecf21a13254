"""What is printed of a bag that was changed: a renamed file is one line, a missing folder is one, digests are short."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.reporting.validation import report_fields, validation_lines
from archive.stages.validation import validate
from tests.support.audit_projects import Project, write_bag

FILES = {"a.txt": b"alpha", "d/one.txt": b"1", "d/e/two.txt": b"2", "d/e/three.txt": b"3", "k\u00e9.txt": b"key"}


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    return write_bag(tmp_path / "bag", FILES)


def lines_of(bag: Path, *, whole: bool = False) -> list[str]:
    return list(validation_lines(validate(str(bag)), whole=whole))


@pytest.mark.parametrize(
    ("old", "new"), [("a.txt", "b.txt"), ("k\u00e9.txt", "other.txt"), ("d/one.txt", "\u00fc.txt")]
)
def test_a_renamed_file_is_one_line_and_both_findings(bag: Path, old: str, new: str) -> None:
    (bag / "data" / old).rename(bag / "data" / new)
    lines = lines_of(bag)
    assert sum(f"data/{old}" in line or f"data/{new}" in line for line in lines) == 1
    assert f"  error: data/{old}: looks like it was renamed to data/{new} [BAG-201, BAG-202]" in lines
    assert any("accept the new one: archive update BAG --accept-changes" in line for line in lines)
    report = validate(str(bag))
    codes = [finding.code for finding in report.errors]
    assert codes == ["BAG-201", "BAG-202"]
    assert report.verdict == "invalid"


def test_another_content_is_no_rename(bag: Path) -> None:
    (bag / "data" / "a.txt").unlink()
    (bag / "data" / "b.txt").write_bytes(b"beta")
    text = "\n".join(lines_of(bag))
    assert "renamed" not in text
    assert "BAG-201]" in text
    assert "BAG-202]" in text


def test_a_missing_folder_is_one_line(bag: Path) -> None:
    shutil.rmtree(bag / "data" / "d")
    lines = lines_of(bag)
    assert "  error: data/d: all that is listed in this folder is missing: 3 files [BAG-201]" in lines
    assert sum("BAG-201]" in line for line in lines) == 1
    assert sum(finding.code == "BAG-201" for finding in validate(str(bag)).findings) == 3


def test_digests_are_short_in_text_and_whole_where_asked(bag: Path) -> None:
    (bag / "data" / "a.txt").write_bytes(b"Alpha")
    digest = next(str(f.facts["expected"]) for f in validate(str(bag)).findings if f.code == "BAG-301")
    short, whole = "\n".join(lines_of(bag)), "\n".join(lines_of(bag, whole=True))
    assert f"expected {digest[:12]}..., found" in short
    assert digest not in short
    assert digest in whole
    assert digest in str(report_fields(validate(str(bag))))


def test_quiet_prints_only_what_failed(bag: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Path(shutil.copytree(bag, bag.parent / "broken"))
    (broken / "data" / "a.txt").write_bytes(b"Alpha")
    project = Project(bag.parent, monkeypatch)
    code, out, err = project.run("validate", "bag", "broken", "-q")
    assert code == 1
    assert "broken" in out
    assert "intact" not in out
    assert err == "no problem in 1 of 2: bag\n"
    assert project.run("validate", "broken", "gone", "-q")[2].startswith("error: gone: ")
    assert project.run("validate", "bag", "--quiet")[:2] == (0, "")
    assert "..." not in project.run("validate", "broken", "-v")[1]
