"""The direction, the language and the title of a document, by its own text. No list of languages turns a page round."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from archive.formats.language import direction_of
from archive.model.blocks import (
    Direction,
    Document,
    Heading,
    texts_in_order,
)

_ENOUGH = 20_000
_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def settle_direction(document: Document, stated: Direction = "auto") -> Document:
    """`document` with a direction: as stated, as it says itself, else by its first strong character (UAX 9, P2)."""
    if stated != "auto":
        return replace(document, direction=stated)
    if document.direction != "auto":
        return document
    for text in texts_in_order(document.blocks):
        found = direction_of(text)
        if found is not None:
            return replace(document, direction="rtl" if found == "rtl" else "ltr")
    return document


def tidy_tag(tag: str | None) -> str | None:
    """A language tag as documents write it, as RFC 3066 has it ("en_US" is en-US); None for what is not one."""
    tidy = (tag or "").strip().replace("_", "-")
    return tidy if _TAG.fullmatch(tidy) else None


def settle_title(document: Document) -> Document:
    """`document` with a title, its own or the first heading of the source, and whether its text begins with that."""
    headings = (block for block in document.blocks if isinstance(block, Heading) and not block.added)
    first = next(headings, None)
    # The mark of a note or a comment is not a word of the heading.
    said = (
        [span.text for span in first.spans if span.target is None or span.anchor is None] if first is not None else []
    )
    words = " ".join("".join(said).split())
    title = " ".join((document.title or "").split()) or words
    begins = bool(words) and document.blocks[0] is first and words == title
    return replace(document, title=title or None, title_in_text=begins)


def choose_language(document: Document, candidates: Sequence[str]) -> str | None:
    """The first of `candidates` (BCP 47) whose direction is that of most letters of the text; None when none fits."""
    if not candidates:
        return None
    right = left = 0
    for text in texts_in_order(document.blocks):
        for character, count in Counter(text[:_ENOUGH]).items():
            if character.isalpha():
                if direction_of(character) == "rtl":
                    right += count
                else:
                    left += count
        if right + left > _ENOUGH:
            break
    if not right + left:
        return candidates[0] if len(candidates) == 1 else None
    wanted = "rtl" if right > left else "ltr"
    return next((tag for tag in candidates if direction_of("", tag) == wanted), None)
