"""A copy for a person: the bag or what may be given of it, a cover sheet in PDF/A, and an event in the ledger."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from archive.renditions.verapdf import judge_files
from archive.settings import Settings
from tests.cli.test_json_schemas import validator_of
from tests.support.audit_projects import Project
from tests.support.needing import needs
from tests.support.verapdf import need_verapdf

OPEN = 'title = "Minutes of the council"\nlanguage = "en"\n[rights]\naccess = "open"\n'
ARABIC = """
title = { value = "بيان بشأن الهجوم الكيميائي على دوما (2018)", language = "ar" }
language = "ar"
[rights]
access = "restricted"
holder = { value = "مركز التوثيق", language = "ar" }
"""
PARTLY = """
title = "Hearing"
language = "en"
contributor = { value = "Witness A", private = true }
[rights]
access = "open"
[files."names.txt"]
title = "List of witnesses"
[files."names.txt".rights]
access = "closed"
"""
FOR = "R. Haddad, reading room"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, monkeypatch).start()


def make(project: Project, name: str, description: str, *more: str) -> None:
    source = project.folder / name
    source.mkdir()
    (source / "text.txt").write_text("Text that everyone may read.\n")
    for one in more:
        (source / one).write_text(f"Secret of {one}\n")
    (source / "description.toml").write_text(description)
    code, out, err = project.run("create", name, "--to", "bags", "--pdfa", "2a", "--hold", "-q")
    assert code == 0, out + err


def give(project: Project, name: str, *words: str) -> tuple[int, dict[str, object]]:
    code, document = project.json("export", f"bags/{name}", "--for", FOR, "--to", "copies", "-q", *words)
    if not str(document["schema"]).startswith("archive.error"):
        validator_of(document["schema"]).validate(document)
    return code, document


def text_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@needs("pdftotext")
@needs("sha512sum")
def test_a_copy_with_its_sheet(project: Project) -> None:
    make(project, "minutes", OPEN)
    code, document = give(project, "minutes")
    assert (code, document["placed"], document["recorded"], document["left_out"]) == (0, True, True, [])
    copy = project.folder / "copies" / "minutes-for-R.-Haddad"
    assert sorted(path.name for path in copy.iterdir()) == ["cover-sheet.pdf", "minutes"]
    assert files_of(copy / "minutes") == files_of(project.folder / "bags" / "minutes")
    said = text_of(copy / "cover-sheet.pdf")
    for words in ("Working copy", "Minutes of the council", "R. Haddad", "reading room", "open", "sha512sum -c"):
        assert words in said
    (digest,) = re.findall(r"digest \(SHA-512\):\s+([0-9a-f]{64})\s+([0-9a-f]{64})", said)
    commands = re.findall(r"^\s*((?:cd|sha512sum) .*)$", said, re.MULTILINE)
    done = subprocess.run(["sh", "-ec", "\n".join(commands)], cwd=copy, capture_output=True, text=True, check=True)
    assert "".join(digest) in done.stdout
    assert done.stdout.count(": OK") == 2
    events = project.json("events", "bags/minutes")[1]["events"]
    assert [one["note"] for one in events if one["type"] == "dissemination"] == [
        "copy given to R. Haddad, for: reading room"
    ]
    assert "Haddad" not in project.run("events", "bags/minutes", "--premis")[1]
    assert give(project, "minutes")[0] != 0, "nothing is overwritten"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_sheet_is_pdf_a(project: Project, language: str) -> None:
    verapdf = need_verapdf()
    make(project, "statement", ARABIC)
    code, document = give(project, "statement", "--because", "طلب المحكمة رقم 12", "--language", language)
    assert (code, document["cover_claims"], document["cover_validated"]) == (0, ["PDF/A-2a", "PDF/UA-1"], True)
    sheet = project.folder / "copies" / "statement-for-R.-Haddad" / "cover-sheet.pdf"
    (judgement,) = judge_files(verapdf, [str(sheet).encode()], settings=Settings())
    assert judgement is not None
    assert all(one.compliant for one in judgement.verdicts), judgement
    assert {one.profile for one in judgement.verdicts} == {"PDF/A-2A", "PDF/UA-1"}


@needs("pdftotext")
def test_the_sheet_in_arabic_is_in_arabic(project: Project) -> None:
    make(project, "statement", ARABIC)
    assert give(project, "statement", "--because", "طلب المحكمة", "--language", "ar")[0] == 0
    said = text_of(project.folder / "copies" / "statement-for-R.-Haddad" / "cover-sheet.pdf")
    for words in ("نسخة عمل", "طلب المحكمة", "مركز التوثيق", "بيان بشأن الهجوم الكيميائي"):
        assert words in said


def test_what_is_restricted_needs_a_reason(project: Project) -> None:
    make(project, "statement", ARABIC)
    code, document = give(project, "statement")
    assert (code, document["placed"], document["recorded"]) == (1, False, False)
    assert not (project.folder / "copies").exists()
    assert give(project, "statement", "--without-restricted")[0] == 1, "nothing of it is open"
    code, document = give(project, "statement", "--because", "court order 12", "--dry-run")
    assert (code, document["placed"], document["recorded"]) == (0, False, False)
    assert not (project.folder / "copies").exists()
    assert give(project, "statement", "--because", "court order 12")[0] == 0
    (event,) = [one for one in project.json("events", "bags/statement")[1]["events"] if one["type"] == "dissemination"]
    assert event["note"].endswith("because: court order 12")


def test_restricted_files_are_left_out_and_not_spoken_of(project: Project) -> None:
    make(project, "hearing", PARTLY, "names.txt")
    assert give(project, "hearing")[0] == 1
    code, document = give(project, "hearing", "--without-restricted")
    assert code == 0, document
    left = {one["path"] for one in document["left_out"]}
    assert {"data/original/names.txt", "data/preservation/names.txt.pdf"} <= left
    bag = project.folder / "copies" / "hearing-for-R.-Haddad" / "hearing"
    kept = files_of(bag)
    assert {"data/original/text.txt", "data/preservation/text.txt.pdf", "bagit.txt", "bag-info.txt"} <= kept
    assert not any(path.startswith("metadata/restricted") for path in kept)
    for path in kept:
        content = (bag / path).read_bytes()
        for secret in (b"names.txt", b"List of witnesses", b"Witness A", b"Secret of"):
            assert secret not in content, (path, secret)
    code, report = project.json("validate", str(bag))
    assert code == 0, report


def test_only_private_fields_are_left_out(project: Project) -> None:
    make(project, "hearing", PARTLY.partition("[files")[0])
    assert give(project, "hearing")[0] == 1
    code, document = give(project, "hearing", "--without-restricted", "--zip")
    assert code == 0, document
    assert all(one["path"].startswith("metadata/restricted/") for one in document["left_out"])
    packed = project.folder / "copies" / "hearing-for-R.-Haddad.zip"
    shutil.unpack_archive(packed, project.folder / "unpacked")
    (copy,) = (project.folder / "unpacked").iterdir()
    assert files_of(copy / "hearing") == files_of(project.folder / "bags" / "hearing") - {
        one["path"] for one in document["left_out"]
    }
    assert project.json("validate", str(copy / "hearing"))[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--for", "R. Haddad"], "a copy is given to a person for a purpose"),
        (["--for", ", reading room"], "a copy is given to a person for a purpose"),
        (["--for", FOR, "--as", "bag"], "give one of --as, --for and --holey"),
        (["--as", "bag", "--because", "x"], "are only used with --for"),
        (["--for", FOR, "--because", "x", "--without-restricted"], "that is to be left out"),
    ],
)
def test_a_wrong_call_is_told(project: Project, words: list[str], said: str) -> None:
    make(project, "minutes", OPEN)
    code, _out, err = project.run("export", "bags/minutes", "--to", "copies", *words)
    assert (code, said in err) == (2, True), err


def test_restricted_material_needs_a_ledger(project: Project, tmp_path: Path) -> None:
    make(project, "statement", ARABIC)
    shutil.move(project.folder / "bags" / "statement", tmp_path / "statement")
    project.folder = tmp_path
    words = ("export", "statement", "--for", FOR, "--because", "court", "--to", "copies", "-q")
    code, _out, err = project.run(*words)
    assert (code, "where a ledger records the reason" in err) == (2, True), err
    assert not (tmp_path / "copies").exists()


def test_one_rule_for_deposits_and_copies(project: Project) -> None:
    """To ourselves freely, to named places not without a reason, to the public never."""
    make(project, "hearing", PARTLY.partition("[files")[0])
    make(project, "statement", ARABIC)
    with (project.folder / "archive.toml").open("a") as file:
        for audience in ("ourselves", "named", "public"):
            file.write(f'[places.{audience}]\nurl = "dir:{audience}"\naudience = "{audience}"\n')
    for name in ("hearing", "statement"):
        codes = {
            place: project.json("deposit", f"bags/{name}", place, "-q")[0] for place in ("ourselves", "named", "public")
        }
        assert codes == {"ourselves": 0, "named": 5, "public": 5}, name
    assert project.run("export", "bags/statement", "--as", "bag", "--to", "ourselves/sent", "-q")[0] == 0
    assert project.run("export", "bags/statement", "--as", "bag", "--to", "public/sent", "-q")[0] == 1


def test_the_library_gives_copies(project: Project) -> None:
    import archive

    make(project, "minutes", OPEN)
    report = archive.export_copy("bags/minutes", "R. Haddad", "reading room", "copies", dry_run=True)
    assert isinstance(report, archive.WorkingCopyReport)
    assert (report.placed, json.loads(report.to_json())["purpose"]) == (False, "reading room")
