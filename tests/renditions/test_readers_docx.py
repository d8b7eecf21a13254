"""Word documents: what is drawn, what is listed as left out, what is refused."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from archive.errors import RenditionError
from archive.model.blocks import BulletList, Document, Heading, Image, Marks, Paragraph, Span, Table, texts_in_order
from archive.renditions.readers import DOCX, read_document
from tests.support.documents import ARABIC, TITLE_AR, word_document


def _read(content: bytes, **more: str) -> Document:
    document = read_document(content, DOCX, name="x.docx", **more)
    assert document is not None
    return document


def _write(document: object) -> bytes:
    written = io.BytesIO()
    document.save(written)  # type: ignore[attr-defined]
    return written.getvalue()


def _with(content: bytes, name: str, data: bytes, *, level: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A copy of a package with a further part."""
    written = io.BytesIO(content)
    with zipfile.ZipFile(written, "a", level) as package:
        package.writestr(name, data)
    return written.getvalue()


def test_a_document_becomes_blocks() -> None:
    document = _read(word_document())
    heading, paragraph, bullets, numbers, table, image = document.blocks
    assert heading == Heading(1, (Span("Report", bold=True),))
    assert isinstance(paragraph, Paragraph)
    assert paragraph.spans[1] == Span("bold", bold=True)
    assert paragraph.spans[3] == Span("slanted", italic=True)
    assert isinstance(bullets, BulletList)
    assert len(bullets.items) == 2
    inner = bullets.items[1].blocks[1]
    assert isinstance(inner, BulletList)
    assert isinstance(numbers, BulletList)
    assert (bullets.start, numbers.start) == (None, 1)
    assert isinstance(table, Table)
    assert len(table.rows) == 2
    assert isinstance(image, Image)
    assert image.alternative == "A plan of the street"
    assert document.title == "A report"


def test_arabic_paragraphs_keep_their_direction() -> None:
    document = _read(word_document(arabic=True))
    paragraph = document.blocks[1]
    assert isinstance(paragraph, Paragraph)
    assert paragraph.direction == "rtl"
    assert paragraph.spans == (Span(ARABIC),)
    assert document.title == TITLE_AR


def test_the_language_given_wins_over_the_document_s() -> None:
    assert _read(word_document(), language="fr").language == "fr"
    assert _read(word_document()).language == "en-US"


def test_a_link_is_kept_and_a_script_is_not() -> None:
    made = docx.Document()
    for address in ("https://example.org/", "javascript:x"):
        identifier = made.part.relate_to(
            address, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink", is_external=True
        )
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), identifier)
        paragraph = made.add_paragraph()
        run = paragraph.add_run("here")
        link.append(run._r)
        paragraph._p.append(link)
    spans = [block.spans[0] for block in _read(_write(made)).blocks if isinstance(block, Paragraph)]
    assert spans == [Span("here", link="https://example.org/"), Span("here")]


def test_inserted_text_is_underlined_and_deleted_text_is_struck() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("kept ")
    for tag, text_tag, text in (("w:ins", "w:t", "added"), ("w:del", "w:delText", "gone")):
        change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
        words.text = text
        run.append(words)
        change.append(run)
        paragraph._p.append(change)
    document = _read(_write(made))
    assert document.blocks[0] == Paragraph(
        (Span("kept "), Span("added", marks=Marks(underline=True)), Span("gone", marks=Marks(strike=True)))
    )
    assert "Tracked changes" in "".join(texts_in_order(document.blocks))
    assert document.dropped == ()


def test_what_is_not_drawn_is_listed() -> None:
    made = docx.Document()
    made.add_paragraph("x")
    made.sections[0].header.paragraphs[0].text = "letterhead"
    content = _with(_write(made), "word/vbaProject.bin", b"macro")
    content = _with(content, "word/unheard/of.xml", b"<x/>")
    document = _read(content)
    assert set(document.dropped) == {"macros", "a part that is not known here: word/unheard/of.xml"}
    assert "letterhead" in "".join(texts_in_order(document.blocks))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not readable as a Word document"),
        (b"PK\x03\x04 and no more", "not readable as a Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 older", "password, or in the older"),
        (word_document()[:3000], "not readable as a Word document"),
        (_with(b"", "word/document.xml", b"<x/>"), "not readable as a Word document"),
        (_with(word_document(), "word/more.xml", bytes(200 << 20)), "unpacks to"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(RenditionError, match=said):
        _read(content)


def test_entities_are_not_resolved() -> None:
    body = word_document()
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
    document = parts["word/document.xml"].partition(b"?>")[2].replace(b"Report", b"&secret;", 1)
    parts["word/document.xml"] = head + document
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    with open("/etc/hostname", encoding="utf-8") as file:
        host = file.read().strip()
    assert host
    assert host not in str(_read(written.getvalue()).blocks)


def test_the_mark_of_a_comment_is_no_part_of_the_title() -> None:
    document = docx.Document()
    document.add_comment(document.add_heading("Agreement", 1).runs, "Is this right?")
    written = io.BytesIO()
    document.save(written)
    read = read_document(written.getvalue(), DOCX, name="a.docx")
    assert read is not None
    assert (read.title, read.title_in_text) == ("Agreement", True)
