"""Pictures as inline SVG: each has a title and words for those who cannot see it; colours come from the page's CSS."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from archive.reporting.html.markup import element, group, size_words

WIDTH = 720
LABEL = 46
"""So many characters of a lying bar's label have room."""


def draw_columns(
    identity: str, title: str, words: str, columns: Sequence[tuple[str, int]], *, sizes: bool = False,
    looks: Sequence[str] = (),
) -> Markup:  # fmt: skip
    """Upright columns with their values above; "November 2026" is shortened to three letters and the year.

    `sizes`: the values are bytes. `looks` are the columns' classes, "bar" for all without it.
    """
    height, base, room = 220, 180, 150
    most = max([value for _label, value in columns] + [1])
    step = WIDTH / max(len(columns), 1)
    shapes = [element("line", x1=0, y1=base, x2=WIDTH, y2=base, class_="axis")]
    for number, (label, value) in enumerate(columns):
        tall = value / most * room
        middle = f"{(number + 0.5) * step:.1f}"
        if value:
            shapes.append(
                element(
                    "rect", x=f"{number * step + step * 0.15:.1f}", y=f"{base - tall:.1f}", width=f"{step * 0.7:.1f}",
                    height=f"{max(tall, 1.5):.1f}", rx=2, class_=looks[number] if looks else "bar",
                )
            )  # fmt: skip
        shapes.append(_text(middle, f"{base - tall - 6:.1f}", _shown(value, sizes), "middle"))
        month, _space, year = label.partition(" ")
        shapes.append(_text(middle, str(base + 18), month[:3] if year else month, "middle"))
        shapes.append(_text(middle, str(base + 33), year, "middle", "faint"))
    return _picture(identity, title, words, height, shapes)


def draw_bars(identity: str, title: str, words: str, bars: Sequence[tuple[str, int]]) -> Markup:
    """Lying bars with their labels before and values behind."""
    most = max([value for _label, value in bars] + [1])
    left, room = 320, WIDTH - 320 - 70
    shapes = []
    for number, (label, value) in enumerate(bars):
        top = number * 26 + 6
        wide = value / most * room
        shapes.append(
            _text(str(left - 8), str(top + 14), label if len(label) <= LABEL else label[: LABEL - 1] + "…", "end")
        )
        shapes.append(element("rect", x=left, y=top, width=f"{max(wide, 1.5):.1f}", height=18, rx=2, class_="bar"))
        shapes.append(_text(f"{left + wide + 6:.1f}", str(top + 14), short_number(value), "start"))
    return _picture(identity, title, words, len(bars) * 26 + 12, shapes)


def draw_share(identity: str, title: str, words: str, parts: Sequence[tuple[str, int, str]]) -> Markup:
    """One bar in parts, (label, count, class), with its legend as text below: it is as wide as the page is."""
    total = sum(count for _label, count, _class in parts) or 1
    shapes, x = [], 0.0
    for _label, count, look in parts:
        wide = count / total * WIDTH
        if count:
            shapes.append(element("rect", x=f"{x:.1f}", y=0, width=f"{wide:.1f}", height=34, class_=look))
        x += wide
    legend = [
        element("li", element("span", class_=f"swatch {look}"), f" {label}: {count:,}") for label, count, look in parts
    ]
    drawing = _draw(identity, title, words, 34, shapes)
    return group(element("div", drawing, class_="picture whole"), element("ul", *legend, class_="legend"))


def draw_life(
    identity: str, title: str, words: str, marks: Sequence[tuple[int, str]], years: Sequence[tuple[int, str]]
) -> Markup:
    """A line of time with a mark for each event, (when, "good", "bad" or "bar"), and where each year begins.

    The first mark stands at the line's beginning, the last at its end. Marks differ in shape as well as in colour.
    """
    begin, end = min(when for when, _look in marks), max(when for when, _look in marks)
    scale = (WIDTH - 40) / max(end - begin, 1)
    shapes = [element("line", x1=0, y1=30, x2=WIDTH, y2=30, class_="axis")]
    for when, label in years:
        place = f"{20 + (when - begin) * scale:.1f}"
        shapes.append(element("line", x1=place, y1=30, x2=place, y2=42, class_="axis"))
        shapes.append(_text(place, "56", label, "middle", "faint"))
    for when, look in marks:
        x = 20 + (when - begin) * scale
        if look == "good":
            shapes.append(element("circle", cx=f"{x:.1f}", cy=30, r=5, class_=look))
            continue
        corners = f"{x - 6:.1f},11 {x + 6:.1f},11 {x:.1f},23"
        if look == "bad":
            corners = f"{x - 7:.1f},30 {x:.1f},21 {x + 7:.1f},30 {x:.1f},39"
        shapes.append(element("polygon", points=corners, class_=look))
    return _picture(identity, title, words, 60, shapes)


def _shown(value: int, sizes: bool) -> str:
    return size_words(value).replace(" bytes", " B") if sizes and value else short_number(value)


def short_number(value: int) -> str:
    """A number in few letters: 1,234 as it is, then 56k, 7.8M."""
    for limit, sign in ((10**9, "G"), (10**6, "M"), (10**4, "k")):
        if value >= limit:
            scaled = value / (limit if limit != 10**4 else 10**3)
            return f"{scaled:.1f}{sign}" if scaled < 10 else f"{scaled:.0f}{sign}"
    return f"{value:,}"


def _text(x: str, y: str, words: str, anchor: str, look: str | None = None) -> Markup:
    return element("text", words, x=x, y=y, text_anchor=anchor, class_=look)


def _picture(identity: str, title: str, words: str, height: int, shapes: Sequence[Markup]) -> Markup:
    drawing = _draw(identity, title, words, height, shapes)
    return element("div", drawing, class_="picture scroll", tabindex=0, role="region", aria_label=title)


def _draw(identity: str, title: str, words: str, height: int, shapes: Sequence[Markup]) -> Markup:
    return element(
        "svg", element("title", title, id=f"{identity}-t"), element("desc", words, id=f"{identity}-d"), *shapes,
        viewBox=f"0 0 {WIDTH} {height}", role="img", aria_labelledby=f"{identity}-t {identity}-d", direction="ltr",
    )  # fmt: skip
