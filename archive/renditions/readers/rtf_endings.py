"""What follows the text of an RTF: its notes, comments, headers and footers, and who changed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from archive.model.blocks import Block, BulletList, Heading, ListItem, Paragraph, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.rtf_story import Story

_HEADINGS = {
    "footnote": "Footnotes", "endnote": "Endnotes", "comment": "Comments", "header": "Page headers",
    "footer": "Page footers",
}  # fmt: skip


def list_stories(stories: Sequence[Story], account: Account) -> list[Block]:
    """The notes, comments, headers and footers, each kind under a heading and each of them once."""
    return [block for kind, words in _HEADINGS.items() for block in _list_kind(stories, kind, words, account)]


def _list_kind(stories: Sequence[Story], kind: str, words: str, account: Account) -> list[Block]:
    items: list[ListItem] = []
    blocks: list[Block] = []
    for number, story in enumerate((one for one in stories if one.kind == kind), 1):
        said = [Paragraph((Span(account.own(f"{story.who}:"), italic=True),))] if story.who else []
        inner = [*said, *story.blocks]
        if kind in ("header", "footer"):
            blocks += inner
            continue
        if inner and isinstance(inner[0], Paragraph) and inner[0].spans:
            first, *rest = inner[0].spans
            inner[0] = replace(inner[0], spans=(replace(first, anchor=f"{kind} {number}"), *rest))
        items.append(ListItem(tuple(inner), story.label))
    if items:
        blocks.append(BulletList(tuple(items), 1))
    return [_heading(words, account), *blocks] if blocks else []


def list_changes(changes: Mapping[tuple[str, int], int], authors: Sequence[str], account: Account) -> list[Block]:
    """Who deleted and inserted what is marked so in the text; `changes` counts them by kind and number of author."""
    if not changes:
        return []
    words = "In the text above, what was deleted is struck through, and what was inserted is underlined."
    items = []
    for (kind, number), count in changes.items():
        author = authors[number] if 0 < number < len(authors) else ""
        line = f"{kind}{f' by {author}' if author else ''}{f', {count} times' if count > 1 else ''}"
        items.append(ListItem((Paragraph((Span(account.own(line), language="en"),), "en"),)))
    told = Paragraph((Span(account.own(words), language="en"),), "en")
    return [_heading("Tracked changes", account), told, BulletList(tuple(items))]


def _heading(words: str, account: Account) -> Heading:
    return Heading(2, (Span(account.own(words), language="en"),), "en", "ltr", added=True)
