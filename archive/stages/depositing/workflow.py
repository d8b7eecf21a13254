"""The state machine of a deposit, the same for every target.

plan -> stage -> send -> commit -> read back -> receipt -> poll. Each step is in the journal before the next begins, so
that a run which was killed is taken up where it stopped. Nothing is called done before the target's bytes were read
back and hashed, or, where a target gives nothing back, before the repository itself says that it has them; the receipt
says which.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

from archive.bags.contents import open_bag
from archive.bags.opening import absolute_address
from archive.errors import ArchiveError, ExistsError, NoSpaceError, NotAuthorisedError, SourceError, StorageError
from archive.model.audience import Recipient
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import deposit as codes
from archive.model.deposit import Delivery, Deposited, DepositReport, DepositState, Item, Package, Receipt
from archive.model.finding import Fact, Finding, Severity
from archive.places import audience_of, states_audience
from archive.settings import Settings
from archive.stages.depositing.admission import forbids, judge_bag, judge_rights
from archive.stages.depositing.as_package import Packaged, format_of
from archive.stages.depositing.packaging import describe_bag, pack_package
from archive.stages.depositing.proof import drop_packed, prove_again, prove_arrival
from archive.stages.depositing.reading_ahead import read_ahead
from archive.stages.depositing.receipts import read_receipt
from archive.stages.depositing.run import DepositRun, JournalNotes, NoNotes
from archive.storage.clock import Clock
from archive.storage.journal import Journal
from archive.storage.remote import RefusedError, TransientError
from archive.targets.protocol import UNFINISHED, Notes, SendsUnseen, Target, read_source
from archive.targets.reading import reading_options

_ANSWERS = (NotAuthorisedError, NoSpaceError, ExistsError, RefusedError, TransientError)


def deposit(
    bag: str,
    target: Target,
    *,
    at: str = "",
    settings: Settings,
    clock: Clock,
    resume: bool = False,
    dry_run: bool = False,
    identifier: str | None = None,
    progress: Progress = NO_PROGRESS,
    wait: Callable[[float], None] = time.sleep,
) -> DepositReport:
    """Deposit the bag at the path `bag` and say what became of it.

    What the target refuses, or does not answer, is a finding; what is wrong on this side is raised:
    `SourceError`, `UsageError`, `StorageError`, `LockedError`. `resume` allows to ask again after an outcome that was
    not known; `dry_run` stops before anything is sent. `identifier` names the bag for the repository, in place of its
    own External-Identifier. `at` is how the target was named, the name of a place or an address: it says who sees what
    is deposited there.
    """
    place = at if at in settings.places else ""
    as_format = format_of(settings, at)
    unread = not dry_run and as_format is None and _judges_while_sending(bag, target)
    refusals = judge_bag(bag, settings, progress, payload=not unread)
    if refusals:
        return DepositReport(bag, target.label, DepositState.REFUSED, tuple(refusals))
    options = reading_options(settings, bag)
    with open_bag(absolute_address(bag), options=options, progress=progress) as source:
        named = at or target.label
        if as_format is not None:
            packaged = Packaged(source, as_format, settings, clock, progress)
            run = DepositRun(target, source, settings, clock, progress, wait, packaged.judge(at), place)
            return _deposit_packaged(run, bag, packaged, identifier, resume=resume, dry_run=dry_run)
        recipient = Recipient(audience_of(settings, named))
        rights = judge_rights(source, clock, recipient, private_fields=states_audience(settings, named))
        if forbids(rights):
            return DepositReport(bag, target.label, DepositState.REFUSED, tuple(rights))
        run = DepositRun(target, source, settings, clock, progress, wait, rights, place, bag if unread else None)
        package = describe_bag(
            source, target.form, target.needs, identifier=identifier, unread=unread, progress=progress
        )
        return _deposit(run, package, resume=resume, dry_run=dry_run)


def _deposit_packaged(
    run: DepositRun, bag: str, packaged: Packaged, identifier: str | None, *, resume: bool, dry_run: bool
) -> DepositReport:
    """The deposit of a package in place of the bag. What was packed stays only where a later run may need it."""
    if forbids(run.findings):
        return DepositReport(
            bag, run.target.label, DepositState.REFUSED, tuple(run.findings), format=packaged.format
        )  # fmt: skip
    folder = os.path.join(run.settings.folder, run.settings.deposit.journal)
    package, lost = packaged.pack(os.path.join(folder, "packed"), identifier=identifier)
    report = _deposit(run, package, resume=resume, dry_run=dry_run)
    if report.state in (DepositState.PLANNED, DepositState.ACCEPTED, DepositState.REFUSED):
        drop_packed(package, folder)
    return replace(report, format=package.format, lost=lost)


def _judges_while_sending(bag: str, target: Target) -> bool:
    """Whether the payload is judged while it is sent: from a folder, to where nothing is visible before the commit."""
    return (
        isinstance(target, SendsUnseen)
        and target.form is Delivery.FILES
        and os.path.isfile(os.path.join(bag, "bagit.txt"))
    )


def _deposit(run: DepositRun, package: Package, *, resume: bool, dry_run: bool) -> DepositReport:
    target, settings = run.target, run.settings
    folder = os.path.join(settings.folder, settings.deposit.journal)
    if dry_run:
        return _plan(run, package)
    key = hashlib.sha256(f"{target.label}\n{package.identifier}\n{package.fingerprint}".encode()).hexdigest()[:32]
    with Journal(os.path.join(folder, f"{key}.journal")) as journal:
        try:
            return _go(run, package, journal, folder, resume=resume)
        except _ANSWERS as error:
            return _failed(run, package, _explain(error, target.label, settings.deposit.retries + 1))


def _explain(error: ArchiveError, label: str, attempts: int) -> Finding:
    """What the target answered, or did not, as a finding."""
    match error:
        case NotAuthorisedError():
            return codes.NOT_AUTHORISED.at(label, words=_told(error))
        case NoSpaceError():
            return codes.NO_SPACE.at(label, words=error.problem)
        case ExistsError():
            return codes.OTHER_CONTENT.at(label, found=error.subject or error.problem)
        case TransientError():
            return codes.GAVE_UP.at(label, attempts=attempts, words=error.problem)
    return codes.REFUSED.at(label, words=error.problem)


def _told(error: NotAuthorisedError) -> str:
    """Why access was denied, and the next step where the error knows a better one than the finding."""
    return error.problem if error.remedy is None else f"{error.problem}. {error.remedy}"


def _plan(run: DepositRun, package: Package) -> DepositReport:
    """What a deposit would meet: the target is reached, nothing is stored."""
    try:
        findings = run.target.check(package)
        found = run.target.find(package, NoNotes()) if not findings else None
    except _ANSWERS as error:
        return _failed(run, package, _explain(error, run.target.label, 1))
    refused = any(finding.severity is Severity.ERROR for finding in findings)
    facts: dict[str, Fact] = {"files": len(package.items), "bytes": package.size, "identifier": package.identifier}
    return DepositReport(
        package.bag, run.target.label, DepositState.REFUSED if refused else DepositState.PLANNED,
        (*run.findings, *findings), already=found is not None, facts=facts,
    )  # fmt: skip


def _failed(run: DepositRun, package: Package, finding: Finding) -> DepositReport:
    return DepositReport(package.bag, run.target.label, DepositState.FAILED, (*run.findings, finding))


def _go(run: DepositRun, package: Package, journal: Journal, folder: str, *, resume: bool) -> DepositReport:
    notes = JournalNotes(journal)
    target = run.target
    began = journal.last("begin")
    if began is None:
        _begin(run, package, journal)
        began = journal.entries[-1]
    started = str(began["at"])
    earlier = read_receipt(journal)
    if _is_foreign(began, earlier, target, package):
        finding = codes.RECEIPT_DOUBTFUL.at(journal.path, why="it is the journal of another deposit")
        return _failed(run, package, finding)
    run.findings += run.repeat(lambda: target.check(package), target.label)
    if any(finding.severity is Severity.ERROR for finding in run.findings):
        return DepositReport(package.bag, target.label, DepositState.REFUSED, tuple(run.findings))
    accepted = earlier is not None and earlier.state is DepositState.ACCEPTED
    sent = package if accepted else _pack(run, package, folder)
    try:
        deposited = run.repeat(lambda: target.find(sent, notes), target.label)
    except ExistsError as error:
        if earlier is None or not accepted:
            raise
        words = f"something else is at {error.subject or target.label}"
        return _failed(run, package, codes.CHANGED_THERE.at(target.label, when=earlier.finished, words=words))
    if deposited is not None and run.unread and (refusals := judge_bag(run.unread, run.settings, run.progress)):
        return DepositReport(run.unread, target.label, DepositState.REFUSED, tuple(refusals))
    if earlier is not None and accepted:
        if deposited is not None:
            return prove_again(run, package, deposited, earlier, journal)
        run.findings.append(codes.SENT_AGAIN.at(target.label, when=earlier.finished))
        sent = _pack(run, package, folder)
    already = deposited is not None
    if deposited is None:
        asked = journal.last("commit")
        if asked is not None and journal.last("committed") is None and not (target.certain or resume):
            words = "an earlier run sent it and got no answer"
            return _unknown(run, package, words)
        if earlier is not None or (journal.last("committed") is not None):
            left = notes.get(UNFINISHED)
            journal.restart()
            _begin(run, package, journal)
            notes = JournalNotes(journal)
            if left:
                notes.put(UNFINISHED, left)
        outcome = _send_and_commit(run, sent, journal, notes)
        if isinstance(outcome, DepositReport):
            return outcome
        deposited = outcome
    return prove_arrival(
        run, package, sent, deposited, journal=journal, folder=folder, started=started, already=already
    )


def _begin(run: DepositRun, package: Package, journal: Journal) -> None:
    """The first entry. `path` is for `archive deposits`, which names the command that goes on."""
    path = absolute_address(package.bag)
    journal.write(sync=True, do="begin", target=run.target.label, bag=package.name, path=path, at=run.clock.stamp())


def _is_foreign(began: dict[str, Any], earlier: Receipt | None, target: Target, package: Package) -> bool:
    """Whether a journal tells of another bag or target than the one that its name was made from."""
    if began.get("target") != target.label:
        return True
    return earlier is not None and (earlier.target, earlier.fingerprint) != (target.label, package.fingerprint)


def _pack(run: DepositRun, package: Package, folder: str) -> Package:
    """The package as the target takes it: file by file, or as one zip or tar that is made here, once."""
    modified = int(run.clock.fixed if run.clock.fixed is not None else _modified(package))
    packed = os.path.join(folder, "packed")
    return pack_package(package, run.source, run.target.form, packed, modified=modified, progress=run.progress)


def _modified(package: Package) -> float:
    """A time for the members of a packed bag that is the bag's own and no clock's: its declaration's."""
    try:
        return max(os.path.getmtime(os.path.join(package.bag, "bagit.txt")), 315532800)
    except OSError:
        return 315532800


