"""What holds at one place of an RTF text, and where the words of a group belong."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archive.model.blocks import Direction, Position, Span
from archive.renditions.readers.inline import PLAIN, Style

SILENT = frozenset({
    "colortbl", "listtable", "listoverridetable", "rsidtbl", "generator", "themedata",
    "colorschememapping", "latentstyles", "datastore", "xmlnstbl", "mmathPr", "pgptbl", "wgrffmtfilter", "bkmkstart",
    "bkmkend", "pnseclvl", "pn", "filetbl", "shprslt", "defchp", "defpap", "ftnsep", "ftnsepc", "ftncn", "aftnsep",
    "aftnsepc", "aftncn", "blipuid", "picprop", "objclass", "objname", "fname", "panose", "falt", "fontemb",
    "passwordhash", "protusertbl", "atrfstart", "atrfend", "template", "hlinkbase", "cchs", "background", "nonshppict",
    "nesttableprops", "nonesttables", "oldcprops", "oldpprops", "oldsprops", "oldtprops", "atnicn", "atnref",
    "atntime", "atnparent", "atndate", "objdata", "fldtype", "ffname", "ffdeftext", "ffhelptext", "ffstattext",
    "ffentrymcr", "ffexitmcr", "ffformat", "datafield", "private", "stylerestrictions", "hl", "hlloc", "hlsrc", "hlfr",
    "pgdsctbl", "mhtmltag", "htmltag",
})  # fmt: skip
"""Groups that say how things look, or that repeat what is elsewhere: nothing in them is read by people."""
DRAWN = frozenset({"shptxt", "shpgrp", "shp", "shppict", "ud", "formfield", "field", "result", "shpinst", "do"})
"""Groups that may be passed over by old programs and whose words are read all the same."""
INFORMATION = frozenset({
    "title", "author", "subject", "keywords", "doccomm", "operator", "category", "manager", "company", "comment",
})  # fmt: skip
HEADERS = frozenset({"header", "headerl", "headerr", "headerf"})
FOOTERS = frozenset({"footer", "footerl", "footerr", "footerf"})


@dataclass(frozen=True, slots=True)
class State:
    """The form of the letters, and the place that text goes to: "body", "skip", "info", or that of a note."""

    style: Style = PLAIN
    place: str = "body"
    hidden: bool = False
    inserted: bool = False
    deleted: bool = False
    author: int = 0
    font: int = -1
    uc: int = 1
    direction: Direction = "auto"

    def span(self, text: str) -> Span:
        """A run of `text` in this form; what was inserted is underlined, what was deleted is struck."""
        marks = self.style.marks
        marks = replace(
            marks,
            strike=marks.strike or self.deleted,
            underline=marks.underline or (self.inserted and not self.deleted),
        )
        return replace(self.style, marks=marks).span(text)


def apply(state: State, word: str, number: int | None) -> State | None:
    """The state after a word that changes the form of letters or lines; None for other words."""
    on = number != 0
    style, marks = state.style, state.style.marks
    match word:
        case "plain":
            return replace(state, style=Style(link=style.link), hidden=False, inserted=False, deleted=False, font=-1)
        case "b":
            style = replace(style, bold=on)
        case "i":
            style = replace(style, italic=on)
        case "strike" | "striked":
            style = replace(style, marks=replace(marks, strike=on))
        case "ul" | "uld" | "uldash" | "uldashd" | "uldashdd" | "uldb" | "ulth" | "ulw" | "ulwave" | "ulhwave":
            style = replace(style, marks=replace(marks, underline=on))
        case "ulnone":
            style = replace(style, marks=replace(marks, underline=False))
        case "super":
            style = replace(style, marks=replace(marks, position="raised" if on else "base"))
        case "sub":
            style = replace(style, marks=replace(marks, position="lowered" if on else "base"))
        case "up" | "dn":
            shift: Position = "raised" if word == "up" else "lowered"
            style = replace(style, marks=replace(marks, position=shift if number is None or number >= 4 else "base"))
        case "nosupersub":
            style = replace(style, marks=replace(marks, position="base"))
        case "caps":
            style = replace(style, marks=replace(marks, capitals="all" if on else "as written"))
        case "scaps":
            style = replace(style, marks=replace(marks, capitals="small" if on else "as written"))
        case "highlight":
            style = replace(style, marks=replace(marks, highlight=bool(number)))
        case "v" | "webhidden":
            return replace(state, hidden=on)
        case "revised":
            return replace(state, inserted=on)
        case "deleted":
            return replace(state, deleted=on)
        case "revauth" | "revauthdel":
            return replace(state, author=number or 0)
        case "rtlpar":
            return replace(state, direction="rtl")
        case "ltrpar":
            return replace(state, direction="ltr")
        case _:
            return None
    return replace(state, style=style)
