"""Lines, pages and fonts before they are a file."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from archive.errors import RenditionError
from archive.model.blocks import Block, BulletList, Document, Heading, ListItem, Paragraph, Span, Table
from archive.renditions.pdf.drawing import DrawOptions, PdfProperties, draw
from archive.renditions.pdf.text_operators import extent
from archive.renditions.typesetting import styles
from archive.renditions.typesetting.bands import Band, keep_lines_together
from archive.renditions.typesetting.blocks import Layout, find_level, find_list_level
from archive.renditions.typesetting.composing import compose, measure_text
from archive.renditions.typesetting.faces import check_rights, load_face
from archive.renditions.typesetting.fonts import load_fonts
from archive.renditions.typesetting.line_breaks import find_breaks, is_cluster_start
from archive.renditions.typesetting.lines import Line, Piece
from archive.renditions.typesetting.pages import paginate
from archive.renditions.typesetting.paragraphs import ShapedText, shape_text
from archive.renditions.typesetting.scripts import foreign_language, has_no_glyph
from archive.renditions.typesetting.shaping import Cluster
from archive.renditions.typesetting.styles import PAGES, Sheet, TextStyle
from archive.resources import metadata_path
from tests.support.drawn import ARABIC, CREATED, cell, draw_document, paragraph, text
from tests.support.needing import need
from tests.support.pdf_structure import Node, artifact_text, body_text, read_structure


def shape(content: str, *, language: str = "en", default: int = 0, fixed: bool = False) -> ShapedText:
    return shape_text(
        (Span(content),),
        style=TextStyle(10.0, fixed=fixed),
        fonts=load_fonts(()),
        language=language,
        direction="auto",
        default=default,
    )


def lay(document: Document) -> tuple[list[Band], Sheet]:
    """The bands of a document on A4."""
    sheet = Sheet(*PAGES["a4"])
    language = document.language or "und"
    level = find_level(document, language)
    layout = Layout(load_fonts(()), sheet, language=language, level=level, described=True)
    return layout.lay_document(document), sheet


def shown(line: Line) -> str:
    return "".join(piece.text[c.start : c.end] for piece in line.pieces for c in piece.parts)


def clusters(piece: Piece) -> list[Cluster]:
    """The clusters of a piece, counted from the start of its text."""
    return [
        c._replace(start=part.start - part.word.clusters[part.first].start + c.start,
                   end=part.start - part.word.clusters[part.first].start + c.end)
        for part in piece.parts for c in part.word.clusters[part.first : part.last]
    ]  # fmt: skip


def parts(content: str) -> list[str]:
    breaks = find_breaks(content)
    places = [0, *(i for i, allowed in enumerate(breaks) if allowed), len(content)]
    return [content[a:b] for a, b in pairwise(places)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("one two  three", ["one ", "two  ", "three"]),
        ("10\xa0km per\u202fh", ["10\xa0km ", "per\u202fh"]),
        ("well-known 2013-08-21 -5", ["well-", "known ", "2013-08-21 ", "-5"]),
        ("(see this) [and that]", ["(see ", "this) ", "[and ", "that]"]),
        ("“quoted text”, he said", ["“quoted ", "text”, ", "he ", "said"]),
        ("$12.50, 30 % off!", ["$12.50, ", "30 % ", "off!"]),
        ("no\u2060break zero\u200bwidth", ["no\u2060break ", "zero\u200b", "width"]),
        ("soft\xadhyphen", ["soft\xad", "hyphen"]),
        ("中文字。好", ["中", "文", "字。", "好"]),
        ("e\u0301a a\u200db", ["e\u0301a ", "a\u200db"]),
        ("word—word", ["word", "—", "word"]),
        ("نعم، (لا) «قال»", ["نعم، ", "(لا) ", "«قال»"]),
    ],
)
def test_lines_break_where_uax_14_lets_them(content: str, expected: list[str]) -> None:
    assert parts(content) == expected


def test_the_breaks_are_mostly_those_of_unicodes_test() -> None:
    """Only essentials are kept; this guards them: the share of Unicode's cases met to the letter does not fall."""
    path = Path(need("unicode-data"), "auxiliary", "LineBreakTest.txt")
    met = count = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        marks = line.split("#")[0].split()
        if marks:
            content = "".join(chr(int(code, 16)) for code in marks[1::2])
            count += 1
            met += [mark == "÷" for mark in marks[2:-1:2]] == [bool(allowed) for allowed in find_breaks(content)[1:]]
    assert met / count > 0.77


