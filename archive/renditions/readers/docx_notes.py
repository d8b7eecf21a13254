"""Footnotes, endnotes and comments of Word: their marks in the text, and the notes themselves under a heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from archive.model.blocks import Block, ListItem, Paragraph, Span
from archive.renditions.readers.docx_names import W14, W15, W


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of a note: its text ("" where the text has its own), its place among the marks of its kind."""

    kind: str
    text: str
    order: int

    @property
    def place(self) -> str:
        """The name of the place where the note is drawn."""
        return f"{self.kind} {self.order}"

    @property
    def reference(self) -> str:
        """The name of the place that refers to it."""
        return f"{self.kind} {self.order} in the text"


@dataclass(slots=True)
class Notes:
    """The marks of the notes of a document, given in the order in which the text refers to them. `numbers` has those
    of footnotes and endnotes.
    """

    numbers: dict[tuple[str, str], str] = field(default_factory=dict)
    _marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def refer(self, kind: str, identifier: str, *, own: bool = False) -> Mark:
        """The mark of a note that the text refers to; `own` says that the text has a mark of its own after it."""
        key = (kind, identifier)
        if key not in self._marks:
            order = 1 + sum(1 for other, _ in self._marks if other == kind)
            text = ""
            if not own:
                text = self.numbers.get(key) or str(self._count(kind))
            self._marks[key] = Mark(kind, text, order)
        return self._marks[key]

    def _count(self, kind: str) -> int:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    def find(self, kind: str, identifier: str) -> Mark | None:
        """The mark of a note; None where nothing refers to it."""
        return self._marks.get((kind, identifier))


def link_back(blocks: list[Block], mark: Mark | None) -> ListItem:
    """A note as an item, its first words the place that the mark in the text leads to."""
    first = blocks[0]
    if mark is not None and isinstance(first, Paragraph) and first.spans:
        head, *rest = first.spans
        blocks = [replace(first, spans=(replace(head, anchor=mark.place), *rest)), *blocks[1:]]
    label = "\u2013" if mark is None else mark.text
    return ListItem(tuple(blocks), f"{label}." if label else "")


def who_said(note: Any, replies: dict[str, tuple[str | None, bool]], marks: dict[str, str]) -> Iterator[Span]:
    """Who wrote a comment and when, which one it answers, and whether it was marked as done."""
    said = [one for one in (note.get(f"{W}author"), note.get(f"{W}date")) if one]
    own = [paragraph.get(f"{W14}paraId") for paragraph in note.iter(f"{W}p")]
    parent, done = replies.get((own or [None])[-1] or "", (None, False))
    if parent is not None:
        said.append(f"in answer to comment {marks.get(parent, '?')}")
    if done:
        said.append("marked as done")
    if said:
        yield Span(f"{', '.join(said)}:", italic=True)


def read_replies(root: Any) -> dict[str, tuple[str | None, bool]]:
    """For the last paragraph of each comment the last one of the comment that it answers, and whether it is done."""
    return {
        one.get(f"{W15}paraId") or "": (one.get(f"{W15}paraIdParent"), one.get(f"{W15}done") in ("1", "true"))
        for one in (root.iter(f"{W15}commentEx") if root is not None else ())
    }
