"""Nothing falls through: the whole text of a source is in the sum of what is drawn and what is named as left out."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from archive.model.blocks import Block, Heading, Paragraph, Span
from archive.renditions.readers import DOCX, ODT, XLSX, read_document
from archive.renditions.readers.accounting import Account, closing_blocks, texts_in
from tests.renditions.torture import mail_documents, markup_documents, office_documents, text_documents
from tests.renditions.torture.cases import Case
from tests.support.documents import samples

_WORDS = re.compile(r"[^\W\d_]{3,}")
_MARKUP = re.compile(r"<(script|style|annotation)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_PARTS = re.compile(
    r"word/(?:document|footnotes|endnotes|comments|header\d+|footer\d+)\.xml|content\.xml|xl/sharedStrings\.xml"
)


def _words(texts: Iterable[str]) -> Counter[str]:
    return Counter(word.casefold() for text in texts for word in _WORDS.findall(text))


def _source_texts(kind: str, content: bytes) -> list[str]:
    """The texts of a source, taken from it by other means than the readers'."""
    if kind in (DOCX, ODT, XLSX):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            roots = [etree.fromstring(package.read(name)) for name in package.namelist() if _PARTS.fullmatch(name)]
        for root in roots:
            for twin in root.iter("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"):
                twin.clear()
        silent = ("instrText", "posOffset", "f")
        return [
            element.text
            for root in roots
            for element in root.iter(etree.Element)
            if element.text and etree.QName(element).localname not in silent
        ]
    return [_MARKUP.sub(" ", content.decode())]


def _links(blocks: Iterable[Block]) -> list[str]:
    return re.findall(r"link='([^']*)'", repr(tuple(blocks)))


_TEXTS = [
    Case(name, kind, content)
    for name, content in samples().items()
    for ending, kind in ((".txt", "text/plain"), (".md", "text/markdown"), (".html", "text/html"), (".csv", "text/csv"),
                         (".docx", DOCX))
    if name.endswith(ending)
]  # fmt: skip
_EVERY = [
    *_TEXTS,
    *(case for case in markup_documents.CASES if case.kind == "text/html"),
    *office_documents.CASES,
    *(case for case in text_documents.CASES if case.encoding is None and b"encoding=" not in case.content
      and case.content[:2] not in (b"\xff\xfe", b"\x00\x00") and not case.absent),
]  # fmt: skip


@pytest.mark.parametrize("case", _EVERY, ids=lambda case: case.name)
def test_every_word_of_a_source_is_drawn_or_named(case: Case) -> None:
    document = read_document(case.content, case.kind, name="document")
    assert document is not None
    kept = _words([*texts_in(document.blocks), *document.dropped, document.title or "", *_links(document.blocks)])
    lost = {
        word: count
        for word, count in _words(_source_texts(case.kind, case.content)).items()
        if word not in kept and not any(word in one for one in kept)
    }
    assert not lost


@pytest.mark.parametrize("case", mail_documents.CASES, ids=lambda case: case.name)
def test_every_part_of_a_message_is_drawn_listed_or_named(case: Case) -> None:
    """The words in capitals are those of the parts: each must be in the sum."""
    document = read_document(case.content, case.kind, name="document")
    assert document is not None
    kept = "".join([*texts_in(document.blocks), *document.dropped])
    for word in ("FIRST", "SECOND", "INNERWORDS", "HEARING", "REMARK", "ONLY HERE", "MORE WORDS", "HIDDEN WORDS"):
        assert word in kept or word.encode() not in case.content


_TAGS = ("p", "div", "b", "s", "td", "table", "tr", "ul", "ol", "li", "pre", "svg", "select", "option",
         "q", "novelty", "details", "template", "iframe", "math", "mi", "h2", "blockquote", "caption", "dl",
         "dt", "body", "head", "html", "noscript", "picture", "source", "label", "button", "fieldset", "legend",
         "optgroup", "tbody", "thead", "th", "col", "dialog", "object", "video", "ruby", "rt", "sup", "center", "main",
         "datalist", "menuitem", "marquee", "frameset", "meter", "aside", "details",
         "summary")  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(_TAGS), st.booleans(), st.booleans()), max_size=12))
def test_no_nesting_of_elements_loses_a_word(parts: list[tuple[str, bool, bool]]) -> None:
    page = "<body>" + "".join(
        f"{'</' if closing else '<'}{tag}{' hidden' if hidden and not closing else ''}>w{number}x "
        for number, (tag, closing, hidden) in enumerate(parts)
    )
    document = read_document(page.encode(), "text/html", name="page.html")
    assert document is not None
    assert not any("could not be placed" in name for name in document.dropped), document.dropped
    kept = " ".join([*texts_in(document.blocks), *document.dropped, document.title or ""])
    cut = any("…" in name for name in document.dropped)
    assert cut or not [number for number in range(len(parts)) if f"w{number}x" not in kept]


def test_markdown_that_is_nested_too_deeply_is_named() -> None:
    document = read_document(b"> " * 3_000 + b"deep words", "text/markdown", name="notes.md")
    assert document is not None
    assert any("nested too deeply" in name for name in document.dropped)


def test_a_text_that_a_reader_loses_is_named() -> None:
    account = Account()
    account.meet("drawn and lost")
    blocks = (Paragraph((Span("drawn"),)),)
    assert account.settle(blocks) == ("7 characters of its text that could not be placed: A D L N O S T",)


def test_names_are_given_once_with_their_number() -> None:
    account = Account()
    for _ in range(3):
        account.leave_out("script")
    assert account.settle(()) == ("script (3 times)",)


def test_the_last_page_lists_what_is_left_out() -> None:
    assert closing_blocks(()) == ()
    blocks = closing_blocks(("script", "iframe a.html"))
    assert any(isinstance(block, Heading) for block in blocks)
    assert {"script", "iframe a.html"} <= set(texts_in(blocks))
