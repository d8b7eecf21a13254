"""The table of files that a new bag names in its fetch.txt: columns url, length, filename, and one for each digest."""

from __future__ import annotations

import re

from archive.errors import FormatError
from archive.formats.bagpath import unsafe_reason
from archive.formats.fetch import is_address
from archive.model.light import light_dataclass

_COLUMNS = ("url", "length", "filename")
MOST = 10_000_000
"""The most rows of a table."""


@light_dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that is elsewhere: its address, its length in bytes, its path in the payload, its digests in hex."""

    url: str
    size: int
    path: str
    digests: tuple[str, ...]


@light_dataclass(frozen=True, slots=True)
class RemoteFiles:
    """What the table says: the names of its digest columns, lower-case and without hyphens, and its rows."""

    algorithms: tuple[str, ...]
    files: tuple[RemoteFile, ...]


def read_remote_files(content: bytes, subject: str) -> RemoteFiles:
    """The table in `content`, UTF-8 with a header. Raises `FormatError` with the line of what is wrong.

    `filename` is relative to data/; its folders are separated by slashes. A digest column is called as its algorithm.
    """
    import csv
    import io

    from archive.formats.description_csv import decode_text, delimiter_of

    text, problem, line = decode_text(content)
    if problem is not None:
        raise FormatError(problem if line is None else f"{problem} (line {line})", subject=subject)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    found: list[RemoteFile] = []
    places: dict[str, int] = {}
    try:
        header = [title.strip().lower() for title in next(rows, [])]
        lacking = [name for name in _COLUMNS if name not in header]
        if lacking or len(set(header)) < len(header):
            why = f"it has no column {lacking[0]}" if lacking else "a column occurs twice"
            raise FormatError(
                f"{why} (line 1)", subject=subject, remedy="The columns are url, length, filename, sha256"
            )
        algorithms = tuple(title.replace("-", "") for title in header if title not in _COLUMNS)
        if not algorithms:
            raise FormatError("it has no column of digests (line 1)", subject=subject, remedy="Add a column sha256")
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(found) == MOST:
                raise FormatError(f"it has more than {MOST:,} rows", subject=subject)
            one, why = _read_row(header, row)
            if one is not None and not why:
                why = _note_place(places, one.path, rows.line_num)
            if one is None or why:
                raise FormatError(f"{why} (line {rows.line_num})", subject=subject)
            found.append(one)
    except csv.Error as error:
        raise FormatError(f"it is not a table: {error} (line {rows.line_num})", subject=subject) from error
    if not found:
        raise FormatError("it names no file", subject=subject)
    return RemoteFiles(algorithms, tuple(found))


def _read_row(header: list[str], row: list[str]) -> tuple[RemoteFile | None, str]:
    """The row, or what is wrong with it."""
    if len(row) != len(header):
        return None, f"it has {len(row)} cells, the header has {len(header)}"
    cells = {title: cell.strip() for title, cell in zip(header, row, strict=True)}
    url, length, path = (cells.pop(name) for name in _COLUMNS)
    if not is_address(url) or not url.isascii():
        return None, f"{url[:80]!r} is not an absolute URL in ASCII"
    if not re.fullmatch("[0-9]{1,19}", length):
        return None, f"the length {length[:40]!r} is not a whole number of bytes"
    reason = unsafe_reason(path.encode("utf-8", "surrogatepass"))
    if reason is not None:
        return None, f"the filename {path[:80]!r} cannot be a path in the payload: {reason}"
    for title, digest in cells.items():
        if not digest:
            return None, f"it has no {title} digest, and every payload manifest lists every file"
        if not re.fullmatch("[0-9a-fA-F]{8,256}", digest):
            return None, f"the {title} digest {digest[:80]!r} is not hexadecimal"
    return RemoteFile(url, int(length), f"data/{path}", tuple(cells[title].lower() for title in cells)), ""


def _note_place(places: dict[str, int], path: str, line: int) -> str:
    """Why the path cannot be there beside the rows above; empty when it can. Folders are noted as 0."""
    if path in places:
        return f"{path} is in line {places[path]} already" if places[path] else f"{path} is a folder of another row"
    folder = path
    while (folder := folder.rpartition("/")[0]) and folder != "data":
        if places.setdefault(folder, 0):
            return f"{folder} is a file in line {places[folder]}, so no file can be in it"
    places[path] = line
    return ""