def test_long_addresses_break_at_their_joints() -> None:
    address = "https://www.example.org/reports/2013/08/21/attack?lang=ar&part=2#section"
    assert len(parts(address)) > 6
    assert parts(address)[0].startswith("https://")


@pytest.mark.parametrize("width", [30.0, 80.0, 200.0, 1000.0])
@pytest.mark.parametrize("content", ["word " * 60, ARABIC * 2, "x" * 500, "بت" * 200, "a\tb\tc\td " * 20, "\n\n x \n"])
def test_lines_fit_and_lose_nothing(content: str, width: float) -> None:
    lines = compose(shape(content), width)
    assert "".join(map(shown, lines)) == content
    assert all(line.width <= width + 0.1 or len(shown(line).strip()) == 1 for line in lines)
    for line in lines:
        assert -0.1 <= line.left <= width


def test_a_joined_word_that_is_broken_takes_final_and_initial_forms() -> None:
    lines = compose(shape("ب" * 60, language="ar"), 100.0)
    names = load_fonts(()).choose("ب", bold=False, fixed=False).shaper.glyph_to_string  # type: ignore[union-attr]
    assert len(lines) > 2
    # U+FE91 and U+FE90 are the initial and the final form of the letter.
    for line in lines:
        assert names(clusters(line.pieces[0])[0].glyphs[0].number) == "uniFE91"
        assert names(clusters(line.pieces[-1])[-1].glyphs[0].number) == "uniFE90"


def test_a_soft_hyphen_is_seen_only_at_the_end_of_a_line() -> None:
    lines = compose(shape("Donau\xaddampf\xadschiff"), 45.0)
    hyphen = clusters(compose(shape("-"), 45.0)[0].pieces[0])[0]
    assert clusters(lines[0].pieces[-1])[-1].glyphs == hyphen.glyphs
    assert compose(shape("Donau\xaddampf"), 900.0)[0].width == pytest.approx(
        measure_text(shape("Donaudampf"))[1], abs=0.5
    )


def test_each_line_of_a_paragraph_has_its_own_direction() -> None:
    lines = compose(shape("English\nعربي (HRW)\n123", default=1), 200.0)
    assert [line.rtl for line in lines] == [False, True, True]
    assert lines[0].left == 0
    assert lines[1].left > 100
    brackets = [p for p in lines[1].pieces if "(" in shown_piece(p)]
    assert all(piece.rtl for piece in brackets)


def shown_piece(piece: object) -> str:
    return "".join(piece.text[c.start : c.end] for c in piece.parts)  # type: ignore[attr-defined]


def test_brackets_are_mirrored_in_arabic() -> None:
    left, right = (clusters(compose(shape(c), 90.0)[0].pieces[0])[0].glyphs[0].number for c in "()")
    pieces = compose(shape("قال (HRW) نعم"), 200.0)[0].pieces
    opening = next(c for p in pieces for c in clusters(p) if p.text[c.start] == "(")
    closing = next(c for p in pieces for c in clusters(p) if p.text[c.start] == ")")
    assert (opening.glyphs[0].number, closing.glyphs[0].number) == (right, left)


def test_european_digits_in_arabic_are_as_large_as_in_english() -> None:
    digits = next(p for p in compose(shape("عام 2013"), 200.0)[0].pieces if "2013" in shown_piece(p))
    arabic = next(p for p in compose(shape("عام 2013"), 200.0)[0].pieces if "عام" in shown_piece(p))
    assert digits.size == 10.0
    assert 10.0 < arabic.size < 13.0


def test_a_script_that_is_not_the_languages_is_told() -> None:
    assert foreign_language("Arab", "en-GB") == "und-Arab"
    assert foreign_language("Latn", "ar") == "und-Latn"
    assert foreign_language("Arab", "ar-SY") is None
    assert foreign_language("Cyrl", "sr-Cyrl") is None
    assert foreign_language(None, "en") is None
    assert foreign_language("Arab", "und") is None


@pytest.mark.parametrize(("character", "none"), [("\x00", True), ("\x85", False), ("\t", False), ("\ue000", True)])
def test_what_no_font_can_draw(character: str, none: bool) -> None:
    assert has_no_glyph(character) is none


def test_pages_keep_lines_together_and_are_never_overfull() -> None:
    bands = [Band(10.0, gap=5.0, keep=number % 4 in (0, 2)) for number in range(100)]
    pages = paginate(bands, 100.0)
    assert [band for page in pages for _, band in page.bands] == bands
    assert all(page.used <= 100.0 for page in pages)
    assert all(not page.bands[-1][1].keep for page in pages)
    assert len(paginate([], 100.0)) == 1
    assert len(paginate([Band(30.0, keep=True) for _ in range(10)], 100.0)) == 4


