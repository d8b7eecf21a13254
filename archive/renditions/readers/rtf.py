"""Rich Text Format (1.9.1): its words with the marks on them, tables, notes, comments, changes and pictures."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from archive.errors import RenditionError
from archive.model.blocks import Block, Document, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.inline import absolute_link
from archive.renditions.readers.numbering import spell_number
from archive.renditions.readers.rtf_endings import list_changes, list_stories
from archive.renditions.readers.rtf_fields import Field, checkbox_or_choice, symbol_of
from archive.renditions.readers.rtf_fonts import Fonts, read_symbol
from archive.renditions.readers.rtf_pictures import PICTURES, read_digits
from archive.renditions.readers.rtf_state import DRAWN, FOOTERS, HEADERS, INFORMATION, SILENT, State, apply
from archive.renditions.readers.rtf_story import Story
from archive.renditions.readers.rtf_tokens import (
    ESCAPES,
    SIGNS,
    Letters,
    codec_of_page,
    read_tokens,
)
from archive.renditions.readers.source import Source

_HEADING = re.compile(r"\s*heading ([1-9])\b", re.IGNORECASE)
_SHAPE_WORDS = frozenset({"wzDescription", "gtextUNICODE", "wzName"})


def read_rtf(source: Source) -> Document:
    """The document in an .rtf. Raises `RenditionError` when it is not RTF."""
    if not source.content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf"):
        raise RenditionError("not RTF: it does not begin as RTF does", subject=source.name)
    account = Account()
    reader = _Reader(source, account)
    blocks = reader.read()
    return Document(
        tuple(blocks),
        language=source.language,
        title=reader.information.get("title") or None,
        dropped=account.settle(blocks),
        creators=(author,) if (author := reader.information.get("author")) else (),
    )


@dataclass(slots=True)
class _Gathered:
    """Words that go elsewhere than into the text: a name, an instruction, the digits of a picture."""

    kind: str
    pieces: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self, source: Source, account: Account) -> None:
        self.source, self.account = source, account
        self.information: dict[str, str] = {}
        self.letters = Letters(self._put)
        self._texts: list[str] = []
        self._state = State()
        self._stack: list[tuple[State, Story, _Gathered | None, int]] = []
        self._body = Story()
        self._story = self._body
        self._stories: list[Story] = []
        self._gathered: _Gathered | None = None
        self._page = codec_of_page(None) or "cp1252"
        self._fonts = Fonts()
        self._authors: list[str] = []
        self._fields: list[Field] = []
        self._starred = self._begins = self._skip_next = False
        self._picture = self._shape = ""
        self._style: int | None = None
        self._outlines: dict[int, int] = {}
        self._mark: tuple[Story, int] | None = None
        self._counts: Counter[str] = Counter()
        self._who = ""
        self._changes: Counter[tuple[str, int]] = Counter()

    def read(self) -> list[Block]:
        """The blocks of the file: the text, the notes, the comments, headers and footers, and who changed it."""
        for token in read_tokens(self.source.content):
            match token.kind:
                case "open":
                    self._open()
                case "close":
                    self._close()
                case "word":
                    self._word(token.word, token.number)
                case "sign":
                    self._sign(token.word)
                case "text":
                    self._text(token.content)
                case _:
                    self.account.leave_out("data of a picture or an object in binary form")
        self._end_run()
        if self._stack:
            self.account.leave_out("the end of the file: it is cut off")
        blocks = list(self._body.finish(self._state.direction))
        blocks += list_stories(self._stories, self.account)
        return [*blocks, *list_changes(self._changes, self._authors, self.account)]

    def _open(self) -> None:
        self._end_run()
        self._stack.append((self._state, self._story, self._gathered, len(self._fields)))
        self._begins = True
        if self._skip_next:
            self._skip_next = False
            self._state = replace(self._state, place="skip")

    def _close(self) -> None:
        self._end_run()
        self.letters.end_group()
        self._starred = self._begins = False
        if not self._stack:
            return
        state, story, gathered, depth = self._stack.pop()
        if self._gathered is not None and self._gathered is not gathered:
            self._use(self._gathered)
        if self._story is not story:
            self._story.finish(self._state.direction)
        del self._fields[depth:]
        self._state, self._story, self._gathered = state, story, gathered

    def _word(self, word: str, number: int | None) -> None:
        if word == "u" and number is not None:
            self._add_unicode(number & 0xFFFF)
            return
        self._end_run()
        starred, begins, self._starred, self._begins = self._starred, self._begins, False, False
        if self._state.place == "skip" or ((starred or begins) and self._enter(word, starred=starred)):
            return
        if word in SIGNS:
            self.letters.add_sign(SIGNS[word])
            return
        if self._state.place in ("fonts", "styles", "field", "gather"):
            self._describe(word, number)
            return
        changed = apply(self._state, word, number)
        if changed is not None:
            self._state = changed
            return
        story, direction = self._story, self._state.direction
        match word:
            case "par" | "sect":
                story.end_paragraph(direction)
            case "page" | "pagebb":
                story.break_page(direction)
            case "pard":
                story.in_table, story.outline = False, None
                self._state = replace(self._state, direction="auto")
            case "intbl":
                story.in_table = True
            case "cell":
                story.end_cell(direction)
            case "row":
                story.end_row(direction)
                story.in_table = False
            case "nestcell" | "nestrow":
                story.end_paragraph(direction)
            case "outlinelevel":
                story.outline = number if number is not None and number < 9 else None
            case "s":
                story.outline = self._outlines.get(number or 0)
            case "uc":
                self._state = replace(self._state, uc=max(0, min(number or 0, 8)))
            case "f":
                self._state = replace(self._state, font=number or 0)
            case "ansicpg":
                self._page = codec_of_page(number) or self._page
            case "mac":
                self._page = "mac_roman"
            case "pc":
                self._page = "cp437"
            case "pca":
                self._page = "cp850"
            case "deff":
                self._fonts.default = number or 0
            case "chftn":
                self._refer()
            case "ftnalt":
                self._make_endnote()
            case "chpgn" | "sectnum" | "chdate" | "chdpl" | "chdpa" | "chtime":
                self.account.leave_out("a page number or a date that a program writes when it prints")
            case _:
                pass

    def _enter(self, word: str, *, starred: bool) -> bool:
        """Whether a group is one of those that begin with `word`, and its words go elsewhere."""
        place = None
        if word in SILENT:
            place = "skip"
        elif word in HEADERS or word in FOOTERS:
            self._begin("header" if word in HEADERS else "footer")
        elif word == "footnote":
            self._begin_note()
        elif word == "annotation":
            self._counts["comment"] += 1
            label = str(self._counts["comment"])
            self._own(Span(f"[comment {label}]"))
            self._begin("comment", f"{label}.", self._who)
            self._who = ""
        elif word == "fonttbl":
            place = "fonts"
        elif word == "stylesheet":
            place = "styles"
        elif self._state.place == "styles" and starred:
            place = "skip"
        elif word in ("pict", "revtbl", "fldinst", "atnauthor", "atnid", "ffl", "sn", "sv", *INFORMATION):
            place = "field" if word in ("fldinst", "ffl") else "gather"
            self._gathered = _Gathered(word)
        elif word == "info":
            place = "info"
        elif word == "field":
            self._fields.append(Field())
        elif word == "fldrslt":
            link = self._fields[-1].link if self._fields else None
            self._state = replace(self._state, style=replace(self._state.style, link=link))
        elif word == "object":
            self.account.leave_out("embedded objects")
        elif word == "shpinst":
            self.account.leave_out("the form of a drawn shape")
        elif word == "upr":
            self._skip_next = True
        elif starred and word not in DRAWN:
            place, self._gathered = "gather", _Gathered(f"*{word}")
        elif not starred:
            return False
        if place is not None:
            self._state = replace(self._state, place=place)
        return True

    def _describe(self, word: str, number: int | None) -> None:
        if self._state.place == "fonts":
            if word == "f":
                self._state = replace(self._state, font=number or 0)
                self._fonts.entry(number or 0)
            elif word == "fcharset":
                self._fonts.entry(self._state.font).charset = number
        elif self._state.place == "styles":
            if word == "s":
                self._style = number
            elif word == "outlinelevel" and self._style is not None and number is not None:
                self._outlines[self._style] = number
        elif word in PICTURES:
            self._picture = word
        elif self._state.place == "field" and self._fields:
            self._fields[-1].say(word, number)

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self._starred = True
        elif sign in ESCAPES:
            self._begins = False
            self.letters.add_sign(ESCAPES[sign])
        elif sign in ("\n", "\r", "\r\n"):
            self._end_run()
            self._story.end_paragraph(self._state.direction)
        elif sign == "\t":
            self.letters.add_sign("\t")

    def _text(self, content: bytes) -> None:
        self._begins = False
        font = self._fonts.find(self._state.font)
        if font.is_symbol and self._state.place == "body":
            for byte in content:
                self.letters.add_sign(read_symbol(font, byte, self.account))
            return
        own = font.codec if self._state.place != "fonts" else None
        self.letters.add(content, own or self._page)

    def _add_unicode(self, number: int) -> None:
        font = self._fonts.find(self._state.font)
        if 0xF020 <= number <= 0xF0FF and self._state.place == "body":
            self.letters.add_instead(read_symbol(font, number & 0xFF, self.account), self._state.uc)
        else:
            self.letters.add_unicode(number, self._state.uc)

    def _put(self, text: str) -> None:
        state = self._state
        if self._gathered is not None and state.place in ("gather", "field"):
            self._gathered.pieces.append(text)
            return
        if state.place == "fonts":
            self._fonts.entry(state.font).name += text
            return
        if state.place == "styles":
            # Programs differ in whether a style says its level; its name is the same in all of them.
            found = _HEADING.match(text)
            if found is not None and self._style is not None:
                self._outlines.setdefault(self._style, int(found[1]) - 1)
        if state.place != "body":
            return
        self._texts.append(text)

    def _end_run(self) -> None:
        """Place the text that has come since the form or the place last changed."""
        self.letters.flush()
        if not self._texts:
            return
        state, text = self._state, "".join(self._texts)
        self._texts = []
        self.account.meet(text)
        if state.hidden:
            if text.strip():
                self.account.leave_out("hidden text", text)
            return
        if (state.inserted or state.deleted) and text.strip():
            self._changes["deleted" if state.deleted else "inserted", state.author] += 1
        if "\N{REPLACEMENT CHARACTER}" in text:
            self.account.leave_out("letters that are not in the code page that is named for them")
        self._story.spans.append(state.span(text))

    def _own(self, span: Span) -> None:
        self.account.own(span.text)
        self._story.spans.append(span)

    def _begin(self, kind: str, label: str = "", who: str = "") -> None:
        self._story = Story(kind, label, who)
        self._stories.append(self._story)
        self._state = State(uc=self._state.uc, font=self._state.font)

    def _refer(self) -> None:
        """The mark of a note: before the note in the text, and again at its beginning, where it is its label."""
        if self._story is self._body:
            self._mark = (self._story, len(self._story.spans))
            self._own(
                Span(str(self._counts["footnote"] + 1), marks=replace(self._state.style.marks, position="raised"))
            )

    def _begin_note(self) -> None:
        self._counts["footnote"] += 1
        order = self._counts["footnote"]
        label = ""
        if self._mark is not None and self._mark[0].spans[self._mark[1] :]:
            story, at = self._mark
            story.spans[at] = replace(
                story.spans[at], anchor=f"footnote {order} in the text", target=f"footnote {order}"
            )
            label = f"{story.spans[at].text}."
        self._begin("footnote", label)

    def _make_endnote(self) -> None:
        """A note that says of itself that it is an endnote: its mark is one of their own row."""
        if self._story.kind != "footnote":
            return
        self._counts["footnote"] -= 1
        self._counts["endnote"] += 1
        order = self._counts["endnote"]
        self._story.kind = "endnote"
        if self._mark is not None and self._story.label:
            story, at = self._mark
            text = spell_number(order, "lowerRoman") or str(order)
            self.account.own(text)
            self.account.place(story.spans[at].text)
            self._story.label = f"{text}."
            story.spans[at] = replace(
                story.spans[at], text=text, anchor=f"endnote {order} in the text", target=f"endnote {order}"
            )

    def _use(self, gathered: _Gathered) -> None:
        """What became known when a group of words ended."""
        said = "".join(gathered.pieces)
        match gathered.kind:
            case "fldinst":
                self._use_instruction(said)
            case "ffl":
                if self._fields:
                    self._fields[-1].choices.append(said)
            case "pict":
                self._draw(said)
            case "sn":
                self._shape = said.strip()
            case "sv":
                if self._shape in _SHAPE_WORDS and said.strip():
                    self.account.leave_out("the words of a drawn shape", self.account.own(said))
            case "revtbl":
                self._authors = [one.strip() for one in said.split(";")]
            case "atnauthor" | "atnid":
                self._who = said.strip() if gathered.kind == "atnauthor" or not self._who else self._who
            case "title" | "author":
                self.information[gathered.kind] = " ".join(said.split())
            case kind if kind in INFORMATION:
                if said.strip():
                    self.account.leave_out(f"the {kind} among the properties of the file", self.account.own(said))
            case kind:
                if said.strip():
                    self.account.leave_out(f"a part that is not known here ({kind})", self.account.own(said))

    def _use_instruction(self, said: str) -> None:
        if not self._fields:
            return
        one = self._fields[-1]
        one.instruction += said
        one.link = absolute_link(one.address)
        if one.address and one.link is None:
            self.account.leave_out(f"link {one.address[:200]}")
        text = checkbox_or_choice(one) or symbol_of(one)
        if text:
            self._story.spans.append(self._state.span(self.account.own(text)))
        elif one.is_formula:
            self.account.leave_out("a formula of a field", self.account.own(one.instruction))

    def _draw(self, digits: str) -> None:
        kind, self._picture = self._picture, ""
        blocks = read_digits(kind, digits, self.source.name, self.account)
        if blocks:
            self._story.end_paragraph(self._state.direction)
        for block in blocks:
            self._story.add(block)
