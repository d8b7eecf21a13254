"""Runs of text in one style, as HTML and Word have them: gathered, collapsed, made into spans."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from archive.model.blocks import Span

_SPACES = re.compile(r"[ \t\n\r\f]+")
LINE_BREAK = "\n"


@dataclass(frozen=True, slots=True)
class Style:
    """The style that holds at one place; a nested element changes a copy."""

    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str | None = None
    language: str | None = None

    def span(self, text: str) -> Span:
        return Span(text, self.bold, self.italic, self.code, self.link, self.language)


PLAIN = Style()


def collapse(spans: list[Span]) -> tuple[Span, ...]:
    """`spans` with white space collapsed across them as a browser does: one space, none at the ends.

    A span whose text is exactly `LINE_BREAK` is a forced line end and stays. NBSP is no white space.
    """
    kept: list[Span] = []
    open_space = True
    for span in spans:
        if span.text == LINE_BREAK:
            _strip_end(kept)
            kept.append(span)
            open_space = True
            continue
        text = _SPACES.sub(" ", span.text)
        if open_space:
            text = text.removeprefix(" ")
        if text:
            kept.append(replace(span, text=text))
            open_space = text.endswith(" ")
    while kept and kept[-1].text == LINE_BREAK:
        kept.pop()
    _strip_end(kept)
    return join(kept)


def _strip_end(spans: list[Span]) -> None:
    while spans and spans[-1].text != LINE_BREAK and spans[-1].text.endswith(" "):
        shorter = spans[-1].text.rstrip(" ")
        if shorter:
            spans[-1] = replace(spans[-1], text=shorter)
            return
        spans.pop()


def join(spans: list[Span]) -> tuple[Span, ...]:
    """`spans` with neighbours of one style made one."""
    joined: list[Span] = []
    for span in spans:
        if joined and replace(joined[-1], text="") == replace(span, text=""):
            joined[-1] = replace(span, text=joined[-1].text + span.text)
        elif span.text:
            joined.append(span)
    return tuple(joined)
