"""Many bags from one table: a row a bag, each with its source, its name and its description.

Clause: Archivematica user manual, "Import metadata", for the columns of a description. A row whose bag exists already
and holds the same files and the same description is skipped, so a run that was stopped continues where it ended.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from enum import Enum

from archive.errors import ArchiveError, FormatError, NotFoundError, UsageError, from_os_error
from archive.formats import description_csv
from archive.formats.description_csv import decode_text, delimiter_of, read_table
from archive.model.creation import CreationReport
from archive.model.finding import Outcome, Severity
from archive.model.light import light_dataclass
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.stages.creation.already_made import is_already_made
from archive.stages.creation.destination import find_destination

_LARGEST = 64 << 20
_SOURCES = ("source", "filename")

Make = Callable[[str, str, str | None], CreationReport]
"""Makes the bag of a source, under a name, with a description file."""


class RowState(Enum):
    """What became of a row."""

    MADE = "made"
    PLANNED = "would be made"
    ALREADY = "already there"
    REFUSED = "not made"
    FAILED = "failed"


@light_dataclass(frozen=True, slots=True)
class Row:
    """One bag to make. `source` is a path, `name` the bag's name, `table` its description, None where it has none."""

    line: int
    source: str
    name: str
    table: bytes | None


@light_dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row: the report of its creation, or the error that ended it.

    `bag` is the path of a bag that was there already.
    """

    row: Row
    state: RowState
    report: CreationReport | None = None
    error: ArchiveError | None = None
    bag: str = ""


def read_rows(path: str) -> list[Row]:
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
        seen[row.name] = row.line
    if not rows:
        raise UsageError("the table has no rows, so there is no bag to make", subject=path)
    return rows


def _row(path: str, line: int, header: list[str], cells: list[str]) -> Row:
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
    return Row(line, place, name or os.path.basename(os.path.abspath(place)), described)


def _table(columns: list[str], values: list[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["filename", *columns])
    writer.writerow(["objects", *values])
    return text.getvalue().encode("utf-8", "replace")


def make_all(
    rows: list[Row], to: str, make: Make, *, settings: Settings, wrap_bag: bool = False, dry_run: bool = False
) -> Iterator[RowResult]:
    """Make the bag of each row in the folder `to`, one after the other; an error ends its row, not the others.

    `settings` and `wrap_bag` are those that `make` works with: they decide which files a bag would hold, and so whether
    it is there already.
    """
    with tempfile.TemporaryDirectory(prefix="muniment-rows-") as folder:
        for row in rows:
            try:
                path = _write_table(row, folder)
                where = find_destination(
                    [row.source], to, name=row.name, in_place=False, settings=settings, wrap_bag=wrap_bag
                )
                if is_already_made(where, settings, path):
                    yield RowResult(row, RowState.ALREADY, bag=where.target)
                else:
                    yield _make(row, make, path, dry_run=dry_run)
            except ArchiveError as error:
                yield RowResult(row, RowState.FAILED, error=error)


def _write_table(row: Row, folder: str) -> str | None:
    if row.table is None:
        return None
    path = os.path.join(folder, description_csv.NAME)
    with open(path, "wb") as file:
        file.write(row.table)
    return path


def _make(row: Row, make: Make, path: str | None, *, dry_run: bool) -> RowResult:
    report = make(row.source, row.name, path)
    made = (
        RowState.MADE
        if report.created
        else RowState.PLANNED
        if dry_run and report.outcome is Outcome.INTACT
        else RowState.REFUSED
    )
    return RowResult(row, made, report)
