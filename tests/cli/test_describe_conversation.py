"""`archive describe` on a terminal: asked, accepted, interrupted, continued; and the same without a person."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from archive.cli.app import run
from archive.formats.description_toml import read_description
from archive.model.description import ALTERNATIVE_TEXT, Certainty, Description
from archive.model.finding import Severity
from tests.support.terminal import Terminal

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "README.md").write_text("# A statement\n\nThe committee heard the witness of the town and took it.\n")
    (folder / "wall.png").write_bytes(PNG)
    return folder


def read(path: Path) -> Description:
    description, findings = read_description(path.read_bytes())
    assert not [one for one in findings if one.severity is Severity.ERROR]
    return description


def test_a_conversation_is_interrupted_and_continued(source: Path, tmp_path: Path) -> None:
    to = tmp_path / "description.toml"
    first = Terminal("describe", str(source), "--to", str(to), cwd=tmp_path)
    first.answer("[A statement]", "")
    first.answer("Who made it", "Example Archive; A. Author")
    first.expect("When it was made")
    first.interrupt()
    assert first.end() == 130
    assert to.read_text().startswith("# Unfinished")
    assert read(to).title_text() == "A statement"

    second = Terminal("describe", str(source), "--to", str(to), cwd=tmp_path)
    second.answer("When it was made", "in May")
    second.expect("EDTF")
    second.answer("When it was made", "2023-05~")
    second.answer("Its language", "-")
    second.answer("Who may see it", "nobody")
    second.expect("write one of")
    second.answer("Who may see it", "embargoed")
    second.answer("Until when", "2030-01-01")
    second.answer("Rights", "")
    second.answer("wall.png shows", 'A wall; "broken"')
    second.expect("wrote")
    assert second.end() == 0
    made = read(to)
    assert made.creators() == ("Example Archive", "A. Author")
    assert [one.value for one in made.values("created")] == ["2023-05~"]
    assert made.until() == "2030-01-01"
    assert [one.value for one in made.values(ALTERNATIVE_TEXT, about="wall.png")] == ['A wall; "broken"']
    text = to.read_text()
    assert "Unfinished" not in text
    assert '# custodial_history = ""' in text
    assert run(["describe", "--check", str(to)]) == 0


def test_a_file_of_a_person_is_never_written_over(source: Path, tmp_path: Path) -> None:
    to = tmp_path / "mine.toml"
    to.write_text('title = "Mine"\n')
    terminal = Terminal("describe", str(source), "--to", str(to), cwd=tmp_path)
    terminal.expect("already exists")
    assert terminal.end() == 2
    assert to.read_text() == 'title = "Mine"\n'


def test_a_script_accepts_every_suggestion(source: Path, tmp_path: Path) -> None:
    to = tmp_path / "description.toml"
    assert run(["describe", str(source), "--to", str(to), "--accept-suggestions"]) == 0
    made = read(to)
    assert made.title_text() == "A statement"
    assert {one.certainty for one in made.statements} == {Certainty.INFERRED}
    assert run(["describe", "--check", str(to), "--strict"]) == 0


def test_what_templates_say_is_not_offered(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    document = docx.Document()
    document.add_paragraph("Text")
    document.save(folder / "letter.docx")
    assert run(["describe", str(folder), "--to", str(tmp_path / "d.toml")]) == 0
    text = (tmp_path / "d.toml").read_text()
    assert "2013-12-23" not in text
    assert "python-docx" not in text
