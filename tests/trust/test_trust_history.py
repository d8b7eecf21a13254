"""Each change of the trust folder is an event in the project's ledger, with the digests before and after."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from archive.stages.trust_history import CHANGED
from tests.support.audit_projects import Project
from tests.support.sealing_by_hand import HandKey


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    (tmp_path / "project").mkdir()
    return Project(tmp_path / "project", monkeypatch)


def told(project: Project) -> list[dict[str, Any]]:
    with sqlite3.connect(project.folder / "ledger.sqlite3") as ledger:
        rows = ledger.execute("SELECT detail FROM events WHERE kind = ? ORDER BY seq", (CHANGED,)).fetchall()
    return [json.loads(detail) for (detail,) in rows]


def test_every_change_is_told_with_both_digests(project: Project, tmp_path: Path) -> None:
    project.start()
    public = str(HandKey("anna").write_public(tmp_path))
    digests = []
    for words in (
        ("init", "Our archive"),
        ("add-key", "anna", public),
        ("revoke", "anna", "--since", "2026-01-01T00:00:00Z"),
    ):
        code, document = project.json("trust", *words)
        assert code == 0
        digests.append(document["sha256"])
    assert [(one["before"], one["after"], one["version"]) for one in told(project)] == [
        (None, digests[0], 1), (digests[0], digests[1], 2), (digests[1], digests[2], 3),
    ]  # fmt: skip
    assert project.run("trust", "show")[0] == 0
    assert project.run("trust", "add-key", "anna", public)[0] == 2
    assert len(told(project)) == 3
    assert project.run("audit", "verify")[0] == 0


def test_an_adopted_folder_is_told_once(project: Project, tmp_path: Path) -> None:
    code, other = project.json("trust", "init", "Another", "--trust", str(tmp_path / "other"))
    assert code == 0
    project.start()
    project.monkeypatch.setattr("archive.cli.trust._ask_digits", lambda trust: trust.digits)
    for _ in range(2):
        assert project.run("trust", "adopt", str(tmp_path / "other"))[0] == 0
    (event,) = told(project)
    assert (event["before"], event["after"], event["name"]) == (None, other["sha256"], "Another")


def test_a_ledger_that_cannot_be_opened_leaves_the_folder_as_it_is(project: Project, tmp_path: Path) -> None:
    project.start()
    assert project.run("trust", "init", "Our archive")[0] == 0
    before = (project.folder / "trust/trust.toml").read_bytes()
    (project.folder / "ledger.sqlite3").write_bytes(b"no ledger")
    code, _, err = project.run("trust", "add-key", "anna", str(HandKey("anna").write_public(tmp_path)))
    assert code != 0
    assert "ledger" in err
    assert (project.folder / "trust/trust.toml").read_bytes() == before
