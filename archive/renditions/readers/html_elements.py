"""What single elements of HTML say: their text, language and direction, and the places that a page links to."""

from __future__ import annotations

from typing import Any

from archive.model.blocks import Direction
from archive.renditions.readers.languages import tidy_tag

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def texts_in(element: Any) -> list[str]:
    """The texts in an element, but for scripts, styles and comments; without recursion."""
    found: list[str] = []
    waiting: list[Any] = [element]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
            continue
        shown = isinstance(one.tag, str) and one.tag not in ("script", "style")
        if one is not element and one.tail:
            waiting.append(one.tail)
        if shown:
            waiting += list(one)[::-1]
            if one.text:
                found.append(one.text)
    return found


def texts_without(element: Any, others: frozenset[Any]) -> str:
    """The texts in an element, but for those in `others`, which are elements in it; without recursion."""
    found: list[str] = []
    waiting: list[Any] = [element]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
            continue
        if one is not element and one.tail:
            waiting.append(one.tail)
        if isinstance(one.tag, str) and one.tag not in ("script", "style") and one not in others:
            waiting += list(one)[::-1]
            found.append(one.text or "")
    return " ".join("".join(found).split())


_SAYING = ("alt", "title", "label", "placeholder", "summary", "aria-label")


def words_in(element: Any) -> str:
    """The texts in an element and the words in attributes that a browser or a screen reader shows."""
    said = [
        element_words
        for one in element.iter()
        if isinstance(one.tag, str) and one.attrib
        for key in _SAYING
        if (element_words := one.get(key))
    ]
    return " ".join(" ".join(["".join(texts_in(element)), *said]).split())


def find_targets(tree: Any) -> frozenset[str]:
    """The names of places in the page that it links to itself."""
    wanted = {address[1:] for link in tree.iter("a") if (address := (link.get("href") or "").strip()).startswith("#")}
    there = {
        one
        for element in tree.iter()
        if isinstance(element.tag, str)
        for one in (element.get("id"), element.get("name"))
    }
    return frozenset(wanted & there - {None, ""})


def language_of(element: Any) -> str | None:
    """The language that an element states."""
    return tidy_tag(element.get("lang") or element.get(_XML_LANG))


def direction_of(element: Any) -> Direction | None:
    """The direction that an element states."""
    said = (element.get("dir") or "").lower()
    return "rtl" if said == "rtl" else "ltr" if said == "ltr" else "auto" if said == "auto" else None
