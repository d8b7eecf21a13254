"""What belongs to a sheet beside its cells: comments, drawings, headers and footers, links and lists of choices."""

from __future__ import annotations

import re
from typing import Any

from archive.model.blocks import Block, BulletList, ListItem, Paragraph, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_names import R
from archive.renditions.readers.inline import absolute_link
from archive.renditions.readers.ooxml_parts import Package, added_heading, read_shapes
from archive.renditions.readers.sheet_styles import S, read_string

_THREADED = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
_CODE = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-Fa-f+\-]{6}|[A-Za-z&])')
_CODES = {"&P": "[page]", "&N": "[pages]", "&D": "[date]", "&T": "[time]", "&F": "[file]", "&A": "[sheet]",
          "&Z": "[folder]", "&L": " ", "&C": " ", "&R": " ", "&&": "&"}  # fmt: skip


def read_comments(package: Package, member: str) -> dict[str, list[tuple[str, str]]]:
    """For each cell of a sheet its comments: who wrote it, and what it says."""
    people = {
        one.get("id") or "": one.get("displayName") or ""
        for root in (package.part("xl/persons/person.xml"),)
        for one in (root if root is not None else ())
    }
    found: dict[str, list[tuple[str, str]]] = {}
    for _, root in package.related(member, "threadedComment"):
        for one in root.iter(f"{_THREADED}threadedComment"):
            said = [people.get(one.get("personId") or "", ""), one.get("dT") or ""]
            said += ["in answer"] if one.get("parentId") else []
            said += ["marked as done"] if one.get("done") in ("1", "true") else []
            text = one.findtext(f"{_THREADED}text") or ""
            found.setdefault(one.get("ref") or "", []).append((", ".join(filter(None, said)), text))
    for _, root in package.related(member, "comments"):
        authors = [one.text or "" for one in root.iterfind(f"{S}authors/{S}author")]
        for one in root.iter(f"{S}comment"):
            place = one.get("ref") or ""
            # A threaded comment is here once more, as a text for programs that do not know threads.
            if place not in found or (authors[_at(one)] if _at(one) < len(authors) else "")[:3] != "tc=":
                text = "".join(part for part, _ in read_string(one.find(f"{S}text"), package.account))
                found.setdefault(place, []).append((authors[_at(one)] if _at(one) < len(authors) else "", text))
    return found


def _at(comment: Any) -> int:
    said = comment.get("authorId") or "0"
    return int(said) if said.isdigit() and len(said) < 7 else 0


def comment_blocks(found: dict[str, list[tuple[str, str]]], account: Account) -> list[Block]:
    """The comments of a sheet under a heading, each with the place of its cell."""
    items = []
    for place, comments in found.items():
        for who, text in comments:
            spans = [Span(account.own(f"{who.strip()}: "), italic=True)] if who.strip() else []
            items.append(ListItem((Paragraph((*spans, Span(account.own(text)))),), account.own(f"{place}.")))
    return [added_heading("Comments", account), BulletList(tuple(items), 1)] if items else []


def read_drawings(package: Package, member: str, name: str) -> list[Block]:
    """The words, pictures, charts and diagrams of the drawings of a sheet; what is not drawn is named."""
    blocks: list[Block] = []
    for place, root in package.related(member, "drawing"):
        relations = package.relations(place)
        for anchor in root:
            blocks += read_shapes(package, anchor, relations, name)
    return blocks


def read_margins(part: Any, account: Account) -> list[Block]:
    """The headers and footers of the printed sheet, their codes as words in brackets (18.3.1.46)."""
    made: list[Block] = []
    for one in part.iterfind(f"{S}headerFooter/*"):
        text = " ".join(_CODE.sub(lambda code: _CODES.get(code[0], ""), one.text or "").split())
        if text:
            made.append(Paragraph((Span(account.own(text)),)))
    return [added_heading("Headers and footers of the printed sheet", account), *made] if made else []


def read_links(part: Any, relations: dict[str, tuple[str, str]], account: Account) -> dict[str, str]:
    """For each cell the address that it links to; places in the workbook and what cannot be kept are named."""
    found: dict[str, str] = {}
    for one in part.iterfind(f"{S}hyperlinks/{S}hyperlink"):
        address = relations.get(one.get(f"{R}id") or "", ("", ""))[1]
        link = absolute_link(address)
        if link is None:
            account.leave_out(f"link {(address or one.get('location') or '')[:200]}")
        else:
            found[(one.get("ref") or "").partition(":")[0]] = link
    return found


def name_rules(part: Any, account: Account) -> None:
    """Name what shows only while a sheet is edited, and what would colour its cells."""
    for one in part.iterfind(f"{S}dataValidations/{S}dataValidation"):
        said = " ".join(filter(None, (one.get(key) for key in ("promptTitle", "prompt", "errorTitle", "error"))))
        choices = one.findtext(f"{S}formula1") or "" if one.get("type") == "list" else ""
        if said or choices:
            account.leave_out("a hint or a list of choices for cells", account.own(f"{said} {choices}".strip()))
    if part.find(f"{S}conditionalFormatting") is not None:
        account.leave_out("the forms of cells that depend on their values")
