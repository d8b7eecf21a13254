"""The controls of forms in OpenDocument texts: what was typed, ticked and chosen (ISO/IEC 26300-1, 13)."""

from __future__ import annotations

from typing import Any

from archive.renditions.readers.accounting import Account
from archive.renditions.readers.odt_names import FORM, local

_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_GROUPS = frozenset({"form", "forms", "properties", "property", "list-property", "option", "item", "column"})


def read_controls(forms: Any) -> dict[str, Any]:
    """The controls by the identifiers that the text has for them."""
    return {
        identifier: one
        for one in forms.iter()
        if local(one) and local(one) not in _GROUPS
        for identifier in (one.get(f"{FORM}id"), one.get(_XML_ID))
        if identifier
    }


def control_text(control: Any, account: Account) -> str:
    """The words and signs for a control; "" for one that shows nothing."""
    kind = local(control)
    label = control.get(f"{FORM}label") or ""
    said = control.get(f"{FORM}current-value") or control.get(f"{FORM}value") or ""
    if kind == "checkbox":
        state = control.get(f"{FORM}current-state") or control.get(f"{FORM}state") or "unchecked"
        sign = {"checked": "[x]", "unknown": "[?]"}.get(state, "[ ]")
        return account.own(f"{sign} {label}".strip())
    if kind == "radio":
        chosen = (control.get(f"{FORM}current-selected") or control.get(f"{FORM}selected")) == "true"
        return account.own(f"({'x' if chosen else ' '}) {label}".strip())
    if kind in ("listbox", "combobox"):
        return account.own(_choices(control) or said or "[____]")
    if kind in ("hidden", "password"):
        account.leave_out(f"a {kind} field of a form")
        return ""
    if kind in ("button", "fixed-text", "frame", "image"):
        return account.own(label)
    return account.own(said or "[____]")


def _choices(control: Any) -> str:
    shown = []
    for one in control:
        if local(one) == "option":
            chosen = (one.get(f"{FORM}current-selected") or one.get(f"{FORM}selected")) == "true"
            shown.append(f"({'x' if chosen else ' '}) {one.get(f'{FORM}label') or one.get(f'{FORM}value') or ''}")
        elif local(one) == "item":
            shown.append(one.get(f"{FORM}label") or "")
    return " ".join(shown)
