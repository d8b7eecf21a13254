"""The parts of the page, each from the portrait alone."""

from __future__ import annotations

from collections.abc import Sequence

from archive.ledger.overview import stamp_of
from archive.model.finding import Finding, Severity
from archive.reporting.html.charts import draw_bars, draw_columns, draw_share
from archive.reporting.html.markup import Child, Markup, element, group, name
from archive.stages.auditing.life import describe_event
from archive.stages.auditing.portrait import Package, Portrait, day_words

MOST_FINDINGS = 200
MOST_FORMATS = 12
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
                element("span", "Next: ", class_="soft"), finding.kind.remedy, " (", element("code", finding.code), ")",
            )
        )  # fmt: skip
    more = len(findings) - MOST_FINDINGS
    left = element("p", f"And {more:,} more: ", element("code", "archive audit history --troubled")) if more > 0 else ""
    return group(element("ul", *rows, class_="needs"), left)


def _split(finding: Finding) -> tuple[str, str]:
    """The word a finding begins with, and the rest of its sentence."""
    word, colon, words = finding.message.partition(": ")
    if colon and finding.kind.title.startswith(f"{word}: "):
        return word.capitalize(), words
    return _WORDS[finding.severity], finding.message


def draw_calendar(portrait: Portrait) -> Markup:
    columns = [(month.name, month.files) for month in portrait.calendar]
    words = "; ".join(f"{label}: {count:,} files" for label, count in columns if count) or "no file falls due"
    late = (
        f"{portrait.due_now:,} files are due now." if portrait.due_now
        else f"Nothing is overdue: every file was checked within {portrait.status.max_age}."
    )  # fmt: skip
    rows = [(label, count) for label, count in columns]
    return group(
        element("p", late),
        draw_columns("due", "Files that fall due, by month", words, columns),
        _folded("The same as a table", _table("Files that fall due", ("Month", "Files"), rows)),
    )


def draw_holdings(portrait: Portrait) -> Markup:
    counts = {state: sum(package.state == state for package in portrait.packages) for state in _LOOKS}
    parts = [(state, counts[state], _LOOKS[state][1]) for state in _LOOKS if counts[state]]
    words = "; ".join(f"{state}: {count:,} packages" for state, count, _look in parts) or "no packages"
    growth = [(month.name, month.bytes) for month in portrait.growth]
    grown = "; ".join(f"{label}: {size:,} bytes" for label, size in growth)
    rows = [(month.name, month.holdings, month.bytes) for month in portrait.growth]
    return group(
        draw_share("state", "Packages by state", words, parts) if parts else element("p", "No packages are held yet."),
        element("h3", "Bytes held at the end of each month"),
        draw_columns("growth", "Bytes held, by month", grown, growth),
        _folded("The same as a table", _table("Growth", ("Month", "Packages", "Bytes"), rows)),
    )


def draw_formats(portrait: Portrait) -> Markup:
    if not portrait.formats:
        return element("p", "The packages held have no PREMIS record that names formats.")
    bars = [(f"{title} {puid}".strip(), files) for puid, title, files, _size in portrait.formats[:MOST_FORMATS]]
    words = "; ".join(f"{label}: {files:,} files" for label, files in bars)
    rows = [(name(puid or "unknown"), name(title), files, size) for puid, title, files, size in portrait.formats]
    return group(
        draw_bars("formats", "Files by format", words, bars),
        _folded("All formats as a table", _table("Every format", ("PRONOM", "Format", "Files", "Bytes"), rows)),
    )


def draw_packages(portrait: Portrait) -> Markup:
    rows = [
        (
            name(package.holding.name), _state(package), name(package.holding.location), package.holding.files,
            package.holding.bytes, package.copies, day_words(package.oldest) if package.oldest else "never",
        )
        for package in portrait.packages
    ]  # fmt: skip
    heads = ("Package", "State", "Location", "Files", "Bytes", "Other copies", "All files checked since")
    lives = [_life(package) for package in portrait.packages if package.events is not None]
    return group(_table("All packages, those that need attention first", heads, rows), *lives)


def draw_runs(portrait: Portrait) -> Markup:
    if not portrait.runs:
        return element("p", "No audit has run yet. Next: ", element("code", "archive audit"))
    total_files, total_bytes = portrait.status.files or 1, portrait.status.bytes or 1
    rows = [
        (
            element("time", day_words(run.started), datetime=stamp_of(run.started)), run.verdict or "not finished",
            run.files, f"{min(run.files / total_files, 1):.1%}", run.bytes, f"{min(run.bytes / total_bytes, 1):.1%}",
        )
        for run in portrait.runs
    ]  # fmt: skip
    heads = ("Day", "Verdict", "Files", "Share of files", "Bytes", "Share of bytes")
    return _table("Runs, the latest first", heads, rows)


def _life(package: Package) -> Markup:
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
        element("summary", name(package.holding.name), f" ({package.state}{copies})"),
        element("p", "Place: ", name(package.holding.address), class_="soft"),
        element("ol", *events, class_="life") if events else element("p", "No event in the time asked for."),
    )


def _state(package: Package) -> Markup:
    troubled = f" ({package.troubled:,} files)" if package.troubled else ""
    return element("span", package.state + troubled, class_=f"state {_LOOKS[package.state][0]}")


def _folded(label: str, content: Markup) -> Markup:
    return element("details", element("summary", label), content)


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Child]]) -> Markup:
    numbers = {place for row in rows[:1] for place, cell in enumerate(row) if isinstance(cell, int)}
    head = element(
        "tr", *(element("th", text, scope="col", class_=_look(place, numbers)) for place, text in enumerate(heads))
    )
    body = [
        element(
            "tr",
            *(
                element("th", cell, scope="row") if place == 0 else element("td", cell, class_=_look(place, numbers))
                for place, cell in enumerate(row)
            ),
        )
        for row in rows
    ]
    table = element("table", element("caption", caption), element("thead", head), element("tbody", *body))
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=caption)


def _look(place: int, numbers: set[int]) -> str | None:
    return "number" if place in numbers else None
