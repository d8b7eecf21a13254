"""Plain text: a blank line ends a paragraph, line ends in a paragraph stand, columns stay columns.

Nothing is lost: the texts of the blocks, put together, are the text of the file. The line ends between two paragraphs
stand at the end of the first one's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.model.blocks import Block, Document, Paragraph, Preformatted, Span
from archive.renditions.readers.decoding import decode_text

_LINE_END = r"(?>\r\n|\n|\r)"
_BLANK_LINES = re.compile(rf"{_LINE_END}(?:[ \t]*{_LINE_END})+|\Z")
_COLUMNS = re.compile(rf"\t|(?:^|{_LINE_END})[ ]{{2,}}\S|\S {{3,}}\S")


def read_plain(content: bytes, *, name: str, language: str | None, encoding: str | None) -> Document:
    """The document in a text file. Raises `RenditionError` when its bytes are not in the encoding."""
    text = decode_text(content, name=name, encoding=encoding, keep_line_ends=True)
    return Document(split_paragraphs(text), language=language)


def split_paragraphs(text: str) -> tuple[Block, ...]:
    """`text` as blocks. Lines set with tabs or runs of spaces are preformatted, for there the spaces say something."""
    return tuple(
        Preformatted(part) if _COLUMNS.search(part) else Paragraph((Span(part),)) for part in _cut_after_blank(text)
    )


def _cut_after_blank(text: str) -> Iterator[str]:
    start = 0
    for found in _BLANK_LINES.finditer(text):
        part = text[start : found.end()]
        # Blank lines before the first word belong to it: a block of nothing but white space is nobody's paragraph.
        if part and (part.strip() or found.end() == len(text)):
            yield part
            start = found.end()
