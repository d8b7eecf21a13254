"""`archive describe`: drafting without asserting, and judging with lines and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from archive.cli.app import run
from archive.formats.description_toml import read_description
from archive.model.description import Certainty
from archive.resources import metadata_path, seeds_path

Printed = pytest.CaptureFixture[str]


def check_schema(document: object) -> None:
    schema = json.loads(metadata_path("reports", "archive.description-1.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


def letters(place: Path) -> Path:
    source = place / "letters"
    source.mkdir()
    (source / "README.md").write_text(
        "# Letters of a year\n\nThe letters of the year are in the folder, and it is whole.\n"
    )
    (source / "a.eml").write_text(
        "From: A <a@example.org>\nSubject: Hello\nDate: Fri, 18 Oct 2019 09:30:00 +0000\n\nx\n"
    )
    return source


def test_a_draft_is_all_suggestions_and_reads_back(tmp_path: Path, capsys: Printed) -> None:
    assert run(["describe", str(letters(tmp_path))]) == 0
    told, findings = read_description(capsys.readouterr().out.encode())
    assert findings == []
    assert {s.certainty for s in told.statements} == {Certainty.SUGGESTED}
    assert ("title", "Letters of a year", None) in {(s.property, s.value, s.about) for s in told.statements}
    mail = {(s.property, s.value) for s in told.statements if s.about == "a.eml"}
    assert mail == {("title", "Hello"), ("creator", "A <a@example.org>"), ("created", "2019-10-18")}
    assert all(s.by for s in told.statements)


def test_a_draft_never_overwrites_anything(tmp_path: Path, capsys: Printed) -> None:
    source = letters(tmp_path)
    target = source / "description.toml"
    assert run(["describe", str(source), "--to", str(target)]) == 0
    written = target.read_bytes()
    assert run(["describe", str(source), "--to", str(target)]) == 2
    assert target.read_bytes() == written
    assert "nothing is overwritten" in capsys.readouterr().err


def test_what_a_person_wrote_gets_no_suggestion(tmp_path: Path, capsys: Printed) -> None:
    source = letters(tmp_path)
    (source / "description.toml").write_text('title = "Mine"\n[files."a.eml"]\ncreator = "Known"\n')
    assert run(["describe", str(source)]) == 0
    told = read_description(capsys.readouterr().out.encode())[0]
    said = {(s.property, s.about) for s in told.statements}
    assert ("title", None) not in said
    assert ("creator", "a.eml") not in said
    assert ("title", "a.eml") in said


def test_a_single_document_is_described_as_the_package(tmp_path: Path, capsys: Printed) -> None:
    document = tmp_path / "my letter.txt"
    document.write_text("The letter is one long text that has no heading of its own, and it is in the folder of it.\n")
    assert run(["describe", str(document), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    check_schema(shown)
    assert {(s["property"], s["value"]) for s in shown["statements"]} == {("title", "my letter"), ("language", "en")}


def test_a_pdf_is_read_by_the_limited_worker(tmp_path: Path, capsys: Printed) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": "A report"})
    writer.write(tmp_path / "r.pdf")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nrubbish")
    assert run(["describe", str(tmp_path), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    about = {(s["property"], s["value"]) for s in shown["statements"] if s.get("about") == "r.pdf"}
    assert ("extent", "3 pages") in about
    assert not [s for s in shown["statements"] if s.get("about") == "broken.pdf"]


@pytest.mark.parametrize("name", sorted(path.name for path in seeds_path().iterdir()))
def test_the_descriptions_of_the_seeds_are_sound(name: str, capsys: Printed) -> None:
    assert run(["describe", "--check", str(seeds_path(name, "description.toml")), "--strict"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("intact: ")
    assert "warning" not in shown


def test_every_mistake_is_listed_with_line_code_and_remedy(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "d.toml"
    path.write_text('titel = "x"\nissued = "soon"\ntype = "text"\n')
    assert run(["describe", "--check", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"invalid: {path}, 2 values"
    assert "line 1" in lines[1]
    assert "DSC-102" in lines[1]
    assert [line[2:7] for line in lines[1::2]] == ["error", "error", "warni"]
    assert run(["describe", "--check", str(path), "--json"]) == 1
    shown = json.loads(capsys.readouterr().out)
    check_schema(shown)
    assert [finding["code"] for finding in shown["findings"]] == ["DSC-102", "DSC-110", "DSC-114"]


def test_a_draft_that_nobody_read_does_not_pass_strictly(tmp_path: Path, capsys: Printed) -> None:
    source = letters(tmp_path)
    draft = source / "mine.toml"
    assert run(["describe", str(source), "--to", str(draft), "-q"]) == 0
    assert run(["describe", "--check", str(draft)]) == 0
    assert "[DSC-131]" in capsys.readouterr().out
    assert run(["describe", "--check", str(draft), "--strict"]) == 3
    draft.write_text(draft.read_text().replace(', certainty = "suggested"', "", 1))
    assert run(["describe", "--check", str(draft), "--strict"]) == 0


def test_a_finding_names_the_file_it_is_in(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "other name.toml"
    path.write_text('titel = "x"\n')
    assert run(["describe", "--check", str(path), "--json"]) == 1
    assert [one["path"] for one in json.loads(capsys.readouterr().out)["findings"]] == ["other name.toml"]


def test_warnings_count_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "metadata.csv"
    path.write_text("filename,dc.title,dc.date\n,T,c. 1990\n")
    assert run(["describe", "--check", str(path)]) == 0
    assert run(["describe", "--check", str(path), "--strict"]) == 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["describe"], 2),
        (["describe", "--check", "none.toml"], 10),
        (["describe", "--check", "."], 2),
        (["describe", "--check", "x.toml", "source"], 2),
        (["describe", "none"], 10),
        (["describe", "--json", "none"], 10),
    ],
)
def test_wrong_calls_end_in_words(
    arguments: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == code
    assert capsys.readouterr().err.startswith("error: ")


def test_an_unreadable_folder_is_told(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "metadata.csv").write_text("name,colour\nx,red\n")
    (tmp_path / "a.txt").write_text("x")
    assert run(["describe", str(tmp_path)]) == 1
    assert "not a table in Archivematica's form" in capsys.readouterr().err


def test_names_that_reorder_the_screen_are_escaped(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "a\u202etxt.md").write_text("# Title\n")
    (tmp_path / "b.txt").write_text("x")
    assert run(["describe", str(tmp_path)]) == 0
    assert "\u202e" not in capsys.readouterr().out


def test_the_document_names_the_files_that_were_read_and_no_junk(tmp_path: Path, capsys: Printed) -> None:
    source = letters(tmp_path)
    (source / "Thumbs.db").write_bytes(b"x")
    (source / "old.txt").write_bytes("مرحبا بكم في الأرشيف هذه رسالة طويلة".encode("cp1256"))
    assert run(["describe", str(source), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    check_schema(document)
    assert document["files"] == ["README.md", "a.eml", "old.txt"]
    assert document["encodings"] == [{"file": "old.txt", "encoding": "windows-1256"}]
    assert "3 files" in {one["value"] for one in document["statements"]}


def test_the_description_of_a_source_is_replaced_only_when_that_is_said(tmp_path: Path, capsys: Printed) -> None:
    source, other = letters(tmp_path), tmp_path / "other.toml"
    (source / "description.toml").write_text('title = "Mine"\n')
    other.write_text('title = "Corrected"\n')
    words = ["create", str(source), "--to", str(tmp_path / "bags"), "--pdfa", "none", "--json"]
    assert run([*words, "--description", str(other)]) == 2
    assert "--replace-description" in json.loads(capsys.readouterr().out)["remedy"]
    assert run([*words, "--replace-description"]) == 2
    capsys.readouterr()
    assert run([*words, "--description", str(other), "--replace-description"]) == 0
    told = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["code"] == "DSC-132"]
    assert [one["facts"]["found"] for one in told] == ["description.toml"]
    bag = tmp_path / "bags" / "letters"
    assert "Corrected" in (bag / "metadata/descriptive/dc.xml").read_text()
    assert not (bag / "data/original/description.toml").exists()
    assert (source / "description.toml").read_text() == 'title = "Mine"\n'
