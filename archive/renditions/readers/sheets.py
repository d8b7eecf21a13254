"""Workbooks (ISO/IEC 29500, SpreadsheetML): each sheet as a table of what its cells show."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import Block, Cell, Document, Heading, Paragraph, Span, Table
from archive.renditions.readers.accounting import Account, texts_in
from archive.renditions.readers.docx_drawings import parse_part
from archive.renditions.readers.ooxml_parts import Package
from archive.renditions.readers.packages import check_package, properties_of, read_member, transitional
from archive.renditions.readers.sheet_numbers import show_number, show_text
from archive.renditions.readers.sheet_parts import (
    comment_blocks,
    name_rules,
    read_comments,
    read_drawings,
    read_links,
    read_margins,
)
from archive.renditions.readers.sheet_styles import PLAIN_FONT, Font, Form, S, read_forms, read_string
from archive.renditions.readers.source import Source
from archive.renditions.readers.sparse import columns_to_show

_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_MOST_CELLS = 100_000
_NAMED = {
    "xl/vbaProject": "macros",
    "xl/pivotTables/": "the form of pivot tables",
    "xl/embeddings/": "embedded objects",
    "xl/externalLinks/": "links to other workbooks",
    "docProps/custom": "the workbook's own properties",
    "xl/slicers/": "slicers",
    "xl/ctrlProps/": "controls of forms",
    "_xmlsignatures/": "digital signatures",
}
Runs = tuple[tuple[str, Font], ...]


@dataclass(slots=True)
class _Book:
    """What the sheets of a workbook share."""

    package: Package
    name: str
    strings: list[Runs] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    epoch: datetime = datetime(1899, 12, 30)
    left: int = _MOST_CELLS

    @property
    def account(self) -> Account:
        return self.package.account


def read_workbook(source: Source) -> Document:
    """The document of an .xlsx: a heading and a table for each sheet, its comments, drawings and margins after it.

    Raises `RenditionError` when it is damaged or locked, or unpacks to more than it may.
    """
    names = check_package(source.content, source.name, "Excel")
    content = transitional(source.content, names)

    def part_of(member: str) -> Any:
        found = read_member(content, member)
        return parse_part(found) if found is not None else None

    book = _Book(Package(part_of, lambda member: read_member(content, member), Account()), source.name)
    root = part_of("xl/workbook.xml")
    if root is None:
        raise RenditionError("not readable as a workbook: it has no xl/workbook.xml", subject=source.name)
    properties = root.find(f"{S}workbookPr")
    if properties is not None and properties.get("date1904") in ("1", "true"):
        book.epoch = datetime(1904, 1, 1)
    strings = part_of("xl/sharedStrings.xml")
    book.strings = [
        read_string(one, book.account) for one in (strings.iterfind(f"{S}si") if strings is not None else ())
    ]
    book.forms = list(read_forms(part_of("xl/styles.xml")))
    targets = book.package.relations("xl/workbook.xml")
    blocks: list[Block] = []
    for sheet in root.iter(f"{S}sheet"):
        hidden = sheet.get("state") in ("hidden", "veryHidden")
        blocks += _read_sheet(book, sheet.get("name") or "", targets.get(sheet.get(_R_ID) or "", ("", ""))[1], hidden)
    for prefix, word in _NAMED.items():
        if any(member.startswith(prefix) for member in names):
            book.account.leave_out(word)
    title, author = properties_of(content)
    return Document(
        tuple(blocks), language=source.language, title=title, dropped=book.account.settle(blocks),
        creators=(author,) if author else (),
    )  # fmt: skip


def _read_sheet(book: _Book, name: str, member: str, hidden: bool) -> list[Block]:
    part = book.package.part(member) if member else None
    if part is None:
        book.account.leave_out(f"the sheet {name}, which is not in the file or not a table")
        return []
    relations = book.package.relations(member)
    links = read_links(part, relations, book.account)
    grid = _Grid(book, part, name, links)
    after: list[Block] = [
        *comment_blocks(read_comments(book.package, member), book.account),
        *read_drawings(book.package, member, book.name),
        *read_margins(part, book.account),
    ]
    name_rules(part, book.account)
    if hidden:
        text = " ".join(span.text for row in grid.rows for cell in row for span in cell)
        book.account.leave_out(f"the hidden sheet {name}", text)
        if after:
            book.account.leave_out(
                f"comments, drawings and margins of the hidden sheet {name}", " ".join(texts_in(after))
            )
        return []
    blocks: list[Block] = [Heading(1, (Span(book.account.own(name)),))]
    view = part.find(f"{S}sheetViews/{S}sheetView")
    turned = view is not None and view.get("rightToLeft") in ("1", "true")
    if grid.rows:
        cells = tuple(tuple(Cell((Paragraph(spans),) if spans else ()) for spans in row) for row in grid.rows)
        blocks.append(Table(cells, direction="rtl" if turned else "auto"))
    return [*blocks, *after]


class _Grid:
    """The cells of one sheet as spans, without empty rows, hidden rows and columns, and long gaps between columns."""

    def __init__(self, book: _Book, part: Any, name: str, links: dict[str, str]) -> None:
        self._book, self._account, self._links = book, book.account, links
        self._covered = _covered(part)
        hidden_columns = {
            at
            for one in part.iterfind(f"{S}cols/{S}col")
            if one.get("hidden") in ("1", "true")
            for at in range(_whole(one.get("min"), 1) - 1, min(_whole(one.get("max"), 1), 16_384))
        }
        rows: dict[int, dict[int, tuple[Span, ...]]] = {}
        unseen: list[str] = []
        number = 0
        for row in part.iterfind(f"{S}sheetData/{S}row"):
            number = int(row.get("r")) if (row.get("r") or "").isdigit() else number + 1
            gone = row.get("hidden") in ("1", "true")
            column = -1
            for cell in row.iterfind(f"{S}c"):
                found = _PLACE.fullmatch(cell.get("r") or "")
                column = _column(found[1]) if found is not None else column + 1
                spans = self._show(cell, number, column)
                if spans and (gone or column in hidden_columns):
                    unseen.append("".join(span.text for span in spans))
                elif spans:
                    rows.setdefault(number, {})[column] = spans
        if unseen:
            self._account.leave_out(f"hidden rows and columns of the sheet {name}", " ".join(unseen))
        width = 1 + max((max(cells) for cells in rows.values()), default=-1)
        filled = {at for cells in rows.values() for at in cells} | {at for at in hidden_columns if at < width}
        places, gone_columns = columns_to_show(width, filled)
        for what in gone_columns:
            self._account.leave_out(f"{what} of the sheet {name}")
        shown = [at for at in places if at not in hidden_columns]
        book.left -= len(shown) * len(rows)
        if book.left < 0:
            raise RenditionError(f"it has more than {_MOST_CELLS:,} cells, too many to draw")
        self.rows = [[cells.get(at, ()) for at in shown] for _, cells in sorted(rows.items())]

    def _show(self, cell: Any, row: int, column: int) -> tuple[Span, ...]:
        place = f"{cell.get('r') or ''}"
        style = _whole(cell.get("s"), 0)
        form = self._book.forms[style] if style < len(self._book.forms) else Form()
        spans = tuple(font.over(form.font).span(text) for text, font in self._runs(cell, form, place) if text)
        text = "".join(span.text for span in spans)
        self._account.meet(text)
        if text and (row, column) in self._covered:
            self._account.leave_out("what a joined cell hides", text)
            return ()
        if text and form.font.white:
            self._account.leave_out("the colour of white text, which is drawn in black")
        link = self._links.get(place)
        return tuple(replace(span, link=link) for span in spans) if link else spans

    def _runs(self, cell: Any, form: Form, place: str) -> Runs:
        kind = str(cell.get("t") or "n")
        stored: str | None = cell.findtext(f"{S}v")
        formula = cell.find(f"{S}f")
        if formula is not None and stored:
            self._account.leave_out("formulas; their stored results are drawn")
        elif formula is not None:
            said = self._account.own(f"{place}: ={formula.text or ''}")
            self._account.leave_out("a formula without a stored result", said)
        runs: Runs
        if kind == "inlineStr":
            inline = cell.find(f"{S}is")
            runs = read_string(inline, self._account) if inline is not None else ()
        elif stored is None:
            return ()
        elif kind == "s":
            at = _whole(stored, -1)
            if not 0 <= at < len(self._book.strings):
                self._account.leave_out(f"a text that the file does not have ({place})")
                return ()
            runs = self._book.strings[at]
        elif kind == "b":
            return (("TRUE" if stored == "1" else "FALSE", PLAIN_FONT),)
        elif kind == "n":
            return ((self._number(stored, form.code), PLAIN_FONT),)
        else:
            runs = ((stored, PLAIN_FONT),)
        return self._formed(runs, form.code)

    def _number(self, stored: str, code: str) -> str:
        shown = show_number(stored, code, self._book.epoch)
        if shown is None:
            self._account.leave_out(f"the form of numbers {code[:60]}; they are drawn as they are stored")
            return stored
        if not shown.strip() and stored:
            self._account.leave_out("a value that its format hides", self._account.own(stored))
        return shown

    def _formed(self, runs: Runs, code: str) -> Runs:
        """Texts with the words that their format puts around them."""
        if code in ("General", "@") or not ('"' in code or ";" in code):
            return runs
        text = "".join(part for part, _ in runs)
        shown = show_text(text, code)
        if shown == text:
            return runs
        if not shown.strip():
            self._account.leave_out("a value that its format hides", self._account.own(text))
            return ()
        return ((shown, PLAIN_FONT),)


def _covered(part: Any) -> frozenset[tuple[int, int]]:
    """The cells that joined ones lie over, but for the first of each (18.3.1.55)."""
    found: set[tuple[int, int]] = set()
    for one in part.iterfind(f"{S}mergeCells/{S}mergeCell"):
        first, _, last = (one.get("ref") or "").partition(":")
        start, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
        if start is None or end is None:
            continue
        rows = range(int(start[2]), int(end[2]) + 1)
        columns = range(_column(start[1]), _column(end[1]) + 1)
        if len(rows) * len(columns) <= _MOST_CELLS:
            found |= {(row, column) for row in rows for column in columns} - {(rows[0], columns[0])}
    return frozenset(found)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else otherwise
