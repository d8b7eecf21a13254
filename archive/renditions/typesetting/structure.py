"""The logical tree that grows while blocks are laid out and pages are painted (ISO 32000-1, 14.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mark:
    """One marked-content sequence of a page, both counted from 0."""

    page: int
    number: int


@dataclass(frozen=True, slots=True)
class Area:
    """One link annotation: the page, and left, bottom, right and top in points."""

    page: int
    box: tuple[float, float, float, float]


@dataclass(slots=True, eq=False)
class Element:
    """A structure element. `attributes` maps an owner (Layout, List, Table) to its entries, all of them names, numbers
    or arrays of numbers. An element with `inline` set joins its parent when its first mark is made, so that it is
    between the marks of its parent's own text. `link` is a URI, `target` the `anchor` of another element; `title` makes
    a bookmark of it.
    """

    kind: str
    parent: Element | None = None
    language: str | None = None
    alternative: str | None = None
    attributes: Mapping[str, Mapping[str, str | float | tuple[float, ...]]] = field(default_factory=dict)
    link: str | None = None
    anchor: str | None = None
    target: str | None = None
    title: str | None = None
    inline: bool = False
    kids: list[Element | Mark | Area] = field(default_factory=list)
    joined: bool = False

    def __post_init__(self) -> None:
        if not self.inline:
            self.join()

    def join(self) -> None:
        """Join the parent's kids, once."""
        if self.joined:
            return
        self.joined = True
        if self.parent is not None:
            self.parent.join()
            self.parent.kids.append(self)
