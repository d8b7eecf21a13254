"""Half a page in words for a reader who decides: what is held, how it is, what was done, what has to be done."""

from __future__ import annotations

from markupsafe import Markup

from archive.ledger.deeds import DeedKind
from archive.model.finding import Severity
from archive.reporting.html.blocks import Block, Items, Text
from archive.reporting.html.markup import name
from archive.reporting.html.words import Words
from archive.stages.auditing.holdings_report import Portrait


def sum_up(portrait: Portrait, words: Words, archive: str) -> list[Block]:
    """The paragraphs. `archive` is the archive's name."""
    gettext, status = words.speaking.gettext, portrait.status
    held = gettext("{archive} holds {bags} with {files}, {size} in all.")
    first = words.text(
        held, archive=name(archive), bags=words.bags(len(portrait.packages)), files=words.files(status.files),
        size=words.size(status.bytes),
    )  # fmt: skip
    blocks: list[Block] = [Text(first), Text(_condition(portrait, words)), Text(_work(portrait, words))]
    tasks = _tasks(portrait, words)
    if tasks:
        return [*blocks, Text(gettext("What has to be done:")), Items(tasks)]
    return [*blocks, Text(gettext("There is nothing to decide or to do now."))]


def _condition(portrait: Portrait, words: Words) -> Markup:
    ngettext, gettext = words.speaking.ngettext, words.speaking.gettext
    damaged, intact = portrait.in_state("damaged"), portrait.status.intact
    age = words.speaking.age(portrait.status.max_age)
    parts = []
    if damaged:
        told = ngettext("{count} bag is damaged.", "{count} bags are damaged.", damaged)
        parts.append(words.text(told, count=words.count(damaged)))
        told = ngettext("{count} bag is intact.", "{count} bags are intact.", intact)
        parts.append(words.text(told, count=words.count(intact)))
    elif portrait.packages and intact == len(portrait.packages) and not portrait.due_now:
        told = gettext("All of them are intact: every file was read and compared with its checksum within {age}.")
        parts.append(words.text(told, age=age))
    else:
        told = ngettext(
            "No damage is known; {count} bag was found intact.", "No damage is known; {count} bags were found intact.",
            intact,
        )  # fmt: skip
        parts.append(words.text(told, count=words.count(intact)))
    meeting = portrait.copies.meeting
    told = gettext("No bag is kept in three copies, on two media, one of them elsewhere.")
    if meeting:
        told = ngettext(
            "{count} bag is kept in three copies, on two media, one of them elsewhere.",
            "{count} bags are kept in three copies, on two media, one of them elsewhere.", meeting,
        )  # fmt: skip
    if portrait.packages:
        parts.append(words.text(told, count=words.count(meeting)))
    return Markup(" ").join(parts)


def _work(portrait: Portrait, words: Words) -> Markup:
    """What was done in the time of the report."""
    ngettext, gettext = words.speaking.ngettext, words.speaking.gettext
    counts = {kind: sum(one.kind is kind for one in portrait.deeds) for kind in DeedKind}
    phrases = (
        (portrait.added, ngettext("{count} bag was added", "{count} bags were added", portrait.added)),
        (len(portrait.runs), ngettext("{count} check ran", "{count} checks ran", len(portrait.runs))),
        (counts[DeedKind.REPAIRED], ngettext("{count} repair was made", "{count} repairs were made",
                                             counts[DeedKind.REPAIRED])),
        (counts[DeedKind.SEALED], ngettext("{count} seal was made", "{count} seals were made",
                                           counts[DeedKind.SEALED])),
        (counts[DeedKind.DEPOSITED], ngettext("{count} deposit was made", "{count} deposits were made",
                                              counts[DeedKind.DEPOSITED])),
        (counts[DeedKind.UPDATED], ngettext("{count} new version was made", "{count} new versions were made",
                                            counts[DeedKind.UPDATED])),
        (counts[DeedKind.GIVEN], ngettext("{count} copy was given or exported", "{count} copies were given or exported",
                                          counts[DeedKind.GIVEN])),
    )  # fmt: skip
    done = [told.format(count=words.count(count)) for count, told in phrases if count]
    if not done:
        return words.text(gettext("Nothing was done in the time of this report."))
    listed = words.speaking.listed(done)
    if portrait.since:
        return words.text(gettext("Since {day}: {list}."), day=words.day(portrait.since), list=listed)
    return words.text(gettext("So far: {list}."), list=listed)


def _tasks(portrait: Portrait, words: Words) -> list[Markup]:
    ngettext = words.speaking.ngettext
    tasks = []
    damaged, away = portrait.in_state("damaged"), portrait.in_state("away")
    short = portrait.copies.few_copies
    for count, told in (
        (damaged, ngettext("Repair {count} damaged bag from a copy.", "Repair {count} damaged bags from a copy.",
                           damaged)),
        (away, ngettext("Connect the place of {count} bag that could not be reached.",
                        "Connect the places of {count} bags that could not be reached.", away)),
        (portrait.due_now, ngettext("Check {count} file that is due.", "Check {count} files that are due.",
                                    portrait.due_now)),
        (short, ngettext("Make further copies of {count} bag that has fewer than three.",
                         "Make further copies of {count} bags that have fewer than three.", short)),
    ):  # fmt: skip
        if count:
            tasks.append(words.text(told, count=words.count(count)))
    grave = sum(one.severity is Severity.ERROR for one in portrait.status.findings)
    if grave and not damaged:
        tasks.append(words.text(words.speaking.gettext("Look at what needs attention, below.")))
    return tasks
