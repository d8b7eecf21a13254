"""Walks the body of an OpenDocument text and makes blocks of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from archive.model.blocks import (
    Block,
    BulletList,
    Direction,
    Heading,
    ListItem,
    PageBreak,
    Paragraph,
    Quote,
    Span,
)
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.inline import LINE_BREAK, PLAIN, Style, absolute_link, join
from archive.renditions.readers.odt_forms import control_text, read_controls
from archive.renditions.readers.odt_lists import OdtLists, Outline
from archive.renditions.readers.odt_names import DC, DRAW, OFFICE, STYLE, SVG, TABLE, TEXT, XLINK, local, texts_of
from archive.renditions.readers.odt_pictures import OdtPictures
from archive.renditions.readers.odt_styles import OdtLook, OdtStyles
from archive.renditions.readers.odt_tables import OdtTables
from archive.renditions.readers.source import Source

_HEADING_LEVELS = 10
"""The deepest level of heading that office programs write; a number beyond it costs a counter for each level."""
_DEEPEST = 40
_WHITE_SPACE = re.compile(r"[ \t\r\n]+")
_WHITE = "the colour of white text, which is drawn in black"
_OF_A_SHAPE = frozenset({f"{SVG}title", f"{SVG}desc", f"{DRAW}enhanced-geometry", f"{DRAW}glue-point"})
_HOLDERS = frozenset(
    f"{TEXT}{name}"
    for name in (
        "section", "table-of-content", "index-body", "index-title", "alphabetical-index", "bibliography", "user-index",
        "illustration-index", "table-index", "object-index",
    )
) | {f"{TABLE}shapes"}  # fmt: skip
_ALSO_IN_TEXT = frozenset({f"{TEXT}change", f"{OFFICE}annotation", f"{DRAW}control"})
_SILENT = frozenset({
    f"{TEXT}sequence-decls", f"{TEXT}variable-decls", f"{TEXT}user-field-decls", f"{TEXT}bookmark",
    f"{TEXT}bookmark-start", f"{TEXT}bookmark-end", f"{TEXT}soft-page-break", f"{TEXT}table-of-content-source",
    f"{TEXT}reference-mark", f"{TEXT}reference-mark-start", f"{TEXT}reference-mark-end", f"{OFFICE}annotation-end",
    f"{TEXT}toc-mark", f"{TEXT}toc-mark-start", f"{TEXT}toc-mark-end",
})  # fmt: skip


class OdtReader:
    """Reads elements into blocks; what is not drawn goes into the account."""

    def __init__(self, source: Source, account: Account, styles: OdtStyles, body: Any) -> None:
        self.source, self.account, self.styles = source, account, styles
        self._notes: dict[str, list[ListItem]] = {"Footnotes": [], "Endnotes": [], "Comments": []}
        self._kinds = {
            region.get(f"{TEXT}id"): child for region in body.iter(f"{TEXT}changed-region") for child in region
        }
        self._pictures = OdtPictures(source, account)
        self._inserted = self._deleted = 0
        self._around = PLAIN
        self._controls: dict[str, Any] = {}
        self.tables = OdtTables(account, styles, self._read_cell)
        self._lists = OdtLists(account, styles, self._read_one)
        self._outline = Outline(styles)

    def read(self, element: Iterable[Any], depth: int = 0) -> list[Block]:
        """The blocks in an element's content."""
        blocks: list[Block] = []
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in _SILENT:
                continue
            if depth > _DEEPEST:
                blocks.append(Paragraph((Span("".join(texts_of(child)) or " "),)))
            elif tag in (f"{TEXT}p", f"{TEXT}h"):
                blocks += self._read_paragraph(child, depth)
            elif tag == f"{TEXT}list":
                blocks += self._lists.read(child, depth)
            elif tag == f"{TEXT}numbered-paragraph":
                blocks += self._lists.read_numbered(child, depth)
            elif tag == f"{TABLE}table":
                blocks += self.tables.read(child, depth)
            elif tag == f"{TEXT}tracked-changes":
                self._note_deletions(child)
            elif tag in (f"{TEXT}change-start", f"{TEXT}change-end"):
                self._step_change(child)
            elif tag == f"{OFFICE}forms":
                self._controls |= read_controls(child)
            elif tag in _ALSO_IN_TEXT:
                pieces: list[Span | Block] = []
                self._gather_child(child, PLAIN, pieces, depth)
                blocks += _cut(pieces, None, "auto")
            elif tag.startswith(DRAW):
                blocks += self.read_shape(child, depth)
            elif tag in _HOLDERS:
                if child.get(f"{TEXT}display") == "none" or child.get(f"{TEXT}is-hidden") == "true":
                    self.account.leave_out("hidden text", "".join(texts_of(child)))
                else:
                    blocks += self.read(child, depth + 1)
            else:
                self._leave_out_unknown(child)
        return blocks

    def end(self) -> list[Block]:
        """Notes and comments, each kind under a heading."""
        blocks: list[Block] = []
        for heading, items in self._notes.items():
            if items:
                blocks += [self._heading(heading), BulletList(tuple(items), 1)]
        return blocks

    def read_margins(self, root: Any, name: str) -> list[Block]:
        """The page headers or footers of the master pages."""
        made: list[Block] = []
        places = [f"{STYLE}{name}{kind}" for kind in ("", "-left", "-first")]
        for margin in root.iter(*places) if root is not None else ():
            text = "".join(texts_of(margin))
            self.account.meet(text)
            if margin.get(f"{STYLE}display") == "false":
                self.account.leave_out(f"a page {name} that is switched off", text)
            else:
                made += self.read(margin)
        return [self._heading(f"Page {name}s"), *made] if made else []

    def _heading(self, words: str) -> Heading:
        return Heading(2, (Span(self.account.own(words), language="en"),), "en", "ltr", added=True)

    def _read_paragraph(self, element: Any, depth: int, *, labelled: bool = False) -> list[Block]:
        look = self.styles.look(element.get(f"{TEXT}style-name"))
        pieces: list[Span | Block] = []
        if look.hidden or element.find(f"{TEXT}hidden-paragraph[@{TEXT}is-hidden='true']") is not None:
            self.account.leave_out("hidden text", "".join(texts_of(element)))
            return []
        if look.white and "".join(texts_of(element)).strip():
            self.account.leave_out(_WHITE)
        said = element.get(f"{TEXT}outline-level") or "1"
        level = min(max(int(said[:4]), 1), _HEADING_LEVELS) if element.tag == f"{TEXT}h" and said.isdecimal() else None
        if level is not None and not labelled:
            label = self._outline.label(element, level - 1)
            pieces += [Span(self.account.own(f"{label} "))] if label else []
        self._gather(element, _with(self._around, look), pieces, depth)
        return [*([PageBreak()] if look.breaks else []), *_cut(pieces, level, look.direction)]

    def _gather(self, element: Any, style: Style, pieces: list[Span | Block], depth: int) -> None:
        self._add(element.text, style, pieces)
        for child in element:
            self._gather_child(child, style, pieces, depth + 1)
            self._add(child.tail, style, pieces)

    def _add(self, text: str | None, style: Style, pieces: list[Span | Block]) -> None:
        if text:
            marks = replace(
                style.marks,
                underline=style.marks.underline or self._inserted > 0,
                strike=style.marks.strike or self._deleted > 0,
            )
            # White space in markup is one space, and none at the beginning (ISO/IEC 26300-3, 6.1.2).
            shown = _WHITE_SPACE.sub(" ", text)
            last = pieces[-1] if pieces else None
            if last is None or (
                isinstance(last, Span) and last.text.endswith((" ", LINE_BREAK)) and last.text.strip(" ")
            ):
                shown = shown.removeprefix(" ")
            if shown:
                pieces.append(replace(style, marks=marks).span(shown))

    def _gather_child(self, child: Any, style: Style, pieces: list[Span | Block], depth: int) -> None:
        tag = child.tag
        if not isinstance(tag, str) or tag in _SILENT:
            return
        if depth > _DEEPEST:
            self._add("".join(texts_of(child)), style, pieces)
        elif tag == f"{TEXT}s":
            said = child.get(f"{TEXT}c") or "1"
            pieces.append(style.span(" " * (min(int(said), 1_000) if said.isdigit() else 1)))
        elif tag == f"{TEXT}tab":
            pieces.append(style.span("\t"))
        elif tag == f"{TEXT}line-break":
            pieces.append(style.span(LINE_BREAK))
        elif tag in (f"{TEXT}change-start", f"{TEXT}change-end"):
            self._step_change(child)
        elif tag == f"{TEXT}change":
            self._add_deletion(child, style, pieces)
        elif tag == f"{TEXT}span":
            look = self.styles.look(child.get(f"{TEXT}style-name"), "text")
            if look.white and "".join(texts_of(child)).strip():
                self.account.leave_out(_WHITE)
            if look.hidden:
                self.account.leave_out("hidden text", "".join(texts_of(child)))
            else:
                self._gather(child, _with(style, look), pieces, depth)
        elif tag == f"{TEXT}a":
            link = absolute_link(child.get(f"{XLINK}href"))
            if link is None:
                self.account.leave_out(f"link {(child.get(f'{XLINK}href') or '')[:200]}")
            self._gather(child, replace(style, link=link), pieces, depth)
        elif tag == f"{TEXT}note":
            self._add_note(child, style, pieces, depth)
        elif tag == f"{OFFICE}annotation":
            self._add_comment(child, style, pieces, depth)
        elif tag == f"{DRAW}control":
            control = self._controls.get(child.get(f"{DRAW}control") or "")
            if control is None:
                self._leave_out_unknown(child)
            else:
                pieces.append(style.span(control_text(control, self.account)))
        elif tag.startswith(DRAW) and tag != f"{DRAW}a":
            pieces += self.read_shape(child, depth)
        elif tag in (f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph"):
            own = self.account.own(child.get(f"{TEXT}string-value") or "")
            if hidden := own + "".join(texts_of(child)):
                self.account.leave_out("hidden text", hidden)
        elif child.get(f"{TEXT}display") == "none":
            self.account.leave_out("a hidden field", "".join(texts_of(child)))
        elif tag == f"{TEXT}script":
            self.account.leave_out("a script", "".join(texts_of(child)))
        elif tag == f"{TEXT}ruby-text":
            pieces.append(style.span(self.account.own(" (")))
            self._gather(child, style, pieces, depth)
            pieces.append(style.span(self.account.own(")")))
        else:
            self._gather(child, style, pieces, depth)

    def _add_note(self, note: Any, style: Style, pieces: list[Span | Block], depth: int) -> None:
        kind = "Endnotes" if note.get(f"{TEXT}note-class") == "endnote" else "Footnotes"
        citation = note.find(f"{TEXT}note-citation")
        mark = "".join(texts_of(citation)) if citation is not None else str(len(self._notes[kind]) + 1)
        place = f"{kind} {len(self._notes[kind]) + 1}"
        raised = replace(style, marks=replace(style.marks, position="raised"), link=None, target=place)
        pieces.append(raised.span(mark, f"{place} in the text"))
        body = note.find(f"{TEXT}note-body")
        inner = self.read(body, depth + 1) if body is not None else []
        self._notes[kind].append(ListItem(_anchored(inner, place), self.account.own(f"{mark}.")))

    def _add_comment(self, comment: Any, style: Style, pieces: list[Span | Block], depth: int) -> None:
        number = len(self._notes["Comments"]) + 1
        place = f"Comments {number}"
        pieces.append(
            replace(style, link=None, target=place).span(
                self.account.own(f"[comment {number}]"), f"{place} in the text"
            )
        )
        who = ", ".join(text for key in ("creator", "date") if (text := comment.findtext(f"{DC}{key}")))
        inner: list[Block] = [Paragraph((Span(f"{who}:", italic=True),))] if who else []
        for child in list(comment):
            if child.tag not in (f"{TEXT}p", f"{TEXT}list"):
                if child.tag not in (f"{DC}creator", f"{DC}date"):
                    self.account.place("".join(texts_of(child)))
                comment.remove(child)
        inner += self.read(comment, depth + 1)
        self._notes["Comments"].append(ListItem(_anchored(inner, place), self.account.own(f"{number}.")))

    def _note_deletions(self, changes: Any) -> None:
        """Name the makers of the changes; what was deleted is drawn where it stood."""
        for region in changes:
            for kind in region:
                who = ", ".join(text.text or "" for text in kind.iter(f"{DC}creator", f"{DC}date"))
                self.account.leave_out(f"who made a tracked change ({kind.tag.rpartition('}')[2]})", who)

    def _step_change(self, element: Any) -> None:
        kind = self._kinds.get(element.get(f"{TEXT}change-id"))
        if kind is not None and str(kind.tag).endswith("insertion"):
            self._inserted += 1 if element.tag == f"{TEXT}change-start" else -1
            self._inserted = max(self._inserted, 0)

    def _add_deletion(self, element: Any, style: Style, pieces: list[Span | Block]) -> None:
        kind = self._kinds.get(element.get(f"{TEXT}change-id"))
        if kind is None or not str(kind.tag).endswith("deletion"):
            return
        self._deleted += 1
        paragraphs = [one for one in kind if one.tag in (f"{TEXT}p", f"{TEXT}h")]
        if len(paragraphs) == sum(1 for one in kind if local(one) != "change-info"):
            for number, paragraph in enumerate(paragraphs):
                if number:
                    pieces.append(style.span(LINE_BREAK))
                self._gather(paragraph, style, pieces, 0)
        else:
            pieces += self.read(kind, 1)
        self._deleted -= 1

    def _leave_out_unknown(self, element: Any) -> None:
        if local(element) != "change-info":
            self.account.leave_out(f"an element that is not known here ({local(element)})", "".join(texts_of(element)))

    def _read_cell(self, cell: Any, style: str | None, depth: int) -> list[Block]:
        """What is in a cell, in the form that its style gives to all of its text."""
        before = self._around
        look = self.styles.look(style, "table-cell")
        if look.white and "".join(texts_of(cell)).strip():
            self.account.leave_out(_WHITE)
        # The ground of a cell has no meaning, and its alignment is that of its paragraphs.
        self._around = _with(Style(), replace(look, marks=replace(look.marks, highlight=False)))
        blocks = self.read(cell, depth)
        self._around = before
        return blocks

    def _read_one(self, child: Any, depth: int) -> list[Block]:
        if child.tag in (f"{TEXT}p", f"{TEXT}h"):
            return self._read_paragraph(child, depth, labelled=True)
        return self.tables.read(child, depth) if child.tag == f"{TABLE}table" else self.read([child], depth + 1)

    def read_shape(self, shape: Any, depth: int) -> list[Block]:
        """The words and pictures of a drawn shape, of a frame or of a group of them."""
        if shape.tag == f"{DRAW}frame":
            return self._read_frame(shape, depth)
        if shape.tag in (f"{DRAW}g", f"{DRAW}a"):
            return self.read(shape, depth + 1)
        words = " ".join("".join(texts_of(shape.find(f"{SVG}{key}"))) for key in ("title", "desc")
                         if shape.find(f"{SVG}{key}") is not None)  # fmt: skip
        self.account.leave_out(f"a drawn shape ({local(shape)})", words)
        inner = self.read([one for one in shape if one.tag not in _OF_A_SHAPE], depth + 1)
        return [Quote(tuple(inner))] if inner else []

    def _read_frame(self, frame: Any, depth: int) -> list[Block]:
        words = [" ".join((frame.findtext(f"{SVG}{key}") or "").split()) for key in ("desc", "title")]
        said = next((word for word in words if word), "")
        self.account.place("".join(frame.findtext(f"{SVG}{key}") or "" for key in ("desc", "title")))
        blocks: list[Block] = []
        for child in frame:
            name = str(child.tag).rpartition("}")[2]
            if name == "text-box":
                inner = self.read(child, depth + 1)
                blocks += [Quote(tuple(inner))] if inner else []
            elif name == "image" and not any(str(other.tag).endswith("}object") for other in frame):
                blocks += self._pictures.read(child.get(f"{XLINK}href") or "", said)
            elif name in ("object", "object-ole", "applet", "plugin", "floating-frame"):
                blocks += self._pictures.read_object(child, name, said)
        return blocks


def _cut(pieces: list[Span | Block], level: int | None, direction: Direction) -> list[Block]:
    """The pieces of a paragraph as blocks: what is not text parts it."""
    blocks: list[Block] = []
    spans: list[Span] = []
    for piece in [*pieces, None]:
        if isinstance(piece, Span):
            spans.append(piece)
            continue
        joined, spans = join(spans), []
        if "".join(span.text for span in joined).strip():
            blocks.append(
                Paragraph(joined, direction=direction)
                if level is None
                else Heading(min(level, 6), joined, direction=direction)
            )
        if piece is not None:
            blocks.append(piece)
    return blocks


def _anchored(blocks: list[Block], place: str) -> tuple[Block, ...]:
    """The blocks of a note, its first words the place that its mark leads to."""
    first = blocks[0] if blocks else None
    if not isinstance(first, Paragraph) or not first.spans:
        return tuple(blocks)
    head, *rest = first.spans
    return (replace(first, spans=(replace(head, anchor=place), *rest)), *blocks[1:])


def _with(style: Style, look: OdtLook) -> Style:
    """`style` with what a style of the document adds to it."""
    marks = style.marks
    if look.marks != marks:
        marks = replace(
            look.marks,
            strike=marks.strike or look.marks.strike,
            underline=marks.underline or look.marks.underline,
            highlight=marks.highlight or look.marks.highlight,
        )
    return replace(style, bold=style.bold or look.bold, italic=style.italic or look.italic, marks=marks)
