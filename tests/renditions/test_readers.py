"""Plain text, CSV, e-mail, pictures: what is read, what is refused, nothing guessed."""

from __future__ import annotations

import csv
import io
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import RenditionError
from archive.model.blocks import Document, Heading, Image, Paragraph, Preformatted, Table, texts_in_order
from archive.renditions.readers import media_type_of, read_document
from archive.renditions.readers.pictures import MOST_PIXELS
from tests.support.documents import ARABIC, message, picture


def _read(content: bytes, kind: str, name: str = "x", **more: str) -> Document:
    document = read_document(content, kind, name=name, **more)
    assert document is not None
    return document


def _text(document: Document) -> str:
    return "".join(
        block.text if isinstance(block, Preformatted) else "".join(span.text for span in block.spans)
        for block in document.blocks
        if isinstance(block, Preformatted | Paragraph | Heading)
    )


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_a_text_s_blocks_put_together_are_the_text(text: str) -> None:
    content = text.encode()
    assert _text(_read(content, "text/plain")) == text.removeprefix("\ufeff")


def test_blank_lines_part_paragraphs_and_line_ends_stay() -> None:
    document = _read(b"One,\r\ntwo.\r\n\r\nThree.\n", "text/plain")
    assert [b.spans[0].text for b in document.blocks if isinstance(b, Paragraph)] == [
        "One,\r\ntwo.\r\n\r\n", "Three.\n"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["a\tb", "name    value", "one\n    two\n"])
def test_columns_are_preformatted(text: str) -> None:
    assert isinstance(_read(text.encode(), "text/plain").blocks[0], Preformatted)


def test_a_mark_is_not_text_and_an_empty_file_is_an_empty_document() -> None:
    assert _text(_read(b"\xef\xbb\xbfa", "text/plain")) == "a"
    assert _read(b"", "text/plain").blocks == ()


def test_another_encoding_only_when_declared() -> None:
    content = ARABIC.encode("windows-1256")
    with pytest.raises(RenditionError, match=r"not valid UTF-8 \(byte \d+\).*--encoding windows-1256"):
        _read(content, "text/plain")
    assert _text(_read(content, "text/plain", encoding="windows-1256")) == ARABIC


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("kind", ["text/plain", "text/markdown", "text/csv", "text/html", "application/json"])
def test_a_byte_order_mark_declares_the_encoding(codec: str, kind: str) -> None:
    document = _read(f"\ufeff{ARABIC}".encode(codec), kind)
    assert "".join(texts_in_order(document.blocks)) == ARABIC
    stated = _read(f"\ufeff{ARABIC}".encode(codec), kind, encoding="windows-1252")
    assert stated.blocks == document.blocks


def test_a_marked_text_that_was_cut_off_is_refused() -> None:
    with pytest.raises(RenditionError, match="mark says UTF-16, but byte"):
        _read(f"\ufeff{ARABIC}".encode("utf-16-le")[:-1], "text/plain")


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", "idna\x00"])
def test_an_unknown_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(RenditionError, match=r"the encoding .* is not known"):
        _read(b"x", "text/plain", encoding=encoding)


def test_bytes_that_do_not_fit_the_declared_encoding_are_refused() -> None:
    with pytest.raises(RenditionError, match="stated encoding cp1252: byte 3"):
        _read(b"ab\x81", "text/plain", encoding="cp1252")


def test_no_reader_no_document() -> None:
    assert read_document(b"", "application/octet-stream", name="x") is None


def test_the_name_refines_plain_text_only() -> None:
    assert media_type_of("text/plain", "notes.MD") == "text/markdown"
    assert media_type_of("text/plain; charset=utf-8", "mail.eml") == "message/rfc822"
    assert media_type_of("image/png", "notes.md") == "image/png"
    assert media_type_of(None, "table.csv") == "text/csv"
    assert media_type_of("application/xhtml+xml", "x") == "text/html"
    assert media_type_of(None, "README") is None


def _rows(document: Document) -> list[list[str]]:
    table = document.blocks[0]
    assert isinstance(table, Table)
    return [[_text(Document(cell.blocks)) for cell in row] for row in table.rows]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.text('ab ,;"\nم', max_size=5), min_size=2, max_size=2), min_size=1, max_size=5))
def test_a_csv_comes_back_field_by_field(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["head", "er"], *rows])
    assert _rows(_read(written.getvalue().encode(), "text/csv")) == [["head", "er"], *rows]


