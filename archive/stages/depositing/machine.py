"""The state machine of a deposit, the same for every target.

plan -> stage -> send -> commit -> read back -> receipt -> poll. Each step is in the journal before the next begins, so
that a run which was killed is taken up where it stopped. Nothing is called done before the far side's bytes were read
back and hashed, or, where a target gives nothing back, before the repository itself says that it has them; the receipt
says which.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable

from archive.config import Settings
from archive.errors import ArchiveError, ExistsError, NoSpaceError, NotAuthorisedError, StorageError
from archive.model.codes import deposit as codes
from archive.model.deposit import Deposited, DepositReport, DepositState, Item, Package
from archive.model.finding import Fact, Finding, Severity
from archive.model.package import NO_PROGRESS, Progress
from archive.stages.depositing.admitting import judge_bag, judge_rights
from archive.stages.depositing.arrival import prove
from archive.stages.depositing.notes import JournalNotes, NoNotes
from archive.stages.depositing.packaging import describe_bag, pack_package
from archive.stages.depositing.receipts import read_receipt
from archive.stages.depositing.sources import open_source
from archive.stages.depositing.under_way import Run
from archive.storage.clock import Clock
from archive.storage.journal import Journal
from archive.storage.remote import RefusedError, TransientError
from archive.targets.protocol import UNFINISHED, Notes, Target

_ANSWERS = (NotAuthorisedError, NoSpaceError, ExistsError, RefusedError, TransientError)


def deposit(
    bag: str,
    target: Target,
    kind: str,
    *,
    settings: Settings,
    clock: Clock,
    resume: bool = False,
    dry_run: bool = False,
    identifier: str | None = None,
    progress: Progress = NO_PROGRESS,
    wait: Callable[[float], None] = time.sleep,
) -> DepositReport:
    """Deposit the bag at the path `bag` and say what became of it.

    What the far side refuses, or does not answer, is a finding; what is wrong on our own side is raised:
    `SourceError`, `UsageError`, `StorageError`, `LockedError`. `resume` allows to ask again after an outcome that was
    not known; `dry_run` stops before anything is sent. `identifier` names the bag for the repository, in place of its
    own External-Identifier.
    """
    refusals = judge_bag(bag, settings, progress)
    if refusals:
        return DepositReport(bag, target.label, DepositState.REFUSED, tuple(refusals))
    with open_source(bag, progress) as source:
        rights = judge_rights(source, clock)
        if any(finding.severity in (Severity.ERROR, Severity.UNCHECKED) for finding in rights):
            return DepositReport(bag, target.label, DepositState.REFUSED, tuple(rights))
        run = Run(target, source, kind, settings, clock, progress, wait, rights)
        package = describe_bag(source, target.form, target.needs, identifier=identifier, progress=progress)
        return _deposit(run, package, resume=resume, dry_run=dry_run)


def _deposit(run: Run, package: Package, *, resume: bool, dry_run: bool) -> DepositReport:
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
    """What the far side answered, or did not, as a finding."""
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
    """Why we are not let in, and the next step where the error knows a better one than the finding."""
    return error.problem if error.remedy is None else f"{error.problem}. {error.remedy}"


def _plan(run: Run, package: Package) -> DepositReport:
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


def _failed(run: Run, package: Package, finding: Finding) -> DepositReport:
    return DepositReport(package.bag, run.target.label, DepositState.FAILED, (*run.findings, finding))


def _go(run: Run, package: Package, journal: Journal, folder: str, *, resume: bool) -> DepositReport:
    notes = JournalNotes(journal)
    target = run.target
    began = journal.last("begin")
    if began is None:
        journal.write(sync=True, do="begin", target=target.label, bag=package.name, at=run.clock.stamp())
        began = journal.entries[-1]
    started = str(began["at"])
    run.findings += run.repeat(lambda: target.check(package), target.label)
    if any(finding.severity is Severity.ERROR for finding in run.findings):
        return DepositReport(package.bag, target.label, DepositState.REFUSED, tuple(run.findings))
    earlier = read_receipt(journal)
    accepted = earlier is not None and earlier.state is DepositState.ACCEPTED
    sent = package if accepted else _pack(run, package, folder)
    deposited = run.repeat(lambda: target.find(sent, notes), target.label)
    if earlier is not None and accepted:
        if deposited is not None:
            return DepositReport(package.bag, target.label, earlier.state, tuple(run.findings), earlier, already=True)
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
            journal.write(sync=True, do="begin", target=target.label, bag=package.name, at=run.clock.stamp())
            notes = JournalNotes(journal)
            if left:
                notes.put(UNFINISHED, left)
        outcome = _send_and_commit(run, sent, journal, notes)
        if isinstance(outcome, DepositReport):
            return outcome
        deposited = outcome
    return prove(run, package, sent, deposited, journal=journal, folder=folder, started=started, already=already)


def _pack(run: Run, package: Package, folder: str) -> Package:
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


def _send_and_commit(run: Run, package: Package, journal: Journal, notes: Notes) -> Deposited | DepositReport:
    target = run.target
    run.findings += run.repeat(lambda: target.begin(package, notes), target.label)
    done = {str(entry["path"]) for entry in journal.entries if entry.get("do") == "sent"}
    again = {str(entry["path"]) for entry in journal.entries if entry.get("do") == "spoilt"}
    run.progress.begin("sending", package.size)
    try:
        for item in package.items:
            if item.path not in done or item.path in again:
                _send(run, item, notes)
                journal.write(do="sent", path=item.path)
            run.progress.advance(item.size)
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


def _send(run: Run, item: Item, notes: Notes) -> None:
    run.repeat(lambda: run.target.send(item, notes), item.path)


def _unknown(run: Run, package: Package, words: str) -> DepositReport:
    finding = codes.UNKNOWN_OUTCOME.at(run.target.label, words=words)
    return DepositReport(package.bag, run.target.label, DepositState.UNKNOWN, (*run.findings, finding))
