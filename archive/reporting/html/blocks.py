"""What the report consists of, whether it is shown on a screen or drawn on paper: texts, lists, tables, bars, lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from archive.reporting.html.markup import Child


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `look` is its class on the screen."""

    content: Child
    look: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below that of the section."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list without order."""

    items: Sequence[Markup]
    look: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, its length, the value in words, and its class: bar, good, bad, unsure or away."""

    label: str
    value: int
    shown: str
    look: str = "bar"


@dataclass(frozen=True, slots=True)
class Bars:
    """Values side by side. `whole`: they are parts of one whole."""

    title: str
    bars: Sequence[Bar]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `numbers` are the columns that hold numbers. `identity` is where a link to it leads."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Child]]
    numbers: frozenset[int] = frozenset()
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """An event on a line of time: when, and "good", "bad" or "bar" for one that is not a check."""

    when: int
    look: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of time with its marks and the beginnings of years."""

    identity: str
    title: str
    words: str
    marks: Sequence[Mark]
    years: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Fold:
    """A part that a screen shows when it is asked for, and paper always."""

    summary: Child
    blocks: Sequence[Block] = field(default_factory=tuple)


Block = Text | Heading | Items | Bars | Table | Line | Fold | Markup


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report. `identity` is its anchor."""

    identity: str
    title: str
    blocks: Sequence[Block]
