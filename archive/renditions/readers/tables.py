"""CSV (RFC 4180): one table, its first row the headings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from archive.errors import RenditionError
from archive.model.blocks import Cell, Document, Paragraph, Span, Table
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.bounds import MOST_CELLS, MOST_CHARACTERS
from archive.renditions.readers.decoding import decode_text
from archive.renditions.readers.source import Source

_EMPTY = Cell(())
_EMPTY_HEAD = Cell((), header=True)


def read_csv(source: Source) -> Document:
    """The document in a CSV file. Fields are parted by comma; by semicolon or tab where the first row has no comma.

    Short rows are filled up with empty cells. Raises `RenditionError` on a wrong encoding or an unclosed quote.
    """
    text = decode_text(source.content, name=source.name, encoding=source.encoding)
    account = Account()
    account.meet(text)
    mark, text = _delimiter(text, account)
    limit = csv.field_size_limit(MOST_CHARACTERS)
    try:
        rows = list(_read_rows(text, mark, source.name))
    except csv.Error as error:
        raise RenditionError(f"not valid CSV: {error}", subject=source.name) from error
    finally:
        csv.field_size_limit(limit)
    if not rows:
        return Document((), language=source.language)
    account.place(mark * sum(len(row) - 1 for row in rows) + '"' * text.count('"'))
    width = max(len(row) for row in rows)
    if width * len(rows) > MOST_CELLS:
        raise RenditionError(
            f"it has {width * len(rows):,} cells, and at most {MOST_CELLS:,} are drawn", subject=source.name
        )
    cells = tuple(tuple(_fill(row, width, header=number == 0)) for number, row in enumerate(rows))
    blocks = (Table(cells),)
    return Document(blocks, language=source.language, dropped=account.settle(blocks))


def _read_rows(text: str, mark: str, name: str) -> Iterator[list[str]]:
    count = 0
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
        count += len(row)
        if count > MOST_CELLS:
            raise RenditionError(f"it has more than {MOST_CELLS:,} cells, too many to draw", subject=name)
        if row:
            yield row


def _delimiter(text: str, account: Account) -> tuple[str, str]:
    """What parts the fields, and the text without the line in which Excel names that ("sep=;")."""
    first, _, rest = text.partition("\n")
    if len(first) == 5 and first.startswith("sep="):
        account.place(first)
        return first[4], rest
    return next((mark for mark in (",", ";", "\t") if mark in first), ","), text


def _fill(row: list[str], width: int, *, header: bool) -> Iterator[Cell]:
    for value in row:
        yield Cell((Paragraph((Span(value),)),) if value else (), header)
    for _ in range(width - len(row)):
        yield _EMPTY_HEAD if header else _EMPTY
