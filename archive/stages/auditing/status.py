"""How things stand: one look at the ledger, nothing read from the holdings."""

from __future__ import annotations

from dataclasses import dataclass

from archive.ledger.book import Ledger
from archive.ledger.holdings import list_holdings, list_locations
from archive.ledger.overview import Attention, Dueness, attention_files, count_due
from archive.ledger.runs import Run, list_runs
from archive.model.audit import Location
from archive.model.codes import audit as codes
from archive.model.finding import Finding
from archive.stages.auditing.amounts import age_words, parse_age
from archive.stages.auditing.telling import once_each, standing_finding
from archive.storage.clock import Clock


@dataclass(frozen=True, slots=True)
class Status:
    """What the ledger says. `intact` are the holdings of which every file was intact at its last look."""

    ledger: str
    address: str
    holdings: int
    intact: int
    files: int
    bytes: int
    due: tuple[Dueness, ...]
    attention: tuple[Attention, ...]
    away: tuple[Location, ...]
    last_run: Run | None
    max_age: str
    findings: tuple[Finding, ...]


def read_status(ledger: Ledger, max_age: str, clock: Clock) -> Status:
    """The status now. `max_age` as in the settings ("90d"). Raises `UsageError`, `LedgerError`."""
    now = int(clock.now().timestamp())
    holdings = list_holdings(ledger)
    attention = tuple(attention_files(ledger))
    due = tuple(count_due(ledger, now=now, max_age=parse_age(max_age)))
    never = {
        int(row[0])
        for row in ledger.backend.query("SELECT DISTINCT holding FROM items WHERE checked = 0 AND due IS NOT NULL")
    }
    troubled = {one.holding for one in attention} | never
    away = tuple(place for place in list_locations(ledger) if place.unreachable_since is not None)
    findings = once_each(standing_finding(one) for one in attention)
    age = age_words(max_age)
    for one in due:
        aside = f", {one.never:,} of them never at all" if one.never else ""
        findings.append(codes.OVERDUE.at(one.location, files=one.due, never=one.never, age=age, aside=aside))
    for place in away:
        count = sum(holding.location == place.name for holding in holdings)
        findings.append(codes.UNREACHABLE.at(place.name, reason=place.reason or "", holdings=count))
    runs = list_runs(ledger, limit=1)
    return Status(
        ledger.id, ledger.address, len(holdings), sum(one.id not in troubled for one in holdings),
        sum(one.files for one in holdings), sum(one.bytes for one in holdings), due, attention, away,
        runs[0] if runs else None, max_age, tuple(findings),
    )  # fmt: skip
