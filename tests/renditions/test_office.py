"""Office documents by LibreOffice: real ones, confined, with the source attached and the unseen named."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from archive.errors import UsageError
from archive.model.build import RenditionStatus
from archive.renditions.office import Office, find_office, is_for_office, office_ending, why_no_office
from archive.renditions.office_package import list_unseen
from archive.renditions.originals import Original
from archive.renditions.renderer import Rendered, Renderer, Written
from archive.settings import Settings
from archive.storage.clock import Clock
from tests.renditions.torture import workbook_documents
from tests.support import office_documents as made
from tests.support.verapdf import need_verapdf

_SETTINGS = Settings()
_CLOCK = Clock(1_700_000_000)


def render_office(
    folder: Path, files: dict[str, bytes], settings: Settings = _SETTINGS
) -> dict[str, tuple[Rendered, bytes]]:
    originals = []
    for name, content in files.items():
        (folder / name).write_bytes(content)
        originals.append(Original(name, os.fsencode(folder / name), len(content)))
    drafts: dict[str, bytes] = {}

    def write(attempt: object) -> Written:
        draft, subject = attempt.draft, attempt.original.subject  # type: ignore[attr-defined]
        if draft is None:
            return Written()
        drafts[subject] = draft.content
        place = folder / f"{subject}.out.pdf"
        place.write_bytes(draft.content)
        return Written(os.fsencode(place), subject)

    rendered = Renderer(settings, _CLOCK).render(originals, write)
    return {one.attempt.original.subject: (one, drafts.get(one.attempt.original.subject, b"")) for one in rendered}


@pytest.mark.verapdf
@pytest.mark.slow
def test_text_sheets_and_slides_are_printed_and_valid(tmp_path: Path) -> None:
    need_verapdf()
    office = made.need_office()
    files = {"letter.rtf": made.RTF, "harvest.ods": made.spreadsheet(), "talk.odp": made.slides()}
    results = render_office(tmp_path, files, _SETTINGS.with_flags("render", office="libreoffice"))
    said = {
        name: next((f.message for f in one.attempt.findings if f.code == "REN-103"), "")
        for name, (one, _) in results.items()
    }
    assert said["letter.rtf"] == ""
    assert "1 comment" in said["harvest.ods"]
    assert "1 hidden sheet" in said["harvest.ods"]
    assert "1 hidden slide" in said["talk.odp"]
    assert "1 speaker note" in said["talk.odp"]
    for name, text, hidden in (
        ("letter.rtf", "Second paragraph", "\0"), ("harvest.ods", "Harvest of 1923", "Secret"),
        ("talk.odp", "Opening words", "Not for you"),
    ):  # fmt: skip
        one, content = results[name]
        assert (one.attempt.status, one.attempt.claims) == (RenditionStatus.MADE, ("PDF/A-3b",)), one.attempt.reason
        assert one.attempt.draft is not None
        assert one.attempt.draft.maker == office.tool
        assert one.confirmation is not None
        assert one.confirmation.validated is True
        reader = PdfReader(io.BytesIO(content))
        drawn = " ".join(page.extract_text() for page in reader.pages)
        assert text in drawn
        assert hidden not in drawn
        assert reader.attachments[name] == [files[name]]


def test_2a_has_no_attachment(tmp_path: Path) -> None:
    made.need_office()
    settings = _SETTINGS.with_flags("render", pdfa="2a", office="libreoffice")
    one, content = render_office(tmp_path, {"letter.rtf": made.RTF}, settings)["letter.rtf"]
    assert one.attempt.claims == ("PDF/A-2b",)
    assert not PdfReader(io.BytesIO(content)).attachments


def test_what_libreoffice_cannot_print_is_drawn_by_its_words(tmp_path: Path) -> None:
    """A package whose parts are all there, without the relations that LibreOffice follows."""
    made.need_office()
    case = next(case for case in workbook_documents.CASES if case.name == "slides words")
    one, content = render_office(tmp_path, {"talk.pptx": case.content})["talk.pptx"]
    assert one.attempt.status is RenditionStatus.MADE
    assert "REN-123" in [finding.code for finding in one.attempt.findings]
    assert "LibreOffice made no PDF of it" in one.attempt.findings[0].message
    assert "HEAD\nBODY" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_a_damaged_document_is_not_drawn(tmp_path: Path) -> None:
    made.need_office()
    one, _ = render_office(tmp_path, {"broken.odp": b"PK\x03\x04 nothing"})["broken.odp"]
    assert one.attempt.status is RenditionStatus.NONE
    assert "LibreOffice made no PDF of it" in str(one.attempt.reason)


def test_without_libreoffice_the_reason_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    one, _ = render_office(tmp_path, {"old.doc": b"\xd0\xcf\x11\xe0"})["old.doc"]
    assert "needs LibreOffice: apt install libreoffice-writer-nogui" in str(one.attempt.reason)
    assert [finding.code for finding in one.attempt.findings] == ["REN-101"]
    with pytest.raises(UsageError, match=r"tools\.libreoffice names no program"):
        find_office(_SETTINGS.with_flags("tools", libreoffice="/no/soffice"))


def test_an_older_libreoffice_is_not_taken(tmp_path: Path) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\necho LibreOffice 6.1.5.2\n")
    program.chmod(0o755)
    assert find_office(_SETTINGS.with_flags("tools", libreoffice=str(program))) is None
    program.write_text("#!/bin/sh\necho LibreOffice 24.2.0.3\n")
    assert find_office(_SETTINGS.with_flags("tools", libreoffice=str(program))) == Office(str(program), "24.2.0.3")


@pytest.mark.parametrize(
    ("kind", "name", "ending"),
    [
        (None, "a.DOC", "doc"), ("application/x-ole-storage", "a.xls", "xls"), ("application/msword", "a", "doc"),
        ("text/rtf", "a.doc", "rtf"), ("application/pdf", "a.doc", None), (None, "a.txt", None),
        ("application/zip", "a.pptx", "pptx"),
    ],
)  # fmt: skip
def test_what_counts_as_an_office_document(kind: str | None, name: str, ending: str | None) -> None:
    assert office_ending(Original(name, b"x", 1, kind=kind)) == ending


def test_the_setting_decides_who_draws() -> None:
    odt, doc, slides = (Original(name, b"x", 1) for name in ("a.odt", "a.doc", "a.pptx"))
    answers = {
        choice: [is_for_office(one, _SETTINGS.with_flags("render", office=choice)) for one in (odt, doc, slides)]
        for choice in ("auto", "own", "libreoffice", "none")
    }
    assert answers == {
        "auto": [False, True, True], "own": [False] * 3, "libreoffice": [True] * 3, "none": [False] * 3,
    }  # fmt: skip
    assert "render.office does not allow" in str(why_no_office(doc, _SETTINGS.with_flags("render", office="own")))


def test_what_a_page_of_slides_and_workbooks_does_not_show(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    a = 'xmlns:a="a"'
    parts = {
        "ppt/slides/slide1.xml": '<sld show="0"/>', "ppt/slides/slide2.xml": "<sld/>",
        "ppt/notesSlides/notesSlide1.xml": f"<n {a}><a:t>Speak slowly</a:t><a:t>2</a:t></n>",
        "ppt/notesSlides/notesSlide2.xml": f"<n {a}><a:t>3</a:t></n>",
        "ppt/comments/comment1.xml": "<cmLst><cm/><cm/></cmLst>", "ppt/vbaProject.bin": "x",
        "ppt/media/media1.MP4": "x", "xl/workbook.xml": '<b><sheet state="veryHidden"/><sheet/></b>',
        "xl/worksheets/sheet1.xml": '<s><row hidden="1"/><row/></s>', "xl/comments1.xml": "<c><comment/></c>",
        "word/document.xml": "<d><ins/><del/></d>",
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert list_unseen(str(path)) == [
        "3 comments", "1 hidden row or column", "1 hidden sheet", "1 hidden slide", "macros", "1 sound or film",
        "1 speaker note", "who made tracked changes, and when (2)",
    ]  # fmt: skip
