"""What is in the file that the renderer writes, read by other eyes than its own."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from itertools import pairwise
from typing import Any

import pytest
from lxml import etree
from pypdf import PdfReader

from archive.errors import RenditionError
from archive.model.blocks import (
    Block,
    BulletList,
    Cell,
    Document,
    Heading,
    Image,
    ListItem,
    Paragraph,
    Preformatted,
    Quote,
    Span,
    Table,
)
from archive.renditions.pdf.drawing import DrawOptions, PdfProperties, draw
from tests.support.drawn import (
    ARABIC,
    BLOCKS,
    CREATED,
    ENGLISH,
    SOURCE,
    TEXTS,
    cell,
    draw_document,
    paragraph,
    picture,
    table,
    text,
)
from tests.support.pdf_structure import artifact_text, body_text, read_structure


def source_text(blocks: tuple[Block, ...]) -> str:
    parts = []
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                parts += [span.text for span in block.spans]
            case Preformatted():
                parts.append(block.text)
            case Quote():
                parts.append(source_text(block.blocks))
            case BulletList():
                parts += [source_text(item.blocks) for item in block.items]
            case Table():
                parts += [span.text for span in block.caption]
                parts += [source_text(cell.blocks) for row in block.rows for cell in row]
            case Image():
                pass
    return "".join(parts)


def reader(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_structure_has_the_text_character_for_character(name: str) -> None:
    content, language = TEXTS[name]
    assert body_text(draw_document(text(content, language)).content) == content


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_preformatted_text_is_kept_as_well(name: str) -> None:
    content, language = TEXTS[name]
    assert body_text(draw_document(Document((Preformatted(content),), language)).content) == content


@pytest.mark.parametrize("name", sorted(set(BLOCKS) - {"hundred pages", "short paragraphs"}))
def test_the_structure_has_the_text_of_every_block(name: str) -> None:
    document = BLOCKS[name]()
    assert body_text(draw_document(document).content) == source_text(document.blocks)


def test_long_documents_keep_their_text_and_number_their_pages() -> None:
    document = BLOCKS["short paragraphs"]()
    drawn = draw_document(document, title="The running title")
    assert body_text(drawn.content) == source_text(document.blocks)
    furniture = artifact_text(drawn.content)
    assert len(furniture) == drawn.pages > 30
    assert furniture[0] == f"1 of {drawn.pages}urn:x:1"
    assert all(
        f"{i} of {drawn.pages}" in page and "The running title" in page for i, page in enumerate(furniture[1:], 2)
    )


@pytest.mark.parametrize("page", ["a4", "letter"])
def test_equal_inputs_give_equal_bytes_in_another_process(page: str) -> None:
    code = (
        "import hashlib; from tests.support.drawn import *;"
        f"print(hashlib.sha256(draw_document(text(ARABIC * 3 + ENGLISH, 'ar'), page='{page}').content).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
    size = reader(draw_document(text("x"), page=page).content).pages[0].mediabox
    assert [round(float(size.width)), round(float(size.height))] == ([595, 842] if page == "a4" else [612, 792])


def test_the_catalog_says_what_it_must() -> None:
    root = reader(draw_document(text(ARABIC, "ar"), title="عنوان").content).trailer["/Root"]
    assert root["/Lang"] == "ar"
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert root["/ViewerPreferences"]["/Direction"] == "/R2L"
    intent = root["/OutputIntents"][0].get_object()
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"].get_object().get_data()[36:40] == b"acsp"
    english = reader(draw_document(text("x")).content).trailer["/Root"]
    assert "/Direction" not in english["/ViewerPreferences"]


def xmp_of(content: bytes) -> Any:
    return etree.fromstring(reader(content).trailer["/Root"]["/Metadata"].get_object().get_data())


def test_the_metadata_agree_with_info() -> None:
    drawn = draw_document(text("x"), title="  Title <&> عنوان\n")
    spaces = {
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "dc": "http://purl.org/dc/elements/1.1/",
        "xmp": "http://ns.adobe.com/xap/1.0/",
        "pdf": "http://ns.adobe.com/pdf/1.3/",
        "a": "http://www.aiim.org/pdfa/ns/id/",
        "ua": "http://www.aiim.org/pdfua/ns/id/",
    }
    xmp = xmp_of(drawn.content)

    def said(path: str) -> list[str]:
        return [node.text for node in xmp.iterfind(f".//{path}", spaces)]

    info = reader(drawn.content).trailer["/Info"]
    assert said("dc:title//rdf:li") == [info["/Title"]] == ["Title <&> عنوان"]
    assert said("dc:creator//rdf:li") == ["Ann", "Bo"]
    assert info["/Author"] == "Ann; Bo"
    assert said("dc:description//rdf:li") == [info["/Subject"]] == ["A subject"]
    assert said("dc:language//rdf:li") == ["en"]
    assert said("dc:identifier") == ["urn:x:1"]
    assert said("pdf:Producer") == [info["/Producer"]]
    assert said("xmp:CreatorTool") == [info["/Creator"]]
    assert said("xmp:CreateDate") == ["2024-02-03T04:05:06+00:00"]
    assert info["/CreationDate"] == info["/ModDate"] == "D:20240203040506Z"
    assert (said("a:part"), said("a:conformance"), said("ua:part")) == (["3"], ["A"], ["1"])
    assert drawn.claims == ("3a", "ua1")


@pytest.mark.parametrize("level", ["3a", "3b"])
def test_the_source_is_embedded_with_its_own_bytes(level: Any) -> None:
    root = reader(draw_document(text("x"), level=level).content).trailer["/Root"]
    name, specification = root["/Names"]["/EmbeddedFiles"]["/Names"]
    specification = specification.get_object()
    assert name == specification["/UF"] == SOURCE.name
    assert specification["/AFRelationship"] == "/Source"
    assert root["/AF"][0].get_object() == specification
    embedded = specification["/EF"]["/F"].get_object()
    assert embedded.get_data() == SOURCE.content
    assert embedded["/Subtype"] == "/text/plain"
    assert embedded["/Params"]["/Size"] == len(SOURCE.content)
    assert embedded["/Params"]["/ModDate"] == "D:20240203040506Z"


@pytest.mark.parametrize(("level", "claims"), [("2a", ("2a", "ua1")), ("2b", ("2b",)), ("3b", ("3b",))])
def test_other_levels_claim_no_more_than_they_are(level: Any, claims: tuple[str, ...]) -> None:
    drawn = draw_document(text("x"), level=level)
    assert drawn.claims == claims
    root = reader(drawn.content).trailer["/Root"]
    assert ("/AF" in root) == (level[0] == "3")
    assert (b"pdfuaid:part>" in root["/Metadata"].get_object().get_data()) == ("ua1" in claims)


def test_headings_do_not_skip_and_the_title_is_the_only_h1() -> None:
    top = read_structure(draw_document(BLOCKS["headings"](), title="The title").content)
    kinds = [node.kind for node in top.walk() if node.kind[0] == "H"]
    assert kinds == ["H1", "H2", "H3", "H3"]
    assert all(int(b[1]) - int(a[1]) <= 1 for a, b in pairwise(kinds))
    assert [kid.kind for kid in top.kids] == ["H1", "Sect"]  # type: ignore[union-attr]
    assert top.find("H1")[0].text() == "The title"


def test_a_table_has_headers_equal_rows_and_repeats_its_head_as_an_artifact() -> None:
    drawn = draw_document(Document((table(90),), "en"))
    found = read_structure(drawn.content).find("Table")[0]
    assert [node.attributes["Scope"] for node in found.find("TH")] == ["/Column"] * 3
    assert {len(row.kids) for row in found.find("TR")} == {3}
    assert [kid.kind for kid in found.kids] == ["Caption", "THead", "TBody"]  # type: ignore[union-attr]
    assert drawn.pages > 2
    assert all("NameDateText" in page for page in artifact_text(drawn.content)[1:])
    assert "NameDateText" not in artifact_text(drawn.content)[0]


def test_lists_have_labels_and_bodies() -> None:
    top = read_structure(draw_document(BLOCKS["lists"]()).content)
    assert {node.attributes["ListNumbering"] for node in top.find("L")} >= {"/Decimal", "/Disc"}
    for item in top.find("LI"):
        assert [kid.kind for kid in item.kids] == ["Lbl", "LBody"]  # type: ignore[union-attr]
    assert [node.text() for node in top.find("Lbl")][-4:] == ["98.", "99.", "100.", "101."]


def test_links_have_an_annotation_on_every_line() -> None:
    drawn = draw_document(BLOCKS["inline"]())
    link = read_structure(drawn.content).find("Link")[0]
    annotations = [kid for kid in link.kids if isinstance(kid, dict)]
    assert len(annotations) > 1
    for annotation in annotations:
        assert annotation["/A"]["/URI"] == "https://example.org/%C3%A4?x=(1)"
        assert annotation["/Contents"] == "https://example.org/ä?x=(1)"
        assert annotation["/F"] == 4
    assert link.text() == "a link that is long enough to break " * 4


def test_language_and_direction_stand_where_they_change() -> None:
    document = Document(
        (
            Paragraph((Span("Hello "), Span("سلام", language="fa"), Span(".")), language="en"),
            Paragraph((Span("مرحبا"),), language="ar"),
        ),
        "en",
    )
    top = read_structure(draw_document(document).content)
    assert top.language == "en"
    assert [node.language for node in top.find("P")] == [None, "ar"]
    assert [(node.language, node.text()) for node in top.find("Span")] == [("fa", "سلام")]
    assert [node.attributes.get("WritingMode") for node in top.find("P")] == [None, "/RlTb"]
    arabic = read_structure(draw_document(text(ARABIC + "English.", "ar")).content)
    assert arabic.attributes["WritingMode"] == "/RlTb"
    assert [node.attributes.get("WritingMode") for node in arabic.find("P")] == [None, "/LrTb"]


def test_pictures_carry_their_alternative_text() -> None:
    drawn = draw_document(BLOCKS["pictures"]())
    figures = read_structure(drawn.content).find("Figure")
    assert [figure.alternative for figure in figures][:2] == ["alt RGB", "alt RGBA"]
    assert all(len(figure.attributes["BBox"]) == 4 for figure in figures)
    spaces = {image.image.mode for page in reader(drawn.content).pages for image in page.images}
    assert "CMYK" not in spaces


def test_a_picture_without_alternative_text_cannot_reach_level_a() -> None:
    document = Document((Image(picture("RGB", "PNG"), "image/png"),), "en")
    with pytest.raises(RenditionError, match="alternative text"):
        draw_document(document)
    assert draw_document(document, level="3b").claims == ("3b",)


@pytest.mark.parametrize("content", [b"", b"no picture", picture("RGB", "PNG")[:60]])
def test_a_broken_picture_is_refused(content: bytes) -> None:
    with pytest.raises(RenditionError, match="picture"):
        draw_document(Document((Image(content, "image/png", "alt"),), "en"))


def test_missing_glyphs_are_named_and_refused_or_drawn_as_boxes() -> None:
    document = text("a 😀 b 中 \x07")
    with pytest.raises(RenditionError, match=r"U\+4E2D CJK UNIFIED IDEOGRAPH-4E2D, U\+1F600 GRINNING FACE"):
        draw_document(document, missing="refuse")
    assert draw_document(document).missing == ("U+4E2D CJK UNIFIED IDEOGRAPH-4E2D", "U+1F600 GRINNING FACE")
    assert draw_document(text("a\x07"), missing="refuse").missing == ()


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(RenditionError, match=r"U\+D800"):
        draw_document(Document((paragraph("a\ud800"),), "en"))


def test_every_font_is_embedded_and_none_is_helvetica() -> None:
    drawn = draw_document(BLOCKS["inline"]())
    for page in reader(drawn.content).pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in descendant["/FontDescriptor"]
            assert "Helvetica" not in font.get_object()["/BaseFont"]


def test_an_empty_title_falls_back() -> None:
    properties = PdfProperties("  \n", CREATED)
    for source, expected in ((SOURCE, SOURCE.name), (None, "Untitled")):
        drawn = draw(text("x", None), source=source, properties=properties, options=DrawOptions())
        assert reader(drawn.content).trailer["/Info"]["/Title"] == expected


def test_a_very_long_title_is_cut_in_the_running_head_only() -> None:
    title = "A title that goes on and on " * 40
    drawn = draw_document(text((ENGLISH + "\n\n") * 12), title=title)
    assert read_structure(drawn.content).find("H1")[0].text() == title.strip()
    assert (
        artifact_text(drawn.content)[1].rstrip(" /0123456789").endswith("…") or "…" in artifact_text(drawn.content)[1]
    )


def test_markup_and_operators_in_text_stay_text() -> None:
    content = "<b>&amp; ]]> ) Tj ET EMC \\( /Span <</ActualText (x)>> BDC %PDF endstream endobj"
    drawn = draw_document(text(content), title=content)
    assert body_text(drawn.content) == content


def test_blocks_nested_deeper_than_a_page_can_show_stay_on_it_or_are_refused() -> None:
    def deep(levels: int) -> Document:
        blocks: tuple[Block, ...] = (paragraph("deep"),)
        for number in range(levels):
            blocks = (Quote(blocks),) if number % 2 else (BulletList((ListItem(blocks),)),)
        return Document(blocks, "en")

    assert body_text(draw_document(deep(60)).content) == "deep"
    with pytest.raises(RenditionError, match="nested"):
        draw_document(deep(3000))


def test_blocks_without_content_leave_nothing_behind() -> None:
    empty = Document(
        (
            Table(()),
            Table(((Cell(()), Cell(())),)),
            BulletList(()),
            Quote(()),
            Heading(1, ()),
            Paragraph(()),
            Paragraph((Span(""),)),
            Preformatted(""),
        ),
        "en",
    )
    drawn = draw_document(empty)
    assert body_text(drawn.content) == ""
    assert not read_structure(drawn.content).find("P")


def test_a_table_of_header_cells_alone_has_no_head_apart() -> None:
    drawn = draw_document(Document((Table(((cell("a", header=True), cell("b", header=True)),)),), "en"))
    found = read_structure(drawn.content).find("Table")[0]
    assert [kid.kind for kid in found.kids] == ["TR"]  # type: ignore[union-attr]
    assert [node.attributes["Scope"] for node in found.find("TH")] == ["/Column", "/Column"]


def test_every_stream_ends_on_a_line_of_its_own() -> None:
    content = draw_document(
        Document((paragraph("text"), Image(picture("RGB", "PNG"), "image/png", alternative="described")), "en")
    ).content
    ends = [found.start() for found in re.finditer(rb"endstream\n", content)]
    assert len(ends) > 5
    assert all(content[end - 1 : end] == b"\n" for end in ends)
    for found in re.finditer(rb"/Length (\d+)[^>]*>>\nstream\n", content):
        assert content[found.end() + int(found[1]) :].startswith(b"\nendstream")


def test_the_file_is_written_once() -> None:
    content = draw_document(Document((paragraph("text"),), "en")).content
    assert (content.count(b"%%EOF"), content.count(b"\nxref\n"), content[:8]) == (1, 1, b"%PDF-1.7")
