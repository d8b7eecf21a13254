"""The parts of the page, each from the portrait alone."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from markupsafe import Markup

from archive.formats.amounts import age_words
from archive.ledger.overview import stamp_of
from archive.model.addresses import is_remote
from archive.model.audit import Container, is_same_place
from archive.model.codes import audit as codes
from archive.model.finding import Finding, Severity
from archive.reporting.archive_status import copies_words
from archive.reporting.html.charts import LABEL, draw_bars, draw_columns, draw_life, draw_share
from archive.reporting.html.markup import Child, element, group, name, size_words
from archive.stages.auditing.history import describe_event
from archive.stages.auditing.holdings_report import Portrait, ReportedHolding, day_words, year_starts

MOST_FINDINGS = 200
MOST_FORMATS = 12
MOST_COLUMNS = 13
_LOOKS = {
    "intact": ("intact", "good"), "damaged": ("damaged", "bad"), "not checked": ("unsure", "unsure"),
    "never checked": ("unsure", "unsure"), "away": ("away", "away"),
}  # fmt: skip
_WORDS = {
    Severity.ERROR: "Damaged",
    Severity.UNCHECKED: "Not checked",
    Severity.WARNING: "Warning",
    Severity.NOTE: "Note",
}


class Size(int):
    """A number of bytes in a table."""


class Share(float):
    """A share of a whole in a table."""


def draw_attention(portrait: Portrait) -> Markup:
    findings = portrait.status.findings
    if not findings:
        return element("p", "Nothing. Every file was found intact within the time set.")
    rows = []
    for finding in findings[:MOST_FINDINGS]:
        look = "damaged" if finding.severity is Severity.ERROR else "unsure"
        word, words = _split(finding)
        rows.append(
            element(
                "li",
                element("span", f"{word}: ", class_=f"state {look}"), name(words), ". ",
                element("span", "Next: ", class_="soft"), _next_step(finding, portrait),
                " (", element("code", finding.code), ")",
            )
        )  # fmt: skip
    more = len(findings) - MOST_FINDINGS
    left = element("p", f"And {more:,} more: ", element("code", "archive audit history --troubled")) if more > 0 else ""
    return group(element("ul", *rows, class_="needs"), left)


def _next_step(finding: Finding, portrait: Portrait) -> Child:
    """The remedy, with the very command where the ledger knows the names that belong in it."""
    words, _colon, general = finding.kind.remedy.partition(": archive ")
    command = f"archive {general}"
    if finding.kind is codes.UNREACHABLE:
        command = f"archive audit --place {shlex.quote(finding.subject)}"
    elif finding.kind in (codes.DAMAGED, codes.MISSING, codes.BAG_MISSING):
        within = [one for one in portrait.packages if f"{finding.subject}/".startswith(f"{one.holding.address}/")]
        if not within:
            return finding.kind.remedy
        return _mending(within[0], finding, portrait.packages)
    return group(f"{words}: ", element("code", name(command))) if general else finding.kind.remedy


def _mending(package: ReportedHolding, finding: Finding, packages: Sequence[ReportedHolding]) -> Child:
    """How to mend a file or a whole bag: from the copy that is held, if one is, and was not found damaged itself."""
    bag = package.holding
    others = [
        one for one in packages if one.holding.tag_digest == bag.tag_digest and not is_same_place(one.holding, bag)
    ]
    others.sort(key=lambda one: ("intact", "away").index(one.state) if one.state in ("intact", "away") else 2)
    copy = others[0] if others and others[0].state in ("intact", "away") else None
    address = copy.holding.address if copy else "COPY"
    known = "No sound copy is held; find one elsewhere, then: " if copy is None else ""
    if copy is None and package.copies > len(others):
        known = f"No sound copy is held, but it was deposited: archive deposits show {shlex.quote(bag.address)}; then: "
    if copy is not None and copy.state == "away":
        known = f"The copy is in {copy.holding.location}, which is away; bring that back, then: "
    if finding.kind is codes.BAG_MISSING:
        moved = f"archive holdings move {shlex.quote(bag.address)} NEW-PLACE"
        back = ("; else bring it back from ", name(address)) if copy else ("; else bring it back from a copy",)
        return group("If it was moved, tell the ledger: ", element("code", name(moved)), *back)
    if bag.form is not Container.FOLDER or is_remote(bag.address):
        again = f"archive audit {shlex.quote(bag.address)}"
        return group(known, "Put a sound copy in the place of the whole, then: ", element("code", name(again)))
    command = f"archive repair {shlex.quote(bag.address)} --from {shlex.quote(address)}"
    return group(known or "Restore it from a copy: ", element("code", name(command)))


def _split(finding: Finding) -> tuple[str, str]:
    """The word a finding begins with, and the rest of its sentence."""
    word, colon, words = finding.message.partition(": ")
    if colon and finding.kind.title.startswith(f"{word}: "):
        return word.capitalize(), words
    return _WORDS[finding.severity], finding.message


def draw_calendar(portrait: Portrait) -> Markup:
    columns = [("Overdue", portrait.due_now), *((month.name, month.files) for month in portrait.calendar)]
    words = "; ".join(f"{label}: {count:,} files" for label, count in columns if count) or "no file falls due"
    age = age_words(portrait.status.max_age)
    late = (
        f"{_count(portrait.due_now, 'file')} due now: not checked within {age}." if portrait.due_now
        else f"Nothing is overdue: every file was checked within {age}."
    )  # fmt: skip
    rows = [(label, count) for label, count in columns]
    return group(
        element("p", late),
        draw_columns(
            "due",
            "Files that fall due, by month",
            words,
            columns,
            looks=("unsure", *("bar" for _ in portrait.calendar)),
        ),
        _folded("The same as a table", _table("Files that fall due", ("Month", "Files"), rows)),
    )


def draw_holdings(portrait: Portrait) -> Markup:
    counts = {state: sum(package.state == state for package in portrait.packages) for state in _LOOKS}
    parts = [(state, counts[state], _LOOKS[state][1]) for state in _LOOKS if counts[state]]
    words = "; ".join(f"{state}: {count:,} packages" for state, count, _look in parts) or "no packages"
    growth = [(month.name, month.bytes) for month in portrait.growth]
    counted = [(month.name, month.holdings) for month in portrait.growth]
    grown = "; ".join(f"{label}: {size:,} bytes" for label, size in growth)
    rows = [(month.name, month.holdings, Size(month.bytes)) for month in portrait.growth]
    away = counts["away"]
    known = "What was intact at its last look counts as intact in the sentence at the top."
    unreached = element("p", f"{_count(away, 'package')} could not be reached. {known}") if away else None
    return group(
        draw_share("state", "Packages by state", words, parts) if parts else element("p", "No packages are held yet."),
        unreached,
        element("p", f"Copies: {copies_words(portrait.copies)}.") if portrait.packages else None,
        element("h3", "Growth: held at the end of the month"),
        draw_columns("growth", "Bytes held, by month", grown, growth, sizes=True),
        draw_columns(
            "packages-held",
            "Packages held, by month",
            "; ".join(f"{label}: {count:,} packages" for label, count in counted),
            counted,
        ),
        _folded("The same as a table", _table("Growth", ("Month", "Packages", "Size"), rows)),
    )


def draw_formats(portrait: Portrait) -> Markup:
    if not portrait.formats:
        return element("p", "The packages held have no PREMIS record that names formats.")
    bars = [(_format_label(title, puid), files) for puid, title, files, _size in portrait.formats[:MOST_FORMATS]]
    words = "; ".join(f"{label}: {files:,} files" for label, files in bars)
    rows = [(name(puid or "unknown"), name(title), files, Size(size)) for puid, title, files, size in portrait.formats]
    return group(
        draw_bars("formats", "Files by format", words, bars),
        _folded("All formats as a table", _table("Every format", ("PRONOM", "Format", "Files", "Size"), rows)),
    )


def _format_label(title: str, puid: str) -> str:
    """The format's name, shortened where its PRONOM key would not fit behind it."""
    room = LABEL - len(puid) - 2
    return f"{title if len(title) <= room else title[: room - 1].rstrip() + '…'} {puid}".strip()


