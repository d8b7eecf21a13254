"""Walks a parsed HTML tree and makes blocks of it. Every element and text is drawn or goes into the account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from archive.model.blocks import Block, Direction, Heading, Paragraph, Quote, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.formulas import mathml_text
from archive.renditions.readers.html_elements import (
    direction_of,
    find_targets,
    language_of,
    texts_in,
    texts_without,
    words_in,
)
from archive.renditions.readers.html_flow import Flow
from archive.renditions.readers.html_forms import CONTROLS, control_text
from archive.renditions.readers.html_head import leave_out_element
from archive.renditions.readers.html_lists import make_list
from archive.renditions.readers.html_pictures import read_own_picture
from archive.renditions.readers.html_style import (
    Declarations,
    Rules,
    apply,
    has_ground,
    is_hidden,
    is_only_invisible,
    is_turned,
    is_visible_again,
    is_white,
    takes_line_away,
)
from archive.renditions.readers.html_table import TableParts, read_table
from archive.renditions.readers.html_tags import INLINE, style_of_tag
from archive.renditions.readers.inline import PLAIN, Style, absolute_link, collapse
from archive.renditions.readers.source import Source

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_SILENT = frozenset({"style", "meta", "base", "link", "source", "track", "param", "col", "colgroup"})
"""They have no text of their own; the parser may put what follows them into them."""
_LEFT_OUT = frozenset({
    "script", "iframe", "frame", "object", "embed", "applet", "video", "audio", "canvas", "svg", "portal", "template",
    "datalist", "area", "bgsound",
})  # fmt: skip
_FIXED = frozenset({"pre", "listing", "xmp", "plaintext"})
_PLAIN = frozenset({"p", "div", "span"})
_DEEPEST = 60
_POINTED = {
    "title": "a note that shows on pointing at", "aria-label": "a label for screen readers of",
    "summary": "a summary for screen readers of",
}  # fmt: skip
_RULE = "———"
_ISOLATES = {"ltr": "\u2066", "rtl": "\u2067"}
_OVERRIDES = {"ltr": "\u202d", "rtl": "\u202e"}


class TreeReader:
    """Reads elements into blocks; what is not drawn goes into the account."""

    def __init__(self, source: Source, account: Account, rules: Rules | None = None, tree: Any = None) -> None:
        self.source, self.account = source, account
        self._rules = rules or Rules()
        self._direction: Direction = "auto"
        self._anchor: str | None = None
        self._title: Any = None
        self._changed: dict[tuple[Style, str], Style] = {}
        self._targets = find_targets(tree) if tree is not None else frozenset()

    def read_page(self, tree: Any) -> list[Block]:
        """The blocks of a whole page, wherever its parts are; all that it says is met."""
        self._title = tree.find("head/title")
        self.account.meet(words_in(tree))
        declarations = self._rules.at(tree)
        if is_hidden(tree, declarations):
            self._leave_out_hidden(tree)
            return []
        return self.read(tree, self._change(PLAIN, tree, declarations))

    def read(self, element: Any, style: Style = PLAIN, depth: int = 0, *, fixed: bool = False) -> list[Block]:
        """The blocks in `element`'s content."""
        before = self._direction
        own = direction_of(element)
        if own is not None and element.tag not in ("html", "body"):
            self._direction = own
        flow = Flow(self._direction, language_of(element), fixed=fixed)
        self._fill(element, style, flow, depth)
        self._direction = before
        return flow.end()

    def _fill(self, element: Any, style: Style, flow: Flow, depth: int) -> None:
        if self._rules.beside:
            flow.add(style, self.account.own(self._rules.put(element, "before")))
        self._add(element.text, style, flow)
        for child in element:
            if child.tag in _PLAIN and not len(child) and not child.text and not child.attrib:
                # Pages with many thousands of empty paragraphs are real: each of them only ends a line.
                if flow.has_begun and child.tag != "span":
                    flow.flush()
            elif child.tag == "br" and not child.attrib:
                flow.add_break(style)
            elif isinstance(child.tag, str):
                declarations = self._rules.at(child)
                if not is_hidden(child, declarations):
                    self._fill_child(child, self._change(style, child, declarations), flow, depth + 1)
                elif is_only_invisible(child, declarations):
                    self._fill_visible(child, style, flow, depth + 1)
                else:
                    self._leave_out_hidden(child)
            self._add(child.tail, style, flow)
        if self._rules.beside:
            flow.add(style, self.account.own(self._rules.put(element, "after")))

    def _fill_visible(self, element: Any, style: Style, flow: Flow, depth: int) -> None:
        """What in an invisible element is made visible again; the rest of it is hidden."""
        seen: list[Any] = []
        waiting = list(element)[::-1]
        while waiting:
            one = waiting.pop()
            if not isinstance(one.tag, str):
                continue
            if is_visible_again(self._rules.at(one)):
                seen.append(one)
            else:
                waiting += list(one)[::-1]
        if not seen:
            self._leave_out_hidden(element)
            return
        text = texts_without(element, frozenset(seen))
        if text:
            self.account.leave_out("hidden text", text)
        for one in seen:
            declarations = self._rules.at(one)
            if is_hidden(one, declarations):
                self._leave_out_hidden(one)
            else:
                self._fill_child(one, self._change(style, one, declarations), flow, depth)

    def _fill_child(self, child: Any, style: Style, flow: Flow, depth: int) -> None:
        tag = child.tag.lower()
        self._note_attributes(child)
        if depth > _DEEPEST and tag not in _SILENT and tag not in _LEFT_OUT:
            self.account.leave_out(f"the form of what is nested more than {_DEEPEST} deep")
            self._add("".join(texts_in(child)), style, flow)
        elif tag in _LEFT_OUT:
            self._leave_out(child)
        elif tag == "math":
            self._add_formula(child, style, flow)
        elif tag == "title":
            self._add_title(child)
        elif tag in _SILENT:
            if tag != "style":
                self._fill(child, style, flow, depth)
        elif tag in CONTROLS:
            flow.add_lines(style, control_text(child, self.account))
        elif tag == "br":
            flow.add_break(style)
        elif tag in ("img", "image"):
            self._add_image(child, style, flow)
        elif tag in INLINE:
            self._fill_inline(child, tag, style, flow, depth)
        else:
            flow.flush()
            flow.blocks += self._read_block(child, tag, style, depth, fixed=flow.fixed)

    def _fill_inline(self, child: Any, tag: str, style: Style, flow: Flow, depth: int) -> None:
        before, after = self._around(child, tag)
        flow.add(style, self.account.own(before))
        self._fill(child, style, flow, depth)
        flow.add(style, self.account.own(after))

    def _around(self, child: Any, tag: str) -> tuple[str, str]:
        """What a browser puts around an element: quotation marks, brackets of an explanation, a direction."""
        said = direction_of(child)
        if tag == "q":
            return "\u201c", "\u201d"
        if tag == "rt" and child.getparent().find("rp") is None:
            return " (", ")"
        if tag == "bdo" and said in _OVERRIDES:
            return _OVERRIDES[said], "\u202c"
        if said in _ISOLATES:
            return _ISOLATES[said], "\u2069"
        return ("\u2068", "\u2069") if tag == "bdi" or said == "auto" else ("", "")

    def _read_block(self, element: Any, tag: str, style: Style, depth: int, *, fixed: bool) -> list[Block]:
        if tag in _HEADINGS:
            return self._read_heading(element, _HEADINGS[tag], style, depth)
        if tag in _FIXED:
            return self.read(element, style, depth, fixed=True)
        if tag == "hr":
            return [Paragraph((Span(self.account.own(_RULE)),))]
        if tag == "blockquote":
            inner = self.read(element, style, depth)
            return [Quote(tuple(inner))] if inner else []
        if tag in ("ul", "ol", "menu", "dir"):
            return self._read_list(element, style, depth)
        if tag == "table":
            return self._read_table(element, style, depth)
        if tag == "optgroup":
            return [Paragraph((Span(element.get("label") or ""),)), *self.read(element, style, depth)]
        return self.read(element, style, depth, fixed=fixed)

    def _read_table(self, element: Any, style: Style, depth: int) -> list[Block]:
        said = direction_of(element)
        before, self._direction = self._direction, said or self._direction
        parts = TableParts(
            lambda cell, inner: self._read_cell(cell, inner, depth + 1),
            lambda caption, inner: self._spans_of(caption, inner, depth + 1),
            lambda child, text, inner: self._read_stray(child, text, inner, depth + 1),
            self._enter,
        )
        blocks = read_table(element, style, parts, self.account, said or "auto")
        self._direction = before
        return blocks

    def _enter(self, element: Any, style: Style) -> Style | None:
        """The style in a part of a table; None where it is hidden."""
        declarations = self._rules.at(element)
        if is_hidden(element, declarations):
            self._leave_out_hidden(element)
            return None
        self._note_attributes(element)
        return self._change(style, element, declarations)

    def _read_cell(self, cell: Any, style: Style, depth: int) -> list[Block]:
        inner = self._enter(cell, Style(language=style.language, marks=style.marks))
        return [] if inner is None else self.read(cell, inner, depth)

    def _read_stray(self, child: Any, text: str | None, style: Style, depth: int) -> list[Block]:
        """What is in a table and in no cell is wrong HTML, but it is there."""
        flow = Flow(self._direction, None)
        if child is not None:
            if is_hidden(child, self._rules.at(child)):
                self._leave_out_hidden(child)
            else:
                self._fill_child(child, self._change(style, child, self._rules.at(child)), flow, depth)
        elif text and text.strip():
            self._add(text, style, flow)
        return flow.end()

    def _spans_of(self, element: Any, style: Style, depth: int) -> tuple[Span, ...]:
        flow = Flow("auto", None)
        self._fill(element, style, flow, depth)
        spans = list(flow.spans)
        for block in flow.blocks:
            if isinstance(block, Paragraph):
                spans += block.spans
            else:
                self.account.leave_out("a block in the caption of a table")
        return collapse(spans)

    def _read_heading(self, element: Any, level: int, style: Style, depth: int) -> list[Block]:
        return [
            Heading(level, block.spans, block.language, block.direction) if isinstance(block, Paragraph) else block
            for block in self.read(element, style, depth)
        ]

    def _read_list(self, element: Any, style: Style, depth: int) -> list[Block]:
        items: list[tuple[Any, list[Block]]] = []
        self._add_stray_item(element.text, style, items)
        for child in element:
            if isinstance(child.tag, str):
                declarations = self._rules.at(child)
                flow = Flow(self._direction, None)
                if is_hidden(child, declarations):
                    self._leave_out_hidden(child)
                elif child.tag == "li":
                    self._note_attributes(child)
                    flow.blocks += self.read(child, self._change(style, child, declarations), depth + 1)
                else:
                    self._fill_child(child, self._change(style, child, declarations), flow, depth + 1)
                blocks = flow.end()
                if blocks or child.tag == "li":
                    items.append((child if child.tag == "li" else None, blocks))
            self._add_stray_item(child.tail, style, items)
        declarations = self._rules.at(element)
        return [make_list(element, items, declarations)] if any(blocks for _, blocks in items) else []

    def _add_stray_item(self, text: str | None, style: Style, items: list[tuple[Any, list[Block]]]) -> None:
        """Text between the items of a list is wrong HTML, but it is text."""
        spans = collapse([style.span(text)]) if text else ()
        if spans:
            items.append((None, [Paragraph(spans)]))

    def _add_image(self, element: Any, style: Style, flow: Flow) -> None:
        address, said = (element.get("src") or element.get("href") or "").strip(), (element.get("alt") or "").strip()
        image = read_own_picture(address, said or None, self.source, self.account)
        if image is not None:
            flow.flush()
            flow.blocks.append(image)
            return
        shown = address.partition(",")[0] if address.startswith("data:") else address
        self.account.leave_out(f"picture {shown[:200] or 'without address'}")
        flow.add(style, said)

    def _add_formula(self, element: Any, style: Style, flow: Flow) -> None:
        others = [words_in(one) for one in element.iter("annotation", "annotation-xml")]
        drawn = mathml_text(element)
        self.account.meet_again("".join(texts_in(element)), drawn + "".join(others))
        for text in filter(None, others):
            self.account.leave_out("another form of a formula", text)
        for text in filter(None, (words_in(one) for one in element.iter("mphantom"))):
            self.account.leave_out("a part of a formula that is not shown", text)
        flow.add(style, drawn)

    def _add_title(self, element: Any) -> None:
        """The title of the page is not drawn here; a second one is not shown by any browser."""
        text = "".join(texts_in(element))
        if element is self._title:
            self.account.place(text)
        elif text.strip():
            self.account.leave_out("another title", text)

    def _add(self, text: str | None, style: Style, flow: Flow) -> None:
        if not text:
            return
        if self._anchor is not None and text.strip():
            flow.add(style, text, self._anchor)
            self._anchor = None
        else:
            flow.add(style, text)

    def _change(self, style: Style, element: Any, declarations: Declarations) -> Style:
        """The style inside of `element`."""
        tag = element.tag.lower()
        if not declarations and not element.attrib:
            if tag in _PLAIN:
                return style
            known = self._changed.get((style, tag))
            if known is None:
                known = self._changed[style, tag] = self._change_fully(style, element, tag, declarations)
            return known
        return self._change_fully(style, element, tag, declarations)

    def _change_fully(self, style: Style, element: Any, tag: str, declarations: Declarations) -> Style:
        # As it is seen: a line that the page takes away from u or s is not there; del and ins mean what they say.
        known = "span" if tag in ("u", "s", "strike") and takes_line_away(declarations) else tag
        changed = style_of_tag(style, known, language_of(element), ground=has_ground(declarations))
        if tag == "a" and element.get("href") is not None:
            changed = self._link(changed, element.get("href").strip())
        return apply(changed, declarations) if declarations else changed

    def _link(self, style: Style, address: str) -> Style:
        if address.startswith("#"):
            target = address[1:] if address[1:] in self._targets else None
            if target is None and address not in ("#", "#top"):
                self.account.leave_out(f"link {address[:200]}")
            return replace(style, link=None, target=target)
        link = absolute_link(address)
        if link is None and address:
            self.account.leave_out(f"link {address[:200]}")
        return replace(style, link=link, target=None)

    def _note_attributes(self, element: Any) -> None:
        """Remember a place that is linked to, and name what shows only on pointing at an element."""
        if not element.attrib and not self._rules.by_key:
            return
        place = element.get("id") or (element.get("name") if element.tag == "a" else None)
        if place in self._targets:
            self._anchor = place
        for key, what in _POINTED.items():
            said = (element.get(key) or "").strip()
            if said and said != (element.get("alt") or "").strip():
                self.account.leave_out(f"{what} {element.tag}", said)
            else:
                self.account.place(said)
        declarations = self._rules.at(element)
        if declarations and is_turned(declarations):
            self.account.leave_out("an order of letters that a rule of style turns round", "".join(texts_in(element)))
        if declarations and is_white(declarations) and "".join(texts_in(element)).strip():
            self.account.leave_out("the colour of white or transparent text, which is drawn in black")

    def _leave_out(self, element: Any) -> None:
        text = words_in(element)
        leave_out_element(element, self.account, text)
        if element.get("srcdoc"):
            self.account.leave_out("the page in an iframe", " ".join(element.get("srcdoc").split())[:200])

    def _leave_out_hidden(self, element: Any) -> None:
        text = words_in(element)
        if text:
            self.account.leave_out("hidden text", text)
        for inner in element.iter("img", "script", *CONTROLS):
            self.account.leave_out(f"hidden {inner.tag}")
