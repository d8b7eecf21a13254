"""The older formats of Word, Excel and PowerPoint: made by LibreOffice, printed by it, with their text and pages."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader

from archive.model.build import RenditionStatus
from tests.renditions.test_office import render_office
from tests.support import office_documents as made
from tests.support.verapdf import need_verapdf

_ARABIC = "وصل الشهود إلى حلب"
_PAGES = 3


def _letter() -> bytes:
    """A text of three pages with a heading, a table, and a line of Arabic."""
    document = docx.Document()
    document.add_heading("Statement of the witness", 1)
    document.add_paragraph(_ARABIC)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Arrests", "1,234"
    for number in range(2, _PAGES + 1):
        document.add_page_break()
        document.add_paragraph(f"This is page {number}.")
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _convert(program: str, source: Path, form: str) -> Path:
    """`source` in another format, by the same LibreOffice, without our code."""
    profile = (source.parent / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", form, "--outdir"]
    subprocess.run([*command, str(source.parent), str(source)], check=True, capture_output=True, timeout=180)
    return source.with_suffix(f".{form}")


@pytest.mark.verapdf
@pytest.mark.slow
def test_older_formats_keep_their_text_and_pages_and_are_valid(tmp_path: Path) -> None:
    need_verapdf()
    office = made.need_office()
    (tmp_path / "letter.docx").write_bytes(_letter())
    (tmp_path / "harvest.ods").write_bytes(made.spreadsheet())
    (tmp_path / "talk.odp").write_bytes(made.slides())
    sources = [
        _convert(office.program, tmp_path / name, form)
        for name, form in (("letter.docx", "doc"), ("harvest.ods", "xls"), ("talk.odp", "ppt"), ("talk.odp", "pptx"))
    ]
    assert all(source.read_bytes()[:4] == b"\xd0\xcf\x11\xe0" for source in sources if source.suffix != ".pptx")
    folder = tmp_path / "rendered"
    folder.mkdir()
    results = render_office(folder, {source.name: source.read_bytes() for source in sources})
    for source in sources:
        one, content = results[source.name]
        assert (one.attempt.status, one.attempt.claims) == (RenditionStatus.MADE, ("PDF/A-3b",)), one.attempt.reason
        assert one.confirmation is not None
        assert one.confirmation.validated is True
        reader = PdfReader(io.BytesIO(content))
        assert len(reader.pages) == one.attempt.pages == len(PdfReader(_convert(office.program, source, "pdf")).pages)
        drawn = " ".join(page.extract_text() for page in reader.pages)
        words = {
            ".doc": ("Statement of the witness", "1,234", "This is page 3."), ".xls": ("Harvest of 1923",),
            ".ppt": ("Opening words",), ".pptx": ("Opening words",),
        }[source.suffix]  # fmt: skip
        assert all(word in drawn for word in words), (source.name, drawn)
        assert not any(word in drawn for word in ("Secret", "Not for you")), source.name
        said = next((finding.message for finding in one.attempt.findings if finding.code == "REN-103"), "")
        unseen = {".xls": ("1 hidden sheet", "1 comment"), ".doc": ()}.get(
            source.suffix, ("1 hidden slide", "1 speaker note")
        )
        assert all(word in said for word in unseen), (source.name, said)
    assert len(PdfReader(io.BytesIO(results["letter.doc"][1])).pages) == _PAGES


def test_without_libreoffice_our_own_readers_draw_slides_and_spreadsheets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    results = render_office(tmp_path, {"talk.odp": made.slides(), "harvest.ods": made.spreadsheet()})
    for name, word, hidden in (
        ("talk.odp", "Opening words", "slide 2"),
        ("harvest.ods", "Harvest of 1923", "sheet Second"),
    ):
        one, content = results[name]
        assert one.attempt.claims == ("PDF/A-3a", "PDF/UA-1"), one.attempt.reason
        said = next(finding.message for finding in one.attempt.findings if finding.code == "REN-103")
        assert hidden in said
        assert word in " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
