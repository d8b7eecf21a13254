"""The parts of the report, each from the portrait alone, for the screen and for paper alike."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from archive.ledger.deeds import DeedKind
from archive.ledger.overview import stamp_of
from archive.model.addresses import is_remote
from archive.model.audit import Container, is_same_place
from archive.model.codes import audit as codes
from archive.model.finding import Finding, Severity
from archive.reporting.html.blocks import Bar, Bars, Block, Fold, Heading, Items, Section, Table, Text
from archive.reporting.html.groups import FEW, list_bags
from archive.reporting.html.lives import tell_lives
from archive.reporting.html.markup import Child, element, group, name
from archive.reporting.html.summary import sum_up
from archive.reporting.html.words import Words, day_of
from archive.stages.auditing.holdings_report import Portrait, ReportedHolding

MOST_FINDINGS = 200
MOST_FORMATS = 12
MOST_RUNS_DRAWN = 12
MOST_DEEDS = 50
LOOKS = {
    "intact": ("intact", "good"), "damaged": ("damaged", "bad"), "not checked": ("unsure", "unsure"),
    "never checked": ("unsure", "unsure"), "away": ("away", "away"),
}  # fmt: skip
"""States with their classes as text and as bars."""


def make_sections(portrait: Portrait, words: Words, archive: str, most: int | None = None) -> list[Section]:
    """All parts, the verdict's reasons first. `archive` is the archive's name; at most `most` bags are listed."""
    gettext = words.speaking.gettext
    return [
        Section("summary", gettext("In short"), sum_up(portrait, words, archive)),
        Section("attention", gettext("What needs attention"), list(_attention(portrait, words))),
        Section("deeds", gettext("What was done"), list(_deeds(portrait, words))),
        Section("calendar", gettext("Checks coming up"), list(_calendar(portrait, words))),
        Section("holdings", gettext("Holdings and growth"), list(_holdings(portrait, words))),
        Section("formats", gettext("Formats"), list(_formats(portrait, words))),
        Section("packages", gettext("Bags and their history"), list(_packages(portrait.packages, words, most))),
        Section("runs", gettext("Checks so far"), list(_runs(portrait, words))),
    ]


def _attention(portrait: Portrait, words: Words) -> Iterator[Block]:
    gettext, findings = words.speaking.gettext, portrait.status.findings
    if not findings:
        yield Text(gettext("Nothing. Every file was found intact within the time set."))
        return
    rows = []
    for finding in findings[:MOST_FINDINGS]:
        look = "damaged" if finding.severity is Severity.ERROR else "unsure"
        rows.append(
            group(
                element("span", f"{words.severity(finding.severity)}: ", class_=f"state {look}"),
                words.finding(finding), ". ", element("span", gettext("Next:"), class_="soft"), " ",
                _next_step(finding, portrait, words), " (", element("code", finding.code), ")",
            )
        )  # fmt: skip
    yield Items(rows, "needs")
    more = len(findings) - MOST_FINDINGS
    if more > 0:
        told = words.speaking.ngettext("And {count} more: {command}", "And {count} more: {command}", more)
        command = element("code", "archive audit history --troubled", dir="ltr")
        yield Text(words.text(told, count=words.count(more), command=command))


def _next_step(finding: Finding, portrait: Portrait, words: Words) -> Markup:
    """The remedy, with the very command where the ledger knows the names that belong in it."""
    if finding.kind is codes.UNREACHABLE:
        command = f"archive audit --place {shlex.quote(finding.subject)}"
        told = words.speaking.gettext("Connect the disk or fix the connection, then run: {command}")
        return words.text(told, command=_code(command))
    if finding.kind in (codes.DAMAGED, codes.MISSING, codes.BAG_MISSING):
        within = [one for one in portrait.packages if f"{finding.subject}/".startswith(f"{one.holding.address}/")]
        if within:
            return _repairing(within[0], finding, portrait.packages, words)
    before, colon, command = words.remedy(finding).partition(": archive ")
    return group(before, ": ", _code(Markup(f"archive {command}"))) if colon else before  # noqa: S704 - escaped already


def _repairing(package: ReportedHolding, finding: Finding, packages: Sequence[ReportedHolding], words: Words) -> Markup:
    """How to repair a file or a bag: from the copy that is held, if one is, and was not found damaged itself."""
    gettext, bag = words.speaking.gettext, package.holding
    others = [
        one for one in packages if one.holding.tag_digest == bag.tag_digest and not is_same_place(one.holding, bag)
    ]
    others.sort(key=lambda one: ("intact", "away").index(one.state) if one.state in ("intact", "away") else 2)
    copy = others[0] if others and others[0].state in ("intact", "away") else None
    address = copy.holding.address if copy else "COPY"
    if finding.kind is codes.BAG_MISSING:
        moved = _code(f"archive holdings move {shlex.quote(bag.address)} NEW-PLACE")
        told = gettext("If it was moved, record the new place: {command}; otherwise bring it back from a copy")
        if copy:
            told = gettext("If it was moved, record the new place: {command}; otherwise bring it back from {copy}")
        return words.text(told, command=moved, copy=name(address))
    command = f"archive repair {shlex.quote(bag.address)} --from {shlex.quote(address)}"
    if bag.form is not Container.FOLDER or is_remote(bag.address):
        command = f"archive audit {shlex.quote(bag.address)}"
        told = gettext("Put an intact copy in the place of the whole, then run: {command}")
    elif copy is None and package.copies > len(others):
        told = gettext("No intact copy is held, but it was deposited ({deposits}). Bring it back, then run: {command}")
    elif copy is None:
        told = gettext("No intact copy is held; find one elsewhere, then run: {command}")
    elif copy.state == "away":
        told = gettext("The copy is in {place}, which is not reachable; connect that, then run: {command}")
    else:
        told = gettext("Restore it from a copy: {command}")
    deposits = _code(f"archive deposits show {shlex.quote(bag.address)}")
    place = name(copy.holding.location) if copy else ""
    return words.text(told, command=_code(command), deposits=deposits, place=place)


def _code(command: str) -> Markup:
    return element("code", name(command), dir="ltr")


def _deeds(portrait: Portrait, words: Words) -> Iterator[Block]:
    gettext = words.speaking.gettext
    counts = {kind: [one for one in portrait.deeds if one.kind is kind] for kind in DeedKind}
    rows: list[tuple[Child, ...]] = [(gettext("Bags added"), words.count(portrait.added))]
    rows += [(words.deed(kind), words.count(len(found))) for kind, found in counts.items()]
    rows.append((gettext("Checks"), words.count(len(portrait.runs))))
    caption = gettext("Since the archive began")
    if portrait.since:
        caption = gettext("Since {day}").format(day=words.day(portrait.since))
    yield Table(caption, (gettext("What"), gettext("How often")), rows, frozenset({1}))
    for kind, found in counts.items():
        if not found:
            continue
        listed: list[tuple[Child, ...]] = [
            (_time(one.happened, words), name(words.deed_bag(one)), words.deed_detail(one.detail))
            for one in found[:MOST_DEEDS]
        ]
        title = f"{words.deed(kind)} ({words.count(len(found))})"
        heads = (gettext("Day"), gettext("Bag"), gettext("Details"))
        blocks: list[Block] = [Table(title, heads, listed)]
        if len(found) > MOST_DEEDS:
            told = words.speaking.ngettext(
                "Only the latest is listed.", "Only the latest {count} are listed.", MOST_DEEDS
            )
            blocks.append(Text(told.format(count=words.count(MOST_DEEDS)), "soft"))
        yield Fold(title, blocks)


def _calendar(portrait: Portrait, words: Words) -> Iterator[Block]:
    gettext = words.speaking.gettext
    age = words.speaking.age(portrait.status.max_age)
    if portrait.due_now:
        told = words.speaking.ngettext(
            "{count} file is due now: it was not checked within {age}.",
            "{count} files are due now: they were not checked within {age}.",
            portrait.due_now,
        )
        yield Text(told.format(count=words.count(portrait.due_now), age=age))
    else:
        yield Text(gettext("Nothing is overdue: every file was checked within {age}.").format(age=age))
    bars = [Bar(gettext("Overdue"), portrait.due_now, words.count(portrait.due_now), "unsure")]
    for month in portrait.calendar:
        bars.append(Bar(words.speaking.month(day_of(month.begin)), month.files, words.count(month.files)))
    yield Bars(gettext("Files to check, by month"), bars)


def _holdings(portrait: Portrait, words: Words) -> Iterator[Block]:
    gettext = words.speaking.gettext
    counts = {state: portrait.in_state(state) for state in LOOKS}
    parts = [
        Bar(words.state(one), counts[one], words.count(counts[one]), LOOKS[one][1]) for one in LOOKS if counts[one]
    ]
    if not parts:
        yield Text(gettext("No bags are held yet."))
        return
    yield Bars(gettext("Bags by state"), parts, whole=True)
    if counts["away"]:
        told = words.speaking.ngettext(
            "{count} bag could not be reached. One that was intact when it was last checked counts as intact in the"
            " sentence at the top.",
            "{count} bags could not be reached. Those that were intact when they were last checked count as intact in"
            " the sentence at the top.",
            counts["away"],
        )
        yield Text(told.format(count=words.count(counts["away"])))
    copies = portrait.copies
    yield Table(
        gettext("Copies: three of each bag, on two media, one of them elsewhere"),
        (gettext("Bags"), gettext("How many")),
        [
            (gettext("kept by this rule"), words.count(copies.meeting)),
            (gettext("in fewer than three copies"), words.count(copies.few_copies)),
            (gettext("on one medium only"), words.count(copies.few_media)),
            (gettext("without a copy elsewhere"), words.count(copies.none_elsewhere)),
        ],
        frozenset({1}),
    )
    yield Heading(gettext("Growth: held at the end of the month"))
    months = [(words.speaking.month(day_of(month.begin)), month) for month in portrait.growth]
    yield Bars(gettext("Size, by month"), [Bar(label, one.bytes, words.size(one.bytes)) for label, one in months])
    yield Bars(
        gettext("Bags, by month"), [Bar(label, one.holdings, words.count(one.holdings)) for label, one in months]
    )


def _formats(portrait: Portrait, words: Words) -> Iterator[Block]:
    gettext = words.speaking.gettext
    if not portrait.formats:
        yield Text(gettext("The bags held have no PREMIS record that names formats."))
        return
    bars = [
        Bar(f"{title} {puid}".strip(), files, words.count(files))
        for puid, title, files, _size in portrait.formats[:MOST_FORMATS]
    ]
    yield Bars(gettext("Files by format"), bars)
    rows = [
        (name(puid or gettext("unknown")), name(title), words.count(files), words.size(size))
        for puid, title, files, size in portrait.formats
    ]
    heads = ("PRONOM", gettext("Format"), gettext("Files"), gettext("Size"))
    yield Fold(gettext("All formats"), [Table(gettext("All formats"), heads, rows, frozenset({2, 3}))])


def _packages(packages: Sequence[ReportedHolding], words: Words, most: int | None) -> Iterator[Block]:
    listed = packages[:most]
    if len(listed) < len(packages):
        told = words.speaking.ngettext(
            "{count} of {all} bags is listed, those that need attention first. The web page and the table (CSV) list"
            " all.",
            "{count} of {all} bags are listed, those that need attention first. The web page and the table (CSV) list"
            " all.",
            len(listed),
        )
        yield Text(told.format(count=words.count(len(listed)), all=words.count(len(packages))))
    yield from list_bags(listed, words)
    yield from tell_lives(listed if most is None else listed[:FEW], words)


def _runs(portrait: Portrait, words: Words) -> Iterator[Block]:
    gettext = words.speaking.gettext
    if not portrait.runs:
        told = gettext("No check has run yet. Next: {command}")
        yield Text(words.text(told, command=_code("archive audit")))
        return
    total_files, total_bytes = portrait.status.files or 1, portrait.status.bytes or 1
    shown = portrait.runs[:MOST_RUNS_DRAWN][::-1]
    yield Bars(
        gettext("Files read by the latest checks"),
        [
            Bar(words.day(run.started), run.files, words.count(run.files), "bad" if run.attention else "good")
            for run in shown
        ],
    )
    yield Text(gettext("Red: a check that found files which are not intact."), "soft")
    rows = [
        (
            _time(run.started, words), _verdict(run.attention, run.files, run.ended, words), words.count(run.files),
            words.speaking.percent(min(run.files / total_files, 1)), words.size(run.bytes),
            words.speaking.percent(min(run.bytes / total_bytes, 1)),
        )
        for run in portrait.runs
    ]  # fmt: skip
    heads = (
        gettext("Day"), gettext("Result"), gettext("Files"), gettext("Share of files"), gettext("Size"),
        gettext("Share of the size"),
    )  # fmt: skip
    caption = gettext("Checks, the latest first; shares are of all that is held now")
    yield Table(caption, heads, rows, frozenset({2, 3, 4, 5}))


def _verdict(attention: int, files: int, ended: int | None, words: Words) -> Markup:
    gettext = words.speaking.gettext
    if ended is None:
        return element("span", gettext("not finished"), class_="state unsure")
    if attention:
        told = words.speaking.ngettext("{count} not intact", "{count} not intact", attention)
        return element("span", told.format(count=words.count(attention)), class_="state damaged")
    if files:
        return element("span", gettext("all intact"), class_="state intact")
    return element("span", gettext("nothing was due"), class_="state")


def _time(seconds: int, words: Words) -> Markup:
    return element("time", words.day(seconds), datetime=stamp_of(seconds))
