"""Characters that the shipped fonts lack: fonts of the settings and of the system, and which language a text is in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

from archive.renditions.likely_language import likely_language
from archive.renditions.pdf.drawing import DrawnPdf, DrawOptions, PdfProperties, draw
from archive.renditions.typesetting import system_fonts
from archive.renditions.typesetting.faces import load_face
from archive.renditions.typesetting.system_fonts import find_face, scripts_without_font
from archive.resources import metadata_path
from tests.support.drawn import CREATED, text
from tests.support.pdf_structure import body_text

_SHALOM = "Report: שלום"


def compact_font(path: Path, *, name: str = "Compact", characters: str = "שלום") -> None:
    """Write an OpenType font with CFF outlines: a square for each character."""
    glyphs = [".notdef", *(f"u{ord(c):04X}" for c in characters)]
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap({ord(c): f"u{ord(c):04X}" for c in characters})
    pen = T2CharStringPen(600, None)
    pen.moveTo((50, 0))
    for point in ((550, 0), (550, 700), (50, 700)):
        pen.lineTo(point)
    pen.closePath()
    square = pen.getCharString()
    builder.setupCFF(name, {}, dict.fromkeys(glyphs, square), {})
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (600, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost()
    builder.save(path)


def _draw(content: str, *, folder: Path | None = None, fonts: tuple[str, ...] = ()) -> DrawnPdf:
    options = DrawOptions("2a", fonts=fonts, font_folders=(str(folder),) if folder else ())
    return draw(text(content), source=None, properties=PdfProperties("t", CREATED), options=options)


@pytest.fixture(autouse=True)
def _no_memory_of_folders() -> None:
    for cached in (system_fonts._list_faces, system_fonts.find_face, system_fonts._coverage):
        cached.cache_clear()


def test_a_font_of_the_system_draws_what_ours_lack(tmp_path: Path) -> None:
    boxed = _draw(_SHALOM)
    assert [name.split()[0] for name in boxed.missing] == ["U+05D5", "U+05DC", "U+05DD", "U+05E9"]
    assert body_text(boxed.content) == _SHALOM
    compact_font(tmp_path / "hebrew.otf")
    drawn = _draw(_SHALOM, folder=tmp_path)
    assert drawn.missing == ()
    assert body_text(drawn.content) == _SHALOM
    assert b"CIDFontType0C" in drawn.content


def test_fonts_of_the_system_change_nothing_that_ours_can_draw(tmp_path: Path) -> None:
    compact_font(tmp_path / "all.otf", characters="abcdefغ")
    assert _draw("a bad face غ", folder=tmp_path).content == _draw("a bad face غ").content


def test_what_is_no_usable_font_is_passed_by(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(b"no font")
    (tmp_path / "b.ttc").write_bytes(b"ttcf\0\1\0\0\xff\xff\xff\xff")
    (tmp_path / "c.otf").symlink_to(tmp_path / "nowhere")
    compact_font(tmp_path / "d.otf")
    face = find_face("ש", (str(tmp_path), str(tmp_path / "missing")))
    assert face is not None
    assert face.name == "Compact"


def test_the_order_of_fonts_does_not_depend_on_the_file_system(tmp_path: Path) -> None:
    for name in ("Zeta-Bold", "Alpha-Light", "Noto-Bold", "Omega"):
        compact_font(tmp_path / f"{name}.otf", name=name)
    face = find_face("ש", (str(tmp_path),))
    assert face is not None
    assert face.name == "Noto-Bold"
    shutil.rmtree(tmp_path)


def test_doctor_names_the_scripts_without_a_font(tmp_path: Path) -> None:
    assert "Hebrew" in scripts_without_font((), (str(tmp_path),))
    compact_font(tmp_path / "font.otf", characters="א中")
    lacking = scripts_without_font((str(tmp_path / "font.otf"),), ())
    assert {"Hebrew", "Chinese"}.isdisjoint(lacking)
    assert "Thai" in lacking


def test_a_glyph_that_draws_nothing() -> None:
    face = load_face(str(metadata_path("fonts", "NotoNaskhArabic-Regular.ttf")))
    assert face.nothing is not None
    extents = face.shaper.get_glyph_extents(face.nothing)
    assert extents is None or (extents.width, extents.height) == (0, 0)


@pytest.mark.parametrize(
    ("content", "language"),
    [
        ("The committee said that the letter was sent to the court in May.", "en"),
        ("Le comité a dit que la lettre est dans le dossier et pour la cour.", "fr"),
        ("Der Ausschuss hat die Akte und das Urteil nicht mit den Briefen", "de"),
        ("قالت اللجنة إن الملف في المحكمة من أجل العدالة", "ar"),
        ("این نامه را در دادگاه به کمیته داد که از آن است", "fa"),
        ("שלום עולם", "he"), ("日本語のテキスト", "ja"), ("中文", "zh"), ("ไทย", "th"), ("xyz 123", None), ("", None),
        ("The accused is innocent.", "en"), ("L'accusé est innocent", "fr"), ("<a><e>&e;</e>o a</a>", None),
    ],
)  # fmt: skip
def test_the_language_of_a_text(content: str, language: str | None) -> None:
    assert likely_language([content]) == language


_SCRIPTS = {
    "Hebrew": "שלום", "Han": "漢字", "Kana": "かな", "Hangul": "한글", "Devanagari": "हिन्दी", "Thai": "ไทย",
    "Armenian": "Հայ", "Georgian": "ქართ", "Ethiopic": "ኢትዮ", "Syriac": "ܣܘܪ", "symbols": "⚖☒", "emoji": "😀",
}  # fmt: skip


@pytest.mark.parametrize("script", _SCRIPTS)
def test_no_script_costs_the_rendition(script: str) -> None:
    """Drawn where a shipped font has it, else boxed and named; the text layer has it in either case."""
    words = f"Before {_SCRIPTS[script]} after"
    drawn = _draw(words)
    assert body_text(drawn.content) == words
    named = {int(name.split()[0][2:], 16) for name in drawn.missing}
    shipped: set[int] = set()
    for path in Path(metadata_path("fonts")).glob("*.ttf"):
        shipped |= set(TTFont(path).getBestCmap())
    assert named == {ord(character) for character in _SCRIPTS[script]} - shipped


def test_with_a_font_every_script_is_drawn(tmp_path: Path) -> None:
    compact_font(tmp_path / "all.otf", characters="".join(sorted(set("".join(_SCRIPTS.values())))))
    for script, words in _SCRIPTS.items():
        drawn = _draw(words, folder=tmp_path)
        assert drawn.missing == (), script
        assert body_text(drawn.content) == words
