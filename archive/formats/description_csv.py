"""metadata.csv in Archivematica's form: `filename` first, then repeated dc.x and dcterms.x columns, `dc.title[ar]` too.

Clause: Archivematica user manual, "Import metadata"; RFC 4180. Nothing in the table is lost: columns of other names are
kept as statements of their own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from archive.formats.description_checks import judge_rights, judge_statement
from archive.formats.description_names import CSV_NAME
from archive.formats.encodings import is_encoding
from archive.formats.language import check_language
from archive.model.archival import ARCHIVAL, FALSE, TRUE
from archive.model.codes import description as codes
from archive.model.description import TERMS, Description, ReadingHint, Statement
from archive.model.finding import Finding
from archive.model.light import light_dataclass

NAME = CSV_NAME
_COLUMN = re.compile(r"(?P<prefix>dc|dcterms)\.(?P<term>[A-Za-z]+)(?:\[(?P<language>[^\]]*)\])?", re.IGNORECASE)
_FIRST_CELL = re.compile(r'\s*"?(?:filename|parts|source)"?[ ]*(?P<delimiter>[,;\t])', re.IGNORECASE)
_ARCHIVAL = re.compile(r"archival\.(?P<key>\w+)(?:\[(?P<language>[^\]]*)\])?", re.IGNORECASE)
_MARKS = {"yes": TRUE, "1": TRUE, "true": TRUE, "no": FALSE, "0": FALSE, "false": FALSE}
"""What spreadsheets write for a mark."""
_TERMS = {term.lower(): term for term in TERMS}


_AUTHORITY = ARCHIVAL["creator_authority"]
"""Its first column is about the creator of the first creator column, and so on, whether or not cells are empty."""

_HINTS = ("encoding", "direction")
"""Columns that say how a file is to be read; they describe nothing and are not kept as statements."""


@light_dataclass(frozen=True, slots=True)
class _Column:
    term: str
    language: str | None


def read_table(
    content: bytes, name: str = NAME, places: set[str | None] | None = None
) -> tuple[Description, list[Finding]]:
    """The description in `content` and everything that is wrong with it.

    `places`, an empty set, gets what the lines are about, as `place_of` has it, also of lines that state nothing about
    it.

    A line whose filename is empty, ".", "objects" or "objects/" is about the package; "objects/" and "data/original/"
    before a name are left out. Dates that are not EDTF stay as they are, with a warning. The table may be in UTF-8 or,
    with its mark, in UTF-16, and have commas, semicolons or tabs between its cells, as spreadsheets write them.
    """
    findings: list[Finding] = []
    text, problem, line = decode_text(content, ", in Excel as 'CSV UTF-8 (Comma delimited)'")
    if problem is not None:
        return Description((), name, content), [codes.MALFORMED.at(name, line=line, problem=problem)]
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter_of(text))
    statements: list[Statement] = []
    hints: list[ReadingHint] = []
    try:
        columns = _read_header(next(rows, []), name, findings)
        if columns is not None:
            seen: set[str | None] = set() if places is None else places
            for row in rows:
                statements.extend(_read_row(row, columns, rows.line_num, name=name, findings=findings, seen=seen))
                hints.extend(_read_hint(row, columns, rows.line_num, name, findings))
    except csv.Error as error:
        findings.append(codes.MALFORMED.at(name, line=rows.line_num, problem=str(error)[:200]))
    findings.extend(judge_rights(statements, name, None))
    return Description(tuple(statements), name, content, hints=tuple(hints)), findings


def decode_text(content: bytes, hint: str = "") -> tuple[str, str | None, int | None]:
    """The text in `content`, or what keeps it from being read and in which line.

    A mark tells UTF-16. Bytes of an older encoding are never guessed at: "é" and "ة" can be the same byte.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), None, None
        except UnicodeDecodeError:
            return "", "it begins as UTF-16, but is not UTF-16 to its end; save it as UTF-8", None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = (
            f"not valid UTF-8 (byte {content[error.start]} in this line), perhaps an older encoding such as"
            f" windows-1252; save it again as UTF-8{hint}"
        )
        return "", problem, line
    if "\0" in text:
        return "", "it has NUL characters, perhaps UTF-16 without its mark; save it as UTF-8", None
    return text, None, None


def delimiter_of(text: str) -> str:
    """What follows the first cell of the header: a comma, or what a spreadsheet of another country writes."""
    match = _FIRST_CELL.match(text)
    return match["delimiter"] if match else ","


