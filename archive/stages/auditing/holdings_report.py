"""Everything a report of the holdings shows, gathered from the ledger at one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from archive.formats.amounts import parse_age
from archive.ledger.book import BASE_AGE, Ledger
from archive.ledger.copies import RecordedDeposit, list_copies, list_deposited_copies
from archive.ledger.deeds import Deed, count_added, deeds_since
from archive.ledger.history import LifeEvent, events_of
from archive.ledger.holdings import list_holdings
from archive.ledger.overview import count_between, count_due_holdings, format_totals, oldest_checks
from archive.ledger.runs import AuditRun, list_runs
from archive.ledger.seal_events import newest_seals
from archive.model.audit import FileOutcome, Holding
from archive.stages.auditing.copies import count_other_copies
from archive.stages.auditing.copies_rule import CopiesSummary, summarise_copies
from archive.stages.auditing.status import Status, read_status
from archive.storage.clock import Clock
from archive.translation import Translator, translator

MONTHS = 12
TIMELINES = 300
"""Timelines are drawn for at most so many packages, those that need attention first."""

_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

_HARM = (FileOutcome.DAMAGED, FileOutcome.MISSING, FileOutcome.EXTRA)


@dataclass(frozen=True, slots=True)
class ReportedHolding:
    """One holding as the report shows it.

    `state` is "intact", "damaged", "not checked", "never checked" or "away"; `oldest` is when the file that waits
    longest was checked, None when some were never; `events` is None where no timeline is drawn. `sealed` says in words
    what the ledger knows of the newest seal, empty for a bag of which it knows none; `seal` has the facts. `title` is
    empty where the bag's description was not at hand.
    """

    holding: Holding
    state: str
    copies: int
    oldest: int | None
    troubled: int
    events: tuple[LifeEvent, ...] | None
    sealed: str = ""
    seal: Mapping[str, Any] | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month: `name` as "November 2026"; files that fall due in it, or holdings and bytes at its end.

    `begin` is its first second, since the epoch.
    """

    name: str
    begin: int
    files: int = 0
    holdings: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Portrait:
    """The holdings at one moment. `sentence` is the verdict; `formats` are (PRONOM key, name, files, bytes).

    `due_bags` counts the bags of which a file is due in this month. `deeds` are what was done since `since`, the
    newest first; `added` counts the bags that came in since then.
    """

    made: int
    since: int
    sentence: str
    status: Status
    due_now: int
    calendar: tuple[Month, ...]
    growth: tuple[Month, ...]
    formats: tuple[tuple[str, str, int, int], ...]
    packages: tuple[ReportedHolding, ...]
    runs: tuple[AuditRun, ...]
    copies: CopiesSummary
    due_bags: int
    deeds: tuple[Deed, ...]
    added: int

    def in_state(self, state: str) -> int:
        """How many bags are in this state."""
        return sum(one.state == state for one in self.packages)


Titles = Callable[[Sequence[Holding]], Mapping[int, str]]


def gather(
    ledger: Ledger, max_age: str, clock: Clock, *, since: int = 0, titles: Titles = lambda _holdings: {}
) -> Portrait:
    """The portrait now; runs and events from `since` (epoch seconds) on. Raises `UsageError`, `LedgerError`.

    `titles` finds the titles of bags, see `archive.stages.auditing.titles`; nothing else is read from them.
    """
    now = int(clock.now().timestamp())
    status = read_status(ledger, max_age, clock)
    shift = BASE_AGE - parse_age(max_age)
    holdings = list_holdings(ledger)
    deposits = list_deposited_copies(ledger)
    harmed = {one.holding for one in status.attention if one.outcome in _HARM}
    packages = _packages(ledger, holdings, deposits, status, since, titles(holdings))
    calendar, due_now = _calendar(ledger, now, shift)
    due_bags = count_due_holdings(ledger, _month_bounds(now, 0)[1] + shift)
    english = translator("en")
    return Portrait(
        now, since, sentence_of(status, packages, due_bags, now, english), status, due_now, calendar,
        _growth(list_holdings(ledger, retired=True), now), format_totals(ledger), packages,
        tuple(list_runs(ledger, since=since, limit=500)), summarise_copies(list_copies(ledger), deposits, harmed),
        due_bags, tuple(deeds_since(ledger, since)), count_added(ledger, since),
    )  # fmt: skip


def day_words(seconds: int) -> str:
    """A day as people write it: "3 May 2026"."""
    day = datetime.fromtimestamp(seconds, UTC)
    return f"{day.day} {_MONTH_NAMES[day.month - 1]} {day.year}"


def year_starts(begin: int, end: int) -> list[tuple[int, str]]:
    """The first second of each year between two times, with its number."""
    years = range(datetime.fromtimestamp(begin, UTC).year + 1, datetime.fromtimestamp(end, UTC).year + 1)
    return [(int(datetime(year, 1, 1, tzinfo=UTC).timestamp()), str(year)) for year in years]


