"""The page: the verdict first, then what needs attention, then the rest for those who read on."""

from __future__ import annotations

from markupsafe import Markup

from archive.ledger.overview import stamp_of
from archive.reporting.html.markup import element, group, name, raw_style, size_words
from archive.reporting.html.sections import (
    draw_attention,
    draw_calendar,
    draw_formats,
    draw_holdings,
    draw_packages,
    draw_runs,
)
from archive.reporting.html.style import STYLE
from archive.stages.auditing.holdings_report import Portrait, day_words

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
_PARTS = (
    ("attention", "What needs attention", draw_attention),
    ("calendar", "What falls due", draw_calendar),
    ("holdings", "Holdings and growth", draw_holdings),
    ("formats", "Formats", draw_formats),
    ("packages", "Packages and their lives", draw_packages),
    ("runs", "Audits that ran", draw_runs),
)


def write_page(portrait: Portrait) -> str:
    """The whole page. It makes no request and holds no script."""
    sections = []
    for identity, title, draw in _PARTS:
        heading = element("h2", title, id=f"{identity}-h")
        sections.append(element("section", heading, draw(portrait), id=identity, aria_labelledby=f"{identity}-h"))
    links = [element("li", element("a", title, href=f"#{identity}")) for identity, title, _draw in _PARTS]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),  # noqa: S704 - our own constant
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{portrait.sentence} - report of the archive"),
        raw_style(STYLE),
    )
    body = element(
        "body",
        element("a", "To the report", href="#main", class_="skip"),
        element(
            "header",
            element("h1", f"{portrait.sentence}."),
            _subtitle(portrait),
            element("nav", element("ul", *links), aria_label="Parts of the report"),
        ),
        element("main", *sections, id="main"),
        element(
            "footer",
            element(
                "p",
                "Made by muniment from the ledger ",
                name(portrait.status.ledger),
                ". The history of checks is sealed in a hash chain; ",
                element("code", "archive audit verify"),
                " proves it.",
            ),
        ),
    )  # fmt: skip
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en', dir='ltr')}\n"


def _subtitle(portrait: Portrait) -> Markup:
    made = element("time", day_words(portrait.made), datetime=stamp_of(portrait.made))
    since = group(", events since ", day_words(portrait.since)) if portrait.since else ""
    counted = f"{portrait.status.files:,} files, {size_words(portrait.status.bytes)}"
    return element("p", "Report of ", made, since, f". Held: {counted}.", class_="soft")
