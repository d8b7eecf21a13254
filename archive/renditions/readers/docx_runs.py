"""The inline content of a paragraph of Word: runs, links, fields, notes, changes, symbols and formulas."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from archive.model.blocks import Block, PageBreak, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_controls import (
    Field,
    box_of,
    form_field_text,
    name_choices,
    read_link_field,
    without_box,
)
from archive.renditions.readers.docx_drawings import DrawingReader
from archive.renditions.readers.docx_names import MC, M, W, is_on, is_on_attribute, local, texts_of_part, value
from archive.renditions.readers.docx_notes import Notes
from archive.renditions.readers.docx_styles import Styles
from archive.renditions.readers.formulas import hidden_parts, omml_text
from archive.renditions.readers.inline import LINE_BREAK, Style, absolute_link
from archive.renditions.readers.languages import tidy_tag
from archive.renditions.readers.symbols import SYMBOL_FONTS, symbol_text

_DEEPEST = 40
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_HARMLESS = frozenset(
    f"{W}{name}"
    for name in (
        "pPr", "rPr", "proofErr", "bookmarkEnd", "lastRenderedPageBreak", "commentRangeStart", "commentRangeEnd",
        "permStart", "permEnd", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
        "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr", "customXmlInsRangeStart", "customXmlInsRangeEnd",
        "customXmlDelRangeStart", "customXmlDelRangeEnd", "annotationRef", "footnoteRef", "endnoteRef", "separator",
        "continuationSeparator", "instrText", "delInstrText", "tcPr", "rubyPr", "dirPr", "fldData",
    )
)  # fmt: skip
_SAID_BY_TEXT = frozenset(f"{W}{name}" for name in ("rPr", "t", "delText", "tab", "br", "cr", "lastRenderedPageBreak"))
_CONTAINERS = frozenset(
    f"{W}{name}" for name in ("smartTag", "customXml", "sdtContent", "ruby", "rubyBase", "r", "hyperlink")
)


@dataclass(slots=True)
class Shared:
    """What all parts of a document share: its account, styles, places that are linked to, notes and changes."""

    name: str
    account: Account
    styles: Styles
    targets: frozenset[str] = frozenset()
    notes: Notes = field(default_factory=Notes)
    around: tuple[Any, ...] = ()
    changes: dict[tuple[str, str, str], int] = field(default_factory=dict)


class RunReader:
    """Reads the inline content of one part into spans and the blocks that are between them."""

    def __init__(self, part: Any, shared: Shared, drawings: DrawingReader) -> None:
        self.part, self.shared, self.drawings = part, shared, drawings
        self.account = shared.account
        self._fields: list[Field] = []
        self._anchor: str | None = None

    def read(self, paragraph: Any, style: Style = Style()) -> list[Span | Block]:  # noqa: B008 - it is frozen
        """The pieces of a paragraph, in order."""
        pieces: list[Span | Block] = []
        # An instruction ends with its paragraph: a field that is never closed must not swallow the rest of the text.
        self._fields = [one for one in self._fields if one.separated]
        self._gather(paragraph, style, value(paragraph.find(f"{W}pPr"), "pStyle"), pieces, 0)
        return pieces

    def _gather(self, element: Any, style: Style, named: str | None, pieces: list[Span | Block], depth: int) -> None:
        for child in element:
            tag = child.tag
            if tag in _HARMLESS or not isinstance(tag, str):
                if tag == f"{W}instrText" and self._fields:
                    self._fields[-1].instruction += child.text or ""
                continue
            if depth > _DEEPEST:
                pieces.append(style.span("".join(texts_of_part(child))))
            elif tag in (f"{W}t", f"{W}delText"):
                if any(not one.separated for one in self._fields):
                    self.account.leave_out("a text in the instruction of a field", child.text or "")
                else:
                    self._add(pieces, style, child.text or "")
            elif tag == f"{W}r":
                self._gather_run(child, style, named, pieces, depth)
            elif not self._add_sign(child, style, pieces) and not self._add_object(child, style, pieces):
                self._gather_inside(child, style, named, pieces, depth)

    def _gather_run(self, run: Any, style: Style, named: str | None, pieces: list[Span | Block], depth: int) -> None:
        look = self.shared.styles.look(named, run, self.shared.around)
        if look.hidden:
            self._leave_out_hidden(run, style)
            return
        if look.unseen and "".join(texts_of_part(run)).strip():
            self.account.leave_out(look.unseen)
        said = run.find(f"{W}rPr/{W}lang")
        language = said.get(f"{W}val") if said is not None else None
        if said is not None and is_on(run.find(f"{W}rPr/{W}rtl")):
            language = said.get(f"{W}bidi") or language
        marks = replace(
            look.marks,
            strike=look.marks.strike or style.marks.strike,
            underline=look.marks.underline or style.marks.underline,
        )
        if run.find(f"{W}rPr/{W}rPrChange") is not None:
            self.account.leave_out("tracked changes of the form of text")
        inner = replace(style, bold=look.bold, italic=look.italic, language=tidy_tag(language), marks=marks)
        leading = next((one for one in reversed(self._fields) if one.separated and (one.link or one.target)), None)
        if leading is not None:
            inner = replace(inner, link=leading.link, target=leading.target)
        start = len(pieces)
        self._gather(run, inner, named, pieces, depth + 1)
        if look.font.lower() in SYMBOL_FONTS:
            pieces[start:] = [self._in_symbols(one, look.font, run) for one in pieces[start:]]

    def _in_symbols(self, piece: Span | Block, font: str, run: Any) -> Span | Block:
        """Text that is set in a font of signs says what its signs say."""
        if not isinstance(piece, Span) or run.find(f"{W}sym") is not None:
            return piece
        text = "".join(self._in_symbol(letter, font) for letter in piece.text)
        self.account.place(piece.text)
        return replace(piece, text=self.account.own(text))

    def _in_symbol(self, letter: str, font: str) -> str:
        if letter.isspace() or not (letter < "\x7f" or "\uf000" <= letter <= "\uf0ff"):
            return letter
        return self._symbol(font, f"{0xF000 | ord(letter) & 0xFF:X}")

    def _symbol(self, font: str, code: str) -> str:
        text = symbol_text(font, code)
        if text is None:
            self.account.leave_out(f"a symbol: {font} {code}")
        return f"[symbol {font} {code}]" if text is None else text

    def _leave_out_hidden(self, run: Any, style: Style) -> None:
        """Name what a hidden run holds; the fields that begin or end in it are stepped on all the same."""
        text = "".join(texts_of_part(run))
        if text.strip():
            self.account.leave_out("hidden text", text)
        for child in run:
            if child.tag in (f"{W}fldChar", f"{W}instrText"):
                signs: list[Span | Block] = []
                self._gather([child], style, None, signs, 0)
                for sign in signs:
                    if isinstance(sign, Span):
                        self.account.leave_out("a hidden field of a form", sign.text)
            elif isinstance(child.tag, str) and child.tag not in _SAID_BY_TEXT:
                self.account.leave_out(f"a hidden part of the text ({local(child)})")

    def _gather_inside(
        self, child: Any, style: Style, named: str | None, pieces: list[Span | Block], depth: int
    ) -> None:
        """What is in an element that holds other content; an unknown one without text is named."""
        name = local(child)
        if child.tag == f"{W}hyperlink":
            style = self._link(child, style)
        elif child.tag in (f"{W}ins", f"{W}moveTo", f"{W}del", f"{W}moveFrom"):
            style = self.changed(child, style)
        elif child.tag == f"{W}sdt":
            self._add_control(child, style, named, pieces, depth)
            return
        elif child.tag in (f"{W}dir", f"{W}bdo"):
            rtl = child.get(f"{W}val") == "rtl"
            opener = ("\u202e" if rtl else "\u202d") if child.tag == f"{W}bdo" else "\u2067" if rtl else "\u2066"
            pieces.append(style.span(opener))
            self._gather(child, style, named, pieces, depth + 1)
            pieces.append(style.span("\u202c" if child.tag == f"{W}bdo" else "\u2069"))
            return
        elif child.tag == f"{W}ruby":
            # The file has the explanation before the word that it explains (17.3.3.25).
            parts = [*child.iterfind(f"{W}rubyBase"), *child.iterfind(f"{W}rt")]
            self._gather(parts, style, named, pieces, depth + 1)
            return
        elif child.tag == f"{W}rt":
            pieces.append(style.span(self.account.own(" (")))
            self._gather(child, style, named, pieces, depth + 1)
            pieces.append(style.span(self.account.own(")")))
            return
        elif child.tag == f"{MC}AlternateContent":
            choice = child.find(f"{MC}Choice")
            child = choice if choice is not None else child.find(f"{MC}Fallback")
            if child is None:
                return
        elif child.tag == f"{W}fldSimple":
            link, place = read_link_field(child.get(f"{W}instr") or "", self.shared.targets, self.account)
            style = replace(style, link=link or style.link, target=place or style.target)
        elif child.tag not in _CONTAINERS and not any(True for _ in texts_of_part(child)):
            self.account.leave_out(f"an element of Word that is not known here ({name})")
            return
        self._gather(child, style, named, pieces, depth + 1)

    def changed(self, element: Any, style: Style) -> Style:
        """The style inside of a tracked change: what was deleted is struck, what was inserted is underlined."""
        inserted = local(element) in ("ins", "moveTo", "cellIns")
        kind = {"ins": "inserted", "moveTo": "moved to here", "moveFrom": "moved away"}.get(local(element), "deleted")
        key = (kind, element.get(f"{W}author") or "", element.get(f"{W}date") or "")
        self.shared.changes[key] = self.shared.changes.get(key, 0) + 1
        marks = replace(style.marks, underline=True) if inserted else replace(style.marks, strike=True)
        return replace(style, marks=marks)

    def _add(self, pieces: list[Span | Block], style: Style, text: str) -> None:
        pieces.append(style.span(text, self._anchor if text else None))
        self._anchor = None if text else self._anchor

    def _add_sign(self, child: Any, style: Style, pieces: list[Span | Block]) -> bool:
        """Signs that stand for a character or a break."""
        tag = child.tag
        if tag in (f"{W}tab", f"{W}ptab"):
            pieces.append(style.span("\t"))
        elif tag in (f"{W}br", f"{W}cr"):
            broken = child.get(f"{W}type") == "page"
            pieces.append(PageBreak() if broken else style.span(LINE_BREAK))
        elif tag == f"{W}noBreakHyphen":
            pieces.append(style.span("\u2011"))
        elif tag == f"{W}softHyphen":
            pieces.append(style.span("\u00ad"))
        elif tag == f"{W}sym":
            sign = self._symbol(child.get(f"{W}font") or "", child.get(f"{W}char") or "")
            pieces.append(style.span(self.account.own(sign)))
        elif tag == f"{W}fldChar":
            self._step_field(child, style, pieces)
        elif tag == f"{W}bookmarkStart":
            if child.get(f"{W}name") in self.shared.targets:
                self._anchor = child.get(f"{W}name")
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference", f"{W}commentReference"):
            self._add_note(child, style, pieces)
        else:
            return False
        return True

    def _add_object(self, child: Any, style: Style, pieces: list[Span | Block]) -> bool:
        """Drawings, formulas and documents in the document."""
        tag = child.tag
        if tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
            pieces += self.drawings.read(child)
        elif tag in (f"{M}oMath", f"{M}oMathPara"):
            pieces.append(style.span(omml_text(child)))
            for text in hidden_parts(child):
                self.account.leave_out("a part of a formula that is not shown", text)
        elif tag in (f"{W}subDoc", f"{W}altChunk", f"{W}contentPart"):
            self.account.leave_out(f"a document in the document ({local(child)})")
        elif tag == f"{W}pgNum":
            self.account.leave_out("a page number")
        else:
            return False
        return True

    def _add_note(self, child: Any, style: Style, pieces: list[Span | Block]) -> None:
        kind = local(child).removesuffix("Reference")
        mark = self.shared.notes.refer(kind, child.get(f"{W}id") or "", own=is_on_attribute(child, "customMarkFollows"))
        raised = replace(style, marks=replace(style.marks, position="raised"), link=None, target=mark.place)
        shown = f"[comment {mark.text}]" if kind == "comment" else mark.text
        if shown:
            pieces.append(raised.span(self.account.own(shown), mark.reference))
        else:
            self._anchor = mark.reference

    def _step_field(self, child: Any, style: Style, pieces: list[Span | Block]) -> None:
        step = child.get(f"{W}fldCharType")
        if step == "begin":
            self._fields.append(Field())
            data = child.find(f"{W}ffData")
            shown = form_field_text(data, self.account) if data is not None else ""
            if shown:
                pieces.append(style.span(shown))
        elif step == "separate" and self._fields:
            self._fields[-1].begin_result(self.shared.targets, self.account)
        elif step == "end" and self._fields:
            self._fields.pop().end(self.account)

    def _add_control(
        self, control: Any, style: Style, named: str | None, pieces: list[Span | Block], depth: int
    ) -> None:
        """A content control: a box to tick as a sign before its other words, others as their content (17.5.2)."""
        box = box_of(control)
        inner: list[Span | Block] = []
        self._gather(control, style, named, inner, depth + 1)
        if box is not None:
            pieces.append(style.span(self.account.own(box)))
            inner = without_box(inner, self.account)
        else:
            name_choices(control, self.account)
        pieces += inner

    def _link(self, element: Any, style: Style) -> Style:
        relation = self.part.rels.get(element.get(_R_ID))
        place = element.get(f"{W}anchor")
        if relation is not None:
            link = absolute_link(relation.target_ref)
            if link is None:
                self.account.leave_out(f"link {str(relation.target_ref)[:200]}")
            return replace(style, link=link)
        return replace(style, target=place if place in self.shared.targets else None)
