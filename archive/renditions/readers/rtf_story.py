"""One text of an RTF file, the body or a note: its lines become paragraphs, headings and tables."""

from __future__ import annotations

from archive.model.blocks import Block, Cell, Direction, Heading, PageBreak, Paragraph, Span, Table
from archive.renditions.readers.inline import join


class Story:
    """Gathers runs into paragraphs and those into cells, rows and blocks. `label` is what precedes a note."""

    def __init__(self, kind: str = "body", label: str = "", who: str = "") -> None:
        self.kind, self.label, self.who = kind, label, who
        self.blocks: list[Block] = []
        self.spans: list[Span] = []
        self.in_table = False
        self.outline: int | None = None
        self._cell: list[Block] = []
        self._row: list[Cell] = []
        self._rows: list[tuple[Cell, ...]] = []

    def end_paragraph(self, direction: Direction) -> None:
        """End a paragraph; one without a word is only a gap."""
        spans, self.spans = join(self.spans), []
        if not any(span.text.strip() for span in spans):
            return
        if self.outline is not None and not self.in_table:
            self.add(Heading(min(self.outline + 1, 6), spans, direction=direction))
        else:
            self.add(Paragraph(spans, direction=direction))

    def add(self, block: Block) -> None:
        """A block of its own: into the cell that is open, or after the table that ends before it."""
        if self.in_table:
            self._cell.append(block)
        else:
            self.end_table()
            self.blocks.append(block)

    def end_cell(self, direction: Direction) -> None:
        self.in_table = True
        self.end_paragraph(direction)
        self._row.append(Cell(tuple(self._cell)))
        self._cell = []

    def end_row(self, direction: Direction) -> None:
        if self.spans or self._cell:
            self.end_cell(direction)
        if self._row:
            self._rows.append(tuple(self._row))
            self._row = []

    def end_table(self) -> None:
        if self._cell:
            self._row.append(Cell(tuple(self._cell)))
        if self._row:
            self._rows.append(tuple(self._row))
        if self._rows:
            self.blocks.append(Table(tuple(self._rows)))
        self._cell, self._row, self._rows = [], [], []

    def break_page(self, direction: Direction) -> None:
        """Begin a new page, but for one inside of a table."""
        self.end_paragraph(direction)
        if not self.in_table:
            self.end_table()
            if self.blocks and not isinstance(self.blocks[-1], PageBreak):
                self.blocks.append(PageBreak())

    def finish(self, direction: Direction) -> list[Block]:
        """All blocks, once the text has come to its end."""
        self.end_paragraph(direction)
        self.end_table()
        return self.blocks