def _read_header(header: list[str], name: str, findings: list[Finding]) -> list[_Column] | None:
    titles = [title.strip() for title in header]
    if not titles or titles[0].lower() not in ("filename", "parts"):
        problem = "its first column is not called filename, so it is not a table in Archivematica's form"
        findings.append(codes.MALFORMED.at(name, line=1, problem=problem))
        return None
    columns = []
    for title in titles[1:]:
        if title.lower() in _HINTS:
            columns.append(_Column(title.lower(), None))
            continue
        if title.lower().startswith("archival."):
            columns.append(_archival_column(title, name, findings))
            continue
        match = _COLUMN.fullmatch(title)
        term = _TERMS.get(match["term"].lower()) if match else None
        if match and term is None:
            findings.append(codes.UNKNOWN_KEY.at(name, line=1, found=title[:80], hint=""))
        if match is None or term is None:
            if title and match is None:
                findings.append(codes.OTHER_COLUMN.at(name, line=1, found=title[:80]))
            columns.append(_Column(f"other.{title or 'column'}", None))
            continue
        language = match["language"]
        if language is not None and not check_language(language).valid:
            problem = check_language(language).problem or ""
            findings.append(codes.BAD_LANGUAGE.at(name, line=1, key=title, found=language[:60], problem=problem))
        columns.append(_Column(term, language))
    return columns


def _archival_column(title: str, name: str, findings: list[Finding]) -> _Column:
    match = _ARCHIVAL.fullmatch(title)
    prop = ARCHIVAL.get(match["key"].lower()) if match else None
    if match is None or prop is None:
        findings.append(codes.UNKNOWN_KEY.at(name, line=1, found=title[:80], hint=""))
        return _Column(f"other.{title}", None)
    language = match["language"]
    if language is not None and not check_language(language).valid:
        problem = check_language(language).problem or ""
        findings.append(codes.BAD_LANGUAGE.at(name, line=1, key=title, found=language[:60], problem=problem))
    return _Column(prop, language)


def _read_row(
    row: list[str], columns: list[_Column], line: int, *, name: str, findings: list[Finding], seen: set[str | None]
) -> Iterator[Statement]:
    if not any(cell.strip() for cell in row):
        return
    if len(row) > len(columns) + 1:
        problem = f"the line has {len(row)} cells, but the table has {len(columns) + 1} columns"
        findings.append(codes.MALFORMED.at(name, line=line, problem=problem))
        return
    about = place_of(row[0].strip())
    if about in seen:
        findings.append(codes.DESCRIBED_TWICE.at(name, line=line, found=about or "the package"))
    seen.add(about)
    authorities = [cell.strip() for column, cell in zip(columns, row[1:], strict=False) if column.term == _AUTHORITY]
    creators = 0
    for column, cell in zip(columns, row[1:], strict=False):
        value, authority = cell.strip(), None
        if column.term == "creator":
            authority = authorities[creators] or None if creators < len(authorities) else None
            creators += 1
        if not value or column.term in _HINTS or column.term == _AUTHORITY:
            continue
        if column.term == ARCHIVAL["supplied_title"]:
            value = _MARKS.get(value.lower(), value)
        statement = Statement(column.term, value, language=column.language, about=about, authority=authority)
        findings.extend(
            one
            for one in judge_statement(statement, name, line, lenient_dates=True)
            if one.kind not in (codes.BAD_LANGUAGE, codes.LANGUAGE_FORM) or column.term == "language"
        )
        yield statement
    filled = [bool(cell.strip()) for column, cell in zip(columns, row[1:], strict=False) if column.term == "creator"]
    for number, authority in enumerate(authorities):
        if authority and not (number < len(filled) and filled[number]):
            findings.append(codes.AUTHORITY_ALONE.at(name, line=line, found=authority[:120], number=number + 1))


def _read_hint(
    row: list[str], columns: list[_Column], line: int, name: str, findings: list[Finding]
) -> Iterator[ReadingHint]:
    said: dict[str, str] = {}
    for column, cell in zip(columns, row[1:], strict=False):
        value = cell.strip()
        if not value or column.term not in _HINTS:
            continue
        known = is_encoding(value) if column.term == "encoding" else value in ("ltr", "rtl")
        if known:
            said[column.term] = value
        else:
            expected = "a known encoding" if column.term == "encoding" else "one of ltr, rtl"
            findings.append(
                codes.WRONG_TYPE.at(name, line=line, key=column.term, expected=expected, found=repr(value[:40]))
            )
    place = place_of(row[0].strip()) if row else None
    if said and place is not None:
        yield ReadingHint(place, said.get("encoding"), None, said.get("direction"))


def place_of(filename: str) -> str | None:
    """The path that a table's file name means, without objects/ or data/original/; None for the package."""
    path = filename.removeprefix("./").removeprefix("/")
    for prefix in ("data/original/", "objects/"):
        path = path.removeprefix(prefix)
    return None if path in ("", ".", "objects", "data/original") else path.rstrip("/")
