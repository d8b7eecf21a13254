"""What happened to a holding, as PREMIS that the judge calls valid: deposits, checks and repairs among it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.cli.app import run
from archive.stages.validation import validate
from tests.support.deposit_bags import write_bag


def test_deposits_audits_and_repairs_are_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "archive.toml").write_text('[targets.there]\nurl = "ocfl:repository"\n')
    assert run(["init", "."]) == 0
    bag = write_bag(tmp_path / "bag", {"a.txt": b"one", "b.txt": b"two"})
    shutil.copytree(bag, tmp_path / "copy" / "bag")
    assert run(["holdings", "add", "bag"]) == 0
    assert run(["holdings", "add", "copy/bag"]) == 0
    assert run(["audit", "--quiet"]) == 0
    assert run(["deposit", "bag", "there"]) == 0
    (bag / "data" / "a.txt").write_bytes(b"bad")
    assert run(["audit", "--force", "--quiet"]) in (0, 1, 2)
    assert run(["events", str(bag), "--premis", "--output", "life.xml"]) == 0
    text = (tmp_path / "life.xml").read_text("utf-8")
    for part in (
        ">accession</", ">fixity check</", ">transfer</", "deposited in a repository", "target ocfl:repository",
        "proof read_back", "fingerprint ",
    ):  # fmt: skip
        assert part in text, part
    assert str(tmp_path) not in text
    report = validate("life.xml")
    assert (report.verdict, [one.message for one in report.findings]) == ("valid", [])
