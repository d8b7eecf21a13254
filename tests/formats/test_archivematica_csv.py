"""The table for Archivematica's import: in the bag on request, and readable by our own reader."""

from __future__ import annotations

import csv
from pathlib import Path

from archive.formats.description_csv import read_table
from archive.model.finding import Severity
from archive.settings import Settings
from archive.stages.creation.workflow import create
from archive.storage.clock import Clock

DESCRIPTION = """
title = { en = "Statement, \\"final\\"", ar = "بيان" }
subject = ["one", "two"]
contributor = { value = "Witness W", private = true }
publisher = { value = "Perhaps", certainty = "suggested" }

[files."a.txt"]
title = "A file"
created = 2023
"""


def make(tmp_path: Path, *, wanted: bool) -> Path:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text("A\n")
    (source / "description.toml").write_text(DESCRIPTION, "utf-8")
    chosen = Settings().with_flags("render", pdfa="none").with_flags("create", archivematica=wanted)
    report = create([str(source)], str(tmp_path), name="bag", settings=chosen, clock=Clock(1_700_000_000))
    assert report.created
    return Path(report.bag)


def test_the_table_is_in_the_bag_on_request(tmp_path: Path) -> None:
    path = make(tmp_path, wanted=True) / "metadata" / "metadata.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    header, package, single = rows
    assert header[:3] == ["filename", "dc.title", "dc.title"]
    assert package[:3] == ["data/original", 'Statement, "final"', "بيان"]
    assert single[:3] == ["data/original/a.txt", "A file", ""]
    assert [cell for name, cell in zip(header, package, strict=True) if name == "dc.subject"] == ["one", "two"]
    text = path.read_text("utf-8")
    assert "Witness" not in text
    assert "Perhaps" not in text
    _, findings = read_table(path.read_bytes())
    assert not [one for one in findings if one.severity is Severity.ERROR]


def test_without_the_setting_there_is_none(tmp_path: Path) -> None:
    assert not (make(tmp_path, wanted=False) / "metadata" / "metadata.csv").exists()
