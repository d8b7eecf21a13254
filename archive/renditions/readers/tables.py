"""CSV (RFC 4180): one table, its first row the headings."""

from __future__ import annotations

import csv
import io

from archive.errors import RenditionError
from archive.model.blocks import Cell, Document, Paragraph, Span, Table
from archive.renditions.readers.decoding import decode_text


def read_csv(content: bytes, *, name: str, language: str | None, encoding: str | None) -> Document:
    """The document in a CSV file. Fields are parted by comma; by semicolon or tab where the first row has no comma.

    Short rows are filled up with empty cells. Raises `RenditionError` on a wrong encoding or an unclosed quote.
    """
    text = decode_text(content, name=name, encoding=encoding)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True) if row
        ]
    except csv.Error as error:
        raise RenditionError(f"it is no readable CSV: {error}", subject=name) from error
    if not rows:
        return Document((), language=language)
    width = max(len(row) for row in rows)
    cells = tuple(
        tuple(_cell(value, header=number == 0) for value in (*row, *[""] * (width - len(row))))
        for number, row in enumerate(rows)
    )
    return Document((Table(cells),), language=language)


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return next((mark for mark in (",", ";", "\t") if mark in first), ",")


def _cell(value: str, *, header: bool) -> Cell:
    return Cell((Paragraph((Span(value),)),) if value else (), header)
