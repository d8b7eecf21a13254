"""Bars and lines of time that fit every width, without a picture that would have to be scrolled.

Bars are lists with their values as text, so nothing is told by their length or colour alone. A line of time is inline
SVG with places in percent; it has words for those who cannot see it.
"""

from __future__ import annotations

from markupsafe import Markup

from archive.reporting.html.blocks import Bars, Line
from archive.reporting.html.markup import element, group

_MOST_YEARS = 5


def draw_bars(bars: Bars) -> Markup:
    """The bars as rows: label, bar, value. Those of one whole are drawn in one row above, too."""
    most = max([one.value for one in bars.bars] + [1])
    rows = [
        element(
            "li",
            element("span", one.label, class_="label"),
            element("span", element("span", class_=f"bar {one.look}", style=_width(one.value, most)), class_="track"),
            element("span", one.shown, class_="value"),
        )
        for one in bars.bars
    ]
    return group(_draw_whole(bars) if bars.whole else None, element("ul", *rows, class_="bars", aria_label=bars.title))


def _draw_whole(bars: Bars) -> Markup:
    total = sum(one.value for one in bars.bars) or 1
    parts = [
        element("span", class_=f"bar {one.look}", style=_width(one.value, total)) for one in bars.bars if one.value
    ]
    return element("div", *parts, class_="whole", aria_hidden="true")


def _width(value: int, most: int) -> str:
    return f"inline-size:{value / most * 100:.1f}%"


def draw_line(line: Line, *, mirrored: bool) -> Markup:
    """The line of time; from right to left where the language is written so. Marks differ in shape and colour."""
    begin, end = min(one.when for one in line.marks), max(one.when for one in line.marks)

    def place(when: int) -> str:
        share = (when - begin) / max(end - begin, 1)
        return f"{3 + 94 * (1 - share if mirrored else share):.1f}%"

    shapes = [element("line", x1="0", y1=30, x2="100%", y2=30, class_="axis")]
    step = -(-len(line.years) // _MOST_YEARS) or 1
    for when, label in line.years[::step]:
        shapes.append(element("line", x1=place(when), y1=30, x2=place(when), y2=42, class_="axis"))
        shapes.append(element("text", label, x=place(when), y=56, text_anchor="middle", class_="faint"))
    for mark in line.marks:
        if mark.look == "good":
            shapes.append(element("circle", cx=place(mark.when), cy=30, r=5, class_="good"))
            continue
        corners = "-7,30 0,21 7,30 0,39" if mark.look == "bad" else "-6,11 6,11 0,23"
        shape = element("polygon", points=corners, class_=mark.look)
        shapes.append(element("svg", shape, x=place(mark.when), y=0, overflow="visible"))
    title = element("title", line.title, id=f"{line.identity}-t")
    words = element("desc", line.words, id=f"{line.identity}-d")
    return element(
        "svg", title, words, *shapes, class_="line", width="100%", height=60, role="img",
        aria_labelledby=f"{line.identity}-t {line.identity}-d", direction="ltr",
    )  # fmt: skip
