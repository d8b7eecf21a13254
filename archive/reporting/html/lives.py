"""What happened to each bag since it was added: a line of time and its events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.ledger.overview import stamp_of
from archive.reporting.html.blocks import Block, Fold, Heading, Items, Line, Mark, Text
from archive.reporting.html.groups import FEW
from archive.reporting.html.markup import element, group, name
from archive.reporting.html.words import Words
from archive.stages.auditing.holdings_report import ReportedHolding, year_starts


def tell_lives(packages: Sequence[ReportedHolding], words: Words) -> Iterator[Block]:
    """The histories that were gathered; of many bags those that need attention most."""
    gettext = words.speaking.gettext
    told = [one for one in packages if one.events is not None]
    if not told:
        return
    yield Heading(gettext("The history of each bag"))
    if len(told) < len(packages):
        counted = words.speaking.ngettext(
            "The history of {count} bag is shown, those that need attention first.",
            "The histories of {count} bags are shown, those that need attention first.", len(told),
        )  # fmt: skip
        yield Text(counted.format(count=words.count(len(told))))
    yield Text(gettext("Open a bag to see what happened to it and when."), "hint")
    yield Text(gettext("Circle: checked, all intact. Diamond: not all intact. Triangle: another event."), "soft hint")
    lives = [_life(one, words) for one in told]
    if len(told) <= FEW:
        yield from lives
        return
    for start in range(0, len(lives), FEW):
        part = lives[start : start + FEW]
        label = gettext("Histories {first} to {last}")
        yield Fold(label.format(first=words.count(start + 1), last=words.count(start + len(part))), part)


def _life(package: ReportedHolding, words: Words) -> Fold:
    gettext, events = words.speaking.gettext, package.events or ()
    summary = words.text(
        gettext("{bag} in {place}: {state}"), bag=name(package.holding.name), place=name(package.holding.location),
        state=words.state(package.state),
    )  # fmt: skip
    blocks: list[Block] = [Text(words.text(gettext("Place: {address}"), address=name(package.holding.address)), "soft")]
    if package.title:
        blocks.insert(0, Text(words.text(gettext("Title: {title}"), title=name(package.title))))
    if not events:
        return Fold(summary, [*blocks, Text(gettext("No event in the time asked for."))])
    items = [
        group(
            element("time", words.day(event.happened), datetime=stamp_of(event.happened)), " ",
            element("span", words.event(event), class_=f"state {'intact' if event.good else 'damaged'}"), " ",
            words.event_detail(event),
        )
        for event in events
    ]  # fmt: skip
    return Fold(summary, [*blocks, _line(package, words), Items(items, "life")])


def _line(package: ReportedHolding, words: Words) -> Line:
    events = package.events or ()
    marks = [
        Mark(event.happened, "bar" if event.kind != "fixity check" and event.good else "good" if event.good else "bad")
        for event in events
    ]
    begin, end = min(one.when for one in marks), max(one.when for one in marks)
    bad = sum(not event.good for event in events)
    told = words.speaking.ngettext(
        "{count} event from {begin} to {end}; not good: {bad}", "{count} events from {begin} to {end}; not good: {bad}",
        len(events),
    )  # fmt: skip
    shown = told.format(
        count=words.count(len(events)), begin=words.day(begin), end=words.day(end), bad=words.count(bad)
    )
    title = words.speaking.gettext("History of {bag} in {place}")
    named = title.format(bag=package.holding.name, place=package.holding.location)
    return Line(f"life-{package.holding.id}", named, shown, marks, year_starts(begin, end))
