"""What is known of a document from outside: files beside it, its encoding, direction and language; and the guard."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.errors import RenditionError
from archive.model.blocks import Image, Table, texts_in_order
from archive.renditions.naming import RenditionNames
from archive.renditions.readers import can_read, media_type_of, read_document
from archive.renditions.readers.decoding import suggest_encoding
from archive.renditions.readers.languages import choose_language
from archive.renditions.readers.numbering import alphabetic, spell_number
from archive.renditions.readers.source import Neighbours
from archive.renditions.readers.unread import why_not
from tests.support.documents import ARABIC, picture, samples


@pytest.fixture
def beside(tmp_path: Path) -> Neighbours:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(picture())
    (tmp_path / "in" / "a b.png").write_bytes(picture())
    (tmp_path / "in" / "sub" / "c.png").write_bytes(picture())
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "in" / "out").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "in" / "pipe")
    return Neighbours(os.fsencode(tmp_path / "in"), (b"sub",))


@pytest.mark.parametrize("reference", ["c.png", "./c.png", "../a%20b.png", "../sub/c.png?x#y", "..\\sub\\c.png"])
def test_a_picture_beside_a_document_is_read(beside: Neighbours, reference: str) -> None:
    assert beside.read(reference) == picture()


@pytest.mark.parametrize(
    "reference",
    [
        "../../secret.png", "/etc/hostname", "file:///etc/hostname", "https://example.org/c.png", "../link.png",
        "../out/secret.png", "../pipe", "..", ".", "", "%00", "..%2f..%2fsecret.png", "missing.png", "//example.org/x",
        "C:\\c.png",
    ],
)  # fmt: skip
def test_nothing_else_is_read(beside: Neighbours, reference: str) -> None:
    assert beside.read(reference) is None


@pytest.mark.parametrize(
    ("kind", "text"),
    [("text/html", '<img src="c.png" alt="A street">'), ("text/markdown", "![A street](c.png)")],
)
def test_pictures_beside_pages_are_drawn(beside: Neighbours, kind: str, text: str) -> None:
    document = read_document(text.encode(), kind, name="x", neighbours=beside)
    assert document is not None
    assert document.blocks == (Image(picture(), "image/png", "A street"),)
    assert document.dropped == ()


def test_a_stated_direction_wins_and_languages_never_decide() -> None:
    english = read_document(b"time;number\n1;+963115550199\n", "text/csv", name="x.csv", language="ar")
    assert english is not None
    assert english.direction == "ltr"
    stated = read_document(b"plain", "text/plain", name="x", direction="rtl")
    assert stated is not None
    assert stated.direction == "rtl"
    arabic = read_document(ARABIC.encode(), "text/plain", name="x", language="en")
    assert arabic is not None
    assert arabic.direction == "rtl"


def test_the_language_is_the_one_that_fits_the_text() -> None:
    english = read_document(b"An English text", "text/plain", name="x")
    arabic = read_document(ARABIC.encode(), "text/plain", name="x")
    assert english is not None
    assert arabic is not None
    assert choose_language(english, ("ar", "en")) == "en"
    assert choose_language(arabic, ("en", "ar")) == "ar"
    assert choose_language(arabic, ("en", "fr")) is None


@pytest.mark.parametrize(
    ("said", "tag"), [("en_US", "en-US"), ("ar", "ar"), ("not a tag!", None), ("", None), ("-", None)]
)
def test_a_language_tag_of_a_document_is_tidied_or_dropped(said: str, tag: str | None) -> None:
    page = f'<html lang="{said}"><p><i lang="{said}">x</i></p></html>'
    document = read_document(page.encode(), "text/html", name="x")
    assert document is not None
    assert document.language == tag
    assert document.blocks[0].spans[0].language == tag  # type: ignore[union-attr]


def test_an_encoding_for_all_leaves_utf_8_alone() -> None:
    for text, codec in ((ARABIC, "utf-8"), (ARABIC, "windows-1256")):
        document = read_document(text.encode(codec), "text/plain", name="x", fallback="windows-1256")
        assert document is not None
        assert "".join(texts_in_order(document.blocks)) == ARABIC


def test_an_encoding_is_suggested_and_never_applied() -> None:
    assert suggest_encoding(ARABIC.encode("windows-1256")) == "windows-1256"
    assert suggest_encoding(ARABIC.encode()) is None
    assert suggest_encoding(b"plain") is None
    with pytest.raises(RenditionError, match="windows-1256"):
        read_document(ARABIC.encode("windows-1256"), "text/plain", name="x")


@pytest.mark.parametrize("name", sorted(samples()))
@pytest.mark.parametrize("damage", ["cut", "flip", "noise"])
def test_damage_never_raises_anything_but_a_reason(name: str, damage: str) -> None:
    content = samples()[name]
    for place in range(0, len(content), max(1, len(content) // 25)):
        broken = bytearray(content)
        if damage == "cut":
            broken = broken[:place]
        elif damage == "flip":
            broken[place] ^= 0xFF
        else:
            broken[place : place + 8] = b"\xff\x00<&\x80{%\n"
        refused, document = "", None
        try:
            document = read_document(bytes(broken), "application/octet-stream", name=name, alternative="x")
        except RenditionError as error:
            refused = error.problem
        assert document is not None or refused


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<table>" + b"<tr><td colspan=1000 rowspan=1000>x" * 1_000 + b"</table>", "the joined cells of a table"),
        (b"<div>" * 240 + b"x", "nested more than"),
    ],
)
def test_small_files_that_would_swell_are_held_down(content: bytes, said: str) -> None:
    document = read_document(content, "text/html", name="x")
    assert document is not None
    assert any(said in name for name in document.dropped)
    tables = [block for block in document.blocks if isinstance(block, Table)]
    assert sum(len(row) for table in tables for row in table.rows) <= 20_000


def test_more_cells_than_can_be_drawn_are_refused() -> None:
    with pytest.raises(RenditionError, match="cells"):
        read_document((b",".join([b"1"] * 1_000) + b"\n") * 500, "text/csv", name="x")
    wide = b",".join([b"1"] * 1_000) + b"\n" + b"2\n" * 1_000
    with pytest.raises(RenditionError, match="1,001,000 cells"):
        read_document(wide, "text/csv", name="x")


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (4, "upperRoman", "IV"), (1999, "lowerRoman", "mcmxcix"), (27, "lowerLetter", "aa"), (3, "arabicAbjad", "ج"),
        (3, "arabicAlpha", "ت"), (15, "hebrew1", "טו"), (7, "decimalZero", "07"), (21, "ordinal", "21st"),
        (12, "ordinalText", "Twelfth"), (42, "cardinalText", "Forty-two"), (40, "ordinalText", "Fortieth"),
        (9, "arabicIndic", "٩"), (2, "chicago", "†"), (0, "lowerLetter", "0"), (3, "koreanDigital", None),
    ],
)  # fmt: skip
def test_numbers_are_spelt_as_word_spells_them(number: int, form: str, text: str | None) -> None:
    assert spell_number(number, form) == text


def test_html_counts_on_after_z_in_its_own_way() -> None:
    assert [alphabetic(number) for number in (1, 26, 27, 28, 703)] == ["a", "z", "aa", "ab", "aaa"]


def test_names_of_renditions_are_short_enough_and_out_of_the_way_of_folders() -> None:
    long = "a" * 251 + ".txt"
    names = RenditionNames([long, "x.pdf/y.txt", "x"])
    assert len(os.fsencode(names.rendition_of(long))) <= 255
    assert names.rendition_of("x") == "x~2.pdf"


def test_a_file_without_a_reader_is_told_what_to_do() -> None:
    assert not can_read("application/zip")
    assert "unpack it before bagging" in why_not("application/zip", "x.zip")
    assert "export it as .mbox" in why_not(None, "x.pst")
    assert "format not recognised" in why_not(None, "x.xyz")


@pytest.mark.parametrize("identified", [None, "text/plain", "application/xml", "image/svg+xml"])
def test_a_drawing_is_read_as_one_whatever_identification_calls_it(identified: str | None) -> None:
    assert media_type_of(identified, "plan.svg") == "image/svg+xml"