def draw_packages(portrait: Portrait) -> Markup:
    rows = [
        (
            name(package.holding.name), _state(package), name(package.holding.location), package.holding.files,
            Size(package.holding.bytes), package.copies, day_words(package.oldest) if package.oldest else "never",
            name(package.sealed or "no"),
        )
        for package in portrait.packages
    ]  # fmt: skip
    heads = ("Package", "State", "Location", "Files", "Size", "Other copies", "Every file checked since", "Sealed")
    lives = [_life(package) for package in portrait.packages if package.events is not None]
    hint = "Open a package to see what happened to it and when."
    return group(
        _table("All packages, those that need attention first", heads, rows),
        element("h3", "The life of each package") if lives else None,
        element("p", hint, class_="hint") if lives else None, *lives,
    )  # fmt: skip


def draw_runs(portrait: Portrait) -> Markup:
    if not portrait.runs:
        return element("p", "No audit has run yet. Next: ", element("code", "archive audit"))
    total_files, total_bytes = portrait.status.files or 1, portrait.status.bytes or 1
    rows = [
        (
            element("time", day_words(run.started), datetime=stamp_of(run.started)), run.verdict or "not finished",
            run.files, Share(run.files / total_files), Size(run.bytes), Share(run.bytes / total_bytes),
        )
        for run in portrait.runs
    ]  # fmt: skip
    heads = ("Day", "Verdict", "Files", "Share of files", "Size", "Share of bytes")
    shown = portrait.runs[:MOST_COLUMNS][::-1]
    columns = [(day_words(run.started).partition(" ")[2], run.files) for run in shown]
    words = "; ".join(f"{day_words(run.started)}: {run.files:,} files, {run.attention:,} not intact" for run in shown)
    looks = ["bad" if run.attention else "good" for run in shown]
    title = "Files checked by the latest runs"
    return group(
        element("h3", title), draw_columns("runs-drawn", title, words, columns, looks=looks),
        element("p", "Red: a run that met files which are not intact.", class_="soft"),
        _table("Runs, the latest first; shares are of all that is held now", heads, rows),
    )  # fmt: skip


