"""The state of the holdings, from the ledger alone: nothing is read from the holdings themselves."""

from __future__ import annotations

from archive.formats.amounts import age_words, parse_age
from archive.ledger.book import Ledger
from archive.ledger.holdings import count_holdings, list_locations
from archive.ledger.overview import Attention, Dueness, attention_files, count_due, never_checked, troubled_holdings
from archive.ledger.runs import AuditRun, list_runs
from archive.model.audit import Location
from archive.model.codes import audit as codes
from archive.model.finding import Finding
from archive.model.light import light_dataclass
from archive.stages.auditing.findings import once_each, standing_finding
from archive.storage.clock import Clock


@light_dataclass(frozen=True)
class Status:
    """What the ledger says. `intact` are the holdings of which every file was intact at its last check."""

    ledger: str
    address: str
    holdings: int
    intact: int
    files: int
    bytes: int
    due: tuple[Dueness, ...]
    attention: tuple[Attention, ...]
    away: tuple[Location, ...]
    last_run: AuditRun | None
    max_age: str
    findings: tuple[Finding, ...]


def read_status(ledger: Ledger, max_age: str, clock: Clock) -> Status:
    """The status now. `max_age` as in the settings ("90d"). Raises `UsageError`, `LedgerError`."""
    now = int(clock.now().timestamp())
    counts = count_holdings(ledger)
    attention = tuple(attention_files(ledger))
    due = tuple(count_due(ledger, now=now, max_age=parse_age(max_age)))
    troubled = troubled_holdings(ledger) | never_checked(ledger)
    away = tuple(list_locations(ledger, away=True))
    findings = once_each(standing_finding(one) for one in attention)
    age = age_words(max_age)
    for one in due:
        aside = f", {one.never:,} of them never at all" if one.never else ""
        findings.append(codes.OVERDUE.at(one.location, files=one.due, never=one.never, age=age, aside=aside))
    for place in away:
        count = counts.get(place.name, (0, 0, 0))[0]
        findings.append(codes.UNREACHABLE.at(place.name, reason=place.reason or "", holdings=count))
    runs = list_runs(ledger, limit=1)
    holdings, files, size = (sum(column) for column in zip(*counts.values(), strict=True)) if counts else (0, 0, 0)
    return Status(
        ledger.id, ledger.address, holdings, holdings - len(troubled), files, size, due, attention, away,
        runs[0] if runs else None, max_age, tuple(findings),
    )  # fmt: skip
