"""HTML and Markdown: structure kept, nothing run, nothing fetched, what is left out is listed."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import RenditionError
from archive.model.blocks import (
    Block,
    BulletList,
    Document,
    Heading,
    Image,
    Paragraph,
    Preformatted,
    Quote,
    Span,
    Table,
)
from archive.renditions.readers import read_document
from tests.support.documents import ARABIC, MARKDOWN, PAGE, picture


def _html(text: str, **more: str) -> Document:
    document = read_document(text.encode(), "text/html", name="page.html", **more)
    assert document is not None
    return document


def _markdown(text: str) -> Document:
    document = read_document(text.encode(), "text/markdown", name="notes.md")
    assert document is not None
    return document


def _flat(blocks: tuple[Block, ...]) -> list[str]:
    """A line for each block: its kind and text."""
    lines = []
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                lines.append(f"{type(block).__name__} {''.join(span.text for span in block.spans)}")
            case Preformatted():
                lines.append(f"Preformatted {block.text}")
            case Quote():
                lines += [f"> {line}" for line in _flat(block.blocks)]
            case BulletList():
                lines += [f"{block.start or '-'} {line}" for item in block.items for line in _flat(item.blocks)]
            case Table():
                lines += ["| " + " | ".join(" ".join(_flat(cell.blocks)) for cell in row) for row in block.rows]
            case Image():
                lines.append(f"Image {block.alternative}")
    return lines


def test_a_page_becomes_blocks() -> None:
    document = _html(PAGE)
    assert _flat(document.blocks) == [
        "Heading Head",
        "Paragraph Text with bold,\na line end and a link.",
        "- Paragraph one",
        "- Paragraph two",
        "- 3 Paragraph three",
        "| Paragraph Name | Paragraph Place",
        "| Paragraph both | ",
        "> Paragraph quoted",
        "Preformatted fixed\n  text",
        "Paragraph a photograph",
        f"Paragraph {ARABIC}",
    ]
    assert document.title == "A page"
    assert document.language == "en"
    last = document.blocks[-1]
    assert isinstance(last, Paragraph)
    assert (last.language, last.direction) == ("ar", "rtl")


def test_what_a_page_would_fetch_or_run_is_listed() -> None:
    page = (
        '<link rel="stylesheet" href="https://example.org/s.css"><meta http-equiv="refresh" content="0;url=x">'
        '<script>bad()</script><iframe src="https://example.org/f"></iframe><object data="m.swf"></object>'
        '<img src="https://example.org/p.png"><p onclick="x()">words</p><svg><text>drawn</text></svg>'
    )
    document = _html(page)
    assert _flat(document.blocks) == ["Paragraph words"]
    assert set(document.dropped) == {
        "style sheet https://example.org/s.css", "refresh 0;url=x", "script", "iframe https://example.org/f",
        "object m.swf", "picture https://example.org/p.png", "1 event handlers", "svg: drawn",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("JavaScript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("/relative", None),
        ("#part", None),
    ],
)
def test_only_absolute_harmless_links_become_links(address: str, link: str | None) -> None:
    paragraph = _html(f'<p><a href="{address}">x</a></p>').blocks[0]
    assert isinstance(paragraph, Paragraph)
    assert paragraph.spans == (Span("x", link=link),)


def test_a_picture_in_the_page_itself_is_drawn() -> None:
    data = base64.b64encode(picture()).decode()
    document = _html(f'<p>before<img src="data:image/png;base64,{data}" alt="A street">after</p>')
    assert _flat(document.blocks) == ["Paragraph before", "Image A street", "Paragraph after"]
    broken = _html('<img src="data:image/png;base64,AAAA" alt="nothing">')
    assert _flat(broken.blocks) == ["Paragraph nothing"]
    assert broken.dropped


def test_white_space_collapses_and_nbsp_does_not() -> None:
    assert _flat(_html("<p> a\n <b> b</b>\t c\u00a0\u00a0d <br> e </p>").blocks) == ["Paragraph a b c\u00a0\u00a0d\ne"]


def test_spans_over_rows_leave_empty_cells() -> None:
    page = "<table><tr><td rowspan=2>a<td>b<tr><td>c<tr><td>d<td>e<td>f</table>"
    assert _flat(_html(page).blocks) == [
        "| Paragraph a | Paragraph b | ", "|  | Paragraph c | ", "| Paragraph d | Paragraph e | Paragraph f",
    ]  # fmt: skip


def test_text_between_list_items_is_not_lost() -> None:
    assert _flat(_html("<ul>stray<li>one</li>more</ul>").blocks) == [
        "- Paragraph stray", "- Paragraph one", "- Paragraph more"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b'<meta charset="windows-1256"><p>' + ARABIC.encode("windows-1256"),
        b'<?xml version="1.0" encoding="windows-1256"?><html><body><p>' + ARABIC.encode("windows-1256"),
        ("\ufeff<p>" + ARABIC).encode("utf-16-le"),
        ("\ufeff<p>" + ARABIC).encode(),
    ],
)
def test_a_page_s_own_word_for_its_encoding_counts(content: bytes) -> None:
    document = read_document(content, "text/html", name="x")
    assert document is not None
    assert _flat(document.blocks) == [f"Paragraph {ARABIC}"]


def test_a_page_without_a_word_is_utf_8_or_refused() -> None:
    with pytest.raises(RenditionError, match="not valid UTF-8"):
        read_document(b"<p>" + ARABIC.encode("windows-1256"), "text/html", name="x")


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "ul", "table><tr><td"])
def test_great_depth_ends_in_text(tag: str) -> None:
    assert "deep" in str(_html(f"<{tag}>" * 600 + "deep").blocks)
    with pytest.raises(RenditionError, match="nested too deeply"):
        _html(f"<{tag}>" * 5_000 + "deep")


@pytest.mark.parametrize("text", ["", "   ", "<!-- only a comment -->", "<html></html>"])
def test_an_empty_page_is_an_empty_document(text: str) -> None:
    assert _html(text).blocks == ()


@settings(deadline=None, max_examples=60)
@given(st.text("<>/=\"' abdivtrhulopre&;#x0\x00\x0b\ud7ff", max_size=120))
def test_any_markup_ends_in_a_document(text: str) -> None:
    assert isinstance(_html(text), Document)


def test_markdown_becomes_blocks() -> None:
    document = _markdown(MARKDOWN)
    assert _flat(document.blocks) == [
        "Heading Findings",
        "Paragraph The first sample shows code, a link and a map.",
        "> Paragraph A quote of two lines",
        "1 Paragraph one",
        "1 Paragraph two",
        "1 - Paragraph inner",
        "| Paragraph Name | Paragraph Place",
        "| Paragraph A | Paragraph Douma",
        "Preformatted fixed   text",
    ]
    assert document.title == "Findings"
    assert document.dropped == ("picture map.png",)
    paragraph = document.blocks[1]
    assert isinstance(paragraph, Paragraph)
    assert Span("link", link="https://example.org/a?b=c") in paragraph.spans
    assert Span("sample", bold=True) in paragraph.spans
    assert Span("code", code=True) in paragraph.spans


def test_html_in_markdown_is_read_and_not_run() -> None:
    document = _markdown("before<br>after <b>x</b>\n\n<script>bad()</script>\n\n<p>a <i>block</i></p>\n")
    assert _flat(document.blocks) == ["Paragraph before\nafter x", "Paragraph a block"]
    assert document.blocks[0].spans[1] == Span("x", bold=True)  # type: ignore[union-attr]
    assert document.dropped == ("script",)


def test_markdown_links_are_held_to_the_same_rule() -> None:
    paragraph = _markdown("[x](javascript:alert(1)) [y](data:text/html,z) [z](relative.html)").blocks[0]
    assert isinstance(paragraph, Paragraph)
    assert all(span.link is None for span in paragraph.spans)


def test_markdown_nested_without_end_ends() -> None:
    assert isinstance(_markdown("> " * 3_000 + "deep"), Document)
    assert isinstance(_markdown("[" * 3_000), Document)
