"""Slides (ISO/IEC 29500, PresentationML): each on a page with its words, tables and pictures, its notes after it."""

from __future__ import annotations

from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import (
    Block,
    BulletList,
    Cell,
    Document,
    Heading,
    ListItem,
    Marks,
    PageBreak,
    Paragraph,
    Span,
    Table,
)
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_drawings import parse_part
from archive.renditions.readers.docx_names import CHART, DIAGRAM, A, R, local, texts_of_part
from archive.renditions.readers.inline import LINE_BREAK, Style, absolute_link, join
from archive.renditions.readers.languages import tidy_tag
from archive.renditions.readers.ooxml_parts import Package, added_heading, read_own_picture, read_shapes
from archive.renditions.readers.packages import check_package, properties_of, read_member, transitional
from archive.renditions.readers.source import Source

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_P188 = "{http://schemas.microsoft.com/office/powerpoint/2018/8/main}"
_TITLES = ("title", "ctrTitle")
_NAMED = {
    "ppt/vbaProject": "macros",
    "ppt/embeddings/": "embedded objects",
    "docProps/custom": "the document's own properties",
    "_xmlsignatures/": "digital signatures",
    "ppt/handoutMasters/": "the form of handouts",
}


def read_presentation(source: Source) -> Document:
    """The document of a .pptx. Raises `RenditionError` when it is damaged or locked, or unpacks to more than it may."""
    names = check_package(source.content, source.name, "PowerPoint")
    content = transitional(source.content, names)

    def part_of(member: str) -> Any:
        found = read_member(content, member) if member else None
        return parse_part(found) if found is not None else None

    account = Account()
    package = Package(part_of, lambda member: read_member(content, member), account)
    root = part_of("ppt/presentation.xml")
    if root is None:
        raise RenditionError("not readable as slides: it has no ppt/presentation.xml", subject=source.name)
    relations = package.relations("ppt/presentation.xml")
    reader = _Slides(package, source.name)
    blocks: list[Block] = []
    for number, entry in enumerate(root.iterfind(f"{_P}sldIdLst/{_P}sldId"), 1):
        made = reader.read_slide(number, relations.get(entry.get(f"{R}id") or "", ("", ""))[1])
        blocks += [*([PageBreak()] if blocks and made else []), *made]
    blocks += reader.read_masters()
    for prefix, word in _NAMED.items():
        if any(member.startswith(prefix) for member in names):
            account.leave_out(word)
    title, author = properties_of(content)
    return Document(
        tuple(blocks), language=source.language, title=title, dropped=account.settle(blocks),
        creators=(author,) if author else (),
    )  # fmt: skip


