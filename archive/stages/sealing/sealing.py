"""Sealing bags one by one: validated, signed, stamped, and written into the bag by one rename."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from archive.errors import ArchiveError, CancelledError
from archive.model.seal import Reason, Role
from archive.model.sealing import SealingDone, SealingReport
from archive.stages.sealing.order import SealOrder, each_once
from archive.stages.sealing.placing import hold_bag, place_seal
from archive.stages.sealing.preparing import Prepared, prepare_seal, refuse_packed
from archive.stages.sealing.recording import evidence_of
from archive.stages.sealing.stamping import StampSet, collect_stamps, count_operators


def seal_each(bags: Sequence[str], order: SealOrder) -> Iterator[tuple[str, SealingReport | ArchiveError]]:
    """Each bag with what came of it; one that cannot be sealed does not stop the rest."""
    for bag in each_once(bags):
        try:
            yield bag, seal_bag(bag, order)
        except CancelledError:
            raise
        except ArchiveError as error:
            yield bag, error


def seal_bag(bag: str, order: SealOrder) -> SealingReport:
    """Give `bag` its next seal. With too few stamps it is stored all the same, to be completed later.

    Raises what `archive.stages.sealing.preparing.prepare_seal` raises, `LockedError`, `StorageError`, `LedgerError`.
    """
    refuse_packed(bag)
    with hold_bag(bag):
        prepared = prepare(bag, order)
        stamps = ask_for_stamps(prepared.stamped, order)
        place_seal(bag, prepared.number, {**prepared.files, **stamps.files})
        return report_on(prepared, stamps, order)


def prepare(bag: str, order: SealOrder) -> Prepared:
    """The next seal of `bag` by `order`, without its stamps."""
    order.recorder.admit(bag)
    moment = order.now()
    return prepare_seal(
        bag,
        order.keys,
        reason=order.reason,
        stamps=order.policy.stamps,
        moment=moment,
        draw=order.draw,
        witness=order.recorder.witness(moment),
        settings=order.settings,
        progress=order.progress,
    )


def ask_for_stamps(stamped: bytes, order: SealOrder) -> StampSet:
    """Stamps over `stamped`; none when the order is to stay offline."""
    if order.offline:
        return StampSet()
    return collect_stamps(stamped, order.trust, order.urls, now=order.now)


def report_on(prepared: Prepared, stamps: StampSet, order: SealOrder) -> SealingReport:
    """Record the seal that was placed, and say what came of it. Raises `LedgerError`."""
    statement = prepared.statement
    report = SealingReport(
        bag=prepared.bag,
        done=SealingDone.RENEWED if statement.reason is Reason.RENEWAL else SealingDone.SEALED,
        number=prepared.number,
        reason=statement.reason,
        digest=prepared.digest,
        time=statement.time,
        signers=statement.signers,
        needed=max(statement.stamps, order.policy.stamps),
        operators=count_operators(stamps.verdicts),
        stamps=stamps.verdicts,
        problems=stamps.problems,
        warnings=_warnings(order),
        kept=stamps.kept,
    )
    ledger = order.recorder.record(
        prepared.bag, statement.time, complete=report.is_complete,
        evidence=evidence_of(report, report.stamps, order.trust),
    )  # fmt: skip
    return replace(report, ledger=ledger)


def _warnings(order: SealOrder) -> tuple[str, ...]:
    """What the trust folder says against the keys: the seal is made, but it will not be believed."""
    if order.trust is None:
        return ()
    known = {one.public.fingerprint: one for one in order.trust.file.keys}
    words = []
    for key in order.keys:
        fingerprint = key.public.fingerprint
        trusted = known.get(fingerprint)
        if trusted is None:
            words.append(f"the trust folder does not have the key {fingerprint}: archive trust add-key")
        elif trusted.role is not Role.SEAL:
            words.append(f"the trust folder does not let the key {trusted.name} seal: its role is {trusted.role.value}")
        elif trusted.revoked is not None:
            words.append(f"the trust folder has revoked the key {trusted.name}")
    return tuple(words)