def _draw_life(package: ReportedHolding) -> Markup | None:
    """The events on a line of time, from the first to the last."""
    events = package.events or ()
    if not events:
        return None
    marks = [
        (event.happened, "bar" if event.kind != "fixity check" and event.good else "good" if event.good else "bad")
        for event in events
    ]
    begin, end = min(when for when, _look in marks), max(when for when, _look in marks)
    bad = sum(not event.good for event in events)
    words = f"{_count(len(events), 'event')} from {day_words(begin)} to {day_words(end)}, {bad:,} of them not good"
    title = f"Life of {package.holding.name} in {package.holding.location}"
    return draw_life(f"life-{package.holding.id}", title, words, marks, year_starts(begin, end))


def _life(package: ReportedHolding) -> Markup:
    events = [
        element(
            "li",
            element("time", stamp_of(event.happened)[:10], datetime=stamp_of(event.happened)), " ",
            element("span", event.kind, class_=f"state {'intact' if event.good else 'damaged'}"), " ",
            name(describe_event(event)),
        )
        for event in package.events or ()
    ]  # fmt: skip
    copies = f"; other copies held: {package.copies}" if package.copies else ""
    return element(
        "details",
        element(
            "summary",
            name(package.holding.name),
            " in ",
            name(package.holding.location),
            f" ({package.state}{copies})",
        ),
        element("p", "Place: ", name(package.holding.address), class_="soft"),
        _draw_life(package),
        element("p", "Circle: checked, all intact. Diamond: not all intact. Triangle: another event.", class_="soft"),
        element("ol", *events, class_="life") if events else element("p", "No event in the time asked for."),
    )


def _state(package: ReportedHolding) -> Markup:
    troubled = f" ({_count(package.troubled, 'file')})" if package.troubled else ""
    return element("span", package.state + troubled, class_=f"state {_LOOKS[package.state][0]}")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word if number == 1 else word + 's'}"


def _folded(label: str, content: Markup) -> Markup:
    return element("details", element("summary", label), content)


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Child | Share]]) -> Markup:
    numbers = {place for row in rows[:1] for place, cell in enumerate(row) if isinstance(cell, (int, Share))}
    head = element(
        "tr", *(element("th", text, scope="col", class_=_look(place, numbers)) for place, text in enumerate(heads))
    )
    body = [
        element(
            "tr",
            *(
                element("th", _cell(cell), scope="row")
                if place == 0
                else element("td", _cell(cell), class_=_look(place, numbers))
                for place, cell in enumerate(row)
            ),
        )
        for row in rows
    ]
    table = element("table", element("caption", caption), element("thead", head), element("tbody", *body))
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=caption)


def _cell(cell: Child | Share) -> Child:
    if isinstance(cell, Share):
        return f"{min(cell, 1):.1%}"
    return size_words(cell) if isinstance(cell, Size) else cell


def _look(place: int, numbers: set[int]) -> str | None:
    return "number" if place in numbers else None
