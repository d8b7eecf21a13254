"""The fields of a saved form: what was typed, ticked and chosen, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archive.renditions.readers.accounting import Account

CONTROLS = frozenset({"input", "select", "textarea", "progress", "meter", "keygen"})
_BUTTONS = frozenset({"submit", "reset", "button"})
_MOST_CHOICES = 40


def control_text(element: Any, account: Account) -> str:
    """The words and signs for a field: a box that is ticked is [x], one that is not [ ]; "" where nothing is drawn."""
    tag = element.tag.lower()
    if tag == "textarea":
        return _textarea(element, account)
    if tag == "select":
        return _choices(element, account)
    if tag in ("progress", "meter"):
        return _gauge(element, account)
    kind = (element.get("type") or "text").strip().lower()
    value = element.get("value") or ""
    if kind in ("checkbox", "radio"):
        ticked = element.get("checked") is not None
        first, last = "[]" if kind == "checkbox" else "()"
        return account.own(f"{first}{'x' if ticked else ' '}{last}")
    if kind in ("hidden", "password"):
        account.meet(value)
        if value:
            account.leave_out(f"a hidden field {element.get('name') or ''}" if kind == "hidden" else "a password")
            account.place(value)
        return ""
    if kind == "image":
        account.leave_out(f"picture of a button {(element.get('src') or '')[:200]}")
        return element.get("alt") or ""
    if kind == "file":
        return account.own("[file]")
    _leave_out_hint(element, account)
    return _meet(value, account) if kind in _BUTTONS or value else account.own("[____]")


def _textarea(element: Any, account: Account) -> str:
    text = "".join(element.itertext()).removeprefix("\n")
    _leave_out_hint(element, account)
    return text or account.own("[____]")


def _choices(element: Any, account: Account) -> str:
    """Every choice of a list with its mark; of a long list only those that are chosen."""
    options = list(element.iter("option"))
    texts = [_choice(option, account) for option in options]
    between = " ".join(" ".join(_texts_between(element)).split())
    if between:
        account.leave_out("text in a list of choices that is not a choice", between)
    groups = " / ".join(group.get("label") for group in element.iter("optgroup") if group.get("label"))
    if groups:
        account.leave_out("the groups of choices", groups)
    chosen = [option.get("selected") is not None for option in options]
    if not any(chosen) and options and element.get("multiple") is None and not (element.get("size") or "").isdigit():
        chosen[0] = True
    if len(options) > _MOST_CHOICES:
        left = [text for text, taken in zip(texts, chosen, strict=True) if not taken]
        account.leave_out(f"{len(left)} choices of a list that were not taken", " ".join(left))
        return " ".join(f"{account.own('(x)')} {t}" for t, taken in zip(texts, chosen, strict=True) if taken)
    marks = (account.own("(x)" if taken else "( )") for taken in chosen)
    return " ".join(f"{mark} {text}" for mark, text in zip(marks, texts, strict=True))


def _texts_between(element: Any) -> Iterator[str]:
    """The texts in a list that are in none of its choices."""
    waiting: list[Any] = [element]
    while waiting:
        one = waiting.pop()
        if one.tag != "option" and isinstance(one.tag, str):
            yield one.text or ""
            waiting += list(one)
        if one is not element:
            yield one.tail or ""


def _choice(option: Any, account: Account) -> str:
    text, label = " ".join("".join(option.itertext()).split()), option.get("label") or ""
    if text:
        account.place(label)
    return text or label


def _leave_out_hint(element: Any, account: Account) -> None:
    """A hint shows only while nothing is typed."""
    hint = element.get("placeholder") or ""
    if hint:
        typed = element.get("value") or "".join(element.itertext()).strip()
        account.leave_out("the hint in a field" if typed else "the hint in an empty field", hint)


def _gauge(element: Any, account: Account) -> str:
    text = " ".join("".join(element.itertext()).split())
    value = element.get("value")
    if value is None:
        return text
    most = element.get("max") or "1"
    return f"{text} {account.own(f'[{value} of {most}]')}".strip()


def _meet(text: str, account: Account) -> str:
    account.meet(text)
    return text
