"""The report on paper: the same contents as texts and tables, drawn as PDF/A by the program's own renditions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace

from markupsafe import Markup

from archive.errors import RenditionError
from archive.model.build import RenditionStatus
from archive.renditions.single_files import render_files
from archive.reporting.html.blocks import Bars, Block, Fold, Heading, Items, Line, Section, Table, Text
from archive.reporting.html.markup import element, group
from archive.reporting.html.page import made_on, origin_of, verdict_of
from archive.reporting.html.sections import make_sections
from archive.reporting.html.words import Words
from archive.settings import Settings
from archive.stages.auditing.holdings_report import Portrait
from archive.storage.clock import Clock
from archive.translation import Translator

_SECONDS = 120
"""Processor time for the drawing, at least."""
MOST_BAGS = 500
"""So many bags are listed on paper, and the histories of some; more would be hundreds of pages that people leaf
through, and minutes of drawing."""


def draw_pdf(portrait: Portrait, speaking: Translator, archive: str, settings: Settings, clock: Clock) -> bytes:
    """The report as PDF/A-2a. Raises `RenditionError` where it cannot be drawn, and what rendering raises."""
    title = speaking.gettext("Report: {archive}").format(archive=archive)
    chosen = settings.with_flags("render", pdfa="2a")
    seconds = max(chosen.render.drawing_seconds, _SECONDS)
    chosen = replace(chosen, render=replace(chosen.render, drawing_seconds=seconds))
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        path = os.path.join(folder, "report.html")
        with open(path, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(write_paper(portrait, speaking, archive))
        report = render_files(
            [path], os.path.join(folder, "drawn"), title=title, language=speaking.language,
            settings=chosen, clock=clock,
        )  # fmt: skip
        (made,) = report.files
        if made.result.status is not RenditionStatus.MADE or made.result.path is None:
            raise RenditionError(f"the report cannot be drawn: {made.result.reason or 'no reason given'}")
        with open(made.result.path, "rb") as drawn:
            return drawn.read()


def write_paper(portrait: Portrait, speaking: Translator, archive: str) -> str:
    """The report as the HTML that is drawn: nothing is folded, bars are tables."""
    words = Words(speaking)
    body = element(
        "body",
        element("h1", words.text(speaking.gettext("{verdict}."), verdict=verdict_of(portrait, speaking))),
        element("p", *made_on(portrait, words)),
        *(group(*_section(one)) for one in make_sections(portrait, words, archive, MOST_BAGS)),
        element("p", origin_of(portrait, words)),
    )
    return f"<!DOCTYPE html>\n{element('html', body, lang=speaking.language, dir=speaking.direction)}\n"


def _section(section: Section) -> Iterator[Markup]:
    yield element("h2", section.title)
    for block in section.blocks:
        yield from _block(block, 3)


def _block(block: Block, level: int) -> Iterator[Markup]:
    match block:
        case Text():
            if "hint" not in block.look:
                yield element("p", block.content)
        case Heading():
            yield element(f"h{level}", block.text)
        case Items():
            if block.look != "index":
                yield element("ul", *(element("li", one) for one in block.items))
        case Bars():
            yield element("p", block.title)
            yield element(
                "table", *(element("tr", element("th", one.label), element("td", one.shown)) for one in block.bars)
            )
        case Line():
            yield element("p", block.words)
        case Table():
            head = element("tr", *(element("th", text) for text in block.heads))
            rows = (
                element("tr", *(element("td", cell if isinstance(cell, Markup) else str(cell)) for cell in row))
                for row in block.rows
            )
            yield element("table", element("caption", block.caption), element("thead", head), element("tbody", *rows))
        case Fold():
            yield element(f"h{min(level, 5)}", block.summary)
            for one in block.blocks:
                yield from _block(one, level + 1)
        case _:
            yield block
