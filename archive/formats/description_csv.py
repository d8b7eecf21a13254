"""metadata.csv in Archivematica's form: `filename` first, then repeated dc.x and dcterms.x columns, `dc.title[ar]` too.

Clause: Archivematica user manual, "Import metadata"; RFC 4180. Nothing in the table is lost: columns of other names are
kept as statements of their own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.formats.description_checks import judge_rights, judge_statement
from archive.formats.language import check_language
from archive.model.codes import description as codes
from archive.model.description import TERMS, Description, Statement
from archive.model.finding import Finding

NAME = "metadata.csv"
_COLUMN = re.compile(r"(?P<prefix>dc|dcterms)\.(?P<term>[A-Za-z]+)(?:\[(?P<language>[^\]]*)\])?", re.IGNORECASE)
_TERMS = {term.lower(): term for term in TERMS}


@dataclass(frozen=True, slots=True)
class _Column:
    term: str
    language: str | None


def read_table(content: bytes, name: str = NAME) -> tuple[Description, list[Finding]]:
    """The description in `content` and everything that is wrong with it.

    A line whose filename is empty, ".", "objects" or "objects/" is about the package; "objects/" and "data/original/"
    before a name are left out. Dates that are not EDTF stay as they are, with a warning.
    """
    findings: list[Finding] = []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Description((), name, content), [codes.MALFORMED.at(name, line=line, problem="it is not UTF-8")]
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    statements: list[Statement] = []
    try:
        columns = _read_header(next(rows, []), name, findings)
        if columns is not None:
            seen: set[str | None] = set()
            for row in rows:
                statements.extend(_read_row(row, columns, rows.line_num, name=name, findings=findings, seen=seen))
    except csv.Error as error:
        findings.append(codes.MALFORMED.at(name, line=rows.line_num, problem=str(error)[:200]))
    findings.extend(judge_rights(statements, name, None))
    return Description(tuple(statements), name, content), findings


def _read_header(header: list[str], name: str, findings: list[Finding]) -> list[_Column] | None:
    titles = [title.strip() for title in header]
    if not titles or titles[0].lower() not in ("filename", "parts"):
        problem = "its first column is not called filename, so it is no table in Archivematica's form"
        findings.append(codes.MALFORMED.at(name, line=1, problem=problem))
        return None
    columns = []
    for title in titles[1:]:
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


def _read_row(
    row: list[str], columns: list[_Column], line: int, *, name: str, findings: list[Finding], seen: set[str | None]
) -> Iterator[Statement]:
    if not any(cell.strip() for cell in row):
        return
    if len(row) > len(columns) + 1:
        problem = f"the line has {len(row)} cells, but the table has {len(columns) + 1} columns"
        findings.append(codes.MALFORMED.at(name, line=line, problem=problem))
        return
    about = _place(row[0].strip())
    if about in seen:
        findings.append(codes.DESCRIBED_TWICE.at(name, line=line, found=about or "the package"))
    seen.add(about)
    for column, cell in zip(columns, row[1:], strict=False):
        value = cell.strip()
        if not value:
            continue
        statement = Statement(column.term, value, language=column.language, about=about)
        findings.extend(
            one
            for one in judge_statement(statement, name, line, lenient_dates=True)
            if one.kind not in (codes.BAD_LANGUAGE, codes.LANGUAGE_FORM) or column.term == "language"
        )
        yield statement


def _place(filename: str) -> str | None:
    path = filename.removeprefix("./").removeprefix("/")
    for prefix in ("data/original/", "objects/"):
        path = path.removeprefix(prefix)
    return None if path in ("", ".", "objects") else path.rstrip("/")
