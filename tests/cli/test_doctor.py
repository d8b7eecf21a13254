"""`archive doctor`: what is here and what is not, and an installation that says plainly when it cannot."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from archive.cli.app import run
from tests.support.needing import needs
from tests.support.verapdf import need_fetched_verapdf, without_verapdf


def _document(capsys: pytest.CaptureFixture[str], checkout: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    schema = json.loads((checkout / "metadata/reports/archive.doctor-1.json").read_text())
    jsonschema.validate(document, schema)
    return document


def test_it_lists_what_is_here(tmp_path: Path, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--folder", str(tmp_path), "--json"]) == 0
    parts = {(part["group"], part["name"]): part for part in _document(capsys, checkout)["parts"]}
    assert parts["python", "python"]["present"]
    assert parts["packages", "lxml"]["version"]
    assert parts["fonts", "fonts"]["present"]
    assert parts["tools", "ghostscript"]["present"] is (shutil.which("gs") is not None)
    assert {"reflink", "exchange", "syncfs", "case", "free space"} <= {n for g, n in parts if g == "storage"}
    assert all(part["remedy"] for part in parts.values() if not part["present"])
    assert os.listdir(tmp_path) == []


@needs("gs")
def test_a_tool_that_is_here_is_listed_as_present(
    tmp_path: Path, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", "--folder", str(tmp_path), "--json"]) == 0
    parts = {part["name"]: part for part in _document(capsys, checkout)["parts"]}
    assert parts["ghostscript"]["present"]


def test_what_is_missing_is_named_with_its_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_verapdf(monkeypatch, str(tmp_path / "data"))
    monkeypatch.setenv("ARCHIVE_TOOLS_GHOSTSCRIPT", "/no/gs")
    monkeypatch.chdir(tmp_path)
    assert run(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "missing: verapdf" in said
    assert "archive doctor --install verapdf" in said
    assert "tools.ghostscript names no program" in said


def test_a_folder_that_is_not_there_is_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--folder", str(tmp_path / "absent")]) == 0
    assert "missing: writing (No such file or directory)" in capsys.readouterr().out


@pytest.mark.verapdf
def test_installing_what_is_there_says_so(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    need_fetched_verapdf()
    assert run(["doctor", "--install", "verapdf", "--json"]) == 0
    installed = _document(capsys, checkout)["installed"]
    assert (installed["name"], installed["fetched"]) == ("verapdf", False)


def test_an_installation_that_cannot_be_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_verapdf(monkeypatch, str(tmp_path / "data"))
    (tmp_path / "java").write_text("#!/bin/sh\n")
    (tmp_path / "java").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["doctor", "--install", "verapdf"]) == 4
    assert "Maven's client and there is none" in capsys.readouterr().err