class _Slides:
    """Reads slides one after the other; what is not drawn goes into the account."""

    def __init__(self, package: Package, name: str) -> None:
        self.package, self.account, self.name = package, package.account, name
        self._layouts: dict[str, None] = {}

    def read_slide(self, number: int, member: str) -> list[Block]:
        """The blocks of a slide, its notes and its comments; a hidden slide is named with its words."""
        root = self.package.part(member)
        if root is None:
            self.account.leave_out(f"slide {number}, which is not in the file")
            return []
        texts = list(texts_of_part(root))
        for text in texts:
            self.account.meet(text)
        if root.get("show") in ("0", "false"):
            self.account.leave_out(f"the hidden slide {number}", " ".join(texts))
            return []
        if root.find(f"{_P}timing") is not None:
            self.account.leave_out("the animation of slides")
        self._layouts.update(dict.fromkeys(place for place, _ in self.package.related(member, "slideLayout")))
        relations = self.package.relations(member)
        for kind, _ in relations.values():
            if kind in ("video", "audio", "media"):
                self.account.leave_out("sounds and films")
        tree = root.find(f"{_P}cSld/{_P}spTree")
        words = Span(self.account.own(f"Slide {number}"), language="en")
        blocks: list[Block] = [Heading(2, (words,), "en", "ltr", added=True)]
        blocks += self._read_tree(tree, relations) if tree is not None else []
        blocks += self._read_notes(number, member)
        return [*blocks, *self._read_comments(member)]

    def read_masters(self) -> list[Block]:
        """The words that layouts and masters put on slides, once; placeholders for text to come are not shown."""
        made: list[Block] = []
        masters: dict[str, None] = {}
        for layout in self._layouts:
            masters.update(dict.fromkeys(place for place, _ in self.package.related(layout, "slideMaster")))
        for member in (*self._layouts, *masters):
            root = self.package.part(member)
            tree = root.find(f"{_P}cSld/{_P}spTree") if root is not None else None
            own = [one for one in (tree if tree is not None else ()) if _placeholder(one) is None]
            for one in own:
                for text in texts_of_part(one):
                    self.account.meet(text)
            made += self._read_tree(own, self.package.relations(member))
        return [added_heading("On many slides", self.account), *made] if made else []

    def _read_notes(self, number: int, member: str) -> list[Block]:
        made: list[Block] = []
        for place, root in self.package.related(member, "notesSlide"):
            tree = root.find(f"{_P}cSld/{_P}spTree")
            own = [one for one in (tree if tree is not None else ()) if _placeholder(one) not in ("sldImg", "sldNum")]
            for one in own:
                for text in texts_of_part(one):
                    self.account.meet(text)
            made += self._read_tree(own, self.package.relations(place))
        return [added_heading(f"Notes on slide {number}", self.account), *made] if made else []

    def _read_comments(self, member: str) -> list[Block]:
        items: list[ListItem] = []
        for _, root in self.package.related(member, "comments"):
            for one in root.iter(f"{_P}cm", f"{_P188}cm", f"{_P188}reply"):
                holder = one.find(f"{_P188}txBody")
                text = one.findtext(f"{_P}text") or "\n".join(
                    "".join(texts_of_part(paragraph))
                    for paragraph in (holder.iter(f"{A}p") if holder is not None else ())
                )
                when = one.get("dt") or one.get("created") or ""
                spans = [Span(self.account.own(f"{when}: "), italic=True)] if when else []
                items.append(ListItem((Paragraph((*spans, Span(self.account.own(text)))),)))
        return [added_heading("Comments", self.account), BulletList(tuple(items), 1)] if items else []

    def _read_tree(self, tree: Any, relations: dict[str, tuple[str, str]]) -> list[Block]:
        """The blocks of shapes, the title first."""
        shapes = [one for one in tree if isinstance(one.tag, str)]
        shapes.sort(key=lambda one: _placeholder(one) not in _TITLES)
        return [block for one in shapes for block in self._read_shape(one, relations)]

    def _read_shape(self, shape: Any, relations: dict[str, tuple[str, str]]) -> list[Block]:
        kind = local(shape)
        described = next((one for one in shape.iter() if local(one) == "cNvPr"), None)
        said = (described.get("descr") or described.get("title") or "").strip() if described is not None else ""
        if described is not None and described.get("hidden") in ("1", "true"):
            self.account.leave_out("a hidden shape", " ".join([self.account.own(said), *texts_of_part(shape)]))
            return []
        if kind == "grpSp":
            return self._read_tree(shape, relations)
        if kind == "AlternateContent":
            chosen = shape[0] if len(shape) else ()
            return self._read_tree(chosen, relations)
        if kind == "graphicFrame":
            table = next(shape.iter(f"{A}tbl"), None)
            if table is not None:
                return [self._read_table(table, relations)]
            if next(shape.iter(f"{CHART}chart", f"{DIAGRAM}relIds"), None) is not None:
                return read_shapes(self.package, shape, relations, self.name)
            self.account.leave_out("an embedded object", self.account.own(said))
            return []
        if kind == "pic":
            blip = next(shape.iter(f"{A}blip"), None)
            place = relations.get((blip.get(f"{R}embed") if blip is not None else "") or "", ("", ""))[1]
            return read_own_picture(self.package, place, said, self.name)
        body = shape.find(f"{_P}txBody")
        level = 2 if _placeholder(shape) in _TITLES else None
        blocks = self._read_paragraphs(body, relations, level) if body is not None else []
        if not blocks and kind in ("sp", "cxnSp") and _placeholder(shape) is None:
            self.account.leave_out("a drawn shape", self.account.own(said))
        return blocks

    def _read_paragraphs(self, body: Any, relations: dict[str, tuple[str, str]], level: int | None) -> list[Block]:
        blocks: list[Block] = []
        for paragraph in body.iterfind(f"{A}p"):
            spans = join([span for one in paragraph for span in self._spans(one, relations)])
            if "".join(span.text for span in spans).strip():
                blocks.append(Heading(level, spans) if level is not None else Paragraph(spans))
        return blocks

    def _spans(self, run: Any, relations: dict[str, tuple[str, str]]) -> list[Span]:
        kind = local(run)
        if kind == "br":
            return [Span(LINE_BREAK)]
        if kind not in ("r", "fld"):
            text = "".join(texts_of_part(run))
            return [Span(text)] if text else []
        return [self._style(run.find(f"{A}rPr"), relations).span("".join(texts_of_part(run)))]

    def _style(self, properties: Any, relations: dict[str, tuple[str, str]]) -> Style:
        if properties is None:
            return Style()
        click = properties.find(f"{A}hlinkClick")
        address = relations.get(click.get(f"{R}id") or "", ("", ""))[1] if click is not None else None
        link = absolute_link(address)
        if address and link is None:
            self.account.leave_out(f"link {address[:200]}")
        baseline = properties.get("baseline", "0")
        marks = Marks(
            properties.get("strike", "noStrike") != "noStrike",
            properties.get("u", "none") != "none",
            properties.find(f"{A}highlight") is not None,
            "lowered" if baseline.startswith("-") else "base" if baseline in ("0", "0%") else "raised",
            {"all": "all", "small": "small"}.get(properties.get("cap", "none"), "as written"),  # type: ignore[arg-type]
        )
        return Style(
            properties.get("b") in ("1", "true"), properties.get("i") in ("1", "true"), link=link,
            language=tidy_tag(properties.get("lang")), marks=marks,
        )  # fmt: skip

    def _read_table(self, table: Any, relations: dict[str, tuple[str, str]]) -> Table:
        properties = table.find(f"{A}tblPr")
        headed = properties is not None and properties.get("firstRow") in ("1", "true")
        rows = []
        for number, row in enumerate(table.iterfind(f"{A}tr")):
            cells = []
            for cell in row.iterfind(f"{A}tc"):
                body = cell.find(f"{A}txBody")
                made = self._read_paragraphs(body, relations, None) if body is not None else []
                cells.append(Cell(tuple(made), headed and not number))
            rows.append(cells)
        width = max((len(row) for row in rows), default=0)
        turned = properties is not None and properties.get("rtl") in ("1", "true")
        even = tuple((*row, *[Cell(())] * (width - len(row))) for row in rows)
        return Table(even, direction="rtl" if turned else "auto")


def _placeholder(shape: Any) -> str | None:
    """What a shape is the placeholder for on its slide ("title", "body"); None where it is a shape of its own."""
    for one in shape:
        if local(one) in ("nvSpPr", "nvPicPr", "nvGraphicFramePr"):
            found = one.find(f"{_P}nvPr/{_P}ph")
            return None if found is None else found.get("type") or "body"
    return None
