"""`archive render`: whole files or none, plain words, exit codes, one JSON document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from archive.cli.app import run
from tests.support import pdf_samples as made
from tests.support.documents import ARABIC, picture
from tests.support.verapdf import need_verapdf, without_verapdf


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder without a judge."""
    without_verapdf(monkeypatch, str(tmp_path / "data"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def _document(capsys: pytest.CaptureFixture[str], checkout: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    schema = json.loads((checkout / "metadata/reports/archive.rendering-1.json").read_text())
    jsonschema.validate(document, schema)
    return document


@pytest.mark.verapdf
def test_a_text_becomes_a_valid_pdfa(
    tmp_path: Path, checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    need_verapdf()
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_bytes(ARABIC.encode("windows-1256"))
    options = ["--encoding", "windows-1256", "--language", "ar", "--title", "بيان"]
    assert run(["render", "a.txt", "--to", "out", *options, "--json"]) == 0
    (file,) = _document(capsys, checkout)["files"]
    assert (file["status"], file["validity"], file["pages"]) == ("made", "valid", 1)
    assert file["claims"] == ["PDF/A-3a", "PDF/UA-1"]
    assert os.listdir("out") == ["a.txt.pdf"]
    assert run(["validate", "out/a.txt.pdf"]) == 0
    assert "valid" in capsys.readouterr().out


def test_without_a_judge_the_words_are_claimed_not_validated(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.md").write_text("# Head\n\nwords ![x](y.png)\n")
    assert run(["render", "a.md", "--to", "out"]) == 0
    said = capsys.readouterr().out
    assert "made: out/a.md.pdf (PDF/A-3a and PDF/UA-1, 2 pages; claimed, not validated)" in said
    assert "[REN-103]" in said
    assert run(["render", "a.md", "--to", "out2", "--strict"]) == 3


def test_nothing_is_replaced(place: Path, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("words")
    Path("out").mkdir()
    Path("out/a.txt.pdf").write_bytes(b"mine")
    assert run(["render", "a.txt", "--to", "out", "--json"]) == 2
    (file,) = _document(capsys, checkout)["files"]
    assert (file["error"], file["path"]) == ("ExistsError", None)
    assert Path("out/a.txt.pdf").read_bytes() == b"mine"
    assert os.listdir("out") == ["a.txt.pdf"]


def test_one_bad_file_does_not_stop_the_others(place: Path, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_bytes(b"\xff\xfe\xfd")
    Path("b.txt").write_text("words")
    Path("c.xyz").write_bytes(b"\x00")
    assert run(["render", "a.txt", "b.txt", "c.xyz", "--to", "out", "--json"]) == 4
    files = _document(capsys, checkout)["files"]
    assert [file["status"] for file in files] == ["none", "made", "none"]
    assert "byte order mark says UTF-16" in files[0]["reason"]


def test_a_dry_run_writes_nothing(place: Path, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("words")
    Path("c.xyz").write_bytes(b"\x00")
    assert run(["render", "a.txt", "c.xyz", "--to", "out", "--dry-run", "--json"]) == 0
    document = _document(capsys, checkout)
    assert [file["path"] for file in document["files"]] == ["out/a.txt.pdf", None]
    assert not Path("out").exists()
    assert run(["render", "a.txt", "--to", "out", "--dry-run"]) == 0
    assert "would make: out/a.txt.pdf" in capsys.readouterr().out


def test_a_picture_needs_its_alternative(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.png").write_bytes(picture())
    assert run(["render", "p.png", "--to", "one"]) == 0
    assert "level B only" in capsys.readouterr().out
    assert run(["render", "p.png", "--to", "two", "--alternative", "A street"]) == 0
    assert "PDF/A-3a and PDF/UA-1" in capsys.readouterr().out


def test_the_first_bytes_count_before_the_name(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.txt").write_bytes(picture())
    assert run(["render", "p.txt", "--to", "out", "--pdfa", "2a", "--alternative", "A street"]) == 0
    assert "PDF/A-2a" in capsys.readouterr().out


def test_an_existing_pdf_without_a_converter_is_told(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("p.pdf").write_bytes(made.plain_pdf())
    monkeypatch.setenv("ARCHIVE_RENDER_CONVERTER", "none")
    assert run(["render", "p.pdf", "--to", "out"]) == 4
    assert "there is no converter here" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["absent.txt", "--to", "out"], 10),
        ([".", "--to", "out"], 2),
        (["a.txt"], 2),
        (["--to", "out"], 2),
        (["a.txt", "a.txt", "--to", "out", "--title", "x"], 2),
        (["a.txt", "--to", "out", "--pdfa", "1b"], 2),
        (["a.txt", "--to", "a.txt"], 2),
    ],
)
def test_wrong_usage_ends_in_words(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    Path("a.txt").write_text("words")
    assert run(["render", *arguments]) == code
    said = capsys.readouterr()
    assert said.err.startswith("error: ")
    assert not Path("out").exists()


def test_names_that_are_not_utf_8_are_shown_escaped(
    place: Path, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(os.fsdecode(b"\xff\n.txt")).write_text("words")
    assert run(["render", os.fsdecode(b"\xff\n.txt"), "--to", "out", "--json"]) == 0
    (file,) = _document(capsys, checkout)["files"]
    assert "source_b64" in file
    assert os.listdir(b"out") == [b"\xff\n.txt.pdf"]


def test_the_same_input_and_time_give_the_same_bytes(place: Path) -> None:
    Path("a.txt").write_text(ARABIC)
    os.utime("a.txt", (1_600_000_000, 1_600_000_000))
    for folder, seed in (("one", "1"), ("two", "2")):
        subprocess.run(
            [sys.executable, "-m", "archive", "render", "a.txt", "--to", folder],
            check=True,
            capture_output=True,
            env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONHASHSEED": seed},
        )
    assert Path("one/a.txt.pdf").read_bytes() == Path("two/a.txt.pdf").read_bytes()