def test_a_paragraph_leaves_no_line_alone() -> None:
    owners = {}
    bands = []
    for number in range(60):
        paragraph = [Band(10.0) for _ in range(1 + number % 7)]
        keep_lines_together(paragraph)
        owners.update(dict.fromkeys(paragraph, (number, len(paragraph))))
        bands += paragraph
    pages = paginate(bands, 95.0)
    assert len(pages) > 20
    for page in pages:
        found = [owners[band] for _, band in page.bands]
        assert all(found.count(owner) > 1 or owner[1] == 1 for owner in found)


def test_the_fonts_of_the_settings_are_asked_for_what_ours_lack(tmp_path: Path) -> None:
    font = tmp_path / "more.ttf"
    made = TTFont(metadata_path("fonts", "NotoSans-Regular.ttf"))
    for subtable in made["cmap"].tables:
        if subtable.isUnicode():
            subtable.cmap[0x1200] = made.getBestCmap()[ord("H")]
    made.save(font)
    options = DrawOptions("2a", fonts=(str(font),))
    document = text("ሀ one")
    properties = PdfProperties("t", CREATED)
    drawn = draw(document, source=None, properties=properties, options=options)
    assert drawn.missing == ()
    assert body_text(drawn.content) == "ሀ one"
    with pytest.raises(RenditionError, match=r"U\+1200 ETHIOPIC SYLLABLE HA"):
        draw(document, source=None, properties=properties, options=DrawOptions("2a", missing_glyphs="refuse"))


@pytest.mark.parametrize(
    ("rights", "refused"), [(0, False), (2, True), (4, False), (8, False), (0x100, False), (0x200, True)]
)
def test_embedding_rights_are_kept(tmp_path: Path, rights: int, refused: bool) -> None:
    font = tmp_path / "font.ttf"
    made = TTFont(metadata_path("fonts", "NotoSans-Regular.ttf"))
    made["OS/2"].fsType = rights
    made.save(font)
    if refused:
        with pytest.raises(RenditionError, match="fsType"):
            load_face(str(font))
    else:
        assert load_face(str(font)).subset is (rights != 0x100)
        check_rights(rights, "font")


def test_what_is_no_font_is_refused(tmp_path: Path) -> None:
    for name, content in (("empty.ttf", b""), ("text.ttf", b"not a font at all"), ("cut.ttf", b"")):
        (tmp_path / name).write_bytes(content)
    shutil.copy(metadata_path("fonts", "NotoSans-Regular.ttf"), tmp_path / "cut.ttf")
    with (tmp_path / "cut.ttf").open("r+b") as opened:
        opened.truncate(3000)
    for name in ("empty.ttf", "text.ttf", "cut.ttf", "absent.ttf"):
        with pytest.raises(RenditionError):
            load_fonts([str(tmp_path / name)])


def _wide_table(columns: int, rows: int = 5, word: str = "value") -> Document:
    head = tuple(cell(f"Column_{number}", header=True) for number in range(columns))
    body = tuple(tuple(cell(f"{word} {row} {number}") for number in range(columns)) for row in range(rows))
    return Document((Table((head, *body)),), "en")


@pytest.mark.parametrize(("columns", "word"), [(9, "value"), (14, "value"), (60, "v"), (25, "w" * 40), (3, "f" * 150)])
def test_no_table_is_too_small_to_be_read_or_runs_out_of_the_page(columns: int, word: str) -> None:
    bands, sheet = lay(_wide_table(columns, word=word))
    items = [item for band in bands for item in band.texts]
    for item in items:
        assert item.piece.size >= 6.0 * 0.9, "smaller than anybody reads (faces are scaled to one height)"
        left, right = (item.left + edge for edge in extent(item.piece))
        assert sheet.side - 0.1 <= left
        assert right <= sheet.width - sheet.side + 0.1


def test_a_parted_table_keeps_its_rows_and_repeats_what_names_them() -> None:
    document = _wide_table(30, rows=80)
    drawn = draw_document(document)
    tree = read_structure(drawn.content)
    (table,) = tree.find("Table")
    rows = table.find("TR")
    assert len(rows) == 81
    for number, row in enumerate(rows[1:]):
        assert [kid.kind for kid in row.kids if isinstance(kid, Node)] == ["TD"] * 30
        assert row.text() == "".join(f"value {number} {column}" for column in range(30))
    furniture = "".join(artifact_text(drawn.content))
    assert re.search(r"1–\d+ / 30", furniture)
    assert furniture.count("value 79 0") >= 2, "the first column stands again in every part"
    assert furniture.count("Column_29") >= 1, "the head stands again on the next page"