def sentence_of(
    status: Status, packages: Sequence[ReportedHolding], due_bags: int, now: int, speaking: Translator
) -> str:
    """The verdict in one sentence, in a language."""
    if not packages:
        return speaking.gettext("No bags are held yet")
    count, ngettext, number = len(packages), speaking.ngettext, speaking.number
    parts = [
        ngettext("{intact} of {count} bag intact", "{intact} of {count} bags intact", count).format(
            intact=number(status.intact), count=number(count)
        )
    ]
    damaged = sum(package.state == "damaged" for package in packages)
    if damaged:
        parts.append(ngettext("{count} damaged", "{count} damaged", damaged).format(count=number(damaged)))
    words = ngettext("{count} due for a check this month", "{count} due for a check this month", due_bags)
    parts.append(words.format(count=number(due_bags)))
    away = sum(package.state == "away" for package in packages)
    if away:
        since = min((place.unreachable_since or now for place in status.away), default=now)
        words = ngettext("{count} not reachable since {day}", "{count} not reachable since {day}", away)
        day = speaking.day(datetime.fromtimestamp(since, UTC).date())
        parts.append(words.format(count=number(away), day=day))
    return speaking.gettext(", ").join(parts)


def _packages(  # noqa: PLR0917 - each is a part of what a row shows
    ledger: Ledger,
    holdings: Sequence[Holding],
    deposits: Sequence[RecordedDeposit],
    status: Status,
    since: int,
    titles: Mapping[int, str],
) -> tuple[ReportedHolding, ...]:
    checked = oldest_checks(ledger)
    away = {place.name for place in status.away}
    damaged: dict[int, int] = {}
    unsure: dict[int, int] = {}
    for one in status.attention:
        grave = one.outcome in _HARM
        counter = damaged if grave else unsure
        counter[one.holding] = counter.get(one.holding, 0) + bool(one.path)
    copies = count_other_copies(holdings, deposits)
    seals = newest_seals(ledger.backend)
    found = []
    for holding in holdings:
        if holding.id in damaged:
            state = "damaged"
        elif holding.location in away:
            state = "away"
        elif holding.id in unsure:
            state = "not checked"
        else:
            state = "never checked" if not checked.get(holding.id) else "intact"
        oldest = checked.get(holding.id) or None
        troubled = damaged.get(holding.id, 0) + unsure.get(holding.id, 0)
        seal, title = seals.get(holding.id), titles.get(holding.id, "")
        sealed = "" if seal is None else _seal_words(seal)
        found.append(ReportedHolding(holding, state, copies[holding.id], oldest, troubled, None, sealed, seal, title))
    order = {"damaged": 0, "not checked": 1, "away": 2, "never checked": 3, "intact": 4}
    found.sort(key=lambda one: (order[one.state], one.holding.id))
    return tuple(
        replace(one, events=_timeline(ledger, one.holding, since)) if place < TIMELINES else one
        for place, one in enumerate(found)
    )  # fmt: skip


def _seal_words(detail: Mapping[str, Any]) -> str:
    """Who sealed a bag, since when that is proven, and until when, as it was when the seal was recorded."""
    signers = ", ".join(map(str, detail.get("signers", ())))
    parts = [f"by {signers}" if signers else "yes"]
    if isinstance(detail.get("proven"), int):
        parts.append(f"proven since {day_words(detail['proven'])}")
    elif detail.get("complete") is False:
        parts.append("waits for stamps")
    if isinstance(detail.get("until"), int):
        parts.append(f"to be renewed before {day_words(detail['until'])}")
    return ", ".join(parts)


def _timeline(ledger: Ledger, holding: Holding, since: int) -> tuple[LifeEvent, ...]:
    return tuple(event for event in events_of(ledger, holding.id) if event.happened >= since)


def _calendar(ledger: Ledger, now: int, shift: int) -> tuple[tuple[Month, ...], int]:
    """Files that fall due in each of the coming months, this one first, and those due already."""
    due_now = count_between(ledger, -1, now + shift)
    months = []
    for ahead in range(MONTHS):
        begin, end = _month_bounds(now, ahead)
        low = max(begin, now) + shift
        months.append(Month(_month_name(begin), begin, files=count_between(ledger, low, end + shift - 1)))
    return tuple(months), due_now


def _growth(holdings: Sequence[Holding], now: int) -> tuple[Month, ...]:
    """Holdings and bytes, retired ones as long as they were held, at the end of months from the first bag to this one.

    Of a long time only every second, third or so many month is shown, this one last.
    """
    first = min((holding.added_at for holding in holdings), default=now)
    start, today = datetime.fromtimestamp(min(first, now), UTC), datetime.fromtimestamp(now, UTC)
    span = (today.year - start.year) * 12 + today.month - start.month + 1
    step = max(1, -(-span // MONTHS))
    months = []
    for back in range((max(min(span, MONTHS * step), 1) - 1) // step * step, -1, -step):
        begin, end = _month_bounds(now, -back)
        there = [one for one in holdings if one.added_at < end and not (one.retired_at and one.retired_at < end)]
        months.append(Month(_month_name(begin), begin, holdings=len(there), bytes=sum(one.bytes for one in there)))
    return tuple(months)


def _month_bounds(now: int, ahead: int) -> tuple[int, int]:
    """The first second of the month `ahead` months from now, and that of the month after."""
    day = datetime.fromtimestamp(now, UTC)
    number = day.year * 12 + day.month - 1 + ahead
    bounds = [datetime(one // 12, one % 12 + 1, 1, tzinfo=UTC) for one in (number, number + 1)]
    return int(bounds[0].timestamp()), int(bounds[1].timestamp())


def _month_name(begin: int) -> str:
    day = datetime.fromtimestamp(begin, UTC)
    return f"{_MONTH_NAMES[day.month - 1]} {day.year}"
