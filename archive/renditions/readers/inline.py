"""Runs of text in one style, as HTML and Word have them: gathered, collapsed, made into spans."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from archive.model.blocks import NO_MARKS, Marks, Span

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_KEPT = frozenset({"http", "https", "mailto", "ftp", "ftps", "tel", "urn", "doi", "news", "geo"})


def absolute_link(address: str | None) -> str | None:
    """`address` when it is an absolute URI of a harmless scheme (RFC 3986 3.1), else None."""
    if address is None:
        return None
    tidy = "".join(character for character in address.strip() if character >= " " and character != "\x7f")
    found = _SCHEME.match(tidy)
    return tidy if found is not None and found[1].lower() in _KEPT else None


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
    marks: Marks = NO_MARKS
    target: str | None = None

    def span(self, text: str, anchor: str | None = None) -> Span:
        marks = self.marks
        if marks.capitals == "all":
            # What is seen and what can be found are the same: the letters are capitals on the page.
            text, marks = _capitals(text, self.language), replace(marks, capitals="as written")
        return Span(text, self.bold, self.italic, self.code, self.link, self.language, marks, anchor, self.target)


PLAIN = Style()


def _capitals(text: str, language: str | None) -> str:
    """`text` in capitals; in Turkish and Azerbaijani the capital of i has a dot."""
    if (language or "").partition("-")[0].lower() in ("tr", "az"):
        text = text.replace("i", "\u0130")
    return text.upper()


def collapse(spans: list[Span]) -> tuple[Span, ...]:
    """`spans` with white space collapsed across them as a browser does: one space, none at the ends.

    A span whose text is exactly `LINE_BREAK` is a forced line end and stays. NBSP is not white space.
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
            kept.append(span if text == span.text else replace(span, text=text))
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
    """`spans` with neighbours of one style made one. Takes time in proportion to the text."""
    joined: list[Span] = []
    texts: list[list[str]] = []
    for span in spans:
        if not span.text:
            continue
        if joined and span.anchor is None and _same_style(joined[-1], span):
            texts[-1].append(span.text)
        else:
            joined.append(span)
            texts.append([span.text])
    return tuple(
        span if len(parts) == 1 else replace(span, text="".join(parts))
        for span, parts in zip(joined, texts, strict=True)
    )


def _same_style(one: Span, other: Span) -> bool:
    return (one.bold, one.italic, one.code, one.link, one.language, one.marks, one.target) == (
        other.bold, other.italic, other.code, other.link, other.language, other.marks, other.target
    )  # fmt: skip