def _send_and_commit(run: DepositRun, package: Package, journal: Journal, notes: Notes) -> Deposited | DepositReport:
    target = run.target
    run.findings += run.repeat(lambda: target.begin(package, notes), target.label)
    done = {str(entry["path"]) for entry in journal.entries if entry.get("do") == "sent"}
    again = {str(entry["path"]) for entry in journal.entries if entry.get("do") == "spoilt"}
    run.progress.begin("sending", package.size)
    try:
        with closing(read_ahead(package.items, run.workers)) as items:
            for item in items:
                if item.path in done and item.path not in again:
                    _read(item)
                else:
                    _send(run, item, notes)
                    journal.write(kept=False, do="sent", path=item.path)
                run.progress.advance(item.size)
    except SourceError:
        refused = _refuse(run, package, journal, notes)
        if refused is None:
            raise
        return refused
    finally:
        run.progress.end()
    journal.write(sync=True, do="commit")
    try:
        deposited = target.commit(package, notes)
    except TransientError as error:
        try:
            found = run.repeat(lambda: target.find(package, notes), target.label)
            if found is None and target.certain:
                found = run.repeat(lambda: target.commit(package, notes), target.label)
        except TransientError:
            found = None
        if found is None:
            return _unknown(run, package, error.problem)
        deposited = found
    except (StorageError, NotAuthorisedError):
        journal.write(sync=True, do="committed", refused=True)
        raise
    journal.write(sync=True, do="committed", identifier=deposited.identifier, location=deposited.location)
    return deposited


