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
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from archive.config import Settings
from archive.errors import (
    ExistsError,
    NoSpaceError,
    NotAuthorisedError,
    NotFoundError,
    StorageError,
)
from archive.model.codes import deposit as codes
from archive.model.deposit import Deposited, DepositReport, DepositState, Item, Package, Proof, Receipt
from archive.model.finding import Fact, Finding, Severity
from archive.model.package import NO_PROGRESS, Progress
from archive.stages.depositing.admitting import judge_bag, judge_rights
from archive.stages.depositing.notes import JournalNotes, NoNotes
from archive.stages.depositing.packaging import describe_bag, pack_package
from archive.stages.depositing.receipts import keep_receipt, read_receipt, record_transfer
from archive.stages.depositing.sources import BagSource, open_source
from archive.storage.clock import Clock
from archive.storage.hashing import Digests
from archive.storage.journal import Journal
from archive.storage.remote import RefusedError, TransientError, try_again, words_of
from archive.targets.protocol import UNFINISHED, Notes, Target

Result = TypeVar("Result")


@dataclass(slots=True)
class _Run:
    """One deposit on its way."""

    target: Target
    source: BagSource
    kind: str
    settings: Settings
    clock: Clock
    progress: Progress
    wait: Callable[[float], None]
    findings: list[Finding] = field(default_factory=list)

    def repeat(self, action: Callable[[], Result], subject: str) -> Result:
        """Do `action` with bounded retries, and note that it took several."""
        told: list[TransientError] = []
        result = try_again(
            action, retries=self.settings.deposit.retries, wait=self.wait, tell=lambda _, error: told.append(error)
        )
        if told:
            self.findings.append(codes.RETRIED.at(subject, times=len(told), words=words_of(told[-1].problem)))
        return result


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
        run = _Run(target, source, kind, settings, clock, progress, wait, rights)
        package = describe_bag(source, target.form, target.needs, identifier=identifier, progress=progress)
        return _deposit(run, package, resume=resume, dry_run=dry_run)


def _deposit(run: _Run, package: Package, *, resume: bool, dry_run: bool) -> DepositReport:
    target, settings = run.target, run.settings
    folder = os.path.join(settings.folder, settings.deposit.journal)
    if dry_run:
        return _plan(run, package)
    key = hashlib.sha256(f"{target.label}\n{package.identifier}\n{package.fingerprint}".encode()).hexdigest()[:32]
    with Journal(os.path.join(folder, f"{key}.journal")) as journal:
        try:
            return _go(run, package, journal, folder, resume=resume)
        except NotAuthorisedError as error:
            return _failed(run, package, codes.NOT_AUTHORISED.at(target.label, words=_told(error)))
        except NoSpaceError as error:
            return _failed(run, package, codes.NO_SPACE.at(target.label, words=error.problem))
        except ExistsError as error:
            return _failed(run, package, codes.OTHER_CONTENT.at(target.label, found=error.subject or error.problem))
        except RefusedError as error:
            return _failed(run, package, codes.REFUSED.at(target.label, words=error.problem))
        except TransientError as error:
            attempts = settings.deposit.retries + 1
            return _failed(run, package, codes.GAVE_UP.at(target.label, attempts=attempts, words=error.problem))


def _told(error: NotAuthorisedError) -> str:
    """Why we are not let in, and the next step where the error knows a better one than the finding."""
    return error.problem if error.remedy is None else f"{error.problem}. {error.remedy}"


def _plan(run: _Run, package: Package) -> DepositReport:
    """What a deposit would meet: the target is reached, nothing is stored."""
    try:
        findings = run.target.check(package)
        found = run.target.find(package, NoNotes()) if not findings else None
    except NotAuthorisedError as error:
        return _failed(run, package, codes.NOT_AUTHORISED.at(run.target.label, words=_told(error)))
    except ExistsError as error:
        return _failed(run, package, codes.OTHER_CONTENT.at(run.target.label, found=error.subject or error.problem))
    except RefusedError as error:
        return _failed(run, package, codes.REFUSED.at(run.target.label, words=error.problem))
    except TransientError as error:
        return _failed(run, package, codes.GAVE_UP.at(run.target.label, attempts=1, words=error.problem))
    refused = any(finding.severity is Severity.ERROR for finding in findings)
    facts: dict[str, Fact] = {"files": len(package.items), "bytes": package.size, "identifier": package.identifier}
    return DepositReport(
        package.bag, run.target.label, DepositState.REFUSED if refused else DepositState.PLANNED,
        (*run.findings, *findings), already=found is not None, facts=facts,
    )  # fmt: skip


def _failed(run: _Run, package: Package, finding: Finding) -> DepositReport:
    return DepositReport(package.bag, run.target.label, DepositState.FAILED, (*run.findings, finding))


