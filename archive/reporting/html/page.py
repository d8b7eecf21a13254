"""The page: the verdict first, then a summary, then what needs attention, then the rest for those who read on."""

from __future__ import annotations

from markupsafe import Markup

from archive.ledger.overview import stamp_of
from archive.reporting.html.layout import lay_out
from archive.reporting.html.markup import element, name, raw_style
from archive.reporting.html.sections import make_sections
from archive.reporting.html.style import STYLE
from archive.reporting.html.words import Words
from archive.stages.auditing.holdings_report import Portrait, sentence_of
from archive.translation import Translator

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"


def write_page(portrait: Portrait, speaking: Translator, archive: str) -> str:
    """The whole page in a language. It makes no request and holds no script. `archive` is the archive's name."""
    words, gettext = Words(speaking), speaking.gettext
    verdict = verdict_of(portrait, speaking)
    sections = make_sections(portrait, words, archive)
    mirrored = speaking.direction == "rtl"
    links = [element("li", element("a", one.title, href=f"#{one.identity}")) for one in sections]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),  # noqa: S704 - a constant
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{verdict} - {archive}"),
        raw_style(STYLE),
    )
    body = element(
        "body",
        element("a", gettext("To the report"), href="#main", class_="skip"),
        element(
            "header",
            element("p", name(archive), class_="archive"),
            element("h1", words.text(gettext("{verdict}."), verdict=verdict)),
            element("p", *made_on(portrait, words), class_="soft"),
            element("nav", element("ul", *links), aria_label=gettext("Parts of the report")),
        ),
        element("main", *(lay_out(one, mirrored=mirrored) for one in sections), id="main"),
        element("footer", element("p", origin_of(portrait, words))),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang=speaking.language, dir=speaking.direction)}\n"


def verdict_of(portrait: Portrait, speaking: Translator) -> str:
    """The verdict in one sentence, without its full stop."""
    return sentence_of(portrait.status, portrait.packages, portrait.due_bags, portrait.made, speaking)


def made_on(portrait: Portrait, words: Words) -> list[Markup]:
    """When the report was made, and since when its events are."""
    gettext = words.speaking.gettext
    made = element("time", words.day(portrait.made), datetime=stamp_of(portrait.made))
    said = [words.text(gettext("Report of {day}."), day=made)]
    if portrait.since:
        said += [Markup(" "), words.text(gettext("Events since {day}."), day=words.day(portrait.since))]
    return said


def origin_of(portrait: Portrait, words: Words) -> Markup:
    """What the report rests on, and how that is proven."""
    said = words.speaking.gettext(
        "Made by muniment from the ledger {ledger}. The history of checks is sealed in a hash chain; {command} proves"
        " it."
    )
    command = element("code", "archive audit verify", dir="ltr")
    return words.text(said, ledger=name(portrait.status.ledger), command=command)
