"""Reading metadata/rights.csv of an Archivematica transfer: the rights of files, line by line.

Clause: Archivematica user manual, "Import metadata", rights.csv: file, basis, status, jurisdiction, terms, citation,
note, grant_act, grant_restriction, grant_end_date, grant_note, doc_id_value.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from archive.formats.description_csv import decode_text, place_of
from archive.formats.edtf import is_day
from archive.model.codes import description as codes
from archive.model.description import Access, Statement
from archive.model.finding import Finding

NAME = "rights.csv"
_BASES = {"copyright": "copyright", "license": "license", "statute": "statute"}
_CLOSING_ACTS = frozenset({"disseminate", "publish", "display", "use", "replicate", ""})
"""Acts whose restriction keeps material from being given out; "migrate" or "delete" does not."""


def read_rights(content: bytes) -> tuple[list[Statement], list[Finding]]:
    """The statements in `content`, and everything that is wrong with it.

    A restriction "disallow" on an act of giving out makes the file closed, until `grant_end_date` where that is a day;
    "conditional" makes it restricted. A word that is not known is taken as restricted, with a finding.
    """
    text, problem, line = decode_text(content)
    if problem is not None:
        return [], [codes.MALFORMED.at(NAME, line=line, problem=problem)]
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter, restkey="")
    statements: list[Statement] = []
    findings: list[Finding] = []
    try:
        names = [(name or "").strip().lower() for name in rows.fieldnames or ()]
        if "file" not in names or "basis" not in names:
            problem = "it has no columns file and basis, so it is not a rights table in Archivematica's form"
            return [], [codes.MALFORMED.at(NAME, line=1, problem=problem)]
        rows.fieldnames = names
        for row in rows:
            cells = {name: value.strip() for name, value in row.items() if isinstance(value, str) and name}
            if any(cells.values()):
                statements += _read_row(cells, rows.line_num, findings)
    except csv.Error as error:
        findings.append(codes.MALFORMED.at(NAME, line=rows.line_num, problem=str(error)[:200]))
    return list(dict.fromkeys(statements)), findings


def _read_row(cells: Mapping[str, str], line: int, findings: list[Finding]) -> Iterator[Statement]:
    about = place_of(cells.get("file", ""))

    def said(prop: str, value: str) -> Iterator[Statement]:
        if value:
            yield Statement(prop, value, by=NAME, about=about)

    basis = cells.get("basis", "").lower()
    yield from said("rights.basis", _BASES.get(basis, "other") if basis else "")
    yield from said("rights.jurisdiction", cells.get("jurisdiction", ""))
    yield from said("rights.citation", cells.get("citation", ""))
    yield from said("rights.note", cells.get("note", ""))
    yield from said("license", cells.get("terms", "") if basis == "license" else "")
    document = cells.get("doc_id_value", "")
    yield from said("rights", document if "://" in document else "")
    yield from _read_grant(cells, about, line, findings)


def _read_grant(cells: Mapping[str, str], about: str | None, line: int, findings: list[Finding]) -> Iterator[Statement]:
    word, act, end = (cells.get(f"grant_{name}", "") for name in ("restriction", "act", "end_date"))
    if cells.get("grant_note"):
        yield Statement("rights.reason", cells["grant_note"], by=NAME, about=about)
    if not word or act.lower() not in _CLOSING_ACTS:
        return
    access = {"allow": Access.OPEN, "disallow": Access.CLOSED, "conditional": Access.RESTRICTED}.get(word.lower())
    if access is None:
        expected = "Allow, Disallow, Conditional"
        findings.append(
            codes.BAD_ACCESS.at(NAME, line=line, key="grant_restriction", found=word[:60], expected=expected)
        )
        access = Access.RESTRICTED
    if access is Access.CLOSED and is_day(end):
        access = Access.EMBARGOED
        yield Statement("available", end, by=NAME, about=about)
    yield Statement("accessRights", access.value, by=NAME, about=about)
