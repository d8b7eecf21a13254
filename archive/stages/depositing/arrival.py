"""The proof that a deposit arrived: every byte read back and hashed, or the repository's own word, then the receipt."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial

from archive.errors import NotFoundError
from archive.model.codes import deposit as codes
from archive.model.deposit import Deposited, DepositReport, DepositState, Item, Package, Proof, Receipt
from archive.model.finding import Finding
from archive.stages.depositing.receipts import keep_receipt, record_transfer
from archive.stages.depositing.under_way import Run
from archive.storage.hashing import Digests
from archive.storage.journal import Journal


def prove(
    run: Run,
    package: Package,
    sent: Package,
    deposited: Deposited,
    *,
    journal: Journal,
    folder: str,
    started: str,
    already: bool,
) -> DepositReport:
    """Read every file back, wait for acceptance, write the receipt. `sent` is the package as the target took it.

    Raises `StorageError` and the errors of the target.
    """
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


def _read_back(run: Run, sent: Package, deposited: Deposited, journal: Journal) -> tuple[Proof, int, list[Finding]]:
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


def _hash_back(run: Run, deposited: Deposited, item: Item) -> str | None:
    chunks = run.target.read(deposited, item)
    if chunks is None:
        return None
    digests = Digests((item.strongest,))
    for chunk in chunks:
        digests.update(chunk)
    return digests.hexdigests()[0]


def _await(run: Run, deposited: Deposited) -> tuple[DepositState, str | None]:
    """Ask until the repository has decided, or as long as the settings allow."""
    waited, pause = 0.0, 1.0
    while True:
        state, words = run.repeat(lambda: run.target.poll(deposited), run.target.label)
        if state is not DepositState.PENDING or waited >= run.settings.deposit.poll_seconds:
            return state, words
        run.wait(min(pause, max(0.1, run.settings.deposit.poll_seconds - waited)))
        waited += pause
        pause = min(pause * 1.5, 30.0)
