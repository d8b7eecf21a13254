"""What the form of a text says is on the page and in its structure: lines, sizes, labels, breaks, links, bookmarks."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from archive.model.blocks import (
    BulletList,
    Cell,
    Document,
    Heading,
    ListItem,
    Marks,
    PageBreak,
    Paragraph,
    Preformatted,
    Span,
    Table,
)
from archive.renditions.pdf.text_operators import extent
from archive.renditions.typesetting.blocks import Layout, numbering_of
from archive.renditions.typesetting.fonts import load_fonts
from archive.renditions.typesetting.marks import capital_of
from archive.renditions.typesetting.styles import PAGES, Sheet
from tests.support.drawn import draw_document, paragraph
from tests.support.pdf_structure import body_text, read_structure


def _content(content: bytes) -> str:
    return "\n".join(page.get_contents().get_data().decode("latin-1") for page in PdfReader(io.BytesIO(content)).pages)  # type: ignore[union-attr]


def _draw(*spans: Span) -> bytes:
    return draw_document(Document((Paragraph((Span("before "), *spans, Span(" after"))),), "en"), title="T").content


@pytest.mark.parametrize(
    ("marks", "attribute", "value", "strokes"),
    [
        (Marks(strike=True), "/TextDecorationType", "/LineThrough", 1),
        (Marks(underline=True), "/TextDecorationType", "/Underline", 1),
        (Marks(strike=True, underline=True), "/TextDecorationType", "/LineThrough", 2),
        (Marks(highlight=True), "/BackgroundColor", None, 0),
        (Marks(position="raised"), "/BaselineShift", 3.78, 0),
        (Marks(position="lowered"), "/BaselineShift", -1.47, 0),
    ],
)
@pytest.mark.parametrize("text", ["GUILTY", "مذنب"])
def test_marks_are_drawn_and_tagged(marks: Marks, attribute: str, value: object, strokes: int, text: str) -> None:
    content = _draw(Span(text, marks=marks))
    assert body_text(content) == f"before {text} after"
    reader = PdfReader(io.BytesIO(content))
    attributes = [
        entry.get_object()["/A"].get_object()
        for entry in (reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1))
        if isinstance(entry, dict) and entry.get("/S") == "/Span" and "/A" in entry
    ]
    assert [entry[attribute] for entry in attributes] == ([value] if value is not None else [attributes[0][attribute]])
    assert len(re.findall(r" l S", _content(content))) == strokes
    assert bool(re.search(r" re f", _content(content))) == marks.highlight


def test_capitals_are_drawn_and_the_text_stays_as_it_was_written() -> None:
    for capitals in ("all", "small"):
        text = "Straße in İzmir ŉ"
        content = _draw(Span(text, marks=Marks(capitals=capitals)))  # type: ignore[arg-type]
        assert body_text(content) == f"before {text} after"
    assert [capital_of(c, language) for c, language in (("i", "tr"), ("i", "en"), ("ŉ", "en"), ("ß", "de"))] == [
        "İ", "I", "ŉ", "ẞ",
    ]  # fmt: skip


def test_labels_stand_as_the_list_says() -> None:
    items = tuple(
        ListItem((paragraph(f"item {n}"),), label) for n, label in enumerate(("Article IV.", "(a)", "", None))
    )
    tree = read_structure(draw_document(Document((BulletList(items, start=7),), "en")).content)
    assert [node.text() for node in tree.find("Lbl")] == ["Article IV.", "(a)", "10."]
    for label, numbering in (("Article IV.", "UpperRoman"), ("b)", "LowerAlpha"), ("3.1", "Decimal"), ("☒", "Disc")):
        assert numbering_of(label) == numbering


def test_a_page_break_begins_a_page_and_an_empty_page_is_none() -> None:
    blocks = (PageBreak(), paragraph("one"), PageBreak(), PageBreak(), paragraph("two"), PageBreak())
    drawn = draw_document(Document(blocks, "en"))
    assert drawn.pages == 2
    assert body_text(drawn.content) == "onetwo"


def test_a_note_and_its_reference_lead_to_each_other() -> None:
    blocks = (
        Paragraph((Span("text"), Span("1", target="note", anchor="back"), Span("?", target="nowhere"))),
        PageBreak(),
        Paragraph((Span("", anchor="note"), Span("1 ", target="back"), Span("the note"))),
    )
    reader = PdfReader(io.BytesIO(draw_document(Document(blocks, "en")).content))
    destinations = [
        [annotation.get_object()["/A"]["/D"][0] for annotation in page.get("/Annots", ())] for page in reader.pages
    ]
    pages = [page.indirect_reference for page in reader.pages]
    assert [[pages.index(one.indirect_reference or one) for one in listed] for listed in destinations] == [[1], [0]]


def test_headings_are_bookmarks() -> None:
    blocks = tuple(Heading(level, (Span(f"h{n}"),)) for n, level in enumerate((1, 2, 2, 1)))
    outline = PdfReader(io.BytesIO(draw_document(Document(blocks, "en"), title="The title").content)).outline

    def names(entries: object) -> list[object]:
        assert isinstance(entries, list)
        return [names(entry) if isinstance(entry, list) else entry.title for entry in entries]

    assert names(outline) == ["The title", ["h0", ["h1", "h2"], "h3"]]


def test_marks_in_preformatted_text() -> None:
    block = Preformatted("a b\n c", spans=(Span("a "), Span("b", marks=Marks(strike=True)), Span("\n c")))
    content = draw_document(Document((block,), "en")).content
    assert body_text(content) == "a b\n c"
    assert " l S" in _content(content)


@pytest.mark.parametrize("direction", ["ltr", "rtl", "auto"])
def test_a_table_has_the_columns_in_its_direction(direction: str) -> None:
    rows = ((Cell((paragraph("time"),)), Cell((paragraph("number"),))),)
    layout = Layout(load_fonts(()), Sheet(*PAGES["a4"]), language="en", level=0, described=True)
    (band,) = layout.lay_document(Document((Table(rows, direction=direction),), "en"))  # type: ignore[arg-type]
    time, number = (item.left + extent(item.piece)[0] for item in band.texts)
    assert (time > number) == (direction == "rtl")


@pytest.mark.parametrize("number", ["+963115550199", "+963 11 555-0199", "-5", "\u22125.3", "±4"])
def test_a_sign_stays_in_front_of_its_number_in_arabic(number: str) -> None:
    layout = Layout(load_fonts(()), Sheet(*PAGES["a4"]), language="ar", level=1, described=True)
    (band,) = layout.lay_document(Document((paragraph(f"اتصل {number} اليوم"),), "ar"))
    left_to_right = sorted(band.texts, key=lambda item: item.left + extent(item.piece)[0])
    shown = "".join(
        item.piece.text[c.start : c.end][:: -1 if item.piece.rtl else 1]
        for item in left_to_right
        for c in (item.piece.parts[::-1] if item.piece.rtl else item.piece.parts)
    )
    assert number in shown


def test_a_ligature_is_parted_for_those_who_extract_text() -> None:
    content = draw_document(Document((paragraph("للآلاف لا لأن الله"),), "ar"), title="عنوان").content
    assert body_text(content) == "للآلاف لا لأن الله"
    for font in PdfReader(io.BytesIO(content)).pages[0]["/Resources"]["/Font"].values():  # type: ignore[index]
        unicode_map = font.get_object()["/ToUnicode"].get_object().get_data()
        assert not re.search(rb"<....> <.{8,}>", unicode_map), "a code stands for one character"
    assert "/ReversedChars BMC" in _content(content)