def _go(run: _Run, package: Package, journal: Journal, folder: str, *, resume: bool) -> DepositReport:
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
    if deposited is not None and earlier is not None and accepted:
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
    return _prove(run, package, sent, deposited, journal=journal, folder=folder, started=started, already=already)


def _pack(run: _Run, package: Package, folder: str) -> Package:
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


def _send_and_commit(run: _Run, package: Package, journal: Journal, notes: Notes) -> Deposited | DepositReport:
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


def _send(run: _Run, item: Item, notes: Notes) -> None:
    run.repeat(lambda: run.target.send(item, notes), item.path)


def _unknown(run: _Run, package: Package, words: str) -> DepositReport:
    finding = codes.UNKNOWN_OUTCOME.at(run.target.label, words=words)
    return DepositReport(package.bag, run.target.label, DepositState.UNKNOWN, (*run.findings, finding))


def _prove(
    run: _Run,
    package: Package,
    sent: Package,
    deposited: Deposited,
    *,
    journal: Journal,
    folder: str,
    started: str,
    already: bool,
) -> DepositReport:
    """Read back, wait for acceptance, write the receipt."""
    proof, verified, damage = _read_back(run, sent, deposited, journal)
    if damage:
        journal.write(sync=True, do="committed", refused=True)
        return DepositReport(package.bag, run.target.label, DepositState.FAILED, (*run.findings, *damage))
    journal.write(sync=True, do="verified", files=verified)
    state, words = _await(run, deposited)
    if words:
        deposited = replace(deposited, words=words)
    if state is DepositState.REFUSED:
        run.findings.append(codes.REJECTED.at(run.target.label, words=words or "no reason given"))
        return DepositReport(package.bag, run.target.label, state, tuple(run.findings))
    if state is DepositState.PENDING:
        run.findings.append(codes.NOT_ACCEPTED_YET.at(run.target.label, words=words or "no reason given"))
    if proof is Proof.REPOSITORY:
        run.findings.append(codes.WORD_ONLY.at(run.target.label))
    receipt = Receipt(
        target=run.target.label, kind=run.kind, bag=package.name, identifier=deposited.identifier,
        location=deposited.location, fingerprint=package.fingerprint, state=state, proof=proof,
        files=len(sent.items), size=sent.size, verified=verified,
        algorithms=tuple(sorted({item.strongest for item in sent.items})), started=started,
        finished=run.clock.stamp(), version=deposited.version, doi=deposited.doi, words=deposited.words,
    )  # fmt: skip
    keep_receipt(journal, receipt)
    if state is DepositState.ACCEPTED:
        run.findings += record_transfer(run.settings, package.bag, receipt, run.clock)
        _drop_packed(sent, folder)
    return DepositReport(package.bag, run.target.label, state, tuple(run.findings), receipt, already=already)


def _drop_packed(sent: Package, folder: str) -> None:
    """Remove the zip or tar that was made for the way."""
    packed = os.path.join(folder, "packed") + os.sep
    for item in sent.items:
        if item.source.startswith(packed) and os.path.exists(item.source):
            os.unlink(item.source)


def _read_back(run: _Run, sent: Package, deposited: Deposited, journal: Journal) -> tuple[Proof, int, list[Finding]]:
    """Every file from the far side against the digest it must have."""
    damage: list[Finding] = []
    verified = 0
    run.progress.begin("reading back", sent.size)
    try:
        for item in sent.items:
            try:
                found = run.repeat(partial(_hash_back, run, deposited, item), item.path)
            except NotFoundError:
                damage.append(codes.NOT_THERE.at(item.path))
                journal.write(do="spoilt", path=item.path)
                continue
            if found is None:
                return Proof.REPOSITORY, 0, damage
            expected = item.digests[item.strongest]
            if found != expected:
                damage.append(
                    codes.CAME_BACK_DIFFERENT.at(item.path, algorithm=item.strongest, expected=expected, found=found)
                )
                journal.write(do="spoilt", path=item.path)
            verified += 1
            run.progress.advance(item.size)
    finally:
        run.progress.end()
    return Proof.READ_BACK, verified, damage


def _hash_back(run: _Run, deposited: Deposited, item: Item) -> str | None:
    chunks = run.target.read(deposited, item)
    if chunks is None:
        return None
    digests = Digests((item.strongest,))
    for chunk in chunks:
        digests.update(chunk)
    return digests.hexdigests()[0]


def _await(run: _Run, deposited: Deposited) -> tuple[DepositState, str | None]:
    """Ask until the repository has decided, or as long as the settings allow."""
    waited, pause = 0.0, 1.0
    while True:
        state, words = run.repeat(lambda: run.target.poll(deposited), run.target.label)
        if state is not DepositState.PENDING or waited >= run.settings.deposit.poll_seconds:
            return state, words
        run.wait(min(pause, max(0.1, run.settings.deposit.poll_seconds - waited)))
        waited += pause
        pause = min(pause * 1.5, 30.0)
