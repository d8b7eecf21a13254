"""Plain text: a blank line ends a paragraph, line ends in a paragraph are kept, columns stay columns.

Nothing is lost: the texts of the blocks, put together, are the text of the file. The line ends between two paragraphs
are put at the end of the first one's text. A form feed begins a new page; it stays in the text before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.formats.encodings import codec_of
from archive.model.blocks import Block, Document, PageBreak, Paragraph, Preformatted, Span
from archive.renditions.readers.decoding import decode_text, mark_of
from archive.renditions.readers.source import Source

_LINE_END = r"(?>\r\n|\n|\r)"
_BLANK_LINES = re.compile(rf"{_LINE_END}(?:[ \t]*{_LINE_END})+|\Z")
_COLUMNS = re.compile(rf"\t|(?:^|{_LINE_END})[ ]{{2,}}\S|\S {{3,}}\S")
_PAGES = re.compile(rf"\f+{_LINE_END}?")
_LINES_TOGETHER = 2_000
_XML_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:\-]{1,40})")


def read_plain(source: Source) -> Document:
    """The document in a text file. Raises `RenditionError` when its bytes are not in the encoding."""
    text = decode_text(source.content, name=source.name, encoding=source.encoding, keep_line_ends=True)
    return Document(split_paragraphs(text), language=source.language)


def read_lines(source: Source) -> Document:
    """A text whose lines say something as they are: JSON, source code, subtitles. Raises `RenditionError`."""
    text = decode_text(source.content, name=source.name, encoding=source.encoding, keep_line_ends=True)
    return Document(tuple(_fix_lines(text)), language=source.language)


def read_xml_text(source: Source) -> Document:
    """An XML file, as it is written; the declaration names its encoding (XML 1.0, 4.3.3). Raises `RenditionError`."""
    encoding = source.encoding
    if encoding is None and mark_of(source.content) is None:
        found = _XML_DECLARATION.match(source.content[:400])
        said = found[1].decode("ascii") if found is not None else None
        encoding = None if said is None or (codec_of(said) or "").startswith("utf-16") else said
    text = decode_text(source.content, name=source.name, encoding=encoding, keep_line_ends=True)
    return Document(tuple(_fix_lines(text)), language=source.language)


def split_paragraphs(text: str) -> tuple[Block, ...]:
    """`text` as blocks. Lines set with tabs or runs of spaces are preformatted, for there the spaces say something."""
    blocks: list[Block] = []
    for page in _cut_pages(text):
        if blocks and page:
            blocks.append(PageBreak())
        blocks += (
            Preformatted(part) if _COLUMNS.search(part) else Paragraph((Span(part),)) for part in _cut_after_blank(page)
        )
    return tuple(blocks)


def _cut_pages(text: str) -> Iterator[str]:
    """The pages of a text with form feeds, each with those at its end."""
    start = 0
    for found in _PAGES.finditer(text):
        if text[start : found.start()].strip():
            yield text[start : found.end()]
            start = found.end()
    yield text[start:]


def _cut_after_blank(text: str) -> Iterator[str]:
    start = 0
    for found in _BLANK_LINES.finditer(text):
        part = text[start : found.end()]
        # Blank lines before the first word belong to it: a block of nothing but white space is not a paragraph.
        if part and (part.strip() or found.end() == len(text)):
            yield part
            start = found.end()


def _fix_lines(text: str) -> Iterator[Block]:
    """Preformatted blocks of many lines each, so that no block is longer than is good for its drawing."""
    lines = text.splitlines(keepends=True)
    for first in range(0, len(lines), _LINES_TOGETHER):
        yield Preformatted("".join(lines[first : first + _LINES_TOGETHER]))
