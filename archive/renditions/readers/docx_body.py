"""Walks the body of a Word document and makes blocks of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import (
    Block,
    BulletList,
    Cell,
    Direction,
    Heading,
    Image,
    ListItem,
    Paragraph,
    Span,
    Table,
)
from archive.renditions.readers.inline import LINE_BREAK, Style, join
from archive.renditions.readers.links import absolute_link
from archive.renditions.readers.pictures import PICTURES, read_picture

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_DEEPEST = 40
_GONE = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_W}instrText"})


class BodyReader:
    """Reads body elements into blocks; `dropped` says what was left out."""

    def __init__(self, document: Any, name: str) -> None:
        self.part = document.part
        self.name = name
        self.dropped: list[str] = []
        self._styles = {style.style_id: style for style in document.styles}
        self._numbered = _read_numbering(document)

    def read(self, body: Any, depth: int = 0) -> list[Block]:
        """The blocks of `body`: neighbouring items of one list become a list."""
        blocks: list[Block] = []
        items: list[tuple[int, bool, list[Block]]] = []
        for element in _flatten(body, depth):
            listed = self._list_level(element) if element.tag == f"{_W}p" else None
            made = self._read_element(element, depth)
            if listed is not None and made:
                items.append((*listed, made))
                continue
            if made:
                blocks += _nest(items)
                items = []
                blocks += made
        return [*blocks, *_nest(items)]

    def _read_element(self, element: Any, depth: int) -> list[Block]:
        if element.tag == f"{_W}tbl":
            return self._read_table(element, depth)
        return self._read_paragraph(element)

    def _read_table(self, element: Any, depth: int) -> list[Block]:
        rows = []
        for row in element.iterfind(f"{_W}tr"):
            header = row.find(f"{_W}trPr/{_W}tblHeader") is not None
            cells: list[Cell] = []
            for cell in row.iter(f"{_W}tc") if depth < _DEEPEST else ():
                if cell.getparent() is not row and cell.getparent().getparent().getparent() is not row:
                    continue
                span = cell.find(f"{_W}tcPr/{_W}gridSpan")
                cells.append(Cell(tuple(self.read(cell, depth + 1)), header))
                wide = span.get(f"{_W}val", "1") if span is not None else "1"
                cells += [Cell((), header)] * (min(int(wide), 200) - 1 if wide.isdigit() else 0)
            rows.append(cells)
        width = max((len(row) for row in rows), default=0)
        if width == 0:
            return []
        return [Table(tuple((*row, *[Cell(())] * (width - len(row))) for row in rows))]

    def _read_paragraph(self, element: Any) -> list[Block]:
        pieces: list[Span | Image] = []
        self._gather(element, Style(), pieces, 0)
        style = self._style_of(element)
        level = _heading_level(style)
        direction = self._direction_of(element)
        blocks: list[Block] = []
        spans: list[Span] = []
        for piece in [*pieces, None]:
            if isinstance(piece, Span):
                spans.append(piece)
                continue
            joined = join(spans)
            spans = []
            if "".join(span.text for span in joined).strip():
                blocks.append(
                    Paragraph(joined, direction=direction)
                    if level is None
                    else Heading(level, joined, direction=direction)
                )
            if piece is not None:
                blocks.append(piece)
        return blocks

    def _gather(self, element: Any, style: Style, pieces: list[Span | Image], depth: int) -> None:
        for child in element:
            tag = child.tag
            if tag in _GONE:
                if tag == f"{_W}del":
                    self.dropped.append("deleted text of tracked changes")
                continue
            if tag == f"{_W}t":
                pieces.append(style.span(child.text or ""))
            elif tag == f"{_W}tab":
                pieces.append(style.span("\t"))
            elif tag in (f"{_W}br", f"{_W}cr"):
                if child.get(f"{_W}type") not in ("page", "column"):
                    pieces.append(style.span(LINE_BREAK))
            elif tag == f"{_W}noBreakHyphen":
                pieces.append(style.span("\u2011"))
            elif tag == f"{_W}drawing":
                pieces += self._read_drawing(child)
            elif tag in (f"{_W}pict", f"{_W}object"):
                self.dropped.append("an object or a picture in the older form")
            elif depth < _DEEPEST:
                self._gather(child, self._change(style, child), pieces, depth + 1)

    def _change(self, style: Style, element: Any) -> Style:
        if element.tag == f"{_W}hyperlink":
            relation = self.part.rels.get(element.get(f"{_R}id"))
            return replace(style, link=absolute_link(relation.target_ref) if relation is not None else None)
        if element.tag != f"{_W}r":
            return style
        said = element.find(f"{_W}rPr/{_W}lang")
        language = said.get(f"{_W}val") if said is not None else None
        if said is not None and element.find(f"{_W}rPr/{_W}rtl") is not None:
            language = said.get(f"{_W}bidi") or language
        return replace(style, bold=_is_on(element, "b"), italic=_is_on(element, "i"), language=language)

    def _read_drawing(self, element: Any) -> list[Image]:
        described = next(element.iter(f"{_WP}docPr"), None)
        said = (described.get("descr") or "").strip() if described is not None else ""
        if any(True for _ in element.iter(f"{_W}txbxContent")):
            self.dropped.append("text boxes")
        images = []
        for picture in element.iter(f"{_A}blip"):
            part = self.part.related_parts.get(picture.get(f"{_R}embed"))
            kind = (
                "image/jpeg" if getattr(part, "content_type", "") == "image/jpg" else getattr(part, "content_type", "")
            )
            if part is None or kind not in PICTURES:
                self.dropped.append(f"a picture ({kind or 'not in the file'})")
                continue
            try:
                shown = read_picture(part.blob, kind, name=self.name, language=None, alternative=said or None)
            except RenditionError as error:
                self.dropped.append(f"a picture: {error.problem}")
                continue
            self.dropped += [f"of a picture: {what}" for what in shown.dropped]
            images += [block for block in shown.blocks if isinstance(block, Image)]
        return images

    def _style_of(self, element: Any) -> Any:
        named = element.find(f"{_W}pPr/{_W}pStyle")
        return self._styles.get(named.get(f"{_W}val")) if named is not None else None

    def _direction_of(self, element: Any) -> Direction:
        said = element.find(f"{_W}pPr/{_W}bidi")
        return "rtl" if said is not None and said.get(f"{_W}val", "1") not in ("0", "false", "off") else "auto"

    def _list_level(self, element: Any) -> tuple[int, bool] | None:
        """The depth of a list item and whether it is numbered; None for what is no item."""
        style = self._style_of(element)
        for holder in (element, style.element if style is not None else None):
            numbering = holder.find(f"{_W}pPr/{_W}numPr") if holder is not None else None
            if numbering is None:
                continue
            level, kind = numbering.find(f"{_W}ilvl"), numbering.find(f"{_W}numId")
            number = kind.get(f"{_W}val") if kind is not None else None
            if number == "0" or _heading_level(style) is not None:
                return None
            depth = level.get(f"{_W}val", "0") if level is not None else "0"
            steps = int(depth) if depth.isdigit() else 0
            steps = max(steps, _depth_by_name(style))
            return steps, self._numbered.get((number or "", depth), False)
        return None


def _flatten(body: Any, depth: int) -> Iterator[Any]:
    """Paragraphs and tables in order, also from inside of content controls."""
    for element in body:
        if element.tag in (f"{_W}p", f"{_W}tbl"):
            yield element
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins") and depth < _DEEPEST:
            yield from _flatten(element, depth + 1)


def _nest(items: list[tuple[int, bool, list[Block]]]) -> list[Block]:
    """Items with their depths as lists within lists."""
    if not items:
        return []
    lowest = min(level for level, _, _ in items)
    lists: list[Block] = []
    made: list[ListItem] = []
    numbered = items[0][1]
    position = 0
    while position < len(items):
        level, kind, blocks = items[position]
        if level > lowest:
            end = position
            while end < len(items) and items[end][0] > lowest:
                end += 1
            inner = _nest(items[position:end])
            made = [*made[:-1], ListItem((*made[-1].blocks, *inner))] if made else [ListItem(tuple(inner))]
            position = end
            continue
        if made and kind != numbered:
            lists.append(BulletList(tuple(made), 1 if numbered else None))
            made = []
        numbered = kind
        made.append(ListItem(tuple(blocks)))
        position += 1
    return [*lists, BulletList(tuple(made), 1 if numbered else None)]


def _heading_level(style: Any) -> int | None:
    if style is None:
        return None
    name = style.name or ""
    if name == "Title":
        return 1
    end = name.removeprefix("Heading ").removeprefix("heading ")
    return min(int(end), 6) if end != name and end.isdigit() and int(end) > 0 else None


def _depth_by_name(style: Any) -> int:
    """Word's own styles "List Bullet 2" and so on are deeper by their name alone."""
    found = re.fullmatch(r"List (?:Bullet|Number) ([2-9])", (style.name or "") if style is not None else "")
    return int(found[1]) - 1 if found is not None else 0


def _is_on(run: Any, name: str) -> bool:
    said = run.find(f"{_W}rPr/{_W}{name}")
    return said is not None and said.get(f"{_W}val", "1") not in ("0", "false", "off")


def _read_numbering(document: Any) -> dict[tuple[str, str], bool]:
    """For each list and depth whether it counts, by the numbering part."""
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    kinds: dict[str, dict[str, bool]] = {}
    for abstract in root.iterfind(f"{_W}abstractNum"):
        levels = kinds.setdefault(abstract.get(f"{_W}abstractNumId"), {})
        for level in abstract.iterfind(f"{_W}lvl"):
            form = level.find(f"{_W}numFmt")
            levels[level.get(f"{_W}ilvl")] = form is not None and form.get(f"{_W}val") not in ("bullet", "none")
    found = {}
    for number in root.iterfind(f"{_W}num"):
        abstract = number.find(f"{_W}abstractNumId")
        for depth, counts in kinds.get(abstract.get(f"{_W}val") if abstract is not None else "", {}).items():
            found[(number.get(f"{_W}numId"), depth)] = counts
    return found
