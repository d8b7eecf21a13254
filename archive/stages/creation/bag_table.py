"""The table of a batch: a row a bag, each with its source, its name and its description.

Clause: Archivematica user manual, "Import metadata", for the columns of a description.
"""

from __future__ import annotations

import csv
import io
import os

from archive.errors import FormatError, NotFoundError, UsageError, from_os_error
from archive.formats.description_csv import decode_text, delimiter_of, read_table
from archive.model.batch import BagOrder
from archive.model.finding import Severity
from archive.regular_files import open_regular

_LARGEST = 64 << 20
_SOURCES = ("source", "filename")


def read_rows(path: str) -> list[BagOrder]:
    """The rows of the table at `path`; sources are relative to its folder. Nothing is made before all of it is right.

    Raises `NotFoundError`, `UsageError`, and `FormatError` with the line of the first thing that is wrong.
    """
    try:
        if os.path.getsize(path) > _LARGEST:
            raise UsageError("this is too large for a table of bags", subject=path)
        with open_regular(path) as file:
            content = file.read()
    except FileNotFoundError as error:
        raise NotFoundError("there is no such table", subject=path) from error
    except OSError as error:
        raise from_os_error(error, path) from error
    text, problem, line = decode_text(content, ", in Excel as 'CSV UTF-8 (Comma delimited)'")
    if problem is not None:
        raise FormatError(problem if line is None else f"{problem} (line {line})", subject=path)
    table = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter_of(text))
    try:
        header = [title.strip() for title in next(table, [])]
        if not header or header[0].lower() not in _SOURCES:
            raise FormatError("the first column is not called source or filename (line 1)", subject=path)
        rows = [_row(path, table.line_num, header, cells) for cells in table if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise FormatError(f"{error} (line {table.line_num})", subject=path) from error
    seen: dict[str, int] = {}
    for row in rows:
        if row.name in seen:
            problem = f"line {row.line} makes a bag of the same name as line {seen[row.name]}: {row.name}"
            raise FormatError(problem, subject=path, remedy="Give one of them a name in the column `name`")
        seen[row.name] = row.line or 0
    if not rows:
        raise UsageError("the table has no rows, so there is no bag to make", subject=path)
    return rows


def _row(path: str, line: int, header: list[str], cells: list[str]) -> BagOrder:
    if len(cells) > len(header):
        raise FormatError(f"line {line} has {len(cells)} cells, but the table has {len(header)} columns", subject=path)
    source = cells[0].strip()
    if not source:
        raise FormatError(f"line {line} names no source", subject=path)
    name, columns, values = "", [], []
    for title, cell in zip(header[1:], cells[1:], strict=False):
        if title.lower() == "name":
            name = cell.strip()
        elif cell.strip():
            columns.append(title)
            values.append(cell)
    place = os.path.join(os.path.dirname(os.path.abspath(path)), source)
    described = _table(columns, values) if columns else None
    if described is not None:
        wrong = next((one for one in read_table(described)[1] if one.severity is Severity.ERROR), None)
        if wrong is not None:
            raise FormatError(f"line {line}: {wrong.message}", subject=path, remedy=wrong.remedy)
    return BagOrder(place, name or os.path.basename(os.path.abspath(place)), described, line)


def _table(columns: list[str], values: list[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["filename", *columns])
    writer.writerow(["objects", *values])
    return text.getvalue().encode("utf-8", "replace")
