"""The list of all bags: one table for few, folded by place and first letter for thousands, each part with its count."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from archive.reporting.html.blocks import Block, Fold, Heading, Items, Table, Text
from archive.reporting.html.markup import Child, element, group, name
from archive.reporting.html.words import Words
from archive.stages.auditing.holdings_report import ReportedHolding

FEW = 60
"""So many bags are shown in one table."""
MOST_IN_PLACE = 250
"""A place with more bags is divided by first letters."""
_TEXT_LOOKS = {"intact": "intact", "damaged": "damaged", "away": "away"}


def list_bags(packages: Sequence[ReportedHolding], words: Words) -> Iterator[Block]:
    """Every bag, those that need attention first."""
    gettext = words.speaking.gettext
    if len(packages) <= FEW:
        yield _table(gettext("All bags, those that need attention first"), packages, words)
        return
    troubled = [one for one in packages if one.state in ("damaged", "not checked")]
    if troubled:
        yield _table(gettext("Bags that need attention"), troubled[:FEW], words)
    yield Heading(gettext("All bags by place and name"))
    hint = gettext(
        "Open a part to see its bags. Your browser's search (Ctrl+F) finds names and titles in closed parts too."
    )
    yield Text(hint, "hint soft")
    groups = list(_groups(packages))
    links = [
        element("a", _label(place, letter), f" ({words.count(len(members))})", href=f"#bags-{number}")
        for number, (place, letter, members) in enumerate(groups)
    ]
    yield Items(links, "index")
    for number, (place, letter, members) in enumerate(groups):
        summary = group(_label(place, letter), f" ({words.count(len(members))})")
        plain = f"{place} {letter}".strip()
        yield Fold(summary, [_table(plain, members, words, f"bags-{number}")])


def _label(place: str, letter: str) -> Markup:
    return group(name(place), f" · {letter}") if letter else name(place)


def _groups(packages: Iterable[ReportedHolding]) -> Iterator[tuple[str, str, list[ReportedHolding]]]:
    """Place, first letter ("" where all are together), bags by name."""
    places: dict[str, list[ReportedHolding]] = {}
    for one in packages:
        places.setdefault(one.holding.location, []).append(one)
    for place in sorted(places):
        members = sorted(places[place], key=lambda one: (one.holding.name.casefold(), one.holding.id))
        if len(members) <= MOST_IN_PLACE:
            yield place, "", members
            continue
        letters: dict[str, list[ReportedHolding]] = {}
        for one in members:
            letters.setdefault(_first_letter(one.holding.name), []).append(one)
        for letter, part in letters.items():
            pieces = -(-len(part) // MOST_IN_PLACE)
            for piece in range(pieces):
                shown = letter if pieces == 1 else f"{letter} {piece + 1}"
                yield place, shown, part[piece * MOST_IN_PLACE : (piece + 1) * MOST_IN_PLACE]


def _first_letter(text: str) -> str:
    """The letter under which a name is found: without accents, in capitals; # for anything but a letter or figure."""
    first = unicodedata.normalize("NFKD", text[:1]).upper()[:1]
    return first if first.isalnum() else "#"


def _table(caption: str, packages: Sequence[ReportedHolding], words: Words, identity: str = "") -> Table:
    gettext = words.speaking.gettext
    heads = (
        gettext("Bag"), gettext("State"), gettext("Place"), gettext("Files"), gettext("Size"), gettext("Other copies"),
        gettext("Every file checked since"), gettext("Sealed"),
    )  # fmt: skip
    rows: list[tuple[Child, ...]] = [
        (
            _bag(one), _state(one, words), name(one.holding.location), words.count(one.holding.files),
            words.size(one.holding.bytes), words.count(one.copies),
            words.day(one.oldest) if one.oldest else gettext("never"), words.seal(one.seal),
        )
        for one in packages
    ]  # fmt: skip
    return Table(caption, heads, rows, frozenset({3, 4, 5}), identity)


def _bag(package: ReportedHolding) -> Markup:
    """The bag's name, and its title where that says more."""
    shown = name(package.holding.name)
    if not package.title or package.title == package.holding.name:
        return shown
    return group(shown, element("br"), element("span", name(package.title), class_="title"))


def _state(package: ReportedHolding, words: Words) -> Markup:
    troubled = f" ({words.files(package.troubled)})" if package.troubled else ""
    look = _TEXT_LOOKS.get(package.state, "unsure")
    return element("span", words.state(package.state) + troubled, class_=f"state {look}")
