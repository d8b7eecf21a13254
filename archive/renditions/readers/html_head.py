"""The head of an HTML page: its title, its authors, its rules of style, and what it would have fetched or run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archive.renditions.readers.accounting import Account
from archive.renditions.readers.html_style import Rules, read_rules

_MOST_ADDRESS = 200


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page says."""

    title: str | None
    creators: tuple[str, ...]
    rules: Rules


def read_head(tree: Any, account: Account) -> Head:
    """Read the head of a page, wherever its elements are."""
    title = " ".join("".join(tree.find("head/title").itertext()).split()) if tree.find("head/title") is not None else ""
    creators: list[str] = []
    named: list[str] = []
    for meta in tree.iter("meta"):
        key = (meta.get("name") or meta.get("property") or "").strip()
        if (meta.get("http-equiv") or "").lower() == "refresh":
            account.leave_out(f"refresh {(meta.get('content') or '')[:_MOST_ADDRESS]}")
        elif key.lower() in ("author", "dc.creator", "dcterms.creator") and (meta.get("content") or "").strip():
            creators.append(" ".join(meta.get("content").split()))
        elif key and (meta.get("content") or "").strip() and key.lower() not in ("viewport", "generator", "robots"):
            named.append(key)
    if named:
        account.leave_out(f"entries of the page's head: {', '.join(dict.fromkeys(named))}")
    sheets = [((style.get("media") or "").strip(), "".join(style.itertext())) for style in tree.iter("style")]
    for link in tree.iter("link"):
        if link.get("href") and "stylesheet" in (link.get("rel") or "").lower():
            account.leave_out(f"style sheet {link.get('href')[:_MOST_ADDRESS]}")
    handlers = comments = 0
    for element in tree.iter():
        if isinstance(element.tag, str):
            handlers += sum(1 for key in element.attrib if str(key).lower().startswith("on"))
        else:
            comments += bool((element.text or "").strip())
    if handlers:
        account.leave_out(f"{handlers} event handlers")
    if comments:
        account.leave_out("1 comment in the markup" if comments == 1 else f"{comments} comments in the markup")
    return Head(title or None, tuple(dict.fromkeys(creators)), read_rules(sheets, account))


def leave_out_element(element: Any, account: Account, text: str = "") -> None:
    """Name an element that is not drawn, with its address."""
    address = (element.get("src") or element.get("data") or element.get("href") or "").strip()
    shown = address.partition(",")[0] if address.startswith("data:") else address
    account.leave_out(f"{element.tag} {shown[:_MOST_ADDRESS]}".strip(), text)