def test_no_cut_falls_inside_a_grapheme_cluster_of_unicode_s_own_test() -> None:
    path = Path(need("unicode-data"), "auxiliary", "GraphemeBreakTest.txt")
    count = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        content, starts = "", set()
        for word in line.partition("#")[0].split():
            if word == "÷":
                starts.add(len(content))
            elif word != "×":
                content += chr(int(word, 16))
        inside = set(range(1, len(content))) - starts
        assert not [at for at in inside if is_cluster_start(content, at)], line
        count += len(inside)
    assert count > 250


@pytest.mark.parametrize("measure", [57.0, 150.0, 449.0])
@pytest.mark.parametrize(
    "content",
    [
        "ประเทศไทยมีภูเขาแม่น้ำและทะเลที่สวยงาม" * 9,
        "ព្រះរាជាណាចក្រកម្ពុជាមានប្រវត្តិសាស្ត្រ" * 9,
        "ປະເທດລາວມີພູເຂົາແລະແມ່ນ້ຳທີ່ສວຍງາມ" * 9,
        "အရှေ့တောင်အာရှ" * 9,
        "अन्तर्राष्ट्रीय" * 20,
        "\u1100\u1161\u11a8" * 60,
        "\U0001f1f8\U0001f1fe" * 40,
        "👩\u200d👩\u200d👧" * 30,
        "e\u0301\u0302" * 120,
    ],
)
def test_a_stretch_without_spaces_stays_in_its_measure_and_its_clusters_whole(content: str, measure: float) -> None:
    lines = compose(shape(f"a {content} b"), measure)
    whole, at = f"a {content} b", 0
    for line in lines:
        assert is_cluster_start(whole, at), "a line begins inside of a cluster"
        at += len(shown(line))
        assert line.width <= measure + 0.1
    assert "".join(shown(line) for line in lines) == whole


def test_a_latin_title_of_an_arabic_document_stands_at_the_right() -> None:
    sheet = Sheet(*PAGES["a4"])
    for level, title in ((1, "statement.txt"), (0, "بيان")):
        layout = Layout(load_fonts(()), sheet, language="ar" if level else "en", level=level, described=True)
        (band,) = layout.lay_title(title)
        (item,) = band.texts
        left, right = (item.left + edge for edge in extent(item.piece))
        if level:
            assert abs(right - (sheet.width - sheet.side)) < 1
        else:
            assert abs(left - sheet.side) < 1


def test_names_in_a_column_stand_one_below_the_other_whatever_their_script() -> None:
    bands, _ = lay(Document((Table(tuple((cell(name), cell("x")) for name in ("letter.eml", "رسالة.txt"))),), "en"))
    firsts = [min(item.left + extent(item.piece)[0] for item in band.texts) for band in bands]
    assert max(firsts) - min(firsts) < 1


def test_a_text_does_not_stick_to_the_table_before_it() -> None:
    document = Document((Table(((cell("a"), cell("b")),)), *text("after").blocks, *text("again").blocks), "en")
    bands, _ = lay(document)
    assert bands[1].gap >= styles.TABLE_GAP > bands[2].gap
    (rule,) = bands[0].rules
    assert rule.right - rule.left < 100, "a rule is as wide as its table"


def test_a_title_that_the_document_begins_with_is_not_drawn_twice() -> None:
    following = Heading(1, (Span("Next"),))
    beginnings: list[tuple[Block, list[tuple[str, str]]]] = [
        (Heading(1, (Span("The same"),)), [("H1", "The same"), ("H2", "Next")]),
        (Heading(1, (Span("Another"),)), [("H1", "The same"), ("H2", "Another"), ("H2", "Next")]),
        (paragraph("The same\nand more\n\n"), [("H1", "Next")]),
        (paragraph("The same and more"), [("H1", "The same"), ("H2", "Next")]),
    ]
    for first, expected in beginnings:
        drawn = read_structure(draw_document(Document((first, following), "en"), title="The same").content)
        headings = [(node.kind, node.text()) for node in drawn.walk() if node.kind in ("H1", "H2")]
        assert headings == expected


@pytest.mark.parametrize(
    ("words", "level", "wanted"), [("الشاهد", 0, 1), ("witness", 1, 0), ("12", 1, 1), ("12", 0, 0)]
)
def test_labels_stand_on_the_side_where_the_text_of_their_list_begins(words: str, level: int, wanted: int) -> None:
    items = (ListItem((Paragraph((Span(words),)),)),)
    assert find_list_level(BulletList(items, 1), level) == wanted
