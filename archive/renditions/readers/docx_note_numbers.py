"""The numbers of notes of Word, which may restart in a section or on a page (ISO/IEC 29500-1, 17.11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_names import W, is_on_attribute, value, walk
from archive.renditions.readers.numbering import spell_number

_USUAL = {"footnote": "decimal", "endnote": "lowerRoman"}


@dataclass(frozen=True, slots=True)
class _Form:
    """How the notes of one kind are numbered in one section."""

    form: str
    start: int
    restart: str


def number_notes(body: Any, settings: Any, account: Account) -> dict[tuple[str, str], str]:
    """The mark of each note that the text refers to without a mark of its own, by its kind and identifier.

    Where they restart on each page, the pages are those that Word has noted in the file, and that is named.
    """
    numbers: dict[tuple[str, str], str] = {}
    sections = list(_sections(body))
    for kind in _USUAL:
        count = 0
        by_pages = pages_known = False
        for number, (section, found) in enumerate(sections):
            form = _form_of(kind, section, settings)
            if number == 0 or form.restart == "eachSect":
                count = form.start - 1
            for element in found:
                if element.tag != f"{W}{kind}Reference":
                    begins = _begins_page(element)
                    pages_known = pages_known or begins
                    if begins and form.restart == "eachPage":
                        count = form.start - 1
                    continue
                by_pages = by_pages or form.restart == "eachPage"
                key = (kind, element.get(f"{W}id") or "")
                if key in numbers or is_on_attribute(element, "customMarkFollows"):
                    continue
                count += 1
                text = spell_number(count, form.form)
                if text is None:
                    account.leave_out(f"the form of the marks of {kind}s ({form.form}), which are drawn as 1, 2, 3")
                numbers[key] = str(count) if text is None else text
        if by_pages:
            account.leave_out(
                f"that the marks of {kind}s restart on each page of Word: here they do where "
                + (
                    "the file notes its pages"
                    if pages_known
                    else "a section begins, for the file does not note its pages"
                )
            )
    return numbers


def _sections(body: Any) -> Iterator[tuple[Any, list[Any]]]:
    """The sections, each with its references to notes and what may begin a page. Their properties come at their end:
    in the last paragraph of each, and after the last paragraph of all.
    """
    wanted = {f"{W}footnoteReference", f"{W}endnoteReference", f"{W}br", f"{W}lastRenderedPageBreak"}
    found: list[Any] = []
    ending: Any = None
    last: Any = None
    for element in walk(body):
        if element.tag == f"{W}sectPr":
            parent = element.getparent()
            if parent is not None and parent.tag == f"{W}pPr":
                ending, last = element, parent.getparent()
            elif parent is body:
                yield element, found
                return
        elif element.tag in (f"{W}p", f"{W}tbl") and ending is not None and last not in element.iterancestors():
            yield ending, found
            ending, found = None, []
        if element.tag in wanted:
            found.append(element)
    yield ending, found


def _begins_page(element: Any) -> bool:
    return bool(element.tag == f"{W}lastRenderedPageBreak" or element.get(f"{W}type") == "page")


def _form_of(kind: str, section: Any, settings: Any) -> _Form:
    """The numbering of a section: its own, else that of the whole document."""
    own = section.find(f"{W}{kind}Pr") if section is not None else None
    whole = settings.find(f"{W}{kind}Pr") if settings is not None else None

    def said(name: str) -> str | None:
        return value(own, name) or value(whole, name)

    start = said("numStart") or ""
    return _Form(
        said("numFmt") or _USUAL[kind], int(start) if start.isdigit() and len(start) < 7 else 1,
        said("numRestart") or "continuous",
    )  # fmt: skip
