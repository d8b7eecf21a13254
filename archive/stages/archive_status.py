"""The archive at one moment: bags, their copies, checks, seals and deposits, and what to do next.

Everything comes from the ledger and the journals of deposits; nothing is read from the bags or asked of a repository.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from archive.formats.amounts import parse_age
from archive.ledger.book import BASE_AGE, Ledger
from archive.ledger.copies import HeldCopy, RecordedDeposit, list_copies, list_deposited_copies, list_deposits
from archive.ledger.overview import next_due
from archive.ledger.seal_events import newest_seals
from archive.model.addresses import is_remote
from archive.model.audit import Container, FileOutcome, same_identity
from archive.model.kept_deposit import DepositProgress, KeptDeposit
from archive.model.light import light_dataclass
from archive.model.sealing import RENEWAL_AHEAD
from archive.settings import Settings
from archive.stages.auditing.copies_rule import CopiesSummary, summarise_copies, unheld
from archive.stages.auditing.status import Status, read_status
from archive.stages.depositing.kept import kept_deposits
from archive.storage.clock import Clock

HARM = (FileOutcome.DAMAGED, FileOutcome.MISSING, FileOutcome.EXTRA)


@light_dataclass(frozen=True)
class SealsSummary:
    """Bags by what the ledger knows of their newest seal. `waiting` lack stamps, `due` are to be renewed soon or late.

    `overdue` are those among `due` whose proof has ended. `first_end` is when the next proof ends, in epoch seconds.
    """

    sealed: int
    waiting: int
    due: int
    overdue: int
    first_end: int | None
    waiting_at: str = ""


@light_dataclass(frozen=True)
class ArchiveStatus:
    """The archive at one moment. Times are in seconds since the epoch, UTC; `next_check` None when none is planned.

    `deposits` counts those that a repository accepted; `pending` are the others. `harmed` are the addresses of holdings
    in which an audit found damage. `steps` are the commands to run next, the most urgent first.
    """

    made: int
    audit: Status
    copies: CopiesSummary
    seals: SealsSummary
    deposits: int
    pending: tuple[KeptDeposit, ...]
    next_check: int | None
    harmed: tuple[str, ...]
    steps: tuple[str, ...]

    @property
    def has_unknown_deposit(self) -> bool:
        """Whether a deposit was sent of which the outcome is not known."""
        return any(one.progress is DepositProgress.UNKNOWN for one in self.pending)


def read_archive_status(ledger: Ledger, settings: Settings, max_age: str, clock: Clock) -> ArchiveStatus:
    """The status now. `max_age` is as in the settings ("90d"). Raises `UsageError`, `LedgerError`, `StorageError`."""
    now = int(clock.now().timestamp())
    shift = BASE_AGE - parse_age(max_age)
    audit = read_status(ledger, max_age, clock)
    held = list_copies(ledger)
    recorded = list_deposits(ledger)
    harmed = {one.holding for one in audit.attention if one.outcome in HARM}
    copied = list_deposited_copies(ledger, recorded)
    copies = summarise_copies(held, copied, harmed)
    seals = _summarise_seals(held, newest_seals(ledger.backend), now)
    deposits = kept_deposits(settings, recorded)
    pending = tuple(one for one in deposits if one.progress is not DepositProgress.ACCEPTED)
    due = next_due(ledger, now + shift)
    return ArchiveStatus(
        now, audit, copies, seals, len(deposits) - len(pending), pending, None if due is None else due - shift,
        tuple(one.address for one in held if one.holding in harmed),
        tuple(_steps(audit, held, harmed, copies=copies, seals=seals, pending=pending, deposits=copied)),
    )  # fmt: skip


def deposit_command(deposit: KeptDeposit) -> str:
    """The command that goes on with a deposit; with placeholders where the bag or the place is not known."""
    flag = "--resume " if deposit.progress is DepositProgress.UNKNOWN else ""
    bag = shlex.quote(deposit.path) if deposit.path else "BAG"
    return f"archive deposit {flag}{bag} {shlex.quote(deposit.target) if deposit.target else 'PLACE'}"


def _summarise_seals(held: Iterable[HeldCopy], newest: Mapping[int, Mapping[str, Any]], now: int) -> SealsSummary:
    bags: dict[str, tuple[tuple[int, bool], Mapping[str, Any], HeldCopy]] = {}
    if newest:
        for one in held:
            detail = newest.get(one.holding)
            if detail is None:
                continue
            rank = (int(detail.get("seal", 0)), detail.get("complete") is True)
            if one.tag_digest not in bags or rank > bags[one.tag_digest][0]:
                bags[one.tag_digest] = rank, detail, one
    waiting = [one for _rank, detail, one in bags.values() if detail.get("complete") is False]
    ends = sorted(
        detail["until"] for _rank, detail, _one in bags.values() if isinstance(detail.get("until"), int)
    )  # fmt: skip
    soon = now + int(RENEWAL_AHEAD.total_seconds())
    return SealsSummary(
        len(bags), len(waiting), sum(end <= soon for end in ends), sum(end < now for end in ends),
        ends[0] if ends else None, waiting[0].address if waiting else "",
    )  # fmt: skip


def _steps(
    audit: Status, held: Sequence[HeldCopy], harmed: Collection[int], *, copies: CopiesSummary, seals: SealsSummary,
    pending: Sequence[KeptDeposit], deposits: Sequence[RecordedDeposit],
) -> list[str]:  # fmt: skip
    """The commands that lead on, the most urgent first, each once."""
    steps: list[str] = []
    if harmed:
        steps.append(_repair_command(held, harmed, deposits))
    unknown = [one for one in pending if one.progress is DepositProgress.UNKNOWN]
    steps += [deposit_command(one) for one in unknown[:1]]
    if audit.due:
        steps.append("archive audit")
    if any(one.outcome not in HARM for one in audit.attention):
        steps.append("archive audit --retry-failed")
    if seals.waiting_at:
        steps.append(f"archive seal --complete {shlex.quote(seals.waiting_at)}")
    if seals.due:
        steps.append("archive seal --renew --due --key KEY")
    steps += [deposit_command(one) for one in pending if one not in unknown][:1]
    if copies.short and copies.short[0].copies:
        steps.append(f"archive deposit {shlex.quote(copies.short[0].address)} PLACE")
    return list(dict.fromkeys(steps))


def _repair_command(held: Sequence[HeldCopy], harmed: Collection[int], deposits: Sequence[RecordedDeposit]) -> str:
    """What to do for the first harmed holding that can be repaired: from a copy in which no damage is known.

    Where no such copy is held, one comes back from a repository that accepted it.
    """
    bad = [one for one in held if one.holding in harmed]
    able = [one for one in bad if one.form == Container.FOLDER.value and not is_remote(one.root)]
    if not able:
        return f"archive audit {shlex.quote(bad[0].address)}"
    first = able[0]
    for other in held:
        if (
            other.tag_digest == first.tag_digest
            and other.holding not in harmed
            and not same_identity(other.identity, first.identity)
        ):
            return f"archive repair {shlex.quote(first.address)} --from {shlex.quote(other.address)}"
    sent = [one for one in deposits if one.tag_digest == first.tag_digest]
    for one in unheld(sent, [one for one in held if one.tag_digest == first.tag_digest]):
        return f"archive retrieve {shlex.quote(one.target)} {shlex.quote(one.identifier)} --to returned"
    return f"archive repair {shlex.quote(first.address)} --from COPY"