def _send(run: DepositRun, item: Item, notes: Notes) -> None:
    run.repeat(lambda: run.target.send(item, notes), item.path)
    if isinstance(run.target, SendsUnseen) and not run.target.sends(item):
        _read(item)


def _read(item: Item) -> None:
    """Read and judge a file that is not sent, if it was not judged yet. Raises `SourceError`."""
    if item.unread:
        for _chunk in read_source(item):
            pass


def _refuse(run: DepositRun, package: Package, journal: Journal, notes: Notes) -> DepositReport | None:
    """What is wrong with a bag whose payload was found damaged while it was sent; None when it is valid after all.

    Nothing of it stays at the target. All that is wrong is looked for, not only in the file that was found first.
    """
    target = run.target
    if run.unread is None or not isinstance(target, SendsUnseen):
        return None
    target.discard(package, notes)
    journal.restart()
    refusals = judge_bag(run.unread, run.settings, run.progress)
    if not refusals:
        return None
    return DepositReport(run.unread, target.label, DepositState.REFUSED, tuple(refusals))


def _unknown(run: DepositRun, package: Package, words: str) -> DepositReport:
    finding = codes.UNKNOWN_OUTCOME.at(run.target.label, words=words)
    return DepositReport(package.bag, run.target.label, DepositState.UNKNOWN, (*run.findings, finding))