def test_a_csv_s_first_row_is_its_head_and_short_rows_are_filled() -> None:
    document = _read("الاسم;المكان\nأحمد\n".encode(), "text/csv")
    assert _rows(document) == [["الاسم", "المكان"], ["أحمد", ""]]
    table = document.blocks[0]
    assert isinstance(table, Table)
    assert [[cell.header for cell in row] for row in table.rows] == [[True, True], [False, False]]


def test_an_empty_csv_is_an_empty_document() -> None:
    assert _read(b"\n\n", "text/csv").blocks == ()


@pytest.mark.parametrize("content", [b'a,"b\nc', b'a,"b"c\n'])
def test_a_broken_csv_is_refused(content: bytes) -> None:
    with pytest.raises(RenditionError, match="not valid CSV"):
        _read(content, "text/csv")


def test_a_message_has_headers_text_and_a_list_of_attachments() -> None:
    document = _read(message(), "message/rfc822")
    assert ["Subject", "Statement of 15 November"] in _rows(document)
    assert document.title == "Statement of 15 November"
    assert "please find the list attached." in _text(document)
    attached = document.blocks[-1]
    assert isinstance(attached, Table)
    assert [cell.blocks[0].spans[0].text for cell in attached.rows[1]] == ["قائمة.csv", "text/csv", "19"]  # type: ignore[union-attr]


def test_a_message_of_html_alone_is_read_as_html() -> None:
    mail = EmailMessage()
    mail["Subject"] = "x"
    mail.set_content("<script>bad()</script><p>Words</p>", subtype="html")
    document = _read(mail.as_bytes(), "message/rfc822")
    assert _text(document) == "Words"
    assert document.dropped == ("script",)


def test_encoded_and_raw_headers_are_read_and_others_refused() -> None:
    raw = "Subject: بيان\nFrom: a@example.org\n\nx\n".encode()
    assert ["Subject", "بيان"] in _rows(_read(raw, "message/rfc822"))
    unknown = _read("Subject: بيان\n\nx\n".encode("windows-1256"), "message/rfc822")
    assert any("header Subject" in name for name in unknown.dropped)
    stated = _read("Subject: بيان\n\nx\n".encode("windows-1256"), "message/rfc822", encoding="windows-1256")
    assert ["Subject", "بيان"] in _rows(stated)


def test_a_part_s_own_charset_counts_and_is_strict() -> None:
    head = b"Subject: x\nContent-Type: text/plain; charset=%s\nContent-Transfer-Encoding: 8bit\n\n"
    body = ARABIC.encode("windows-1256")
    assert _text(_read(head % b"windows-1256" + body, "message/rfc822")) == ARABIC
    with pytest.raises(RenditionError, match="not valid UTF-8"):
        _read(head % b"us-ascii" + body, "message/rfc822")
    with pytest.raises(RenditionError, match=r"the encoding .* is not known"):
        _read(head % b"klingon" + body, "message/rfc822")


def test_what_is_no_message_is_refused() -> None:
    with pytest.raises(RenditionError, match="not an e-mail message"):
        _read(b"just words\n", "message/rfc822")


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_after_a_header_end_in_a_document_or_a_refusal(noise: bytes) -> None:
    refused, document = "", None
    try:
        document = read_document(b"Subject: x\n" + noise, "message/rfc822", name="x")
    except RenditionError as error:
        refused = error.problem
    assert document is not None or refused


@pytest.mark.parametrize(("form", "kind"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_picture_keeps_its_own_bytes(form: str, kind: str) -> None:
    content = picture(form)
    assert _read(content, kind, alternative="A street").blocks == (Image(content, kind, "A street"),)


def test_every_frame_of_a_tiff_is_a_picture() -> None:
    blocks = _read(picture("TIFF", frames=2), "image/tiff", alternative="A letter").blocks
    assert [b.alternative for b in blocks if isinstance(b, Image)] == ["A letter (1/2)", "A letter (2/2)"]
    assert _read(picture("TIFF"), "image/tiff").blocks[0].alternative is None  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/tiff"])
def test_a_damaged_picture_is_refused(kind: str) -> None:
    form = kind.removeprefix("image/").upper()
    for content in (b"", b"no picture", picture(form)[:60]):
        with pytest.raises(RenditionError, match="damaged or not readable"):
            _read(content, kind)


def test_a_picture_that_would_swell_is_refused() -> None:
    swollen = bytearray(picture())
    # Width and height in the IHDR chunk, and its checksum.
    swollen[16:24] = (60_000).to_bytes(4, "big") + (MOST_PIXELS // 60_000 + 1).to_bytes(4, "big")
    import zlib

    swollen[29:33] = zlib.crc32(bytes(swollen[12:29])).to_bytes(4, "big")
    with pytest.raises(RenditionError, match="too large to draw"):
        _read(bytes(swollen), "image/png")
