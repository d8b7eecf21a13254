"""Fields, forms and content controls of Word: what is ticked, chosen and linked (ISO/IEC 29500-1, 17.5.2 and 17.16)."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

from archive.model.blocks import Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_names import W14, W, is_on, value
from archive.renditions.readers.inline import absolute_link

_BOXES = frozenset("\u2610\u2611\u2612\u25a0\u25a1\u25a2\u25cb\u25cf\u2713\u2714\u2717\u2718\u2b1c\u25ef\u25c9\u2b24")
_WITHOUT_RESULT = frozenset({"FORMCHECKBOX", "FORMDROPDOWN", "TC", "XE", "RD", "TA", "ADVANCE", "SET"})


@dataclass(slots=True)
class Field:
    """A field in the making (17.16.18): its instruction, whether its result has begun, and where that leads to."""

    instruction: str = ""
    separated: bool = False
    link: str | None = None
    target: str | None = None

    def begin_result(self, targets: frozenset[str], account: Account) -> None:
        """The instruction is complete: see whether it is a link, and name one that cannot be kept."""
        self.separated = True
        self.link, self.target = read_link_field(self.instruction, targets, account)

    def end(self, account: Account) -> None:
        """Name a field that has no stored result where Word would show one."""
        name = (self.instruction.split() or ["unknown"])[0].upper()
        if name == "EQ":
            # Word draws it from the instruction (17.16.5.20); there is no result.
            account.leave_out("the formula of a field", account.own(" ".join(self.instruction.split())))
        elif not self.separated and name not in _WITHOUT_RESULT:
            account.leave_out(f"a field without a stored result ({name})")


def read_link_field(instruction: str, targets: frozenset[str], account: Account) -> tuple[str | None, str | None]:
    """The address and the place in the document that a HYPERLINK field leads to; one that cannot be kept is named."""
    try:
        words = shlex.split(instruction.replace("\\", "\\\\"))
    except ValueError:
        words = instruction.split()
    if len(words) < 2 or words[0].upper() != "HYPERLINK":
        return None, None
    place = next((words[at + 1] for at, word in enumerate(words[:-1]) if word == "\\l"), None)
    address = words[1] if not words[1].startswith("\\") else None
    link = absolute_link(address)
    if link is None and address:
        account.leave_out(f"link {address[:200]}")
    return link, place if link is None and place in targets else None


def form_field_text(data: Any, account: Account) -> str:
    """The boxes and choices of the older forms (17.16.7 and 17.16.9); "" for a text field, whose result is its text."""
    box, choices = data.find(f"{W}checkBox"), data.find(f"{W}ddList")
    if box is not None:
        checked = box.find(f"{W}checked")
        ticked = is_on(checked if checked is not None else box.find(f"{W}default"))
        return account.own("[x]" if ticked else "[ ]")
    if choices is None:
        return ""
    entries = [one.get(f"{W}val") or "" for one in choices.iterfind(f"{W}listEntry")]
    said = value(choices, "result") or value(choices, "default") or "0"
    chosen = int(said) if said.isdigit() else 0
    return account.own(" ".join(f"({'x' if n == chosen else ' '}) {entry}" for n, entry in enumerate(entries)))


def name_choices(control: Any, account: Account) -> None:
    """Name the entries of a control from which its content was chosen."""
    listed = control.iterfind(f"{W}sdtPr/*/{W}listItem")
    entries = [one.get(f"{W}displayText") or one.get(f"{W}value") or "" for one in listed]
    if entries:
        account.leave_out("the choices of a list, one of which is drawn", account.own(", ".join(entries)))


def box_of(control: Any) -> str | None:
    """The sign for a control that is a box to tick; None for another."""
    box = control.find(f"{W}sdtPr/{W14}checkbox")
    if box is None:
        return None
    checked = box.find(f"{W14}checked")
    ticked = checked is not None and checked.get(f"{W14}val", "1") not in ("0", "false", "off")
    return "[x]" if ticked else "[ ]"


def without_box(pieces: list[Any], account: Account) -> list[Any]:
    """The content of a box to tick without the sign that Word shows for it."""
    kept: list[Any] = []
    gone = False
    for piece in pieces:
        if not gone and isinstance(piece, Span) and piece.text.strip():
            gone = True
            front = piece.text.lstrip()
            sign = next((one for one in ("[x]", "[ ]", front[0]) if front.startswith(one)), "")
            if len(sign) == 3 or sign in _BOXES:
                account.place(sign)
                rest = front.removeprefix(sign)
                kept += [_with_text(piece, rest)] if rest else []
                continue
        kept.append(piece)
    return kept


def _with_text(span: Span, text: str) -> Span:
    return Span(text, span.bold, span.italic, span.code, span.link, span.language, span.marks, span.anchor, span.target)
