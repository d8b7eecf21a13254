"""The status of the archive, as one screen of text and as JSON (archive.status/1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archive.formats.naming import escape, path_fields
from archive.ledger.overview import stamp_of
from archive.model.exits import Exit, exit_of, gravest
from archive.model.finding import outcome_of
from archive.model.kept_deposit import DepositProgress
from archive.reporting.audit import run_fields
from archive.reporting.deposits import kept_fields
from archive.reporting.finding import finding_fields, finding_line
from archive.stages.archive_status import ArchiveStatus, deposit_command
from archive.stages.auditing.copies_rule import CopiesSummary

_FINDINGS, _NAMES = 5, 3
"""So many findings, and names under one heading, are shown: all of it fits on a screen."""

Fields = dict[str, Any]


def archive_status_exit(status: ArchiveStatus) -> int:
    """As `archive audit status`: 1 for known damage, 4 for what could not be checked or is overdue; 5 for a deposit

    whose outcome is not known.
    """
    code = exit_of(outcome_of(status.audit.findings))
    return gravest((code, Exit.DEPOSIT if status.has_unknown_deposit else Exit.DONE))


def archive_status_text(status: ArchiveStatus) -> str:
    """At most a screen, escaped; the outcome in words first, the next commands last."""
    audit = status.audit
    lines = [f"{outcome_of(audit.findings).value}: {audit.intact:,} of {_count(audit.holdings, 'holding')} intact"]
    lines += [f"{f'{name}:' if name else '':<12} {text}" for name, text in _rows(status)]
    lines += [finding_line(finding, place=False) for finding in audit.findings[:_FINDINGS]]
    if len(audit.findings) > _FINDINGS:
        lines.append(f"... and {len(audit.findings) - _FINDINGS:,} more: archive audit status")
    if status.steps:
        lines += [f"Next: {escape(step)}" for step in status.steps]
    else:
        before = "" if status.next_check is None else f" before {stamp_of(status.next_check)[:10]}"
        lines.append(f"Nothing to do{before}")
    return "\n".join(lines)


def _rows(status: ArchiveStatus) -> Iterator[tuple[str, str]]:
    audit, copies, seals = status.audit, status.copies, status.seals
    holdings, files = _count(audit.holdings, "holding"), _count(audit.files, "file")
    yield "Bags", f"{copies.bags:,}, in {holdings} with {files}, {audit.bytes:,} bytes"
    yield "Copies", copies_words(copies)
    for bag in copies.short[:_NAMES]:
        yield "", f"{escape(bag.address)}: copies {bag.copies}, media {bag.media}, elsewhere {bag.elsewhere}"
    if audit.last_run is None:
        yield "Last check", "no audit has run yet"
    else:
        run = audit.last_run
        yield "Last check", f"{stamp_of(run.started)}, {escape(run.verdict or 'not finished')}"
    if audit.due:
        yield "Next check", f"now; {_count(sum(one.due for one in audit.due), 'file')} overdue"
    elif status.next_check is not None:
        yield "Next check", f"{stamp_of(status.next_check)[:10]}, when the first file is due"
    if status.harmed:
        yield "Damaged", f"{_count(len(status.harmed), 'holding')}: {_names(status.harmed)}"
    if audit.away:
        yield "Away", _names([f"{one.name} since {stamp_of(one.unreachable_since or 0)[:10]}" for one in audit.away])
    parts = [f"{seals.sealed:,} of {_count(copies.bags, 'bag')}"]
    if seals.waiting:
        parts.append(f"{seals.waiting:,} waiting for stamps")
    if seals.due:
        late = f", {seals.overdue:,} of them overdue" if seals.overdue else ""
        parts.append(f"{seals.due:,} to be renewed{late}")
    if seals.first_end is not None:
        parts.append(f"the first proof ends {stamp_of(seals.first_end)[:10]}")
    yield "Sealed", "; ".join(parts)
    parts = [f"{status.deposits:,} accepted"]
    for progress in DepositProgress:
        count = sum(one.progress is progress for one in status.pending)
        if count:
            parts.append(f"{count:,} {progress.value}")
    yield "Deposits", "; ".join(parts)


def copies_words(copies: CopiesSummary) -> str:
    """How many bags are kept by the rule 3-2-1, and what the others lack."""
    words = f"{copies.meeting:,} of {_count(copies.bags, 'bag')} kept by the rule 3-2-1"
    lacks = [
        f"{count:,} {what}"
        for count, what in (
            (copies.few_copies, "in fewer than 3 copies"), (copies.few_media, "on 1 medium only"),
            (copies.none_elsewhere, "without a copy elsewhere"),
        )
        if count
    ]  # fmt: skip
    return "; ".join([words, *lacks])


def _names(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - _NAMES:,} more" if len(names) > _NAMES else ""
    return ", ".join(map(escape, names[:_NAMES])) + more


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def copies_fields(copies: CopiesSummary) -> Fields:
    """The rule 3-2-1 over all bags, as JSON members."""
    return {
        "meeting_rule": copies.meeting,
        "fewer_than_three_copies": copies.few_copies,
        "one_medium": copies.few_media,
        "none_elsewhere": copies.none_elsewhere,
        "short": [
            {**path_fields(bag.address), "copies": bag.copies, "media": bag.media, "elsewhere": bag.elsewhere}
            for bag in copies.short
        ],
    }


def archive_status_document(status: ArchiveStatus) -> Fields:
    """The status for `--json`, the numbers whole, the findings all."""
    audit, copies, seals = status.audit, status.copies, status.seals
    return {
        "schema": "archive.status/1",
        "exit_code": archive_status_exit(status),
        "made": stamp_of(status.made),
        "outcome": outcome_of(audit.findings).value,
        "ledger": audit.ledger,
        "bags": copies.bags,
        "holdings": audit.holdings,
        "intact_holdings": audit.intact,
        "damaged_holdings": [path_fields(address) for address in status.harmed],
        "files": audit.files,
        "bytes": audit.bytes,
        "copies": copies_fields(copies),
        "checks": {
            "max_age": audit.max_age,
            "last_run": None if audit.last_run is None else run_fields(audit.last_run),
            "next": None if status.next_check is None else stamp_of(status.next_check),
            "overdue_files": sum(one.due for one in audit.due),
            "never_checked_files": sum(one.never for one in audit.due),
        },
        "seals": {
            "sealed_bags": seals.sealed,
            "waiting_for_stamps": seals.waiting,
            "to_be_renewed": seals.due,
            "renewal_overdue": seals.overdue,
            "first_end": None if seals.first_end is None else stamp_of(seals.first_end),
        },
        "deposits": {
            "accepted": status.deposits,
            "pending": [{**kept_fields(one), "next": escape(deposit_command(one))} for one in status.pending],
        },
        "findings": [finding_fields(one) for one in audit.findings],
        "next": [escape(step) for step in status.steps],
    }
